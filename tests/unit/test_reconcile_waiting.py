"""What must not be lost or spun while something is waited for: a verdict, a system that is away, a lost lease."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mappings.plan import REMAINS
from scim_server.store import batches, links
from scim_server.store.cause import Cause, because, together
from scim_server.store.finish import Finish, finish
from scim_server.store.wakes import wake_all
from tests.flows.engine_room import SYSTEM, Room
from tests.flows.ward import Ward


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def test_a_lane_that_waits_for_a_verdict_writes_nothing(tmp_path: Path) -> None:
    """Each commit wakes every lane: one that claimed in vain would wake itself for a quarter of an hour."""
    ward = Ward(tmp_path, {"A": 6})
    with because(Cause(request="r")), together("r"):
        ward.writer.write(lambda connection: batches.begin(connection, "r", ward.time + 600))
        ward.leaves("A000")
    ward.work()
    assert ward.link(ward.ids["A000"]).state == "waiting"
    commits: list[None] = []
    ward.writer.on_commit = lambda: commits.append(None)
    for _ in range(5):
        ward.work()
    ward.writer.on_commit = lambda: None
    assert not commits
    ward.writer.write(lambda connection: batches.end(connection, "r"))
    ward.work()
    assert ward.gone(ward.ids) == 1
    ward.close()


def test_what_a_system_has_kept_is_known_after_it_was_away(room: Room) -> None:
    room.target = replace(room.target, capabilities=replace(room.target.capabilities, leaves="须由专人清除"))
    room.hire()
    gone = room.person("zhang")
    room.work()
    room.delete("User", gone)
    room.work()
    assert (room.link(gone).state, room.link(gone).finding) == ("gone", REMAINS)
    room.writer.write(lambda connection: wake_all(connection, SYSTEM, "", 100, room.time, gone=True))
    room.directory.unreachable = True
    room.work()
    assert (room.link(gone).state, room.link(gone).finding) == ("due", REMAINS)
    room.directory.unreachable = False
    room.work(3600)
    assert (room.link(gone).state, room.link(gone).finding) == ("gone", REMAINS)


def test_a_finish_that_comes_too_late_frees_no_login(room: Room) -> None:
    one = room.person("zhang")
    (late,) = room.writer.write(lambda connection: links.claim(connection, SYSTEM, "stopped", 8, room.time))
    room.work(links.LEASE + 1)
    reserved = room.rows("SELECT name FROM names WHERE subject = :of", of=one)
    assert reserved
    stale = Finish(late, "gone", None, settled=True)
    room.writer.write(lambda connection: finish(connection, [stale], room.time))
    assert room.rows("SELECT name FROM names WHERE subject = :of", of=one) == reserved
    assert room.link(one).state == "due"  # and whoever has it now looks once more
