"""Links: claim and lease (S20). Functions on the writer's connection; all SQL serves both engines."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, text, update
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
    private: str | None = None
    adopted: bool = False
    finding: str | None = None
    hidden: str | None = None
    blocker: str | None = None
    cause: str | None = None
    batch: str | None = None
    weighed: bool = False
    hold: str | None = None
    held_as: str | None = None
    permit: str | None = None
    department: str | None = None
    read_back: str | None = None


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
    links.c.private,
    links.c.adopted,
    links.c.finding,
    links.c.hidden,
    links.c.blocker,
    links.c.cause,
    links.c.batch,
    links.c.weighed,
    links.c.hold,
    links.c.held_as,
    links.c.permit,
    links.c.department,
    links.c.read_back,
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
    .cte("next")  # evaluated once: as a subquery PostgreSQL may run it again for each row, and lock more than asked
)
_CLAIM = (
    update(links)
    .where(links.c.system == bindparam("in_system"), links.c.subject.in_(select(_NEXT.c.subject)))
    .values(owner=bindparam("who"), lease_until=bindparam("until"), epoch=links.c.epoch + 1)
    .returning(links.c.due, *_CLAIMED)
)
_ANY_DUE = select(1).where(links.c.system == bindparam("in_system"), _ready(bindparam("now"))).limit(1)

# a row that this claim still holds; parameters as `holder` gives them
HELD = and_(
    links.c.system == bindparam("in_system"),
    links.c.subject == bindparam("of"),
    links.c.owner == bindparam("who"),
    links.c.epoch == bindparam("seen_epoch"),
)


_CREATING = (
    update(links)
    .where(HELD)
    .values(
        creating=True,
        spell=bindparam("new_spell"),
        incarnation=bindparam("number"),
        private=None,
        adopted=False,
        fingerprint=None,
        hidden=None,
    )
)
_INTENTS = (
    links.c.creating,
    links.c.locking,
    links.c.spell,
    links.c.incarnation,
    links.c.private,
    links.c.adopted,
    links.c.fingerprint,
    links.c.hidden,
    links.c.hold,
    links.c.held_as,
    links.c.permit,
)
_LOCKING = update(links).where(HELD).values(locking=True)
_NEW = (*NEW_LINK, "subject", "kind", "system", "due", "changed")
_ENSURE = text(  # the subject may have got its row by a write on another node meanwhile
    f"INSERT INTO links ({', '.join(_NEW)}) VALUES ({', '.join(f':{each}' for each in _NEW)}) ON CONFLICT DO NOTHING"  # noqa: S608
)


def any_due(connection: Connection, system: str, now: float) -> bool:
    """Whether a claim would find something."""
    return connection.execute(_ANY_DUE, {"in_system": system, "now": now}).first() is not None


def people_move(connection: Connection, system: str) -> bool:
    """Whether anybody is due there, or waits for something: somebody may yet leave a Group by himself."""
    moving = links.c.system == system, links.c.kind == "person", text("state IN ('due', 'waiting')")
    found = select(1).where(*moving).limit(1)
    return connection.execute(found).first() is not None


def people_held(connection: Connection, system: str) -> bool:
    """Whether anybody waits there for a named person's word."""
    stuck = text("state IN ('parked', 'held') AND state = 'held'")
    found = select(1).where(links.c.system == system, links.c.kind == "person", stuck).limit(1)
    return connection.execute(found).first() is not None


def with_due(connection: Connection, systems: Sequence[str], now: float) -> list[str]:
    """Those of these systems where a claim would find something."""
    looks = [exists().where(links.c.system == name, _ready(bindparam("now"))) for name in systems]
    found = connection.execute(select(*looks), {"now": now}).one() if looks else ()
    return [name for name, there in zip(systems, found, strict=True) if there]


