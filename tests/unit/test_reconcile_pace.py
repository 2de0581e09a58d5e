"""The engine keeps to a vendor's windows: calls wait, and a quota that does not suffice stops every creation."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryConnector
from mappings.model import Operation, Outcome, Window
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room

COSTS = {"observe": {"get": 1}, "create": {"add": 1}, "update": {"set": 1}}


class Counted(MemoryConnector):
    """A vendor that notes when it was called."""

    def __init__(self, room: Room) -> None:
        super().__init__(SYSTEM, room.directory)
        self.room = room
        self.calls: list[tuple[float, str]] = []

    def observe_each(self, refs: Any) -> Any:
        self.calls += [(self.room.time, "get") for _ in refs]
        return super().observe_each(refs)

    def apply(self, operation: Operation) -> Outcome:
        self.calls += [(self.room.time, verb) for verb in COSTS.get(operation.action.value, {})]
        return super().apply(operation)

    def most(self, window: Window) -> int:
        """The most calls in any stretch of the window's length."""
        moments = [at for at, verb in self.calls if verb == window.verb]
        return max((sum(each <= at < each + window.seconds for at in moments) for each in moments), default=0)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def hire(room: Room, *windows: Window) -> Counted:
    vendor = Counted(room)
    capabilities = replace(vendor.describe(), windows=windows, costs=COSTS)
    room.target = replace(room.target, capabilities=capabilities)
    room.hire(lambda: vendor)
    return vendor


def test_reads_and_writes_wait_for_the_window_and_all_is_done_in_the_end(room: Room) -> None:
    windows = Window("get", 60, 60.0), Window("add", 30, 60.0)
    vendor = hire(room, *windows)
    for number in range(100):
        room.person(f"p{number}")
    room.work()
    assert len(room.accounts()) < 100
    assert room.rows("SELECT DISTINCT error FROM links WHERE state = 'due'") == [("等待接口调用额度",)]
    room.work_out()
    assert len(room.accounts()) == 100
    assert [vendor.most(window) <= window.calls for window in windows] == [True, True]
    assert {outcome for _, outcome in room.outcomes()} == {"done"}
    assert room.rows("SELECT max(attempts) FROM links") == [(0,)]


def test_a_quota_that_does_not_suffice_stops_every_creation_before_the_first(room: Room) -> None:
    month = Window("add", 50, 31 * 86_400.0)
    hire(room, month)
    for number in range(51):
        room.person(f"p{number}")
    room.work()
    assert room.accounts() == {}
    assert room.rows("SELECT count(*) FROM attempts WHERE outcome IS NULL OR outcome <> 'not-sent'") == [(0,)]
    (error,) = {row[0] for row in room.rows("SELECT error FROM links WHERE state = 'parked'")}
    assert "只剩 50 个" in error
    assert "待建 51 个" in error


def test_a_quota_that_suffices_is_used_up_and_then_nobody_more_is_made(room: Room) -> None:
    hire(room, Window("add", 50, 31 * 86_400.0))
    for number in range(50):
        room.person(f"p{number}")
    room.work()
    assert len(room.accounts()) == 50
    late = room.person("late")
    room.work()
    assert room.link(late).state == "parked"
    room.work(40 * 86_400.0)
    assert len(room.accounts()) == 51


def test_a_department_takes_nothing_of_the_quota_of_people(room: Room) -> None:
    hire(room, Window("add", 10, 31 * 86_400.0))
    for number in range(11):
        room.post("Group", say.plain_group(f"组{number}", f"T{number}"))
    for number in range(10):
        room.person(f"p{number}")
    room.work()
    assert len(room.accounts()) == 21


def test_a_restart_does_not_forget_what_was_called(room: Room) -> None:
    window = Window("add", 50, 31 * 86_400.0)
    hire(room, window)
    for number in range(40):
        room.person(f"p{number}")
    room.work()
    hire(room, window)
    for number in range(40, 51):
        room.person(f"p{number}")
    room.work()
    assert len(room.accounts()) == 40


class Frugal(Counted):
    """A vendor's connector that needs half of what its steps may take, and counts."""

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self.told = 0

    def spent(self) -> dict[str, int]:
        fresh, self.told = self.calls[self.told :], len(self.calls)
        return dict(Counter(verb for _, verb in fresh))


def test_what_was_drawn_and_not_called_is_given_back(room: Room) -> None:
    vendor = Frugal(room)
    costs = {step: dict.fromkeys(verbs, 2) for step, verbs in COSTS.items()}
    capabilities = replace(vendor.describe(), windows=(Window("get", 60, 60.0),), costs=costs)
    room.target = replace(room.target, capabilities=capabilities)
    room.hire(lambda: vendor)
    for number in range(25):
        room.person(f"p{number}")
    room.work()
    assert len(room.accounts()) == 25  # 50 looks at twice the price would not have fitted
    assert vendor.most(Window("get", 60, 60.0)) <= 60
