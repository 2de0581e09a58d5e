"""The system under test, one after the other, with nobody in it."""

from collections.abc import Iterator

import pytest

from tests.contract.systems.ldap import LdapTarget
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


@pytest.fixture(params=["fast", "plain"])
def fast(request: pytest.FixtureRequest) -> bool:
    """Our own encoding of requests, or ldap3's."""
    return str(request.param) == "fast"


@pytest.fixture(params=["openldap", "lean_openldap"])
def directory(request: pytest.FixtureRequest, fast: bool) -> LdapTarget:
    """A real OpenLDAP: one whose overlays keep references right, and one that leaves it to us."""
    return LdapTarget(request.getfixturevalue(request.param), fast=fast)
