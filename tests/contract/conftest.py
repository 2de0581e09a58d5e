"""The system under test, one after the other, with nobody in it."""

from collections.abc import Iterator

import pytest

from tests.contract.target import Hand, Target
from tests.contract.targets import TARGETS


@pytest.fixture(params=TARGETS)
def target(request: pytest.FixtureRequest) -> Target:
    return TARGETS[request.param](request)


@pytest.fixture
def hand(target: Target) -> Iterator[Hand]:
    connector = target.connector()
    yield Hand(target, connector)
    connector.close()
