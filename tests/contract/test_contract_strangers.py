"""What every connector does, where something is not ours or not to be touched (`targets.py` lists the systems)."""

from dataclasses import replace

import pytest

from connectors.errors import Ambiguous
from mappings.model import (
    Action,
    Conflict,
    Done,
    Presence,
    Refused,
    Retry,
)
from tests.contract.target import Hand, Taken, Target, group_ref, ref

CHANGES = [action for action in Action if action is not Action.CREATE]


def test_a_stranger_on_our_name_is_a_conflict_and_stays_as_it_is(hand: Hand, target: Target) -> None:
    hand.home()
    target.put(None, "user1")
    before = target.people()
    outcome = hand.connector.apply(hand.creation(1))
    if target.login is None:
        assert outcome == Done()  # the key is the name, and no stranger's
        assert target.people().keys() == {"E1", target.stranger("user1")}
        return
    assert isinstance(outcome, Conflict)
    assert outcome.holder
    assert target.people() == before
    assert hand.connector.observe(ref(1)) is None


def test_an_account_deleted_by_hand_is_none_and_is_made_again(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    target.delete("E1")
    assert hand.connector.observe(ref(1, state)) is None
    assert isinstance(hand.rename(state, 1, "王二"), Retry)
    if hand.can(Action.LOCK):
        assert isinstance(hand.do(Action.LOCK, 1, state), Retry)
    again = hand.connector.apply(replace(hand.creation(1), ref=replace(ref(1), incarnation=2)))
    assert again == Done()
    assert target.reuses_ids is (hand.see(1).remote_id == state.remote_id)


def test_an_account_replaced_by_hand_is_another_one_and_is_not_written(hand: Hand, target: Target) -> None:
    state = hand.create(1)
    target.delete("E1")
    target.put("E1", "user1")
    before = target.people()
    if target.reuses_ids:
        assert hand.see(1).remote_id == state.remote_id  # nothing tells the two apart there
        return
    assert isinstance(hand.rename(state, 1, "王二"), Conflict)
    assert isinstance(hand.do(Action.REMOVE, 1, state), Conflict)
    assert target.people() == before
    assert hand.see(1).remote_id != state.remote_id


def test_two_accounts_with_one_key_are_ambiguous_and_neither_is_written(hand: Hand, target: Target) -> None:
    target.put("E1", "one")
    if target.keyed:
        with pytest.raises(Taken):
            target.put("E1", "two")
        return
    target.put("E1", "two")
    with pytest.raises(Ambiguous):
        hand.connector.observe(ref(1))
    before = target.people()
    assert isinstance(hand.do(Action.REMOVE, 1), Conflict)
    if hand.can(Action.LOCK):
        assert isinstance(hand.do(Action.LOCK, 1), Conflict)
    assert target.people() == before
    assert [each.presence for each in before.values()] == [Presence.ACTIVE]


@pytest.mark.parametrize("action", CHANGES)
def test_a_protected_account_is_never_written(hand: Hand, target: Target, action: Action) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    before = target.people()
    guarded = Hand(target, target.protect("E1"))
    changes = action is Action.UPDATE
    outcome = guarded.rename(state, 1, "王二") if changes else guarded.do(action, 1, state, group)
    guarded.connector.close()
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected" or (outcome.code == "unsupported" and not hand.can(action))
    assert target.people() == before
