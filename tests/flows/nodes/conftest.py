"""Districts on a PostgreSQL of the tests'."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.nodes.district import District
from tests.servers.openldap import OpenLdap
from tests.servers.postgresql import drop_store, new_store

Districts = Callable[..., District]


@pytest.fixture
def districts(tmp_path: Path) -> Iterator[Districts]:
    """A factory of districts, each with a store of its own: `districts(ldap={...})`."""
    made: list[District] = []

    def make(**systems: dict[str, Any]) -> District:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(District(folder, new_store(), systems))
        return made[-1]

    yield make
    for one in made:
        one.close()
        drop_store(one.url)


def directory(openldap: OpenLdap, port: int | None = None) -> dict[str, Any]:
    """The keys of [systems.ldap]; `port`: of a proxy in front of it."""
    return {
        "url": f"ldap://127.0.0.1:{port}" if port else openldap.URL,
        "bind_dn": openldap.BIND_DN,
        "bind_password": openldap.BIND_PASSWORD,
        "base_dn": openldap.BASE_DN,
        "mode": "enforce",
    }
