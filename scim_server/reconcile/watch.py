"""What another process has committed (S20): on a store of several nodes a cheap look several times a second."""

import logging
from collections.abc import Callable, Mapping, Sequence
from threading import Event, Thread

from sqlalchemy import Connection, Engine

from scim_server.clock import Clock
from scim_server.store import links
from scim_server.store.engine import reading

LOOK = 0.2  # seconds between two looks
PAUSE = 1.0  # seconds after one that failed

log = logging.getLogger("huaming.reconcile")

Wake = Callable[[], None]


class Watch:
    """Wakes the lanes of a system that has something due: one question for all systems, whoever wrote it."""

    def __init__(self, engine: Engine, clock: Clock, wake: Mapping[str, Sequence[Wake]]) -> None:
        self._engine = engine
        self._clock = clock
        self._wake = wake
        self._stopping = Event()
        self._connection: Connection | None = None
        self._thread = Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Looks by itself from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(PAUSE)

    def look(self) -> None:
        """One look."""
        if self._connection is None:
            self._connection = reading(self._engine)
        for system in links.with_due(self._connection, list(self._wake), self._clock.now()):
            for wake in self._wake[system]:
                wake()

    def _run(self) -> None:
        pause = LOOK
        while not self._stopping.wait(pause):
            try:
                self.look()
                pause = LOOK
            except Exception as error:  # the lanes look by themselves each second: nothing is lost
                log.debug("watch: %s", error)
                self._drop()
                pause = PAUSE
        self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            try:
                connection.close()
            except Exception as error:
                log.debug("watch: %s", error)
