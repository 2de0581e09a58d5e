"""Batches (S23): what is due together is judged as a whole, once all of it has been written and looked at.

A batch of one transaction is whole when it is there. One of several is begun before the first and ended after the last;
if its writer dies, it counts as ended when its time is over. Rows of it that are dangerous wait, as lines of
`approval_rows` under the name that `waiting_room` gives, until the verdict over all of them.
"""

from collections.abc import Collection

from sqlalchemy import Connection, and_, bindparam, delete, literal, select, text, update
from sqlalchemy.sql import ColumnElement

from scim_server.store.guard_tables import approval_rows, guard_open, guard_weighings
from scim_server.store.prepared import fetch
from scim_server.store.tables import links

PATIENCE = 900.0  # seconds after which a verdict is given although not everybody could be looked at
STALE = 60.0  # seconds without a sign of its writer after which a batch counts as ended
PUSHING = 240.0  # the same of a file of requests: one of them may be a Bulk, which lasts two minutes

_BEGIN = text(
    "INSERT INTO guard_open (batch, until) VALUES (:batch, :until)"
    " ON CONFLICT (batch) DO UPDATE SET until = excluded.until"
)
_UNWEIGHED = text("batch IS NOT NULL AND NOT weighed")
_WEIGHINGS = select(guard_weighings.c.batch, guard_weighings.c.since).where(
    guard_weighings.c.system == bindparam("in_system")
)
_WEIGH = text(
    "INSERT INTO guard_weighings (system, batch, since) VALUES (:in_system, :batch, :now) ON CONFLICT DO NOTHING"
)


def begin(connection: Connection, batch: str, until: float) -> None:
    """More of it will be written; nothing of it is judged before `end`, or before `until` (seconds since the epoch)."""
    connection.execute(_BEGIN, {"batch": batch, "until": until})


def begin_push(connection: Connection, token: str, now: float) -> None:
    """What comes by that token is one batch (an import): begun before the token, and again while there is more to come.

    Those of writers that have died are forgotten.
    """
    connection.execute(delete(guard_open).where(guard_open.c.until <= now - STALE))
    begin(connection, push_of(token), now + PUSHING)


def push_of(token: str) -> str:
    """The name of the batch of what comes by a token, where it is one."""
    return f"push {token}"


def is_push(token: ColumnElement[str], now: float) -> ColumnElement[bool]:
    """Of a row of `guard_open`: what comes by that token is this batch, and it is being pushed."""
    return and_(guard_open.c.batch == literal(push_of("")) + token, guard_open.c.until > now)


def end(connection: Connection, batch: str) -> None:
    """All of it is there."""
    connection.execute(delete(guard_open).where(guard_open.c.batch == batch))


def is_open(connection: Connection, batch: str, now: float) -> bool:
    """Whether more of it is to come."""
    found = select(1).where(guard_open.c.batch == batch, guard_open.c.until > now)
    return connection.execute(found).first() is not None


def unseen(connection: Connection, system: str, batch: str, seen: Collection[str] = ()) -> bool:
    """Whether rows of it, other than those, have not been looked at."""
    mine = select(1).where(links.c.system == system, links.c.batch == batch, _UNWEIGHED)
    return connection.execute(mine.where(links.c.subject.not_in(seen)).limit(1)).first() is not None


def unseen_people(
    connection: Connection, system: str, batch: str, seen: Collection[str]
) -> list[tuple[str, str | None]]:
    """Who of it has an account and was not looked at: (subject, key of the top department)."""
    somebody = select(links.c.subject, links.c.department).where(
        links.c.system == system,
        links.c.batch == batch,
        links.c.kind == "person",
        links.c.remote_id.is_not(None),
        links.c.subject.not_in(seen),
        _UNWEIGHED,
    )
    return [(subject, department) for subject, department in connection.execute(somebody)]


def weigh(connection: Connection, system: str, batch: str, now: float) -> None:
    """Rows of it wait for a verdict."""
    connection.execute(_WEIGH, {"in_system": system, "batch": batch, "now": now})


def weighings(connection: Connection, system: str) -> list[tuple[str, float]]:
    """(batch, since when) of those whose verdict is to be given there; asked at each turn of a lane."""
    return [(str(batch), float(since)) for batch, since in fetch(connection, _WEIGHINGS, in_system=system)]


def since(connection: Connection, system: str, batch: str) -> float | None:
    """Since when rows of it wait."""
    mine = guard_weighings.c.system == system, guard_weighings.c.batch == batch
    found: float | None = connection.scalar(select(guard_weighings.c.since).where(*mine))
    return found


def judged(connection: Connection, system: str, batch: str) -> None:
    """The verdict has been given: nobody waits for it."""
    mine = guard_weighings.c.system == system, guard_weighings.c.batch == batch
    connection.execute(delete(guard_weighings).where(*mine))
    connection.execute(delete(approval_rows).where(approval_rows.c.approval == waiting_room(system, batch)))


def waiting_room(system: str, batch: str) -> str:
    """What stands in place of an approval while a batch is weighed."""
    return f"{system} {batch}"


def waiting(connection: Connection, system: str, batch: str) -> list[tuple[str, str | None]]:
    """(subject, key of the top department) of the rows that wait, without those that were woken since."""
    here = (
        select(approval_rows.c.subject, approval_rows.c.department)
        .join(links, (links.c.system == system) & (links.c.subject == approval_rows.c.subject))
        .where(
            approval_rows.c.approval == waiting_room(system, batch),
            links.c.batch == batch,
            links.c.desired == approval_rows.c.version,
        )
    )
    return [(subject, department) for subject, department in connection.execute(here)]


def gather(connection: Connection, system: str, batch: str, now: float, *, woken: bool) -> int:
    """Makes one batch of people who are due and belong to none; returns how many they are.

    `woken`: also those whom a change has woken, as far as nobody works on them: the backlog of a start. Else those
    whose day has come by itself.
    """
    rows = [
        links.c.system == system,
        links.c.due.is_not(None),
        links.c.due <= now,
        links.c.kind == "person",
        links.c.remote_id.is_not(None),
        links.c.batch.is_(None),
        links.c.hold.is_(None),
        links.c.permit.is_(None),
    ]
    rows.append(links.c.lease_until.is_(None) | (links.c.lease_until <= now) if woken else links.c.changed.is_(None))
    return connection.execute(update(links).where(*rows).values(batch=batch, weighed=False)).rowcount
