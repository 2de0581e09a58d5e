"""Watches what is so, and tells it: once, until it is over, and then that it is over (S29).

One thread of the process that schedules; what it has raised and told stands in the store, so that a restart, or
another node, goes on where it ended. That the store itself cannot be written stands nowhere: each node tells that.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Event, Thread

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from scim_server.alerts.cases import REPLY
from scim_server.alerts.condition import Condition, Notice, moment
from scim_server.alerts.conditions import Present, conditions
from scim_server.alerts.overdue import Overdue
from scim_server.alerts.sending import NotSent, Way
from scim_server.clock import Clock
from scim_server.settings import BadSettings
from scim_server.store import alerts, schedule
from scim_server.store.engine import Unavailable, reading
from scim_server.store.writer import Writer
from scim_server.telemetry import meters

LOOK = 2.0  # seconds between two looks: what is held is told within ten
FIRST, LAST = 5.0, 600.0  # seconds until a notice that did not get out is tried again: at first, and in the end
PATIENCE = 10.0  # seconds for which the store may refuse writes before somebody is told

log = logging.getLogger("huaming.alerts")


class Watch:
    """`look` is all of it. `leads`: whether this process schedules; `present`: what is looked at, now."""

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        clock: Clock,
        way: Way,
        present: Callable[[], Present],
        leads: Callable[[], bool],
        overdue: Overdue | None = None,
    ) -> None:
        self._engine, self._writer, self._clock = engine, writer, clock
        self._way, self._present, self._leads, self._overdue = way, present, leads, overdue
        self._failing_since: float | None = None  # by the clock that never jumps
        self._trouble: Notice | None = None
        self._trouble_told = False
        self._stopping = Event()
        self._thread = Thread(target=self._run, name="alerts", daemon=True)

    def start(self) -> None:
        """Looks by itself from now on."""
        self._thread.start()

    def stop(self, timeout: float = 0.5) -> None:
        """No new look. A notice that is on its way is left to itself: it stands in the store as not told."""
        self._stopping.set()
        if self._overdue is not None:
            self._overdue.stop()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        while not self._stopping.wait(LOOK):
            try:
                self.look()
            except (Unavailable, DBAPIError, BadSettings) as error:
                log.warning("alerts: %s", type(error).__name__)
            except Exception:  # a defect must not end the watch: it is logged with its trace, and tried again
                log.exception("alerts: unexpected error")

    def look(self) -> None:
        """Raises what is new, ends what is over, tells what nobody was told yet. Raises Unavailable, DBAPIError."""
        self._look_at_store()
        if self._trouble is None and self._leads():
            self._note()
            self._tell()

    def _note(self) -> None:
        present = self._present()
        with reading(self._engine) as connection:
            found = list(conditions(connection, present))
            there = alerts.lasting(connection)
        if self._overdue is not None:
            late = self._overdue.look(present.today, present.now)
            found += self._still(there) if late is None else late
        now = {(each.kind, each.about) for each in found}
        known = {(each.kind, each.about) for each in there}
        raised = [_row(each) for each in found if (each.kind, each.about) not in known]
        over = [each.id for each in there if (each.kind, each.about) not in now]
        if raised or over:
            self._writer.write(lambda connection: alerts.note(connection, raised, over, present.now))

    @staticmethod
    def _still(there: Sequence[alerts.Alert]) -> list[Condition]:
        """Until the day's walk through the roster has ended, the letters stand as they stood."""
        walked = (each for each in there if each.kind == "deadline" and not each.about.startswith(REPLY))
        return [Condition(each.kind, each.about, each.text, each.since) for each in walked]

    def _tell(self) -> None:
        with reading(self._engine) as connection:
            waiting = alerts.untold(connection, self._clock.now())
        for each in waiting:
            if self._stopping.is_set():
                return
            notice = Notice(each.id, each.kind, each.about, each.text, each.since, each.ended)
            self._record(each, sent=self._send(notice))

    def _record(self, each: alerts.Alert, *, sent: bool) -> None:
        now, over = self._clock.now(), each.ended is not None
        if sent:
            self._writer.write(lambda connection: alerts.told(connection, each.id, now, over=over))
        else:
            later = now + min(LAST, FIRST * 2 ** min(each.tries, 10))
            self._writer.write(lambda connection: alerts.failed(connection, each.id, later))

    def _send(self, notice: Notice) -> bool:
        try:
            self._way.send(notice)
        except (NotSent, BadSettings) as error:
            meters.ALERTS.labels(notice.kind, "failed").inc()
            log.warning("an alert of kind %s did not get out: %s", notice.kind, error)
            return False
        meters.ALERTS.labels(notice.kind, "sent").inc()
        return True

    # -- the store itself

    def _look_at_store(self) -> None:
        if self._writer.failing:
            self._failing_since = self._failing_since or self._clock.monotonic()
            with suppress(Unavailable):  # a write of our own: nobody else may write for hours
                self._writer.write(lambda connection: schedule.take(connection, "probe", 0.0, self._clock.now()))
        now = self._clock.now()
        if not self._writer.failing:
            self._failing_since = None
            self._store_is_back(now)
        elif self._failing_since is not None and self._clock.monotonic() - self._failing_since >= PATIENCE:
            self._store_is_away(now - (self._clock.monotonic() - self._failing_since))

    def _store_is_away(self, began: float) -> None:
        if self._trouble is None:
            said = f"{moment(began)} 起数据库写不进去（磁盘满、被锁住或连不上）：写请求答 503，名册没有丢失；读照常。"
            self._trouble, self._trouble_told = Notice("", "store", "store", said, began), False
        if not self._trouble_told:
            self._trouble_told = self._send(self._trouble)

    def _store_is_back(self, now: float) -> None:
        if self._trouble is None:
            return
        one = self._trouble
        if not self._trouble_told or self._send(Notice(one.id, one.kind, one.about, one.text, one.since, now)):
            self._trouble = None


def _row(each: Condition) -> dict[str, object]:
    return {"kind": each.kind, "about": each.about, "text": each.text, "since": each.since}
