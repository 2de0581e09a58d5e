"""Writes what was told of the use of accounts (四): the latest evidence, who was never in, what was watched.

Functions on the writer's connection. Instants are seconds since the epoch.
"""

from collections.abc import Sequence
from math import ceil
from typing import Any

import uuid_utils
from sqlalchemy import Connection, delete, insert, select, text, update

from scim_server.clock import stamp
from scim_server.store.activity_tables import activity_imports, activity_strangers, activity_watched
from scim_server.store.prepared import execute_many

FORGET_STRANGERS = 60 * 86_400.0  # seconds after which an account that nobody owns and nobody tells of any more goes

_EVIDENCE = text(
    "INSERT INTO activity (system, subject, terminal, source, strength, at, slack, recorded) "
    "VALUES (:system, :subject, :terminal, :source, :strength, :at, :slack, :recorded) "
    "ON CONFLICT (system, subject, terminal, source) DO UPDATE SET strength = excluded.strength, at = excluded.at, "
    "slack = excluded.slack, recorded = excluded.recorded WHERE excluded.at >= activity.at"
)
_NEVER = text(
    "INSERT INTO activity_never (system, subject, recorded) VALUES (:system, :subject, :recorded) "
    "ON CONFLICT (system, subject) DO UPDATE SET recorded = excluded.recorded"
)
_STRANGER = text(
    "INSERT INTO activity_strangers (system, remote_id, at, recorded) VALUES (:system, :remote_id, :at, :recorded) "
    "ON CONFLICT (system, remote_id) DO UPDATE SET recorded = excluded.recorded, at = CASE "
    "WHEN activity_strangers.at IS NULL OR excluded.at > activity_strangers.at THEN excluded.at "
    "ELSE activity_strangers.at END"
)
_NO_LONGER = text("DELETE FROM activity_never WHERE system = :system AND recorded < :began")


class AlreadyImported(Exception):
    """That file has been read in for that system, terminal and stretch. The argument says when and by whom."""


class NoSuchImport(Exception):
    """No import of that id is on record. The argument is the id."""


def record(connection: Connection, system: str, rows: Sequence[Sequence[Any]], now: float) -> None:
    """Rows of (subject, terminal, source, strength, at, slack): of each only what is later than what is known."""
    same = {"system": system, "recorded": stamp(now)}
    names = ("subject", "terminal", "source", "strength", "at", "slack")
    told = [{**same, **dict(zip(names, row, strict=True))} for row in rows]
    for each in told:
        each["at"] = stamp(float(each["at"]))
    told.sort(key=lambda row: (row["subject"], row["terminal"], row["source"], row["at"]))  # two writers in one order
    execute_many(connection, _EVIDENCE, told)


def record_never(connection: Connection, system: str, subjects: Sequence[str], now: float) -> None:
    """These surely have not been used until now, since they were made."""
    execute_many(
        connection, _NEVER, [{"system": system, "subject": each, "recorded": stamp(now)} for each in sorted(subjects)]
    )


def record_strangers(connection: Connection, system: str, rows: Sequence[tuple[str, float | None]], now: float) -> None:
    """Accounts that no link names, by the system's own word, and their latest evidence."""
    same: dict[str, Any] = {"system": system, "recorded": stamp(now)}
    told = [same | {"remote_id": id, "at": None if at is None else stamp(at)} for id, at in sorted(rows)]
    execute_many(connection, _STRANGER, told)
    old = stamp(now - FORGET_STRANGERS)
    connection.execute(delete(activity_strangers).where(activity_strangers.c.recorded < old))


def end_report(connection: Connection, system: str, began: float) -> None:
    """A report that began then is whole: of whom it did not say it, it is not sure any more that he was never in."""
    connection.execute(_NO_LONGER, {"system": system, "began": stamp(began)})


def record_watched(connection: Connection, system: str, row: Sequence[Any], now: float) -> None:
    """A stretch (terminal, source, since, until, lag); it grows together with those of that source that it touches."""
    terminal, source, since, until, lag = row
    until = _not_before(until)
    mine = activity_watched.c
    touching = select(mine.id, mine.since, mine.until).where(
        mine.system == system,
        mine.terminal == terminal,
        mine.source == source,
        mine.by.is_(None),
        mine.since <= stamp(until),
        mine.until >= stamp(since),
    )
    found = list(connection.execute(touching))
    values = {
        "since": min([stamp(since), *(each.since for each in found)]),
        "until": max([stamp(until), *(each.until for each in found)]),
        "lag": lag,
        "recorded": stamp(now),
    }
    if not found:
        made = {"id": str(uuid_utils.uuid7()), "system": system, "terminal": terminal, "source": source}
        connection.execute(insert(activity_watched), made | values)
        return
    connection.execute(update(activity_watched).where(mine.id == found[0].id).values(values))
    connection.execute(delete(activity_watched).where(mine.id.in_([each.id for each in found[1:]])))


def record_import(connection: Connection, row: dict[str, Any], watch: Sequence[Any], now: float) -> str:
    """An export was read in; `watch`: (terminal, source, since, until). Returns its id. Raises AlreadyImported."""
    known = activity_imports.c
    there = select(known.at, known.by).where(known.system == row["system"], known.digest == row["digest"])
    before = connection.execute(there).first()
    if before is not None:
        raise AlreadyImported(f"{before.at} {before.by}")
    id, at = str(uuid_utils.uuid7()), stamp(now)
    connection.execute(insert(activity_imports), row | {"id": id, "at": at})
    terminal, source, since, until = watch
    stretch = {"system": row["system"], "terminal": terminal, "source": source, "lag": 0.0, "by": row["by"]}
    stretch |= {"id": id, "since": stamp(since), "until": stamp(_not_before(until)), "recorded": at}
    connection.execute(insert(activity_watched), stretch)
    return id


def _not_before(until: float) -> float:
    """The next whole millisecond, which is what a stamp can say: a stretch must not end before its end."""
    return ceil(until * 1000 - 0.001) / 1000


def withdraw(connection: Connection, id: str) -> str:
    """An import was wrong: what it claimed to have watched goes, its evidence stays. Returns the system.

    Raises NoSuchImport.
    """
    system = connection.scalar(select(activity_imports.c.system).where(activity_imports.c.id == id))
    if system is None:
        raise NoSuchImport(id)
    connection.execute(delete(activity_imports).where(activity_imports.c.id == id))
    connection.execute(delete(activity_watched).where(activity_watched.c.id == id))
    return str(system)
