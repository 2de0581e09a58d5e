"""Deadlines kept and missed, by department and article (一 to 四). Nothing is missed by one that is provisional."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, case, func, select

from mappings.calendar import civil_day
from mappings.policy.punctuality import State, reply
from scim_server.reports.fields import Value
from scim_server.reports.letters.rows import STATES, LetterRow, Terms
from scim_server.reports.tables import Column
from scim_server.store.register import DELIVERED
from scim_server.store.register_clock import ANSWERED
from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases

ARTICLES = {"open": "一", "change": "二", "cancel": "三"}
"""By the kind of a letter; 四 is the reply."""
REPLIES = "四"
COLUMNS = [
    Column("单位", 26),
    Column("代码", 14),
    Column("条款", 8),
    Column("应办", 10),
    *(Column(word, 10) for word in STATES.values()),
    Column("期限暂定", 10),
    Column("逾期率", 10),
]


@dataclass(slots=True)
class Deadlines:
    """What one department had to do under one article. `provisional`: of those that are open."""

    department: str
    name: str
    article: str
    states: Counter[str] = field(default_factory=Counter)
    provisional: int = 0

    def add(self, state: State, provisional: bool) -> None:
        """Counts one."""
        self.states[state] += 1
        self.provisional += provisional and state == "open"

    @property
    def lateness(self) -> float | None:
        """The share, of those that were due, that came late or not at all; None where none was due yet."""
        due = self.states.total() - self.states["open"]
        return (self.states["late"] + self.states["missing"]) / due if due else None


class Kept:
    """All departments' deadlines: feed it every letter that is owed, and the replies once."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Deadlines] = {}

    def add(self, row: LetterRow) -> None:
        """A letter as one department owes it."""
        self._of(row.sender, row.sender_name, ARTICLES[row.kind]).add(row.state, row.provisional)  # type: ignore[arg-type]

    def read_replies(self, connection: Connection, terms: Terms) -> None:
        """Each letter that was delivered by the day asked for, and not before `since`, once an addressee."""
        for row in connection.execute(_asked(terms)):
            if not terms.since <= civil_day(row.delivered) <= terms.day:
                continue
            came = row.last if row.cases and row.answered == row.cases else None
            state = reply(row.due, bool(row.provisional), came, terms.day)
            if state is not None:
                self._reply(row, state, terms)

    def _reply(self, row: Row[Any], state: State, terms: Terms) -> None:
        for key in orjson.loads(row.addressees):
            department = terms.org.departments.get(key)
            self._of(key, department.name if department else key, REPLIES).add(state, bool(row.provisional))

    def rows(self) -> list[Deadlines]:
        """By department and article."""
        turn = {article: place for place, article in enumerate((*ARTICLES.values(), REPLIES))}
        return [self._rows[key] for key in sorted(self._rows, key=lambda key: (key[0], turn[key[1]]))]

    def _of(self, key: str, name: str, article: str) -> Deadlines:
        return self._rows.setdefault((key, article), Deadlines(key, name, article))


def _asked(terms: Terms) -> Select[Any]:
    """Letters that wait for a reply or have it: how many cases, how many of them answered by the day, and the last."""
    came = case((cases.c.replied_on <= terms.day, cases.c.replied_on))
    of = (
        select(
            register.c.addressees,
            register.c.delivered,
            register.c.due,
            register.c.provisional,
            func.count(cases.c.id).label("cases"),
            func.count(came).label("answered"),
            func.max(came).label("last"),
        )
        .outerjoin(cases, cases.c.letter == register.c.id)
        .where(register.c.state == DELIVERED, register.c.kind.in_(ANSWERED))
        .group_by(register.c.id, register.c.addressees, register.c.delivered, register.c.due, register.c.provisional)
        .order_by(register.c.id)
    )
    return of if terms.restricted else of.where(register.c.restricted.is_(False))


def line(row: Deadlines) -> list[Value]:
    """One department under one article, in Chinese, in the order of COLUMNS."""
    late = row.lateness
    counted = [float(row.states[state]) for state in STATES]
    share = "—" if late is None else f"{late:.0%}"
    total = float(row.states.total())
    return [row.name, row.department, row.article, total, *counted, float(row.provisional), share]


def record(row: Deadlines) -> Mapping[str, Any]:
    """With the codes of the house."""
    states = {state.replace("-", "_"): row.states[state] for state in STATES}
    about = {"department": row.department, "name": row.name, "article": row.article, "owed": row.states.total()}
    return about | states | {"provisional": row.provisional}


def all_of(connection: Connection, rows: Iterator[LetterRow], terms: Terms) -> list[Deadlines]:
    """Of everybody."""
    kept = Kept()
    for row in rows:
        kept.add(row)
    kept.read_replies(connection, terms)
    return kept.rows()
