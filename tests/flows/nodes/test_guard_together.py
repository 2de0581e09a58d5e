"""Two workers on one PostgreSQL count together (S23): real threads, and a roster that is written meanwhile."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from connectors.errors import ConnectorError
from connectors.memory import MemoryConnector
from mappings.model import AccountState, Operation, Outcome, Ref
from scim_server.store import guard, targets
from scim_server.store.engine import open_engine
from scim_server.store.writer import Writer
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room
from tests.flows.ward import Ward
from tests.servers.postgresql import drop_store, new_store

ROUNDS = 3
LIMIT, OF_DEPARTMENT = 20, 15  # an hour: of 200 people, and of the 50 of each department
_one = threading.Lock()


class InTurn(MemoryConnector):
    """The directory in memory is no place for two threads at once."""

    def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | ConnectorError | None]:
        with _one:
            return super().observe_each(refs)

    def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
        with _one:
            return super().apply_each(operations)


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[tuple[Ward, Room]]:
    """Two workers of two lanes each, on one store and one directory."""
    url = new_store()
    ward = Ward(tmp_path, dict.fromkeys("ABCD", 50), lanes=2, batch=4, url=url)
    other = Room(tmp_path, lanes=2, batch=4, directory=ward.directory, url=url)
    other.time = ward.time
    other.target = ward.target
    for each in (ward, other):
        each.hire(lambda directory=ward.directory: InTurn(SYSTEM, directory))
        each.worker.run_due()  # what follows is no backlog of a start
    yield ward, other
    other.close()
    ward.close()
    drop_store(url)


def at_once(*work: Callable[[], object]) -> None:
    """Each in a thread of its own, from the same moment on. Raises what one of them raised."""
    gate, failed = threading.Barrier(len(work)), list[BaseException]()

    def run(one: Callable[[], object]) -> None:
        gate.wait()
        try:
            one()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(each,)) for each in work]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if failed:
        raise failed[0]


def lanes(*rooms: Room) -> list[Callable[[], object]]:
    """Each until it finds nothing any more."""

    def run(step: Callable[[], bool]) -> Callable[[], object]:
        return lambda: [None for _ in iter(step, False)]

    return [run(lane.step) for room in rooms for lane in room.worker.lanes]


def test_they_never_exceed_the_limit_together(rooms: tuple[Ward, Room]) -> None:
    ward, other = rooms
    left = list(ward.ids)
    for round in range(ROUNDS):
        leaving = left[0:8] + left[-9:-1] + left[len(left) // 2 :][:10]
        left = [name for name in left if name not in leaving]
        for name in leaving:
            ward.leaves(name)
        staying = left[::3]
        at_once(
            *lanes(ward, other),
            lambda names=staying, said=f"科员{round}": [retitled(other, ward.ids[each], each, said) for each in names],
        )
        at_once(*lanes(ward, other))
        sent = ward.gone(leaving)
        assert 0 < sent <= LIMIT
        assert ward.states["held"] == len(leaving) - sent
        assert sum(each["state"] == "open" for each in ward.approvals) == 1
        counted = ward.rows("SELECT department, count(*) FROM guard_counted GROUP BY department")
        assert sum(number for _, number in counted) == sent
        assert max(number for _, number in counted) <= OF_DEPARTMENT
        ward.approve(ward.open["id"])
        at_once(*lanes(ward, other))
        assert ward.gone(leaving) == len(leaving)
        ward.time += 3601
        other.time = ward.time
    assert ward.code == 0
    assert not ward.rows("SELECT 1 FROM attempts WHERE outcome IS NULL OR outcome NOT IN ('done', 'already-so')")


def test_who_stands_in_the_way_of_a_verdict_and_the_other_way_round_both_come_through() -> None:
    """A roster's write and a verdict in one transaction take the rows and the lock in either order: PostgreSQL ends
    one of the two, and its writer does the whole group again."""
    url = new_store()
    engines = [open_engine(url, writing=True) for _ in range(2)]
    writers = [Writer(each) for each in engines]
    writers[0].write(lambda connection: targets.hold(connection, SYSTEM))
    has_row, has_lock, runs = threading.Event(), threading.Event(), list[str]()

    def row_first(connection: Connection) -> None:
        runs.append("row first")
        targets.note(connection, SYSTEM, error="row first")
        has_row.set()
        assert has_lock.wait(30)
        guard.lock(connection, SYSTEM)

    def lock_first(connection: Connection) -> None:
        runs.append("lock first")
        guard.lock(connection, SYSTEM)
        has_lock.set()
        assert has_row.wait(30)
        targets.note(connection, SYSTEM, error="lock first")

    at_once(lambda: writers[0].write(row_first), lambda: writers[1].write(lock_first))
    assert sorted(set(runs)) == ["lock first", "row first"]
    assert len(runs) == 3
    for writer, engine in zip(writers, engines, strict=True):
        writer.close()
        engine.dispose()
    drop_store(url)


def retitled(room: Room, id: str, name: str, title: str) -> None:
    room.put("User", id, say.user(name, title=title))
