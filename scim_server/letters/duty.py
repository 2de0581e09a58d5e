"""What the leading worker does for letters: begins a round of deliveries, and looks after the deadlines of replies.

A delivery talks to a vendor and draws documents: it is a child, as the sweep of the night is.
"""

import logging
from collections.abc import Callable

from sqlalchemy import Connection, Engine

from mappings.calendar import Calendar
from scim_server.clock import Clock
from scim_server.rounds import Child, Rounds
from scim_server.settings import BadSettings
from scim_server.store import register_clock, register_delivery, trace
from scim_server.store.engine import reading
from scim_server.store.settle import Rules
from scim_server.store.writer import Writer
from scim_server.workdays import load_calendar

EVERY = 20.0  # seconds between two looks whether a letter is due
CALENDAR = 60.0  # seconds between two looks at the calendar's files

log = logging.getLogger("huaming.letters")


class Deliveries:
    """`start` begins a round; one that runs is never begun again. `channel`: as the register names it."""

    def __init__(self, engine: Engine, clock: Clock, channel: str, start: Callable[[], Child]) -> None:
        self._engine, self._clock, self._channel = engine, clock, channel
        self._rounds = Rounds(start)

    def look(self) -> None:
        """One read where nothing is due."""
        code = self._rounds.ended()
        if code is not None:
            log.log(logging.INFO if code == 0 else logging.WARNING, "a round of deliveries has ended with %d", code)
        if not self._rounds.may_begin:
            return
        with reading(self._engine) as connection:
            due = register_delivery.is_due(connection, self._channel, self._clock.now())
        if due:
            self._rounds.begin()

    def stop(self) -> None:
        """Ends a round that runs: a letter that was just leaving is looked up by the next one."""
        self._rounds.stop()


class Deadlines:
    """A calendar that changes moves the deadlines of replies that are waited for, and the trace tells of each."""

    def __init__(self, writer: Writer, clock: Clock, rules: Rules) -> None:
        self._writer, self._clock, self._rules = writer, clock, rules
        self._seen: tuple[Calendar, str] | None = None

    def look(self) -> None:
        """Reckons anew where the calendar or the day is another one than at the last look, and at the first."""
        try:
            seen = (load_calendar(self._rules.calendar), self._clock.today())
        except BadSettings as error:
            log.warning("deadlines of replies stay as they are: %s", error)
            self._seen = None  # what is delivered meanwhile has no certain one
            return
        if seen != self._seen:
            self._writer.write(lambda connection: self._reckon(connection, seen[0]))
            self._seen = seen

    def _reckon(self, connection: Connection, calendar: Calendar) -> None:
        for moved in register_clock.reckon(connection, self._rules, calendar):
            said = f"{moved.words}（工作日安排有变）"
            trace.note(connection, "letter", "calendar", said, at=self._clock.stamp())
