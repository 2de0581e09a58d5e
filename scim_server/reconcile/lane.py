"""A lane: one thread with one connection, working the due rows of one system in batches."""

import logging
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from sqlalchemy import Connection, Engine

from connectors.base import Connector
from connectors.errors import ConnectorError
from scim_server.clock import Clock
from scim_server.reconcile import journal, mode
from scim_server.reconcile.observing import Observer
from scim_server.reconcile.passes import Ends, Interrupted, LeaseLost, Pass
from scim_server.reconcile.shared import Shared
from scim_server.reconcile.target import Target
from scim_server.settings import BadSettings
from scim_server.store import attempts, links, targets
from scim_server.store.engine import Unavailable, reading
from scim_server.store.finish import Finish, finish, look_again
from scim_server.store.links import Claim
from scim_server.store.people import OrgCache
from scim_server.store.writer import Writer

NET = 1.0  # seconds after which a lane looks without having been woken
PASS = links.LEASE / 2  # seconds that a batch should take: while accounts are read its lease is not renewed

log = logging.getLogger("huaming.reconcile")


class Lane:
    """Claims, works, finishes. `step` is the whole loop's body, so that tests need no thread."""

    def __init__(
        self, target: Target, number: int, engine: Engine, writer: Writer, clock: Clock, shared: Shared
    ) -> None:
        self.target = target
        self.wake = Event()
        self._owner = f"{shared.node}/{target.name}-{number}"
        self._writer = writer
        self._clock = clock
        self._breaker = shared.breaker
        self._deciding = shared.deciding
        self._shared = shared
        self._reader = reading(engine)
        self._orgs = OrgCache()
        self._connector: Connector | None = None
        self._mode = target.mode
        self._size = target.batch
        self._stopping = False
        self._thread = Thread(target=self._run, name=f"lane-{target.name}-{number}", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the loop after the batch at hand."""
        self._stopping = True
        self._shared.stopping.set()
        self.wake.set()

    def join(self, timeout: float) -> bool:
        """Waits for the thread; True when it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Ends the connections of a lane that does not run."""
        self._drop_connector()
        self._reader.close()

    def _run(self) -> None:
        while not self._stopping:
            self.wake.clear()
            try:
                pause = self._breaker.pause() or (0.0 if self.step() else NET)
            except Unavailable as error:
                log.warning("%s: %s", self._owner, error)
                pause = NET
            except Exception:  # a lane must outlive a defect: it is logged with its trace, and tried again
                log.exception("%s: unexpected error", self._owner)
                pause = NET
            if pause:
                self.wake.wait(pause)
        self.close()

    def step(self) -> bool:
        """Works what is due now, batch after batch; False when nothing was."""
        guard = self._shared.guard
        due = links.any_due(self._reader, self.target.name, self._clock.now())
        if not due and not guard.is_waited_for(self._reader):
            return False
        if not self._enforcing():
            guard.rest()
            return False
        guard.look(self._reader, self._writer)
        if not due and not links.any_due(self._reader, self.target.name, self._clock.now()):
            return False  # a verdict is waited for: each write wakes all lanes, and a claim in vain would spin them
        claims = self._writer.write(self._claim)
        journal.claimed(claims)
        worked = bool(claims)
        while claims:
            claims = self._work(claims)
        return worked

    def _claim(self, connection: Connection) -> list[Claim]:
        return links.claim(connection, self.target.name, self._owner, self._size, self._clock.now())

    def _work(self, claims: Sequence[Claim]) -> list[Claim]:
        locks: set[str] = set()
        try:
            with self._fitting(len(claims)):
                one = self._observer()
                ends = self._survive(Pass(one, self._writer, self._clock, self._shared, locks), claims)
        except LeaseLost:
            log.warning("%s: the pass lasted longer than its lease, its rows are left to the next one", self._owner)
            self._drop_connector()
            self._writer.write(lambda connection: look_again(connection, claims, self._clock.now(), locks))
            return []
        except Interrupted as stopped:
            back = self._none_done(links.as_recorded(self._reader, claims), None).finishes
            ends = Ends(back, [attempts.Settled(id, "not-sent") for id in stopped.unsent])
        except (ConnectorError, BadSettings) as error:  # also a secret that is not there at this moment
            ends = self._none_done(links.as_recorded(self._reader, claims), str(error))
            self._outage(str(error))
        else:
            self._judge(one)
        more = not self._stopping and not self._breaker.open
        result: list[Claim] = self._writer.write(lambda connection: self._finish(connection, ends, more, locks))
        journal.ended(ends.finishes, self._clock.now())
        journal.claimed(result)
        return result

    @contextmanager
    def _fitting(self, number: int) -> Iterator[None]:
        """However slow a system is, the next batch ends within its lease; else its rows would go round for ever."""
        began = self._clock.monotonic()
        try:
            yield
        finally:
            each = (self._clock.monotonic() - began) / number
            self._size = min(self.target.batch, max(1, int(PASS / each))) if each > 0 else self.target.batch

    def _finish(self, connection: Connection, ends: Ends, more: bool, locks: Collection[str]) -> list[Claim]:
        now = self._clock.now()
        attempts.settle(connection, ends.settled, now)
        finish(connection, ends.finishes, now, locks)
        return self._claim(connection) if more else []

    def _survive(self, one: Pass, claims: Sequence[Claim]) -> Ends:
        """A defect that one row brings out must not stop the others."""
        try:
            return one.run(claims)
        except (LeaseLost, Interrupted, ConnectorError, Unavailable):
            raise
        except Exception:
            claims = links.as_recorded(self._reader, claims)  # what the pass made must not look foreign
            if len(claims) == 1:
                log.exception("%s: unexpected error at %s", self._owner, claims[0].subject)
                return Ends([_parked(claims[0])], [])
            log.warning("%s: unexpected error in a batch of %d, each is worked alone", self._owner, len(claims))
        alone = [self._survive(one, [claim]) for claim in claims]
        return Ends(
            [each for ends in alone for each in ends.finishes], [each for ends in alone for each in ends.settled]
        )

    def _none_done(self, claims: Sequence[Claim], error: str | None) -> Ends:
        now = self._clock.now()
        return Ends([_kept(claim, now, error) for claim in claims], [])

    # -- the system at the other end

    def _observer(self) -> Observer:
        return Observer(self.target, self._connected(), self._reader, self._orgs, self._clock)

    def _connected(self) -> Connector:
        if self._connector is None:
            self._connector = self.target.connect()
        return self._connector

    def _judge(self, one: Observer) -> None:
        if one.outage is not None:
            self._outage(one.outage, one.after)
        elif one.answered and self._breaker.succeeded():
            log.info("%s answers again", self.target.name)
            self._note(failing_since=None, error=None)

    def _outage(self, error: str, after: float | None = None) -> None:
        self._drop_connector()
        if self._breaker.failed(error, after):
            log.warning("%s does not answer: %s", self.target.name, error)
            self._note(failing_since=self._clock.now(), error=error)

    def _note(self, **values: Any) -> None:
        self._writer.write(lambda connection: targets.note(connection, self.target.name, **values))

    def _enforcing(self) -> bool:
        """What the file does not fix is asked each time: a person may have switched it (S13)."""
        if self._mode is None:
            with self._deciding:  # one lane decides: the writes of the first must not look foreign to the second
                return (targets.standing(self._reader, self.target.name).mode or self._decide()) == mode.ENFORCE
        return self._mode == mode.ENFORCE

    def _decide(self) -> str | None:
        try:
            decided = mode.decide(self.target, self._connected())
        except (ConnectorError, BadSettings) as error:
            self._outage(str(error))
            return None
        stands: str = self._writer.write(lambda connection: targets.decide(connection, self.target.name, decided))
        log.info("%s: mode %s", self.target.name, stands)
        return stands

    def _drop_connector(self) -> None:
        if self._connector is not None:
            self._connector.close()
            self._connector = None


def _parked(claim: Claim) -> Finish:
    return _kept(claim, None, "内部错误，详见服务日志")


def _kept(claim: Claim, due: float | None, error: str | None) -> Finish:
    """Leaves everything that is on record of the link as it was."""
    return Finish(
        claim,
        "parked" if due is None else "due",
        due,
        attempts=claim.attempts,
        remote_id=claim.remote_id,
        name=claim.name,
        creating=claim.creating,
        locking=claim.locking,
        fingerprint=claim.fingerprint,
        spell=claim.spell,
        private=claim.private,
        hidden=claim.hidden,
        finding=claim.finding,
        read_back=claim.read_back,
        error=error,
        weighed=claim.weighed or due is None,
        department=claim.department,
    )
