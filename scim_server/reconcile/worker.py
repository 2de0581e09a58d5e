"""The worker: the lanes of every configured system, and the day that rolls (design: Store and engine)."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Thread

from sqlalchemy import Connection, Engine

from scim_server.clock import Clock
from scim_server.reconcile.duties import Duties, Duty
from scim_server.reconcile.lane import Lane
from scim_server.reconcile.roll import Roll
from scim_server.reconcile.shared import node_name, shared
from scim_server.reconcile.target import Target
from scim_server.reconcile.watch import Watch
from scim_server.store import links, slips, targets
from scim_server.store.engine import Unavailable
from scim_server.store.writer import Writer

DRAIN = 4.0  # seconds in which a stop lets the batches at hand end
LOOK = 1.0  # seconds between two looks at the clock
SET_BACK = 86_400.0  # seconds by which the clock may have been set back while we were down

log = logging.getLogger("huaming.reconcile")


class Worker:
    """Brings the links of all targets to what is desired; woken by commits, never only polling.

    `roll` is the day's: what it has to catch up is caught up before any lane sends anything. `duties` are done by the
    thread of the days. Both are for the one worker of a store that `leads` (S20).
    """

    def __init__(
        self,
        targets: Sequence[Target],
        engine: Engine,
        writer: Writer,
        clock: Clock,
        roll: Roll | None = None,
        duties: Sequence[Duty] = (),
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self.node = node_name()
        self._writer = writer
        self._clock = clock
        self._roll = roll
        self._duties = Duties(duties, clock)
        self._leads = leads
        self._stopping = Event()
        together = {target.name: shared(target, writer, clock, self.node) for target in targets}
        self.breakers = {name: each.breaker for name, each in together.items()}
        self.lanes = [
            Lane(target, number, engine, writer, clock, together[target.name])
            for target in targets
            for number in range(target.lanes)
        ]
        self._days = Thread(target=self._run_days, name="days", daemon=True)
        self._watch = _watch(engine, clock, self.lanes)
        writer.write(lambda connection: _prepare(connection, targets, clock.now()))
        writer.on_commit = self.notify

    def notify(self) -> None:
        """Something was committed: there may be work."""
        for lane in self.lanes:
            lane.wake.set()

    def start(self) -> None:
        """Starts the threads: the days' first, and the lanes' once today has been rolled, here or on another node."""
        self._days.start()

    def _run_days(self) -> None:
        while not self._look():
            self._stopping.wait(LOOK)
        if self._stopping.is_set():
            return
        for lane in self.lanes:
            lane.start()
        if self._watch is not None:
            self._watch.start()
        while not self._stopping.wait(LOOK):
            self._look()
            if self._leads():
                self._duties.look()

    def _look(self) -> bool:
        """Whether the lanes may send: false where the store cannot be written, or another worker still rolls."""
        try:
            if self._roll is None:
                return True
            if not self._leads():
                return self._roll.is_rolled() or self._stopping.is_set()
            self._roll.look()
        except Unavailable as error:
            log.warning("days: %s", error)
            return self._stopping.is_set()
        except Exception:  # a defect must not end the days: it is logged with its trace, and tried again
            log.exception("days: unexpected error")
        return True

    def stop(self) -> bool:
        """Drains: no new batch, the batches at hand end. False when one did not end in time."""
        until = self._clock.monotonic() + DRAIN
        self._stopping.set()
        if self._roll is not None:
            self._roll.stop()
        for lane in self.lanes:
            lane.stop()
        if self._watch is not None:
            self._watch.stop()
        ended = [lane.join(max(0.0, until - self._clock.monotonic())) for lane in self.lanes]
        return self._days_end(max(0.0, until - self._clock.monotonic())) and all(ended)

    def _days_end(self, timeout: float) -> bool:
        if self._days.ident is not None:
            self._days.join(timeout)
        if self._days.is_alive():
            return False
        if self._roll is not None:
            self._roll.close()
        return True

    def run_due(self) -> None:
        """Works everything that is due now, in this thread: no waiting, no sleeping."""
        if self._roll is not None and self._leads():
            self._roll.look()
        while any([lane.step() for lane in self.lanes if self.breakers[lane.target.name].pause() == 0]):
            pass


def _watch(engine: Engine, clock: Clock, lanes: Sequence[Lane]) -> Watch | None:
    """Needed where others commit too."""
    if engine.dialect.name == "sqlite":
        return None
    wake: dict[str, list[Callable[[], None]]] = {}
    for lane in lanes:
        wake.setdefault(lane.target.name, []).append(lane.wake.set)
    return Watch(engine, clock, wake)


def _prepare(connection: Connection, known: Sequence[Target], now: float) -> None:
    slips.expire(connection, now)
    for target in known:
        if connection.dialect.name == "sqlite":  # elsewhere their owners may live (S20)
            links.void_leases(connection, (target.name, now + SET_BACK))
        targets.hold(connection, target.name)  # of several that start at once each makes the links in its turn
        links.ensure_links(connection, target.name, now)
