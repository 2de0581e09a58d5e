"""Reads the house itself: sizes, empty package files, one place per system, documents that keep up with the code."""

import ast
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from connectors.ldap.config import LdapConfig
from scim_server import cli
from scim_server.settings import Settings, SystemSettings
from scim_server.systems import TABLE

HOUSE = Path(__file__).parent.parent
PACKAGES = ("mappings", "connectors", "scim_server")
LINES_A_FILE = 300
LINES_A_FUNCTION = 60
LARGER: dict[str, str] = {}  # path or path:function -> why it must be; empty, and meant to stay so

# what mappings share; every other module there is the mapping of one system
SHARED_MAPPINGS = {
    "model",
    "plan",
    "guard",
    "calendar",
    "correlate",
    "desired",
    "naming",
    "plain",
    "policy",
    "facts",
    "terms",
    "due",
    "activity",
    "review",
}
# what connectors share; every other module or folder there is one system
SHARED_CONNECTORS = {"base", "errors", "http", "memory", "simulation"}

README = (HOUSE / "README.md").read_text(encoding="utf-8")
CHINESE = (HOUSE / "README.zh-CN.md").read_text(encoding="utf-8")
GUIDES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((HOUSE / "docs" / "guide").glob("*.md")))


def tracked() -> list[str]:
    """Every file of the project, as git knows them; without git or its folder, as they lie there."""
    if shutil.which("git") and (HOUSE / ".git").exists():
        command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, cwd=HOUSE, check=True, capture_output=True, text=True).stdout
        return sorted(path for path in listing.split("\0") if path and (HOUSE / path).is_file())
    passed_over = re.compile(
        r"(^|/)(\.(?!ci/|gitignore$|dockerignore$)[^/]*|__pycache__|[^/]*\.egg-info|build|demo-out|secrets)(/|$)"
    )
    lying = (path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*") if path.is_file())
    return sorted(path for path in lying if not passed_over.search(path))


FILES = tracked()
PYTHON = [path for path in FILES if path.endswith(".py")]


def text_of(path: str) -> str:
    return (HOUSE / path).read_text(encoding="utf-8")


def test_the_walk_finds_the_house() -> None:
    assert {"Makefile", "pyproject.toml", ".ci/run", "mappings/model.py", "scim_server/cli.py"} <= set(FILES)


def test_there_are_three_packages_and_the_walls_know_them() -> None:
    found = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    settings = tomllib.loads(text_of("pyproject.toml"))["tool"]
    assert found == set(PACKAGES)
    assert set(settings["importlinter"]["root_packages"]) == set(PACKAGES)
    assert set(settings["mypy"]["packages"]) == set(PACKAGES)


@pytest.mark.parametrize(
    "path", [path for path in PYTHON if path.endswith("/__init__.py") and path.startswith(PACKAGES)]
)
def test_package_files_are_empty(path: str) -> None:
    assert text_of(path) == ""


def test_every_folder_with_code_is_a_package() -> None:
    folders = {Path(path).parent for path in PYTHON if path.startswith(PACKAGES)}
    migrations = HOUSE / "scim_server" / "store" / "migrations"  # alembic's folder: loaded by path, never imported
    missing = [str(each) for each in folders if not (HOUSE / each / "__init__.py").exists()]
    assert [each for each in missing if not (HOUSE / each).is_relative_to(migrations)] == []


@pytest.mark.parametrize("path", PYTHON)
def test_sizes(path: str) -> None:
    source = text_of(path)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)]
    sizes = {f"{path}:{node.name}": (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    large = {name: size for name, size in sizes.items() if size > LINES_A_FUNCTION}
    if source.count("\n") > LINES_A_FILE:
        large[path] = source.count("\n")
    assert {name: size for name, size in large.items() if name not in LARGER} == {}


@pytest.mark.parametrize("path", [path for path in PYTHON if path.startswith("mappings/")])
def test_mappings_import_nothing_but_values(path: str) -> None:
    """The import contracts forbid what is known to do I/O; this allows what is known not to."""
    allowed = {
        "collections",
        "dataclasses",
        "datetime",
        "enum",
        "functools",
        "hashlib",
        "itertools",
        "json",
        "mappings",
    }
    allowed |= {"math", "operator", "re", "string", "types", "typing", "unicodedata"}
    imports = [node for node in ast.walk(ast.parse(text_of(path))) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in imports if isinstance(node, ast.ImportFrom)}
    assert {name for name in names if name.partition(".")[0] not in allowed} == set()


# one system, the same name everywhere


def modules(package: str) -> set[str]:
    here = HOUSE / package
    names = {path.stem for path in here.glob("*.py")} | {path.parent.name for path in here.glob("*/__init__.py")}
    return names - {"__init__"}


def test_every_system_has_its_row_mapping_and_connector() -> None:
    assert modules("mappings") - SHARED_MAPPINGS == set(TABLE)
    assert modules("connectors") - SHARED_CONNECTORS == set(TABLE)


@pytest.mark.parametrize("kind", sorted(TABLE))
def test_every_system_has_a_folder_a_fixture_and_its_walls(kind: str) -> None:
    walls = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    protected = next(each["protected_modules"] for each in walls if each["id"] == "systems-are-named-once")
    contract = "".join(text_of(path) for path in PYTHON if path.startswith("tests/contract/"))
    assert (HOUSE / "connectors" / kind / "config.py").is_file()
    assert {f"connectors.{kind}", f"mappings.{kind}"} <= set(protected)
    assert f"from connectors.{kind}.connector import" in contract


# documents


def commands(group: click.Command, name: str = "huaming") -> Iterator[str]:
    """Every command that a person can type, with its group's name before it."""
    if not isinstance(group, click.Group):
        yield name
        return
    for each, command in group.commands.items():
        if not command.hidden:
            yield from commands(command, f"{name} {each}")


@pytest.mark.parametrize("name", sorted(commands(cli.main)))
def test_every_command_is_documented(name: str) -> None:
    assert f"`{name}`" in README
    assert f"`{name}`" in CHINESE


def test_no_command_is_documented_that_is_not_there() -> None:
    named = set(re.findall(r"^\| (`huaming [^|]*`) \|", README, re.MULTILINE))
    typed = {each for row in named for each in re.findall(r"`([^`]+)`", row)}
    assert typed == set(commands(cli.main))


def settings_keys() -> Iterator[str]:
    for section, field in Settings.model_fields.items():
        inner = SystemSettings if section == "systems" else field.annotation
        assert isinstance(inner, type)
        assert issubclass(inner, BaseModel)
        table = "systems.NAME" if section == "systems" else section
        yield from [f"`[{table}] {key}`" for key in inner.model_fields] or [f"`[{table}]`"]
    yield from (f"`{key}`" for key in LdapConfig.model_fields if key not in SystemSettings.model_fields)


@pytest.mark.parametrize("key", sorted(set(settings_keys())))
def test_every_setting_is_documented(key: str) -> None:
    assert key in GUIDES


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(".toml") and path != "pyproject.toml"])
def test_example_configurations_are_valid(path: str) -> None:
    settings = Settings.model_validate(tomllib.loads(text_of(path)))
    own = {name: system.model_extra or {} for name, system in settings.systems.items() if system.kind == "ldap"}
    assert own
    for table in own.values():
        LdapConfig.model_validate(table)


