"""A SCIM client that is an HR system in bad weather: it sends until it is acknowledged, looks where it cannot know."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import httpx

Json = dict[str, Any]
PATIENCE = 300.0  # seconds until a write that is never acknowledged is a defect
PAUSE = 0.3  # seconds before it is sent again
NOT_NOW = (429, 502, 503, 504, 507)


class Refusal(Exception):
    """The house refused a write for good: status and body."""


class Log:
    """Every acknowledged write, a JSON line each, and what the answers were like."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1, encoding="utf-8")
        self._gate = threading.Lock()
        self.acknowledged = 0
        self.said: Counter[str] = Counter()
        self.took: list[float] = []
        self.refused: list[str] = []

    def keep(self, answer: httpx.Response, began: float) -> None:
        """An acknowledged write; `began` by the monotonic clock."""
        line = {
            "at": time.time(),
            "method": answer.request.method,
            "path": answer.request.url.path,
            "status": answer.status_code,
            "request": answer.headers.get("X-Request-Id"),
            "etag": answer.headers.get("ETag"),
        }
        with self._gate:
            self.acknowledged += 1
            self.took.append(time.monotonic() - began)
            self._file.write(json.dumps(line) + "\n")

    def note(self, said: str) -> None:
        with self._gate:
            self.said[said] += 1


class Hr:
    """One client of several servers."""

    def __init__(self, bases: Sequence[str], secret: str, random: Random, log: Log) -> None:
        head = {"Authorization": f"Bearer {secret}"}
        self._https = [httpx.Client(base_url=f"{base}/scim/v2", headers=head, timeout=20) for base in bases]
        self._random = random
        self._log = log

    def close(self) -> None:
        for each in self._https:
            each.close()

    def write(self, method: str, path: str, body: Any, done: Callable[[], Json | None]) -> Json:
        """What the house answers, or what `done` shows where an answer was lost or a repetition met its own first try.

        Raises Refusal; AssertionError where it is never acknowledged.
        """
        until, doubt = time.monotonic() + PATIENCE, False
        while time.monotonic() < until:
            if doubt and (found := done()) is not None:
                self._log.note("done, though the answer was lost")
                return found
            answer = self._send(method, path, body)
            if answer is not None and answer.is_success:
                return answer.json() if answer.content else {}
            if answer is not None and answer.status_code not in NOT_NOW:
                if doubt and (found := done()) is not None:
                    return found
                raise Refusal(
                    f"{method} {path} {json.dumps(body, ensure_ascii=False)}: {answer.status_code} {answer.text}"
                )
            doubt = True
            time.sleep(PAUSE)
        raise AssertionError(f"never acknowledged: {method} {path}")

    def _send(self, method: str, path: str, body: Any) -> httpx.Response | None:
        began = time.monotonic()
        try:
            answer = self._random.choice(self._https).request(method, path, json=body)
        except httpx.TransportError as error:
            self._log.note(type(error).__name__)
            return None
        self._log.note(str(answer.status_code))
        if answer.is_success:
            self._log.keep(answer, began)
        return answer

    def read(self, path: str, **query: Any) -> httpx.Response:
        """An answer that is one: 200 or 404. Raises AssertionError where none comes."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = self._random.choice(self._https).get(path, params=query)
                if answer.status_code in (200, 404):
                    return answer
                assert answer.status_code in NOT_NOW, (path, answer.status_code, answer.text)
            except httpx.TransportError:
                pass
            time.sleep(PAUSE)
        raise AssertionError(f"cannot be read: {path}")

    def find(self, kind: str, key: str) -> Json | None:
        """The resource of that externalId."""
        found = self.read(f"/{kind}", filter=f'externalId eq "{key}"').json()["Resources"]
        return found[0] if found else None

    def everything(self, kind: str, **query: Any) -> list[Json]:
        """All pages of a list."""
        found: list[Json] = []
        while True:
            page = self.read(f"/{kind}", startIndex=len(found) + 1, count=200, **query).json()
            found += page["Resources"]
            if len(found) >= page["totalResults"]:
                return found
