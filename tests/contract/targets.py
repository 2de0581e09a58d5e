"""The systems that the contract suite runs against: every file of `systems/` names its own in TARGETS."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from tests.contract.target import Target

SYSTEMS = sorted(path.stem for path in (Path(__file__).parent / "systems").glob("*.py"))

TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    name: make for system in SYSTEMS for name, make in import_module(f"tests.contract.systems.{system}").TARGETS.items()
}
