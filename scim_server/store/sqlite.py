"""SQLite, the embedded default: WAL, synchronous=FULL, one writing connection (S19, S27)."""

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import NullPool

from scim_server.store.outages import Unusable

BUSY_MS = 10_000


def sqlite_engine(url: str, writing: bool) -> Engine:
    """Connections to a file. A transaction of a writing engine begins IMMEDIATE: it never fails half way for the lock.

    Raises Unusable.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise Unusable(f"[store] url cannot be read: {error}") from error
    if parsed.get_backend_name() != "sqlite":
        raise Unusable("[store] url is sqlite:////absolute/path.db or postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    if not parsed.database or parsed.database == ":memory:":
        raise Unusable("[store] url must name a file: sqlite:////absolute/path.db")
    engine = create_engine(
        parsed,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False},
    )
    event.listen(engine, "connect", _prepare_writer if writing else _prepare)
    event.listen(engine, "begin", _begin_immediate if writing else _begin)
    return engine


def _prepare(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA wal_autocheckpoint=4000")
    cursor.execute("PRAGMA cache_size=-2000")  # KB a connection: the machine's own cache serves the rest
    cursor.close()


def _prepare_writer(connection: Any, record: Any) -> None:
    _prepare(connection, record)
    connection.execute("PRAGMA cache_size=-8000")
    connection.execute("PRAGMA secure_delete=ON")  # what is deleted or blanked is overwritten: an erasure is one


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("isolation_level") != "AUTOCOMMIT":
        connection.exec_driver_sql("BEGIN")
