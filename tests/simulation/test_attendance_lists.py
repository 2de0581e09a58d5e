"""Persons over the wire: read page by page, by conditions, by hand, and beside the interface."""

from typing import Any

import pytest

from tests.simulation.attendance import (
    HOUR,
    PERSON_ADD,
    PERSON_DELETE,
    PERSON_INFO,
    PERSON_LIST,
    PERSON_UPDATE,
    PERSONS_ADD,
    Platform,
    find,
    furnished,
    person,
)
from tests.simulation.clock import Clock

ADVANCE = "/api/resource/v2/person/advance/personList"
IN_ORG = "/api/resource/v2/person/orgIndexCode/personList"
CHANGED = "/api/resource/v1/person/personList/timeRange"
PAGE = {"pageNo": 1, "pageSize": 1000}


@pytest.fixture
def platform(run: Any, clock: Clock) -> Platform:
    return furnished(run, clock)


def ids(listed: dict[str, Any]) -> list[str]:
    return [row["personId"] for row in listed["list"]]


def test_three_thousand_persons_are_read_page_by_page(platform: Platform) -> None:
    for start in range(0, 3000, 1000):
        rows = [person(f"人{n}", "G1-1", personId=f"p{n:04}", jobNo=str(n)) for n in range(start, start + 1000)]
        assert platform.ask(PERSONS_ADD, rows)["failures"] == []
    seen: list[str] = []
    for number in range(1, 5):
        listed = platform.ask(PERSON_LIST, {"pageNo": number, "pageSize": 999})
        assert listed["total"] == 3000
        seen += ids(listed)
    assert seen == [f"p{n:04}" for n in range(3000)]
    assert platform.ask(PERSON_LIST, {"pageNo": 5, "pageSize": 999})["list"] == []
    assert len(ids(platform.ask(IN_ORG, {"orgIndexCode": "G1-1", "pageNo": 3, "pageSize": 1000}))) == 1000
    assert len(platform.accounts()) == 3000


def test_the_list_of_an_organisation_is_its_own(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person(org="G1", personId="p1"))
    platform.ask(PERSON_ADD, person(org="G1-1", personId="p2"))
    assert ids(platform.ask(IN_ORG, {"orgIndexCode": "G1", **PAGE})) == ["p1"]
    assert platform.code(IN_ORG, {"orgIndexCode": "none", **PAGE}) == "0x00072202"


def test_conditions_hold_together(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person("王小明", "G1", personId="p1", gender="1", certificateNo="11"))
    platform.ask(PERSON_ADD, person("王小红", "G1-1", personId="p2", gender="2"))
    platform.ask(PERSON_ADD, person("李小红", personId="p3", gender="2"))

    def found(**conditions: Any) -> list[str]:
        return ids(platform.ask(ADVANCE, {**conditions, **PAGE}))

    assert found() == ["p1", "p2", "p3"]
    assert found(personName="小红") == ["p2", "p3"]
    assert found(personName="小红", gender="2", orgIndexCodes="G1") == []
    assert found(orgIndexCodes="G1", isSubOrg=True) == ["p1", "p2"]
    assert found(personIds="p3,p1,none") == ["p1", "p3"]
    assert found(certificateNo="11") == ["p1"]
    assert found(personName="小", orderBy="personName", orderType="desc") == ["p2", "p1", "p3"]
    assert platform.code(ADVANCE, {"orderBy": "jobNo", **PAGE}) == "0x00072002"


def test_condition_person_info_knows_four_names(platform: Platform) -> None:
    assert platform.code(PERSON_INFO, {"paramName": "personName", "paramValue": ["王"]}) == "0x00072002"
    assert platform.code(PERSON_INFO, {"paramName": "jobNo", "paramValue": "77"}) == "0x00072003"
    assert platform.code(PERSON_INFO, {"paramName": "jobNo", "paramValue": []}) == "0x00072001"
    assert find(platform, "jobNo", "77") == []


def test_what_changed_is_told_with_who_was_deleted(platform: Platform, clock: Clock) -> None:
    for name in ("p1", "p2", "p3"):
        platform.ask(PERSON_ADD, person(personId=name))
    clock.move(3 * HOUR)
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    platform.ask(PERSON_UPDATE, {"personId": "p2", "personName": "新名"})
    body = {"startTime": platform.time(-HOUR), "endTime": platform.time(), **PAGE}
    assert {row["personId"]: row["status"] for row in platform.ask(CHANGED, body)["list"]} == {"p1": -1, "p2": 0}
    long = {**body, "startTime": platform.time(-49 * HOUR)}
    back = {**body, "endTime": platform.time(-2 * HOUR)}
    assert [platform.code(CHANGED, each) for each in (long, back)] == ["0x00072002"] * 2


def test_the_accounts_show_the_path_without_the_root(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person(org="G1-1", personId="p1", jobNo="77"))
    platform.ask(PERSON_ADD, person(personId="p2"))
    expected = {
        "id": "p1",
        "key": "77",
        "login": "p1",
        "name": "王小明",
        "state": "active",
        "primary": "教育局/办公室",
        "concurrent": [],
        "face": False,
        "rights": False,
    }
    assert platform.accounts()["p1"] == expected
    assert platform.accounts()["p2"]["primary"] is None


def test_hands_write_what_the_interface_reads(platform: Platform) -> None:
    platform.vendor.put_org("G2", "卫健局")
    platform.vendor.put_person("s1", "手工", "G2", jobNo="900")
    platform.vendor.change_person("s1", personName="改名", jobNo="901")
    assert [find(platform, "jobNo", job)[0]["personName"] for job in ("901",)] == ["改名"]
    assert find(platform, "jobNo", "900") == []
    platform.vendor.delete_person("s1")
    assert platform.ask(PERSON_LIST, PAGE)["total"] == 0
    platform.vendor.put_person("s1", "又来", "G2")
    assert platform.ask(PERSON_LIST, PAGE)["list"][0]["personName"] == "又来"
    platform.vendor.drop_org("G2")
    assert platform.code(IN_ORG, {"orgIndexCode": "G2", **PAGE}) == "0x00072202"


def test_the_table_that_links_to_it(platform: Platform) -> None:
    assert platform.wire.get("/_sim/config").json() == {
        "kind": "attendance",
        "url": f"{platform.running.url}/artemis",
        "app_key": "29000001",
        "app_secret": "testsecret",
        "doors": "door-1:1,door-2:1",
    }
