"""Every row of the plan's truth table, and the order of what it decides."""

from dataclasses import replace
from typing import Any

import pytest

from mappings.desired import Desired
from mappings.model import (
    AccountState,
    Action,
    Kind,
    Memberships,
    Presence,
    Reason,
    Ref,
)
from mappings.plan import FOREIGN, LOCKED_BY_HAND, Known, Plan, Subject, plan

ACTIVE, LOCKED, REMOVED = Presence.ACTIVE, Presence.LOCKED, Presence.REMOVED
WHY = Reason("plain", "因为")
BECAUSE = {action: Reason("plain", action.value) for action in (Action.UPDATE, Action.JOIN, Action.LEAVE)}
GROUPS = {key: Ref(f"subject-{key}", Kind.GROUP, key, f"id-{key}") for key in ("G1", "G2", "G3")}
SUBJECT = Subject("ldap", Ref("s1", Kind.PERSON, "E1", "id-1", "uid=a"), frozenset({"uid", "title", "mail"}), GROUPS)
SAME = {"uid": ("a",), "title": ("科员",), "mail": ()}


def desired(presence: Presence, spell: str | None = None, **changes: Any) -> Desired:
    state = AccountState("E1", presence, SAME, Memberships(concurrent=frozenset({"G1"})))
    return Desired(replace(state, **changes), WHY, BECAUSE, spell=spell)


def observed(presence: Presence = ACTIVE, **changes: Any) -> AccountState:
    state = AccountState("E1", presence, SAME, Memberships(concurrent=frozenset({"G1"})), "id-1", "uid=a")
    return replace(state, **changes)


def actions(found: Plan) -> list[Action]:
    return [each.action for each in found.operations]


@pytest.mark.parametrize(
    ("wanted", "seen", "known", "expected", "finding"),
    [
        (REMOVED, None, Known(ours=False), [], None),
        (REMOVED, None, Known(ours=True), [], None),
        (REMOVED, ACTIVE, Known(ours=False), [], None),
        (REMOVED, ACTIVE, Known(ours=True), [Action.REMOVE], None),
        (REMOVED, LOCKED, Known(ours=True), [Action.REMOVE], None),
        (ACTIVE, None, Known(ours=False), [Action.CREATE], None),
        (LOCKED, None, Known(ours=True), [Action.CREATE], None),
        (ACTIVE, ACTIVE, Known(ours=False), [], FOREIGN),
        (LOCKED, ACTIVE, Known(ours=False), [], FOREIGN),
        (ACTIVE, LOCKED, Known(ours=False, locked=True), [], FOREIGN),
        (LOCKED, ACTIVE, Known(ours=True), [Action.LOCK], None),
        (LOCKED, ACTIVE, Known(ours=True, locked=True), [Action.LOCK], None),
        (LOCKED, LOCKED, Known(ours=True), [], None),
        (LOCKED, LOCKED, Known(ours=True, locked=True), [], None),
        (ACTIVE, LOCKED, Known(ours=True, locked=True), [Action.UNLOCK], None),
        (ACTIVE, LOCKED, Known(ours=True), [], LOCKED_BY_HAND),
        (ACTIVE, ACTIVE, Known(ours=True), [], None),
    ],
)
def test_presence(
    wanted: Presence, seen: Presence | None, known: Known, expected: list[Action], finding: str | None
) -> None:
    found = plan(SUBJECT, desired(wanted), observed(seen) if seen else None, known)
    assert (actions(found), found.finding) == (expected, finding)


def test_for_somebody_who_has_left_no_account_is_made_in_the_days_for_which_one_would_stay() -> None:
    """With `remove = "disable:30"` a first push made accounts for everybody who had left in the month before."""
    kept = replace(desired(LOCKED), kept=True)
    assert actions(plan(SUBJECT, kept, None, Known(ours=False))) == []
    assert actions(plan(SUBJECT, kept, observed(ACTIVE), Known(ours=True))) == [Action.LOCK]


@pytest.mark.parametrize(
    ("made_in", "now_in", "expected"),
    [("s1", "s2", [Action.REMOVE]), ("s1", "s1", []), (None, "s1", []), ("s1", None, [Action.REMOVE])],
)
def test_an_account_of_another_spell_is_removed(
    made_in: str | None, now_in: str | None, expected: list[Action]
) -> None:
    found = plan(SUBJECT, desired(ACTIVE, spell=now_in), observed(), Known(ours=True, spell=made_in))
    assert actions(found) == expected


