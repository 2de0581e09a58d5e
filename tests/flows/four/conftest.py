"""Houses before all four systems, as a flow needs them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.clock import day_start
from tests.flows.four.moving_bureau import MovingBureau
from tests.flows.four.systems import FourSystems
from tests.flows.four.town import FourTown
from tests.policy.wire.bureau import BEGIN, Bureau
from tests.servers.openldap import OpenLdap

Quarters = Callable[..., tuple[MovingBureau, FourSystems]]
Towns = Callable[..., FourTown]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A migrated store with three tokens in it."""
    one = Bureau(tmp_path_factory.mktemp("template"))
    one.close()
    return one


@pytest.fixture
def quarters(tmp_path: Path, template: Bureau, openldap: OpenLdap) -> Iterator[Quarters]:
    """A factory of a house and its four systems, all under the house's clock: `quarters(wecom={"seats": 3})`."""
    ends: list[Callable[[], None]] = []

    def make(**changes: dict[str, Any]) -> tuple[MovingBureau, FourSystems]:
        made: list[MovingBureau] = []
        systems = FourSystems(openldap, lambda: made[0].now if made else day_start(BEGIN))
        ends.append(systems.close)
        bureau = MovingBureau(tmp_path, template, working=True, late=openldap.settle, systems=systems.tables(**changes))
        made.append(bureau)
        ends.append(bureau.close)
        return bureau, systems

    yield make
    for end in reversed(ends):
        end()


@pytest.fixture
def towns(quarters: Quarters) -> Towns:
    """A factory of towns on 27 February 2026: `towns(home="EDU", oa={...})`."""

    def make(home: str | None = None, **changes: dict[str, Any]) -> FourTown:
        town = FourTown(*quarters(**changes), home)
        town.bureau.on("2026-02-27")
        town.found()
        return town

    return make


@pytest.fixture
def town(towns: Towns) -> FourTown:
    return towns()
