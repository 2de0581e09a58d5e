"""A lot of people multiplied in SQL, each copy with ids, logins, numbers and names of its own.

What is sealed or digested stays what it was in the lot, copies get a key of their own when one is wanted, and the
seals over the trace are made up: such a store is for measuring, `huaming verify` would refuse it.
"""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from house import GIVEN

MADE, REMOTE = "5eed5eed-5eed", "feedfeed-feed"  # how the lot's own ids begin, and those of its accounts
LOGIN, PHONE, NAME = "p9000", "1389000", "某"  # what of the lot's values each copy has of its own
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
TABLES = {  # what is about people: which rows; JSON in a column of bytes is rewritten, anything sealed is not
    "resources": "type = 'User'",
    "subjects": "kind = 'person'",
    "members": "1",
    "changes": "type = 'User'",
    "links": "kind = 'person'",
    "names": "subject IN (SELECT subject FROM subjects WHERE kind = 'person')",
    "standings": "1",
    "posts": "1",
    "reserved": "1",
    "attempts": "subject IN (SELECT subject FROM subjects WHERE kind = 'person')",
    "trace": "attempt IN (SELECT a.id FROM attempts a JOIN subjects s USING (subject) WHERE s.kind = 'person')",
}
_NAMES = """INSERT INTO names SELECT l.system, r.name, l.subject FROM links l JOIN resources r USING (subject)
    WHERE l.kind = 'person' AND l.remote_id IS NOT NULL AND l.system IN ('ldap', 'oa')"""
NUMBERED = ("changes", "trace")
SEALED = "sealed"


def multiply(store: Path, copies: int) -> None:
    """So many copies of the people in a store take their place. Nobody else may have it open."""
    with closing(sqlite3.connect(store, isolation_level=None)) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-400000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("ATTACH ':memory:' AS lot")
        connection.execute(_NAMES)
        for table, which in TABLES.items():
            _set_apart(connection, table, which)
        indexes = _indexes_dropped(connection)
        inserts = [_copy(connection, table) for table in TABLES]
        connection.execute("BEGIN")
        for copy in range(copies):
            of = _values(copy)
            for insert in inserts:
                connection.execute(insert, of)
        for said in indexes:
            connection.execute(said)
        _seal(connection)
        connection.execute("UPDATE totals SET number = (SELECT count(*) FROM resources WHERE type = totals.type)")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _set_apart(connection: sqlite3.Connection, table: str, which: str) -> None:
    """The lot's rows of a table, ids in the lot's own form, in `lot`; here they go, for copies take their place."""
    groups = {id for (id,) in connection.execute("SELECT id FROM resources WHERE type = 'Group'")}
    connection.execute(f"CREATE TABLE lot.{table} AS SELECT * FROM main.{table} WHERE {which}")
    columns = [row[1] for row in connection.execute(f"PRAGMA lot.table_info({table})")]
    rows = connection.execute(f"SELECT rowid, * FROM lot.{table}").fetchall()
    marks = ", ".join(f'"{each}" = ?' for each in columns)
    for rowid, *values in rows:
        new = [_rewritten(name, value, groups) for name, value in zip(columns, values, strict=True)]
        connection.execute(f"UPDATE lot.{table} SET {marks} WHERE rowid = ?", [*new, rowid])


def _rewritten(name: str, value: Any, groups: set[str]) -> Any:
    if name == SEALED or value is None or isinstance(value, int | float):
        return value
    beginning = REMOTE if name == "remote_id" else MADE

    def own(found: "re.Match[str]") -> str:
        return found[0] if found[0] in groups else beginning + found[0][13:]

    text = _UUID.sub(own, value.decode() if isinstance(value, bytes) else value)
    return text.encode() if isinstance(value, bytes) else text


def _indexes_dropped(connection: sqlite3.Connection) -> list[str]:
    """They are built at the end, each in one go. The lot's own rows go too: copies take their place."""
    for table, which in reversed(TABLES.items()):
        connection.execute(f"DELETE FROM main.{table} WHERE {which}")
    named = ", ".join(f"'{table}'" for table in TABLES)
    found = (
        f"SELECT name, sql FROM main.sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({named})"
    )
    indexes = connection.execute(found).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX main.{name}")
    return [sql for _, sql in indexes]


def _copy(connection: sqlite3.Connection, table: str) -> str:
    columns = [(row[1], row[2]) for row in connection.execute(f"PRAGMA main.table_info({table})")]
    columns = [(name, kind) for name, kind in columns if not (name == "seq" and table in NUMBERED)]
    said = ", ".join(_expression(name, kind) for name, kind in columns)
    into = ", ".join(f'"{name}"' for name, _ in columns)
    return f"INSERT INTO main.{table} ({into}) SELECT {said} FROM lot.{table} ORDER BY rowid"


def _expression(name: str, kind: str) -> str:
    if name == SEALED or kind not in ("TEXT", "BLOB"):
        return f'"{name}"'
    text = f'"{name}"' if kind == "TEXT" else f'CAST("{name}" AS TEXT)'
    for mark, given in ((MADE, ":made"), (REMOTE, ":remote"), (PHONE, ":phone"), (LOGIN, ":login"), (NAME, ":name")):
        text = f"replace({text}, '{mark}', {given})"
    return text if kind == "TEXT" else f"CAST({text} AS BLOB)"


def _values(copy: int) -> dict[str, str]:
    """Of one copy: ids in the order of their making, ids of accounts in none."""
    moment, chance = 0x019A00000000 + copy, (copy * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFF
    made, remote = (f"{each >> 16:08x}-{each & 0xFFFF:04x}" for each in (moment, chance))
    name = GIVEN[copy % len(GIVEN)] if copy % 3 else GIVEN[copy // 3 % len(GIVEN)]
    return {"made": made, "remote": remote, "login": f"p{copy:04}", "phone": f"138{copy:04}", "name": name}


def _seal(connection: sqlite3.Connection) -> None:
    """What is there counts as sealed; the seals are made up."""
    connection.execute("DELETE FROM seals")
    connection.execute("DELETE FROM seal_lots")
    lasts: list[Any] = []
    for chain in NUMBERED:
        connection.execute(
            f"INSERT INTO seals (chain, seq, seal) SELECT '{chain}', seq, randomblob(32) FROM {chain} ORDER BY seq"
        )
        last = connection.execute(f"SELECT coalesce(max(seq), 0) FROM {chain}").fetchone()[0]
        lasts += [last, b"\0" * 32]
    changes_last, changes_seal, trace_last, trace_seal = lasts
    row: Sequence[Any] = (1, "2026-01-01T00:00:00.000Z", trace_last, trace_seal, changes_last, changes_seal)
    connection.execute("INSERT INTO seal_lots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, b"\0" * 32, b"", b""))
