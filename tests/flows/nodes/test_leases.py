"""Leases from within: a pass that lost its rows, a worker that closes with rows in its hands, commits of others."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryConnector
from mappings.model import Operation, Outcome, Presence
from scim_server.reconcile.watch import Watch
from scim_server.store import finish as finishing
from scim_server.store import links
from scim_server.store.finish import Finish
from scim_server.store.wakes import wake_all
from tests.flows import client as say
from tests.flows.client import Json
from tests.flows.engine_room import SYSTEM, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path, batch=1)
    yield one
    one.close()


class Late(MemoryConnector):
    """The first call takes longer than its lease; meanwhile HR says something else, and another worker settles that."""

    def __init__(self, room: Room, id: str) -> None:
        super().__init__(SYSTEM, room.directory)
        self.room = room
        self.id = id
        self.met = False

    def apply_each(self, operations: Any) -> list[Outcome]:
        return [self.apply(each) for each in operations]

    def apply(self, operation: Operation) -> Outcome:
        if not self.met:
            self.met = True
            self.room.time += links.LONGEST + 1
            self.room.put("User", self.id, self._says())
            self.room.writer.write(self._settled_by_another)
        return super().apply(operation)  # this comes last, and says 2

    def _says(self) -> Json:
        return say.user("a", title="3")

    def _settled_by_another(self, connection: Any) -> None:
        (claim,) = links.claim(connection, SYSTEM, "another", 1, self.room.time)
        (account,) = self.room.directory.accounts.values()
        account.attributes["title"] = ("3",)
        done = Finish(claim, "done", None, settled=True, remote_id=claim.remote_id, name=claim.name)
        finishing.finish(connection, [done], self.room.time)


def test_what_was_on_its_way_when_the_lease_ran_out_is_put_right(room: Room) -> None:
    id = room.person("a", title="1")
    room.work()
    room.put("User", id, say.user("a", title="2"))
    late = Late(room, id)
    room.hire(lambda: late)
    room.work()
    room.work_out()
    assert late.met
    assert room.accounts()["E-a"]["attributes"]["title"] == ("3",)
    assert room.link(id).state == "done"


class LateLock(Late):
    """What comes last is a lock; HR has taken it back by then."""

    def _says(self) -> Json:
        return say.user("a", active=True)

    def _settled_by_another(self, connection: Any) -> None:
        (claim,) = links.claim(connection, SYSTEM, "another", 1, self.room.time)
        done = Finish(claim, "done", None, settled=True, remote_id=claim.remote_id, name=claim.name, presence="active")
        finishing.finish(connection, [done], self.room.time)


def test_a_lock_of_ours_that_came_late_was_taken_for_one_by_hand(room: Room) -> None:
    """It stayed for ever (S12): what a worker says of it that had lost its lease was heard by nobody."""
    id = room.person("a")
    room.work()
    room.put("User", id, say.user("a", active=False))
    late = LateLock(room, id)
    room.hire(lambda: late)
    room.work_out()
    assert room.outcomes() == [("create", "done"), ("lock", "done"), ("unlock", "done")]
    assert room.accounts()["E-a"]["presence"] == "active"
    assert (room.link(id).state, room.link(id).finding, bool(room.link(id).locking)) == ("done", None, False)


def test_a_lock_of_ours_that_came_late_while_another_looked(room: Room) -> None:
    """Whoever holds the row gives it back without knowing of the lock."""
    id = room.person("a")
    room.work()
    first, second = (room.writer.write(lambda connection: _claimed(connection, room)) for _ in range(2))
    room.writer.write(lambda connection: finishing.look_again(connection, [first], room.time, {id}))
    done = Finish(second, "done", None, settled=True, remote_id=second.remote_id, name=second.name, presence="active")
    room.writer.write(lambda connection: finishing.finish(connection, [done], room.time))
    (account,) = room.directory.accounts.values()
    account.presence = Presence.LOCKED
    room.work_out()
    assert room.accounts()["E-a"]["presence"] == "active"


def _claimed(connection: Any, room: Room) -> links.Claim:
    wake_all(connection, SYSTEM, "", 10, room.time)
    room.time += links.LEASE + 1
    (claim,) = links.claim(connection, SYSTEM, "another", 1, room.time)
    return claim


class Closing(MemoryConnector):
    """Its worker is told to stop while it reads."""

    def __init__(self, room: Room) -> None:
        super().__init__(SYSTEM, room.directory)
        self.room = room

    def observe_each(self, refs: Any) -> Any:
        for lane in self.room.worker.lanes:
            lane.stop()
        return super().observe_each(refs)


def test_a_worker_that_closes_gives_back_what_it_has_not_sent(room: Room) -> None:
    subject = room.person("a")
    room.hire(lambda: Closing(room))
    room.worker.lanes[0].step()
    row = room.link(subject)
    assert (row.state, row.owner, row.lease_until, row.due) == ("due", None, None, room.time)
    assert room.accounts() == {}
    room.hire()
    room.work()
    assert (room.link(subject).state, len(room.accounts())) == ("done", 1)


def test_a_look_wakes_the_lanes_of_a_system_that_has_something_due(room: Room) -> None:
    woken: list[str] = []
    ways = {SYSTEM: [lambda: woken.append(SYSTEM)], "other": [lambda: woken.append("other")]}
    watch = Watch(room.engine, room.clock, ways)
    watch.look()
    assert woken == []
    id = room.person("a")
    watch.look()
    assert woken == [SYSTEM]
    room.work()
    watch.look()
    assert woken == [SYSTEM]
    room.put("User", id, say.user("a", title="新"))
    watch.look()
    assert woken == [SYSTEM, SYSTEM]
    watch.stop()


class StandsStill(MemoryConnector):
    """The first look lasts longer than the lease."""

    def __init__(self, room: Room) -> None:
        super().__init__(SYSTEM, room.directory)
        self.room = room
        self.met = False

    def observe_each(self, refs: Any) -> Any:
        if not self.met:
            self.met = True
            self.room.time += links.LONGEST + 1
        return super().observe_each(refs)


def test_a_worker_that_stood_still_past_its_lease_leaves_no_intent(room: Room) -> None:
    """Whoever has the row by then has looked for open intents already: nobody would ever end this one."""
    id = room.person("a")
    late = StandsStill(room)
    room.hire(lambda: late)
    room.work_out()
    assert late.met
    assert room.outcomes() == [("create", "done")]
    assert room.link(id).state == "done"
