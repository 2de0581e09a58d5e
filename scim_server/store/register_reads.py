"""Reads of the register of letters: the list, one letter, whom it names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, or_, select

from scim_server.store.register import FOREVER, READY, UNKNOWN, VOID, NoSuchLetter
from scim_server.store.register_tables import register, register_people
from scim_server.store.tables import subjects

Shown = dict[str, Any]
PLAIN = (
    *("kind", "sender", "title", "restricted", "day", "review", "answers", "state", "channel", "created", "by"),
    *("attempts", "error", "delivered", "delivered_by", "due", "provisional"),
)


def letters(connection: Connection, wanted: Mapping[str, Any], restricted: bool) -> Iterator[Shown]:
    """In the order of their series. `wanted`: columns and what must stand there; restricted ones only if `restricted`.

    `{"id", "number", "addressees", "waits_for", ...}` and the columns of PLAIN. `waits_for`: person, or None.
    """
    of = select(register).where(*(register.c[name] == value for name, value in wanted.items()))
    if not restricted:
        of = of.where(register.c.restricted.is_(False))
    for row in connection.execute(of.order_by(register.c.sender, register.c.year, register.c.number)):
        yield shown(row)


def shown(row: Row[Any]) -> Shown:
    """One letter as people may see it who may see it at all."""
    told = {name: getattr(row, name) for name in PLAIN}
    parked = row.state in (READY, UNKNOWN) and (row.not_before or 0) >= FOREVER
    more = {"addressees": orjson.loads(row.addressees), "waits_for": "person" if parked else None}
    return {"id": row.id, "number": row.doc_number} | told | more


def stuck(connection: Connection) -> int:
    """How many letters wait for a person because something stands in their way."""
    waiting = register.c.state.in_((READY, UNKNOWN)), register.c.not_before >= FOREVER, register.c.error.is_not(None)
    return connection.scalar(select(func.count()).where(*waiting)) or 0


def letter(connection: Connection, said: str) -> Row[Any]:
    """By id, or by 文号: no two letters have the same one. Raises NoSuchLetter."""
    of = select(register).where(or_(register.c.id == said, register.c.doc_number == said))
    row = connection.execute(of.order_by(register.c.id)).first()
    if row is None:
        raise NoSuchLetter(said)
    return row


def drafted(connection: Connection, about: Sequence[str] | None = None) -> set[tuple[str, str, str]]:
    """(subject, value, phase) of every fact for which a department's letter was drafted that is not void.

    `about`: of letters that name one of these subjects.
    """
    of = select(register.c.covers).where(register.c.covers.is_not(None), register.c.state != VOID)
    if about is not None:
        theirs = select(register_people.c.letter).where(register_people.c.subject.in_(about))
        of = of.where(register.c.id.in_(theirs))
    return {(subject, value, phase) for said in connection.scalars(of) for subject, value, phase in orjson.loads(said)}


def voided(connection: Connection, key: str) -> int:
    """How many letters of that key, and of it drawn up again, are void."""
    same = or_(register.c.key == key, register.c.key.like(f"{key} %"))
    return connection.scalar(select(func.count()).where(register.c.state == VOID, same)) or 0


def people(connection: Connection, id: str) -> list[Shown]:
    """`{"externalId", "name"}` of those whom it names, by number."""
    of = select(subjects.c.key, subjects.c.title).join(register_people, register_people.c.subject == subjects.c.subject)
    rows = connection.execute(of.where(register_people.c.letter == id).order_by(subjects.c.key))
    return [{"externalId": row.key, "name": row.title} for row in rows]
