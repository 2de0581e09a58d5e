"""Wakes: what a write leaves behind for the worker (design: Level-triggered).

Bumping the desired generation of a subject's links is the enqueue. A row that a
worker holds meanwhile is due once more when it finishes (S20).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.sql.dml import Update

from scim_server.store.batches import STALE, begin
from scim_server.store.cause import cause
from scim_server.store.tables import links, members, resources, subjects

NEW_LINK = {
    "desired": 1,
    "applied": 0,
    "state": "due",
    "attempts": 0,
    "epoch": 0,
    "creating": False,
    "locking": False,
    "incarnation": 0,
}


def _wake() -> Update:
    return update(links).values(
        desired=links.c.desired + 1,
        due=bindparam("now"),
        state="due",
        attempts=0,
        changed=func.coalesce(links.c.changed, bindparam("now")),
        error=None,
        blocker=None,
        cause=func.coalesce(bindparam("why_woken"), links.c.cause),
        batch=bindparam("in_batch"),
        weighed=False,
    )


def woken(of: str, now: float, **more: Any) -> dict[str, Any]:
    """A row for one of these statements: who is woken, when (seconds since the epoch), and because of what."""
    why = cause()
    return {"of": of, "now": now, "why_woken": why.request, "in_batch": why.batch, **more}


# rows: `woken` of a subject
WAKE = _wake().where(links.c.subject == bindparam("of"))

# rows: `woken` of a user's id
WAKE_USER = _wake().where(
    links.c.subject == select(resources.c.subject).where(resources.c.id == bindparam("of")).scalar_subquery()
)

# rows: `woken` of a group's id: the department's name or code stands in its people's accounts
WAKE_MEMBERS = _wake().where(
    links.c.subject.in_(
        select(resources.c.subject)
        .join(members, members.c.user_id == resources.c.id)
        .where(members.c.group_id == bindparam("of"))
    )
)

# rows: `woken` of a department's externalId: its children name it as their parent
WAKE_CHILDREN = _wake().where(
    links.c.subject.in_(
        select(resources.c.subject).where(resources.c.type == "Group", resources.c.parent == bindparam("of"))
    )
)

# rows: `woken` of a user's id: the manager has left the roster
WAKE_MANAGED = _wake().where(
    links.c.subject.in_(select(resources.c.subject).where(resources.c.manager == bindparam("of")))
)

# rows: `woken` of a subject, and "in_system": the manager's address in that system has changed
WAKE_REPORTS = _wake().where(
    links.c.system == bindparam("in_system"),
    links.c.subject.in_(
        select(resources.c.subject).where(
            resources.c.manager
            == select(subjects.c.resource_id).where(subjects.c.subject == bindparam("of")).scalar_subquery()
        )
    ),
)


def wake_all(
    connection: Connection, system: str, after: str, size: int, now: float, *, gone: bool = False
) -> str | None:
    """Makes a lot of rows due, for a sweep (S17); returns where the next lot begins, None at the end.

    `gone`: those too whose account need not be there, for another policy (S21).
    """
    lot = select(links.c.subject).where(links.c.system == system, links.c.subject > after)
    found = list(connection.scalars(lot.order_by(links.c.subject).limit(size)))
    if not found:
        return None
    rows = [links.c.subject.in_(found), links.c.system == system]
    if not gone:
        rows.append(links.c.state != "gone")
    again = {"due": now, "desired": links.c.desired + 1, "attempts": 0, "state": "due"}
    batch = cause().batch
    if batch is not None:  # the next lot of it comes in a moment: nothing of it is judged yet (S23)
        begin(connection, batch, now + STALE)
    connection.execute(update(links).where(*rows).values(**again, batch=batch, weighed=False))
    return str(found[-1])


def wake_since(connection: Connection, subjects: Sequence[str], now: float, since: float) -> None:
    """What has just been woken has been due since then: who changed on an earlier day goes first."""
    woken = update(links).where(links.c.subject.in_(subjects), links.c.due == now)
    connection.execute(woken.values(due=since))


def retry(connection: Connection, now: float, system: str | None, key: str | None) -> int:
    """Makes parked rows due again; returns how many."""
    rows = [links.c.state == "parked"]
    if system is not None:
        rows.append(links.c.system == system)
    if key is not None:
        rows.append(links.c.subject.in_(select(subjects.c.subject).where(subjects.c.key == key)))
    again = update(links).where(*rows).values(due=now, state="due", attempts=0, error=None)
    return connection.execute(again).rowcount
