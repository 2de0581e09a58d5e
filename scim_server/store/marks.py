"""Marks beside the document (S3, S4, S5, S28): facts that are not the roster's, each with its days.

Days are ISO civil days. A mark ends on the day before the one on which its end is received, so one that began
that day was never in force. Functions on the writer's connection; who calls them settles the subject afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, bindparam, insert, or_, select, update

from mappings.facts import NO_MARKS, AddedMember, Letter, Marks, Ruling, Span
from mappings.policy.days import day_before
from scim_server.store.facts_tables import ALWAYS, letter_covers, letters, marks
from scim_server.store.returning import RULINGS
from scim_server.store.tables import subjects

BARE_LOCK, DELETED, ADDED = "bare-lock", "deleted", "added-member"
BLOCK, REPLY = "block", "reply-says-left"

_INSERT = insert(marks)
_MARKED = update(subjects).where(subjects.c.subject == bindparam("of")).values(marked=True)


def read_marks(connection: Connection, wanted: Sequence[str]) -> dict[str, Marks]:
    """The marks of each of these subjects, letters and `facts_from` included."""
    of = select(subjects.c.subject, subjects.c.facts_from, subjects.c.marked).where(subjects.c.subject.in_(wanted))
    rows = connection.execute(of).all()
    found = marked(connection, [row.subject for row in rows if row.marked])
    return {row.subject: since(found.get(row.subject, NO_MARKS), row.facts_from) for row in rows}


def since(found: Marks, facts_from: str | None) -> Marks:
    """With the day from which facts count, of a plain user who was given them."""
    return found if facts_from in (None, ALWAYS) else replace(found, facts_from=facts_from)


def marked(connection: Connection, wanted: Sequence[str]) -> dict[str, Marks]:
    """The rows of those who have any, without `facts_from`."""
    if not wanted:
        return {}
    mine = select(marks).where(marks.c.subject.in_(wanted)).order_by(marks.c.subject, marks.c.start, marks.c.id)
    spans = {of: _by_kind(rows) for of, rows in groupby(connection.execute(mine), lambda row: str(row.subject))}
    recorded = _letters(connection, wanted)
    return {of: _marks(spans.get(of, {}), recorded.get(of, ())) for of in {*spans, *recorded}}


def _by_kind(rows: Iterable[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row.kind, []).append(row)
    return found


def _marks(rows: Mapping[str, list[Any]], recorded: Sequence[Letter]) -> Marks:
    return Marks(
        bare_locks=tuple(Span(row.start, row.end) for row in rows.get(BARE_LOCK, ())),
        deleted=tuple(Span(row.start, row.end) for row in rows.get(DELETED, ())),
        added_members=tuple(
            AddedMember(row.start, row.end, row.department, row.letter_ref or "", row.letter_on)
            for row in rows.get(ADDED, ())
        ),
        rulings=tuple(_ruling(row) for kind in RULINGS for row in rows.get(kind, ())),
        letters=tuple(recorded),
    )


def _ruling(row: Any) -> Ruling:
    named = {} if row.systems is None else {"systems": tuple(orjson.loads(row.systems))}
    return Ruling(row.start, row.end, row.kind, row.by, row.ended_by or "", departure=row.departure, **named)


def _letters(connection: Connection, wanted: Sequence[str]) -> dict[str, list[Letter]]:
    """Each sheet of a letter with one sender is a letter of its own here."""
    of = (
        select(letter_covers.c.subject, letter_covers.c.covers, letter_covers.c.phase, letters)
        .join(letters, letters.c.id == letter_covers.c.letter)
        .where(letter_covers.c.subject.in_(wanted))
        .order_by(letters.c.id, letter_covers.c.covers, letter_covers.c.phase)
    )
    found: dict[str, list[Letter]] = {}
    for row in connection.execute(of):
        senders = (row.sender,) if row.sender else ()
        letter = Letter(row.covers, row.kind, row.recorded, row.phase, row.sent, senders)
        found.setdefault(row.subject, []).append(letter)
    return found


# -- bare locks, deletions, added members


def set_bare_lock(connection: Connection, subject: str, day: str) -> None:
    """`active: false` from that day on (S3)."""
    _put(connection, subject, BARE_LOCK, day)


def lift_bare_lock(connection: Connection, subject: str, day: str) -> None:
    """That day is free again."""
    _end(connection, subject, BARE_LOCK, day)


def add_member(connection: Connection, subject: str, department: str, day: str) -> None:
    """A member that SCIM added to a department, by the Group's key (S4)."""
    _put(connection, subject, ADDED, day, department=department)


def end_member(connection: Connection, subject: str, department: str, day: str) -> None:
    """Removed by SCIM: no member from that day on."""
    _end(connection, subject, ADDED, day, department=department)


def set_deleted(connection: Connection, subject: str, day: str) -> None:
    """DELETE: a departure of that day."""
    _put(connection, subject, DELETED, day)


def end_deleted(connection: Connection, subject: str, day: str) -> None:
    """The person is POSTed again (S5)."""
    _end(connection, subject, DELETED, day)


def _end(connection: Connection, subject: str, kind: str, day: str, **more: str) -> None:
    named = [marks.c[name] == value for name, value in more.items()]
    running = marks.c.subject == subject, marks.c.kind == kind, marks.c.end.is_(None), *named
    connection.execute(update(marks).where(*running).values(end=day_before(day)))


def _put(connection: Connection, subject: str, kind: str, day: str, **more: str | None) -> str:
    id = str(uuid_utils.uuid7())
    connection.execute(_INSERT, {"id": id, "subject": subject, "kind": kind, "start": day, **more})
    connection.execute(_MARKED, {"of": subject})
    return id


# -- rulings


def add_ruling(
    connection: Connection,
    subject: str,
    kind: str,
    by: str,
    day: str,
    systems: Sequence[str] | None = None,
    departure: str | None = None,
) -> str:
    """A dated, signed entry by a person of the house: `block` or `reply-says-left`. Returns its id.

    `systems`: what a block names, None: LDAP, OA and WeCom. `departure`: the type that a reply gives.
    Raises ValueError for another kind.
    """
    if kind not in RULINGS:
        raise ValueError(f"a ruling is one of {', '.join(RULINGS)}, not {kind}")
    named = None if systems is None else orjson.dumps(list(systems)).decode()
    return _put(connection, subject, kind, day, by=by, systems=named, departure=departure)


def end_ruling(connection: Connection, id: str, by: str, day: str) -> str:
    """Ends it: not in force from that day on. Returns its subject. Raises LookupError where none runs under that id."""
    running = marks.c.id == id, marks.c.kind.in_(RULINGS), or_(marks.c.end.is_(None), marks.c.end >= day)
    subject = connection.scalar(select(marks.c.subject).where(*running))
    if subject is None:
        raise LookupError(id)
    connection.execute(update(marks).where(*running).values(end=day_before(day), ended_by=by))
    return str(subject)


def list_rulings(connection: Connection) -> list[dict[str, Any]]:
    """Every ruling, over or not, oldest first: the row of the table, `key` and `title` of the person."""
    of = (
        select(marks, subjects.c.key, subjects.c.title)
        .join(subjects, subjects.c.subject == marks.c.subject)
        .where(marks.c.kind.in_(RULINGS))
        .order_by(marks.c.id)
    )
    return [dict(row) | {"systems": _systems(row["systems"])} for row in connection.execute(of).mappings()]


def _systems(named: str | None) -> list[str] | None:
    return None if named is None else orjson.loads(named)
