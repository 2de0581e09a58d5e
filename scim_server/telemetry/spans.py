"""OpenTelemetry spans, where `[telemetry] otlp_endpoint` says so; else nothing, at the cost of one comparison.

A span is recorded when it has ended: what a request asked for is done later, by another thread or on another node,
so nothing can be kept open from one to the other. Trace and span ids follow from the correlation id instead: whoever
knows it (the row in the store does) finds the same trace without having been told.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from threading import Thread
from typing import Any

from scim_server.settings import BadSettings

REQUEST = "scim"
_HEX = re.compile(r"[0-9a-f]{32}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}")
_SAMPLED = 1


@dataclass(frozen=True, slots=True)
class Parent:
    """Another's span, as `traceparent` names it (W3C Trace Context): two hexadecimal numbers."""

    trace: str
    span: str


@dataclass(frozen=True, slots=True)
class Span:
    """Something that was done, `start` to `end` in seconds since the epoch.

    `request` is the correlation id; `part` names it within the trace, `of` the part that it belongs to. `error`: a
    word on what went wrong. `attributes` hold ids and words of ours alone, never a value of a person.
    """

    name: str
    request: str
    part: str
    start: float
    end: float
    of: str | None = REQUEST
    error: str | None = None
    parent: Parent | None = None
    attributes: Mapping[str, str | int | float] | None = None


def parent_of(header: str | None) -> Parent | None:
    """What `traceparent` says; None where it is not well-formed, or nothing but zeros."""
    found = _TRACEPARENT.fullmatch(header or "")
    return Parent(found[1], found[2]) if found and found[1].strip("0") and found[2].strip("0") else None


def trace_id(request: str) -> int:
    """128 bits: a UUID or a trace id of somebody else's as it is, anything else by its digest."""
    digits = request.replace("-", "").lower()
    return int(digits, 16) if _HEX.fullmatch(digits) and digits.strip("0") else _digest(request, 16)


def span_id(request: str, part: str) -> int:
    """64 bits, never nothing but zeros."""
    return _digest(f"{request}/{part}", 8) or 1


def _digest(text: str, size: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=size).digest(), "big")


class Recorder:
    """Hands spans to the exporter's own thread: whoever records waits for no network."""

    def __init__(self, endpoint: str) -> None:
        """Raises BadSettings where the extra is not installed."""
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from requests import Session
        except ImportError as error:
            raise BadSettings(
                "[telemetry] otlp_endpoint: install the extra: pip install 'huaming[telemetry]'"
            ) from error
        traces = endpoint if endpoint.endswith("/v1/traces") else endpoint.rstrip("/") + "/v1/traces"
        self._resource = Resource.create({"service.name": "huaming"})
        wire = Session()
        wire.trust_env, wire.max_redirects = False, 0  # to that address, by no proxy, and nowhere else
        self._queue = BatchSpanProcessor(OTLPSpanExporter(endpoint=traces, session=wire), schedule_delay_millis=1000)

    def record(self, span: Span) -> None:
        """Queues it; where the collector is slower than we are, it is dropped."""
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.trace import Link, SpanKind, Status, StatusCode

        mine = self._context(trace_id(span.request), span_id(span.request, span.part))
        above = self._context(mine.trace_id, span_id(span.request, span.of)) if span.of else None
        links: list[Link] = []
        if span.parent is not None:
            other = self._context(int(span.parent.trace, 16), int(span.parent.span, 16))
            above, links = (other, []) if other.trace_id == mine.trace_id else (None, [Link(other)])
        self._queue.on_end(
            ReadableSpan(
                span.name,
                context=mine,
                parent=above,
                resource=self._resource,
                attributes={"huaming.request": span.request, **(span.attributes or {})},
                links=links,
                kind=SpanKind.SERVER if span.of is None else SpanKind.INTERNAL,
                status=Status(StatusCode.ERROR, span.error) if span.error else Status(StatusCode.UNSET),
                start_time=int(span.start * 1e9),
                end_time=int(span.end * 1e9),
            )
        )

    def close(self) -> None:
        """Sends what is queued. A collector that is away must not hold up our end: it is left after a second."""
        last = Thread(target=self._queue.shutdown, name="last-spans", daemon=True)
        last.start()
        last.join(1.0)

    @staticmethod
    def _context(trace: int, span: int) -> Any:
        from opentelemetry.trace import SpanContext, TraceFlags

        return SpanContext(trace, span, is_remote=False, trace_flags=TraceFlags(_SAMPLED))


recorder: Recorder | None = None


def start(endpoint: str | None) -> None:
    """Spans go there from now on; None: nowhere. Raises BadSettings."""
    global recorder  # noqa: PLW0603 - one process has one exporter, as it has one log
    stop()
    recorder = None if endpoint is None else Recorder(endpoint)


def stop() -> None:
    """Sends what is queued; nothing is recorded any more."""
    global recorder  # noqa: PLW0603
    if recorder is not None:
        recorder.close()
        recorder = None


def record(span: Span) -> None:
    """See Recorder; nothing where there is none. Hot paths ask `recording()` before they make a Span at all."""
    if recorder is not None:
        recorder.record(span)


def recording() -> bool:
    """Whether spans go anywhere."""
    return recorder is not None
