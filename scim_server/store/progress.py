"""How far the work is: counts of rows by state, and whether anything still moves."""

from collections.abc import Sequence

from sqlalchemy import Connection, exists, func, select, text

from scim_server.store.tables import links

_waiter = links.alias("waiter")
_MOVING = text("state IN ('due', 'waiting')")  # the words of a partial index: who is done does not stand in it
_STUCK = text("state IN ('parked', 'held')")


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many rows are due, parked, held and waiting, a system."""
    of = select(links.c.system, links.c.state, func.count()).group_by(links.c.system, links.c.state)
    table: dict[str, dict[str, int]] = {}
    for query in (of.where(_MOVING), of.where(_STUCK)):
        for system, state, number in connection.execute(query):
            table.setdefault(system, dict.fromkeys(("due", "parked", "held", "waiting"), 0))[state] = number
    return table


def unsettled(connection: Connection, systems: Sequence[str], now: float) -> int:
    """Rows that will still move by themselves: due, or waiting for what does not end at a row that is parked or held.

    One that is done and has a day on which it looks again is due from that day on.
    """
    stuck = select(links.c.system, links.c.subject).where(_STUCK).cte("stuck", recursive=True)
    resting = select(_waiter.c.system, _waiter.c.subject).where(
        _waiter.c.state == "waiting", _waiter.c.system == stuck.c.system, _waiter.c.blocker == stuck.c.subject
    )
    stuck = stuck.union(resting)
    at_rest = exists().where(stuck.c.system == links.c.system, stuck.c.subject == links.c.subject)
    due = _MOVING, links.c.state == "due"  # not by `due`: by that the days to come would be read
    waiting = _MOVING, links.c.state == "waiting", ~at_rest
    again = links.c.state.in_(("done", "gone")), links.c.due <= now
    mine = links.c.system.in_(systems)
    numbers = [select(func.count()).where(mine, *which).scalar_subquery() for which in (due, waiting, again)]
    return connection.scalar(select(numbers[0] + numbers[1] + numbers[2])) or 0


def any_held(connection: Connection, systems: Sequence[str]) -> bool:
    """Whether rows are held for somebody's decision (S23)."""
    held = select(1).where(_STUCK, links.c.state == "held", links.c.system.in_(systems))
    return connection.execute(held.limit(1)).first() is not None
