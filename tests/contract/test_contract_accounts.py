"""What every connector does, with one account from creation to removal (`targets.py` lists the systems).

Where a system has no locks, no groups beside the primary department, or no login but the key, the suite demands
that what it does not name among its capabilities is refused and changes nothing.
"""

import pytest

from mappings.model import Action, AlreadySo, Conflict, Done, Memberships, Presence, Ref, Refused
from tests.contract.target import HOME, Hand, Target, group_ref, operation, ref


def test_nobody_there_is_none(hand: Hand) -> None:
    assert hand.connector.observe(ref(1)) is None
    assert hand.connector.observe(group_ref(1)) is None


def test_a_created_account_is_there_as_it_was_asked_for(hand: Hand, target: Target) -> None:
    wanted = hand.person(1)
    assert hand.connector.apply(hand.creation(1, wanted)) == Done()
    seen = target.people()["E1"]
    assert seen.presence is Presence.ACTIVE
    assert hand.readable(seen.attributes) == hand.readable(wanted.attributes)
    assert seen.groups == frozenset()
    assert seen.home == (f"D{HOME}" if hand.capabilities.primary else None)


def test_what_is_observed_is_what_was_written_and_every_other_managed_attribute_is_empty(hand: Hand) -> None:
    state = hand.create(1)
    wanted = hand.readable(hand.person(1).attributes)
    assert {name: values for name, values in state.attributes.items() if values} == wanted
    assert state.attributes.keys() <= hand.connector.describe().managed
    assert (state.key, state.presence, state.memberships) == ("E1", Presence.ACTIVE, Memberships(hand.lives))
    assert state.remote_id
    assert state.name


def test_a_second_create_is_already_so_and_changes_nothing(hand: Hand, target: Target) -> None:
    hand.create(1)
    before = target.people()
    assert hand.connector.apply(hand.creation(1)) == AlreadySo()
    assert target.people() == before


def test_an_account_that_is_created_locked_was_never_open(hand: Hand, target: Target) -> None:
    outcome = hand.connector.apply(hand.creation(1, hand.person(1, presence=Presence.LOCKED)))
    if not hand.can(Action.LOCK):
        assert isinstance(outcome, Refused)
        assert target.people() == {}
        return
    assert outcome == Done()
    assert target.people()["E1"].presence is Presence.LOCKED
    assert hand.see(1).presence is Presence.LOCKED


def test_text_of_every_kind_is_read_back_as_it_was_written(hand: Hand, target: Target) -> None:
    text = target.text or target.name
    assert target.texts
    for number, value in enumerate(target.texts):
        state = hand.create(number, **{text: (value,)})
        assert state.attributes[text] == (value,)
        assert target.people()[f"E{number}"].attributes[text] == (value,)


def test_an_account_is_found_by_its_id_and_by_its_key(hand: Hand) -> None:
    state = hand.create(1)
    assert hand.connector.observe(ref(1, state)) == state
    assert hand.connector.observe(ref(1)) == state


