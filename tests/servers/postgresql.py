"""A real PostgreSQL for the tests: the one HUAMING_TEST_POSTGRESQL_URL names, else one of our own, else a container.

One cluster serves a process that runs tests, from the first test that asks on. Every store is a database of its own,
made from a template that was migrated once, and dropped with the fixture or the test that asked for it.
"""

import atexit
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from scim_server.store.migrate import migrate
from tests.servers.lodgings import lodging
from tests.servers.ports import free_ports

SCRIPT = Path(__file__).parents[2] / "deploy" / "postgresql" / "postgresql.sh"
INSTALL = "apt-get install -y --no-install-recommends postgresql"
TEMPLATE = "huaming_migrated"
PREFIX = "pg-tests-"
_numbers = count(1)


@dataclass
class Postgresql:
    """A cluster: `url` of its database `hub`; `folder` and `port` where it is our own."""

    url: str
    folder: Path | None = None
    port: int = 0
    switches: dict[str, str] | None = None

    def database(self, name: str, *, empty: bool = False, like: str | None = None) -> str:
        """The URL of a new database, migrated unless `empty`; a copy of the one called `like`, which nobody uses."""
        template = like or ("template0" if empty else self._template())
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with psycopg.connect(self.url, autocommit=True) as connection:
            if connection.info.server_version >= 150000:  # which would write all of it to its log, too
                made += sql.SQL(" STRATEGY file_copy")
            connection.execute(made)
        return self.of(name)

    def drop(self, name: str) -> None:
        """Ends everybody's connections to a database, and the database."""
        self.ask(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def ask(self, statement: sql.Composable) -> list[tuple[Any, ...]]:
        """One statement in the database `hub`, with its rows."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def of(self, name: str) -> str:
        """The URL of that database."""
        return re.sub(r"(//[^/]*)/[^?]*", rf"\1/{name}", self.url, count=1)

    def stop(self, mode: str = "fast") -> None:
        """Ends a cluster of our own, `immediate` as a crash does."""
        self._script("stop", MODE=mode)

    def start(self) -> None:
        """Starts it again at the same port."""
        self._script("start", str(self.port))

    def promote(self) -> None:
        """Makes a standby the primary."""
        self._script("promote")

    def _template(self) -> str:
        name = f"{TEMPLATE}_{os.getpid()}"
        if name not in _templates:
            self.drop(name)
            migrate(self.database(name, empty=True))
            _templates.add(name)
            atexit.register(lambda: self.folder or self.drop(name))
        return name

    def _script(self, command: str, *more: str, **switches: str) -> dict[str, str]:
        assert self.folder, "only a cluster of our own can be started and stopped"
        return run(command, self.folder, *more, **{**(self.switches or {}), **switches})


_templates: set[str] = set()


def run(command: str, folder: Path, *more: str, **switches: str) -> dict[str, str]:
    """What the script says. Raises CalledProcessError."""
    words = ["bash", str(SCRIPT), command, str(folder), *more]
    folder.mkdir(exist_ok=True)
    log = folder / "said"  # the server inherits what the script writes to: no pipe, nobody would close it
    with log.open("w+") as out:
        subprocess.run(words, env=os.environ | switches, timeout=120, stdout=out, stderr=subprocess.STDOUT, check=True)
        out.seek(0)
        return dict(line.split("=", 1) for line in out.read().splitlines() if "=" in line)


def start_postgresql(folder: Path, *, by_socket: bool = False, **switches: str) -> Postgresql:
    """A cluster of our own in `folder`; the switches are those of the script, e.g. DURABLE="1"."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb"):
        pytest.fail(f"no PostgreSQL: {INSTALL}")
    port = free_ports()
    found = run("start", folder, str(port), **switches)
    return Postgresql(found["SOCKET_URL" if by_socket else "URL"], folder, port, switches)


def _docker_answers() -> bool:
    found = shutil.which("docker")
    return bool(found) and subprocess.run([str(found), "info"], check=False, capture_output=True).returncode == 0


def _container() -> Postgresql:
    from testcontainers.core.container import DockerContainer
    from testcontainers.core.waiting_utils import wait_for_logs

    container = DockerContainer("postgres:15-bookworm").with_exposed_ports(5432).with_command("-c max_connections=300")
    for name, value in {"POSTGRES_USER": "hub", "POSTGRES_DB": "hub", "POSTGRES_PASSWORD": "hub"}.items():
        container.with_env(name, value)
    container.start()
    atexit.register(container.stop)
    wait_for_logs(container, "database system is ready to accept connections.*ready to accept", 60)
    return Postgresql(f"postgresql://hub:hub@localhost:{container.get_exposed_port(5432)}/hub")


@cache
def cluster() -> Postgresql:
    """The one of this process."""
    if named := os.environ.get("HUAMING_TEST_POSTGRESQL_URL"):
        return Postgresql(named)
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")) and not shutil.which("initdb") and _docker_answers():
        return _container()
    folder = lodging(PREFIX, _end)
    atexit.register(_remove, folder)
    return start_postgresql(folder, by_socket=True)


def _end(folder: Path) -> None:
    """A cluster of that folder is no more, if it ran."""
    with suppress(FileNotFoundError):
        pid = (folder / "data" / "postmaster.pid").read_text().split("\n")[0]
        if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():  # and not another process of that number
            run("stop", folder, MODE="immediate")


def _remove(folder: Path) -> None:
    _end(folder)
    shutil.rmtree(folder)


def copy_of(origin: str, url: str) -> None:
    """Makes a database of `new_store` anew, as a copy of another that nobody uses."""
    name = str(conninfo_to_dict(url)["dbname"])
    cluster().drop(name)
    cluster().database(name, like=str(conninfo_to_dict(origin)["dbname"]))


def new_store(*, empty: bool = False) -> str:
    """The URL of a database that was not there before."""
    name = f"store_{os.getpid()}_{next(_numbers)}"
    return cluster().database(name, empty=empty)


def drop_store(url: str) -> None:
    """Ends a database of `new_store`."""
    cluster().drop(str(conninfo_to_dict(url)["dbname"]))


@pytest.fixture
def private_postgresql() -> Iterator[Callable[..., Postgresql]]:
    """A factory of clusters that a test may stop, start and break: `private_postgresql(DURABLE="1")`."""
    made: list[Postgresql] = []

    def make(**switches: str) -> Postgresql:
        made.append(start_postgresql(lodging(PREFIX, _end), **switches))
        return made[-1]

    yield make
    for one in made:
        assert one.folder
        _remove(one.folder)
