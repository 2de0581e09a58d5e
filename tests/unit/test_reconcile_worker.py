"""The worker turn by turn: outages, refusals, lost answers, waiting, parking; no threads and no sleep."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from mappings import ldap
from mappings.model import Presence, Refused
from mappings.terms import Terms
from tests.flows import client as say
from tests.flows.engine_room import BEGIN, SYSTEM, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def test_a_person_becomes_an_account_in_one_turn(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    a = room.person("a", title="科员")
    room.members(team, add=(a,))
    room.work()
    account = room.accounts()["E-a"]
    assert (account["attributes"]["title"], account["groups"]) == (("科员",), {"T1"})
    assert {outcome for _, outcome in room.outcomes()} == {"done"}
    room.work()
    assert len(room.outcomes()) == 3


def test_an_outage_opens_the_breaker_and_burns_no_attempts(room: Room) -> None:
    for number in range(20):
        room.person(f"p{number}")
    room.directory.unreachable = True
    room.work()
    assert room.worker.breakers[SYSTEM].open
    assert room.rows("SELECT DISTINCT state, attempts FROM links") == [("due", 0)]
    assert room.rows("SELECT failing_since FROM systems") == [(BEGIN,)]
    room.work(3600)
    assert room.rows("SELECT DISTINCT state, attempts FROM links") == [("due", 0)]
    room.directory.unreachable = False
    room.work(60)
    assert len(room.accounts()) == 20
    assert not room.worker.breakers[SYSTEM].open
    assert room.rows("SELECT failing_since, error FROM systems") == [(None, None)]


def test_a_refused_row_is_parked_and_the_others_go_on(room: Room) -> None:
    ids = {number: room.person(f"p{number}") for number in range(20)}
    room.directory.refused["E-p7"] = Refused("65", "违反对象类规则")
    room.work()
    assert room.accounts().keys() == {f"E-p{number}" for number in range(20) if number != 7}
    row = room.link(ids[7])
    assert (row.state, row.due, row.creating) == ("parked", None, False)
    assert "违反对象类规则" in row.error
    before = len(room.outcomes())
    room.work(24 * 3600)
    assert len(room.outcomes()) == before
    room.directory.refused.clear()
    room.put("User", ids[7], say.user("p7", title="改正"))
    room.work()
    assert room.link(ids[7]).state == "done"


@pytest.mark.parametrize("turned_back", [False, True])
def test_a_name_that_was_reserved_in_vain_is_free_again(room: Room, turned_back: bool) -> None:
    first = room.person("old" if turned_back else "wanted", key="E1")
    if turned_back:
        room.work()
        room.put("User", first, say.user("wanted", "E1"))
    room.directory.refused["E1"] = Refused("68", "同名账号已存在")
    room.work()
    assert room.link(first).state == "parked"
    if turned_back:
        room.put("User", first, say.user("old", "E1"))
    else:
        room.delete("User", first)
    room.work()
    heir = room.person("wanted", key="E2")
    room.work()
    assert room.link(heir).state == "done"
    assert room.rows("SELECT name FROM names WHERE subject = :of", of=heir) == [("uid=wanted",)]


def test_who_waits_for_a_name_is_told_the_number_of_its_holder(room: Room) -> None:
    holder = room.person("wanted", key="E1")
    room.work()
    room.directory.refused["E1"] = Refused("53", "不行")
    room.put("User", holder, say.user("elsewhere", "E1"))
    heir = room.person("wanted", key="E2")
    room.work()
    row = room.link(heir)
    assert (row.state, row.blocker) == ("waiting", holder)
    assert "「E1」" in row.error
    room.directory.refused.clear()
    room.put("User", holder, say.user("elsewhere", "E1", title="主任"))
    room.work()
    assert {each["attributes"]["uid"] for each in room.accounts().values()} == {("elsewhere",), ("wanted",)}


def test_a_person_waits_for_a_group_that_is_refused_and_joins_when_it_is_there(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1"))
    a = room.person("a")
    room.members(team.id, add=(a,))
    room.directory.refused["T1"] = Refused("65", "不行")
    room.work()
    waiting = room.link(a)
    assert (waiting.state, waiting.blocker) == ("waiting", team.subject)
    assert "篮球队" in waiting.error
    assert room.accounts()["E-a"]["groups"] == set(), "the account itself does not wait"
    room.directory.refused.clear()
    room.put("Group", team.id, say.plain_group("篮球一队", "T1"))
    room.work()
    assert room.accounts()["E-a"]["groups"] == {"T1"}
    assert room.link(a).state == "done"


def test_a_day_on_which_a_kept_account_ends_is_waited_for(room: Room) -> None:
    room.target = replace(room.target, person=lambda person, day, org: ldap.desired(person, day, org, Terms(30)))
    room.hire()
    a = room.person("a")
    room.work()
    room.delete("User", a)
    room.work()
    (account,) = room.directory.accounts.values()
    assert account.presence is Presence.LOCKED
    room.work(29 * 86400)
    assert len(room.directory.accounts) == 1
    room.work(2 * 86400)
    assert room.directory.accounts == {}
    assert room.link(a).state == "gone"
