"""What the JSON API asks of the register of letters, of cases before a planned end, and of the use of accounts."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, func, select, tuple_

from scim_server.scim.urns import ROSTER_USER
from scim_server.store.activity_tables import activity, activity_never, activity_watched
from scim_server.store.json_functions import JsonText
from scim_server.store.register_tables import register, register_people
from scim_server.store.review_tables import return_cases, reviews
from scim_server.store.tables import links, resources, subjects

Row = Mapping[str, Any]
OPEN_KINDS = ("inbound",)
"""Planned ends of which everybody may know: the others tell of a lock."""
WATCHES = 50  # stretches of a system that are told, the latest


def list_letters(
    connection: Connection, wanted: Mapping[str, Any], restricted: bool, before: str | None, count: int
) -> list[Row]:
    """The latest first; one more than `count`, where there is more. `wanted`: state, kind, sender, year, month."""
    of = _letters()
    plain = {name: register.c[name] for name in ("state", "kind", "sender", "year")} | {"month": reviews.c.month}
    of = of.where(*(plain[name] == value for name, value in wanted.items()))
    if not restricted:
        of = of.where(register.c.restricted.is_(False))
    if before is not None:
        of = of.where(register.c.id < before)
    return [row._asdict() for row in connection.execute(of.order_by(register.c.id.desc()).limit(count + 1))]


def one_letter(connection: Connection, id: str) -> Row | None:
    """Whoever may see it: who asks has to look at `restricted`."""
    row = connection.execute(_letters().add_columns(register.c.content).where(register.c.id == id)).first()
    return None if row is None else row._asdict()


def notice_of(connection: Connection, month: str) -> str | None:
    """The id of the latest 通报 of a month's check."""
    of = select(register.c.id).join(reviews, reviews.c.id == register.c.review)
    mine = of.where(reviews.c.month == month, register.c.kind == "notice").order_by(register.c.id.desc())
    found: str | None = connection.scalar(mine.limit(1))
    return found


def people_of(connection: Connection, letter: str, count: int) -> list[Row]:
    """Whom a letter names, by number, some of them."""
    of = select(subjects.c.subject, subjects.c.key, subjects.c.title)
    of = of.join(register_people, register_people.c.subject == subjects.c.subject)
    mine = of.where(register_people.c.letter == letter).order_by(subjects.c.key).limit(count)
    return [row._asdict() for row in connection.execute(mine)]


def _letters() -> Select[Any]:
    names = (
        *("id", "kind", "sender", "doc_number", "title", "addressees", "restricted", "day", "answers", "state"),
        *("channel", "created", "by", "instruction", "attempts", "error", "delivered", "delivered_by", "due"),
    )
    many = select(func.count()).where(register_people.c.letter == register.c.id).correlate(register)
    return select(
        *(register.c[name] for name in names),
        register.c.provisional,
        reviews.c.month,
        many.scalar_subquery().label("people"),
    ).outerjoin(reviews, reviews.c.id == register.c.review)


def list_returns(
    connection: Connection, wanted: Mapping[str, Any], restricted: bool, after: Sequence[str] | None, count: int
) -> list[Row]:
    """By planned end; one more than `count`, where there is more. `wanted`: state, department, `by` (an ISO day)."""
    of = _returns()
    plain = {name: return_cases.c[name] for name in ("state", "department")}
    of = of.where(*(plain[name] == value for name, value in wanted.items() if name in plain))
    if "by" in wanted:
        of = of.where(return_cases.c.planned_end <= wanted["by"])
    if not restricted:
        of = of.where(return_cases.c.kind.in_(OPEN_KINDS))
    order = (return_cases.c.planned_end, return_cases.c.id)
    if after is not None:
        of = of.where(tuple_(*order) > tuple_(*after))
    return [row._asdict() for row in connection.execute(of.order_by(*order).limit(count + 1))]


def one_return(connection: Connection, id: str) -> Row | None:
    """Whatever for: who asks has to look at `kind`."""
    row = connection.execute(_returns().where(return_cases.c.id == id)).first()
    return None if row is None else row._asdict()


def _returns() -> Select[Any]:
    of = select(*return_cases.c, subjects.c.key, subjects.c.title)
    return of.join(subjects, subjects.c.subject == return_cases.c.subject)


def person_of(connection: Connection, key: str) -> Row | None:
    """Who bears that externalId, or bore it last; `level`: as a district leader, None where the roster does not say."""
    level = JsonText(resources.c.document, (ROSTER_USER, "leaderLevel")).label("level")
    of = select(subjects.c.subject, subjects.c.key, subjects.c.title, level).where(subjects.c.kind == "person")
    of = of.outerjoin(resources, resources.c.subject == subjects.c.subject)
    row = connection.execute(of.where(subjects.c.key == key).order_by(subjects.c.subject.desc())).first()
    return None if row is None else row._asdict()


def evidence_of(connection: Connection, subject: str) -> list[Row]:
    """The latest use on record, by system, terminal and source."""
    names = ("system", "terminal", "source", "strength", "at", "slack", "recorded")
    of = select(*(activity.c[name] for name in names)).where(activity.c.subject == subject)
    return [row._asdict() for row in connection.execute(of.order_by(*(activity.c[name] for name in names[:3])))]


def never_of(connection: Connection, subject: str) -> dict[str, str]:
    """By system, when it told that the account had never been used."""
    of = select(activity_never.c.system, activity_never.c.recorded).where(activity_never.c.subject == subject)
    return {system: at for system, at in connection.execute(of)}


def systems_of(connection: Connection, subject: str) -> list[str]:
    """In which the subject has, or had, an account."""
    return list(connection.scalars(select(links.c.system).where(links.c.subject == subject).order_by(links.c.system)))


def watches_of(connection: Connection, system: str) -> list[Row]:
    """Which stretches were watched, the latest first, lags taken off."""
    names = ("terminal", "source", "since", "until")
    of = select(*(activity_watched.c[name] for name in names)).where(activity_watched.c.system == system)
    of = of.order_by(activity_watched.c.until.desc(), activity_watched.c.id).limit(WATCHES)
    return [row._asdict() for row in connection.execute(of)]
