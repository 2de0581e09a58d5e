"""A system that is slow with each account is served all the same: fewer rows at a time, so that a pass ends in time."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from mappings.model import AccountState, Operation, Outcome, Ref
from tests.flows.engine_room import SYSTEM, Room

BATCH = 8


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path, batch=BATCH)
    yield one
    one.close()


class Slow:
    """One account after the other, and each look and each change takes so many seconds."""

    def __init__(self, room: Room, seconds: float) -> None:
        self._room, self.seconds = room, seconds
        self._there = MemoryConnector(SYSTEM, room.directory)
        self.describe, self.check, self.close = self._there.describe, self._there.check, self._there.close
        self.observe_all, self.departments = self._there.observe_all, self._there.departments

    def observe(self, ref: Ref) -> AccountState | None:
        self._room.time += self.seconds
        return self._there.observe(ref)

    def apply(self, operation: Operation) -> Outcome:
        self._room.time += self.seconds
        return self._there.apply(operation)


@pytest.mark.parametrize("seconds", [8.0, 25.0])
def test_a_system_that_takes_seconds_for_each_account_gets_everybody(room: Room, seconds: float) -> None:
    """Reading a whole batch took longer than its lease, so that nothing of it was ever sent."""
    for number in range(BATCH):
        room.person(f"p{number}")
    room.hire(lambda: Slow(room, seconds))
    began = room.time
    while len(room.accounts()) < BATCH:
        room.worker.lanes[0].step()
        assert room.time - began < 10 * BATCH * seconds, "it goes round and round"
    assert {outcome for _, outcome in room.outcomes()} <= {"done", None}


def test_once_it_is_quick_again_it_gets_whole_batches_again(room: Room) -> None:
    looks: list[int] = []

    class Told(Slow):
        def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | None]:
            looks.append(len(refs))
            return [self.observe(ref) for ref in refs]

        def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
            return [self.apply(each) for each in operations]

    one = Told(room, 20.0)
    room.hire(lambda: one)
    room.person("first")
    room.worker.lanes[0].step()
    assert set(looks) == {1}
    one.seconds = 0.01
    for number in range(3 * BATCH):
        room.person(f"p{number}")
    room.worker.lanes[0].step()
    assert max(looks) == BATCH
    assert len(room.accounts()) == 3 * BATCH + 1
