"""What one request leaves behind besides its answer: a correlation id, a line in the log, figures, a span."""

import logging
import re
from collections.abc import Iterable
from typing import Any

from starlette.responses import Response

from scim_server.clock import Clock
from scim_server.store.edits import new_id
from scim_server.telemetry import meters, spans

SANE = re.compile(rb"[A-Za-z0-9-]{1,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET = frozenset({"GET", "HEAD", "OPTIONS"})  # logged at `debug` alone, as long as they are answered

log = logging.getLogger("huaming.scim")


class Visit:
    """From a request's head to its answer. `id` goes with all that is done because of it, to the last read-back."""

    __slots__ = ("_began", "_clock", "_method", "_parent", "_path", "_since", "caller", "id")

    def __init__(self, method: str, path: str, headers: Iterable[tuple[bytes, bytes]], clock: Clock) -> None:
        """`path`: the template, `/Users/{id}`. An `X-Request-Id` is taken over if it is sane, else the trace id of a
        `traceparent`; else the request gets an id of ours.
        """
        said = {name: value for name, value in headers if name in (b"x-request-id", b"traceparent")}
        given = said.get(b"x-request-id", b"")
        self._parent = spans.parent_of(said[b"traceparent"].decode("latin-1")) if b"traceparent" in said else None
        self.id = given.decode() if SANE.fullmatch(given) else self._parent.trace if self._parent else new_id()
        self.caller: str | None = None  # the name of the token
        self._method, self._path, self._clock = method if method in METHODS else "other", path, clock
        self._since, self._began = clock.monotonic(), clock.now() if spans.recording() else 0.0

    def end(self, response: Response) -> None:
        """The answer is about to go out; the commit that it tells of is behind it."""
        response.raw_headers.append((b"x-request-id", self.id.encode()))
        seconds, status = self._clock.monotonic() - self._since, response.status_code
        meters.asked(self._method, self._path, status, seconds)
        level = logging.DEBUG if self._method in QUIET and status < 500 else logging.INFO
        if log.isEnabledFor(level):
            log.log(level, "answered", extra=self._known(status, seconds))
        if spans.recording():
            self._record(status, seconds)

    def _known(self, status: int, seconds: float) -> dict[str, Any]:
        known = {"method": self._method, "path": self._path, "status": status, "ms": round(seconds * 1000, 1)}
        return {"request": self.id, **known, "caller": self.caller}

    def _record(self, status: int, seconds: float) -> None:
        said: dict[str, str | int | float] = {
            "http.request.method": self._method,
            "http.route": self._path,
            "http.response.status_code": status,
        }
        error = f"HTTP {status}" if status >= 500 else None
        span = spans.Span(
            f"{self._method} {self._path}",
            self.id,
            spans.REQUEST,
            self._began,
            self._began + seconds,
            of=None,
            error=error,
            parent=self._parent,
            attributes=said,
        )
        spans.record(span)
