"""Nobody of a batch pays for anybody else on the attendance platform, and nobody is gone because a list was short."""

from collections.abc import Iterator

import pytest

from connectors.attendance.simulator.switches import Switches
from connectors.errors import Unreadable
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Done,
    Pending,
    Refused,
    Retry,
)
from tests.contract.attendance_crowd import Crowd, Pretending, Short, ShortOfRights, picky
from tests.contract.systems.attendance import Site, wanted


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


def test_who_was_deleted_while_the_order_ran_holds_none_of_the_others(site: Site) -> None:
    crowd = Crowd(site, range(64))
    crowd.create()
    crowd.apply(crowd.granting)
    site.vendor.delete_person("E7-1")
    crowd.drive(crowd.granting)
    assert isinstance(crowd.last.pop(7), Retry)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.at("door-1") == crowd.at("door-2") == {*range(64)} - {7}


def test_whoever_alone_is_refused_an_order_holds_none_of_the_others() -> None:
    site, vendor = picky()
    with site:
        vendor.refuses = lambda path, body: "0x15400003" if "auth_config/add" in path and '"E7-1"' in body else ""
        crowd = Crowd(site, range(64))
        crowd.create()
        crowd.drive(crowd.granting)
        refused = crowd.last.pop(7)
        assert isinstance(refused, Refused)
        assert "0x15400003" in refused.text
        assert set(crowd.last.values()) == {Done()}
        assert crowd.at("door-1") == {*range(64)} - {7}
        assert len(site.asked("auth_config/add")) < 15


def test_whoever_alone_cannot_be_read_hides_none_of_the_others() -> None:
    site, vendor = picky()
    with site:
        crowd = Crowd(site, range(64))
        crowd.create()
        vendor.refuses = lambda path, body: "0x00072003" if "personInfo" in path and '"E7-1"' in body else ""
        seen = crowd.observe(crowd.numbers)
        assert isinstance(seen.pop(7), Unreadable)
        assert [each.key for each in seen if isinstance(each, AccountState)] == [f"E{n}" for n in range(64) if n != 7]


@pytest.mark.parametrize("code", ["0x00072202", "0x14c02303"])
def test_that_one_of_many_is_missing_never_says_that_all_are(code: str) -> None:
    """A platform that answers "no such resource" to a whole list because of one of its values."""
    site, vendor = picky()
    with site:
        crowd = Crowd(site, range(20))
        crowd.create()
        vendor.delete_person("E7-1")
        vendor.refuses = lambda path, body: code if "personInfo" in path and '"E7' in body else ""
        seen = crowd.observe(crowd.numbers)
        assert seen.pop(7) is None
        assert [each.key for each in seen if isinstance(each, AccountState)] == [f"E{n}" for n in range(20) if n != 7]
        assert crowd.apply(crowd.creation) == [AlreadySo()] * 7 + [crowd.last[7]] + [AlreadySo()] * 12
        assert type(crowd.last[7]) is Retry  # the personId is burnt, and the next one is due


def test_a_list_that_shows_only_the_first_few_makes_nobody_who_is_known_absent() -> None:
    """What the platform does not bring of a long list is asked for again, one by one, before anybody is gone."""
    with Site(vendor=Short) as site:
        crowd = Crowd(site, range(20))
        for number in crowd.numbers:
            assert site.apply(number, Action.CREATE, wanted(number), org="D01") == Done()
        site.vendor.delete_person("E19-1")
        seen = crowd.observe(crowd.numbers)
        assert seen.pop() is None
        assert [each.key for each in seen if isinstance(each, AccountState)] == [f"E{n}" for n in range(19)]


def test_a_list_of_rights_that_shows_only_a_few_lets_nobody_go_whom_the_doors_still_know() -> None:
    with Site(vendor=ShortOfRights) as site:
        crowd = Crowd(site, range(10))
        crowd.create()
        for number in crowd.numbers:
            assert site.grant(number)[-1] == Done()
        crowd.drive(crowd.removal)
        assert (site.vendor.accounts(), crowd.at("door-1"), crowd.at("door-2")) == ([], set(), set())
        assert sum(crowd.sizes("auth_config/delete")) == 10


def test_a_list_of_persons_that_shows_only_a_few_lets_nobody_go_whose_face_is_there() -> None:
    with Site(vendor=Pretending) as site:
        crowd = Crowd(site, range(5))
        crowd.create()
        for number in crowd.numbers:
            site.vendor.put_face(f"E{number}-1")
        crowd.apply(crowd.removal)
        assert all(isinstance(each, Retry) and "人脸" in each.text for each in crowd.last.values())
        assert len(site.vendor.accounts()) == 5


def test_an_order_for_many_that_fails_as_a_whole_is_given_again_in_smaller_ones(site: Site) -> None:
    """Whoever poisons it is alone in the end, and the others are through by then."""
    crowd = Crowd(site, range(8))
    crowd.create()
    site.vendor.fail_configs(*["0x15400001"] * 3)
    for _ in range(3):
        crowd.drive(crowd.granting)
        site.clock.at += 61
    assert set(crowd.last.values()) == {Done()}
    assert crowd.at("door-1") == set(range(8))
    assert crowd.sizes("auth_config/add") == [8, 4, 4, 2, 2, 2, 2]


def test_each_of_many_is_told_what_keeps_him_from_the_doors() -> None:
    """One has no face, one is gone from the platform's rights, and the others are there."""
    with Site(Switches(faceless_downloads=False)) as site:
        crowd = Crowd(site, range(10))
        crowd.create()
        for number in range(9):
            site.vendor.put_face(f"E{number}-1")
        crowd.drive(crowd.granting)
        faceless = crowd.last.pop(9)
        assert isinstance(faceless, Pending)
        assert "等待录入人脸" in faceless.state
        assert set(crowd.last.values()) == {Done()}
        assert crowd.at("door-1") == set(range(9))
        site.vendor.put_face("E9-1")
        site.clock.at += faceless.after
        crowd.drive(crowd.granting, [9])
        assert crowd.last[9] == Done()


def test_a_door_that_is_away_is_told_to_each_of_many(site: Site) -> None:
    crowd = Crowd(site, range(10))
    crowd.create()
    site.vendor.set_offline("door-2")
    crowd.drive(crowd.granting)
    told = {each.text for each in crowd.last.values() if isinstance(each, Retry)}
    assert len(told) == 1
    assert "设备不在线" in told.pop()
    assert crowd.at("door-1") == set(range(10))
    site.vendor.set_offline()
    site.clock.at += 61
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert len(site.asked("auth_config/add")) == 1  # the order stands; only the download is begun again


def test_who_has_a_face_is_not_told_to_enrol_one_because_another_must() -> None:
    """One door is away; the other names, as its own, the trouble of the one person without a face."""
    with Site(Switches(faceless_downloads=False)) as site:
        crowd = Crowd(site, range(4))
        crowd.create()
        for number in range(3):
            site.vendor.put_face(f"E{number}-1")
        site.vendor.set_offline("door-2")
        crowd.drive(crowd.granting)
        assert "等待录入人脸" in str(crowd.last.pop(3))
        assert all(isinstance(each, Retry) and "设备不在线" in each.text for each in crowd.last.values())
