"""What every connector does, with groups and who is in them (`targets.py` lists the systems)."""

from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Done,
    Memberships,
    Pending,
    Presence,
)
from tests.contract.target import Hand, Target, group_ref, operation


def test_an_empty_group_is_there_and_has_nobody(hand: Hand, target: Target) -> None:
    group = hand.create_group(1)
    assert target.groups().keys() == {"D1"}
    assert target.people() == {}
    assert group.attributes[target.group_text] == ("第1科",)
    assert group.memberships is None
    again = operation(Action.CREATE, group_ref(1), None, AccountState("D1", Presence.ACTIVE, {"cn": ("D1",)}))
    assert hand.connector.apply(again) == AlreadySo()


def test_a_group_may_be_renamed(hand: Hand, target: Target) -> None:
    group = hand.create_group(1)
    before = AccountState("D1", Presence.ACTIVE, {target.group_text: ("第1科",)})
    after = AccountState("D1", Presence.ACTIVE, {target.group_text: ("人事科",)})
    change = operation(Action.UPDATE, group_ref(1, group), before, after)
    assert [hand.connector.apply(change), hand.connector.apply(change)] == [Done(), AlreadySo()]
    assert target.groups()["D1"][target.group_text] == ("人事科",)


def test_join_and_leave(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    one, two = group_ref(1, hand.create_group(1)), group_ref(2, hand.create_group(2))
    assert [hand.do(Action.JOIN, 1, state, one), hand.do(Action.JOIN, 1, state, one)] == [Done(), AlreadySo()]
    assert hand.do(Action.JOIN, 1, state, two) == Done()
    assert target.people()["E1"].groups == {"D1", "D2"}
    assert hand.see(1).memberships == Memberships(None, frozenset({str(one.remote_id), str(two.remote_id)}))
    assert [hand.do(Action.LEAVE, 1, state, one), hand.do(Action.LEAVE, 1, state, one)] == [Done(), AlreadySo()]
    assert target.people()["E1"].groups == {"D2"}


def test_the_last_member_leaves_and_the_group_stays(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    for _ in range(2):
        assert hand.do(Action.JOIN, 1, state, group) == Done()
        assert hand.do(Action.LEAVE, 1, state, group) == Done()
    assert target.people()["E1"].groups == frozenset()
    assert target.groups().keys() == {"D1"}


def test_a_group_with_members_waits_and_without_goes(hand: Hand, target: Target) -> None:
    state, seen = hand.create(1), hand.create_group(1)
    group = group_ref(1, seen)
    hand.do(Action.JOIN, 1, state, group)
    remove = operation(Action.REMOVE, group, seen, None)
    pending = hand.connector.apply(remove)
    assert isinstance(pending, Pending)
    assert "1" in pending.state
    assert target.groups().keys() == {"D1"}
    hand.do(Action.LEAVE, 1, state, group)
    assert [hand.connector.apply(remove), hand.connector.apply(remove)] == [Done(), AlreadySo()]
    assert target.groups() == {}
