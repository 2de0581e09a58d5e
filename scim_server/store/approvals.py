"""Approvals (S24): which rows are held for a person's yes or no, and how rows come in and go out.

An approval covers rows, not a batch: a row that moved drops out and is judged anew. Functions on the writer's
connection, behind `guard.lock` of the system.
"""

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, exists, insert, null, select, update

from mappings.model import Operation
from scim_server.clock import civil_day
from scim_server.store.batches import waiting_room
from scim_server.store.guard_tables import approval_rows, approvals
from scim_server.store.links import HELD, Claim, holder
from scim_server.store.prepared import execute_many
from scim_server.store.tables import links

OPEN, APPROVED, REJECTED = "open", "approved", "rejected"
EXPIRED = "expired"  # nobody decided within a day: its rows have gone to the next one
WITHDRAWN = "withdrawn"  # nothing of it is wanted any more
RELEASED = "released"  # one row, by a named person
STATES = (OPEN, APPROVED, REJECTED, EXPIRED, WITHDRAWN, RELEASED)
DAY = 86_400.0  # seconds after which an approval expires

HELD_FOR = "涉及人数超过安全上限，待批准（编号 {id}）"
REFUSED = "已驳回（编号 {id}），名册的要求变更前不再发送"

_ROW_IN = insert(approval_rows)
_ROW_OUT = delete(approval_rows).where(
    approval_rows.c.approval == bindparam("of_approval"), approval_rows.c.subject == bindparam("of")
)
_HOLD = update(links).where(HELD).values(hold=bindparam("in_approval"), held_as=bindparam("digests"), permit=None)
_PERMIT = update(links).where(HELD).values(permit=bindparam("digests"), hold=None, held_as=None)
_CLEAR = (
    update(links)
    .where(links.c.system == bindparam("in_system"), links.c.subject == bindparam("of"))
    .values(hold=None, held_as=None, permit=None)
)


