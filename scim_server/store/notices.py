"""The 通报 of a check (四, A17): one draft, drawn when a reply first says that somebody has left, true to the replies
until the government's instruction is on record. Departments and counts; nobody's name.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, func, select, update

from mappings.calendar import Calendar, workdays_3
from scim_server.clock import Clock
from scim_server.store import register, register_commands
from scim_server.store.departments import names
from scim_server.store.facts_tables import marks
from scim_server.store.register_tables import register as letters
from scim_server.store.replies import LEFT
from scim_server.store.review_tables import cases, review_accounts, reviews
from scim_server.store.reviews import ANSWERED, OPERATED, SILENT
from scim_server.store.settle import Rules
from scim_server.workdays import load_calendar

NOTICE = "notice"
ALL = "各相关单位"
_LATE, _NONE, _ON_TIME = "late", "none", "on_time"


class NoSuchNotice(Exception):
    """No notice of that id, or of that month, has been drawn up. The argument is the id or the month."""


class Counts(NamedTuple):
    """What a notice tells. `asked`: keys of the departments that were; `left_departments`: names.

    `left`: people who have left, and whose office has not written within three working days; `gone`: who has left.
    """

    total: int
    silent: int
    on_time: int
    late: int
    none: int
    left: int
    gone: int
    asked: tuple[str, ...]
    left_departments: tuple[str, ...]


def counts(connection: Connection, rules: Rules, review: str) -> Counts:
    """Of a check, as its replies stand now."""
    checked = select(func.count()).where(
        review_accounts.c.review == review, review_accounts.c.verdict.in_((OPERATED, SILENT))
    )
    rows = connection.execute(_asked(review)).all()
    by = _by_department(rows)
    gone = [row for row in rows if row.answer == LEFT and row.ended_by is None]
    calendar = load_calendar(rules.calendar)
    left = {row.subject: row.department for row in gone if not _in_time(row, rules, calendar)}
    words = [_how(each) for each in by.values()]
    called = names(connection, left.values())
    return Counts(
        total=connection.scalar(checked) or 0,
        silent=len(rows),
        on_time=words.count(_ON_TIME),
        late=words.count(_LATE),
        none=words.count(_NONE),
        left=len(left),
        gone=len({row.subject for row in gone}),
        asked=tuple(sorted(by)),
        left_departments=tuple(sorted({called.get(key, key) for key in left.values() if key})),
    )


def _asked(review: str) -> Any:
    of = select(
        cases.c.subject, cases.c.department, cases.c.addressees, cases.c.state, cases.c.answer, cases.c.replied_on,
        cases.c.left_on, letters.c.due, letters.c.provisional, marks.c.ended_by,
    )  # fmt: skip
    of = of.outerjoin(letters, letters.c.id == cases.c.letter).outerjoin(marks, marks.c.id == cases.c.ruling)
    return of.where(cases.c.review == review)


def _in_time(row: Any, rules: Rules, calendar: Calendar) -> bool:
    """Whether the reply came within the days that 三 gives for the letter about a departure: no fault of theirs."""
    if row.left_on is None:
        return False
    until = workdays_3(row.left_on, calendar, rules.readings.count_start_day)
    return until.provisional or bool(row.replied_on <= until.due)


def _by_department(rows: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        for key in orjson.loads(row.addressees):
            found[key].append(row)
    return found


def _how(rows: list[Any]) -> str:
    """A department has replied when it has about every account; late where one answer was (provisional never is)."""
    if any(row.state != ANSWERED for row in rows):
        return _NONE
    late = [row for row in rows if row.due is not None and not row.provisional and row.replied_on > row.due]
    return _LATE if late else _ON_TIME


def follow(connection: Connection, clock: Clock, rules: Rules, review: str, by: str) -> str | None:
    """Draws up the notice where somebody has left, or the draft anew; its 文号. None: there is none to draw.

    One that was void stays so; where another reply says "left" after it, the next one is drawn.
    """
    draft = _live(connection, review)
    if rules.letters.bureau is None or (draft is not None and draft.state != register.DRAFT):
        return None
    now = counts(connection, rules, review)
    if draft is not None:
        _redraw(connection, draft, now, draft.day)
        return str(draft.doc_number)
    if not now.gone:
        return None
    drawn = register_commands.COMMANDS["letter-draw"](
        connection, clock, rules, _sheet(connection, clock, rules, review, now) | {"by": by}
    )
    return str(drawn["doc_number"])


def _live(connection: Connection, review: str) -> Any:
    mine = letters.c.review == review, letters.c.kind == NOTICE, letters.c.state != register.VOID
    return connection.execute(select(letters).where(*mine).with_for_update()).first()


def _sheet(connection: Connection, clock: Clock, rules: Rules, review: str, now: Counts) -> dict[str, Any]:
    void = select(func.count()).where(letters.c.review == review, letters.c.kind == NOTICE)
    number = (connection.scalar(void) or 0) + 1
    month = connection.execute(select(reviews.c.month).where(reviews.c.id == review)).scalar_one()
    said = rules.letters
    bureau = said.name or names(connection, [said.bureau]).get(said.bureau or "", said.bureau)
    period = f"{month[:4]}年{int(month[5:])}月"
    content: dict[str, Any] = {"kind": NOTICE, "sender": bureau, "bureau": bureau, "doc_number": "", "period": period}
    content |= {"addressees": [ALL], "contact": said.contact, "phone": said.phone, "day": clock.today()}
    return {
        "key": f"{NOTICE} {review}" if number == 1 else f"{NOTICE} {review} {number}",
        "kind": NOTICE,
        "sender": said.bureau,
        "addressees": list(now.asked),
        "title": f"{bureau}关于{period}信息化系统账号管理情况的通报",
        "day": clock.today(),
        "content": content | _figures(now),
        "review": review,
    }


def _figures(now: Counts) -> dict[str, Any]:
    said = now._asdict() | {"departments": len(now.asked), "left_departments": list(now.left_departments)}
    return {name: value for name, value in said.items() if name not in ("asked", "gone")}


def _redraw(connection: Connection, draft: Any, now: Counts, day: str) -> Mapping[str, Any]:
    content: dict[str, Any] = orjson.loads(draft.content) | _figures(now) | {"day": day}
    values = {"content": orjson.dumps(content), "addressees": orjson.dumps(list(now.asked)), "day": day}
    mine = letters.c.id == draft.id, letters.c.state == register.DRAFT
    connection.execute(update(letters).where(*mine).values(values))
    return content


def of_month(connection: Connection, month: str) -> Any:
    """The row of its notice. Raises NoSuchNotice."""
    of = select(letters).join(reviews, reviews.c.id == letters.c.review).where(reviews.c.month == month)
    row = connection.execute(of.where(letters.c.kind == NOTICE).order_by(letters.c.id.desc())).first()
    if row is None:
        raise NoSuchNotice(month)
    return row


def instruct(
    connection: Connection, rules: Rules, id: str, instruction: Mapping[str, Any], today: str
) -> dict[str, Any]:
    """The government's instruction is on record: from now on the notice may go out, with the figures of this moment.

    It bears the day of today where that is of the year of its number. Raises NoSuchNotice, NotNow.
    """
    row = connection.execute(select(letters).where(letters.c.id == id).with_for_update()).first()
    if row is None or row.kind != NOTICE:
        raise NoSuchNotice(id)
    if row.state != register.DRAFT:
        what = "已作废" if row.state == register.VOID else "已登记过批示"
        raise register.NotNow(f"{row.doc_number} {what}")
    now = counts(connection, rules, row.review)
    content = _redraw(connection, row, now, today if today[:4] == str(row.year) else row.day)
    values = {"state": register.READY, "instruction": orjson.dumps(dict(instruction))}
    connection.execute(update(letters).where(letters.c.id == id).values(values))
    return {"id": id, "doc_number": row.doc_number, "content": content}
