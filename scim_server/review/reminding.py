"""Reminders as a duty of whoever schedules: once a letter over all nodes, in the time of day of the check."""

from sqlalchemy import Engine

from scim_server.clock import Clock, day_start
from scim_server.commands import COMMANDS
from scim_server.sections import Review
from scim_server.store.engine import reading
from scim_server.store.reminders import to_remind
from scim_server.store.settle import Rules
from scim_server.store.writer import Writer
from scim_server.workdays import load_calendar

ACTOR = "clock"
MORNING = 9 * 3600.0  # seconds after 00:00 where no check is scheduled


class Reminding:
    """`look` is all of it: it reads, and writes only where a letter is to be drawn up."""

    EVERY = 60.0  # seconds between two looks

    def __init__(self, engine: Engine, writer: Writer, clock: Clock, rules: Rules, settings: Review) -> None:
        self._engine, self._writer, self._clock, self._rules = engine, writer, clock, rules
        self._at = MORNING if settings.seconds is None else settings.seconds

    def look(self) -> None:
        """Raises Unavailable, BadSettings."""
        today = self._clock.today()
        if self._rules.letters.bureau is None or self._clock.now() < day_start(today) + self._at:
            return
        with reading(self._engine) as reader:
            wanted = to_remind(reader, today, load_calendar(self._rules.calendar))
        if wanted:
            draw, given = COMMANDS["reminders-draw"], {"by": ACTOR}
            self._writer.write(lambda connection: draw(connection, self._clock, self._rules, given))
