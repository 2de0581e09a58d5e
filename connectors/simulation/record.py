"""What was asked of a simulator, as received: the last half million calls, within a bound of memory."""

import json
from collections import deque
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

ENTRIES = 500_000
OCTETS = 256_000_000


class Call(NamedTuple):
    """One call as it came, and the status that it was answered with (0: none at all)."""

    at: float
    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    status: int

    def shown(self) -> dict[str, Any]:
        """As `GET /_sim/requests` shows it: the body as a JSON value where it is one, else as text."""
        return {**self._asdict(), "query": dict(self.query), "body": _read(self.body)}


class Record:
    """The calls, oldest first; the oldest are dropped."""

    def __init__(self, entries: int = ENTRIES, octets: int = OCTETS) -> None:
        self._entries, self._octets = entries, octets
        self._held = 0
        self._calls: deque[Call] = deque()
        self._lock = Lock()

    def add(self, call: Call) -> None:
        """Keeps a call."""
        with self._lock:
            self._calls.append(call)
            self._held += len(call.body)
            while len(self._calls) > self._entries or (self._held > self._octets and len(self._calls) > 1):
                self._held -= len(self._calls.popleft().body)

    def shown(self) -> list[dict[str, Any]]:
        """All of them, as shown."""
        with self._lock:
            calls = list(self._calls)
        return [call.shown() for call in calls]


def _read(body: bytes) -> Any:
    if not body:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
