"""What every connector does, with many accounts at once (`targets.py` lists the systems)."""

from connectors.base import Connector, Pipelined
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Conflict,
    Done,
    Memberships,
    Presence,
    Retry,
)
from tests.contract.target import Hand, Target, group_ref, operation, ref


def _everybody(connector: Connector) -> tuple[list[AccountState], int]:
    accounts: list[AccountState] = []
    page, pages = connector.observe_all(None), 1
    accounts += page.accounts
    while page.cursor:
        assert not page.complete
        page, pages = connector.observe_all(page.cursor), pages + 1
        accounts += page.accounts
    assert page.complete
    return accounts, pages


def test_everybody_is_read_once_page_by_page_with_memberships(hand: Hand, target: Target) -> None:
    group = group_ref(1, hand.create_group(1))
    states = {number: hand.create(number) for number in range(2 * target.page_size + 1)}
    hand.do(Action.JOIN, 3, states[3], group)
    hand.do(Action.LOCK, 4, states[4])
    target.put(None, "stranger")
    accounts, pages = _everybody(hand.connector)
    assert pages == 3
    assert sorted(each.key for each in accounts) == sorted(["", *(f"E{number}" for number in states)])
    found = {each.key: each for each in accounts}
    assert found["E3"].memberships == Memberships(None, frozenset({str(group.remote_id)}))
    assert found["E4"].presence is Presence.LOCKED
    assert found["E5"] == states[5]


def test_an_empty_system_reads_as_complete_and_empty(hand: Hand) -> None:
    assert _everybody(hand.connector) == ([], 1)
    page = hand.connector.departments(None)
    assert (page.accounts, page.cursor, page.complete) == ((), None, True)


def test_all_groups_are_read(hand: Hand, target: Target) -> None:
    states = [hand.create_group(number) for number in range(target.page_size + 1)]
    page = hand.connector.departments(None)
    assert page.cursor
    following = hand.connector.departments(page.cursor)
    assert following.complete
    assert sorted((*page.accounts, *following.accounts), key=lambda each: each.key) == states


def test_each_of_many_has_its_own_outcome(hand: Hand, target: Target) -> None:
    assert isinstance(hand.connector, Pipelined)
    target.put(None, "user2")
    hand.create(3)
    creates = [operation(Action.CREATE, ref(number), None, hand.person(number)) for number in (1, 2, 3, 4)]
    outcomes = hand.connector.apply_each(creates)
    assert [type(each) for each in outcomes] == [Done, Conflict, AlreadySo, Done]
    assert target.people().keys() == {"E1", "(user2)", "E3", "E4"}
    seen = hand.connector.observe_each([ref(1), ref(2), ref(3), ref(9)])
    assert [each.key if isinstance(each, AccountState) else each for each in seen] == ["E1", None, "E3", None]


def test_operations_of_one_subject_keep_their_order(hand: Hand, target: Target) -> None:
    assert isinstance(hand.connector, Pipelined)
    group = AccountState("D1", Presence.ACTIVE, {"cn": ("D1",)})
    outcomes = hand.connector.apply_each(
        [
            operation(Action.CREATE, group_ref(1), None, group),
            operation(Action.CREATE, ref(1), None, hand.person(1)),
            operation(Action.JOIN, ref(1), group=group_ref(1)),
            operation(Action.LOCK, ref(1)),
            operation(Action.UNLOCK, ref(1)),
            operation(Action.LEAVE, ref(1), group=group_ref(1)),
            operation(Action.JOIN, ref(1), group=group_ref(1)),
            operation(Action.LOCK, ref(1)),
        ]
    )
    assert outcomes == [Done()] * 8
    seen = target.people()["E1"]
    assert (seen.presence, seen.groups) == (Presence.LOCKED, {"D1"})


def test_many_join_one_group_and_those_already_in_are_told_apart(hand: Hand, target: Target) -> None:
    assert isinstance(hand.connector, Pipelined)
    group = group_ref(1, hand.create_group(1))
    states = {number: hand.create(number) for number in range(20)}
    hand.do(Action.JOIN, 3, states[3], group)
    joins = [operation(Action.JOIN, ref(number, state), group=group) for number, state in states.items()]
    joins.append(operation(Action.JOIN, ref(99), group=group))
    outcomes = hand.connector.apply_each(joins)
    assert [type(each) for each in outcomes] == [AlreadySo if n == 3 else Done for n in range(20)] + [Retry]
    assert {key for key, seen in target.people().items() if seen.groups == {"D1"}} == {f"E{n}" for n in range(20)}
    leaves = [operation(Action.LEAVE, ref(number, state), group=group) for number, state in states.items()]
    hand.connector.apply(leaves[7])
    outcomes = hand.connector.apply_each(leaves)
    assert [type(each) for each in outcomes] == [AlreadySo if n == 7 else Done for n in range(20)]
    assert all(not seen.groups for seen in target.people().values())
