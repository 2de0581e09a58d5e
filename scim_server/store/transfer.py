"""A whole store copied into another one, SQLite or PostgreSQL: in batches, memory flat, every row as it was.

Both have the schema of this version. The copy tells of one moment of the source, which may be at work meanwhile; of
each table it leaves the number of rows and a digest, which does not depend on their order.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Row, Table, func, insert, select, text

import scim_server.store.tables  # noqa: F401 - all tables are known
from scim_server.store.deadline import unhurried
from scim_server.store.metadata import metadata
from scim_server.store.node_tables import transfers
from scim_server.store.outages import Unusable
from scim_server.store.restoring import demand_ended

BATCH = 1_000  # rows
DIGEST = 2**256
FROM_BIRTH = frozenset({"totals"})  # what a migration fills

Show = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Counted:
    """A table as it was found: how many rows, and the sum of their digests."""

    table: str
    rows: int
    digest: str


def tables() -> list[Table]:
    """What is copied: all but the mark of a copy itself."""
    return [table for table in metadata.sorted_tables if table is not transfers]


def copy(source: Engine, target: Engine, show: Show = lambda _: None) -> list[Counted]:
    """Copies every row into a target of the same schema whose tables are empty; commits batch by batch.

    `target` is a writing engine. `show` is told how many rows have been written. Raises what SQLAlchemy raises.
    """
    found, written = [], 0
    with _one_moment(source) as reading, target.connect() as writing:
        for table in tables():
            counted = _Sum(table)
            for batch in _batches(reading, table):
                with writing.begin():
                    writing.execute(insert(table), [dict(row._mapping) for row in batch])
                counted.add(batch)
                written += len(batch)
                show(written)
            found.append(counted.result())
        with writing.begin():
            _number_on(writing)
    return found


def count(store: Engine) -> list[Counted]:
    """What every table holds, as `copy` counts it."""
    found = []
    with _one_moment(store) as reading:
        for table in tables():
            counted = _Sum(table)
            for batch in _batches(reading, table):
                counted.add(batch)
            found.append(counted.result())
    return found


def is_empty(store: Engine) -> bool:
    """Whether nobody has written anything since it was made."""
    written = [table for table in tables() if table.name not in FROM_BIRTH]
    with _one_moment(store) as reading:
        return not any(reading.execute(select(1).select_from(table).limit(1)).first() for table in written)


def empty(target: Engine) -> None:
    """Drops what an interrupted copy has left and what was there from birth, a transaction a table."""
    with target.connect() as writing:
        for table in tables():
            with writing.begin():
                unhurried(writing)
                writing.execute(table.delete())


# -- the mark of a store that is not whole


def mark(connection: Connection, origin: str, at: str) -> None:
    """From now on nobody serves this store. `origin`: for people, without a password. `at`: a stamp."""
    connection.execute(transfers.delete())
    connection.execute(insert(transfers).values(origin=origin, began=at))


def unmark(connection: Connection) -> None:
    """It is whole."""
    connection.execute(transfers.delete())


def marked(connection: Connection) -> str | None:
    """From where it was being filled when that was interrupted; None for a store that is whole."""
    found: str | None = connection.scalar(select(transfers.c.origin))
    return found


def demand_whole(store: Engine) -> None:
    """Raises Unusable for a store whose filling was interrupted, by a move or by a restore."""
    demand_ended(store)
    with store.connect() as connection:
        origin = marked(connection)
    if origin is not None:
        raise Unusable(f"this store is incomplete: `huaming migrate --from {origin}` has not ended; run it again")


# -- reading


@contextmanager
def _one_moment(store: Engine) -> Iterator[Connection]:
    """A connection all of whose statements tell of one moment; rows come in batches."""
    connection = store.connect()
    if connection.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
    try:
        with connection.begin():
            yield connection
    finally:
        connection.close()


def _batches(connection: Connection, table: Table) -> Iterator[Sequence[Row[Any]]]:
    return connection.execution_options(yield_per=BATCH).execute(select(table)).partitions()


class _Sum:
    def __init__(self, table: Table) -> None:
        self._table = table.name
        self._rows = self._sum = 0

    def add(self, rows: Sequence[Row[Any]]) -> None:
        self._rows += len(rows)
        for row in rows:
            spelled = repr(tuple(bytes(each) if isinstance(each, memoryview) else each for each in row))
            self._sum += int.from_bytes(hashlib.sha256(spelled.encode()).digest())

    def result(self) -> Counted:
        return Counted(self._table, self._rows, f"{self._sum % DIGEST:064x}")


def _number_on(connection: Connection) -> None:
    """Where the database counts rows itself, it goes on after the highest number."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        (column, *more) = table.primary_key.columns
        if not more and isinstance(column.type, Integer) and table.autoincrement_column is not None:
            highest = connection.scalar(select(func.max(column)))
            known = {"table": f'"{table.name}"', "column": column.name, "highest": highest}
            if highest is not None:
                connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"), known)
