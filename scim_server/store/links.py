"""Links: claim, lease, finish (S20). Functions on the writer's connection; all SQL serves both engines."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, exists, func, insert, not_, or_, select, text, update
from sqlalchemy.sql import ColumnElement

from scim_server.store.tables import links, names, subjects
from scim_server.store.wakes import NEW_LINK, WAKE_REPORTS

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


@dataclass(frozen=True, slots=True)
class Finish:
    """What a pass leaves in its row.

    `due` is when to look again (seconds since the epoch; None: when something changes).
    `settled`: the account was read back as desired, so the generation is applied.
    `stirred`: its address or its existence has changed, so who rests on it is woken.
    """

    claim: Claim
    state: str
    due: float | None
    settled: bool = False
    attempts: int = 0
    remote_id: str | None = None
    name: str | None = None
    presence: str | None = None
    creating: bool = False
    locking: bool = False
    fingerprint: str | None = None
    spell: str | None = None
    blocker: str | None = None
    error: str | None = None
    finding: str | None = None
    login: str | None = None
    stirred: bool = False


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

_held = and_(
    links.c.system == bindparam("in_system"),
    links.c.subject == bindparam("of"),
    links.c.owner == bindparam("who"),
    links.c.epoch == bindparam("seen_epoch"),
)
_moved = links.c.desired > bindparam("seen")
_FINISH = (
    update(links)
    .where(_held)
    .values(
        applied=case((bindparam("settled"), bindparam("seen")), else_=links.c.applied),
        due=case((_moved, bindparam("now")), else_=bindparam("next_due")),
        state=case((_moved, "due"), else_=bindparam("next_state")),
        changed=case((_moved, bindparam("now")), (bindparam("settled"), None), else_=links.c.changed),
        attempts=case((_moved, 0), else_=bindparam("tries")),
        owner=None,
        lease_until=None,
        remote_id=bindparam("new_remote_id"),
        name=bindparam("new_name"),
        presence=bindparam("new_presence"),
        creating=bindparam("is_creating"),
        locking=bindparam("is_locking"),
        fingerprint=bindparam("new_fingerprint"),
        spell=bindparam("new_spell"),
        blocker=case((_moved, None), else_=bindparam("waits_for")),
        error=case((_moved, None), else_=bindparam("why")),
        finding=bindparam("new_finding"),
    )
)
# a finish that lost its lease: whoever holds the row now looks once more
_LOST = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        links.c.epoch != bindparam("seen_epoch"),
    )
    .values(desired=links.c.desired + 1, due=bindparam("now"), state="due")
)
_WAKE_WAITERS = (
    update(links)
    .where(links.c.blocker == bindparam("of"), links.c.system == bindparam("in_system"))
    .values(due=bindparam("now"))
)
_blocker = links.alias("blocker")
_CLEARED = (
    update(links)
    .where(
        links.c.system == bindparam("in_system"),
        links.c.subject == bindparam("of"),
        links.c.blocker.is_not(None),
        not_(
            exists().where(
                _blocker.c.system == links.c.system,
                _blocker.c.subject == links.c.blocker,
                _blocker.c.state != "done",
                _blocker.c.state != "gone",
            )
        ),
    )
    .values(due=bindparam("now"))
)
_RELEASE = delete(names).where(
    names.c.system == bindparam("in_system"),
    names.c.subject == bindparam("of"),
    or_(bindparam("keep").is_(None), names.c.name != bindparam("keep")),
)
_RESERVE = text("INSERT INTO names (system, name, subject) VALUES (:in_system, :login, :of) ON CONFLICT DO NOTHING")


def any_due(connection: Connection, system: str, now: float) -> bool:
    """Whether a claim would find something."""
    return connection.execute(_ANY_DUE, {"in_system": system, "now": now}).first() is not None


def claim(connection: Connection, system: str, owner: str, size: int, now: float) -> list[Claim]:
    """Takes up to `size` due rows; nobody else gets them while the lease lasts."""
    wanted = {"in_system": system, "now": now, "size": size, "who": owner, "until": now + LEASE}
    return [Claim(*row) for row in connection.execute(_CLAIM, wanted)]


def renew(connection: Connection, claims: Sequence[Claim], until: float) -> int:
    """Prolongs leases that are still ours; returns how many were."""
    longer = update(links).where(_held).values(lease_until=bindparam("until"))
    return connection.execute(longer, [_holder(claim) | {"until": until} for claim in claims]).rowcount


def finish(connection: Connection, finishes: Sequence[Finish], now: float) -> None:
    """Gives the rows back, each with one statement, and wakes who rests on what has changed."""
    if not finishes:
        return
    connection.execute(_FINISH, [_finished(each, now) for each in finishes])
    connection.execute(_LOST, [_where(each.claim, now) | {"seen_epoch": each.claim.epoch} for each in finishes])
    waiting = [_where(each.claim, now) for each in finishes if each.blocker]
    if waiting:  # the blocker may have finished between our reading and this transaction
        connection.execute(_CLEARED, waiting)
    freed = [_freed(each) for each in finishes if each.stirred]
    if freed:
        connection.execute(_RELEASE, freed)
    woken = [_where(each.claim, now) for each in finishes if each.stirred]
    if woken:
        connection.execute(_WAKE_WAITERS, woken)
        people = [row for row, each in zip(woken, _stirred(finishes), strict=True) if each.claim.kind == "person"]
        if people:
            connection.execute(WAKE_REPORTS, people)


def reserve(connection: Connection, wanted: Mapping[str, str], system: str) -> dict[str, str]:
    """Reserves a login for each subject; returns who holds it for those that did not get it (S5)."""
    if not wanted:
        return {}
    rows = [{"in_system": system, "login": login, "of": subject} for subject, login in wanted.items()]
    connection.execute(_RESERVE, rows)
    found = select(names.c.name, names.c.subject).where(
        names.c.system == system, names.c.name.in_(list(wanted.values()))
    )
    holders = {name: holder for name, holder in connection.execute(found)}
    return {subject: holders[login] for subject, login in wanted.items() if holders[login] != subject}


def mark_intents(connection: Connection, claims: Iterable[Claim], column: str) -> None:
    """Writes ahead that we are about to create or lock (column `creating` or `locking`): S12."""
    rows = [_holder(claim) for claim in claims]
    if rows:
        connection.execute(update(links).where(_held).values({column: True}), rows)


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


def wake_all(connection: Connection, system: str, after: str, size: int, now: float) -> str | None:
    """Makes a lot of rows due, for a sweep (S17); returns where the next lot begins, None at the end."""
    lot = select(links.c.subject).where(links.c.system == system, links.c.subject > after)
    found = list(connection.scalars(lot.order_by(links.c.subject).limit(size)))
    if not found:
        return None
    rows = links.c.subject.in_(found), links.c.system == system, links.c.state != "gone"
    connection.execute(update(links).where(*rows).values(due=now, desired=links.c.desired + 1, attempts=0, state="due"))
    return str(found[-1])


def retry(connection: Connection, now: float, system: str | None, key: str | None) -> int:
    """Makes parked rows due again; returns how many."""
    rows = [links.c.state == "parked"]
    if system is not None:
        rows.append(links.c.system == system)
    if key is not None:
        rows.append(links.c.subject.in_(select(subjects.c.subject).where(subjects.c.key == key)))
    again = update(links).where(*rows).values(due=now, state="due", attempts=0, error=None)
    return connection.execute(again).rowcount


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
    """Rows that will still move by themselves: due, or waiting for something that is not parked."""
    stuck = exists().where(
        _blocker.c.system == links.c.system, _blocker.c.subject == links.c.blocker, _blocker.c.state == "parked"
    )
    moving = or_(links.c.state == "due", and_(links.c.state == "waiting", ~stuck))
    mine = and_(links.c.system.in_(systems), links.c.due.is_not(None))
    return connection.scalar(select(func.count()).where(mine, moving)) or 0


def _holder(claim: Claim) -> dict[str, Any]:
    return {"in_system": claim.system, "of": claim.subject, "who": claim.owner, "seen_epoch": claim.epoch}


def _where(claim: Claim, now: float) -> dict[str, Any]:
    return {"in_system": claim.system, "of": claim.subject, "now": now}


def _freed(each: Finish) -> dict[str, Any]:
    return {"in_system": each.claim.system, "of": each.claim.subject, "keep": each.login}


def _stirred(finishes: Sequence[Finish]) -> list[Finish]:
    return [each for each in finishes if each.stirred]


def _finished(each: Finish, now: float) -> dict[str, Any]:
    return _holder(each.claim) | {
        "settled": each.settled,
        "seen": each.claim.desired,
        "now": now,
        "next_due": each.due,
        "next_state": each.state,
        "tries": each.attempts,
        "new_remote_id": each.remote_id,
        "new_name": each.name,
        "new_presence": each.presence,
        "is_creating": each.creating,
        "is_locking": each.locking,
        "new_fingerprint": each.fingerprint,
        "new_spell": each.spell,
        "waits_for": each.blocker,
        "why": each.error,
        "new_finding": each.finding,
    }
