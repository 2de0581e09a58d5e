"""The worker: the lanes of every configured system (design: Store and engine)."""

from collections.abc import Sequence

from sqlalchemy import Connection, Engine

from scim_server.clock import Clock
from scim_server.reconcile.breaker import Breaker
from scim_server.reconcile.lane import Lane, Shared
from scim_server.reconcile.target import Target
from scim_server.store import links
from scim_server.store.writer import Writer

DRAIN = 4.0  # seconds in which a stop lets the batches at hand end


class Worker:
    """Brings the links of all targets to what is desired; woken by commits, never only polling."""

    def __init__(self, targets: Sequence[Target], engine: Engine, writer: Writer, clock: Clock) -> None:
        self._writer = writer
        self._clock = clock
        shared = {target.name: Shared(Breaker(clock.monotonic)) for target in targets}
        self.breakers = {name: each.breaker for name, each in shared.items()}
        self.lanes = [
            Lane(target, number, engine, writer, clock, shared[target.name])
            for target in targets
            for number in range(target.lanes)
        ]
        writer.write(lambda connection: _prepare(connection, targets, clock.now()))
        writer.on_commit = self.notify

    def notify(self) -> None:
        """Something was committed: there may be work."""
        for lane in self.lanes:
            lane.wake.set()

    def start(self) -> None:
        """Starts the lanes' threads."""
        for lane in self.lanes:
            lane.start()

    def stop(self) -> bool:
        """Drains: no new batch, the batches at hand end. False when one did not end in time."""
        for lane in self.lanes:
            lane.stop()
        until = self._clock.monotonic() + DRAIN
        return all([lane.join(max(0.0, until - self._clock.monotonic())) for lane in self.lanes])

    def run_due(self) -> None:
        """Works everything that is due now, in this thread: no waiting, no sleeping."""
        while any([lane.step() for lane in self.lanes if self.breakers[lane.target.name].pause() == 0]):
            pass


def _prepare(connection: Connection, targets: Sequence[Target], now: float) -> None:
    links.void_leases(connection)
    for target in targets:
        links.ensure_links(connection, target.name, now)
