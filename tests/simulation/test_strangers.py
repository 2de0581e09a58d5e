"""A simulator shares no code with the connector that it is to judge, nor the other way round."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
SIMULATORS = sorted((HOUSE / "connectors").glob("*/simulator"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, as it is written there."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_there_are_simulators() -> None:
    assert "wecom" in {folder.parent.name for folder in SIMULATORS}


@pytest.mark.parametrize("folder", SIMULATORS, ids=lambda folder: folder.parent.name)
def test_a_simulator_imports_the_chassis_and_itself_alone(folder: Path) -> None:
    own = (f"connectors.{folder.parent.name}.simulator", "connectors.simulation")
    names = {name for path in folder.rglob("*.py") for name in imported(path)}
    ours = {name for name in names if name.startswith(("connectors", "mappings", "scim_server"))}
    assert {name for name in ours if not name.startswith(own)} == set()


@pytest.mark.parametrize("folder", SIMULATORS, ids=lambda folder: folder.parent.name)
def test_a_connector_imports_no_simulator(folder: Path) -> None:
    for path in folder.parent.rglob("*.py"):
        if not path.is_relative_to(folder):
            assert {name for name in imported(path) if ".simul" in name} == set(), path
