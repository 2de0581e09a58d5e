"""What every table of a store holds, by number and digest: whatever version has made it, on either engine.

The rows are taken as the driver gives them, columns by their names, and summed: their order does not matter.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from sqlalchemy import Connection, text

from scim_server.store.restoring import MARK

BATCH = 2_000
_MODULUS = 2**128
_TABLES = {
    "sqlite": text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"),
    "postgresql": text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"),
}

Digests = Mapping[str, tuple[int, str]]
"""By table: its rows, and the sum of their digests."""


def digests(connection: Connection) -> Digests:
    """Of every table, in the transaction that is open: all tell of one moment."""
    names = list(connection.scalars(_TABLES[connection.dialect.name]))
    return {name: _digest(connection, name) for name in names if name != MARK}  # which is no part of what is saved


def _digest(connection: Connection, name: str) -> tuple[int, str]:
    quoted = connection.dialect.identifier_preparer.quote(name)
    streaming = connection.execution_options(stream_results=True, yield_per=BATCH)
    rows = streaming.execute(text(f"SELECT * FROM {quoted}"))  # noqa: S608 - the name of a table of this database
    columns = list(rows.keys())
    order = sorted(range(len(columns)), key=columns.__getitem__)
    return _sum([row[each] for each in order] for row in rows)


def _sum(rows: Iterable[list[Any]]) -> tuple[int, str]:
    number = total = 0
    for row in rows:
        packed = orjson.dumps(row, default=_plain)
        total += int.from_bytes(blake2b(packed, digest_size=16).digest(), "big")
        number += 1
    return number, f"{total % _MODULUS:032x}"


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
