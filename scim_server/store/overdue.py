"""Letters whose reply is overdue (A13), by the day on which it was due; provisional is never late. Nobody is locked."""

from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from mappings.calendar import civil_day
from scim_server.store.register import DELIVERED, VOID
from scim_server.store.register_clock import ANSWERED as ASKING
from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases, reviews
from scim_server.store.reviews import ANSWERED, CLOSED, OPEN

_reminder = aliased(register, name="reminder")
_ASKED = (register.c.state == DELIVERED, register.c.kind.in_(ASKING), register.c.provisional.is_(False))
_TOLD = ("id", "doc_number", "kind", "addressees", "delivered", "due", "restricted", "sender", "review")


class Late(NamedTuple):
    """A letter that waits for its reply. `cases`: how many accounts it still asks about; `reminder`: 文号 of one.

    `reminder_void`: that one is not to go out; there is no other.
    """

    id: str
    doc_number: str
    kind: str
    month: str
    addressees: tuple[str, ...]
    delivered: str
    due: str
    cases: int
    reminder: str | None
    restricted: bool
    sender: str
    review: str
    reminder_void: bool


def dues(connection: Connection, day: str) -> dict[str, int]:
    """By the day on which they were due, how many letters are overdue on an ISO day of today or later."""
    waits = exists(select(1).where(cases.c.letter == register.c.id, cases.c.state == OPEN))
    mine = reviews.c.state == OPEN, *_ASKED, register.c.due < day, waits
    of = select(register.c.due, func.count()).join(reviews, reviews.c.id == register.c.review).where(*mine)
    return {due: number for due, number in connection.execute(of.group_by(register.c.due))}


def late(connection: Connection, day: str) -> list[Late]:
    """Those of checks that are open, overdue on an ISO day of today or later; the oldest first."""
    return _read(connection, day, and_(reviews.c.state == OPEN, cases.c.state == OPEN))


def late_then(connection: Connection, day: str) -> list[Late]:
    """Those overdue on a past day, by what has come since: replies of a later day, checks that were closed later."""
    since = and_(cases.c.state == ANSWERED, cases.c.replied_on > day)
    waiting = or_(cases.c.state == OPEN, cases.c.state == CLOSED, since)
    closed = select(reviews.c.id, reviews.c.closed).where(reviews.c.state == CLOSED)
    gone = [row.id for row in connection.execute(closed) if civil_day(row.closed) <= day]
    return _read(connection, day, and_(waiting, reviews.c.id.not_in(gone)))


def _read(connection: Connection, day: str, waiting: ColumnElement[bool]) -> list[Late]:
    counted = (
        select(register.c.id.label("letter"), reviews.c.month, func.count().label("cases"))
        .select_from(reviews)
        .join(register, register.c.review == reviews.c.id)
        .join(cases, cases.c.letter == register.c.id)
        .where(*_ASKED, register.c.due < day, waiting)
        .group_by(register.c.id, reviews.c.month)
        .subquery()
    )
    of = (
        select(
            *(register.c[name] for name in _TOLD),
            counted.c.month,
            counted.c.cases,
            _reminder.c.doc_number.label("reminder"),
            _reminder.c.state.label("reminder_state"),
        )
        .join(counted, counted.c.letter == register.c.id)
        .outerjoin(_reminder, and_(_reminder.c.review == register.c.review, _reminder.c.answers == register.c.id))
        .order_by(register.c.due, register.c.id)
    )
    return [_late(row) for row in connection.execute(of)]


def _late(row: Any) -> Late:
    keys = tuple(orjson.loads(row.addressees))
    said = (row.id, row.doc_number, row.kind, row.month, keys, row.delivered, row.due, row.cases, row.reminder)
    return Late(*said, bool(row.restricted), row.sender, row.review, row.reminder_state == VOID)
