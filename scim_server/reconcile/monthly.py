"""The scheduled check of 四: on the first working day of a month, as a process of its own like the sweep (S20)."""

from collections.abc import Callable

from mappings.calendar import Calendar
from scim_server.clock import Clock, civil_day, day_start
from scim_server.reconcile.nightly import Nightly
from scim_server.rounds import Child
from scim_server.store.writer import Writer

AGAIN = 3600.0  # seconds until one that was not whole is begun once more


class Monthly(Nightly):
    """`whole` tells whether the check of a month (YYYY-MM) has been done.

    Until it is, each later hour of a working day begins it: a day that was missed (a machine that was off, a notice of
    the State Council that came late) is made up, and one that was broken off goes on.
    """

    name, what = "review", "the check of the month"

    def __init__(
        self,
        at: float,
        writer: Writer,
        clock: Clock,
        start: Callable[[], Child],
        calendar: Callable[[], Calendar],
        whole: Callable[[str], bool],
    ) -> None:
        super().__init__(at, writer, clock, start)
        self._calendar, self._whole = calendar, whole
        self._seen: float | None = None

    def _moment(self, now: float) -> float | None:
        today = civil_day(now)
        begins = day_start(today) + self._at
        if now < begins:
            return None
        tick = begins + (now - begins) // AGAIN * AGAIN
        if tick == self._seen or not self._calendar().is_working(today) or self._whole(today[:7]):
            return None
        self._seen = tick
        return tick
