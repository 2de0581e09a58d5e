"""Links: claim and lease (S20). Functions on the writer's connection; all SQL serves both engines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, insert, or_, select, update
from sqlalchemy.sql import ColumnElement

from scim_server.store.prepared import execute_many
from scim_server.store.tables import links, subjects
from scim_server.store.wakes import NEW_LINK

LEASE = 60.0  # seconds; renewed at a third of it
LONGEST = 120.0  # seconds that one pass may hold its rows in all
POLL = 60.0  # seconds after which one that waits looks again by itself


@dataclass(frozen=True, slots=True)
class Claim:
    """A row that one worker holds until `lease_until`, under its epoch."""

    subject: str
    system: str
    kind: str
    desired: int
    applied: int
    attempts: int
    owner: str
    lease_until: float
    epoch: int
    changed: float | None
    remote_id: str | None
    name: str | None
    creating: bool
    locking: bool
    fingerprint: str | None
    spell: str | None
    incarnation: int


_CLAIMED = (
    links.c.subject,
    links.c.system,
    links.c.kind,
    links.c.desired,
    links.c.applied,
    links.c.attempts,
    links.c.owner,
    links.c.lease_until,
    links.c.epoch,
    links.c.changed,
    links.c.remote_id,
    links.c.name,
    links.c.creating,
    links.c.locking,
    links.c.fingerprint,
    links.c.spell,
    links.c.incarnation,
)


def _ready(now: Any) -> ColumnElement[bool]:
    free = or_(links.c.lease_until.is_(None), links.c.lease_until <= now)
    return and_(links.c.due.is_not(None), links.c.due <= now, free)


_NEXT = (
    select(links.c.subject)
    .where(links.c.system == bindparam("in_system"), _ready(bindparam("now")))
    .order_by(links.c.due)
    .limit(bindparam("size"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(links)
    .where(links.c.system == bindparam("in_system"), links.c.subject.in_(_NEXT.scalar_subquery()))
    .values(owner=bindparam("who"), lease_until=bindparam("until"), epoch=links.c.epoch + 1)
    .returning(*_CLAIMED)
)
_ANY_DUE = select(1).where(links.c.system == bindparam("in_system"), _ready(bindparam("now"))).limit(1)

# a row that this claim still holds; parameters as `holder` gives them
HELD = and_(
    links.c.system == bindparam("in_system"),
    links.c.subject == bindparam("of"),
    links.c.owner == bindparam("who"),
    links.c.epoch == bindparam("seen_epoch"),
)


_INTENDED = {column: update(links).where(HELD).values({column: True}) for column in ("creating", "locking")}


def any_due(connection: Connection, system: str, now: float) -> bool:
    """Whether a claim would find something."""
    return connection.execute(_ANY_DUE, {"in_system": system, "now": now}).first() is not None


def claim(connection: Connection, system: str, owner: str, size: int, now: float) -> list[Claim]:
    """Takes up to `size` due rows; nobody else gets them while the lease lasts."""
    wanted = {"in_system": system, "now": now, "size": size, "who": owner, "until": now + LEASE}
    return [Claim(*row) for row in connection.execute(_CLAIM, wanted)]


def renew(connection: Connection, claims: Sequence[Claim], until: float) -> int:
    """Prolongs leases that are still ours; returns how many were."""
    longer = update(links).where(HELD).values(lease_until=bindparam("until"))
    return connection.execute(longer, [holder(claim) | {"until": until} for claim in claims]).rowcount


def mark_intents(connection: Connection, claims: Iterable[Claim], column: str) -> None:
    """Writes ahead that we are about to create or lock (column `creating` or `locking`): S12."""
    rows = [holder(claim) for claim in claims]
    if rows:
        execute_many(connection, _INTENDED[column], rows)


def as_recorded(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    """The same claims, with the intents that a pass has written ahead since they were taken."""
    written = select(links.c.subject, links.c.creating, links.c.locking).where(
        links.c.system == claims[0].system, links.c.subject.in_([claim.subject for claim in claims])
    )
    intents = {row.subject: (row.creating, row.locking) for row in connection.execute(written)}
    return [
        replace(claim, creating=creating, locking=locking)
        for claim in claims
        for creating, locking in (intents[claim.subject],)
    ]


def every(connection: Connection, system: str, size: int) -> Iterator[list[Claim]]:
    """Every row of a system in lots, Groups first, as if it were claimed; nothing is taken and nothing may be sent."""
    for kind in ("group", "person"):
        rows = _lot(connection, system, kind, "", size)
        while rows:
            yield rows
            rows = _lot(connection, system, kind, rows[-1].subject, size)


def _lot(connection: Connection, system: str, kind: str, after: str, size: int) -> list[Claim]:
    lot = select(*_CLAIMED).where(links.c.system == system, links.c.kind == kind, links.c.subject > after)
    rows: Any = connection.execute(lot.order_by(links.c.subject).limit(size))
    return [Claim(*row) for row in rows]


def void_leases(connection: Connection) -> int:
    """On SQLite a start voids every lease it finds: their worker is dead (S20)."""
    held = update(links).where(links.c.owner.is_not(None)).values(owner=None, lease_until=None)
    return connection.execute(held).rowcount


def ensure_links(connection: Connection, system: str, now: float) -> int:
    """Gives every living subject a link to a system that is new in the configuration."""
    missing = (
        select(subjects.c.subject, subjects.c.kind)
        .where(subjects.c.removed_on.is_(None))
        .where(~exists().where(links.c.system == system, links.c.subject == subjects.c.subject))
    )
    rows = [
        NEW_LINK | {"subject": subject, "kind": kind, "system": system, "due": now, "changed": now}
        for subject, kind in connection.execute(missing)
    ]
    if rows:
        connection.execute(insert(links), rows)
    return len(rows)


def holder(claim: Claim) -> dict[str, Any]:
    """The parameters that address a row which this claim still holds."""
    return {"in_system": claim.system, "of": claim.subject, "who": claim.owner, "seen_epoch": claim.epoch}
