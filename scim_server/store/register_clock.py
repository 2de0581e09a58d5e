"""The clock of a reply: it runs from the delivery (四, A09-A11), and the calendar may move its end.

A date never becomes earlier for a letter that was delivered. A calendar that cannot be read now leaves the date open:
the next look fills it in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, and_, exists, not_, select, update

from mappings.calendar import Calendar, Deadline, civil_day, workdays_3
from mappings.policy.readings import Readings
from scim_server.clock import SHANGHAI, stamp
from scim_server.settings import BadSettings
from scim_server.store.register import DELIVERED
from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases
from scim_server.store.settle import Rules
from scim_server.workdays import load_calendar

ANSWERED = ("inquiry", "leaders-inquiry")
"""Kinds of letter whose readers reply, within three working days."""
DATED = (*ANSWERED, "reminder")
"""Kinds that name the day until which they ask for it: three working days from when they go out."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline as it was and as it is. Days; None: it was not known."""

    doc_number: str
    was: str | None
    due: str
    was_provisional: bool
    provisional: bool

    @property
    def words(self) -> str:
        """In a sentence that names nobody."""
        kind = "（暂定）" if self.provisional else ""
        if self.was == self.due:
            return f"{self.doc_number} 复函期限 {self.due}：{'改为暂定' if self.provisional else '不再是暂定'}"
        return f"{self.doc_number} 复函期限 {self.was or '未定'} → {self.due}{kind}"


def instant(said: str) -> float:
    """Seconds since the epoch of an ISO 8601 day or instant; without an offset it is local. Raises ValueError."""
    at = datetime.fromisoformat(said)
    return (at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at).timestamp()


def due_from(at: float, readings: Readings, calendar: Calendar) -> Deadline:
    """The last day on which a reply is on time, of a letter that was delivered at that moment."""
    return workdays_3(civil_day(stamp(at), readings.closing_time), calendar, readings.count_start_day)


def due_values(row: Row[Any], at: float, rules: Rules, printed: str | None = None) -> dict[str, Any]:
    """`due` and `provisional` of a letter on its delivery, not before what it says itself; {} where nobody replies."""
    if row.kind not in ANSWERED:
        return {}
    try:
        until = due_from(at, rules.readings, load_calendar(rules.calendar))
    except BadSettings:
        return {"due": printed, "provisional": True}
    return {"due": max(until.due, printed or ""), "provisional": until.provisional}


def with_due(content: bytes, printed: str | None) -> bytes:
    """What the letter says, with the date that it bore when it went out."""
    return content if printed is None else orjson.dumps({**orjson.loads(content), "due": printed})


def reckon(connection: Connection, rules: Rules, calendar: Calendar) -> list[Moved]:
    """Computes the deadlines of replies that are still waited for, anew; returns those that differ now."""
    found = []
    for row, until in _waited_for(connection, rules, calendar):
        due = max(until.due, row.due or "")
        if (due, until.provisional) != (row.due, row.provisional):
            now = update(register).where(register.c.id == row.id, register.c.state == DELIVERED)
            connection.execute(now.values(due=due, provisional=until.provisional))
            found.append(Moved(row.doc_number, row.due, due, bool(row.provisional), until.provisional))
    return found


def _waited_for(connection: Connection, rules: Rules, calendar: Calendar) -> Iterator[tuple[Row[Any], Deadline]]:
    """Delivered letters with a case that is open, or without any."""
    mine = cases.c.letter == register.c.id
    answered = and_(exists(select(1).where(mine)), not_(exists(select(1).where(mine, cases.c.state == "open"))))
    columns = ("id", "doc_number", "delivered", "due", "provisional")
    of = select(*(register.c[name] for name in columns)).where(
        register.c.state == DELIVERED, register.c.kind.in_(ANSWERED), not_(answered)
    )
    for row in connection.execute(of.order_by(register.c.id)).all():
        yield row, due_from(instant(row.delivered), rules.readings, calendar)
