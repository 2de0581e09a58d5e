"""What every connector does, in bad weather (`targets.py` lists the systems)."""

import pytest

from connectors.errors import ConnectorError, Unreachable
from mappings.model import (
    AlreadySo,
    Retry,
    Unknown,
)
from tests.contract.target import Hand, Target, ref


def test_a_system_that_does_not_answer_raises_and_writes_wait(hand: Hand, target: Target) -> None:
    create = hand.creation(1)
    connector = target.unreachable()
    with pytest.raises(Unreachable):
        connector.observe(ref(1))
    with pytest.raises(Unreachable):
        connector.observe_all(None)
    outcome = connector.apply(create)
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
        assert isinstance(connector.apply(hand.creation(2)), Retry)
        connector.close()
    assert target.people().keys() == {"E1"}


def test_a_lost_answer_is_unknown_and_the_next_look_tells(hand: Hand, target: Target) -> None:
    create = hand.creation(1)
    with target.lossy() as connector:
        assert isinstance(connector.apply(create), Unknown)
        assert connector.observe(ref(1)) is not None
        assert connector.apply(create) == AlreadySo()
    assert target.people().keys() == {"E1"}
