"""A house whose guard lets two people an hour pass, and who plans and applies there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mappings.guard import Limits
from tests.flows.engine_room import Room
from tests.flows.planning_room import Planner, empty

TWO = Limits(2, 0.0, 1000, 1.0)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return empty(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def room(tmp_path: Path, template: Path) -> Iterator[Room]:
    one = Room(tmp_path, template)
    yield one
    one.close()


@pytest.fixture
def ids(room: Room) -> dict[str, str]:
    """Eight people with accounts."""
    found = {name: room.person(name) for name in "abcdefgh"}
    room.work()
    return found


@pytest.fixture
def planner(room: Room, tmp_path: Path, ids: dict[str, str]) -> Planner:
    """The guard lets two people an hour pass."""
    return Planner(room, tmp_path, TWO)
