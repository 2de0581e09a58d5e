"""`huaming backup`: a consistent copy of a store that may be at work, with what is needed to prove it (reliability)."""

import sqlite3
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from scim_server.clock import Clock
from scim_server.operate.archive import STORE, Manifest, pack, workshop
from scim_server.store import dumps, restoring
from scim_server.store.digests import digests
from scim_server.store.engine import Unusable, named, open_engine, plain_url, several_nodes
from scim_server.store.migrate import schema_of

BUSY = 60.0  # seconds to wait for a lock


def backup(url: str, file: Path, clock: Clock) -> Manifest:
    """Writes the file; returns what stands in it. Raises Unusable, OSError where the file is there already."""
    if file.exists():
        raise Unusable(f"{file} is there already; a backup replaces nothing")
    with workshop(file) as folder:
        engine = "postgresql" if several_nodes(url) else "sqlite"
        copy = folder / STORE[engine]
        manifest = _dumped(url, copy, clock) if engine == "postgresql" else _copied(url, copy, clock)
        pack(file, manifest, copy)
    return manifest


def _copied(url: str, copy: Path, clock: Clock) -> Manifest:
    """By SQLite's own online backup: in one step, so that it tells of one moment; writers do not wait for it."""
    store = Path(str(make_url(plain_url(url)).database))
    if not store.is_file():
        raise Unusable(f"there is no store {named(url)}")
    copy.touch(0o600)
    made = clock.stamp()
    source = sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY)
    target = sqlite3.connect(copy)
    try:
        source.backup(target)
    except sqlite3.Error as error:
        raise Unusable(f"the store {named(url)} cannot be copied: {error}") from error
    finally:
        source.close()
        target.close()
    engine = open_engine(f"sqlite:///{copy}", writing=False)
    try:
        with engine.begin() as connection:
            demand_sound(connection)
            return _manifest(connection, made)
    finally:
        engine.dispose()


def demand_sound(connection: Connection) -> None:
    """Raises Unusable where SQLite finds its file damaged."""
    said = connection.scalar(text("PRAGMA integrity_check(1)"))
    if said != "ok":
        raise Unusable(f"the store is damaged: {said}")


def _dumped(url: str, copy: Path, clock: Clock) -> Manifest:
    """By pg_dump, of the snapshot in which the digests are made."""
    engine = open_engine(url)
    try:
        restoring.demand_ended(engine)
        with engine.begin() as connection:
            made = clock.stamp()
            snapshot = str(connection.scalar(text("SELECT pg_export_snapshot()")))
            manifest = _manifest(connection, made)
            dumps.dump(url, snapshot, copy, _server_of(connection))
    finally:
        engine.dispose()
    return manifest


def _server_of(connection: Connection) -> Mapping[str, str]:
    """A snapshot is known to one server only, and the URL may name several."""
    info = connection.connection.driver_connection.info  # type: ignore[union-attr]
    return {"host": info.host, "port": str(info.port)}


def _manifest(connection: Connection, made: str) -> Manifest:
    schema = schema_of(connection)
    if schema is None:
        raise Unusable("there is no roster in this store")
    return Manifest(version("huaming"), made, connection.dialect.name, schema, digests(connection))