def test_a_create_carries_all_attributes_and_no_membership() -> None:
    (create,) = plan(SUBJECT, desired(LOCKED), None, Known(ours=False)).operations
    assert create.after == AccountState("E1", LOCKED, SAME)
    assert (create.before, create.reason, create.ref) == (None, WHY, replace(SUBJECT.ref, incarnation=1))


def test_only_what_differs_and_is_managed_and_was_read_is_written() -> None:
    wanted = desired(ACTIVE, attributes={"uid": ("b",), "title": (), "mail": ("m@x",), "phone": ("1",)})
    seen = observed(attributes={"uid": ("a",), "title": ("科员",), "phone": ("2",)})
    (update,) = plan(SUBJECT, wanted, seen, Known(ours=True)).operations
    assert update.action is Action.UPDATE
    assert update.after is not None
    assert update.before is not None
    assert dict(update.after.attributes) == {"uid": ("b",), "title": ()}
    assert dict(update.before.attributes) == {"uid": ("a",), "title": ("科员",)}
    assert update.reason == BECAUSE[Action.UPDATE]


def test_the_order_of_values_is_no_difference() -> None:
    one = desired(ACTIVE, attributes={"mail": ("a", "b")})
    assert plan(SUBJECT, one, observed(attributes={"mail": ("b", "a")}), Known(ours=True)) == Plan()


def test_memberships_of_groups_of_ours_are_brought_right_and_others_are_kept() -> None:
    wanted = desired(ACTIVE, memberships=Memberships("G1", frozenset({"G2", "unknown-wanted"})))
    seen = observed(memberships=Memberships(None, frozenset({"G3", "foreign"})))
    found = plan(SUBJECT, wanted, seen, Known(ours=True))
    moves = [(each.action, each.group.key if each.group else None) for each in found.operations]
    assert moves == [(Action.LEAVE, "G3"), (Action.JOIN, "G1"), (Action.JOIN, "G2")]
    assert [each.reason for each in found.operations] == [BECAUSE[action] for action, _ in moves]


@pytest.mark.parametrize("unread", ["desired", "observed"])
def test_memberships_that_were_not_read_are_not_compared(unread: str) -> None:
    wanted = desired(ACTIVE, memberships=None) if unread == "desired" else desired(ACTIVE)
    seen = observed(memberships=None) if unread == "observed" else observed(memberships=Memberships())
    assert plan(SUBJECT, wanted, seen, Known(ours=True)) == Plan()


def test_a_group_has_no_memberships() -> None:
    subject = replace(SUBJECT, ref=Ref("g", Kind.GROUP, "G1"))
    assert plan(subject, desired(ACTIVE), observed(memberships=Memberships()), Known(ours=True)) == Plan()


def test_a_lock_comes_first_and_an_unlock_last() -> None:
    changes: dict[str, Any] = {
        "attributes": {"title": ("主任",)},
        "memberships": Memberships(concurrent=frozenset({"G2"})),
    }
    locking = plan(SUBJECT, desired(LOCKED, **changes), observed(), Known(ours=True))
    assert actions(locking) == [Action.LOCK, Action.UPDATE, Action.LEAVE, Action.JOIN]
    unlocking = plan(SUBJECT, desired(ACTIVE, **changes), observed(LOCKED), Known(ours=True, locked=True))
    assert actions(unlocking) == [Action.UPDATE, Action.LEAVE, Action.JOIN, Action.UNLOCK]


def test_a_lock_by_hand_keeps_only_the_door_shut() -> None:
    found = plan(SUBJECT, desired(ACTIVE, attributes={"title": ("主任",)}), observed(LOCKED), Known(ours=True))
    assert (actions(found), found.finding) == ([Action.UPDATE], LOCKED_BY_HAND)


def test_a_connector_sees_an_id_and_no_reason() -> None:
    (create,) = plan(SUBJECT, desired(ACTIVE), None, Known(ours=False)).operations
    order = create.order("id-of-the-attempt")
    assert (order.id, order.reason, order.after) == ("id-of-the-attempt", None, create.after)
