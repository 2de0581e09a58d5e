"""`huaming review list` and `show`: the checks and what became of them. Two faces: who is locked is not for everybody.

The public one (S18) has neither district leaders' accounts, nor what a department has answered, nor which accounts were
left out because somebody was locked.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from mappings.review import public
from scim_server.operate.desk import Desk
from scim_server.store import review_cases, reviews
from scim_server.store.departments import names
from scim_server.store.review_cases import Case
from scim_server.store.reviews import NoSuchReview, Review

Shown = dict[str, Any]


def listed(desk: Desk) -> list[Shown]:
    """`{"month", "id", "at", "windowStart", "state", "by", "closed", "closedBy", "cases", "letters"}`, latest first.

    `cases`: how many are open, answered, closed.
    """
    with desk.reader() as connection:
        return [_head(each, review_cases.numbers(connection, each.id)) for each in reviews.every(connection)]


def shown(desk: Desk, month: str, restricted: bool) -> Shown:
    """The same of one, with `systems`, `noData`, `list` (the cases), `leaders` (how many), `strangers`.

    Raises NoSuchReview.
    """
    if restricted:
        desk.look(f"review {month}")
    with desk.reader() as connection:
        found = reviews.of_month(connection, month)
        if found is None:
            raise NoSuchReview(month)
        return _shown(connection, found, desk.clock.today(), restricted)


def _head(review: Review, numbers: dict[str, int]) -> Shown:
    return {
        "month": review.month,
        "id": review.id,
        "at": review.at,
        "windowStart": review.window_start,
        "state": review.state,
        "by": review.by,
        "closed": review.closed,
        "closedBy": review.closed_by,
        "cases": {state: numbers.get(state, 0) for state in (reviews.OPEN, reviews.ANSWERED, reviews.CLOSED)},
        "letters": numbers.get("letters", 0),
    }


def _shown(connection: Connection, review: Review, today: str, restricted: bool) -> Shown:
    cases = review_cases.cases_of(connection, review.id)
    called = names(connection, review_cases.departments_of(cases))
    strange = review_cases.strangers(connection, review.id)
    return {
        **_head(review, review_cases.numbers(connection, review.id)),
        "systems": {name: _system(said, restricted) for name, said in review.counts.items()},
        "noData": {name: terms for name, said in review.watched.items() if (terms := _unwatched(said))},
        "list": [_case(each, called, today, restricted) for each in cases if restricted or not each.leader],
        "leaders": sum(each.leader for each in cases),
        "strangers": [{"system": system, "remoteId": id, "at": at} for system, id, at in strange],
    }


def _system(said: dict[str, Any], restricted: bool) -> Shown:
    """How many of each verdict; the reasons in the face that is asked for."""
    reasons = Counter[str]()
    for reason, number in said["reasons"].items():
        reasons[reason if restricted else public(reason)] += number
    return {**said, "reasons": dict(sorted(reasons.items()))}


def _unwatched(said: dict[str, bool]) -> list[str]:
    """The terminals at which somebody may have been unseen."""
    return [terminal for terminal, whole in said.items() if not whole]


def _case(case: Case, called: dict[str, str], today: str, restricted: bool) -> Shown:
    told = {
        "case": case.id,
        "externalId": case.key,
        "name": case.title,
        "system": case.system,
        "department": case.department,
        "addressees": [called.get(key, key) for key in case.addressees],
        "lastAt": case.last_at,
        "terminal": case.terminal,
        "state": case.state,
        "letter": case.doc_number,
        "letterState": case.letter_state,
        "delivered": case.delivered,
        "due": case.due,
        "provisional": bool(case.provisional),
        "overdue": overdue(case, today),
    }
    if not restricted:
        return told
    more = {"answer": case.answer, "reason": case.reason, "reply": case.reply, "repliedOn": case.replied_on}
    return {**told, "leader": case.leader, **more}


def overdue(case: Case, today: str) -> bool:
    """Whether an answer is late; by a deadline that may still move nothing is (A13)."""
    return case.state == reviews.OPEN and case.due is not None and case.due < today and not case.provisional
