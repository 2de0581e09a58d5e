"""How far the days have been rolled (S8), and from which day a letter gate holds (A02)."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, select, text, tuple_

from scim_server.store import policies
from scim_server.store.facts_tables import rolls, standings

DAY = "day"
GATE = "letter-gate"
DONE = "done"
DUE = "due"
CLOCK_BEHIND = "clock-behind"

_DAY = select(rolls.c.day).where(rolls.c.name == bindparam("of"))
# two nodes may end a day: the later day stands
_END = text(
    "INSERT INTO rolls (name, day) VALUES (:name, :day) "
    "ON CONFLICT (name) DO UPDATE SET day = excluded.day WHERE rolls.day < excluded.day"
)
_NOTE = text("INSERT INTO rolls (name, day) VALUES (:name, :day) ON CONFLICT (name) DO UPDATE SET day = excluded.day")


class Turn(NamedTuple):
    """A person whose standing changes by itself, and the ISO day on which it does."""

    day: str
    subject: str


BEFORE_ALL = Turn("", "")


def rolled(connection: Connection, name: str = DAY) -> str | None:
    """The last day that was rolled whole; None in a store that never was."""
    found: str | None = connection.scalar(_DAY, {"of": name})
    return found


def state(connection: Connection, today: str, fingerprint: str) -> str:
    """DONE where today has been rolled by that policy; CLOCK_BEHIND where a later day has; else DUE."""
    last = rolled(connection)
    if last is not None and today < last:
        return CLOCK_BEHIND
    return DONE if last == today and policies.in_force(connection) == fingerprint else DUE


def note(connection: Connection, name: str, day: str) -> None:
    """Writes a day down."""
    connection.execute(_NOTE, {"name": name, "day": day})


def end_day(connection: Connection, day: str) -> None:
    """Writes down that everybody has been settled for that day; a later one stays."""
    connection.execute(_END, {"name": DAY, "day": day})


def note_gate(connection: Connection, gate: str, today: str) -> None:
    """The first day on which a letter gate stood in the settings is kept until it is `none` again."""
    if gate == "none":
        connection.execute(delete(rolls).where(rolls.c.name == GATE))
    elif rolled(connection, GATE) is None:
        note(connection, GATE, today)


def turning(connection: Connection, day: str, after: Turn, size: int) -> list[Turn]:
    """Who changes by that day, in the order of the days: at most `size`, found by the partial index."""
    place = tuple_(standings.c.roll_on, standings.c.subject)
    due = select(standings.c.roll_on, standings.c.subject).where(standings.c.roll_on <= day, place > after)
    rows = connection.execute(due.order_by(standings.c.roll_on, standings.c.subject).limit(size))
    return [Turn(*row) for row in rows]


def still_turning(connection: Connection, day: str, subjects: Sequence[str]) -> list[str]:
    """Who of them has not been settled for that day."""
    left = select(standings.c.subject).where(standings.c.subject.in_(subjects), standings.c.roll_on <= day)
    return list(connection.scalars(left))


def everybody(connection: Connection, after: str, size: int) -> Sequence[str]:
    """A lot of those who have facts."""
    lot = select(standings.c.subject).where(standings.c.subject > after).order_by(standings.c.subject).limit(size)
    return list(connection.scalars(lot))
