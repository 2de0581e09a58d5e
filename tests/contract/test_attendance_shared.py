"""Tasks that many people share on the attendance platform: forgotten, lost, taken up after a restart, by two lanes."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.attendance.connector import AttendanceConnector
from connectors.attendance.simulator.switches import Switches
from mappings.model import Action, Done, Pending, Unknown
from tests.contract.attendance_crowd import Crowd
from tests.contract.systems.attendance import Site, wanted

ADD, DELETE, DOWNLOAD = "auth_config/add", "auth_config/delete", "configuration/shortcut"


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as made:
        yield made


@pytest.fixture
def crowd(site: Site) -> Crowd:
    made = Crowd(site, range(20))
    made.create()
    return made


def _restarted(site: Site) -> AttendanceConnector:
    """Another process: nothing that was in memory is known there, for it has another name for the platform."""
    site.connector.close()
    table = str(site.vendor.config(site.running.url)["url"])
    return site.artemis(url=table.replace("127.0.0.1", "localhost"))


def test_whoever_looks_looks_for_all_who_share_the_task(site: Site, crowd: Crowd) -> None:
    crowd.apply(crowd.granting)
    before = len(site.running.requests())
    crowd.apply(crowd.granting)
    asked = [each["path"] for each in site.running.requests()[before:]]
    assert len([each for each in asked if "rate/search" in each]) == 1
    assert len(asked) == 2  # the persons, and how far the task is


def test_a_task_that_the_platform_forgets_after_doing_it_is_not_ordered_again(site: Site, crowd: Crowd) -> None:
    crowd.apply(crowd.granting)
    site.clock.at += 1
    crowd.at("door-1")  # the platform has done it by now
    site.vendor.tasks.configs.clear()
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.sizes(ADD) == [20]


def test_a_task_that_the_platform_forgets_before_doing_it_is_ordered_again_once(site: Site, crowd: Crowd) -> None:
    crowd.apply(crowd.granting)
    site.vendor.tasks.configs.clear()
    site.vendor.tasks._open.clear()
    site.clock.at += 1
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.sizes(ADD) == [20, 20]


def test_a_download_that_the_platform_forgets_is_begun_again_once_for_all(site: Site, crowd: Crowd) -> None:
    crowd.apply(crowd.granting)
    site.clock.at += 1
    assert {each.state for each in crowd.apply(crowd.granting) if isinstance(each, Pending)} == {"权限下发中"}
    site.vendor.tasks.downloads.clear()
    site.vendor.tasks._open.clear()
    site.clock.at += 1
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.at("door-2") == set(range(20))
    assert (crowd.sizes(ADD), len(site.asked(DOWNLOAD))) == ([20], 2)


@pytest.mark.parametrize("steps", [1, 2])
def test_a_restart_takes_up_what_is_kept_and_orders_nothing_twice(site: Site, crowd: Crowd, steps: int) -> None:
    for _ in range(steps):
        crowd.apply(crowd.granting)
        site.clock.at += 1
    site.connector = _restarted(site)
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.at("door-1") == set(range(20))
    assert (crowd.sizes(ADD), len(site.asked(DOWNLOAD))) == ([20], 1)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_restart_that_has_lost_what_was_kept_of_some_reads_how_far_they_are(
    site: Site, crowd: Crowd, steps: int
) -> None:
    """A crash between the platform's answer and our writing it down; the order was done meanwhile."""
    for _ in range(steps):
        crowd.apply(crowd.granting)
        site.clock.at += 1
    site.connector = _restarted(site)
    crowd.private |= dict.fromkeys(range(5))
    site.vendor.on_device("door-1")  # it is done by now
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.at("door-1") == set(range(20))
    assert crowd.sizes(ADD) == [20]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_a_restart_in_the_middle_of_a_removal_takes_rights_faces_and_persons_in_their_order(
    site: Site, crowd: Crowd, steps: int
) -> None:
    for number in crowd.numbers:
        site.vendor.put_face(f"E{number}-1")
    crowd.drive(crowd.granting)
    crowd.private = dict.fromkeys(crowd.numbers)
    site.running.faults([{"match": "face/single/delete", "times": 1, "code": "0x00052102"}])
    for _ in range(steps):
        crowd.apply(crowd.removal)
        site.clock.at += 1
    site.connector = _restarted(site)
    crowd.private |= dict.fromkeys(range(5))  # what was kept of these is lost besides
    for _ in range(2):
        crowd.drive(crowd.removal)
    assert site.vendor.accounts() == []
    assert crowd.at("door-1") == crowd.at("door-2") == set()
    assert {len(each["faces"]) for each in site.vendor.deleted()} == {0}
    assert sum(crowd.sizes(DELETE)) == 20


def test_an_order_whose_answer_is_lost_is_unknown_to_all_and_not_given_twice(site: Site, crowd: Crowd) -> None:
    site.running.faults([{"match": ADD, "times": 1, "lost": True}])
    assert {type(each) for each in crowd.apply(crowd.granting)} == {Unknown}
    site.clock.at += 1
    site.vendor.on_device("door-1")
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.sizes(ADD) == [20]


