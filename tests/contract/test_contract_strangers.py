"""What every connector does, where something is not ours or not to be touched (`targets.py` lists the systems)."""

import pytest

from connectors.errors import Ambiguous
from mappings.model import (
    Action,
    Conflict,
    Presence,
    Refused,
    Retry,
)
from tests.contract.target import Hand, Target, group_ref, operation, ref

CHANGES = [action for action in Action if action is not Action.CREATE]


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
