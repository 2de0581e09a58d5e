"""The contract: what every connector does, named by situation. `targets.py` lists the systems it is run against."""

import pytest

from connectors.base import Connector, Pipelined
from connectors.errors import Ambiguous, ConnectorError, Unreachable
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Conflict,
    Done,
    Kind,
    Memberships,
    Pending,
    Presence,
    Refused,
    Retry,
    Unknown,
)
from tests.contract.target import Hand, Target, group_ref, operation, ref

CHANGES = [action for action in Action if action is not Action.CREATE]


# -- one account


def test_nobody_there_is_none(hand: Hand) -> None:
    assert hand.connector.observe(ref(1)) is None
    assert hand.connector.observe(group_ref(1)) is None


def test_a_created_account_is_there_as_it_was_asked_for(hand: Hand, target: Target) -> None:
    wanted = hand.person(1)
    assert hand.connector.apply(operation(Action.CREATE, ref(1), None, wanted)) == Done()
    seen = target.people()["E1"]
    assert seen.presence is Presence.ACTIVE
    assert seen.attributes == wanted.attributes
    assert seen.groups == frozenset()


def test_what_is_observed_is_what_was_written_and_every_other_managed_attribute_is_empty(hand: Hand) -> None:
    state = hand.create(1)
    wanted = hand.person(1)
    assert {name: values for name, values in state.attributes.items() if values} == wanted.attributes
    assert state.attributes.keys() <= hand.connector.describe().managed
    assert (state.key, state.presence, state.memberships) == ("E1", Presence.ACTIVE, Memberships())
    assert state.remote_id
    assert state.name


def test_a_second_create_is_already_so_and_changes_nothing(hand: Hand, target: Target) -> None:
    hand.create(1)
    before = target.people()
    assert hand.connector.apply(operation(Action.CREATE, ref(1), None, hand.person(1))) == AlreadySo()
    assert target.people() == before


def test_an_account_that_is_created_locked_was_never_open(hand: Hand, target: Target) -> None:
    locked = hand.person(1, presence=Presence.LOCKED)
    assert hand.connector.apply(operation(Action.CREATE, ref(1), None, locked)) == Done()
    assert target.people()["E1"].presence is Presence.LOCKED
    assert hand.see(1).presence is Presence.LOCKED


@pytest.mark.parametrize(
    "text",
    [
        "局长",
        "𠮷野家𪚥",
        "e\u0301 é",
        "长" * 200,
        '"quoted", <a>; #x = \\y + z',
        "*)(uid=*",
        "a\\2ab",
        "'; drop table --",
    ],
)
def test_text_of_every_kind_is_read_back_as_it_was_written(hand: Hand, target: Target, text: str) -> None:
    state = hand.create(1, **{target.text: (text,)})
    assert state.attributes[target.text] == (text,)
    assert target.people()["E1"].attributes[target.text] == (text,)


def test_an_account_is_found_by_its_id_and_by_its_key(hand: Hand) -> None:
    state = hand.create(1)
    assert hand.connector.observe(ref(1, state)) == state
    assert hand.connector.observe(ref(1)) == state


# -- changes


def test_an_update_changes_what_it_names_and_nothing_else(hand: Hand, target: Target) -> None:
    state = hand.create(1, **{target.text: ("科员",)})
    assert hand.change(state, 1, **{target.text: ("科长",)}) == Done()
    assert target.people()["E1"].attributes == hand.person(1).attributes | {target.text: ("科长",)}
    assert hand.change(state, 1, **{target.text: ("科长",)}) == AlreadySo()


def test_an_attribute_that_is_emptied_is_gone(hand: Hand, target: Target) -> None:
    state = hand.create(1, **{target.text: ("科员",)})
    assert hand.change(state, 1, **{target.text: ()}) == Done()
    assert target.text not in target.people()["E1"].attributes
    assert hand.see(1).attributes[target.text] == ()


def test_a_new_login_keeps_the_account_its_id_and_its_groups(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), hand.create_group(1)
    hand.do(Action.JOIN, 1, state, group_ref(1, group))
    assert hand.change(state, 1, **{target.login: ("renamed",)}) == Done()
    after = hand.see(1)
    assert after.remote_id == state.remote_id
    assert after.attributes[target.login] == ("renamed",)
    assert after.memberships == Memberships(None, frozenset({str(group.remote_id)}))
    assert target.people()["E1"].groups == {"D1"}
    assert hand.change(state, 1, **{target.login: ("renamed",)}) == AlreadySo()


def test_a_login_may_change_its_letter_case_alone(hand: Hand, target: Target) -> None:
    state = hand.create(1, "wang.fang")
    assert hand.change(state, 1, **{target.login: ("Wang.Fang",)}) == Done()
    after = hand.see(1)
    assert (after.attributes[target.login], after.remote_id) == (("Wang.Fang",), state.remote_id)


