"""What is kept, proved and refused when members are written: the state of the corp afterwards tells."""

import pytest

from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Conflict,
    Done,
    Kind,
    Memberships,
    Presence,
    Ref,
    Refused,
    Retry,
)
from tests.contract.systems.wecom import WecomTarget, wecom
from tests.contract.target import Hand, group_ref, operation, ref


@pytest.fixture
def target(request: pytest.FixtureRequest) -> WecomTarget:
    return wecom({})(request)


def department(target: WecomTarget, name: str) -> int:
    return target.vendor.put_department(name)


def test_a_move_a_join_and_a_leave_keep_foreign_departments_with_their_order_and_leaders(
    hand: Hand, target: WecomTarget
) -> None:
    state, to = hand.create(1), group_ref(1, hand.create_group(1))
    other = group_ref(2, hand.create_group(2))
    home, foreign = int(str(hand.lives)), department(target, "党支部")
    target.vendor.put_member("E1", "王1", [home, foreign], order=[3, 7], is_leader_in_dept=[0, 1])
    assert hand.do(Action.JOIN, 1, state, other) == Done()
    assert hand.move(state, 1, to) == Done()
    member = target.vendor.member("E1")
    assert member is not None
    shown = dict(zip(member.department, zip(member.order, member.leader, strict=True), strict=True))
    assert shown == {int(str(to.remote_id)): (0, 0), int(str(other.remote_id)): (0, 0), foreign: (7, 1)}
    assert hand.do(Action.LEAVE, 1, state, other) == Done()
    member = target.vendor.member("E1")
    assert member is not None
    shown = dict(zip(member.department, zip(member.order, member.leader, strict=True), strict=True))
    assert shown == {int(str(to.remote_id)): (0, 0), foreign: (7, 1)}
    assert member.main == int(str(to.remote_id))


def test_who_leads_a_department_leads_it_still_when_it_becomes_the_primary_one(hand: Hand, target: WecomTarget) -> None:
    state, to = hand.create(1), group_ref(1, hand.create_group(1))
    home, there = int(str(hand.lives)), int(str(to.remote_id))
    target.vendor.put_member("E1", "王1", [home, there], order=[3, 7], is_leader_in_dept=[0, 1])
    assert hand.move(state, 1, to) == Done()
    member = target.vendor.member("E1")
    assert member is not None
    assert (member.department, member.order, member.leader, member.main) == ([there], [7], [1], there)


def test_the_primary_department_is_never_left(hand: Hand, target: WecomTarget) -> None:
    state = hand.create(1)
    assert hand.do(Action.LEAVE, 1, state, hand.home()) == AlreadySo()
    assert target.people()["E1"].home == "D0"


def test_an_update_that_changes_and_moves_is_one_call(hand: Hand, target: WecomTarget) -> None:
    state, to = hand.create(1), group_ref(1, hand.create_group(1))
    before = AccountState("E1", Presence.ACTIVE, {"position": ()}, Memberships("D0"))
    after = AccountState("E1", Presence.ACTIVE, {"position": ("科长",)}, Memberships("D1"))
    assert hand.connector.apply(operation(Action.UPDATE, ref(1, state), before, after, to)) == Done()
    seen = target.people()["E1"]
    assert (seen.home, seen.attributes["position"]) == ("D1", ("科长",))
    assert len(target.bodies("user/update")) == 1


def test_a_lock_keeps_seat_departments_and_the_unlock_gives_back_what_was(hand: Hand, target: WecomTarget) -> None:
    state = hand.create(1)
    target.vendor.activate("E1")
    before = target.vendor.member("E1")
    assert hand.do(Action.LOCK, 1, state) == Done()
    assert [each["enable"] for each in target.bodies("user/update")] == [0]
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert target.vendor.member("E1") == before


def test_who_has_left_by_himself_is_there_and_locked_and_no_unlock_brings_him_back(
    hand: Hand, target: WecomTarget
) -> None:
    state = hand.create(1)
    target.vendor.activate("E1")
    target.vendor.leave("E1")
    assert hand.see(1).presence is Presence.LOCKED
    outcome = hand.do(Action.UNLOCK, 1, state)
    assert isinstance(outcome, Refused)
    assert outcome.code == "left"
    assert hand.do(Action.LOCK, 1, state) == AlreadySo()
    assert hand.connector.apply(hand.creation(1)) == AlreadySo()
    assert hand.do(Action.REMOVE, 1, state) == Done()


