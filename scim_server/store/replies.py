"""What departments reply about silent accounts (R403, R404): answers noted on their cases, and rulings (S28).

Functions on the writer's connection. Whoever calls them settles the people of `Noted.subjects` in the same transaction.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.sql import Select

from mappings.calendar import civil_day
from mappings.policy.departures import EVENTS
from scim_server.store import marks
from scim_server.store.returning import bearer
from scim_server.store.review_tables import cases, reviews
from scim_server.store.reviews import ANSWERED, GATHERING, OPEN

IN_SERVICE, LEFT, NOT_NEEDED = "in-service", "left", "not-needed"
ANSWERS = (IN_SERVICE, "leave", "seconded", "suspended", LEFT, NOT_NEEDED, "other")
_NOTED = ("answer", "reason", "reply", "replied_on", "left_on", "departure")


class Unusable(Exception):
    """An answer cannot be noted. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What all answers of one letter have in common. Days are ISO days; `at`: the stamp of its entry.

    `correct`: it may stand in place of an answer that is on record.
    """

    letter: str
    on: str
    by: str
    today: str
    at: str
    correct: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer about one case. `left_on`, `departure`: of LEFT, what the letter says of the departure."""

    case: str
    answer: str
    reason: str
    left_on: str | None = None
    departure: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What became of one case: for the trace."""

    case: str
    subject: str
    answer: str
    before: str | None = None


@dataclass(slots=True)
class Noted:
    """`steps`: what was written; `ruled`: ruling by subject; `subjects`: to settle; `reviews`: whose notice differs."""

    steps: list[Step] = field(default_factory=list)
    ruled: dict[str, str] = field(default_factory=dict)
    subjects: set[str] = field(default_factory=set)
    reviews: set[str] = field(default_factory=set)


def _case(case: str) -> Select[Any]:
    """A case with its check, until the end of the transaction nobody else's."""
    of = select(cases, reviews.c.month, reviews.c.at, reviews.c.state.label("review_state"))
    return of.join(reviews, reviews.c.id == cases.c.review).where(cases.c.id == case).with_for_update(of=cases)


def note(connection: Connection, said: Answer, reply: Reply, noted: Noted) -> str | None:
    """Notes one answer, and rules where it says that the person has left. Returns the ruling. Raises Unusable."""
    row = connection.execute(_case(said.case)).first()
    if row is None:
        raise Unusable(f"没有编号为 {said.case} 的核查事项")
    _demand(row, said, reply)
    if said.answer == LEFT and any(each.subject == row.subject and each.answer != LEFT for each in noted.steps):
        raise Unusable(f"同一复函对该使用人的另一账号另有答复，{said.case} 不能答复已离职")
    if row.state == ANSWERED:
        return _again(connection, row, said, reply, noted)
    return _noted(connection, [row, *_others(connection, row, said)], said, reply, noted)


def _demand(row: Any, said: Answer, reply: Reply) -> None:
    if row.review_state != OPEN:
        over = (
            "尚未完成" if row.review_state == GATHERING else "已了结，不再登记复函；确已离职的，用 huaming ruling add"
        )
        raise Unusable(f"{row.month} 的核查{over}")
    if said.answer not in ANSWERS:
        raise Unusable(f"没有「{said.answer}」这种答复；有：{'、'.join(ANSWERS)}")
    if not said.reason.strip():
        raise Unusable("须写明原因")
    if said.answer != LEFT and (said.left_on or said.departure):
        raise Unusable("离职日期和离职类型只用于「已离职」")
    if said.departure is not None and said.departure not in EVENTS:
        raise Unusable(f"没有「{said.departure}」这种离职类型；有：{'、'.join(EVENTS)}")
    if said.left_on is not None and said.left_on > reply.on:
        raise Unusable(f"离职日期 {said.left_on} 晚于复函之日 {reply.on}")
    if reply.on > reply.today:
        raise Unusable(f"复函之日 {reply.on} 尚未到")
    if reply.on < civil_day(row.at):
        raise Unusable(f"复函之日 {reply.on} 早于核查")


def _others(connection: Connection, row: Any, said: Answer) -> Sequence[Any]:
    """Who has left has left everywhere: the other open cases of the person in that check."""
    if said.answer != LEFT:
        return ()
    same = cases.c.review == row.review, cases.c.subject == row.subject, cases.c.state == OPEN, cases.c.id != row.id
    return connection.execute(select(cases).where(*same).with_for_update()).all()


def _again(connection: Connection, row: Any, said: Answer, reply: Reply, noted: Noted) -> str | None:
    """A case that was answered: the same once more is nothing new; a correction stands in place of it."""
    if said.answer == LEFT and noted.ruled.get(row.subject) == row.ruling and row.ruling is not None:
        _write(connection, [row], said, reply, row.ruling)  # the same letter tells of each account of that person
        return str(row.ruling)
    if row.subject in noted.ruled:
        raise Unusable(f"同一复函已称该使用人离职，{said.case} 不能另作答复")
    if _same(row, said, reply):
        return None if row.ruling is None else str(row.ruling)
    if not reply.correct:
        raise Unusable(f"{said.case} 已于 {row.replied_on} 由 {row.reply} 答复；更正须注明（correct）")
    together = [row]
    if row.ruling is not None:
        mine = cases.c.ruling == row.ruling, cases.c.id != row.id
        together += connection.execute(select(cases).where(*mine).with_for_update()).all()
        _end(connection, row, reply, noted)
    together += [each for each in _others(connection, row, said) if each.id not in {one.id for one in together}]
    return _noted(connection, together, said, reply, noted)


def _same(row: Any, said: Answer, reply: Reply) -> bool:
    return all(getattr(row, name) == value for name, value in _values(said, reply).items())


def _values(said: Answer, reply: Reply) -> dict[str, Any]:
    values = (said.answer, said.reason.strip(), reply.letter, reply.on, said.left_on, said.departure)
    return dict(zip(_NOTED, values, strict=True))


def _end(connection: Connection, row: Any, reply: Reply, noted: Noted) -> None:
    """The department takes back that somebody has left: the ruling ends by whoever notes that."""
    with suppress(LookupError):  # a named person has ended it before
        noted.subjects.add(marks.end_ruling(connection, row.ruling, reply.by, reply.today))


def _noted(connection: Connection, rows: Sequence[Any], said: Answer, reply: Reply, noted: Noted) -> str | None:
    row = rows[0]
    id: str | None = None
    if said.answer == LEFT:
        told = (reply.by, reply.today, None, said.departure)
        subject = bearer(connection, row.subject)
        id = noted.ruled[row.subject] = marks.add_ruling(connection, subject, marks.REPLY, *told)
        noted.subjects.add(subject)
    _write(connection, rows, said, reply, id)
    noted.reviews.add(row.review)
    noted.steps += [Step(each.id, each.subject, said.answer, each.answer) for each in rows]
    return id


def _write(connection: Connection, rows: Sequence[Any], said: Answer, reply: Reply, ruling: str | None) -> None:
    values = _values(said, reply) | {"state": ANSWERED, "answered": reply.at, "by": reply.by, "ruling": ruling}
    connection.execute(update(cases).where(cases.c.id.in_([each.id for each in rows])).values(values))
