"""The engine on a system with primary departments: waiting, moves, numbers, the root, and what is only accepted."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryDirectory
from mappings import ldap
from mappings.desired import Desired
from mappings.model import Department, Kind, Memberships, Org, Person, Ref
from mappings.plain import primary_department
from scim_server.store.links import POLL
from scim_server.store.wakes import wake_all
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room


def _primary(person: Person, day: str, org: Org) -> Desired:
    desired = ldap.desired(person, day, org)
    home = primary_department(person, org)
    key = home.key if home else "DEFAULT"
    concurrent = frozenset(person.groups) - {key}
    return replace(desired, state=replace(desired.state, memberships=Memberships(key, concurrent)))


def _group(department: Department, day: str, org: Org, parent: Ref | None) -> Desired:
    desired = ldap.desired_group(department, day, org, parent)
    return replace(desired, state=replace(desired.state, attributes={"cn": (department.key,)}))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path, directory=MemoryDirectory(primary=True))
    one.target = replace(one.target, person=_primary, group=_group, default_department="DEFAULT")
    one.hire()
    yield one
    one.close()


def home(room: Room, key: str) -> str | None:
    (account,) = [each for each in room.directory.accounts.values() if each.key == key]
    return room.directory.accounts[account.home].key if account.home else None


def department(room: Room, name: str, key: str, **more: Any) -> str:
    return room.post("Group", say.department(name, key, **more)).id


def test_who_has_no_department_waits_for_the_default_one_and_is_made_once_it_is_there(room: Room) -> None:
    a = room.person("a")
    room.work()
    row = room.link(a)
    assert (row.state, "DEFAULT" in row.error) == ("waiting", True)
    assert room.accounts() == {}
    department(room, "待分配", "DEFAULT")
    room.work(61)
    assert home(room, "E-a") == "DEFAULT"


def test_a_change_of_the_first_department_is_a_move_and_the_id_stays(room: Room) -> None:
    one, two = department(room, "办公室", "D1"), department(room, "人事科", "D2")
    a = room.person("a")
    room.members(one, add=(a,))
    room.work()
    before = room.link(a).remote_id
    room.members(two, add=(a,))
    room.work()
    assert (home(room, "E-a"), room.accounts()["E-a"]["groups"]) == ("D1", {"D2"})
    room.members(one, remove=(a,))
    room.work()
    assert (home(room, "E-a"), room.accounts()["E-a"]["groups"]) == ("D2", set())
    assert room.link(a).remote_id == before
    assert {outcome for _, outcome in room.outcomes()} == {"done"}
    number = len(room.outcomes())
    room.sweep()
    room.work()
    assert len(room.outcomes()) == number


def test_each_account_of_a_subject_has_the_next_number(room: Room) -> None:
    one = department(room, "办公室", "D1")
    a = room.person("a")
    room.members(one, add=(a,))
    room.work()
    assert room.link(a).incarnation == 1
    (account,) = room.directory.find(Kind.PERSON, "E-a")
    del room.directory.accounts[account.remote_id]
    room.sweep()
    room.work()
    assert room.link(a).incarnation == 2
    assert home(room, "E-a") == "D1"


def test_who_cannot_be_made_for_somebody_elses_name_is_parked_and_not_tried_without_end(room: Room) -> None:
    """Once it doubted the department instead, which was well and woke it: a hundred calls a second, for ever."""
    one = department(room, "办公室", "D1")
    room.work()
    stranger = room.directory.put(Kind.PERSON, "", "a")
    a = room.person("a")
    room.members(one, add=(a,))
    for _ in range(5):
        room.work(1)
    row = room.link(a)
    assert (row.state, row.blocker, row.error) == ("parked", None, "同名账号已存在（person/a）")
    assert room.outcomes() == [("create", "done"), ("create", "conflict")]
    assert room.link(one).state == "done"
    del room.directory.accounts[stranger.remote_id]
    room.writer.write(room.retry)
    room.work()
    assert home(room, "E-a") == "D1"


def test_the_root_is_linked_and_neither_made_nor_changed_nor_removed(room: Room) -> None:
    district = room.directory.put(Kind.GROUP, "G00", "G00")
    root = department(room, "本区", "G00", kind="root")
    below = department(room, "教育局", "D1", parent="G00")
    room.work()
    assert room.link(root).remote_id == district.remote_id
    assert room.link(root).state == "done"
    assert [action for action, _ in room.outcomes()] == ["create"]
    room.delete("Group", below)
    room.work()
    room.delete("Group", root)
    room.work()
    assert district.remote_id in room.directory.accounts
    assert [action for action, _ in room.outcomes()] == ["create", "remove"]


def test_what_is_accepted_only_stays_one_attempt_until_it_is_read_back(room: Room) -> None:
    one = department(room, "办公室", "D1")
    room.work()
    stranger = room.directory.put(Kind.PERSON, "", "stranger")
    stranger.home = room.link(one).remote_id
    room.delete("Group", one)
    for _ in range(5):
        room.work(POLL)
    assert room.outcomes() == [("create", "done"), ("remove", "pending")]
    stranger.home = None
    room.work(POLL)
    assert room.outcomes() == [("create", "done"), ("remove", "done")]


def test_a_sweep_over_a_system_with_primary_departments_sends_nothing(room: Room) -> None:
    one = department(room, "办公室", "D1")
    for number in range(20):
        room.members(one, add=(room.person(f"p{number}"),))
    room.work()
    before = len(room.outcomes())
    room.writer.write(lambda connection: wake_all(connection, SYSTEM, "", 10_000, room.time))
    room.work()
    assert len(room.outcomes()) == before
