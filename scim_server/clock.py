"""The only place that asks the machine for the time (S9).

Today is the civil day in Asia/Shanghai; stamps are UTC with milliseconds and Z.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def stamp(seconds: float) -> str:
    """Seconds since the epoch as an ISO 8601 stamp: 2026-03-02T01:02:03.456Z."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


def civil_day(seconds: float) -> str:
    """The ISO day in Asia/Shanghai at that instant."""
    return datetime.fromtimestamp(seconds, SHANGHAI).date().isoformat()


def day_start(day: str) -> float:
    """Seconds since the epoch at 00:00 of an ISO day in Asia/Shanghai. Raises ValueError."""
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI).timestamp()


def pause(seconds: float) -> None:
    """Sleeps, by a wait that needs no absolute time: libfaketime, under which the days are tested, knows no other."""
    Event().wait(seconds)


@dataclass(frozen=True, slots=True)
class Clock:
    """What the house knows of time. Tests hand in their own functions."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic

    @property
    def is_the_machines(self) -> bool:
        """Whether it tells the machine's own time, in whose place a database's may stand."""
        return self.now is time.time

    def stamp(self) -> str:
        """This instant as a stamp."""
        return stamp(self.now())

    def today(self) -> str:
        """The ISO civil day in Asia/Shanghai."""
        return civil_day(self.now())
