"""A house under siege: a real server, a roster, a bystander who goes on reading, and sockets that say little."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.house import Served
from tests.hostile.siege import Siege
from tests.servers.openldap import OpenLdap


@pytest.fixture(scope="module")
def siege(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Siege]:
    """Stands until all that happens in the file has happened."""
    nowhere = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=nobody", "nothing", "", "")
    folder: Path = tmp_path_factory.mktemp("siege")
    one = Siege(Served(folder, nowhere))
    try:
        one.begin()
        yield one
    finally:
        one.end()