def blocks(markdown: str) -> list[tuple[str, str]]:
    return re.findall(r"^```(\w*)\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)


def test_the_chinese_readme_keeps_step() -> None:
    """Same headings, same code, same rows in each table; pictures are translated and only counted."""
    outside = [re.sub(r"^```.*?^```", "", each, flags=re.MULTILINE | re.DOTALL) for each in (README, CHINESE)]
    headings = [[line.partition(" ")[0] for line in each.splitlines() if line.startswith("#")] for each in outside]
    assert headings[0] == headings[1]
    english, chinese = blocks(README), blocks(CHINESE)
    assert [language for language, _ in english] == [language for language, _ in chinese]
    assert [each for each in english if each[0] != "text"] == [each for each in chinese if each[0] != "text"]
    tables = [len(re.findall(r"^\|", each, re.MULTILINE)) for each in outside]
    assert tables[0] == tables[1]


@pytest.mark.parametrize("path", [path for path in FILES if path.endswith(".md")])
def test_links_lead_somewhere(path: str) -> None:
    here = (HOUSE / path).parent
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text_of(path))
    assert [each for each in targets if not (here / each).exists()] == []


def test_the_menu_is_documented() -> None:
    makefile = text_of("Makefile")
    targets = re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)
    assert {"setup", "demo", "test", "check", "bench", "help"} <= set(targets)
    assert [each for each in targets if each != "help" and f"`make {each}`" not in README] == []
    assert {"make check", "make test"} <= set(text_of(".ci/run").splitlines())


def test_decisions_are_listed_and_dated() -> None:
    notes = [path for path in FILES if re.match(r"docs/decisions/\d{4}-", path)]
    assert notes
    listed = text_of("docs/decisions/README.md")
    for path in notes:
        assert f"({Path(path).name})" in listed
        assert re.search(r"^Date: \d{4}-\d\d-\d\d\. State: ", text_of(path), re.MULTILINE)


# what the project must not carry


def test_every_dependency_is_pinned_and_no_address_named() -> None:
    lines = [line for line in text_of("constraints.txt").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[a-z0-9.-]+==[\w.]+( ; .+)?", line)] == []
    pinned = {line.partition("==")[0] for line in lines}
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["dev"]
    assert {re.split(r"[\[<>=~! ;]", each)[0].lower() for each in asked} <= pinned


@pytest.mark.parametrize("path", [path for path in FILES if path != "LICENSE"])
def test_no_path_of_one_machine_and_no_registry(path: str) -> None:
    try:
        text = text_of(path)
    except UnicodeDecodeError:
        return  # a picture or a sheet
    homes = r"(?<![\w.~-])/(?:ho" + r"me|ro" + r"ot|wo" + r"rk)/\w"
    registries = (
        r"py" + r"pi\.(?:org|python)|python" + r"hosted|npm" + r"js\.|deb\.deb" + r"ian\.|ghcr\.i" + r"o|qua" + r"y\.io"
    )
    assert re.findall(f"{homes}|{registries}", text) == []
