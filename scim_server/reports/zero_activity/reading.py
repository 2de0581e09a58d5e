"""The report of a monthly check, read from what the check has written down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select

from mappings.review import public
from scim_server.reports.zero_activity.recount import Recount, recount
from scim_server.reports.zero_activity.rows import (
    CaseRow,
    DepartmentRow,
    LeftOut,
    Stranger,
    SystemRow,
    case_row,
    system_rows,
)
from scim_server.store.departments import names
from scim_server.store.review_cases import cases_of, departments_of, strangers
from scim_server.store.review_tables import review_accounts
from scim_server.store.reviews import EXCLUDED, GATHERING, NO_DATA, NoSuchReview, Review, every, of_month
from scim_server.store.tables import subjects

_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Found:
    """One check. `recount`: None while it is not whole. `withheld`: cases of district leaders that are left out."""

    review: Review
    systems: Sequence[SystemRow]
    cases: Sequence[CaseRow]
    departments: Sequence[DepartmentRow]
    strangers: Sequence[Stranger]
    recount: Recount | None
    withheld: int
    restricted: bool


def read(connection: Connection, month: str | None, day: str, restricted: bool) -> Found:
    """As it stands on an ISO day. `month`: YYYY-MM, by default that of the last check. Raises NoSuchReview."""
    review = _review(connection, month)
    all_of_them = cases_of(connection, review.id)
    called = names(connection, departments_of(all_of_them))
    rows = [(each.subject, case_row(each, called, day, restricted)) for each in all_of_them]
    departments: dict[str, DepartmentRow] = {}
    for subject, row in rows:
        departments.setdefault(row.department, DepartmentRow(row.department, row.department_name)).add(subject, row)
    told = [row for _, row in rows if restricted or not row.leader]
    return Found(
        review=review,
        systems=system_rows(review, restricted),
        cases=told,
        departments=sorted(departments.values(), key=_urgent),
        strangers=[Stranger(*each) for each in strangers(connection, review.id)],
        recount=None if review.state == GATHERING else recount(connection, review),
        withheld=len(rows) - len(told),
        restricted=restricted,
    )


def _review(connection: Connection, month: str | None) -> Review:
    found = next(iter(every(connection)), None) if month is None else of_month(connection, month)
    if found is None:
        raise NoSuchReview(month)
    return found


def _urgent(row: DepartmentRow) -> tuple[int, int, int, str]:
    return -row.times["missing"], -row.states["open"], -row.cases, row.key


def left_out(connection: Connection, review: str, restricted: bool) -> Iterator[LeftOut]:
    """Every account of whose use nothing is said, with the reason, in the order of systems and people."""
    for row in connection.execute(_left_out(review).execution_options(yield_per=_ROWS)):
        system, key, title, department, verdict, reason = row
        face = reason if restricted or reason is None else public(reason)
        yield LeftOut(system, key, title, department or "", verdict, face)


def _left_out(review: str) -> Select[Any]:
    columns = (review_accounts.c.system, subjects.c.key, subjects.c.title, review_accounts.c.department)
    return (
        select(*columns, review_accounts.c.verdict, review_accounts.c.reason)
        .join(subjects, subjects.c.subject == review_accounts.c.subject)
        .where(review_accounts.c.review == review, review_accounts.c.verdict.in_((EXCLUDED, NO_DATA)))
        .order_by(review_accounts.c.system, subjects.c.key)
    )
