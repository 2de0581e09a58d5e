"""A command that reads a system keeps to its windows too (S25): it asks the store, and waits."""

from collections.abc import Mapping

from mappings.model import Window
from scim_server.clock import pause
from scim_server.operate.desk import Desk
from scim_server.reconcile.pace import OBSERVE, Pace
from scim_server.reconcile.target import Target
from scim_server.store.pace import Drawn


class Patience:
    """For one command and one system."""

    def __init__(self, desk: Desk, target: Target) -> None:
        self._desk = desk
        self._system = target.name
        self._pace = Pace(target, self._draw, desk.clock)

    def observe(self, number: int) -> None:
        """Returns when so many accounts may be looked at."""
        self.step(OBSERVE, number)

    def step(self, step: str, number: int) -> None:
        """Returns when so many of that step of the capabilities' costs may be done."""
        waiting: list[Mapping[str, int]] = [{step: 1}] * number
        while waiting:
            granted, seconds = self._pace.grant(waiting)
            waiting = waiting[granted:]
            if waiting:
                pause(max(seconds, 0.1))

    def _draw(self, wanted: Mapping[Window, int]) -> Drawn:
        asked = [[window.verb, window.calls, window.seconds, number] for window, number in wanted.items()]
        granted, seconds = self._desk.run("draw", system=self._system, wanted=asked)
        return Drawn(dict(zip(wanted, granted, strict=True)), seconds)
