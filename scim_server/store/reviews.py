"""The monthly check as it is written down (四): one a month, a row an account, a case a silent one.

Functions on the writer's connection. Whatever is written twice stands once, so that a check that was broken off goes
on where it stood, and two that are begun at once are one. Stamps are ISO 8601 in UTC.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
import uuid_utils
from sqlalchemy import Connection, bindparam, select, text, update

from scim_server.store.prepared import execute_many, fetch, listed
from scim_server.store.review_tables import cases, review_accounts, reviews

GATHERING, OPEN, CLOSED = "gathering", "open", "closed"  # of a check
ANSWERED = "answered"  # of a case; else open or closed
SILENT, EXCLUDED, NO_DATA, OPERATED = "silent", "excluded", "no-data", "operated"  # verdicts


class NoSuchReview(Exception):
    """There is no check of that month. The argument is the month."""


class NotOpen(Exception):
    """The check is not open. The arguments are its month and its state."""


class StillOpen(Exception):
    """Cases are open. The argument is how many."""


class Review(NamedTuple):
    """A row of `reviews`."""

    id: str
    month: str
    at: str
    window_start: str
    state: str
    by: str
    closed: str | None
    closed_by: str | None
    watched: Any
    counts: Any


class Found(NamedTuple):
    """What was found of one account."""

    subject: str
    system: str
    verdict: str
    reason: str | None
    last_at: str | None
    terminal: str | None


class Person(NamedTuple):
    """Of whom the accounts are, and who would be asked."""

    subject: str
    department: str | None
    office: str | None
    leader: bool
    addressees: Sequence[str]


_BEGIN = text(
    "INSERT INTO reviews (id, month, at, window_start, state, by, watched, counts) "
    "VALUES (:id, :month, :at, :window_start, 'gathering', :by, :watched, :counts) ON CONFLICT (month) DO NOTHING"
)
_NOTE = text(
    "INSERT INTO review_accounts (review, subject, system, verdict, reason, last_at, terminal, department) "
    "VALUES (:review, :subject, :system, :verdict, :reason, :last_at, :terminal, :department) "
    "ON CONFLICT (review, subject, system) DO NOTHING"
)
_ASK = text(
    "INSERT INTO cases (id, review, subject, system, department, office, leader, addressees, state) "
    "VALUES (:id, :review, :subject, :system, :department, :office, :leader, :addressees, 'open') "
    "ON CONFLICT (review, subject, system) DO NOTHING"
)
_SILENT = select(review_accounts.c.subject, review_accounts.c.system).where(
    review_accounts.c.review == bindparam("of"),
    review_accounts.c.subject.in_(listed("subjects")),
    review_accounts.c.verdict == SILENT,
)
_STRANGERS = text(
    "INSERT INTO review_strangers (review, system, remote_id, at) "
    "SELECT :review, s.system, s.remote_id, s.at FROM activity_strangers s WHERE s.system = :system "
    "AND NOT EXISTS (SELECT 1 FROM links l WHERE l.system = s.system AND l.remote_id = s.remote_id) "
    "AND NOT EXISTS (SELECT 1 FROM disowned d WHERE d.system = s.system AND d.remote_id = s.remote_id) "
    "ON CONFLICT (review, system, remote_id) DO NOTHING"
)
_ASKED = update(cases).where(cases.c.id == bindparam("of"), cases.c.letter.is_(None)).values(letter=bindparam("new"))


def begin(connection: Connection, month: str, at: str, window_start: str, by: str) -> bool:
    """Begins the check of a month; false where it has been."""
    row = {"id": str(uuid_utils.uuid7()), "month": month, "at": at, "window_start": window_start, "by": by}
    return connection.execute(_BEGIN, {**row, "watched": b"{}", "counts": b"{}"}).rowcount == 1


def of_month(connection: Connection, month: str) -> Review | None:
    """The check of a month (YYYY-MM)."""
    row = connection.execute(select(reviews).where(reviews.c.month == month)).first()
    return None if row is None else _review(row)


def every(connection: Connection) -> list[Review]:
    """All checks, the latest first."""
    return [_review(row) for row in connection.execute(select(reviews).order_by(reviews.c.month.desc()))]


def _review(row: Any) -> Review:
    said = row._asdict()
    return Review(**said | {name: orjson.loads(said[name]) for name in ("watched", "counts")})


def note(connection: Connection, review: str, people: Mapping[str, Person], found: Sequence[Found]) -> None:
    """A lot of what was found, and a case for each account that is silent; what stands there already stays."""
    rows = [each._asdict() | {"review": review, "department": people[each.subject].department} for each in found]
    execute_many(connection, _NOTE, rows)
    silent = sorted({each.subject for each in found if each.verdict == SILENT})
    if silent:
        stand = fetch(connection, _SILENT, of=review, subjects=orjson.dumps(silent))
        execute_many(connection, _ASK, [_case(review, people[of], system) for of, system in stand if of in people])


def _case(review: str, person: Person, system: str) -> dict[str, Any]:
    row = person._asdict() | {"addressees": orjson.dumps(list(person.addressees))}
    return row | {"id": str(uuid_utils.uuid7()), "review": review, "system": system}


def end_gathering(connection: Connection, id: str, watched: Any, counts: Any, systems: Sequence[str]) -> bool:
    """It is whole, and open from now on; false where somebody else has said so. With it who was there unlinked."""
    mine = update(reviews).where(reviews.c.id == id, reviews.c.state == GATHERING)
    told = {"watched": orjson.dumps(watched), "counts": orjson.dumps(counts)}
    if connection.execute(mine.values(state=OPEN, **told)).rowcount != 1:
        return False
    for system in systems:
        connection.execute(_STRANGERS, {"review": id, "system": system})
    return True


def give_letter(connection: Connection, letter: str, asked: Sequence[str]) -> int:
    """The letter in which these cases stand; one that has its letter keeps it."""
    return execute_many(connection, _ASKED, [{"of": case, "new": letter} for case in asked])


def take_letter(connection: Connection, letter: str) -> None:
    """It is void: cases about which nobody has answered wait for another one."""
    connection.execute(update(cases).where(cases.c.letter == letter, cases.c.state == OPEN).values(letter=None))


def close(connection: Connection, month: str, by: str, at: str, *, force: bool = False) -> list[str]:
    """Nothing is asked any more. Returns whose cases were open, each. Raises NoSuchReview, NotOpen, StillOpen."""
    found = of_month(connection, month)
    if found is None:
        raise NoSuchReview(month)
    mine = update(reviews).where(reviews.c.id == found.id, reviews.c.state == OPEN)
    if connection.execute(mine.values(state=CLOSED, closed=at, closed_by=by)).rowcount != 1:
        raise NotOpen(month, found.state)
    still = cases.c.review == found.id, cases.c.state == OPEN
    left = list(connection.scalars(select(cases.c.subject).where(*still).order_by(cases.c.subject)))
    if left and not force:
        raise StillOpen(len(left))
    connection.execute(update(cases).where(*still).values(state=CLOSED))
    return left
