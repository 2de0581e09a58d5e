"""People settled in lots: the writer is given back to others within 20 ms, and left to them as long again."""

import logging
from collections.abc import Callable, Sequence
from itertools import groupby
from threading import Event

from sqlalchemy import Connection

from scim_server.clock import Clock, day_start
from scim_server.store import batches, rolls
from scim_server.store.cause import cause
from scim_server.store.engine import Unavailable
from scim_server.store.rolls import BEFORE_ALL, Turn
from scim_server.store.settle import Rules, settle
from scim_server.store.turns import InTurn
from scim_server.store.wakes import wake_since
from scim_server.store.writer import Writer

BUDGET = 0.02  # seconds of the writer for one lot
MOST = 50
ACTOR = "clock"

log = logging.getLogger("huaming.roll")

Next = Callable[[Turn, int], Sequence[Turn]]


class Stopped(Exception):
    """The house is closing: what is left is done after the next start."""


class Lots:
    """Settles people for a day, lot by lot, each lot one transaction that holds whole people only."""

    def __init__(self, writer: Writer, clock: Clock, rules: Rules, stopping: Event) -> None:
        self._writer = writer
        self._clock = clock
        self._rules = rules
        self._stopping = stopping
        self._size = 4
        self.failed = 0

    def settle(self, day: str, following: Next) -> int:
        """Settles everybody whom `following` names (after whom, how many); returns how many there were.

        Who cannot be settled is logged and passed over; `failed` counts them. Raises Stopped, Unavailable.
        """
        number = self.failed = 0
        last = BEFORE_ALL
        while lot := following(last, self._size):
            self._lot(lot, day)
            number, last = number + len(lot), lot[-1]
        return number

    def _lot(self, lot: Sequence[Turn], day: str) -> None:
        took = self._tried(lot, day)
        per_person = took / len(lot)
        self._size = min(MOST, max(1, int(BUDGET / per_person))) if per_person > 0 else MOST
        if self._stopping.wait(took):
            raise Stopped

    def _tried(self, lot: Sequence[Turn], day: str) -> float:
        """Seconds of the writer that the lot took."""
        try:
            took, left = self._writer.write(InTurn(lambda connection: self._written(connection, lot, day)))
        except Unavailable:
            raise
        except Exception:  # one person's defect must not keep the others in yesterday
            if len(lot) > 1:
                return sum(self._tried([turn], day) for turn in lot)
            log.exception("%s cannot be settled", lot[0].subject)
            self.failed += 1
            return BUDGET
        for subject in left:
            log.error("%s was settled and is still to change on a day that has come", subject)
        self.failed += len(left)
        seconds: float = took
        return seconds

    def _written(self, connection: Connection, lot: Sequence[Turn], day: str) -> tuple[float, list[str]]:
        """(seconds that it took, who is still to be settled)."""
        began, now = self._clock.monotonic(), self._clock.now()
        for turned, turns in groupby(lot, key=lambda turn: turn.day):
            if (batch := cause().batch) is not None:  # more of it may come: nothing of it is judged yet (S23)
                batches.begin(connection, batch, now + batches.STALE)
            changed = settle(connection, [turn.subject for turn in turns], day, now, ACTOR, self._rules)
            if changed and turned:
                wake_since(connection, changed, now, day_start(turned))
        left = rolls.still_turning(connection, day, [turn.subject for turn in lot])
        return self._clock.monotonic() - began, left
