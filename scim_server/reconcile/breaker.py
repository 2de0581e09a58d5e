"""The breaker of one system: after five failures in a row, one probe at a time (reliability: engine)."""

from collections.abc import Callable
from threading import Lock

LIMIT = 5
FIRST = 5.0  # seconds before the first probe
LAST = 30.0  # seconds between probes in the end: an outage of an hour ends within half a minute of its end


class Breaker:
    """Shared by the lanes of a system. While it is open, rows keep their attempts."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._failures = 0
        self._wait = FIRST
        self._open_until: float | None = None
        self.error: str | None = None

    @property
    def open(self) -> bool:
        """Whether calls are held back now."""
        return self._open_until is not None

    def pause(self) -> float:
        """Seconds to wait before a call; 0 lets one call through, and while open it is the only one."""
        with self._lock:
            if self._open_until is None:
                return 0.0
            left = self._open_until - self._monotonic()
            if left > 0:
                return left
            self._open_until = self._monotonic() + self._wait  # this caller is the probe
            return 0.0

    def succeeded(self) -> bool:
        """The system answered. True when that closed the breaker."""
        with self._lock:
            was_open = self._open_until is not None
            self._failures, self._wait, self._open_until, self.error = 0, FIRST, None, None
            return was_open

    def failed(self, error: str, after: float | None = None) -> bool:
        """The system did not answer. True when that opened the breaker.

        `after`: the system itself has said in how many seconds it may be asked again; until then nobody asks.
        """
        with self._lock:
            self._failures += 1
            self.error = error
            if self._failures < LIMIT and after is None:
                return False
            opened = self._open_until is None
            if after is None:
                after, self._wait = self._wait, min(LAST, self._wait * 2)
            self._open_until = max(self._open_until or 0.0, self._monotonic() + after)
            return opened
