"""What a sweep asks of the store: by the page, on the driver's own cursor, no row kept longer than it is compared."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, select

from scim_server.store.prepared import fetch, listed
from scim_server.store.tables import links, subjects

LOT = 2000


class Linked(NamedTuple):
    """A link as the sweep sees it. `read_back`: the text of its record; `hidden`: a digest of what no read shows."""

    remote_id: str | None
    subject: str
    kind: str
    state: str
    desired: int
    applied: int
    epoch: int
    name: str | None
    read_back: str | None
    adopted: bool
    hidden: str | None

    @property
    def settled(self) -> bool:
        """Whether what is there should be what the row remembers."""
        return self.state == "done" and self.desired == self.applied


_COLUMNS = (
    links.c.remote_id,
    links.c.subject,
    links.c.kind,
    links.c.state,
    links.c.desired,
    links.c.applied,
    links.c.epoch,
    links.c.name,
    links.c.read_back,
    links.c.adopted,
    links.c.hidden,
)
_BY_ID = select(*_COLUMNS).where(links.c.system == bindparam("in_system"), links.c.remote_id.in_(listed("ids")))
_NEXT = (
    select(*_COLUMNS)
    .where(links.c.system == bindparam("in_system"), links.c.subject > bindparam("last"))
    .order_by(links.c.subject)
    .limit(LOT)
)
_GROUPS = (
    select(links.c.remote_id, subjects.c.key)
    .join(subjects, subjects.c.subject == links.c.subject)
    .where(links.c.system == bindparam("in_system"), links.c.kind == "group", links.c.remote_id.is_not(None))
    .order_by(subjects.c.removed_on.is_(None))
)


def by_remote_id(connection: Connection, system: str, ids: Sequence[str | None]) -> dict[str | None, Linked]:
    """The links of a page of accounts, by the system's own ids."""
    rows = fetch(connection, _BY_ID, in_system=system, ids=orjson.dumps([id for id in ids if id]))
    return {row[0]: Linked(*row) for row in rows}


def every_link(connection: Connection, system: str) -> Iterator[Linked]:
    """All links of a system in the order of their subjects, a lot at a time."""
    last = ""
    while rows := fetch(connection, _NEXT, in_system=system, last=last):
        yield from (Linked(*row) for row in rows)
        last = rows[-1][1]


def group_keys(connection: Connection, system: str) -> dict[str, str]:
    """The keys of our Groups by the system's own ids."""
    rows: list[Any] = fetch(connection, _GROUPS, in_system=system)
    return {remote_id: key for remote_id, key in rows}


def in_roster(connection: Connection, keys: Iterable[str]) -> frozenset[str]:
    """Which of these numbers are, or were, somebody's."""
    wanted = [key for key in keys if key]
    if not wanted:
        return frozenset()
    return frozenset(connection.scalars(select(subjects.c.key).where(subjects.c.key.in_(wanted))))
