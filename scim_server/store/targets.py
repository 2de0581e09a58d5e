"""What the store remembers of each system: its mode (S13), and since when it does not answer."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, select, text, update

from scim_server.store.system_tables import systems

_MAKE = text("INSERT INTO systems (name) VALUES (:of) ON CONFLICT (name) DO NOTHING")
_HOLD = select(systems.c.mode).where(systems.c.name == bindparam("of")).with_for_update()


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
    written = update(systems).where(systems.c.name == name).values(**values)
    if connection.execute(written).rowcount == 0:
        connection.execute(_MAKE, {"of": name})
        connection.execute(written)


def hold(connection: Connection, name: str) -> str | None:
    """Keeps others from this system's row until the transaction ends, on every node; answers its mode."""
    row = connection.execute(_HOLD, {"of": name}).first()
    if row is None:
        connection.execute(_MAKE, {"of": name})
        row = connection.execute(_HOLD, {"of": name}).one()
    mode: str | None = row.mode
    return mode


def decide(connection: Connection, name: str, mode: str) -> str:
    """Writes a mode where none is decided; answers the one that stands: of two that decide at once, the first's."""
    standing_mode = hold(connection, name)
    if standing_mode is None:
        note(connection, name, mode=mode)
    return standing_mode or mode
