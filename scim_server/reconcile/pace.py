"""The pace of one system (S25): a lane asks before it calls. Calls are drawn in lots, so that few asks reach the store.

What a lot still has is lost when its slot ends. A window of four weeks or longer is a quota, not a pace: nothing of
it is drawn ahead, and where those who are to be made are more than it has left, not one of them is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, Select, func, select

from mappings.model import Action, Window
from scim_server.clock import Clock
from scim_server.reconcile.target import Target
from scim_server.store import pace
from scim_server.store.facts_tables import standings
from scim_server.store.tables import links, subjects

OBSERVE = "observe"
LOT = 100  # a lot is a hundredth of the window
QUOTA = 28 * 86_400.0  # seconds: windows from here on are quotas


Draw = Callable[[Mapping[Window, int]], pace.Drawn]


@dataclass(frozen=True, slots=True)
class Short:
    """A quota that does not suffice: how many accounts are to be made, and how many may be."""

    wanted: int
    left: int


class Pace:
    """Shared by the lanes of one system. `draw` takes calls from the store's windows."""

    def __init__(self, target: Target, draw: Draw, clock: Clock) -> None:
        self._target = target
        self._system = target.name
        self._costs = target.capabilities.costs
        self._windows = [each for each in target.capabilities.windows if each.seconds < QUOTA]
        self._quotas = [each for each in target.capabilities.windows if each.seconds >= QUOTA]
        self._ask = draw
        self._clock = clock
        self._lock = Lock()
        self._lots: dict[Window, tuple[int, int]] = {}  # the slot, and what is left of its lot

    def grant(self, asked: Sequence[Mapping[str, int]]) -> tuple[int, float]:
        """How many of these may be done now, from the first, and the seconds until the rest may.

        Each says how often it does what: "observe", or an action.
        """
        if not self._windows or not asked:
            return len(asked), 0.0
        with self._lock:
            now = self._clock.now()
            needs = [self._needs(each) for each in asked]
            wait = self._draw(needs, now)
            granted = 0
            while granted < len(needs) and self._spend(needs[granted], now):
                granted += 1
            return granted, 0.0 if granted == len(needs) else wait

    def give_back(self, granted: Sequence[Mapping[str, int]], spent: Mapping[str, int]) -> None:
        """Of what was granted, so many calls by verb were made: the rest may be used while the slot lasts."""
        with self._lock:
            now = self._clock.now()
            for window in self._windows:
                drawn = sum(self._needs(each).get(window, 0) for each in granted)
                unused, slot = drawn - spent.get(window.verb, 0), pace.slot(window, now)
                if unused > 0 and self._lots.get(window, (None, 0))[0] == slot:
                    self._lots[window] = slot, self._left(window, now) + unused

    def take(self, connection: Connection, creations: int) -> Short | None:
        """Takes so many creations of the quota as their intents are written; none where it does not suffice for all."""
        now = self._clock.now()
        costs = self._cost(Action.CREATE)
        quotas = {each: creations * costs[each.verb] for each in self._quotas if each.verb in costs}
        if not quotas:
            return None
        remaining = min(pace.left(connection, self._system, each, now) // costs[each.verb] for each in quotas)
        wanted = max(connection.scalar(_to_be_made(self._target)) or 0, creations)
        if wanted > remaining:
            return Short(wanted, remaining)
        pace.draw(connection, self._system, quotas, now)
        return None

    def _cost(self, step: str) -> Mapping[str, int]:
        return self._costs.get(step, {})

    def _needs(self, steps: Mapping[str, int]) -> dict[Window, int]:
        """What these steps take of each window."""
        return {
            window: number
            for window in self._windows
            if (number := sum(times * self._cost(step).get(window.verb, 0) for step, times in steps.items()))
        }

    def _draw(self, needs: Sequence[Mapping[Window, int]], now: float) -> float:
        """Fills the lots up to what is needed, and a little more; returns the seconds until more may be had."""
        wanted = {}
        for window in self._windows:
            missing = sum(need.get(window, 0) for need in needs) - self._left(window, now)
            if missing > 0:
                wanted[window] = max(missing, window.calls // LOT)
        if not wanted:
            return 0.0
        drawn = self._ask(wanted)
        for window, calls in drawn.calls.items():
            self._lots[window] = pace.slot(window, now), self._left(window, now) + calls
        return drawn.wait

    def _left(self, window: Window, now: float) -> int:
        slot, left = self._lots.get(window, (0, 0))
        return left if slot == pace.slot(window, now) else 0

    def _spend(self, need: Mapping[Window, int], now: float) -> bool:
        if any(self._left(window, now) < number for window, number in need.items()):
            return False
        for window, number in need.items():
            slot, left = self._lots[window]
            self._lots[window] = slot, left - number
        return True


def _to_be_made(target: Target) -> Select[int]:
    """People who must have an account and have none, nor is one being made.

    Who has no standing is plain: on the roster, and not done with.
    """
    must = standings.c[target.follows] != "removed"
    if target.plain:
        must |= standings.c.subject.is_(None) & subjects.c.removed_on.is_(None) & (links.c.state != "gone")
    return (
        select(func.count())
        .select_from(links.join(subjects, subjects.c.subject == links.c.subject))
        .outerjoin(standings, standings.c.subject == links.c.subject)
        .where(
            links.c.system == target.name,
            links.c.kind == "person",
            links.c.remote_id.is_(None),
            ~links.c.creating,
            must,
        )
    )
