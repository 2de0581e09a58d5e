"""The look for planned ends that are near: a lot at a time, read here and written by whoever works the store.

It reads those whose first planned end is near, by an index, and those who have a case: nobody else.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from sqlalchemy import Connection, Engine

from mappings.policy.readings import Readings
from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.store import returns
from scim_server.store.engine import reading
from scim_server.store.settle import Rules
from scim_server.store.writer import Writer

Run = Callable[[list[str]], Any]


def look(reader: Connection, clock: Clock, readings: Readings, days: int, run: Run) -> None:
    """Opens what is due and settles what the roster has settled. `run`: "return-look" over some people."""
    today = clock.today()
    until = returns.horizon(today, days)
    for lot in chain(_near(reader, until), _asked_about(reader)):
        found = returns.differences(reader, lot, today, until, readings)
        if any(found):
            run(lot)


def _near(reader: Connection, until: str) -> Iterator[list[str]]:
    last = returns.Place("", "")
    while places := returns.near(reader, until, last):
        yield [each.subject for each in places]
        last = places[-1]


def _asked_about(reader: Connection) -> Iterator[list[str]]:
    last = ""
    while lot := returns.asked_about(reader, last):
        yield lot
        last = lot[-1]


class Returns:
    """The same as a duty of whoever schedules: `look` is all of it. `days`: [review] return_days."""

    EVERY = 600.0  # seconds between two looks

    def __init__(self, engine: Engine, writer: Writer, clock: Clock, rules: Rules, days: int) -> None:
        self._engine, self._writer, self._clock, self._rules, self._days = engine, writer, clock, rules, days

    def look(self) -> None:
        """Raises Unavailable."""
        with reading(self._engine) as reader:
            look(reader, self._clock, self._rules.readings, self._days, self._run)

    def _run(self, lot: list[str]) -> None:
        given = {"people": lot, "days": self._days}
        bring = COMMANDS["return-look"]
        self._writer.write(lambda connection: bring(connection, self._clock, self._rules, given))
