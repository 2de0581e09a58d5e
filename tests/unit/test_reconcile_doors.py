"""Closing a door is held up by nothing else: neither by a value that does not fit nor by a name that is taken."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mappings.model import Refused
from tests.flows import client as say
from tests.flows.engine_room import Room

CHINESE_MAIL = [{"value": "张伟@区政府.example", "type": "work"}]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def test_a_mail_that_does_not_fit_holds_up_no_lock(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    a = room.person("a")
    room.members(team, add=(a,))
    room.work()
    room.put("User", a, say.user("a", emails=CHINESE_MAIL))
    room.members(team, remove=(a,))
    room.work()
    assert (room.link(a).state, room.accounts()["E-a"]["presence"]) == ("parked", "active")
    room.put("User", a, say.user("a", emails=CHINESE_MAIL, active=False))
    room.work()
    account, row = room.accounts()["E-a"], room.link(a)
    assert (account["presence"], account["groups"], account["attributes"]["mail"]) == ("locked", set(), ())
    assert row.state == "parked"
    assert "mail" in row.error
    room.put("User", a, say.user("a", active=True))
    room.work()
    assert (room.link(a).state, room.accounts()["E-a"]["presence"]) == ("done", "active"), "the lock was ours"


def test_nobody_is_made_locked_with_a_mail_that_does_not_fit(room: Room) -> None:
    a = room.post("User", say.user("a", emails=CHINESE_MAIL, active=False)).id
    room.work()
    assert (room.link(a).state, room.accounts(), room.outcomes()) == ("parked", {}, [])


def test_a_name_that_is_taken_holds_up_no_lock(room: Room) -> None:
    holder, mover = room.person("wanted", key="E1"), room.person("mover", key="E2")
    room.work()
    room.directory.refused["E1"] = Refused("53", "不行")
    room.delete("User", holder)
    room.work()
    room.put("User", mover, say.user("wanted", "E2", active=False))
    room.work()
    assert (room.link(mover).state, room.link(mover).blocker) == ("waiting", holder)
    assert room.accounts()["E2"]["presence"] == "locked"
    assert room.accounts()["E2"]["attributes"]["uid"] == ("mover",)
    room.directory.refused.clear()
    room.writer.write(room.retry)
    room.work()
    assert room.accounts()["E2"]["attributes"]["uid"] == ("wanted",)
    assert {outcome for _, outcome in room.outcomes()} == {"done", "refused"}
