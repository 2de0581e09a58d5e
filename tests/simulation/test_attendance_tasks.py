"""Tasks over the wire: how they end, in full, in part and not at all, and which orders are none."""

from typing import Any

import pytest

from tests.simulation.attendance import DAY
from tests.simulation.attendance_site import (
    ADD,
    CREATE,
    DELETE,
    DETAILS,
    DOOR,
    EXTEND,
    OTHER,
    PAGE,
    PROGRESS,
    RATE,
    SHORTCUT,
    SIMPLE,
    START,
    Site,
    persons,
)
from tests.simulation.clock import Clock


@pytest.fixture
def site(run: Any, clock: Clock) -> Site:
    return Site(run, clock)


def test_persons_who_are_not_there_fail_in_part(site: Site) -> None:
    told = site.platform.ask(RATE, {"taskId": site.grant("p1", "none")})
    assert (told["isFinished"], told["isConfigFinished"]) == (True, False)
    assert (told["totalNum"], told["successedNum"], told["failedNum"]) == (2, 1, 1)


def test_a_configuration_may_be_told_to_fail(site: Site) -> None:
    site.platform.vendor.fail_configs("0x15400001")
    told = site.platform.ask(RATE, {"taskId": site.grant("p1")})
    assert (told["isFinished"], told["isConfigFinished"], told["failedNum"]) == (True, False, 1)
    site.download()
    assert site.held() == {}
    site.grant("p1")
    site.download()
    assert site.held() == {"p1": True}


def test_a_download_may_be_told_to_fail(site: Site) -> None:
    site.grant("p1")
    site.platform.vendor.fail_downloads("0x15403010")
    told = site.download()
    (channel,) = told["resourceDownloadProgress"]
    assert (told["isDownloadFinished"], channel["downloadResult"]) == (True, 1)
    assert channel["errorCode"] == "0x15403010"
    assert site.held() == {}
    assert site.details(told["taskId"]) == {}
    site.download()
    assert site.held() == {"p1": True}


def test_a_door_that_is_offline_hinders_no_other(site: Site) -> None:
    both = [DOOR, OTHER]
    site.configure(ADD, personDatas=persons("p1"), resourceInfos=both)
    site.platform.vendor.set_offline("door-1")
    told = site.download(4, *both)
    results = [(each["downloadResult"], each["errorCode"]) for each in told["resourceDownloadProgress"]]
    assert results == [(1, "0x1540300a"), (0, None)]
    assert site.platform.vendor.on_device("door-2") == {"p1": True}
    site.platform.vendor.set_offline()
    site.download()
    assert site.held() == {"p1": True}


def test_the_long_way_of_a_download(site: Site) -> None:
    site.grant("p1")
    task = site.platform.ask(CREATE, {"taskType": 5})["taskId"]
    site.platform.ask(EXTEND, {"taskId": task, "resourceInfos": [DOOR]})
    site.clock.move(10)
    assert not site.progress(task)["isDownloadFinished"]
    site.platform.ask(START, {"taskId": task})
    assert site.platform.code(START, {"taskId": task}) == "0x15405002"
    assert site.platform.code(EXTEND, {"taskId": task, "resourceInfos": [DOOR]}) == "0x15405002"
    site.clock.move(2)
    assert site.progress(task)["isDownloadFinished"]
    assert site.held() == {"p1": True}


def test_a_task_without_data_goes_to_every_door_that_differs(site: Site) -> None:
    site.configure(ADD, personDatas=persons("p1"), resourceInfos=[DOOR, OTHER])
    task = site.platform.ask(CREATE, {"taskType": 4})["taskId"]
    site.platform.ask(START, {"taskId": task})
    site.clock.move(2)
    assert len(site.progress(task)["resourceDownloadProgress"]) == 2
    assert site.platform.vendor.on_device("door-2") == {"p1": True}


def test_a_task_that_nobody_made(site: Site) -> None:
    for path in (RATE, PROGRESS, START):
        assert site.platform.code(path, {"taskId": "none"}) == "0x15405001"
    assert site.platform.code(DETAILS, {"taskId": "none", "resourceInfo": DOOR, **PAGE}) == "0x15405001"


def test_the_simple_download_is_immediate_and_forgets_no_setting(site: Site) -> None:
    site.grant("p1")
    site.download()
    whom = {"personId": "p1", "operatorType": 2}
    told = site.platform.ask(SIMPLE, {"resourceInfo": DOOR, "personInfo": whom, "taskType": 4})
    assert told["downloadResult"] == 0
    assert site.held() == {}
    site.download()
    assert site.held() == {"p1": True}
    back = {"personId": "p2", "operatorType": 1}
    site.platform.ask(SIMPLE, {"resourceInfo": DOOR, "personInfo": back, "taskType": 4})
    assert site.held() == {"p1": True, "p2": False}


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (ADD, {"personDatas": persons("p1")}, "0x00072001"),
        (ADD, {"personDatas": persons(), "resourceInfos": [DOOR]}, "0x00072001"),
        (ADD, {"personDatas": persons("p1", kind="group"), "resourceInfos": [DOOR]}, "0x00072002"),
        (ADD, {"personDatas": persons("p1"), "resourceInfos": [{**DOOR, "resourceIndexCode": "x"}]}, "0x00072202"),
        (ADD, {"personDatas": persons("p1"), "resourceInfos": [{**DOOR, "channelNos": [7]}]}, "0x00072202"),
        (ADD, {"personDatas": persons("p1"), "resourceInfos": [{**DOOR, "doorNo": 1}]}, "0x00072003"),
        (ADD, {"personDatas": persons(*["p"] * 1001), "resourceInfos": [DOOR]}, "0x00072002"),
        (DELETE, {}, "0x00072001"),
        (SHORTCUT, {"taskType": 2, "resourceInfos": [DOOR]}, "0x00072002"),
        (SHORTCUT, {"taskType": 4, "resourceInfos": []}, "0x00072001"),
        (SHORTCUT, {"taskType": 4, "resourceInfos": [DOOR] * 101}, "0x00072002"),
    ],
)
def test_a_wrong_order_is_refused(site: Site, path: str, body: dict[str, Any], code: str) -> None:
    assert site.platform.code(path, body) == code


def test_a_validity_has_two_ends_in_order(site: Site) -> None:
    body = {"personDatas": persons("p1"), "resourceInfos": [DOOR]}
    later, now = site.platform.time(DAY), site.platform.time()
    assert site.platform.code(ADD, {**body, "endTime": now}) == "0x00072001"
    assert site.platform.code(ADD, {**body, "startTime": later, "endTime": now}) == "0x00072002"
    assert site.platform.code(ADD, {**body, "startTime": "2026-01-01 00:00:00", "endTime": now}) == "0x00072003"


def test_an_application_has_so_many_downloads_that_have_not_ended(run: Any, clock: Clock) -> None:
    site = Site(run, clock, open_downloads=2)
    body = {"taskType": 4, "resourceInfos": [DOOR]}
    site.platform.ask(CREATE, {"taskType": 4})
    assert [site.platform.code(SHORTCUT, body) for _ in range(2)] == ["0", "0x00052101"]
    assert site.platform.code(SHORTCUT, body, tagId="visitors") == "0"
    clock.move(2)
    assert site.platform.code(SHORTCUT, body) == "0"
