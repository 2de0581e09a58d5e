"""Organisations over the wire."""

from typing import Any

import pytest

from tests.simulation.attendance import HOUR, ORG_ADD, ORG_LIST, PERSON_ADD, PERSON_DELETE, Platform, person
from tests.simulation.clock import Clock

ROOT = "root000000"
ADVANCE = "/api/resource/v2/org/advance/orgList"
UPDATE = "/api/resource/v1/org/single/update"
DELETE = "/api/resource/v1/org/batch/delete"
INFO = "/api/resource/v1/org/orgIndexCodes/orgInfo"
BELOW = "/api/resource/v1/org/parentOrgIndexCode/subOrgList"
CHANGED = "/api/resource/v1/org/timeRange"
PAGE = {"pageNo": 1, "pageSize": 1000}


def org(code: str, name: str, parent: str = ROOT, **more: Any) -> dict[str, Any]:
    return {"orgIndexCode": code, "orgName": name, "parentIndexCode": parent, **more}


@pytest.fixture
def platform(run: Any, clock: Clock) -> Platform:
    """教育局 with 办公室 and 基教科 below it."""
    made = Platform(run, clock)
    made.ask(ORG_ADD, [org("G1", "教育局"), org("G1-1", "办公室", "G1"), org("G1-2", "基教科", "G1")])
    return made


def codes(listed: dict[str, Any]) -> list[str]:
    return [row["orgIndexCode"] for row in listed["list"]]


def test_the_root_is_there_from_the_start_and_needs_no_body(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    headers, _ = platform.signed("/api/resource/v1/org/rootOrg", {})
    assert platform.ask("/api/resource/v1/org/rootOrg")["orgIndexCode"] == ROOT
    stamp = {"X-Ca-Timestamp": headers["X-Ca-Timestamp"]}
    path = "/api/resource/v1/org/rootOrg"
    _, _, signed, _ = platform.signer().sign("POST", path, headers=stamp, content_type="application/json")
    assert platform.send(path, signed, b"")["data"]["parentOrgIndexCode"] == "-1"


def test_a_list_shows_names_paths_and_parents(platform: Platform) -> None:
    listed = platform.ask(ORG_LIST, PAGE)
    assert (listed["total"], listed["pageNo"], listed["pageSize"]) == (4, 1, 1000)
    office = next(row for row in listed["list"] if row["orgIndexCode"] == "G1-1")
    assert office["orgPath"] == "默认组织/教育局/办公室"
    assert (office["parentOrgIndexCode"], office["parentOrgName"]) == ("G1", "教育局")


def test_pages(platform: Platform) -> None:
    pages = [codes(platform.ask(ORG_LIST, {"pageNo": number, "pageSize": 3})) for number in (1, 2, 3)]
    assert pages == [[ROOT, "G1", "G1-1"], ["G1-2"], []]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"pageNo": 1, "pageSize": 1001}, "0x00072002"),
        ({"pageNo": 0, "pageSize": 10}, "0x00072002"),
        ({"pageNo": 1}, "0x00072001"),
        ({"pageNo": "1", "pageSize": 10}, "0x00072003"),
        ({"pageNo": True, "pageSize": 10}, "0x00072003"),
        ({"pageNo": 1, "pageSize": 10, "extra": 1}, "0x00072003"),
        ([], "0x00072003"),
    ],
)
def test_a_page_must_be_one(platform: Platform, body: Any, code: str) -> None:
    assert platform.code(ORG_LIST, body) == code


def test_a_batch_takes_what_it_can_and_lists_the_rest(platform: Platform) -> None:
    told = platform.ask(
        ORG_ADD,
        [
            org("G2", "卫健局", clientId=1),
            org("G2-1", "人事科", "G2", clientId="2"),
            org("G1", "又一个教育局", clientId=3),
            org("G9-1", "无上级", "G9", clientId=4),
            org("G3", "名:字", clientId=5),
            org("G4", "名" * 33, clientId=6),
            {"clientId": 7, "orgName": "缺上级"},
            {"orgName": "自编号", "parentIndexCode": ROOT},
        ],
    )
    assert [(row["clientId"], row["orgIndexCode"]) for row in told["successes"][:2]] == [(1, "G2"), ("2", "G2-1")]
    assert len(told["successes"][2]["orgIndexCode"]) == 32
    assert [(row["clientId"], row["code"]) for row in told["failures"]] == [
        (3, "0x00072002"),
        (4, "0x00072202"),
        (5, "0x00072003"),
        (6, "0x00072006"),
        (7, "0x00072001"),
    ]
    assert all(row["message"] for row in told["failures"])


