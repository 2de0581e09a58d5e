"""What plain users were on a past day: no marks tell it, but the record of changes does (S1)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import orjson
from sqlalchemy import Connection, or_, select

from mappings.model import Person
from scim_server.clock import day_start, stamp
from scim_server.store.people import all_subjects, read_roll, was_active
from scim_server.store.tables import changes, subjects

LOT = 200  # changes read at a time: one may name many members


def everybody(connection: Connection, day: str, today: str) -> Iterator[Person]:
    """Everyone who was ever on the roster, in lots: memory does not grow with the number of people with facts."""
    groups = _groups_on(connection, day, _plain_on(connection, day)) if day < today else None
    for lot in all_subjects(connection, "person"):
        yield from _people(connection, lot, day, groups)


def somebody(connection: Connection, subject: str, day: str, today: str) -> Person:
    """One of them."""
    groups = _groups_on(connection, day, _plain_on(connection, day) & {subject}) if day < today else None
    (person,) = _people(connection, [subject], day, groups)
    return person


Groups = dict[str, list[str]]


def _people(connection: Connection, lot: Sequence[str], day: str, groups: Groups | None) -> list[Person]:
    """With facts the marks tell of the past; before they were given, the person was a plain user."""
    people = read_roll(connection, lot, "").people  # in whatever order the database gives them
    found = [people[subject] for subject in lot if subject in people]
    if not groups:
        return found
    active = was_active(connection, [each.subject for each in found if each.subject in groups], day)
    return [_plain(each, active, groups) if each.subject in groups else each for each in found]


def _plain(person: Person, active: dict[str, bool], groups: Groups) -> Person:
    was = active.get(person.subject, person.active)
    return replace(person, facts=None, active=was, groups=tuple(groups[person.subject]))


def _plain_on(connection: Connection, day: str) -> set[str]:
    """Who had no facts on that day; a plain user's first resource and his subject bear one id."""
    of = select(subjects.c.subject).where(subjects.c.kind == "person")
    plain = of.where(or_(subjects.c.facts_from.is_(None), subjects.c.facts_from > day))
    return set(connection.scalars(plain))


def _groups_on(connection: Connection, day: str, plain: Collection[str]) -> Groups:
    """The keys of their Groups at the end of the day, in the order of joining."""
    found: Groups = {subject: [] for subject in plain}
    if not found:
        return found
    until = stamp(day_start(day) + 86_400)
    moves = (
        select(subjects.c.key, changes.c.after)
        .join(subjects, subjects.c.subject == changes.c.subject)
        .where(changes.c.type == "Group", changes.c.action == "members", changes.c.at < until)
        .order_by(changes.c.seq)
    )
    for key, after in connection.execute(moves.execution_options(yield_per=LOT)):
        _move(found, key, orjson.loads(after))
    return found


def _move(found: Groups, key: str, moved: dict[str, list[str]]) -> None:
    for id in moved["removed"]:
        if key in found.get(id, ()):
            found[id].remove(key)
    for id in moved["added"]:
        if id in found and key not in found[id]:
            found[id].append(key)
