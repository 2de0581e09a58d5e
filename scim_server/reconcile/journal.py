"""What the lanes leave in the log, in the figures and in the spans, a line a step, under the correlation id (S26).

Claimed, called, read back, settled: with the answer to the request before them, whoever has the id of a push finds
every step of it. At `info` stand the steps that did not go well; the others at `debug`.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from connectors.errors import ConnectorError
from mappings.model import AccountState, AlreadySo, Done, Operation, Outcome
from scim_server.clock import Clock
from scim_server.reconcile.task import Task
from scim_server.store.finish import Finish
from scim_server.store.links import LEASE, Claim
from scim_server.telemetry import meters, spans

log = logging.getLogger("huaming.reconcile")

WELL = ("done", "already-so", "not-sent")
WORDS: Mapping[str, str] = {
    "Done": "done",
    "AlreadySo": "already-so",
    "Pending": "pending",
    "Retry": "retry",
    "Refused": "refused",
    "Conflict": "conflict",
    "Unknown": "unknown",
}


def claimed(claims: Iterable[Claim]) -> None:
    """A lane has taken these rows."""
    if log.isEnabledFor(logging.DEBUG):
        for each in claims:
            log.debug("claimed", extra=_known(each))


def observed(
    system: str, read: Callable[[], Sequence[AccountState | ConnectorError | None]], clock: Clock
) -> Sequence[AccountState | ConnectorError | None]:
    """Has accounts read, and counts how many could be."""
    began = clock.monotonic()
    states = read()
    meters.CALL_SECONDS.labels(system, "observe").observe(clock.monotonic() - began)
    failed = sum(isinstance(each, ConnectorError) for each in states)
    for outcome, number in (("failed", failed), ("read", len(states) - failed)):
        if number:
            meters.CALLS.labels(system, "observe", outcome).inc(number)
    return states


def applied(
    wave: Sequence[tuple[Task, Operation]], apply: Callable[[], Sequence[Outcome]], clock: Clock
) -> Sequence[Outcome]:
    """Has operations applied, and tells how each ended."""
    began, start = clock.monotonic(), clock.now()
    outcomes = apply()
    seconds = clock.monotonic() - began
    for (task, operation), outcome in zip(wave, outcomes, strict=True):
        _applied(task.claim, operation, outcome, start, seconds)
    if wave:
        meters.CALL_SECONDS.labels(wave[0][0].claim.system, "apply").observe(seconds)
    return outcomes


def _applied(claim: Claim, operation: Operation, outcome: Outcome, start: float, seconds: float) -> None:
    word = WORDS.get(type(outcome).__name__, "unknown")
    meters.CALLS.labels(claim.system, operation.action.value, word).inc()
    level = logging.DEBUG if isinstance(outcome, Done | AlreadySo) else logging.INFO
    if log.isEnabledFor(level):
        said = {"operation": operation.action.value, "outcome": word, "ms": round(seconds * 1000, 1)}
        log.log(level, "called", extra=_known(claim) | said)
    if spans.recording() and claim.cause is not None:
        about = {"huaming.system": claim.system, "huaming.subject": claim.subject, "huaming.outcome": word}
        name, part = f"{claim.system} {operation.action.value}", f"call {operation.id}"
        error = None if word in WELL else word
        call = spans.Span(name, claim.cause, part, start, start + seconds, _pass(claim), error, attributes=about)
        spans.record(call)


def read_back(work: Sequence[Task]) -> None:
    """A pass has seen what came of its operations, and of those that an earlier one left open."""
    if log.isEnabledFor(logging.DEBUG):
        for task in work:
            for end in task.ends:
                log.debug("read back", extra=_known(task.claim) | {"outcome": end.outcome})


def ended(finishes: Sequence[Finish], now: float) -> None:
    """The ends of a pass are in the store. `now`: seconds since the epoch."""
    for finish in finishes:
        claim = finish.claim
        if finish.settled and claim.changed is not None:
            meters.LAG_SECONDS.labels(claim.system).observe(max(0.0, now - claim.changed))
        level = logging.INFO if finish.state in ("parked", "held") else logging.DEBUG
        if log.isEnabledFor(level):
            log.log(level, "settled" if finish.settled else "not settled", extra=_ended(finish))
        if spans.recording() and claim.cause is not None:
            _record(finish, claim.cause, now)


def _ended(finish: Finish) -> dict[str, Any]:
    return _known(finish.claim) | {"outcome": finish.state}


def _record(finish: Finish, cause: str, now: float) -> None:
    claim, error = finish.claim, None if finish.settled or finish.error is None else finish.state
    about = {"huaming.system": claim.system, "huaming.subject": claim.subject, "huaming.outcome": finish.state}
    began = claim.lease_until - LEASE
    spans.record(spans.Span(f"{claim.system} pass", cause, _pass(claim), began, now, error=error, attributes=about))


def _pass(claim: Claim) -> str:
    return f"pass {claim.system} {claim.subject} {claim.epoch}"


def _known(claim: Claim) -> dict[str, Any]:
    return {"request": claim.cause, "system": claim.system, "subject": claim.subject}
