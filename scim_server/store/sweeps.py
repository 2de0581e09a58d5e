"""The record of sweeps and of what they found, and the rows that they make due (S17).

Functions on the writer's connection, or on a reader's. Stamps as everywhere where people read them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, or_, select, text, update

from scim_server.clock import stamp
from scim_server.store.prepared import execute_many
from scim_server.store.sweep_tables import drift, sweeps
from scim_server.store.tables import attempts, links

KEPT = 90 * 86_400.0  # seconds for which sweeps and what they found stand on record
COUNTS = (
    "accounts",
    "departments",
    "pages",
    "members",
    "compared",
    "differences",
    "healing",
    "remaining",
    "graced",
    "missing",
    "strange",
    "orphans",
)


def begin(connection: Connection, id: str, system: str, kind: str, report_only: bool, now: float) -> None:
    """A sweep begins: an earlier one of the system that never ended was interrupted, and what is too old goes."""
    _forget(connection, stamp(now - KEPT))
    dead = update(sweeps).where(sweeps.c.system == system, sweeps.c.outcome == "running")
    connection.execute(dead.values(outcome="interrupted", ended=stamp(now), error="巡检进程中断，未完成"))
    row: dict[str, Any] = dict.fromkeys(COUNTS, 0)
    row |= {"id": id, "system": system, "kind": kind, "report_only": report_only, "began": stamp(now)}
    connection.execute(insert(sweeps), row | {"outcome": "running"})


def _forget(connection: Connection, before: str) -> None:
    old = select(sweeps.c.id).where(sweeps.c.began < before)
    connection.execute(delete(drift).where(drift.c.sweep.in_(old)))
    connection.execute(delete(sweeps).where(sweeps.c.began < before))


def end(connection: Connection, id: str, counts: Mapping[str, int], error: str | None, now: float) -> None:
    """It ends: complete, or partial with the reason."""
    outcome = "partial" if error else "complete"
    values = {name: counts.get(name, 0) for name in COUNTS}
    mine = update(sweeps).where(sweeps.c.id == id, sweeps.c.outcome == "running")
    connection.execute(mine.values(**values, outcome=outcome, error=error, ended=stamp(now)))


_FOUND = insert(drift)


def record(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """What was found: rows of `drift`."""
    execute_many(connection, _FOUND, rows)


# rows: a subject and its system. One that moves already looks by itself, one that is held waits for its approval.
_DUE = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        text("state IN ('done', 'gone', 'parked')"),
    )
    .values(
        desired=links.c.desired + 1,
        due=bindparam("now"),
        state="due",
        attempts=0,
        error=None,
        batch=bindparam("in_batch"),
        weighed=False,
    )
)
_sooner = or_(links.c.due.is_(None), links.c.due > bindparam("moment"))
_LATER = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        text("state IN ('done', 'gone')"),
    )
    .values(
        due=case((_sooner, bindparam("moment")), else_=links.c.due),
        batch=bindparam("in_batch"),
        weighed=False,
    )
)


def wake(connection: Connection, system: str, subjects: Sequence[str], batch: str, now: float) -> None:
    """Makes rows due: whatever the system shows then decides, not what the sweep saw (S17)."""
    named = {"in_system": system, "now": now, "in_batch": batch}
    execute_many(connection, _DUE, [named | {"of": subject} for subject in subjects])


def wake_later(connection: Connection, system: str, rows: Sequence[tuple[str, float]], batch: str) -> None:
    """Rows (subject, seconds since the epoch) look again when the grace is over."""
    named = {"in_system": system, "in_batch": batch}
    execute_many(connection, _LATER, [named | {"of": subject, "moment": moment} for subject, moment in rows])


# the digest of a row that was compared in detail and is as it should be: if nothing has moved it since
_NOTE = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        links.c.epoch == bindparam("seen_epoch"),
        links.c.state == "done",
        links.c.desired == links.c.applied,
    )
    .values(read_back=bindparam("as_read_back"))
)


def note(connection: Connection, system: str, rows: Sequence[tuple[str, int, str]]) -> None:
    """Rows (subject, epoch, record) remember what they were compared as."""
    named = [
        {"in_system": system, "of": subject, "seen_epoch": epoch, "as_read_back": record}
        for subject, epoch, record in rows
    ]
    execute_many(connection, _NOTE, named)


def _recent(connection: Connection, system: str, but: str = "") -> list[str]:
    """The last complete sweep of a system, and the partial ones after it."""
    ended = select(sweeps.c.id, sweeps.c.outcome).where(
        sweeps.c.system == system, sweeps.c.outcome.in_(("complete", "partial")), sweeps.c.id != but
    )
    found: list[str] = []
    for id, outcome in connection.execute(ended.order_by(sweeps.c.began.desc(), sweeps.c.id.desc()).limit(30)):
        found.append(id)
        if outcome == "complete":
            break
    return found


def first_seen(
    connection: Connection, system: str, subjects: Sequence[str], but: str = ""
) -> dict[str, dict[str, float]]:
    """Of each subject, since when something is other than it should be: by `what`, seconds since the epoch."""
    recent = _recent(connection, system, but)
    if not recent or not subjects:
        return {}
    of = (
        select(drift.c.subject, drift.c.what, func.min(drift.c.first_seen))
        .where(drift.c.system == system, drift.c.subject.in_(subjects), drift.c.sweep.in_(recent))
        .group_by(drift.c.subject, drift.c.what)
    )
    found: dict[str, dict[str, float]] = {}
    for subject, what, at in connection.execute(of):
        found.setdefault(subject, {})[what] = datetime.fromisoformat(at).timestamp()
    return found


def written_since(connection: Connection, system: str, subjects: Sequence[str], began: str) -> frozenset[str]:
    """Of these, whose account something was sent to since that stamp: it is not missing for not having been seen."""
    if not subjects:
        return frozenset()
    of = select(attempts.c.subject).where(
        attempts.c.subject.in_(subjects), attempts.c.system == system, attempts.c.at >= began
    )
    return frozenset(connection.scalars(of))
