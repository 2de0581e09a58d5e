"""What the guard has counted (S23): who had something dangerous sent in the last hour, and whose accounts there are.

Functions on the writer's connection, in the transaction that writes the attempts, behind `lock`.
"""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, func, select, text

from mappings.guard import HOUR, People
from scim_server.store.guard_tables import guard_counted, guard_locks
from scim_server.store.prepared import execute_many
from scim_server.store.tables import links

LOT = 1000  # subjects that one question names: a statement takes only so many values

_HAVE_LOCK = text("INSERT INTO guard_locks (system) VALUES (:in_system) ON CONFLICT DO NOTHING")
_COUNT = text(
    "INSERT INTO guard_counted (system, subject, department, at, urgent)"
    " VALUES (:in_system, :of, :in_department, :now, :is_urgent)"
    " ON CONFLICT (system, subject, urgent)"
    " DO UPDATE SET at = excluded.at, department = excluded.department"
)
_FORGET = text("DELETE FROM guard_counted WHERE system = :in_system AND at <= :since")


def lock(connection: Connection, system: str) -> None:
    """From here to the end of the transaction nobody else judges what may be sent to that system.

    It is taken before any row of `links` or `names`, so that no two wait for each other.
    """
    connection.execute(_HAVE_LOCK, {"in_system": system})
    connection.execute(select(guard_locks).where(guard_locks.c.system == system).with_for_update())


def of_the_hour(connection: Connection, system: str, now: float, *, urgent: bool = False) -> People:
    """Who was counted in the last hour; `urgent`: who passed apart from the limits instead."""
    rows = connection.execute(
        select(guard_counted.c.department, func.count())
        .where(
            guard_counted.c.system == system,
            guard_counted.c.at > now - HOUR,
            guard_counted.c.urgent.is_(urgent),
        )
        .group_by(guard_counted.c.department)
    )
    return _people((department, number) for department, number in rows)


def among(
    connection: Connection, system: str, subjects: Collection[str], now: float, *, urgent: bool = False
) -> set[str]:
    """Which of these were counted in the last hour: nobody counts twice."""
    asked = list(subjects)
    found: set[str] = set()
    for first in range(0, len(asked), LOT):
        counted = select(guard_counted.c.subject).where(
            guard_counted.c.system == system,
            guard_counted.c.subject.in_(asked[first : first + LOT]),
            guard_counted.c.at > now - HOUR,
            guard_counted.c.urgent.is_(urgent),
        )
        found.update(connection.scalars(counted))
    return found


def count(
    connection: Connection,
    system: str,
    people: Iterable[tuple[str, str | None]],
    now: float,
    *,
    urgent: bool = False,
) -> None:
    """Counts people, given as (subject, key of the top department); forgets those of an hour ago."""
    rows = [
        {"in_system": system, "of": subject, "in_department": department, "now": now, "is_urgent": urgent}
        for subject, department in people
    ]
    execute_many(connection, _COUNT, rows)
    connection.execute(_FORGET, {"in_system": system, "since": now - HOUR})


def linked(connection: Connection, system: str) -> People:
    """How many people have an account there, by department: a scan of one index (60 ms a million)."""
    somebody = text("remote_id IS NOT NULL AND kind = 'person'")
    rows = connection.execute(
        select(links.c.department, func.count()).where(links.c.system == system, somebody).group_by(links.c.department)
    )
    return _people((department, number) for department, number in rows)


def _people(rows: Iterable[tuple[str | None, int]]) -> People:
    found = dict(rows)
    return People(sum(found.values()), {key: number for key, number in found.items() if key is not None})
