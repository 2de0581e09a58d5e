"""The cases of a check, read: by the addressees for their letters, and one by one for people."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, and_, func, select
from sqlalchemy.sql import Select

from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases, review_accounts, review_strangers
from scim_server.store.reviews import OPEN
from scim_server.store.tables import subjects

NOBODY = orjson.dumps([])


class Case(NamedTuple):
    """A case with what is told of it: whose account, what was found, its letter. Stamps in UTC, `due` an ISO day."""

    id: str
    subject: str
    key: str
    title: str
    system: str
    department: str | None
    office: str | None
    leader: bool
    addressees: Sequence[str]
    state: str
    answer: str | None
    reason: str | None
    reply: str | None
    replied_on: str | None
    last_at: str | None
    terminal: str | None
    letter: str | None
    doc_number: str | None
    letter_state: str | None
    delivered: str | None
    due: str | None
    provisional: bool | None


_FOUND = and_(
    review_accounts.c.review == cases.c.review,
    review_accounts.c.subject == cases.c.subject,
    review_accounts.c.system == cases.c.system,
)
_ORDER = (cases.c.leader, cases.c.addressees, cases.c.department, cases.c.subject, cases.c.system)


def _cases(review: str) -> Select[Any]:
    return (
        select(
            cases.c.id, cases.c.subject, subjects.c.key, subjects.c.title, cases.c.system, cases.c.department,
            cases.c.office, cases.c.leader, cases.c.addressees, cases.c.state, cases.c.answer, cases.c.reason,
            cases.c.reply, cases.c.replied_on, review_accounts.c.last_at, review_accounts.c.terminal, cases.c.letter,
            register.c.doc_number, register.c.state, register.c.delivered, register.c.due, register.c.provisional,
        )
        .join(subjects, subjects.c.subject == cases.c.subject)
        .join(review_accounts, _FOUND)
        .outerjoin(register, register.c.id == cases.c.letter)
        .where(cases.c.review == review)
        .order_by(*_ORDER)
    )  # fmt: skip


def _case(row: Any) -> Case:
    return Case(*row)._replace(addressees=orjson.loads(row.addressees), leader=bool(row.leader))


def cases_of(connection: Connection, review: str) -> list[Case]:
    """All of a check, in the order of their letters."""
    return [_case(row) for row in connection.execute(_cases(review))]


def departments_of(found: Iterable[Case]) -> Iterator[str | None]:
    """The keys of all Groups that they name."""
    for each in found:
        yield from (each.department, each.office, *each.addressees)


def unwritten(connection: Connection, review: str) -> Iterator[list[Case]]:
    """The open cases that stand in no letter, all of one letter together; of whom nobody is asked, none."""
    waiting = cases.c.review == review, cases.c.letter.is_(None), cases.c.state == OPEN, cases.c.addressees != NOBODY
    groups = select(cases.c.leader, cases.c.addressees).where(*waiting).distinct()
    for leader, addressees in connection.execute(groups.order_by(cases.c.leader, cases.c.addressees)).all():
        mine = _cases(review).where(*waiting, cases.c.leader == leader, cases.c.addressees == addressees)
        found = [_case(row) for row in connection.execute(mine)]
        if found:  # somebody else may have written it meanwhile
            yield found


def numbers(connection: Connection, review: str) -> dict[str, int]:
    """Of a check, how many cases are in each state, and how many `letters` they stand in."""
    mine = cases.c.review == review
    states = select(cases.c.state, func.count()).where(mine).group_by(cases.c.state)
    found = {state: number for state, number in connection.execute(states)}
    letters = connection.scalar(select(func.count(cases.c.letter.distinct())).where(mine))
    return {**found, "letters": letters or 0}


def strangers(connection: Connection, review: str) -> list[tuple[str, str, str | None]]:
    """(system, remote id, latest evidence) of accounts without a person."""
    columns = (review_strangers.c.system, review_strangers.c.remote_id, review_strangers.c.at)
    of = select(*columns).where(review_strangers.c.review == review).order_by(*columns[:2])
    return [(system, remote_id, at) for system, remote_id, at in connection.execute(of)]