def test_a_login_that_another_account_has_is_a_conflict_and_both_stay(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    hand.create(2)
    before = target.people()
    outcome = hand.change(state, 1, **{target.login: ("user2",)})
    assert isinstance(outcome, Conflict)
    assert outcome.holder
    assert target.people() == before


def test_lock_and_unlock(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    assert [hand.do(Action.LOCK, 1, state), hand.do(Action.LOCK, 1, state)] == [Done(), AlreadySo()]
    assert target.people()["E1"].presence is Presence.LOCKED
    assert hand.see(1).presence is Presence.LOCKED
    assert [hand.do(Action.UNLOCK, 1, state), hand.do(Action.UNLOCK, 1, state)] == [Done(), AlreadySo()]
    assert target.people()["E1"].presence is Presence.ACTIVE
    assert hand.see(1) == state


def test_a_locked_account_can_be_changed_and_stays_locked_and_in_its_groups(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), hand.create_group(1)
    hand.do(Action.JOIN, 1, state, group_ref(1, group))
    hand.do(Action.LOCK, 1, state)
    assert hand.change(state, 1, **{target.text: ("调研员",)}) == Done()
    seen = target.people()["E1"]
    assert (seen.presence, seen.groups) == (Presence.LOCKED, {"D1"})


# -- groups


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


# -- removal


def test_a_removed_account_is_gone_from_everywhere(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    other = hand.create(2)
    hand.do(Action.JOIN, 1, state, group)
    hand.do(Action.JOIN, 2, other, group)
    assert [hand.do(Action.REMOVE, 1, state), hand.do(Action.REMOVE, 1, state)] == [Done(), AlreadySo()]
    assert hand.connector.observe(ref(1, state)) is None
    assert target.people().keys() == {"E2"}
    assert target.people()["E2"].groups == {"D1"}


def test_an_account_of_the_same_login_does_not_inherit_the_groups_of_a_removed_one(hand: Hand, target: Target) -> None:
    state, group = hand.create(1, "zhang"), group_ref(1, hand.create_group(1))
    hand.do(Action.JOIN, 1, state, group)
    hand.do(Action.REMOVE, 1, state)
    hand.create(2, "zhang")
    assert target.people()["E2"].groups == frozenset()


# -- somebody else was there


def test_a_stranger_on_our_name_is_a_conflict_and_stays_as_it_is(hand: Hand, target: Target) -> None:
    target.put(None, "user1")
    before = target.people()
    outcome = hand.connector.apply(operation(Action.CREATE, ref(1), None, hand.person(1)))
    assert isinstance(outcome, Conflict)
    assert outcome.holder
    assert target.people() == before
    assert hand.connector.observe(ref(1)) is None


def test_an_account_deleted_by_hand_is_none_and_is_made_again(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    target.delete("E1")
    assert hand.connector.observe(ref(1, state)) is None
    assert isinstance(hand.change(state, 1, **{target.text: ("x",)}), Retry)
    assert isinstance(hand.do(Action.LOCK, 1, state), Retry)
    assert hand.create(1).remote_id != state.remote_id


def test_an_account_replaced_by_hand_is_another_one_and_is_not_written(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    target.delete("E1")
    target.put("E1", "user1")
    before = target.people()
    assert isinstance(hand.change(state, 1, **{target.text: ("x",)}), Conflict)
    assert isinstance(hand.do(Action.REMOVE, 1, state), Conflict)
    assert target.people() == before
    assert hand.see(1).remote_id != state.remote_id


def test_two_accounts_with_one_key_are_ambiguous_and_neither_is_written(hand: Hand, target: Target) -> None:
    target.put("E1", "one")
    target.put("E1", "two")
    with pytest.raises(Ambiguous):
        hand.connector.observe(ref(1))
    outcome = hand.do(Action.LOCK, 1)
    assert isinstance(outcome, Conflict)
    assert [each.presence for each in target.people().values()] == [Presence.ACTIVE]


@pytest.mark.parametrize("action", CHANGES)
def test_a_protected_account_is_never_written(hand: Hand, target: Target, action: Action) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    before = target.people()
    guarded = Hand(target, target.protect("E1"))
    if action is Action.UPDATE:
        outcome = guarded.change(state, 1, **{target.text: ("x",)})
    else:
        outcome = guarded.do(action, 1, state, group)
    guarded.connector.close()
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected"
    assert target.people() == before


# -- bad weather


def test_a_system_that_does_not_answer_raises_and_writes_wait(hand: Hand, target: Target) -> None:
    connector = target.unreachable()
    with pytest.raises(Unreachable):
        connector.observe(ref(1))
    with pytest.raises(Unreachable):
        connector.observe_all(None)
    outcome = connector.apply(operation(Action.CREATE, ref(1), None, hand.person(1)))
    assert isinstance(outcome, Retry)
    assert outcome.outage


def test_a_place_that_is_gone_is_never_read_as_nobody_there(hand: Hand, target: Target) -> None:
    hand.create(1)
    with target.place_gone() as connector:
        for read in (
            lambda: connector.observe(ref(1)),
            lambda: connector.observe_all(None),
            lambda: connector.departments(None),
        ):
            with pytest.raises(ConnectorError):
                read()
        assert isinstance(connector.apply(operation(Action.CREATE, ref(2), None, hand.person(2))), Retry)
        connector.close()
    assert target.people().keys() == {"E1"}


def test_a_lost_answer_is_unknown_and_the_next_look_tells(hand: Hand, target: Target) -> None:
    create = operation(Action.CREATE, ref(1), None, hand.person(1))
    with target.lossy() as connector:
        assert isinstance(connector.apply(create), Unknown)
        assert connector.observe(ref(1)) is not None
        assert connector.apply(create) == AlreadySo()
    assert target.people().keys() == {"E1"}


# -- many


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


# -- what a person is told


def test_describe_needs_no_system_and_names_what_is_managed(target: Target) -> None:
    capabilities = target.unreachable().describe()
    assert {target.login, target.text, target.name, target.group_text} <= capabilities.managed
    assert capabilities.kinds == {Kind.PERSON, Kind.GROUP}


def test_a_check_finds_all_well_and_leaves_nothing_behind(hand: Hand, target: Target) -> None:
    hand.create(1)
    before = target.people()
    findings = list(hand.connector.check())
    assert findings
    assert [each for each in findings if each.level == "error"] == []
    assert target.people() == before


def test_a_check_of_a_system_that_does_not_answer_is_an_error_with_a_remedy(target: Target) -> None:
    findings = list(target.unreachable().check())
    errors = [each for each in findings if each.level == "error"]
    assert errors
    assert all(each.text and each.remedy for each in errors)
