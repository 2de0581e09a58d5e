"""How far the work is: counts of rows by state, and whether anything still moves."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, exists, func, or_, select, text

from scim_server.store.tables import links

_waiter = links.alias("waiter")


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many rows are due, parked, held and waiting, a system."""
    moving = select(links.c.system, links.c.state, func.count()).where(
        links.c.due.is_not(None), links.c.state.in_(("due", "waiting"))
    )
    stuck = select(links.c.system, links.c.state, func.count()).where(text("state IN ('parked', 'held')"))
    table: dict[str, dict[str, int]] = {}
    for query in (moving, stuck):
        for system, state, number in connection.execute(query.group_by(links.c.system, links.c.state)):
            table.setdefault(system, dict.fromkeys(("due", "parked", "held", "waiting"), 0))[state] = number
    return table


def unsettled(connection: Connection, systems: Sequence[str]) -> int:
    """Rows that will still move by themselves: due, or waiting for something that does not end at a parked row."""
    stuck = select(links.c.system, links.c.subject).where(links.c.state == "parked").cte("stuck", recursive=True)
    resting = select(_waiter.c.system, _waiter.c.subject).where(
        _waiter.c.state == "waiting", _waiter.c.system == stuck.c.system, _waiter.c.blocker == stuck.c.subject
    )
    stuck = stuck.union(resting)
    at_rest = exists().where(stuck.c.system == links.c.system, stuck.c.subject == links.c.subject)
    moving = or_(links.c.state == "due", and_(links.c.state == "waiting", ~at_rest))
    mine = and_(links.c.system.in_(systems), links.c.due.is_not(None))
    return connection.scalar(select(func.count()).where(mine, moving)) or 0