def test_a_batch_is_an_array(platform: Platform) -> None:
    assert platform.code(ORG_ADD, org("G2", "卫健局")) == "0x00072003"
    assert platform.code(ORG_ADD, []) == "0x00072001"
    assert platform.code(ORG_ADD, [org(f"X{i}", "多") for i in range(1001)]) == "0x00072002"


def test_one_is_renamed_and_not_moved(platform: Platform) -> None:
    platform.ask(UPDATE, {"orgIndexCode": "G1-1", "orgName": "综合办公室"})
    assert platform.ask(INFO, {"orgIndexCodes": ["G1-1", "none"]})["list"][0]["orgName"] == "综合办公室"
    assert platform.code(UPDATE, {"orgIndexCode": "none", "orgName": "名"}) == "0x00072202"
    assert platform.code(UPDATE, org("G1-1", "办公室")) == "0x00072003"


def test_where_the_release_moves_one_it_never_becomes_its_own_child(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock, orgs_move=True)
    platform.ask(ORG_ADD, [org("G1", "教育局"), org("G1-1", "办公室", "G1")])
    assert platform.code(UPDATE, org("G1", "教育局", "G1-1")) == "0x00072002"
    platform.ask(UPDATE, org("G1-1", "办公室"))
    assert codes(platform.ask(BELOW, {"parentOrgIndexCode": ROOT, **PAGE})) == ["G1", "G1-1"]


def test_children_are_read_level_by_level(platform: Platform) -> None:
    assert codes(platform.ask(BELOW, {"parentOrgIndexCode": ROOT, **PAGE})) == ["G1"]
    assert codes(platform.ask(BELOW, {"parentOrgIndexCode": "G1", **PAGE})) == ["G1-1", "G1-2"]
    assert platform.code(BELOW, {"parentOrgIndexCode": "none", **PAGE}) == "0x00072202"


def test_conditions_hold_together(platform: Platform) -> None:
    assert codes(platform.ask(ADVANCE, {"orgName": "教", **PAGE})) == ["G1", "G1-2"]
    assert codes(platform.ask(ADVANCE, {"orgName": "教", "orgIndexCodes": "G1-2,G1-1", **PAGE})) == ["G1-2"]
    assert codes(platform.ask(ADVANCE, {"parentOrgIndexCodes": ROOT, **PAGE})) == ["G1"]
    below = platform.ask(ADVANCE, {"parentOrgIndexCodes": ROOT, "isSubOrg": True, **PAGE})
    assert codes(below) == ["G1", "G1-1", "G1-2"]
    assert [row["leaf"] for row in below["list"]] == [False, True, True]


def test_one_with_children_or_persons_stays(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person(org="G1-1", personId="p1"))
    failed = platform.ask(DELETE, {"indexCodes": ["G1", "G1-1", "G1-2", ROOT, "none"]})
    assert [(row["orgIndexCode"], row["code"]) for row in failed] == [
        ("G1", "0x00072002"),
        ("G1-1", "0x00072002"),
        (ROOT, "0x00072002"),
        ("none", "0x00072202"),
    ]
    assert all(row["msg"] for row in failed)
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert platform.ask(DELETE, {"indexCodes": ["G1-1", "G1"]}) == []
    assert codes(platform.ask(ORG_LIST, PAGE)) == [ROOT]


@pytest.mark.parametrize(("burnt", "fails"), [(False, 0), (True, 1)])
def test_the_code_of_a_deleted_one(run: Any, clock: Clock, burnt: bool, fails: int) -> None:
    platform = Platform(run, clock, org_code_burnt=burnt)
    platform.ask(ORG_ADD, [org("G1", "教育局")])
    platform.ask(DELETE, {"indexCodes": ["G1"]})
    assert len(platform.ask(ORG_ADD, [org("G1", "教育局")])["failures"]) == fails


def test_what_changed_is_told_with_what_was_deleted(platform: Platform, clock: Clock) -> None:
    clock.move(2 * HOUR)
    platform.ask(DELETE, {"indexCodes": ["G1-2"]})

    def changed(since: float) -> dict[str, int]:
        body = {"startTime": platform.time(since), "endTime": platform.time(1), **PAGE}
        return {row["orgIndexCode"]: row["status"] for row in platform.ask(CHANGED, body)["list"]}

    assert changed(-HOUR) == {"G1-2": -1}
    assert changed(-3 * HOUR) == {ROOT: 0, "G1": 0, "G1-1": 0, "G1-2": -1}
    short = {"startTime": platform.time(-60), "endTime": platform.time(), **PAGE}
    long = {"startTime": platform.time(-49 * HOUR), "endTime": platform.time(), **PAGE}
    assert [platform.code(CHANGED, body) for body in (short, long)] == ["0x00072002"] * 2
