"""Persons over the wire: added, changed, deleted softly, and read."""

from typing import Any

import pytest

from tests.simulation.attendance import (
    ENCODED,
    PERSON_ADD,
    PERSON_DELETE,
    PERSON_LIST,
    PERSON_UPDATE,
    PERSONS_ADD,
    Platform,
    find,
    furnished,
    person,
)
from tests.simulation.clock import Clock

PAGE = {"pageNo": 1, "pageSize": 1000}


@pytest.fixture
def platform(run: Any, clock: Clock) -> Platform:
    return furnished(run, clock)


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_one_is_added_and_found_by_each_of_his_keys(platform: Platform, version: str) -> None:
    body = person(
        org="G1-1",
        personId="3001-1",
        jobNo="3001",
        gender="2",
        phoneNo="13800000000",
        certificateType="111",
        certificateNo="110101199003070011",
        birthday="1990-03-07",
        email="x@example.org",
    )
    told = platform.ask(f"/api/resource/{version}/person/single/add", body)
    assert told == {"personId": "3001-1", "faceId": None}
    keys = {"personId": "3001-1", "jobNo": "3001", "phoneNo": "13800000000", "certificateNo": "110101199003070011"}
    for name, value in keys.items():
        (row,) = find(platform, name, value)
        assert row["personName"] == "王小明"
        assert row["orgPath"] == "@root000000@G1@G1-1@"
        assert row["orgPathName"] == "默认组织/教育局/办公室"
        assert (row["gender"], row["certificateType"], row["personPhoto"]) == (2, 111, [])


def test_an_id_is_made_where_none_is_chosen(platform: Platform) -> None:
    first, second = (platform.ask(PERSON_ADD, person())["personId"] for _ in range(2))
    assert len(first) == 32
    assert first != second


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"orgIndexCode": "G1"}, "0x00072001"),
        ({"personName": "王小明"}, "0x00072001"),
        ({"personName": "", "orgIndexCode": "G1"}, "0x00072001"),
        ({"personName": None, "orgIndexCode": "G1"}, "0x00072001"),
        (person(org="none"), "0x00072202"),
        (person("名" * 33), "0x00072006"),
        (person("王<明"), "0x00072003"),
        (person(personId="p" * 65), "0x00072006"),
        (person(gender=1), "0x00072003"),
        (person(gender="9"), "0x00072002"),
        (person(certificateType="1"), "0x00072002"),
        (person(birthday="1990/3/7"), "0x00072003"),
        (person(nickName="明"), "0x00072003"),
        (person(faces="x"), "0x00072003"),
        (person(faces=[{"faceData": ENCODED}] * 2), "0x00072002"),
        ("王小明", "0x00072003"),
    ],
)
def test_a_person_must_be_whole(platform: Platform, body: Any, code: str) -> None:
    assert platform.code(PERSON_ADD, body) == code
    assert platform.ask(PERSON_LIST, PAGE)["total"] == 0


def test_the_site_marks_fields_as_mandatory_and_adds_its_own(run: Any, clock: Clock) -> None:
    switches = {"required": frozenset({"jobNo", "certificateNo"}), "properties": frozenset({"nickName"})}
    platform = furnished(run, clock, **switches)
    assert platform.code(PERSON_ADD, person(jobNo="1")) == "0x00072001"
    platform.ask(PERSON_ADD, person(jobNo="1", certificateNo="2", nickName="明"))
    assert find(platform, "jobNo", "1")[0]["nickName"] == "明"
    assert platform.code(PERSON_UPDATE, {"personId": "none", "nickName": "明"}) == "0x00072202"


def test_the_licence_counts_persons(run: Any, clock: Clock) -> None:
    platform = furnished(run, clock, persons=1)
    platform.ask(PERSON_ADD, person(personId="p1"))
    assert platform.code(PERSON_ADD, person()) == "0x00072203"
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert platform.code(PERSON_ADD, person()) == "0"


def test_a_burnt_person_id_is_refused_for_ever(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person(personId="p1"))
    assert platform.code(PERSON_ADD, person(personId="p1")) == "0x00072002"
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    told = platform.call(PERSON_ADD, person(personId="p1"))
    assert told["code"] == "0x00072002"
    assert "personId p1 already exists" in told["msg"]
    platform.vendor.purge_person("p1")
    assert platform.vendor.deleted() == []
    assert platform.code(PERSON_ADD, person(personId="p1")) == "0x00072002"


@pytest.mark.parametrize("name", ["jobNo", "phoneNo", "certificateNo"])
def test_two_living_persons_share_no_key(platform: Platform, name: str) -> None:
    platform.ask(PERSON_ADD, person(personId="p1", **{name: "77"}))
    platform.ask(PERSON_ADD, person(personId="p2"))
    assert platform.code(PERSON_ADD, person(**{name: "77"})) == "0x00072002"
    assert platform.code(PERSON_UPDATE, {"personId": "p2", name: "77"}) == "0x00072002"
    assert platform.code(PERSON_UPDATE, {"personId": "p1", name: "77"}) == "0"


