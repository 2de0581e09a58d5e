"""Houses for the flows, and what they end in when they are taken down."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.client import Hr
from tests.flows.house import Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap

Houses = Callable[..., Served]


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    """A factory of houses in front of a directory: `houses(openldap, answer_timeout=2)`."""
    made: list[Served] = []

    def make(directory: OpenLdap, *, proxy: FaultProxy | None = None, **settings: Any) -> Served:
        folder = tmp_path / f"house{len(made)}"
        folder.mkdir()
        one = Served(folder, directory, ldap_port=proxy.port if proxy else None, settings=settings)
        made.append(one)
        return one

    yield make
    for each in made:
        each.close()


@pytest.fixture
def house(houses: Houses, openldap: OpenLdap) -> Served:
    """A running house in front of a directory with all overlays and nobody in it."""
    one = houses(openldap)
    one.start()
    return one


@pytest.fixture
def hr(house: Served) -> Iterator[Hr]:
    """HR's client of `house`."""
    client = Hr(house.base, house.secret)
    yield client
    client.close()


@pytest.fixture
def proxy(openldap: OpenLdap) -> Iterator[FaultProxy]:
    """A proxy that does harm, in front of the directory."""
    with FaultProxy("127.0.0.1", openldap.port) as one:
        yield one
