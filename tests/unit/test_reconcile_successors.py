"""An account made under the name of a removed one: what the directory still takes from the old one is given back.

OpenLDAP's refint works after its answer and knows members by name: under load it once took the membership of somebody
hired again, who had been removed and made anew within some milliseconds.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mappings.model import Kind
from tests.flows import client as say
from tests.flows.engine_room import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    one.target = replace(one.target, capabilities=replace(one.target.capabilities, settles=10.0))
    one.hire()
    yield one
    one.close()


def belated(room: Room, key: str) -> None:
    """What the directory does a moment later: it takes the name out of every group."""
    (account,) = room.directory.find(Kind.PERSON, key)
    account.groups.clear()


def test_who_was_removed_and_made_again_is_looked_at_once_more(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    a = room.person("a")
    room.members(team, add=(a,))
    room.work()
    room.writer.write(lambda connection: connection.exec_driver_sql("UPDATE links SET spell = 'former'"))
    room.sweep()
    room.work()
    assert [action for action, _ in room.outcomes()][-3:] == ["remove", "create", "join"]
    belated(room, "E-a")
    room.work(9)
    assert room.accounts()["E-a"]["groups"] == set()
    room.work(2)
    assert room.accounts()["E-a"]["groups"] == {"T1"}
    before = len(room.outcomes())
    room.work(3600)
    assert len(room.outcomes()) == before


def test_who_has_waited_for_a_name_is_looked_at_once_more(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    a = room.person("same", key="E-1")
    room.work()
    room.delete("User", a)
    b = room.person("same", key="E-2")
    room.members(team, add=(b,))
    room.work()
    room.work_out(0.1)
    assert room.accounts()["E-2"]["groups"] == {"T1"}
    belated(room, "E-2")
    room.work(11)
    assert room.accounts()["E-2"]["groups"] == {"T1"}


def test_who_succeeds_nobody_is_looked_at_no_more(room: Room) -> None:
    a = room.person("a")
    room.work()
    assert (room.link(a).state, room.link(a).due) == ("done", None)
