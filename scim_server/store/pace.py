"""Calls that were drawn from a vendor's windows, by every worker of a store (S25).

A window is counted in slots of a twentieth of it. A stretch as long as the window touches one slot more than that
many, and a call may reach the vendor a little after it was drawn, so that two more are added up: no stretch of the
window's length can hold more calls than it allows, and nine tenths of it can be used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, text
from sqlalchemy.sql import ColumnElement

from mappings.model import Window
from scim_server.store import targets
from scim_server.store.system_tables import pace

SLOTS = 20
ADDED_UP = SLOTS + 2

_NOTE = text(
    "INSERT INTO pace (system, verb, seconds, slot, calls) VALUES (:system, :verb, :seconds, :slot, :calls) "
    "ON CONFLICT (system, verb, seconds, slot) DO UPDATE SET calls = pace.calls + excluded.calls"
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What may be called until the slot ends, by window; `wait`: seconds until more may be had, where not all was."""

    calls: Mapping[Window, int]
    wait: float


def slot(window: Window, now: float) -> int:
    """The number of the slot that `now` (seconds since the epoch) falls in."""
    return int(now // (window.seconds / SLOTS))


def draw_in_turn(connection: Connection, system: str, wanted: Mapping[Window, int], now: Callable[[], float]) -> Drawn:
    """`draw` at the moment when the turn has come: what was kept waiting by other nodes must not count as long past."""
    targets.hold(connection, system)
    return draw(connection, system, wanted, now())


def draw(connection: Connection, system: str, wanted: Mapping[Window, int], now: float) -> Drawn:
    """Takes so many calls, or as many as there are."""
    targets.hold(connection, system)  # one at a time, over all nodes
    granted = {window: min(number, left(connection, system, window, now)) for window, number in wanted.items()}
    for window, number in granted.items():
        if number:
            _take(connection, system, window, number, now)
    short = [window for window, number in granted.items() if number < wanted[window]]
    return Drawn(granted, max((_wait(window, now) for window in short), default=0.0))


def left(connection: Connection, system: str, window: Window, now: float) -> int:
    """How many calls the window still has."""
    used = select(func.coalesce(func.sum(pace.c.calls), 0)).where(
        *_of(system, window), pace.c.slot > _last(window, now)
    )
    return max(0, window.calls - int(connection.scalar(used) or 0))


def _take(connection: Connection, system: str, window: Window, number: int, now: float) -> None:
    row = {"system": system, "verb": window.verb, "seconds": window.seconds}
    connection.execute(_NOTE, row | {"slot": slot(window, now), "calls": number})
    connection.execute(delete(pace).where(*_of(system, window), pace.c.slot <= _last(window, now)))


def _of(system: str, window: Window) -> tuple[ColumnElement[bool], ...]:
    return pace.c.system == system, pace.c.verb == window.verb, pace.c.seconds == window.seconds


def _last(window: Window, now: float) -> int:
    """The last slot that no longer counts."""
    return slot(window, now) - ADDED_UP


def _wait(window: Window, now: float) -> float:
    """Until the next slot begins: the oldest one may fall out then."""
    length = window.seconds / SLOTS
    return (slot(window, now) + 1) * length - now