def test_a_userid_in_another_letter_case_is_the_same_account(hand: Hand, target: WecomTarget) -> None:
    hand.home()
    target.put("e1", "e1")
    seen = hand.see(1)
    assert (seen.key, seen.remote_id) == ("E1", "e1")
    assert hand.connector.apply(hand.creation(1)) == AlreadySo()
    assert hand.rename(seen, 1, "王大") == Done()
    assert target.people().keys() == {"e1"}


def test_a_userid_is_never_changed(hand: Hand, target: WecomTarget) -> None:
    state = hand.create(1)
    outcome = hand.change(state, 1, userid=("E2",))
    assert isinstance(outcome, Refused)
    assert target.people().keys() == {"E1"}


def test_an_adopted_account_keeps_its_own_userid(hand: Hand, target: WecomTarget) -> None:
    home = hand.home()
    target.put(None, "zhangsan")
    adopted = Ref("s1", Kind.PERSON, "E1", "zhangsan", "zhangsan", incarnation=1)
    seen = hand.connector.observe(adopted)
    assert seen is not None
    assert (seen.key, seen.remote_id) == ("zhangsan", "zhangsan")
    before = AccountState("E1", Presence.ACTIVE, {"name": ("手工",)}, Memberships(None))
    after = AccountState("E1", Presence.ACTIVE, {"name": ("张三",)}, Memberships("D0"))
    assert hand.connector.apply(operation(Action.UPDATE, adopted, before, after, home)) == Done()
    assert hand.connector.apply(operation(Action.LOCK, adopted)) == Done()
    account = target.people()["zhangsan"]
    assert (account.attributes["name"], account.home, account.presence) == (("张三",), "D0", Presence.LOCKED)
    target.delete("zhangsan")
    assert hand.connector.observe(adopted) is None
    hand.create(1)
    assert isinstance(hand.connector.apply(operation(Action.REMOVE, adopted)), Conflict)
    assert target.people().keys() == {"E1"}


@pytest.mark.parametrize("key", ["张三", "a b", "", "-x", "x" * 65])
def test_a_key_that_cannot_be_a_userid_is_nobody(hand: Hand, key: str) -> None:
    assert hand.connector.observe(Ref("s1", Kind.PERSON, key)) is None


def test_the_creator_of_the_corp_is_protected_by_the_vendor(request: pytest.FixtureRequest) -> None:
    target = wecom({"creator": "E1"})(request)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    outcome = hand.do(Action.REMOVE, 1, state)
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected"
    assert target.people().keys() == {"E1"}


@pytest.mark.parametrize("action", [each for each in Action if each is not Action.CREATE])
def test_a_protected_userid_is_protected_whatever_its_letter_case_and_whoever_it_is_linked_to(
    hand: Hand, target: WecomTarget, action: Action
) -> None:
    home = hand.home()
    target.put(None, "Admin")
    before, calls = target.people(), len(target.running.requests())
    guarded = target.wecom(protected=["aDMIN"])
    linked = Ref("s1", Kind.PERSON, "E1", "Admin", "Admin")
    outcome = guarded.apply(operation(action, linked, None, AccountState("E1", Presence.ACTIVE), home))
    assert outcome == Refused("protected", outcome.text)  # type: ignore[union-attr]
    assert target.people() == before
    assert len(target.running.requests()) == calls


def test_seats_that_are_full_refuse_the_creation(request: pytest.FixtureRequest) -> None:
    target = wecom({"seats": 1})(request)
    hand = Hand(target, target.connector())
    hand.create(1)
    outcome = hand.connector.apply(hand.creation(2))
    assert isinstance(outcome, Refused | Retry)
    assert target.people().keys() == {"E1"}


def test_a_department_that_has_just_been_made_may_be_unknown_to_members_for_a_moment(
    request: pytest.FixtureRequest,
) -> None:
    target = wecom({"settling": 600.0})(request)
    hand = Hand(target, target.connector())
    outcome = hand.connector.apply(hand.creation(1))
    assert isinstance(outcome, Retry)
    assert outcome.after is not None
    assert not outcome.outage
    assert target.people() == {}
