"""The guard (S23) on single changes: what is dangerous is counted in people over an hour; the rest goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mappings.model import Kind
from tests.flows import client as say
from tests.flows.ward import Ward

MINUTE = 60.0
HOUR = 3600.0


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Thirty people in each of two departments: 20 an hour may lose something, 9 of a department."""
    made = Ward(tmp_path, {"A": 30, "B": 30, "C": 30})
    yield made
    made.close()


def test_of_people_who_leave_one_by_one_no_more_go_than_the_limit(ward: Ward) -> None:
    names = [name for each in zip(ward.of("A"), ward.of("B"), ward.of("C"), strict=True) for name in each][:26]
    for name in names:
        ward.leaves(name)
        ward.work(2 * MINUTE)
    assert ward.gone(names) == 20
    assert ward.states["held"] == 6
    assert ward.code == 3
    assert (ward.open["people"], ward.open["removals"], ward.open["locks"]) == (6, 6, 0)
    ward.work(2 * HOUR)
    assert ward.gone(names) == 20


def test_a_department_has_a_limit_of_its_own(ward: Ward) -> None:
    for name in ward.of("A")[:12]:
        ward.leaves(name)
    ward.work()
    assert ward.gone(ward.ids) == 9
    assert ward.states["held"] == 3


def test_after_the_hour_as_many_may_go_again(ward: Ward) -> None:
    for name in ward.of("A")[:9]:
        ward.leaves(name)
    ward.work()
    ward.time += HOUR + 1
    for name in ward.of("A")[9:15]:
        ward.leaves(name)
    ward.work()
    assert ward.gone(ward.ids) == 15
    assert ward.code == 0


def test_a_restart_forgets_nothing_of_the_hour(ward: Ward) -> None:
    for name in ward.of("A")[:9]:
        ward.leaves(name)
    ward.work()
    ward.hire()
    ward.leaves(ward.of("A")[9])
    ward.work(MINUTE)
    assert ward.gone(ward.ids) == 9


def test_what_is_not_dangerous_goes_on(ward: Ward) -> None:
    for name in ward.of("A")[:11]:
        ward.lock(name)
    ward.work()
    held = ward.of("A")[10]
    assert ward.link(ward.ids[held]).state == "held"
    ward.put("User", ward.ids[held], say.user(held, title="科长") | {"active": False})
    new = ward.person("D001")
    ward.members(ward.groups["B"], (ward.ids[held],))
    ward.work()
    account = ward.accounts()[f"E-{held}"]
    assert (account["presence"], account["attributes"]["title"]) == ("active", ("科长",))
    assert account["groups"] == {"A", "B"}
    assert ward.link(new).state == "done"
    assert ward.link(ward.ids[held]).state == "held"


def test_a_new_login_waits_and_the_rest_of_its_update_does_not(ward: Ward) -> None:
    for name in ward.of("A")[:9]:
        ward.leaves(name)
    ward.work()
    name = ward.of("A")[9]
    ward.put("User", ward.ids[name], say.user(name, title="科长") | {"userName": "renamed", "externalId": f"E-{name}"})
    ward.work()
    attributes = ward.accounts()[f"E-{name}"]["attributes"]
    assert (attributes["uid"], attributes["title"]) == ((name,), ("科长",))
    assert (ward.open["logins"], ward.link(ward.ids[name]).state) == (1, "held")
    assert ("update", "lost") not in ward.outcomes()
    ward.approve(ward.open["id"])
    ward.work()
    assert ward.accounts()[f"E-{name}"]["attributes"]["uid"] == ("renamed",)


def test_one_person_counts_once(ward: Ward) -> None:
    for name in ward.of("A")[:9]:
        ward.lock(name)
    ward.work()
    for name in ward.of("A")[:9]:
        ward.leaves(name)
    ward.work()
    assert len(ward.accounts()) == 90 - 9 + len(ward.groups) + 1
    assert ward.code == 0


def test_what_is_taken_back_frees_itself(ward: Ward) -> None:
    for name in ward.of("A")[:11]:
        ward.lock(name)
    ward.work()
    for name in ward.of("A")[9:11]:
        assert ward.link(ward.ids[name]).state == "held"
        ward.lock(name, active=True)
    ward.work()
    assert ward.code == 0
    assert [each["state"] for each in ward.approvals] == ["withdrawn"]
    assert not ward.rows("SELECT 1 FROM links WHERE hold IS NOT NULL OR held_as IS NOT NULL")
    assert ward.gone(ward.of("A")) == 9


def test_every_dangerous_row_after_it_is_held_in_that_system(ward: Ward) -> None:
    for name in ward.of("A")[:10]:
        ward.leaves(name)
    ward.work()
    ward.leaves(ward.of("B")[0])
    ward.work()
    assert ward.link(ward.ids[ward.of("B")[0]]).state == "held"
    assert ward.open["people"] == 2


def test_a_named_person_releases_one_row(ward: Ward) -> None:
    for name in ward.of("A")[:12]:
        ward.leaves(name)
    ward.work()
    one = next(name for name in ward.of("A") if ward.link(ward.ids[name]).state == "held")
    ward.release(one)
    ward.work()
    assert ward.gone([one]) == 1
    assert ward.gone(ward.ids) == 10
    assert ward.open["people"] == 2
    assert [(each["state"], each["by"]) for each in ward.approvals[1:]] == [("released", "周主任")]


def test_retry_frees_nobody(ward: Ward) -> None:
    for name in ward.of("A")[:12]:
        ward.leaves(name)
    ward.work()
    ward.writer.write(ward.retry)
    ward.work()
    assert (ward.gone(ward.ids), ward.code) == (9, 3)


def test_a_group_with_a_stranger_in_it_is_held_with_his_name_and_goes_once_he_is_out(ward: Ward) -> None:
    group = ward.post("Group", say.plain_group("编外", "X"))
    ward.work()
    stranger = ward.directory.put(Kind.PERSON, "stranger", "stranger")
    stranger.groups.add(ward.link(group.id).remote_id)
    ward.delete("Group", group.id)
    ward.work()
    held = ward.link(group.id)
    assert (held.state, ward.code) == ("held", 3)
    assert "person/stranger" in held.error
    stranger.groups.clear()
    ward.work(2 * MINUTE)
    assert (ward.link(group.id).state, ward.code) == ("gone", 0)
    assert "X" not in ward.accounts()
