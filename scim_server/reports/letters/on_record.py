"""The letters on record, and the numbers under which a person's facts are covered."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from scim_server.store.facts_tables import letter_covers, letters
from scim_server.store.tables import subjects


class Sheet(NamedTuple):
    """One letter as it covers one fact: `sender` None: a joint letter; `sent`: the ISO day that counts."""

    sender: str | None
    number: str
    sent: str


Numbers = Mapping[tuple[str, str, str, str], Sequence[Sheet]]
"""By (subject, covers, kind, phase), in the order of the record."""


def numbers(connection: Connection, wanted: Sequence[str]) -> Numbers:
    """The letters that cover facts of these subjects."""
    found: dict[tuple[str, str, str, str], list[Sheet]] = {}
    for row in connection.execute(_covered().where(letter_covers.c.subject.in_(wanted))):
        place = (row.subject, row.covers, row.kind, row.phase)
        found.setdefault(place, []).append(Sheet(row.sender, row.number, row.sent or row.recorded))
    return found


def list_letters(connection: Connection) -> list[dict[str, Any]]:
    """Every letter with all that it covers, oldest first."""
    found: dict[str, dict[str, Any]] = {}
    for row in connection.execute(_covered()).mappings():
        named = ("id", "number", "kind", "sender", "delivered", "sent", "recorded", "by")
        letter = found.setdefault(row["id"], {name: row[name] for name in named} | {"covers": []})
        covered = {"externalId": row["key"], "name": row["title"], "covers": row["covers"], "phase": row["phase"]}
        letter["covers"].append(covered)
    return list(found.values())


def _covered() -> Any:
    about = (letter_covers.c.subject, letter_covers.c.covers, letter_covers.c.phase)
    return (
        select(letters, *about, subjects.c.key, subjects.c.title)
        .join(letter_covers, letter_covers.c.letter == letters.c.id)
        .join(subjects, subjects.c.subject == letter_covers.c.subject)
        .order_by(letters.c.id, subjects.c.key, letter_covers.c.covers, letter_covers.c.phase)
    )
