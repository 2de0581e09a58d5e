"""A bureau for each test, with the settings of its acceptance."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.policy.wire.bureau import Bureau

Bureaus = Callable[..., Bureau]


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Bureau:
    """A migrated store with three tokens in it."""
    one = Bureau(tmp_path_factory.mktemp("template"))
    one.close()
    return one


@pytest.fixture
def bureaus(tmp_path: Path, template: Bureau) -> Iterator[Bureaus]:
    """A factory: `bureaus(acceptance["settings"])`."""
    made: list[Bureau] = []

    def make(settings: Mapping[str, Any] | None = None) -> Bureau:
        folder = tmp_path / f"bureau{len(made)}"
        folder.mkdir()
        made.append(Bureau(folder, template, **tables(settings or {})))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def bureau(bureaus: Bureaus) -> Bureau:
    return bureaus()


def tables(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of an acceptance as an operator writes them: `[policy]`, and `plain` in each system's table."""
    said = dict(settings)
    plain, home = said.pop("plain", {}), said.pop("default_department", None)
    systems = {
        name: {"plain": is_plain} | ({"default_department": home} if home else {}) for name, is_plain in plain.items()
    }
    return ({"policy": said} if said else {}) | ({"systems": systems} if systems else {})
