"""The containers, read without an engine: what is built, mounted and played exists, and agrees with the house."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from scim_server.clock import Clock
from scim_server.systems import SIMULATORS
from tests.test_house import HOUSE, text_of


def compose() -> dict[str, dict]:
    return yaml.safe_load(text_of("docker-compose.yml"))


def builds() -> list[tuple[str, Path, Path]]:
    services = ((name, each["build"]) for name, each in compose()["services"].items() if "build" in each)
    return [
        (name, HOUSE / build["context"], HOUSE / build["context"] / build["dockerfile"]) for name, build in services
    ]


@pytest.mark.parametrize(("name", "context", "dockerfile"), builds())
def test_what_an_image_is_built_from_exists(name: str, context: Path, dockerfile: Path) -> None:
    assert dockerfile.is_file()
    copies = re.findall(r"^COPY (?!--from)(.+)$", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
    sources = [source for copy in copies for source in copy.split()[:-1]]
    assert sources
    assert [source for source in sources if not (context / source).exists()] == []
    if context.resolve() == HOUSE:
        let_in = re.findall(r"^!(.+)$", text_of(".dockerignore"), re.MULTILINE)
        assert [
            source for source in sources if not any(source == each or source.startswith(f"{each}/") for each in let_in)
        ] == []


def test_the_simulated_systems_in_containers_are_the_ones_that_the_house_plays() -> None:
    """Each has its service, and the table beside it is the one that the simulator tells of itself."""
    tables = tomllib.loads(text_of("deploy/huaming/simulated.toml"))["systems"]
    for kind, make in SIMULATORS.items():
        words = compose()["services"][kind]["command"]
        assert words[:3] == ["huaming", "simulator", kind]
        told = make(Clock()).config(f"http://{kind}:{words[-1]}")
        assert {"kind": kind, **tables[kind]}.items() >= {**told, "kind": kind}.items() - {("root_id", 1)}


def test_what_the_containers_mount_exists() -> None:
    made = set(re.findall(r"^secret (\w+) ", text_of("deploy/secrets.sh"), re.MULTILINE))
    top = compose()
    for service in top["services"].values():
        assert set(service.get("secrets", ())) <= set(top["secrets"])
        for volume in service.get("volumes", ()):
            source = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", volume).partition(":")[0]
            assert (HOUSE / source).exists() if source.startswith(".") else source in top["volumes"]
    assert {Path(each["file"]).name for each in top["secrets"].values()} == made
