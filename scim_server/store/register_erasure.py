"""Of an erased person the register keeps that a letter was about somebody: series, numbers and days stay (S26)."""

from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import Connection, select, update

from scim_server.store.register_tables import register, register_people

LISTS = ("accounts", "people")  # of a content: its lines, a person each
TITLED = ("name", "number", "position", "old_position", "reason", "content", "organization", "decision")
EMPTIED = ("mobile", "last", "terminal")

Line = dict[str, Any]


def erase(connection: Connection, subject: str, title: str) -> int:
    """Puts `title` in the place of what is personal; returns how many letters were about that person."""
    mine = select(register_people.c.letter).where(register_people.c.subject == subject)
    rows = connection.execute(
        select(register.c.id, register.c.title, register.c.content).where(register.c.id.in_(mine))
    )
    found = rows.all()
    for row in found:
        content = orjson.loads(row.content)
        named = row.title
        for line in _lines(content, subject):
            named = named.replace(line["name"], title)
            _blank(line, title)
        values = {"title": named, "content": orjson.dumps(content)}
        connection.execute(update(register).where(register.c.id == row.id).values(values))
    return len(found)


def _lines(content: dict[str, Any], subject: str) -> Iterator[Line]:
    for name in LISTS:
        yield from (each for each in content.get(name, ()) if each["subject"] == subject)


def _blank(line: Line, title: str) -> None:
    line |= {name: title for name in TITLED if line.get(name)}
    line |= {name: "" if isinstance(line[name], str) and name == "mobile" else None for name in EMPTIED if name in line}
