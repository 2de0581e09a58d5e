"""Members of a groupOfNames: the placeholder of an empty one, deltas, two lanes on one group."""

import threading
from itertools import pairwise

import pytest

from mappings.model import AccountState, Action, AlreadySo, Done, Outcome, Refused, Retry
from tests.contract.directories import EVERY, directory
from tests.contract.systems.ds389 import Ds389Target
from tests.contract.systems.ldap import LdapTarget
from tests.contract.target import Hand, group_ref, operation, ref


@pytest.fixture(params=EVERY)
def target(request: pytest.FixtureRequest) -> LdapTarget:
    return directory(request)


def test_the_placeholder_comes_with_emptiness_and_goes_with_the_first_member(hand: Hand, target: LdapTarget) -> None:
    state, group = hand.create(1), hand.create_group(1)
    assert target.server.members(str(group.name)) == target.nobody
    hand.do(Action.JOIN, 1, state, group_ref(1, group))
    assert target.server.members(str(group.name)) == [str(state.name)]
    hand.do(Action.LEAVE, 1, state, group_ref(1, group))
    assert target.server.members(str(group.name)) == target.nobody


def test_a_placeholder_that_is_a_person_s_entry_is_hidden_from_every_reader(target: LdapTarget) -> None:
    target.put("E9", "nobody")
    connector = target.ldap(placeholder=f"uid=nobody,{target.server.people}")
    hand = Hand(target, connector)
    hand.create_group(1)
    state = hand.create(1)
    assert connector.observe(ref(9)) is None
    assert [each.key for each in connector.observe_all(None).accounts] == ["E1"]
    hand.do(Action.JOIN, 1, state, group_ref(1))
    assert target.people()["E1"].groups == {"D1"}
    connector.close()


def test_a_large_group_is_filled_and_emptied_in_deltas(target: LdapTarget) -> None:
    fast = target.connector().config.fast
    count, lot = (2500, 1000) if fast and not isinstance(target, Ds389Target) else (500, 200)
    connector = target.ldap(members_per_modify=lot)
    hand = Hand(target, connector)
    group = group_ref(1, hand.create_group(1))
    creates = [operation(Action.CREATE, ref(number), None, hand.person(number)) for number in range(count)]
    assert set(connector.apply_each(creates)) == {Done()}
    states = connector.observe_each([ref(number) for number in range(count)])
    seen = [state for state in states if isinstance(state, AccountState)]
    assert len(seen) == count
    joins = [operation(Action.JOIN, ref(number, state), group=group) for number, state in enumerate(seen)]
    assert set(connector.apply_each(joins)) == {Done()}
    assert set(connector.apply_each(joins[: lot + lot // 2])) == {AlreadySo()}
    assert target.server.members(str(group.name)) == sorted(str(state.name) for state in seen)
    leaves = [operation(Action.LEAVE, each.ref, group=group) for each in joins]
    assert set(connector.apply_each(leaves)) == {Done()}
    assert target.server.members(str(group.name)) == target.nobody
    connector.close()


def test_two_lanes_that_fill_and_empty_one_group_never_lose_it_nor_a_member(target: LdapTarget) -> None:
    hands = [Hand(target, target.connector()) for _ in range(2)]
    group = group_ref(1, hands[0].create_group(1))
    states = [hands[0].create(number) for number in range(4)]
    told: dict[int, list[Outcome]] = {number: [] for number in range(4)}

    def lane(number: int) -> None:
        for _ in range(25):
            for action in (Action.JOIN, Action.LEAVE):
                for mine in (number, number + 2):
                    told[mine].append(hands[number].do(action, mine, states[mine], group))

    lanes = [threading.Thread(target=lane, args=(number,)) for number in range(2)]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()
    for outcomes in told.values():
        assert len(outcomes) == 50
        assert {type(each) for each in outcomes} <= {Done, Retry, AlreadySo}
        # whoever was told to come back later has not moved: what comes next is so already, and nothing else is
        assert all((type(one) is Retry) is (type(next) is AlreadySo) for one, next in pairwise(outcomes))
    for number, state in enumerate(states):
        hands[0].do(Action.LEAVE, number, state, group)
    assert target.server.members(str(group.name)) == target.nobody
    assert hands[0].do(Action.JOIN, 1, states[1], group) == Done()
    assert target.server.members(str(group.name)) == [str(states[1].name)]
    for hand in hands:
        hand.connector.close()


def test_one_member_that_the_directory_refuses_does_not_hold_up_the_others(hand: Hand, target: LdapTarget) -> None:
    group = group_ref(1, hand.create_group(1))
    states = {number: hand.create(number) for number in range(5)}
    with_protected = target.ldap(protected=(f"(uid={states[2].attributes['uid'][0]})",))
    joins = [operation(Action.JOIN, ref(number, state), group=group) for number, state in states.items()]
    outcomes = with_protected.apply_each(joins)
    with_protected.close()
    assert [type(each) for each in outcomes] == [Done, Done, Refused, Done, Done]
    assert len(target.server.members(str(group.name))) == 4
