"""The rows of the lifecycle report, from the record of changes and of operations: memory does not grow with either.

What it keeps is one entry for each plain user in a department, for nothing but the record tells where one was.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import orjson
from sqlalchemy import Connection, and_, or_, select

from mappings.plain import ARTICLE as PLAIN
from scim_server.clock import civil_day
from scim_server.reports.lifecycle.arrivals import Record
from scim_server.reports.lifecycle.departments import Departments
from scim_server.reports.lifecycle.rows import KINDS, LifecycleRow
from scim_server.reports.lifecycle.slots import Moment, moments
from scim_server.reports.lifecycle.turns import Kind, Slot, Turn, plain_turns, turns
from scim_server.reports.period import Period
from scim_server.store.facts_tables import standings
from scim_server.store.tables import changes, links, resources, subjects

LOT = 500  # people whose operations are read at a time
_ROWS = 1000
_ARTICLES = {Kind.JOINED: "一", Kind.PLACED: "一", Kind.LEFT: "三"}  # until an operation tells; anything else is 二
_CHANGE = (
    changes.c.seq,
    changes.c.at,
    changes.c.actor,
    changes.c.action,
    changes.c.resource_id,
    changes.c.subject,
    changes.c.before,
    changes.c.after,
    changes.c.request,
)
_TOLD = or_(changes.c.type == "User", and_(changes.c.type == "Group", changes.c.action == "members"))


@dataclass(frozen=True, slots=True)
class _Who:
    subject: str
    key: str
    title: str
    facts_from: str | None


@dataclass(slots=True)
class _Lot:
    """People of a lot by the id of the User, and their turns."""

    who: dict[str, _Who] = field(default_factory=dict)
    turns: list[tuple[Moment, _Who, Turn]] = field(default_factory=list)


def read_rows(connection: Connection, period: Period, departments: Departments) -> Iterator[LifecycleRow]:
    """What happened in the period, in the order of the record."""
    joined = _joined_before(connection, period, departments)
    within = _period(select(*_CHANGE).where(_TOLD), period).order_by(changes.c.seq)
    rows = connection.execute(within.execution_options(yield_per=_ROWS))
    told = ((moment, id, slot) for moment in moments(rows, departments) for id, slot in moment.people.items())
    while lot := list(islice(told, LOT)):
        yield from _lot_rows(connection, lot, joined)


def _period(statement: Any, period: Period) -> Any:
    if period.since is not None:
        statement = statement.where(changes.c.at >= period.since)
    return statement if period.until is None else statement.where(changes.c.at < period.until)


def _joined_before(connection: Connection, period: Period, departments: Departments) -> dict[str, list[str]]:
    """The departments of plain users at the beginning of the period, in the order of joining."""
    joined: dict[str, list[str]] = {}
    if period.since is None:
        return joined
    plain = set(connection.scalars(select(subjects.c.subject).where(_was_plain(period.since))))
    moves = select(changes.c.subject, changes.c.after).where(changes.c.type == "Group", changes.c.action == "members")
    moves = moves.where(changes.c.at < period.since).order_by(changes.c.seq).execution_options(yield_per=_ROWS)
    for subject, after in connection.execute(moves):
        key = departments.key_of(subject)
        moved = orjson.loads(after) if key else {"added": (), "removed": ()}
        for name in ("added", "removed"):
            for id in moved[name]:
                if id in plain and key:
                    joined[id] = _after(joined.get(id, []), *([key], []) if name == "added" else ([], [key]))
    return joined


def _was_plain(since: str) -> Any:
    plain = or_(subjects.c.facts_from.is_(None), subjects.c.facts_from > since[:10])
    return and_(subjects.c.kind == "person", plain)


def _after(before: Sequence[str], added: Sequence[str], removed: Sequence[str]) -> list[str]:
    stay = [key for key in before if key not in removed]
    return stay + [key for key in added if key not in stay]


def _lot_rows(
    connection: Connection, lot: Sequence[tuple[Moment, str, Slot]], joined: dict[str, list[str]]
) -> Iterator[LifecycleRow]:
    found = _Lot(_people(connection, lot))
    for moment, id, slot in lot:
        who = found.who.get(id)
        if who is not None:
            found.turns += [(moment, who, turn) for turn in _turns(moment, id, slot, who, joined)]
    if not found.turns:
        return
    named = sorted({who.subject for _, who, _ in found.turns})
    record = Record.read(connection, named, min(moment.at for moment, _, _ in found.turns))
    homes = _homes(connection, named)
    for moment, who, turn in found.turns:
        yield _row(moment, who, turn, record, joined.get(who.subject, ()), homes)


def _turns(moment: Moment, id: str, slot: Slot, who: _Who, joined: dict[str, list[str]]) -> Iterator[Turn]:
    if who.facts_from is not None and who.facts_from <= _day(moment.at):
        yield from turns(slot)
        return
    before = joined.get(id, [])
    after = _after(before, slot.added, slot.removed)
    yield from plain_turns(slot, before, after)
    joined[id] = after
    if slot.has is not None and not slot.has:  # deleted: a Group forgets who is gone
        del joined[id]


def _day(at: str) -> str:
    return civil_day(datetime.fromisoformat(at).timestamp())


def _people(connection: Connection, lot: Sequence[tuple[Moment, str, Slot]]) -> dict[str, _Who]:
    """By the id of the User; one that is gone bears the subject's name, or a row of its moment tells it."""
    ids = sorted({id for _, id, _ in lot})
    living = select(resources.c.id, resources.c.subject).where(resources.c.id.in_(ids))
    owners = {id: subject for id, subject in connection.execute(living)}
    for moment, _, _ in lot:
        owners |= moment.subjects
    wanted = sorted({owners.get(id, id) for id in ids})
    columns = (subjects.c.subject, subjects.c.key, subjects.c.title, subjects.c.facts_from)
    people = select(*columns).where(subjects.c.kind == "person", subjects.c.subject.in_(wanted))
    known = {row.subject: _Who(*row) for row in connection.execute(people)}
    return {id: known[owners.get(id, id)] for id in ids if owners.get(id, id) in known}


