"""The register of letters: numbers, and what becomes of a letter. Functions on the writer's connection.

A number is taken by one statement in the transaction that writes the letter: on PostgreSQL the row of the series is
held until that ends, SQLite has one writer anyway. What is rolled back gives its number back; what is written keeps
it, void or not. So a series has neither a gap nor a double. A 文号 that another sender has used (a bureau whose Group
has a new code since) is passed over: by its 文号 a letter is known in the OA.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
import uuid_utils
from sqlalchemy import Connection, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from scim_server.store.register_tables import register, register_people

INQUIRIES = ("inquiry", "leaders-inquiry")
DRAFT, READY, SENDING, UNKNOWN, DELIVERED, VOID = "draft", "ready", "sending", "unknown", "delivered", "void"
FOREVER = 253_402_300_800.0
"""A `not_before` that waits for a person: what was refused (`error` says why), and what is delivered by hand."""
WORDS: Mapping[str, str] = {
    DRAFT: "草稿",
    READY: "待发",
    SENDING: "发送中",
    UNKNOWN: "送达结果不明",
    DELIVERED: "已送达",
    VOID: "作废",
}
"""The states in Chinese."""
HAND = "hand"
OURS = frozenset({"inquiry", "leaders-inquiry", "reminder"})
"""Kinds that go out by themselves; the others wait for a department's registry, or for an instruction (A17)."""
LIMITED = frozenset({"cancel"})
"""Kinds whose documents say why somebody has left: the register is for everybody, they are not (S18)."""

_TAKE = text(
    "INSERT INTO letter_series (sender, year, last) VALUES (:sender, :year, 1)"
    " ON CONFLICT (sender, year) DO UPDATE SET last = letter_series.last + 1 RETURNING last"
)


class NoSuchLetter(Exception):
    """No letter of that id is in the register. The argument is the id."""


class NotNow(Exception):
    """The letter is not in a state in which this can be done. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A letter that is to be drawn up: `content` is a JSON object of `letters.content`, its number still empty.

    `key`: what it is about; `sender`: key of a top department; `code`: its 机关代字; `people`: subjects; `covers`: of
    a department's draft, [subject, value, phase] of each fact for which it is owed.
    """

    key: str
    kind: str
    sender: str
    code: str
    addressees: Sequence[str]
    title: str
    day: str
    content: Mapping[str, Any]
    by: str
    restricted: bool = False
    review: str | None = None
    answers: str | None = None
    people: Sequence[str] = ()
    covers: Sequence[Sequence[str]] | None = None


class Drawn(NamedTuple):
    """The letter of a key; `drawn`: now, not before."""

    id: str
    doc_number: str
    drawn: bool


def draw(connection: Connection, sheet: Sheet, at: str) -> Drawn:
    """Takes a number and writes the letter; one that is there already is left as it is. `at`: a stamp."""
    known = of_key(connection, sheet.key)
    if known is not None:
        return known
    try:
        with connection.begin_nested():
            return _drawn(connection, sheet, at)
    except IntegrityError:  # somebody else has drawn it meanwhile: the number went back with the savepoint
        known = of_key(connection, sheet.key)
        if known is None:
            raise
        return known


def of_key(connection: Connection, key: str) -> Drawn | None:
    """The letter that is about that already."""
    of = select(register.c.id, register.c.doc_number).where(register.c.key == key)
    row = connection.execute(of).first()
    return None if row is None else Drawn(row.id, row.doc_number, False)


def _drawn(connection: Connection, sheet: Sheet, at: str) -> Drawn:
    id, year = str(uuid_utils.uuid7()), int(sheet.day[:4])
    number, doc_number = _number(connection, sheet, year)
    row = {
        "id": id,
        "year": year,
        "number": number,
        "doc_number": doc_number,
        "addressees": orjson.dumps(list(sheet.addressees)),
        "content": orjson.dumps({**sheet.content, "doc_number": doc_number}),
        "covers": None if sheet.covers is None else orjson.dumps(sheet.covers),
        "state": READY if sheet.kind in OURS else DRAFT,
        "created": at,
        "attempts": 0,
    }
    same = ("key", "kind", "sender", "title", "restricted", "day", "review", "answers", "by")
    connection.execute(insert(register), row | {name: getattr(sheet, name) for name in same})
    people = [{"letter": id, "subject": subject} for subject in dict.fromkeys(sheet.people)]
    if people:
        connection.execute(insert(register_people), people)
    return Drawn(id, doc_number, True)


def _number(connection: Connection, sheet: Sheet, year: int) -> tuple[int, str]:
    """The next of the series, and the 文号."""
    while True:
        number = connection.execute(_TAKE, {"sender": sheet.sender, "year": year}).scalar_one()
        doc_number = f"{sheet.code}〔{year}〕{number}号"
        if connection.scalar(select(register.c.id).where(register.c.doc_number == doc_number).limit(1)) is None:
            return number, doc_number


def find(connection: Connection, id: str) -> Any:
    """The row of a letter. Raises NoSuchLetter."""
    row = connection.execute(select(register).where(register.c.id == id)).first()
    if row is None:
        raise NoSuchLetter(id)
    return row


def people(connection: Connection, id: str) -> list[str]:
    """The subjects whom a letter names."""
    of = select(register_people.c.subject).where(register_people.c.letter == id)
    return list(connection.scalars(of.order_by(register_people.c.subject)))


def void(connection: Connection, id: str, now: float) -> str:
    """It is not to go out; its number stays taken. Returns the 文号. Raises NoSuchLetter, NotNow."""
    row = find(connection, id)
    if row.state in (DELIVERED, VOID):
        raise NotNow(f"{row.doc_number} {'已送达' if row.state == DELIVERED else '已作废'}，不能作废")
    if row.state == SENDING and (row.lease_until or 0) > now:
        raise NotNow(f"{row.doc_number} 正在发送，请稍后再试")
    gone = {"state": VOID, "owner": None, "lease_until": None, "not_before": None}
    if row.kind in INQUIRIES:  # its cases wait for another one
        gone["key"] = f"{row.key} {VOID} {id}"
    mine = register.c.id == id, register.c.state == row.state, register.c.attempts == row.attempts
    if connection.execute(update(register).where(*mine).values(gone)).rowcount != 1:
        raise NotNow(f"{row.doc_number} 的状态刚有变化，请再试一次")
    return str(row.doc_number)
