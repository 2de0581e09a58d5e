"""What the store remembers of each system: its mode (S13), and since when it does not answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from scim_server.store.tables import systems


@dataclass(frozen=True, slots=True)
class Standing:
    """One system's row. `mode` is None until it was decided; `failing_since` in seconds since the epoch."""

    name: str
    mode: str | None
    failing_since: float | None
    error: str | None


def standing(connection: Connection, name: str) -> Standing:
    """What is on record of a system."""
    row = connection.execute(select(systems).where(systems.c.name == name)).first()
    return Standing(name, None, None, None) if row is None else Standing(*row)


def note(connection: Connection, name: str, **values: Any) -> None:
    """Writes some columns of a system's row."""
    if connection.execute(update(systems).where(systems.c.name == name).values(**values)).rowcount == 0:
        connection.execute(insert(systems).values(name=name, **values))
