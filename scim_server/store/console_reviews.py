"""What the JSON API asks of checks, their accounts and their cases, by the page (四). Two faces: who is a district
leader, who was locked, and what a department answered is not for everybody (S18, A15).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, not_, select, tuple_

from scim_server.store.register_tables import register
from scim_server.store.review_tables import cases, review_accounts, review_strangers, reviews
from scim_server.store.reviews import OPEN, SILENT
from scim_server.store.tables import subjects

Row = Mapping[str, Any]
After = Sequence[str]
"""Where a page begins: behind these values of its order."""


def accounts(
    connection: Connection, review: str, wanted: Mapping[str, Any], restricted: bool, after: After | None, count: int
) -> list[Row]:
    """What was found of each account, by person and system. `wanted`: verdict, system, department.

    A leader's silent account stands in the restricted face only.
    """
    columns = ("subject", "system", "verdict", "reason", "last_at", "terminal", "department")
    order = (review_accounts.c.subject, review_accounts.c.system)
    of = select(*(review_accounts.c[name] for name in columns), subjects.c.key, subjects.c.title)
    of = of.join(subjects, subjects.c.subject == review_accounts.c.subject).where(review_accounts.c.review == review)
    of = of.where(*(review_accounts.c[name] == value for name, value in wanted.items()))
    if not restricted:
        of = of.where(not_(and_(review_accounts.c.verdict == SILENT, exists().where(_same_account(), cases.c.leader))))
    return _page(connection, of, order, after, count)


def _same_account() -> ColumnElement[bool]:
    return and_(
        cases.c.review == review_accounts.c.review,
        cases.c.subject == review_accounts.c.subject,
        cases.c.system == review_accounts.c.system,
    )


def strangers(connection: Connection, review: str, count: int) -> list[Row]:
    """Accounts without a person, some of them."""
    columns = (review_strangers.c.system, review_strangers.c.remote_id, review_strangers.c.at)
    of = select(*columns).where(review_strangers.c.review == review).order_by(*columns[:2]).limit(count)
    return [row._asdict() for row in connection.execute(of)]


def list_cases(
    connection: Connection, wanted: Mapping[str, Any], today: str, restricted: bool, after: After | None, count: int
) -> list[Row]:
    """In the order in which they were written. `wanted`: month, state, department, system; `overdue`: a reply is late.

    Leaders' cases stand in the restricted face only.
    """
    of = _cases()
    plain = {"state": cases.c.state, "department": cases.c.department, "system": cases.c.system}
    plain["month"] = reviews.c.month
    of = of.where(*(plain[name] == value for name, value in wanted.items() if name in plain))
    if "overdue" in wanted:
        late = _overdue(today)
        of = of.where(late if wanted["overdue"] else not_(late))
    if not restricted:
        of = of.where(cases.c.leader.is_(False))
    return _page(connection, of, (cases.c.id,), after, count)


def one_case(connection: Connection, id: str) -> Row | None:
    """Of whomever it is: who asks has to look at `leader`."""
    row = connection.execute(_cases().where(cases.c.id == id)).first()
    return None if row is None else row._asdict()


def _overdue(today: str) -> ColumnElement[bool]:
    """By a deadline that is provisional nothing is (A13); where there is no letter, or no deadline, neither."""
    late = register.c.due.is_not(None) & (register.c.due < today) & register.c.provisional.is_(False)
    return exists().where(register.c.id == cases.c.letter, cases.c.state == OPEN, late).correlate(cases)


_CASE = (
    *("id", "subject", "system", "department", "office", "leader", "addressees", "letter", "state"),
    *("answer", "reason", "reply", "answered", "replied_on", "left_on", "departure", "by", "ruling"),
)


def _cases() -> Select[Any]:
    found = and_(
        review_accounts.c.review == cases.c.review,
        review_accounts.c.subject == cases.c.subject,
        review_accounts.c.system == cases.c.system,
    )
    sheet = ("doc_number", "delivered", "due", "provisional")
    return (
        select(
            *(cases.c[name] for name in _CASE),
            *(register.c[name] for name in sheet),
            register.c.state.label("letter_state"),
            subjects.c.key,
            subjects.c.title,
            reviews.c.month,
            review_accounts.c.last_at,
            review_accounts.c.terminal,
        )
        .join(reviews, reviews.c.id == cases.c.review)
        .join(subjects, subjects.c.subject == cases.c.subject)
        .outerjoin(review_accounts, found)
        .outerjoin(register, register.c.id == cases.c.letter)
    )


def _page(connection: Connection, of: Select[Any], order: Sequence[Any], after: After | None, count: int) -> list[Row]:
    """One more than `count`, where there is more."""
    if after is not None:
        of = of.where(tuple_(*order) > tuple_(*after))
    return [row._asdict() for row in connection.execute(of.order_by(*order).limit(count + 1))]
