"""What a sweep has written, by whoever works the store: lots that a server takes between two requests (S17, S27)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection

from scim_server.clock import Clock, stamp
from scim_server.store import batches, sweeps
from scim_server.store.cause import Cause, because
from scim_server.store.settle import Rules

Command = Callable[[Connection, Clock, Rules, Mapping[str, Any]], Any]
BATCH = "sweep:"


def batch_of(sweep: str) -> str:
    """What is due by one sweep is due together (S23)."""
    return BATCH + sweep


def _begin(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    sweeps.begin(connection, given["sweep"], given["system"], given["kind"], given["report_only"], clock.now())


def _found(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: [subject, what, group, found, outcome, first seen] each."""
    same = {"sweep": given["sweep"], "system": given["system"], "at": clock.stamp()}
    names = ("subject", "what", "group_key", "found", "outcome")
    rows = [
        {**same, **dict(zip(names, row[:5], strict=True)), "first_seen": stamp(min(row[5], clock.now()))}
        for row in given["rows"]
    ]
    sweeps.record(connection, rows)


def _due(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: subjects."""
    batch = batch_of(given["sweep"])
    batches.begin(connection, batch, clock.now() + batches.STALE)  # more of it may come (S23)
    with because(Cause(request=batch, batch=batch)):
        sweeps.wake(connection, given["system"], given["rows"], batch, clock.now())


def _later(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: [subject, moment] each. What ripens within a minute is due together, apart from what is due at once."""
    request = batch_of(given["sweep"])
    for minute, rows in groupby(sorted(given["rows"], key=_minute), key=_minute):
        batch = f"{request} {minute}"
        with because(Cause(request=request, batch=batch)):
            sweeps.wake_later(connection, given["system"], [(row[0], row[1]) for row in rows], batch)


def _minute(row: Sequence[Any]) -> int:
    return int(row[1] // 60)


def _note(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    """`rows`: [subject, epoch, record] each."""
    sweeps.note(connection, given["system"], [(row[0], row[1], row[2]) for row in given["rows"]])


def _end(connection: Connection, clock: Clock, rules: Rules, given: Mapping[str, Any]) -> None:
    batches.end(connection, batch_of(given["sweep"]))
    sweeps.end(connection, given["sweep"], given["counts"], given["error"], clock.now())


COMMANDS: Mapping[str, Command] = {
    "sweep-begin": _begin,
    "sweep-found": _found,
    "sweep-due": _due,
    "sweep-later": _later,
    "sweep-note": _note,
    "sweep-end": _end,
}
