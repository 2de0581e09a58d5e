"""Where a test keeps its roster: every test that needs a store asks here, so that the suite runs on each engine.

HUAMING_TEST_STORE=postgresql: in databases of a real PostgreSQL, each gone with the fixture or test that asked for it.
"""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.tables import metadata
from tests.servers.postgresql import copy_of, drop_store, new_store

ON_POSTGRESQL = os.environ.get("HUAMING_TEST_STORE", "sqlite") == "postgresql"

only_sqlite = pytest.mark.skipif(ON_POSTGRESQL, reason="about SQLite's own file")
"""For what is about SQLite itself, its file, its lock, its way to wait."""

only_postgresql = pytest.mark.skipif(not ON_POSTGRESQL, reason="about several processes on one PostgreSQL")
"""For what only a store that several processes may work can show."""

_known: dict[Path, str] = {}
_asking: list[Callable[[Callable[[], object]], None]] = []  # addfinalizer of the fixtures that are being made


def store_url(path: Path, *, empty: bool = False) -> str:
    """The URL of a store of its own, known by that path.

    It is migrated already, unless `empty`: that saves the time of twelve scripts. Who deletes it gets no new one.
    """
    if path not in _known and not ON_POSTGRESQL:
        _known[path] = f"sqlite:///{path}"
        if not empty and not path.exists():
            shutil.copy(_template(), path)
    elif path not in _known:
        _known[path] = url = new_store(empty=empty)
        _asking[-1](lambda: _forget(path, url))
    return _known[path]


@cache
def _template() -> Path:
    """A file with the schema of this version and nothing in it."""
    folder = Path(tempfile.mkdtemp(prefix="sqlite-template-"))
    atexit.register(shutil.rmtree, folder)
    migrate(f"sqlite:///{folder / 'huaming.db'}")
    return folder / "huaming.db"


def keep_store(path: Path, url: str) -> None:
    """That path's store is one that the test has made itself, on PostgreSQL."""
    _known[path] = url
    _asking[-1](lambda: _known.pop(path))


def copy_store(origin: Path, to: Path) -> None:
    """A store like another, whose house is closed."""
    if not ON_POSTGRESQL:
        shutil.copy(origin, to)
        return
    copy_of(_known[origin], store_url(to))


def rows(url: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Rows of a store, looked at from outside; values stand for the question marks. What is true is 1 on SQLite."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            asked = statement if engine.dialect.name == "sqlite" else statement.replace("%", "%%").replace("?", "%s")
            return [tuple(row) for row in connection.exec_driver_sql(asked, values)]
    finally:
        engine.dispose()


def contents(url: str, *, but_for: Collection[str] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """All that a store holds, table by table."""
    wanted = [name for name in metadata.tables if name not in but_for]
    return {name: sorted(rows(url, f'SELECT * FROM "{name}"'), key=repr) for name in wanted}


def _forget(path: Path, url: str) -> None:
    del _known[path]
    drop_store(url)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Iterator[None]:
    """A store lives as long as the fixture that asked for it."""
    _asking.append(fixturedef.addfinalizer)
    try:
        return (yield)
    finally:
        _asking.pop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """And one for which a test asked itself, as long as the test."""
    _asking.append(item.addfinalizer)
    try:
        return (yield)
    finally:
        _asking.pop()
