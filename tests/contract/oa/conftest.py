"""The OA under its own tests: simulated, in each setting; and a canned one, for answers that no simulator gives."""

import time
from collections.abc import Iterator

import pytest

from connectors.oa.connector import OaConnector
from connectors.simulation.running import Running
from tests.contract.oa.canned import Canned, connect
from tests.contract.systems.oa import TARGETS, OaTarget
from tests.contract.target import Hand


@pytest.fixture(params=TARGETS)
def office(request: pytest.FixtureRequest) -> OaTarget:
    target = TARGETS[request.param](request)
    assert isinstance(target, OaTarget)
    return target


@pytest.fixture
def hand(office: OaTarget) -> Hand:
    return Hand(office, office.connector())


@pytest.fixture
def canned() -> Canned:
    return Canned()


@pytest.fixture
def running(canned: Canned) -> Iterator[Running]:
    with Running(canned, time.time) as running:
        yield running


@pytest.fixture
def connector(running: Running) -> OaConnector:
    return connect(running)
