"""A lock that rests on a suspension does not wait (S23), twenty an hour at most, and nobody is told so (S18)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.store import approval_lists
from tests.flows.days_town import Town, hired

NUMBER = 24
JOINED = "2026-01-05"


class Suspended(Town):
    """Two departments of people with facts, some of whom are suspended from work."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.names = [f"p{each:02}" for each in range(NUMBER)]
        for name in self.names:
            self.says(name)
        self.work()

    def says(self, name: str, *events: dict[str, Any]) -> None:
        post, hire = hired(JOINED, "A" if int(name[1:]) % 2 else "B")
        self.tell(name, [post], [hire, *events])

    def suspend(self, name: str) -> None:
        case = {"value": "c1", "type": "investigation", "effectiveDate": "2026-03-02", "workSuspended": True}
        self.says(name, case)

    def lock(self, name: str) -> None:
        self.says(name, {"value": "o1", "type": "other-lock", "effectiveDate": "2026-03-02"})

    def locked(self) -> int:
        return sum(each["presence"] == "locked" for each in self.accounts().values())

    def held(self) -> list[dict[str, Any]]:
        with self.engine.connect() as connection:
            return approval_lists.held_rows(connection)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Suspended]:
    one = Suspended(tmp_path)
    yield one
    one.close()


def test_a_suspension_passes_a_system_that_is_held(town: Suspended) -> None:
    for name in [name for name in town.names if int(name[1:]) % 2][:7]:
        town.lock(name)
    town.work()
    assert (town.locked(), len(town.held())) == (5, 2)
    town.suspend("p00")
    town.lock("p02")
    town.work()
    assert town.account("p00") == ("locked", {"B"})
    assert town.account("p02") == ("active", {"B"})


def test_the_twenty_first_of_an_hour_is_held_like_any_other(town: Suspended) -> None:
    for name in town.names[:21]:
        town.suspend(name)
        town.work(60)
    assert (town.locked(), len(town.held())) == (20, 1)
    town.time += 3600
    town.suspend(town.names[21])
    town.work()
    assert (town.locked(), len(town.held())) == (21, 1)


def test_suspensions_take_nothing_of_the_limit(town: Suspended) -> None:
    for name in town.names[:12]:
        town.suspend(name)
    town.work()
    for name in town.names[12:22]:
        town.lock(name)
    town.work()
    assert (town.locked(), town.held()) == (22, [])


def test_what_is_held_and_recorded_of_a_suspension_reads_like_any_lock(town: Suspended) -> None:
    for name in town.names[:21]:
        town.suspend(name)
    town.work()
    (held,) = town.held()
    assert held["reason"] == {"article": "二", "text": "按来函锁定账号"}
    assert town.rows("SELECT DISTINCT article, reason FROM approval_rows") == [("二", "按来函锁定账号")]
