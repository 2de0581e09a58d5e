"""Schedules over all nodes (S20): each tick is taken by a compare-and-set, so that nothing rests on who holds a lock.

Functions on the writer's connection; moments are seconds since the epoch by the database's clock. Take a tick in the
transaction that does what is due, or commit it before something longer begins.
"""

from sqlalchemy import Connection, bindparam, or_, select, text, update

from scim_server.store.node_tables import schedule

FAR = 30 * 86_400.0  # seconds: a moment that lies so far ahead was taken by a clock that was wrong

_LAST = select(schedule.c.last).where(schedule.c.name == bindparam("of"))
_FIRST = text("INSERT INTO schedule (name, last) VALUES (:of, :moment) ON CONFLICT (name) DO NOTHING")
# a `last` that lies more than a period ahead is the trace of a clock that was wrong: it must not block for years
_TAKE = (
    update(schedule)
    .where(
        schedule.c.name == bindparam("of"),
        or_(schedule.c.last <= bindparam("before"), schedule.c.last > bindparam("after")),
    )
    .values(last=bindparam("moment"))
)
_TAKE_MOMENT = (
    update(schedule)
    .where(
        schedule.c.name == bindparam("of"),
        or_(schedule.c.last < bindparam("moment"), schedule.c.last > bindparam("after")),
    )
    .values(last=bindparam("moment"))
)


def last(connection: Connection, name: str) -> float | None:
    """When it was taken last; None where it never was."""
    found: float | None = connection.scalar(_LAST, {"of": name})
    return found


def due(connection: Connection, name: str, every: float, now: float) -> bool:
    """Whether `take` would succeed now: a read, for who looks often."""
    was = last(connection, name)
    return was is None or was <= now - every or was > now + every


def take(connection: Connection, name: str, every: float, now: float) -> bool:
    """True for the one who may do it now, where the last tick is `every` seconds old; false for all others."""
    if connection.execute(_FIRST, {"of": name, "moment": now}).rowcount:
        return True
    known = {"of": name, "before": now - every, "after": now + every, "moment": now}
    return connection.execute(_TAKE, known).rowcount == 1


def take_moment(connection: Connection, name: str, moment: float) -> bool:
    """True for the one who may do what belongs to that moment (today's 02:00): once, however the clocks jump."""
    if connection.execute(_FIRST, {"of": name, "moment": moment}).rowcount:
        return True
    return connection.execute(_TAKE_MOMENT, {"of": name, "moment": moment, "after": moment + FAR}).rowcount == 1
