"""One download at a time, for all lanes: the platform keeps a hundred unfinished ones, and one brings all that waits.

Whoever comes while one is on its way waits for it to end; the next one then serves all who have waited. This is
known in memory only, and nothing rests on it: what a person waits for is kept with the person, and a process that
has forgotten it begins one download more.
"""

from collections.abc import Callable, Mapping, Sequence
from heapq import heappop, heappush
from threading import Lock
from typing import Any

from connectors.attendance.config import AttendanceConfig
from connectors.attendance.entry import text

FIRST = 0.5  # seconds until the first look at a task; then twice as long each time
SHARE = 0.01  # seconds that each person who waits adds to the longest time between two looks


class Downloads:
    """The downloads to one set of doors in this process. Times in epoch seconds."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = ""
        self._begun = 0.0
        self._waiting: list[float] = []  # a heap: until when each was told to wait

    def bringing(
        self, ready: Sequence[float], now: float, begin: Callable[[], str], over: Callable[[str], bool]
    ) -> dict[float, str]:
        """The download that brings what was ready at each of these instants; empty: one has to wait.

        `begin` starts one and gives its number; `over` tells whether one has ended.
        """
        with self._lock:
            late = {each for each in ready if not (self._last and self._begun > each)}
            if late and not (self._last and not over(self._last)):
                self._last, self._begun = begin(), now
                late = set()
            return {each: "" if each in late else self._last for each in ready}

    def under_way(self, download: str) -> None:
        """It has not ended: after a restart it is the one to wait for."""
        with self._lock:
            if not self._last:
                self._last, self._begun = download, 0.0

    def forget(self, download: str) -> None:
        """The platform knows nothing of it any more."""
        with self._lock:
            if self._last == download:
                self._last = ""

    def patience(self, looks: int, longest: float, now: float) -> float:
        """Seconds until the next look of one who has looked so often; longer at last where thousands wait."""
        with self._lock:
            while self._waiting and self._waiting[0] <= now:
                heappop(self._waiting)
            after = min(FIRST * 2.0 ** min(looks, 20), max(longest, SHARE * len(self._waiting)))
            heappush(self._waiting, now + after)
            return after


_shared: dict[tuple[str, ...], Downloads] = {}
_sharing = Lock()


def shared_downloads(config: AttendanceConfig) -> Downloads:
    """Those of all connectors in this process that go to the same doors, as the same application."""
    doors = (str(each) for each in config.doors)
    key = (config.url, config.app_key, config.tag_id, config.door_type, config.credentials, *doors)
    with _sharing:
        return _shared.setdefault(key, Downloads())


def finished(told: Mapping[str, Any], *flags: str) -> bool:
    """Whether a task has ended, by its flags, or by those of every door of a download."""
    doors = told.get("resourceDownloadProgress")
    if isinstance(doors, list) and doors:
        return all(finished(each, *flags) for each in doors if isinstance(each, Mapping))
    return any(text(told, flag).lower() == "true" for flag in flags)
