"""A system that is away is not run after: one call of a batch tells, and it is asked again when it wants to be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.errors import Unreachable
from connectors.memory import MemoryConnector
from mappings.model import AccountState, Operation, Outcome, Ref, Retry
from tests.flows.engine_room import BEGIN, SYSTEM, Room


class Full(Unreachable):
    """Busy, and says until when."""

    after = 7.0


class OneByOne:
    """A connector that cannot do many at once, and is away until some moment."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._inner = MemoryConnector(SYSTEM, room.directory)
        self.calls: list[float] = []
        self.reads_until = self.writes_until = 0.0
        self.describe, self.close = self._inner.describe, self._inner.close

    def observe(self, ref: Ref) -> AccountState | None:
        self.calls.append(self._room.time)
        if self._room.time < self.reads_until:
            raise Full("繁忙")
        return self._inner.observe(ref)

    def apply(self, operation: Operation) -> Outcome:
        self.calls.append(self._room.time)
        if self._room.time < self.writes_until:
            return Retry("繁忙", after=7.0, outage=True)
        return self._inner.apply(operation)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


@pytest.fixture
def vendor(room: Room) -> OneByOne:
    vendor = OneByOne(room)
    room.hire(lambda: vendor)  # type: ignore[arg-type, return-value]
    for number in range(30):
        room.person(f"p{number}")
    return vendor


def test_one_busy_answer_to_a_reading_is_the_only_call_until_the_time_it_named(room: Room, vendor: OneByOne) -> None:
    vendor.reads_until = BEGIN + 7
    room.work()
    assert vendor.calls == [BEGIN]
    room.work(6.5)
    assert vendor.calls == [BEGIN]
    room.work(0.5)
    assert len(room.accounts()) == 30
    assert room.rows("SELECT max(attempts) FROM links") == [(0,)]


def test_one_busy_answer_to_a_write_is_the_last_call_until_the_time_it_named(room: Room, vendor: OneByOne) -> None:
    vendor.writes_until = BEGIN + 7
    room.work()
    assert len(vendor.calls) == 8 + 1  # a batch is read, and its first write is refused
    room.work(6.5)
    assert len(vendor.calls) == 8 + 1
    room.work(0.5)
    assert len(room.accounts()) == 30
    assert {outcome for _, outcome in room.outcomes()} == {"retry", "done"}
