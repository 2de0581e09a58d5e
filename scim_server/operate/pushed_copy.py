"""A private copy of the store, for what is only tried: it is nobody else's, and it is gone afterwards.

Whoever is killed while it is there leaves it behind; the next one who makes a copy clears that away.
"""

import fcntl
import os
import shutil
import signal
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from scim_server.settings import Settings
from scim_server.store.engine import open_engine, plain_url, several_nodes
from scim_server.store.migrate import migrate

NAME = "huaming-plan-"
LIVES = "lives"  # the file that the maker of a copy holds locked, however it ends


@contextmanager
def copied(settings: Settings) -> Iterator[Settings]:
    """The same settings, on a copy of the store as it is at this moment; the store itself is only read.

    Beside a SQLite file, where there is room for another and the same people may look; else in TMPDIR.
    Raises OSError, Unusable.
    """
    where = _folder(settings.store.url)
    _clear(where)
    folder = Path(tempfile.mkdtemp(prefix=NAME, dir=where))  # 0700
    try:
        with _ended_by_sigterm(), (folder / LIVES).open("x") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            file = folder / "copy.db"
            os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            _copy(settings.store.url, file)
            store = settings.store.model_copy(update={"url": f"sqlite:///{file}"})
            yield settings.model_copy(update={"store": store})
    finally:
        shutil.rmtree(folder)


def _folder(url: str) -> Path:
    if not several_nodes(url):
        beside = Path(str(make_url(plain_url(url)).database)).resolve().parent
        if os.access(beside, os.W_OK):
            return beside
    return Path(tempfile.gettempdir())


def _clear(where: Path) -> None:
    """Copies whose maker is dead."""
    for left in where.glob(f"{NAME}*/{LIVES}"):
        with suppress(OSError), left.open() as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left.parent)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """SIGTERM ends the command like an error: what is left is cleared away. Only the main thread can have it so."""
    before: Any = None
    with suppress(ValueError):
        before = signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGTERM, before)


def _stop(*_: object) -> None:
    raise SystemExit(128 + signal.SIGTERM)


def _copy(url: str, file: Path) -> None:
    if several_nodes(url):
        _transfer(url, file)
        return
    engine = open_engine(url)
    source = engine.raw_connection()
    target = sqlite3.connect(file)
    try:
        driver: Any = source.driver_connection
        driver.backup(target)  # one moment of it, however much is written meanwhile
    finally:
        target.close()
        source.close()
        engine.dispose()


def _transfer(url: str, file: Path) -> None:
    from scim_server.store.transfer import copy, empty

    target = f"sqlite:///{file}"
    migrate(target)
    ends = open_engine(url), open_engine(target, writing=True)
    try:
        empty(ends[1])  # what a new store begins with
        copy(*ends)
    finally:
        for engine in ends:
            engine.dispose()
