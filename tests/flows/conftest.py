"""Houses for the flows, and what they end in when they are taken down."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.clerk import Clerk
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap

Houses = Callable[..., Served]


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Served:
    """A store with HR's token in it, made by the command line; every house begins with a copy of it."""
    nowhere = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=nobody", "nothing", "", "")
    one = Served(tmp_path_factory.mktemp("furnished"), nowhere)
    one.write_config()
    one.secret = one.command("token", "create", "--role", "hr", "--name", "hr").stdout.strip()
    return one


@pytest.fixture
def houses(tmp_path: Path, furnished: Served) -> Iterator[Houses]:
    """A factory of houses in front of a directory: `houses(openldap, answer_timeout=2)`."""
    made: list[Served] = []

    def make(directory: OpenLdap, *, proxy: FaultProxy | None = None, **settings: Any) -> Served:
        folder = tmp_path / f"house{len(made)}"
        folder.mkdir()
        one = Served(folder, directory, ldap_port=proxy.port if proxy else None, settings=settings, template=furnished)
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
def clerk(house: Served) -> Iterator[Clerk]:
    """HR's client of `house`."""
    client = Clerk(house)
    yield client
    client.close()


@pytest.fixture
def hands(openldap: OpenLdap) -> Iterator[Hands]:
    """An administrator of the directory."""
    one = Hands(openldap)
    yield one
    one.connection.unbind()


@pytest.fixture
def proxy(openldap: OpenLdap) -> Iterator[FaultProxy]:
    """A proxy that does harm, in front of the directory."""
    with FaultProxy("127.0.0.1", openldap.port) as one:
        yield one
