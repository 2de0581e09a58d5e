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
    if hand.can(Action.JOIN):
        hand.do(Action.JOIN, 3, states[3], group)
    if hand.can(Action.LOCK):
        hand.do(Action.LOCK, 4, states[4])
    target.put(None, "stranger")
    accounts, pages = _everybody(hand.connector)
    assert pages > 2
    stranger = "stranger" if target.keyed else ""
    assert sorted(each.key for each in accounts) == sorted([stranger, *(f"E{number}" for number in states)])
    found = {each.key: each for each in accounts}
    joined = {str(group.remote_id)} if hand.can(Action.JOIN) else set()
    assert found["E3"].memberships == Memberships(hand.lives, frozenset(joined))
    assert found["E4"].presence is (Presence.LOCKED if hand.can(Action.LOCK) else Presence.ACTIVE)
    seen, told = found["E5"], states[5]
    assert (seen.key, seen.presence, seen.memberships, seen.remote_id) == (
        "E5",
        told.presence,
        told.memberships,
        told.remote_id,
    )
    assert seen.attributes.items() <= told.attributes.items()
    assert seen.attributes


def test_an_empty_system_reads_as_complete_and_empty(hand: Hand) -> None:
    assert _everybody(hand.connector) == ([], 1)
    page = hand.connector.departments(None)
    assert (page.accounts, page.cursor, page.complete) == ((), None, True)


def test_all_groups_are_read(hand: Hand, target: Target) -> None:
    states = [hand.create_group(number) for number in range(target.page_size + 1)]
    page = hand.connector.departments(None)
    found = list(page.accounts)
    while page.cursor:
        assert not page.complete
        page = hand.connector.departments(page.cursor)
        found += page.accounts
    assert page.complete
    assert sorted(str(each.remote_id) for each in found) == sorted(str(each.remote_id) for each in states)
    assert {each.remote_id: each.attributes for each in found} == {each.remote_id: each.attributes for each in states}


def test_each_of_many_has_its_own_outcome(hand: Hand, target: Target) -> None:
    target.put(None, "user2")
    hand.create(3)
    outcomes = hand.each([hand.creation(number) for number in (1, 2, 3, 4)])
    second = Done if target.login is None else Conflict
    assert [type(each) for each in outcomes] == [Done, second, AlreadySo, Done]
    made = {"E1", "E3", "E4", *(["E2"] if target.login is None else [])}
    assert target.people().keys() == {*made, target.stranger("user2")}
    if isinstance(hand.connector, Pipelined):
        seen = hand.connector.observe_each([ref(1), ref(9), ref(3)])
        assert [each.key if isinstance(each, AccountState) else each for each in seen] == ["E1", None, "E3"]


def test_operations_of_one_subject_keep_their_order(hand: Hand, target: Target) -> None:
    group = group_ref(1, hand.create_group(1))
    state = hand.create(1)
    if not hand.can(Action.JOIN):
        assert hand.each([operation(Action.REMOVE, ref(1, state), state), hand.creation(1)])[0] == Done()
        return
    wanted = [Action.JOIN, Action.LOCK, Action.UNLOCK, Action.LEAVE, Action.JOIN, Action.LOCK]
    moves = (Action.JOIN, Action.LEAVE)
    outcomes = hand.each([operation(each, ref(1, state), group=group if each in moves else None) for each in wanted])
    assert outcomes == [Done()] * 6
    seen = target.people()["E1"]
    assert (seen.presence, seen.groups) == (Presence.LOCKED, {"D1"})


def test_a_group_and_somebody_in_it_may_be_made_at_once_where_many_go_out_together(hand: Hand, target: Target) -> None:
    if not isinstance(hand.connector, Pipelined) or hand.capabilities.primary:
        assert not isinstance(hand.connector, Pipelined) or hand.home() is not None
        return
    outcomes = hand.connector.apply_each(
        [
            operation(Action.CREATE, group_ref(1), None, hand.group(1)),
            hand.creation(1),
            operation(Action.JOIN, ref(1), group=group_ref(1)),
        ]
    )
    assert outcomes == [Done()] * 3
    assert target.people()["E1"].groups == {"D1"}


def test_many_join_one_group_and_those_already_in_are_told_apart(hand: Hand, target: Target) -> None:
    group = group_ref(1, hand.create_group(1))
    states = {number: hand.create(number) for number in range(20)}
    if not hand.can(Action.JOIN):
        assert all(not seen.groups for seen in target.people().values())
        return
    hand.do(Action.JOIN, 3, states[3], group)
    joins = [operation(Action.JOIN, ref(number, state), group=group) for number, state in states.items()]
    joins.append(operation(Action.JOIN, ref(99), group=group))
    outcomes = hand.each(joins)
    assert [type(each) for each in outcomes] == [AlreadySo if n == 3 else Done for n in range(20)] + [Retry]
    assert {key for key, seen in target.people().items() if seen.groups == {"D1"}} == {f"E{n}" for n in range(20)}
    leaves = [operation(Action.LEAVE, ref(number, state), group=group) for number, state in states.items()]
    hand.connector.apply(leaves[7])
    outcomes = hand.each(leaves)
    assert [type(each) for each in outcomes] == [AlreadySo if n == 7 else Done for n in range(20)]
    assert all(not seen.groups for seen in target.people().values())
