"""One system is down, or answers badly: the other three do not notice, nothing parks, and it catches up by itself."""

import time
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any

import pytest

from scim_server.clock import civil_day, pause
from tests.flows.four.afterwards import Afterwards
from tests.flows.four.conftest import Towns
from tests.flows.four.town import FourTown
from tests.flows.test_facts_flow import event, post
from tests.policy.wire.bureau import HOUR

CODES = ("EDU", "EDU-1", "HEA", "FIN")
BREATH = 20.0  # seconds between two looks of the worker while time goes on
DOWN: dict[str, list[dict[str, Any]]] = {
    "503": [{"match": "/seeyon/", "status": 503}],
    "503 with a word when to come again": [{"match": "/seeyon/", "status": 503, "retry_after": 60}],
    "a page of the proxy": [{"match": "/seeyon/", "html": True}],
    "no answer at all": [{"match": "/seeyon/", "lost": True}],
}


class Hours:
    """Changes to a town's people spread over hours, the worker looking every few seconds."""

    def __init__(self, town: FourTown, people: int) -> None:
        self.town = town
        self.random = Random(people)
        for number in range(people):
            town.person(f"p{number}", department=CODES[number % len(CODES)])
        town.judge()
        self.names = self.random.sample(sorted(town.people), people)  # whose turn it is; each has one change

    def pass_by(self, hours: float, changes: int) -> tuple[str, str]:
        """So many changes in that time; the stamps of its beginning and end."""
        bureau = self.town.bureau
        began, stamp = bureau.now, bureau.clock.stamp()
        due = sorted(began + self.random.random() * hours * HOUR for _ in range(changes))
        while bureau.now < began + hours * HOUR:
            while due and due[0] <= bureau.now:
                due.pop(0)
                self._change(self.names.pop())
            bureau.turn()
            bureau.now += BREATH
        return stamp, bureau.clock.stamp()

    def _change(self, name: str) -> None:
        """A lock, a move, a role more: whatever all four can be told."""
        today = civil_day(self.town.bureau.now)
        match self.random.randrange(4):
            case 0:
                self.town.activate(name, False)
            case 1:
                self.town.tell(name, "assignments", post("a2", "primary", today, "HEA"))
            case 2:
                self.town.enlist("HEA" if name in self._in("FIN") else "FIN", name)
            case _:
                self.town.tell(name, "statusEvents", event("e1", "resignation", today))

    def _in(self, code: str) -> set[str]:
        answers = self.town.answers()
        return {name for name, each in answers.items() if code in (each["primary"], *each["concurrent"])}

    def p95(self, system: str, during: tuple[str, str]) -> float:
        """Seconds from a change until it was read back, of what was changed in that time."""
        of = "FROM attempts WHERE system = :of AND outcome = 'done' AND changed_at BETWEEN :since AND :until"
        rows = self.town.bureau.rows(f"SELECT changed_at, settled_at {of}", of=system, since=during[0], until=during[1])
        pairs = [(datetime.fromisoformat(changed), datetime.fromisoformat(settled)) for changed, settled in rows]
        waits = sorted((settled - changed).total_seconds() for changed, settled in pairs)
        assert len(waits) > 5, (system, waits)
        return waits[int(len(waits) * 0.95)]


@pytest.fixture
def hours(towns: Towns) -> Iterator[Hours]:
    return Hours(towns(), 44)


@pytest.mark.parametrize("how", DOWN)
def test_an_hour_without_the_oa_delays_nobody_else_and_it_catches_up(how: str, hours: Hours) -> None:
    town = hours.town
    normal = hours.pass_by(1, 20)
    town.systems.running["oa"].faults(DOWN[how])
    down = hours.pass_by(1, 20)
    for system in ("ldap", "wecom", "attendance"):
        assert hours.p95(system, down) <= 2 * max(hours.p95(system, normal), BREATH), system
    assert town.wanted().differences(town.systems) != [], "the OA lags"
    town.systems.running["oa"].faults([])
    town.bureau.work_out(1)
    town.compare()
    assert town.bureau.parked == set()
    then = Afterwards(town.bureau, town.systems)
    assert then.second_pass() == []
    assert then.settled("retry", "lost", "not-sent") == []


def test_with_threads_three_systems_finish_while_the_oa_hangs(towns: Towns) -> None:
    """Each call to the OA keeps its lane until it is given up; the lanes of the others go on beside it."""
    town = towns(oa={"answer_timeout": 0.5})
    Hours(town, 12)
    town.systems.running["oa"].faults([{"match": "/seeyon/", "delay_s": 3600}])
    for number in range(12):
        town.activate(f"p{number}", False)
    worker = town.bureau.house.worker
    assert worker is not None
    worker.start()
    _wait_until(town, "system <> 'oa' AND state IN ('due', 'waiting')")
    (of_oa,) = town.bureau.rows("SELECT count(*) FROM links WHERE system = 'oa' AND state IN ('due', 'waiting')")
    assert of_oa[0] > 0
    town.systems.running["oa"].faults([])
    _wait_until(town, "state NOT IN ('done', 'gone')")
    town.compare()


def _wait_until(town: FourTown, no_more: str) -> None:
    """Polls; meanwhile the moved clock goes on by itself."""
    patience = time.monotonic() + 60
    while town.bureau.rows(f"SELECT 1 FROM links WHERE {no_more}"):
        assert time.monotonic() < patience, town.bureau.rows(f"SELECT system, state, error FROM links WHERE {no_more}")
        town.bureau.now += 1
        assert town.bureau.house.worker is not None
        town.bureau.house.worker.notify()
        pause(0.02)
