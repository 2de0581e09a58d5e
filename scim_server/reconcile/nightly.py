"""The scheduled sweep: once a civil day, begun by the scheduling worker as a process of its own (S17, S20).

A long loop in a thread of the server would take its turns from it: so it is a child, at low priority, that reads the
store by itself and has its lots written through the server as any command does.
"""

import logging
import subprocess
from collections.abc import Callable, Sequence

from scim_server.clock import Clock, civil_day, day_start
from scim_server.store import schedule
from scim_server.store.writer import Writer

NAME = "sweep"
WINDOW = 4 * 3600.0  # seconds after its time within which one that was missed is still begun: the night, not the day
EVERY = 20.0  # seconds between two looks
GRACE = 2.0  # seconds for a child to end when it is told to

log = logging.getLogger("huaming.sweep")


class Nightly:
    """`at`: seconds after 00:00 in Asia/Shanghai. `start` begins the sweep; one that runs is never begun again."""

    name, what = NAME, "the sweep of the day"

    def __init__(self, at: float, writer: Writer, clock: Clock, start: Callable[[], "subprocess.Popen[bytes]"]) -> None:
        self._at, self._writer, self._clock, self._start = at, writer, clock, start
        self._child: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Begins what is due: the first node that says so does, and nobody else that day, however the clock jumps."""
        self._reap()
        moment = self._moment(self._clock.now()) if self._child is None else None
        if moment is None:
            return
        if self._writer.write(lambda connection: schedule.take_moment(connection, self.name, moment)):
            self._child = self._start()
            log.info("%s has begun", self.what)

    def _moment(self, now: float) -> float | None:
        """The moment that is due, in seconds since the epoch; None: nothing is."""
        moment = day_start(civil_day(now)) + self._at
        return moment if moment <= now < moment + WINDOW else None

    def stop(self) -> None:
        """Ends one that runs: what it has found so far stands, and its record says that it was interrupted."""
        child, self._child = self._child, None
        if child is None or child.poll() is not None:
            return
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _reap(self) -> None:
        code = self._child.poll() if self._child is not None else None
        if code is not None:
            self._child = None
            log.log(logging.INFO if code == 0 else logging.WARNING, "%s has ended with %d", self.what, code)


def child(command: Sequence[str]) -> "subprocess.Popen[bytes]":
    """A process that says what it has to say where this one does."""
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
