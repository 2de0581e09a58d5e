"""The scheduled sweep: once a civil day, begun by the scheduling worker as a process of its own (S17, S20).

A long loop in a thread of the server would take its turns from it: so it is a child, at low priority, that reads the
store by itself and has its lots written through the server as any command does.
"""

import logging
import subprocess
from collections.abc import Callable, Sequence

from scim_server.clock import Clock, civil_day, day_start
from scim_server.rounds import Child, Rounds
from scim_server.store import schedule
from scim_server.store.writer import Writer

NAME = "sweep"
WINDOW = 4 * 3600.0  # seconds after its time within which one that was missed is still begun: the night, not the day
EVERY = 20.0  # seconds between two looks

log = logging.getLogger("huaming.sweep")


class Nightly:
    """`at`: seconds after 00:00 in Asia/Shanghai. `start` begins the sweep; one that runs is never begun again."""

    name, what = NAME, "the sweep of the day"

    def __init__(self, at: float, writer: Writer, clock: Clock, start: Callable[[], Child]) -> None:
        self._at, self._writer, self._clock = at, writer, clock
        self._rounds = Rounds(start)

    def look(self) -> None:
        """Begins what is due: the first node that says so does, and nobody else that day, however the clock jumps."""
        self._reap()
        moment = self._moment(self._clock.now()) if self._rounds.may_begin else None
        if moment is None:
            return
        taken = self._writer.write(lambda connection: schedule.take_moment(connection, self.name, moment))
        if taken and self._rounds.begin():
            log.info("%s has begun", self.what)

    def _moment(self, now: float) -> float | None:
        """The moment that is due, in seconds since the epoch; None: nothing is."""
        moment = day_start(civil_day(now)) + self._at
        return moment if moment <= now < moment + WINDOW else None

    def stop(self) -> None:
        """Ends one that runs: what it has found so far stands, and its record says that it was interrupted."""
        self._rounds.stop()

    def _reap(self) -> None:
        code = self._rounds.ended()
        if code is not None:
            log.log(logging.INFO if code == 0 else logging.WARNING, "%s has ended with %d", self.what, code)


def child(command: Sequence[str]) -> Child:
    """A process that says what it has to say where this one does."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
