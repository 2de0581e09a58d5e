"""The time of the database, by which all nodes of a PostgreSQL live, whatever their own clocks say (S9).

Between two measurements it goes on by the machine's monotonic clock, so asking for it costs no round trip, and a clock
of the machine that is set does nothing. A database whose clock is set is noticed within seconds.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from scim_server.clock import Clock
from scim_server.store.engine import open_engine, reading, several_nodes
from scim_server.store.outages import Unavailable

EVERY = 5.0  # seconds between two measurements
CLOSE = 0.02  # seconds: a round trip that is good enough at once
BOUND = 1.0  # seconds: a longer round trip says too little
SAMPLES = 5

_NOW = text("SELECT extract(epoch FROM clock_timestamp())::float8")
log = logging.getLogger(__name__)


class DatabaseTime:
    """Measures again and again in a thread of its own. `clock` is what the house asks. Raises Unavailable."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._monotonic = clock.monotonic
        self._connection = reading(engine)
        self._offset = _first(self._connection, clock.monotonic)
        self.clock = Clock(now=lambda: self._monotonic() + self._offset, monotonic=clock.monotonic)
        self._closing = Event()
        self._thread = Thread(target=self._run, name="database-clock", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the thread and its connection."""
        self._closing.set()
        self._thread.join(BOUND)

    def refresh(self) -> None:
        """Measures now; what cannot be measured well leaves it as it was. Raises Unavailable."""
        found = offset(self._connection, self._monotonic)
        if found is not None:
            self._offset = found

    def _run(self) -> None:
        while not self._closing.wait(EVERY):
            try:
                self.refresh()
            except (Unavailable, DBAPIError) as error:  # it goes on by the last measurement
                log.debug("the database's clock: %s", error)
        self._connection.close()


def database_time(engine: Engine, clock: Clock) -> DatabaseTime | None:
    """The time of this store where it has one of its own; None on SQLite, and where `clock` is none of the machine."""
    if engine.dialect.name == "sqlite" or not clock.is_the_machines:
        return None
    return DatabaseTime(engine, clock)


def measured(url: str, clock: Clock) -> Clock:
    """The clock of this store as a command of some seconds needs it: measured once. Raises Unavailable."""
    if not several_nodes(url) or not clock.is_the_machines:
        return clock
    engine = open_engine(url)
    with reading(engine) as connection:
        ahead = _first(connection, clock.monotonic)
    engine.dispose()
    return Clock(now=lambda: clock.monotonic() + ahead, monotonic=clock.monotonic)


def offset(connection: Connection, monotonic: Callable[[], float]) -> float | None:
    """The database's seconds since the epoch minus the monotonic clock's, by the quickest of some round trips.

    None where none was quicker than BOUND.
    """
    best, found = BOUND, None
    for _ in range(SAMPLES):
        began = monotonic()
        told = float(connection.scalar(_NOW) or 0.0)
        took = monotonic() - began
        if took < best:
            best, found = took, told - began - took / 2
        if best <= CLOSE:
            break
    return found


def _first(connection: Connection, monotonic: Callable[[], float]) -> float:
    found = offset(connection, monotonic)
    if found is None:
        raise Unavailable(f"the store takes longer than {BOUND:g} seconds to tell the time")
    return found
