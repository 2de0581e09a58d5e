"""Counts calls in sliding windows, exactly."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Window:
    """One limit on one path. `largest`: the most calls that ever lay within any stretch of `seconds`."""

    path: str
    limit: int
    seconds: float
    times: deque[float] = field(default_factory=deque)
    largest: int = 0

    def arrive(self, at: float) -> bool:
        """A call has come, which counts whatever becomes of it. Says whether it is one too many."""
        times = self.times
        times.append(at)
        while times[0] <= at - self.seconds:
            times.popleft()
        self.largest = max(self.largest, len(times))
        return len(times) > self.limit


class Windows:
    """Every limit of a vendor. Not locked: the one thread that serves is the one that counts."""

    def __init__(self, limits: Iterable[tuple[str, int, float]]) -> None:
        self._of: dict[str, list[Window]] = {}
        for path, limit, seconds in limits:
            self._of.setdefault(path, []).append(Window(path, limit, seconds))

    def arrive(self, path: str, at: float) -> bool:
        """Counts a call in every window of its path. Says whether it goes beyond one of them."""
        beyond = [window.arrive(at) for window in self._of.get(path, ())]
        return any(beyond)

    def rows(self) -> list[dict[str, Any]]:
        """What `GET /_sim/windows` shows: what a client's worst stretch was, beside the limit."""
        return [
            {"verb": window.path, "seconds": window.seconds, "limit": window.limit, "largest": window.largest}
            for windows in self._of.values()
            for window in windows
        ]
