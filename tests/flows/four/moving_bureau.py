"""The whole house in process under a clock that its own work moves on."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from connectors.ldap.connector import SETTLES
from scim_server.clock import Clock
from scim_server.store.wakes import wake_all
from tests.flows.four.systems import NAMES
from tests.policy.wire.bureau import HOUR, Bureau

UNSETTLED = "FROM links WHERE state NOT IN ('done', 'gone')"
PATIENCE = 12 * HOUR


class MovingBureau(Bureau):
    """A bureau whose clocks both stand still until the test, or what is waited for, moves them.

    `parked`: system, subject and sentence of whatever was ever parked. `late`: waits until the directory, whose time
    is not ours, has done what it does after its answer.
    """

    def __init__(self, *given: Any, late: Callable[[], None], **more: Any) -> None:
        self.parked: set[tuple[Any, ...]] = set()
        self._late = late
        super().__init__(*given, **more)

    @property
    def clock(self) -> Clock:  # type: ignore[override]
        return self._moving

    @clock.setter
    def clock(self, given: Clock) -> None:
        self._moving = replace(given, monotonic=given.now)  # the pauses of a breaker pass in the same time

    def work(self) -> None:
        """Everything that is due, to the end: time goes on from one moment when something is due to the next."""
        self.work_out()
        self._look_again()
        stuck = self.rows(f"SELECT system, subject, kind, state, error {UNSETTLED}")
        assert stuck == []

    def _look_again(self) -> None:
        """Who came under the name of a removed account is looked at once more, after the directory may have taken
        him out of his groups in the other's place. It must have done so by then: ten seconds of ours are none of it.
        """
        soon = "SELECT max(due) FROM links WHERE state = 'done' AND due <= :until"
        ((due,),) = self.rows(soon, until=self.now + SETTLES)
        if due is not None:
            self._late()
            self.now = max(due, self.now)
            self.work_out()

    def work_out(self, hours: float = PATIENCE / HOUR) -> None:
        """Time goes on until nothing is under way; what is parked does not count."""
        until = self.now + hours * HOUR
        self.turn()
        while (due := self._next()) is not None:
            assert due < until, self.rows(f"SELECT system, subject, state, due - {self.now}, error {UNSETTLED}")
            self.now = max(due, self.now + 1)
            self.turn()

    def turn(self) -> None:
        """What is due now."""
        assert self.house.worker is not None
        self.house.worker.run_due()
        self.parked |= {*self.rows("SELECT system, subject, error FROM links WHERE state = 'parked'")}

    def _next(self) -> float | None:
        ((due,),) = self.rows("SELECT min(due) FROM links WHERE state IN ('due', 'waiting') AND due IS NOT NULL")
        return None if due is None else float(due)

    def pass_over_everything(self) -> None:
        """Every row of every system is due, those of people who have left too; and is worked."""
        for name in NAMES:
            self.house.writer.write(partial(wake_all, system=name, after="", size=1_000_000, now=self.now, gone=True))
        self.work()
