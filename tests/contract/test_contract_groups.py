"""What every connector does, with groups and who is in them (`targets.py` lists the systems)."""

from dataclasses import replace

from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Done,
    Memberships,
    Pending,
    Presence,
    Refused,
)
from tests.contract.target import Hand, Target, group_ref, operation, ref


def test_an_empty_group_is_there_and_has_nobody(hand: Hand, target: Target) -> None:
    group = hand.create_group(1)
    assert hand.groups() == {"D1"}
    assert target.people() == {}
    assert group.attributes[target.group_text] == ("第1科",)
    assert group.memberships is None
    again = operation(Action.CREATE, replace(group_ref(1), sought=hand.group(1)), None, hand.group(1))
    assert hand.connector.apply(again) == AlreadySo()
    assert hand.groups() == {"D1"}


def test_a_group_may_be_renamed(hand: Hand, target: Target) -> None:
    group = hand.create_group(1)
    before = AccountState("D1", Presence.ACTIVE, {target.group_text: ("第1科",)})
    after = AccountState("D1", Presence.ACTIVE, {target.group_text: ("人事科",)})
    change = operation(Action.UPDATE, group_ref(1, group), before, after)
    assert [hand.connector.apply(change), hand.connector.apply(change)] == [Done(), AlreadySo()]
    assert target.groups()["D1"][target.group_text] == ("人事科",)


def test_join_and_leave(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    if not hand.can(Action.JOIN):
        assert not hand.can(Action.LEAVE)
        return
    one, two = group_ref(1, hand.create_group(1)), group_ref(2, hand.create_group(2))
    assert [hand.do(Action.JOIN, 1, state, one), hand.do(Action.JOIN, 1, state, one)] == [Done(), AlreadySo()]
    assert hand.do(Action.JOIN, 1, state, two) == Done()
    assert target.people()["E1"].groups == {"D1", "D2"}
    assert hand.see(1).memberships == Memberships(hand.lives, frozenset({str(one.remote_id), str(two.remote_id)}))
    assert [hand.do(Action.LEAVE, 1, state, one), hand.do(Action.LEAVE, 1, state, one)] == [Done(), AlreadySo()]
    assert target.people()["E1"].groups == {"D2"}


def test_the_last_member_leaves_and_the_group_stays(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    if not hand.can(Action.JOIN):
        assert not hand.can(Action.LEAVE)
        return
    for _ in range(2):
        assert hand.do(Action.JOIN, 1, state, group) == Done()
        assert hand.do(Action.LEAVE, 1, state, group) == Done()
    assert target.people()["E1"].groups == frozenset()
    assert hand.groups() == {"D1"}


def test_a_group_with_members_waits_and_without_goes(hand: Hand, target: Target) -> None:
    state, seen = hand.create(1), hand.create_group(1)
    group = group_ref(1, seen)
    if hand.can(Action.JOIN):
        hand.do(Action.JOIN, 1, state, group)
    else:
        assert hand.move(state, 1, group) == Done()
    remove = operation(Action.REMOVE, group, seen, None)
    pending = hand.connector.apply(remove)
    assert isinstance(pending, Pending)
    assert "1" in pending.state
    assert hand.groups() == {"D1"}
    if hand.can(Action.JOIN):
        hand.do(Action.LEAVE, 1, state, group)
    else:
        assert hand.do(Action.REMOVE, 1, state) == Done()
    assert [hand.connector.apply(remove), hand.connector.apply(remove)] == [Done(), AlreadySo()]
    assert hand.groups() == set()


# -- primary departments


def test_a_move_changes_the_primary_department_and_keeps_the_others(hand: Hand, target: Target) -> None:
    if not hand.capabilities.primary:
        assert hand.create(1).memberships == Memberships()
        return
    state, to = hand.create(1), group_ref(1, hand.create_group(1))
    other = group_ref(2, hand.create_group(2))
    joins = hand.can(Action.JOIN)
    if joins:
        hand.do(Action.JOIN, 1, state, other)
    assert [hand.move(state, 1, to), hand.move(state, 1, to)] == [Done(), AlreadySo()]
    seen = target.people()["E1"]
    assert (seen.home, seen.groups) == ("D1", {"D2"} if joins else frozenset())
    assert hand.see(1).memberships == Memberships(to.remote_id, frozenset({str(other.remote_id)} if joins else ()))
    assert hand.see(1).remote_id == state.remote_id


def test_a_concurrent_department_becomes_the_primary_one_and_is_no_longer_concurrent(
    hand: Hand, target: Target
) -> None:
    if not (hand.capabilities.primary and hand.can(Action.JOIN)):
        assert hand.create(1).memberships == Memberships(hand.lives)
        return
    state, to = hand.create(1), group_ref(1, hand.create_group(1))
    hand.do(Action.JOIN, 1, state, to)
    assert hand.move(state, 1, to) == Done()
    seen = target.people()["E1"]
    assert (seen.home, seen.groups) == ("D1", frozenset())
    home = hand.home()
    assert home is not None
    assert hand.do(Action.JOIN, 1, state, home) == Done()
    assert (target.people()["E1"].home, target.people()["E1"].groups) == ("D1", {"D0"})


def test_a_primary_department_that_is_none_of_ours_is_kept_as_a_further_one(hand: Hand, target: Target) -> None:
    if not (hand.capabilities.primary and hand.can(Action.JOIN)):
        assert hand.create(1).memberships == Memberships(hand.lives)
        return
    state, to = hand.create(1), group_ref(1, hand.create_group(1))
    assert hand.move(state, 1, to, foreign=True) == Done()
    seen = target.people()["E1"]
    assert (seen.home, seen.groups) == ("D1", {"D0"})


def test_without_a_department_nobody_is_made_where_one_is_needed(hand: Hand, target: Target) -> None:
    wanted = replace(hand.person(1), memberships=Memberships())
    outcome = hand.connector.apply(operation(Action.CREATE, ref(1), None, wanted))
    assert isinstance(outcome, Refused if hand.capabilities.primary else Done)
    assert (target.people() == {}) is hand.capabilities.primary