def test_an_update_changes_what_it_names_and_nothing_else(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    before = target.people()["E1"]
    assert hand.rename(state, 1, "王大") == Done()
    after = target.people()["E1"]
    assert after.attributes == {**before.attributes, target.name: ("王大",)}
    assert (after.presence, after.groups, after.home) == (before.presence, before.groups, before.home)
    assert hand.rename(state, 1, "王大") == AlreadySo()


def test_an_attribute_that_is_emptied_is_gone(hand: Hand, target: Target) -> None:
    if target.text is None:
        state = hand.create(1)
        assert isinstance(hand.change(state, 1, **{target.name: ()}), Refused)
        assert hand.see(1) == state
        return
    state = hand.create(1, **{target.text: ("科员",)})
    assert hand.change(state, 1, **{target.text: ()}) == Done()
    assert target.text not in target.people()["E1"].attributes
    assert hand.see(1).attributes[target.text] == ()


def _joined(hand: Hand, number: int) -> Ref:
    return group_ref(number, hand.create_group(number))


def test_a_new_login_keeps_the_account_its_id_and_its_groups(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), _joined(hand, 1)
    if target.login is None:
        assert ref(1).key in (state.key, *state.attributes.values())
        return
    joins = hand.can(Action.JOIN)
    if joins:
        hand.do(Action.JOIN, 1, state, group)
    assert hand.change(state, 1, **{target.login: ("renamed",)}) == Done()
    after = hand.see(1)
    assert after.remote_id == state.remote_id
    assert after.attributes[target.login] == ("renamed",)
    assert after.memberships == Memberships(hand.lives, frozenset({str(group.remote_id)} if joins else ()))
    assert target.people()["E1"].groups == ({"D1"} if joins else frozenset())
    assert hand.change(state, 1, **{target.login: ("renamed",)}) == AlreadySo()


def test_a_login_may_change_its_letter_case_alone(hand: Hand, target: Target) -> None:
    if target.login is None:
        assert target.keyed
        return
    state = hand.create(1, "wang.fang")
    assert hand.change(state, 1, **{target.login: ("Wang.Fang",)}) == Done()
    after = hand.see(1)
    assert (after.attributes[target.login], after.remote_id) == (("Wang.Fang",), state.remote_id)


def test_a_login_that_another_account_has_is_a_conflict_and_both_stay(hand: Hand, target: Target) -> None:
    if target.login is None:
        assert target.keyed
        return
    state = hand.create(1)
    hand.create(2)
    before = target.people()
    outcome = hand.change(state, 1, **{target.login: ("user2",)})
    assert isinstance(outcome, Conflict)
    assert outcome.holder
    assert target.people() == before


@pytest.mark.parametrize("action", list(Action))
def test_what_is_not_among_the_capabilities_is_refused_and_changes_nothing(
    hand: Hand, target: Target, action: Action
) -> None:
    state, group = hand.create(1), _joined(hand, 1)
    before = target.people()
    if not hand.can(action):
        outcome = hand.do(action, 1, state, group)
        assert isinstance(outcome, Refused)
        assert outcome.code == "unsupported"
        assert target.people() == before
    assert hand.can(Action.CREATE)
    assert hand.can(Action.REMOVE)


def test_lock_and_unlock(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    if not hand.can(Action.LOCK):
        assert not hand.can(Action.UNLOCK)
        return
    assert [hand.do(Action.LOCK, 1, state), hand.do(Action.LOCK, 1, state)] == [Done(), AlreadySo()]
    assert target.people()["E1"].presence is Presence.LOCKED
    assert hand.see(1).presence is Presence.LOCKED
    assert [hand.do(Action.UNLOCK, 1, state), hand.do(Action.UNLOCK, 1, state)] == [Done(), AlreadySo()]
    assert target.people()["E1"].presence is Presence.ACTIVE
    assert hand.see(1) == state


def test_a_locked_account_can_be_changed_and_stays_locked_and_in_its_groups(hand: Hand, target: Target) -> None:
    if not hand.can(Action.LOCK):
        assert not hand.can(Action.UNLOCK)
        return
    state, group = hand.create(1), _joined(hand, 1)
    hand.do(Action.JOIN, 1, state, group)
    hand.do(Action.LOCK, 1, state)
    assert hand.rename(state, 1, "王调研") == Done()
    seen = target.people()["E1"]
    assert (seen.presence, seen.groups) == (Presence.LOCKED, {"D1"})


def test_a_removed_account_is_gone_from_everywhere(hand: Hand, target: Target) -> None:
    state, group = hand.create(1), _joined(hand, 1)
    other = hand.create(2)
    joins = hand.can(Action.JOIN)
    if joins:
        hand.do(Action.JOIN, 1, state, group)
        hand.do(Action.JOIN, 2, other, group)
    assert [hand.do(Action.REMOVE, 1, state), hand.do(Action.REMOVE, 1, state)] == [Done(), AlreadySo()]
    assert hand.connector.observe(ref(1, state)) is None
    assert target.people().keys() == {"E2"}
    assert target.people()["E2"].groups == ({"D1"} if joins else frozenset())


def test_an_account_of_the_same_login_does_not_inherit_the_groups_of_a_removed_one(hand: Hand, target: Target) -> None:
    state, group = hand.create(1, "zhang"), _joined(hand, 1)
    if hand.can(Action.JOIN):
        hand.do(Action.JOIN, 1, state, group)
    hand.do(Action.REMOVE, 1, state)
    hand.create(2, "zhang")
    assert target.people()["E2"].groups == frozenset()


def test_an_update_that_names_nothing_is_only_a_look(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    before = target.people()
    assert hand.change(state, 1) == AlreadySo()
    assert target.people() == before
    assert operation(Action.UPDATE, ref(1, state)).after is None