def claim(connection: Connection, system: str, owner: str, size: int, now: float) -> list[Claim]:
    """Takes up to `size` due rows, the longest due first; nobody else gets them while the lease lasts."""
    wanted = {"in_system": system, "now": now, "size": size, "who": owner, "until": now + LEASE}
    taken = sorted(connection.execute(_CLAIM, wanted), key=lambda row: (row.due, row.subject))
    return [Claim(*row[1:]) for row in taken]


def renew(connection: Connection, claims: Sequence[Claim], until: float) -> int:
    """Prolongs leases that are still ours; returns how many were."""
    longer = update(links).where(HELD).values(lease_until=bindparam("until"))
    return connection.execute(longer, [holder(claim) | {"until": until} for claim in claims]).rowcount


def mark_creating(connection: Connection, created: Iterable[tuple[Claim, str | None, int]]) -> None:
    """Writes ahead that we are about to create (S12), in which spell, and the how manieth account it is (S22).

    What was there before is gone (S6).
    """
    rows = [holder(claim) | {"new_spell": spell, "number": number} for claim, spell, number in created]
    execute_many(connection, _CREATING, rows)


def mark_locking(connection: Connection, claims: Iterable[Claim]) -> None:
    """Writes ahead that we are about to lock (S12)."""
    execute_many(connection, _LOCKING, [holder(claim) for claim in claims])


def as_recorded(connection: Connection, claims: Sequence[Claim]) -> list[Claim]:
    """The same claims, with the intents that a pass has written ahead since they were taken."""
    written = select(links.c.subject, *_INTENTS).where(
        links.c.system == claims[0].system, links.c.subject.in_([claim.subject for claim in claims])
    )
    intents = {row.subject: row._mapping for row in connection.execute(written)}
    return [
        replace(claim, **{column.name: intents[claim.subject][column.name] for column in _INTENTS}) for claim in claims
    ]


def every(connection: Connection, system: str, size: int) -> Iterator[list[Claim]]:
    """Every row of a system in lots, Groups first, as if it were claimed; nothing is taken and nothing may be sent."""
    for kind in ("group", "person"):
        rows = _lot(connection, system, kind, "", size)
        while rows:
            yield rows
            rows = _lot(connection, system, kind, rows[-1].subject, size)


def those(connection: Connection, system: str, wanted: Sequence[str]) -> list[Claim]:
    """The rows of these subjects as if they were claimed; nothing is taken and nothing may be sent."""
    rows: Any = connection.execute(select(*_CLAIMED).where(links.c.system == system, links.c.subject.in_(wanted)))
    return [Claim(*row) for row in rows]


def _lot(connection: Connection, system: str, kind: str, after: str, size: int) -> list[Claim]:
    lot = select(*_CLAIMED).where(links.c.system == system, links.c.kind == kind, links.c.subject > after)
    rows: Any = connection.execute(lot.order_by(links.c.subject).limit(size))
    return [Claim(*row) for row in rows]


def void_leases(connection: Connection, due: tuple[str, float] | None = None) -> int:
    """On SQLite a start voids every lease it finds: their worker is dead (S20).

    `due` (system, seconds since the epoch): only of that system's rows that are due by then, which an index finds:
    whoever is claimed is due.
    """
    held = update(links).where(links.c.owner.is_not(None)).values(owner=None, lease_until=None)
    if due is not None:
        held = held.where(links.c.system == due[0], links.c.due <= due[1])
    return connection.execute(held).rowcount


def clear_finding(connection: Connection, system: str, subject: str, finding: str) -> bool:
    """A person has seen to it. False where it does not stand there."""
    mine = and_(links.c.system == system, links.c.subject == subject, links.c.finding == finding)
    return connection.execute(update(links).where(mine).values(finding=None)).rowcount > 0


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
    execute_many(connection, _ENSURE, rows)
    return len(rows)


def holder(claim: Claim) -> dict[str, Any]:
    """The parameters that address a row which this claim still holds."""
    return {"in_system": claim.system, "of": claim.subject, "who": claim.owner, "seen_epoch": claim.epoch}
