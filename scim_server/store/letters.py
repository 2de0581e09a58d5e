"""Letters on record (design: letters): the hub's own table, one letter covering several people."""

from collections.abc import Sequence
from dataclasses import dataclass

import uuid_utils
from sqlalchemy import Connection, insert, update

from mappings.facts import mark_name
from scim_server.store.facts_tables import letter_covers, letters, marks
from scim_server.store.marks import ADDED
from scim_server.store.tables import subjects


@dataclass(frozen=True, slots=True)
class Covered:
    """One fact of one person: the `value` of an event or assignment, or the name of a mark. `phase`: start or end."""

    subject: str
    covers: str
    phase: str = "start"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it comes in. `kind`: open, change, cancel. `sender`: key of a top department, None: a joint letter.

    `delivered`: an ISO stamp; `sent`: the day on which it counts as sent; `recorded`: the day of today.
    """

    number: str
    kind: str
    recorded: str
    by: str
    sender: str | None = None
    delivered: str | None = None
    sent: str | None = None


def record_letter(connection: Connection, letter: Letter, covered: Sequence[Covered]) -> str:
    """Puts it on record and returns its id. Who calls it settles the subjects afterwards."""
    id = str(uuid_utils.uuid7())
    row = {name: getattr(letter, name) for name in letter.__slots__}
    connection.execute(insert(letters), {"id": id, **row})
    rows = [{"letter": id, "subject": c.subject, "covers": c.covers, "phase": c.phase} for c in dict.fromkeys(covered)]
    connection.execute(insert(letter_covers), rows)
    connection.execute(update(subjects).where(subjects.c.subject.in_([c.subject for c in covered])).values(marked=True))
    for each in covered:
        _note_on_member(connection, letter, each)
    return id


def _note_on_member(connection: Connection, letter: Letter, covered: Covered) -> None:
    """The letter of an added member stands on its mark too (S4: listed as 「无函兼任」 until then)."""
    mine = marks.c.subject == covered.subject, marks.c.kind == ADDED, marks.c.letter_on.is_(None)
    for row in connection.execute(marks.select().where(*mine)).all():
        if covered.covers == mark_name(f"member of {row.department}", row.start) and covered.phase == "start":
            noted = update(marks).where(marks.c.id == row.id)
            connection.execute(noted.values(letter_ref=letter.number, letter_on=letter.recorded))