@pytest.mark.parametrize(("reusable", "code"), [(True, "0"), (False, "0x00072002")])
def test_the_job_no_of_a_deleted_person(run: Any, clock: Clock, reusable: bool, code: str) -> None:
    platform = furnished(run, clock, job_no_reusable=reusable)
    platform.ask(PERSON_ADD, person(personId="77-1", jobNo="77"))
    platform.ask(PERSON_DELETE, {"personIds": ["77-1"]})
    assert platform.code(PERSON_ADD, person(personId="77-2", jobNo="77")) == code


def test_an_update_changes_what_it_names(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person(org="G1", personId="p1", jobNo="77"))
    platform.ask(PERSON_UPDATE, {"personId": "p1", "orgIndexCode": "G1-1"})
    assert platform.vendor.person("p1") == {"personName": "王小明", "orgIndexCode": "G1-1", "jobNo": "77"}
    platform.ask(PERSON_UPDATE, {"personId": "p1", "jobNo": "78"})
    assert [bool(find(platform, "jobNo", job)) for job in ("77", "78")] == [False, True]
    platform.ask(PERSON_UPDATE, {"personId": "p1", "jobNo": ""})
    assert platform.vendor.person("p1") == {"personName": "王小明", "orgIndexCode": "G1-1"}
    assert platform.code(PERSON_UPDATE, {"personId": "p1", "personName": ""}) == "0x00072001"


def test_an_update_replaces_where_the_site_has_it_so(run: Any, clock: Clock) -> None:
    platform = furnished(run, clock, update_merges=False)
    platform.ask(PERSON_ADD, person(org="G1", personId="p1", jobNo="77"))
    assert platform.code(PERSON_UPDATE, {"personId": "p1", "orgIndexCode": "G1-1"}) == "0x00072001"
    platform.ask(PERSON_UPDATE, {"personId": "p1", **person(org="G1-1")})
    assert platform.vendor.person("p1") == {"personName": "王小明", "orgIndexCode": "G1-1"}


def test_an_update_of_nobody_or_into_nothing_is_refused(platform: Platform) -> None:
    platform.ask(PERSON_ADD, person(org="G1", personId="p1"))
    assert platform.code(PERSON_UPDATE, {"personId": "p2", "personName": "乙"}) == "0x00072202"
    assert platform.code(PERSON_UPDATE, {"personId": "p1", "orgIndexCode": "none"}) == "0x00072202"
    assert platform.code(PERSON_UPDATE, {"personName": "乙"}) == "0x00072001"
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert platform.code(PERSON_UPDATE, {"personId": "p1", "personName": "乙"}) == "0x00072202"


def test_a_batch_of_base_fields_lists_what_failed(platform: Platform) -> None:
    told = platform.ask(
        PERSONS_ADD,
        [
            person(clientId=1, jobNo="1"),
            person(clientId=2, jobNo="1"),
            person(clientId=3, faces=[{"faceData": ENCODED}]),
            person(personId="chosen"),
            "nobody",
        ],
    )
    assert [row["clientId"] for row in told["successes"]] == [1, None]
    assert told["successes"][1]["personId"] == "chosen"
    assert [(row["clientId"], row["code"]) for row in told["failures"]] == [
        (2, "0x00072002"),
        (3, "0x00072003"),
        (None, "0x00072003"),
    ]
    assert platform.ask(PERSON_LIST, PAGE)["total"] == 2


def test_a_deletion_that_fails_in_part_comes_under_code_0(platform: Platform) -> None:
    for name in ("p1", "p2"):
        platform.ask(PERSON_ADD, person(personId=name))
    failed = platform.ask(PERSON_DELETE, {"personIds": ["p1", "none", "p2", "p1"]})
    assert [(row["personId"], row["code"]) for row in failed] == [("none", "0x00072202"), ("p1", "0x00072202")]
    assert platform.ask(PERSON_LIST, PAGE)["total"] == 0
    assert platform.code(PERSON_DELETE, {"personIds": []}) == "0x00072001"
    assert platform.code(PERSON_DELETE, {"personIds": ["x"] * 1001}) == "0x00072002"
    assert platform.code(PERSON_DELETE, ["p1"]) == "0x00072003"


@pytest.mark.parametrize("stays", [True, False])
def test_a_soft_deletion_leaves_the_face(run: Any, clock: Clock, stays: bool) -> None:
    platform = furnished(run, clock, faces_outlive_person=stays)
    face = platform.ask(PERSON_ADD, person(personId="p1", jobNo="77", faces=[{"faceData": ENCODED}]))["faceId"]
    platform.vendor.put_card("p1", "5001")
    assert platform.accounts()["p1"]["face"]
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert platform.accounts() == {}
    assert find(platform, "jobNo", "77") == []
    assert find(platform, "personId", "p1") == []
    (gone,) = platform.vendor.deleted()
    assert gone == {"id": "p1", "key": "77", "name": "王小明", "faces": [face] if stays else []}
    assert platform.code("/api/resource/v1/face/single/delete", {"faceId": face}) == "0x00072202"
    platform.vendor.purge_person("p1")
    assert platform.vendor.faces("p1") == []


def test_a_face_deleted_before_the_person_is_gone(platform: Platform) -> None:
    face = platform.ask(PERSON_ADD, person(personId="p1", faces=[{"faceData": ENCODED}]))["faceId"]
    platform.ask("/api/resource/v1/face/single/delete", {"faceId": face})
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert platform.vendor.deleted()[0]["faces"] == []
