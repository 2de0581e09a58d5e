"""The day roll (S8): from 00:00 in Asia/Shanghai everybody is settled whose standing has changed by itself.

It asks the clock each second and sleeps until no midnight, so that a clock that was set is noticed. It reads
who changes by the day, by an index; nobody else is looked at. Another policy (S21) settles everybody.
"""

import logging
from collections.abc import Sequence
from datetime import date
from functools import partial
from threading import Event

from sqlalchemy import Connection, Engine

from scim_server.clock import Clock
from scim_server.reconcile.fingerprint import Policy
from scim_server.reconcile.lots import Lots, Stopped
from scim_server.store import batches, policies, rolls
from scim_server.store.cause import cause, together
from scim_server.store.engine import reading
from scim_server.store.rolls import BEFORE_ALL, Turn
from scim_server.store.settle import Rules
from scim_server.store.wakes import wake_all
from scim_server.store.writer import Writer

LONG = 3  # days; what more have left behind counts as one batch (S23)
WOKEN = 500  # rows a lot: some milliseconds of the writer
LATER = 60.0  # seconds until who could not be settled is tried again

log = logging.getLogger("huaming.roll")


class Roll:
    """Brings a store from the last day that was rolled to today. `look` is all of it: it waits for no day."""

    def __init__(
        self, engine: Engine, writer: Writer, clock: Clock, rules: Rules, policy: Policy, systems: Sequence[str]
    ) -> None:
        self._reader = reading(engine)
        self._writer = writer
        self._clock = clock
        self._policy = policy
        self._systems = tuple(systems)
        self._stopping = Event()
        self._lots = Lots(writer, clock, rules, self._stopping)
        self._behind = ""
        self._passed = f"passed over {policy.fingerprint}"
        self._not_before = 0.0

    def stop(self) -> None:
        """Ends a roll after the lot at hand."""
        self._stopping.set()

    def close(self) -> None:
        """Ends the connection."""
        self._reader.close()

    def look(self) -> None:
        """Rolls what is to be rolled now. Raises Unavailable."""
        today, last = self._clock.today(), rolls.rolled(self._reader)
        if last is not None and today < last:
            self._alert(today, last)
        elif self._clock.monotonic() >= self._not_before:
            try:
                with together(f"roll {today}"):
                    self._rolled(last, today)
                with together(f"policy {self._policy.fingerprint[:16]} {today}"):
                    self._policy_changed(today)
            except Stopped:
                return

    def is_rolled(self) -> bool:
        """Whether whoever schedules has rolled today by this policy, but for those whom it could not settle."""
        today, fingerprint = self._clock.today(), self._policy.fingerprint
        if rolls.state(self._reader, today, fingerprint) != rolls.DUE:
            return True
        return rolls.rolled(self._reader, self._passed) == today

    def _alert(self, today: str, last: str) -> None:
        """A clock that was set back must not take the people back with it."""
        if self._behind != today:
            log.error("the clock says %s, but %s has been rolled: nothing is rolled until that day", today, last)
            self._behind = today

    def _rolled(self, last: str | None, today: str) -> None:
        if last == today and not rolls.turning(self._reader, today, BEFORE_ALL, 1):
            return
        days = 0 if last is None else (date.fromisoformat(today) - date.fromisoformat(last)).days
        number = self._lots.settle(today, lambda after, size: rolls.turning(self._reader, today, after, size))
        if self._put_off():
            return
        self._writer.write(lambda connection: _end_day(connection, today))
        self._end_batch()
        if last != today:
            log.info("rolled to %s: %d people settled", today, number)
        if days > LONG:
            log.warning("the roll covers %d days: its %d people are one batch", days, number)

    def _policy_changed(self, today: str) -> None:
        """Whoever was settled by another policy is settled by this one, and every account is looked at again."""
        before = policies.in_force(self._reader)
        if before == self._policy.fingerprint:
            return
        number = self._lots.settle(today, self._everybody)
        if self._put_off():
            return
        for system in self._systems:
            self._wake(system)
        at = self._clock.stamp()
        policy = self._policy
        self._writer.write(lambda connection: policies.note(connection, policy.fingerprint, policy.readings, at))
        self._end_batch()
        if before is not None:
            log.warning("the policy has changed: %d people settled, every account is due", number)

    def _everybody(self, after: Turn, size: int) -> list[Turn]:
        return [Turn("", subject) for subject in rolls.everybody(self._reader, after.subject, size)]

    def _wake(self, system: str) -> None:
        after: str | None = ""
        while after is not None:
            after = self._writer.write(partial(self._woken, system=system, after=after))
            if self._stopping.is_set():
                raise Stopped

    def _woken(self, connection: Connection, system: str, after: str) -> str | None:
        return wake_all(connection, system, after, WOKEN, self._clock.now(), gone=True)

    def _end_batch(self) -> None:
        """All that is due together has been written (S23)."""
        batch = cause().batch
        if batch is not None:
            self._writer.write(lambda connection: batches.end(connection, batch))

    def _put_off(self) -> bool:
        """Who could not be settled keeps the day from being done; the others have been, and other nodes may know."""
        if self._lots.failed:
            self._end_batch()
            self._not_before = self._clock.monotonic() + LATER
            today = self._clock.today()
            self._writer.write(lambda connection: rolls.note(connection, self._passed, today))
        return self._lots.failed > 0


def _end_day(connection: Connection, today: str) -> None:
    """A write that was computed before midnight may have been committed since: then the next look goes on."""
    if not rolls.turning(connection, today, BEFORE_ALL, 1):
        rolls.end_day(connection, today)