@dataclass(frozen=True, slots=True)
class Row:
    """What is dangerous of one claimed row: its digests (`guard.of_row`), its operations with their public reasons,
    the fingerprint of what is desired, the department among whose people it counts."""

    claim: Claim
    held_as: str
    operations: Sequence[Operation]
    wanted: str
    department: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a row stands in the store at this moment, whatever its claim says."""

    desired: int
    batch: str | None
    hold: str | None
    held_as: str | None
    permit: str | None
    state: str | None  # of the approval it is held for
    wanted: str | None  # the fingerprint of what was desired when it was held


def standings(connection: Connection, system: str, subjects: Sequence[str]) -> dict[str, Standing]:
    """By subject."""
    columns = (links.c.desired, links.c.batch, links.c.hold, links.c.held_as, links.c.permit)
    mine = and_(approval_rows.c.approval == links.c.hold, approval_rows.c.subject == links.c.subject)
    rows = connection.execute(
        select(links.c.subject, *columns, approvals.c.state, approval_rows.c.wanted)
        .outerjoin(approvals, approvals.c.id == links.c.hold)
        .outerjoin(approval_rows, mine)
        .where(links.c.system == system, links.c.subject.in_(subjects))
    )
    return {row.subject: Standing(*row[1:]) for row in rows}


def is_held(connection: Connection, system: str) -> bool:
    """Whether somebody has to decide there: then every dangerous row is held (S23)."""
    rows = exists().where(approval_rows.c.approval == approvals.c.id)
    found = select(1).where(approvals.c.system == system, approvals.c.state == OPEN, rows).limit(1)
    return connection.execute(found).first() is not None


def of_batch(connection: Connection, system: str, batch: str) -> tuple[str, str] | None:
    """(id, state) of the newest approval for a batch."""
    mine = select(approvals.c.id, approvals.c.state).where(approvals.c.system == system, approvals.c.batch == batch)
    row = connection.execute(mine.order_by(approvals.c.opened.desc()).limit(1)).first()
    return None if row is None else (row.id, row.state)


def opened(connection: Connection, system: str, batch: str | None, now: float) -> str:
    """The id of the open approval for that batch, or for single rows; a new one where there is none."""
    of = approvals.c.batch.is_(None) if batch is None else approvals.c.batch == batch
    there = select(approvals.c.id).where(approvals.c.system == system, approvals.c.state == OPEN, of)
    found = connection.scalar(there.limit(1))
    return str(found) if found else new(connection, system, batch, now)


def new(connection: Connection, system: str, batch: str | None, now: float, **more: Any) -> str:
    """Opens one; returns its id."""
    id = f"{civil_day(now).replace('-', '')}-{secrets.token_hex(3)}"
    row = {"id": id, "system": system, "batch": batch, "state": OPEN, "opened": now, "expires": now + DAY}
    connection.execute(insert(approvals), row | more)
    return id


def put(connection: Connection, approval: str, rows: Sequence[Row]) -> None:
    """Writes what is in question, in place of what stood there of the same people."""
    execute_many(connection, _ROW_OUT, [{"of_approval": approval, "of": row.claim.subject} for row in rows])
    execute_many(connection, _ROW_IN, [_written(approval, row) for row in rows])


def hold(connection: Connection, approval: str, rows: Sequence[Row]) -> None:
    """These claimed rows are held for it."""
    put(connection, approval, rows)
    marks = [holder(row.claim) | {"in_approval": approval, "digests": row.held_as} for row in rows]
    execute_many(connection, _HOLD, marks)


def permit(connection: Connection, rows: Iterable[tuple[Claim, str]]) -> None:
    """What is dangerous of these claimed rows may be sent, also after a crash."""
    execute_many(connection, _PERMIT, [holder(claim) | {"digests": digests} for claim, digests in rows])


def hold_batch(connection: Connection, system: str, batch: str, approval: str) -> None:
    """All that wait for the verdict over a batch are held; who is under way meets it as soon as that pass ends."""
    room = waiting_room(system, batch)
    mine = links.c.system == system, links.c.subject.in_(_in(room)), links.c.batch == batch
    idle = links.c.owner.is_(None)
    values = {
        "hold": approval,
        "held_as": _said(room),
        "permit": None,
        "state": case((idle, "held"), else_=links.c.state),
        "due": case((idle, null()), else_=links.c.due),
        "error": case((idle, HELD_FOR.format(id=approval)), else_=links.c.error),
        "desired": case((idle, links.c.desired), else_=links.c.desired + 1),  # that pass would wait for the verdict
    }
    connection.execute(update(links).where(*mine, _unmoved(room)).values(values))
    held = select(links.c.subject).where(links.c.hold == approval)
    moved = approval_rows.c.approval == room, approval_rows.c.subject.in_(held)
    connection.execute(update(approval_rows).where(*moved).values(approval=approval))


def permit_batch(connection: Connection, system: str, batch: str, now: float) -> None:
    """All that wait for the verdict over a batch may be sent, and are due."""
    room = waiting_room(system, batch)
    mine = links.c.system == system, links.c.subject.in_(_in(room)), links.c.batch == batch
    worked = links.c.owner.is_not(None)  # its pass ends without having met the verdict: it looks again at once
    again = {
        "due": now,
        "state": "due",
        "error": None,
        "desired": case((worked, links.c.desired + 1), else_=links.c.desired),
    }
    connection.execute(update(links).where(*mine, _unmoved(room)).values(permit=_said(room), **again))


def leave(connection: Connection, system: str, gone: Sequence[tuple[str, str | None]]) -> None:
    """These rows, given as (subject, approval), have moved or are settled: nothing of them is held or permitted.

    An open approval that is empty then is withdrawn.
    """
    execute_many(connection, _CLEAR, [{"in_system": system, "of": subject} for subject, _ in gone])
    left = [{"of_approval": approval, "of": subject} for subject, approval in gone if approval is not None]
    touched = {row["of_approval"] for row in left}
    if not touched:
        return
    still = select(approvals.c.id).where(approvals.c.id.in_(touched), approvals.c.state == OPEN)
    open_ones = set(connection.scalars(still))
    execute_many(connection, _ROW_OUT, [row for row in left if row["of_approval"] in open_ones])
    empty = approvals.c.id.in_(open_ones), ~exists().where(approval_rows.c.approval == approvals.c.id)
    connection.execute(update(approvals).where(*empty).values(state=WITHDRAWN))


def _in(approval: str) -> Any:
    return select(approval_rows.c.subject).where(approval_rows.c.approval == approval)


def _said(approval: str) -> Any:
    mine = approval_rows.c.approval == approval, approval_rows.c.subject == links.c.subject
    return select(approval_rows.c.held_as).where(*mine).scalar_subquery()


def _unmoved(approval: str) -> Any:
    """Whoever was woken since is looked at anew."""
    return exists().where(
        approval_rows.c.approval == approval,
        approval_rows.c.subject == links.c.subject,
        approval_rows.c.version == links.c.desired,
    )


def _written(approval: str, row: Row) -> dict[str, Any]:
    reason = row.operations[0].reason
    assert reason is not None, "what is planned is planned with its reason"
    return {
        "approval": approval,
        "subject": row.claim.subject,
        "department": row.department,
        "held_as": row.held_as,
        "actions": json.dumps([[each.action.value, each.group.key if each.group else None] for each in row.operations]),
        "article": reason.article,
        "reason": reason.text,
        "wanted": row.wanted,
        "cause": row.claim.cause if row.claim.changed is not None else None,
        "changed": row.claim.changed,
        "version": row.claim.desired,
    }
