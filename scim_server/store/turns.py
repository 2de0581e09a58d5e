"""Writes of the roster stand in one row, over all nodes: as SQLite's one writer has it.

So what one write has checked still holds when it commits (no cycle of departments, nobody joins a department that is
being deleted), and `changes.seq` is the order of the commits: whoever has read up to a number never misses a lower one.
What workers write of links and attempts takes no turn. On PostgreSQL the turn is an advisory lock that ends with the
transaction; it is taken before any row is, else two nodes could wait for each other. A trigger takes it for whoever
forgot. Nobody has a turn in a store that is being moved or restored: the copy would not have what is written.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from scim_server.store.leader import THERE
from scim_server.store.outages import Unavailable

ROSTER = 0x726F73746572  # "roster"
_TAKE = text(f"SELECT pg_advisory_xact_lock({ROSTER}), pg_try_advisory_xact_lock_shared({THERE})")


def take_turn(connection: Connection) -> None:
    """Waits until no other node writes the roster; holds until the transaction ends. Raises Unavailable."""
    if connection.dialect.name == "postgresql" and not connection.execute(_TAKE).one()[1]:
        raise Unavailable("the store is being moved by `huaming migrate` or filled by `huaming restore`")


@dataclass(frozen=True, slots=True)
class InTurn:
    """A function for the writer that writes the roster."""

    body: Callable[[Connection], Any]

    def __call__(self, connection: Connection) -> Any:
        """Runs it; whoever runs it has taken the turn."""
        return self.body(connection)
