"""`huaming sync`: waits until nothing is due, works itself where no server runs."""

import json
import urllib.request
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from scim_server.app import House
from scim_server.clock import pause
from scim_server.operate.desk import Desk
from scim_server.store import progress, rolls
from scim_server.store.engine import several_nodes
from scim_server.store.leader import is_worked
from scim_server.store.lock import Busy, StoreLock
from scim_server.store.targets import standing
from scim_server.systems import policy_of

LOOK = 0.05  # seconds between two looks
NOTICED = 10.0  # seconds within which a server has noticed a clock that was set
QUIET = 0  # exit codes (design: The outside)
HELD = 3
LATE = 4

Progress = Callable[[int], None]


def until_idle(desk: Desk, timeout: float, show: Progress = lambda _: None) -> int:
    """Waits for whoever works the store; works where nobody does, or does no more. Returns 0 idle, 4 time ran out."""
    until = desk.clock.monotonic() + timeout
    while True:
        code = _watch(desk, until, show, lambda connection: _is_worked(desk, connection))
        if code is None:
            code = _work(desk, until, show)
        if code is not None:
            return code
        if desk.clock.monotonic() >= until:  # nobody works it, and nobody may: it is being moved
            return LATE
        pause(LOOK)


def _work(desk: Desk, until: float, show: Progress) -> int | None:
    """Works; None where somebody else took the store at the same moment."""
    try:
        with StoreLock(desk.settings.store.url):
            house = House(desk.settings, desk.clock)
            assert house.worker is not None
            house.worker.start()
            try:
                return _watch(desk, until, show, lambda _: True)
            finally:
                house.close()
    except Busy:
        return None


def _is_worked(desk: Desk, connection: Connection) -> bool:
    """On PostgreSQL a worker may be on another machine."""
    if several_nodes(desk.settings.store.url):
        return is_worked(connection)
    return desk.lock.holder() is not None


def _watch(desk: Desk, until: float, show: Progress, worked: Callable[[Connection], bool]) -> int | None:
    """None as soon as nobody works the store."""
    day = _Day(desk)
    with desk.reader() as connection:
        while worked(connection):
            moving = progress.unsettled(connection, enforced(desk), desk.clock.now())
            show(moving)
            if moving == 0 and day.is_done(connection):
                return HELD if progress.any_held(connection, enforced(desk)) else QUIET
            if desk.clock.monotonic() >= until:
                return LATE
            pause(LOOK)
    return None


class _Day:
    """Whether today has been rolled, by the day of whoever works the store (S8)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._patient_until = desk.clock.monotonic() + NOTICED
        self._fingerprint = policy_of(desk.settings, desk.readings()).fingerprint

    def is_done(self, connection: Connection) -> bool:
        """A server whose day is not ours is given time to notice that the clock was set; then its own day counts."""
        said = self._asked()
        if said is None:
            return rolls.state(connection, self._desk.clock.today(), self._fingerprint) != rolls.DUE
        patient = self._desk.clock.monotonic() < self._patient_until
        if said["day"] != self._desk.clock.today() and patient:
            return False
        return not said["degraded"] or (rolls.rolled(connection) or "") > said["day"]

    def _asked(self) -> dict[str, Any] | None:
        """What a server says of itself; None where none answers."""
        holder = self._desk.server()
        if holder is None:
            return None
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{holder.url}/readyz", timeout=5) as answer:
                said: dict[str, Any] = json.load(answer)
                return said
        except OSError:
            return None


def enforced(desk: Desk) -> list[str]:
    """The systems that are written to: one that only observes never becomes idle by itself (S13)."""
    with desk.reader() as connection:
        modes = {name: system.mode or standing(connection, name).mode for name, system in desk.settings.systems.items()}
    return [name for name, mode in modes.items() if mode != "observe"]
