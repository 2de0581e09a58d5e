"""`huaming sync`: waits until nothing is due, works itself where no server runs, makes a sweep due (S17)."""

import time
from collections.abc import Callable, Iterable

from scim_server.app import House
from scim_server.operate.desk import Desk
from scim_server.store import progress
from scim_server.store.lock import Busy, StoreLock
from scim_server.store.targets import standing

LOOK = 0.05  # seconds between two looks
QUIET = 0  # exit codes (design: The outside)
LATE = 4

Progress = Callable[[int], None]


def until_idle(desk: Desk, timeout: float, show: Progress = lambda _: None) -> int:
    """Waits for whoever works the store; works where nobody does, or does no more. Returns 0 idle, 4 time ran out."""
    until = desk.clock.monotonic() + timeout
    while True:
        code = _watch(desk, until, show, lambda: desk.lock.holder() is not None)
        if code is None:
            code = _work(desk, until, show)
        if code is not None:
            return code
        time.sleep(LOOK)


def _work(desk: Desk, until: float, show: Progress) -> int | None:
    """Works; None where somebody else took the store at the same moment."""
    try:
        with StoreLock(desk.settings.store.url):
            house = House(desk.settings, desk.clock)
            assert house.worker is not None
            house.worker.start()
            try:
                return _watch(desk, until, show, lambda: True)
            finally:
                house.close()
    except Busy:
        return None


def sweep(desk: Desk, systems: Iterable[str], show: Progress = lambda _: None) -> int:
    """Makes every row of these systems due; returns how many lots there were."""
    lots = 0
    for system in systems:
        after: str | None = ""
        while after is not None:
            after = desk.run("sweep", system=system, after=after)
            lots += 1
            show(lots)
    return lots


def _watch(desk: Desk, until: float, show: Progress, worked: Callable[[], bool]) -> int | None:
    """None as soon as nobody works the store."""
    with desk.reader() as connection:
        while worked():
            moving = progress.unsettled(connection, enforced(desk))
            show(moving)
            if moving == 0:
                return QUIET
            if desk.clock.monotonic() >= until:
                return LATE
            time.sleep(LOOK)
    return None


def enforced(desk: Desk) -> list[str]:
    """The systems that are written to: one that only observes never becomes idle by itself (S13)."""
    with desk.reader() as connection:
        modes = {name: system.mode or standing(connection, name).mode for name, system in desk.settings.systems.items()}
    return [name for name, mode in modes.items() if mode != "observe"]