def test_two_lanes_at_once_share_their_downloads(site: Site) -> None:
    """Two threads, each with half of the people: there is never more than one download on its way."""
    lanes = [Crowd(site, range(40)), Crowd(site, range(40, 80))]
    connectors = [site.connector, site.artemis()]
    for lane in lanes:
        lane.create()
    with ThreadPoolExecutor(2) as threads:
        for _ in range(10):
            work = [
                threads.submit(lane.apply, lane.granting, left, connector)
                for lane, connector in zip(lanes, connectors, strict=True)
                if (left := [number for number in lane.numbers if lane.last.get(number) != Done()])
            ]
            assert not [each.exception() for each in work if each.exception()]
            unfinished = [each for each in site.vendor.tasks.downloads.values() if not each.finished]
            assert len(unfinished) <= 1
            site.clock.at += 1
    assert {outcome for lane in lanes for outcome in lane.last.values()} == {Done()}
    assert lanes[0].at("door-1") == set(range(80))
    assert len(site.asked(DOWNLOAD)) <= 2
    connectors[1].close()


def test_who_is_ready_while_a_download_runs_waits_for_the_next_one(site: Site, crowd: Crowd) -> None:
    """It brings what was configured at its start, and nobody may be told that he was in it."""
    for first, last in ((0, 10), (10, 20)):
        crowd.apply(crowd.granting, range(first, last))
        site.clock.at += 0.21
    crowd.apply(crowd.granting, range(10))
    site.clock.at += 0.1
    crowd.apply(crowd.granting, range(10, 20))
    assert len(site.asked(DOWNLOAD)) == 1
    crowd.drive(crowd.granting)
    assert set(crowd.last.values()) == {Done()}
    assert crowd.at("door-1") == set(range(20))
    assert len(site.asked(DOWNLOAD)) == 2


def test_a_download_of_all_who_had_waited_may_be_forgotten_too(site: Site, crowd: Crowd) -> None:
    for first, last in ((0, 10), (10, 20)):
        crowd.apply(crowd.granting, range(first, last))
        site.clock.at += 0.21
    crowd.apply(crowd.granting, range(10))
    site.clock.at += 0.1
    crowd.apply(crowd.granting, range(10, 20))  # wait
    site.clock.at += 1
    crowd.apply(crowd.granting, range(10, 20))  # are on their way, by one that began later than they were ready
    site.vendor.tasks.downloads.clear()
    site.vendor.tasks._open.clear()
    site.clock.at += 1
    crowd.drive(crowd.granting)
    assert crowd.at("door-1") == set(range(20))
    assert len(site.asked(DOWNLOAD)) <= 4


def test_after_a_restart_the_download_on_its_way_is_not_doubled() -> None:
    with Site(Switches(download_seconds=60)) as site:
        crowd = Crowd(site, range(20))
        crowd.create()
        for _ in range(2):
            crowd.apply(crowd.granting, range(10))
            site.clock.at += 1
        site.connector = _restarted(site)
        crowd.apply(crowd.granting, range(10))
        for _ in range(3):
            crowd.apply(crowd.granting, range(10, 20))
            site.clock.at += 1
        assert len(site.asked(DOWNLOAD)) == 1
        crowd.drive(crowd.granting)
        assert crowd.at("door-1") == set(range(20))


def test_who_waits_for_anothers_download_looks_less_and_less_often() -> None:
    with Site(Switches(download_seconds=300)) as site:
        crowd = Crowd(site, range(2))
        crowd.create()
        for _ in range(2):
            crowd.apply(crowd.granting, [0])
            site.clock.at += 1
        waits = []
        for _ in range(6):
            (outcome,) = crowd.apply(crowd.granting, [1])
            assert isinstance(outcome, Pending)
            waits.append(outcome.after)
            site.clock.at += outcome.after
        assert waits == [0.5, 0.5, 1, 2, 4, 8]


def test_the_first_look_is_soon_and_the_others_are_further_and_further_apart() -> None:
    with Site(Switches(config_seconds=120), poll_seconds=10) as site:
        crowd = Crowd(site, [1])
        crowd.create()
        waits = []
        for _ in range(8):
            (outcome,) = crowd.apply(crowd.granting)
            assert isinstance(outcome, Pending)
            waits.append(outcome.after)
            site.clock.at += outcome.after
        assert waits == [0.5, 1, 2, 4, 8, 10, 10, 10]


def test_a_failure_is_told_however_far_apart_the_looks_are() -> None:
    with Site(Switches(download_seconds=100), poll_seconds=600) as site:
        site.create(1)
        site.vendor.set_offline("door-1")
        assert "设备不在线" in str(site.grant(1)[-1])


def test_what_was_kept_by_an_older_release_is_understood(site: Site) -> None:
    site.create(1)
    first = site.apply(1, Action.UPDATE, wanted(1))
    assert isinstance(first, Pending)
    (config,) = site.vendor.tasks.configs
    order = {"person": "E1-1", "aim": "grant", "doors": "door-1:1,door-2:1", "org": ""}
    kept = json.dumps(order | {"config": config, "download": "", "at": 5.0})
    site.clock.at += 1
    assert isinstance(site.apply(1, Action.UPDATE, wanted(1), private=kept), Pending)
    assert (site.asked(ADD), len(site.asked(DOWNLOAD))) == ([ADD], 1)
