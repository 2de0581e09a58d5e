"""What is done again and again besides the work itself: sealing, sweeping, alerting. One worker does it (S20)."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scim_server.clock import Clock
from scim_server.store.engine import Unavailable

log = logging.getLogger("huaming.reconcile")


@dataclass(frozen=True, slots=True)
class Duty:
    """`run` is called each `every` seconds by the clock that never jumps. It must be short: the days wait for it."""

    name: str
    every: float
    run: Callable[[], None]


class Duties:
    """The duties of one house, in one thread."""

    def __init__(self, duties: Sequence[Duty], clock: Clock) -> None:
        self._clock = clock
        self._next = {duty: clock.monotonic() for duty in duties}

    def look(self) -> None:
        """Does what is due. A defect of one must not end the others: it is logged with its trace, and tried again."""
        for duty, due in self._next.items():
            if self._clock.monotonic() >= due:
                self._do(duty)
                self._next[duty] = self._clock.monotonic() + duty.every

    def _do(self, duty: Duty) -> None:
        try:
            duty.run()
        except Unavailable as error:
            log.warning("%s: %s", duty.name, error)
        except Exception:
            log.exception("%s: unexpected error", duty.name)
