"""Houses in process in which departments are asked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.flows.facts_town import FactsTown
from tests.flows.four.moving_bureau import MovingBureau
from tests.flows.four.systems import FourSystems
from tests.flows.four.town import FourTown
from tests.flows.replies.asked import LETTERS
from tests.policy.wire.bureau import Bureau
from tests.servers.openldap import OpenLdap


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A migrated store with three tokens in it."""
    one = Bureau(tmp_path_factory.mktemp("template"))
    one.close()
    return one


Offices = Callable[..., FactsTown]


@pytest.fixture
def offices(tmp_path: Path, template: Bureau) -> Iterator[Offices]:
    """A factory of rosters before no system at all, on 1 July 2026: `offices(review={...})`."""
    made: list[Bureau] = []

    def make(day: str = "2026-07-01", **tables: Any) -> FactsTown:
        made.append(Bureau(tmp_path, template, letters=LETTERS, **tables).on(day))
        town = FactsTown(made[-1], None)  # type: ignore[arg-type]
        town.found()
        return town

    yield make
    for each in made:
        each.close()


@pytest.fixture
def four(tmp_path: Path, template: Bureau, openldap: OpenLdap) -> Iterator[FourTown]:
    """All four systems, on 1 July 2026."""
    made: list[MovingBureau] = []
    systems = FourSystems(openldap, lambda: made[0].now if made else 0.0)
    made.append(
        MovingBureau(tmp_path, template, working=True, late=openldap.settle, systems=systems.tables(), letters=LETTERS)
    )
    made[0].on("2026-07-01")
    town = FourTown(made[0], systems)
    town.found()
    yield town
    made[0].close()
    systems.close()
