"""Houses whose commands are typed: one that stands for the whole run, and new ones with or without a directory."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.line import done, inside
from tests.cli.town import Town
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap, serve


def furnished(house: Served) -> Served:
    """Its configuration is written, and HR has a token."""
    house.write_config()
    house.secret = done(inside("token", "create", "--role", "hr", "--name", "hr", "--config", house.config)).strip()
    return house


@pytest.fixture(scope="session")
def own_directory() -> Iterator[OpenLdap]:
    """A directory that no other test empties."""
    yield from serve("ppolicy")


@pytest.fixture(scope="session")
def town(own_directory: OpenLdap) -> Iterator[Town]:
    """A running house with a small roster that has settled. Tests only look at it."""
    own_directory.clear()
    with tempfile.TemporaryDirectory(prefix="town") as folder:
        house = furnished(Served(Path(folder), own_directory))
        try:
            one = Town(house)
            one.settle()
            yield one
        finally:
            house.close()


@pytest.fixture
def silent() -> OpenLdap:
    """A directory that does not answer."""
    return OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=huaming", "nothing", "", "")


@pytest.fixture
def lone(tmp_path: Path, silent: OpenLdap) -> Served:
    """A configured house that nobody has started, before a directory that does not answer."""
    return furnished(Served(tmp_path, silent))


@pytest.fixture
def house(tmp_path: Path, openldap: OpenLdap) -> Iterator[Served]:
    """A configured house that nobody has started, before an empty directory."""
    one = furnished(Served(tmp_path, openldap))
    yield one
    one.close()