def _homes(connection: Connection, named: Sequence[str]) -> dict[str, str | None]:
    """The primary departments now, of people with facts."""
    stand = select(standings.c.subject, standings.c.primary).where(standings.c.subject.in_(named))
    return {subject: primary for subject, primary in connection.execute(stand)}


def _row(
    moment: Moment, who: _Who, turn: Turn, record: Record, joined: Sequence[str], homes: dict[str, str | None]
) -> LifecycleRow:
    carried = record.carrying(who.subject, turn, moment.at, moment.request)
    told = carried[-1 if turn.kind is Kind.LEFT else 0] if carried else None
    article = PLAIN if who.facts_from is None else _ARTICLES.get(turn.kind, "二")
    return LifecycleRow(
        time=moment.at,
        kind=turn.kind,
        external_id=who.key,
        name=who.title,
        before=turn.before,
        after=turn.after,
        department=_department(turn) or (joined[0] if joined else None) or homes.get(who.subject) or "",
        article=told.article if told else article,
        reason=told.reason if told else KINDS[turn.kind],
        actor=moment.actor,
        request=moment.request,
        arrivals=record.arrivals(who.subject, turn, moment.at, carried),
    )


def _department(turn: Turn) -> str:
    """Where it counts: the new department, else the old one; a lock in whichever the person is now."""
    if turn.kind in (Kind.LOCKED, Kind.RESTORED, Kind.SYSTEMS):
        return ""
    return turn.after or turn.before


def system_names(connection: Connection) -> list[str]:
    """Those with a link, by name."""
    return sorted(connection.scalars(select(links.c.system).distinct()))
