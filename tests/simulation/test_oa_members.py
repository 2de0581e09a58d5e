"""The simulated OA: people, made and changed."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.simulation.running import Running
from connectors.simulation.vendor import Vendor
from tests.simulation.oa import Room

Furnish = Callable[..., Room]


@pytest.fixture
def oa(run: Callable[[Vendor], Running], http: httpx.Client) -> Furnish:
    return lambda **switches: Room(run, http, **switches)


NEITHER = 17  # the id of nothing


@pytest.fixture
def room(oa: Furnish) -> Room:
    return oa()


@pytest.fixture
def place(room: Room) -> int:
    return room.vendor.put_department("办公室")


def test_a_member_is_made_and_read_back_by_every_way(room: Room, place: int) -> None:
    contact = {"telnumber": "13800000001", "emailaddress": "w@example.cn", "officenumber": "8801", "gender": "1"}
    body = room.new_member("wangwei", place, code="E1", properties=contact, password="first-1", sortId=5)
    made = room.done("POST", "orgMember", body)
    assert "password" not in made
    assert (made["enabled"], made["state"], made["isValid"], made["isDeleted"]) == (True, 1, True, False)
    assert (made["telNumber"], made["emailAddress"], made["officeNum"], made["gender"]) == (
        "13800000001",
        "w@example.cn",
        "8801",
        1,
    )
    assert made["createTime"] > 1_700_000_000_000
    assert room.get(f"orgMember/{made['id']}") == made
    assert room.get("orgMember", loginName="wangwei") == made
    for array in (
        "orgMember/code/E1",
        "orgMembers/code/E1",
        "orgMember/telephone/13800000001",
        "orgMembers/name/王伟",
        f"orgMembers/{room.unit}",
        f"orgMembers/all/{room.unit}",
        f"orgMembers/department/{place}",
        f"orgMembers/post/{room.post}",
        f"orgMembers/level/{room.level}",
    ):
        assert room.get(array) == [made], array
    assert room.get(f"orgMembers/count/{room.unit}") == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, "MEMBER_NAME_NULL"),
        ({"name": ""}, "MEMBER_NAME_NULL"),
        ({"loginName": None}, "MEMBER_LOGINNAME_NULL"),
        ({"orgAccountId": None}, "MEMBER_ACCOUNT_NULL"),
        ({"orgDepartmentId": None}, "MEMBER_DEPARTMENT_NULL"),
        ({"orgPostId": None}, "MEMBER_POST_NULL"),
        ({"orgLevelId": None}, "MEMBER_LEVEL_NULL"),
        ({"orgAccountId": NEITHER}, "MEMBER_ACCOUNT_NOT_EXIST"),
        ({"orgDepartmentId": NEITHER}, "MEMBER_DEPARTMENT_NOT_EXIST"),
        ({"orgPostId": NEITHER}, "MEMBER_POST_NOT_EXIST"),
        ({"orgLevelId": NEITHER}, "MEMBER_LEVEL_NOT_EXIST"),
        ({"telnumber": "1"}, "MEMBER_UNKNOWN_FIELD"),
        ({"properties": {"mobile": "1"}}, "MEMBER_INVALID_FIELD"),
        ({"properties": {"telnumber": 13800000001}}, "MEMBER_INVALID_FIELD"),
        ({"properties": {"gender": "male"}}, "MEMBER_INVALID_FIELD"),
        ({"enabled": 1}, "MEMBER_INVALID_FIELD"),
        ({"sortId": "1"}, "MEMBER_INVALID_FIELD"),
        ({"state": 3}, "MEMBER_INVALID_FIELD"),
        ({"orgPostId": "科员"}, "MEMBER_INVALID_FIELD"),
        ({"orgPostId": 0.5}, "MEMBER_INVALID_FIELD"),
        ({"second_post": {"deptId": 1}}, "MEMBER_INVALID_FIELD"),
        ({"second_post": [{"department": 1}]}, "MEMBER_INVALID_FIELD"),
    ],
)
def test_a_member_that_is_not_one_is_refused_by_name(room: Room, place: int, change: dict[str, Any], code: str) -> None:
    assert room.refused("POST", "orgMember", room.new_member("wangwei", place) | change) == code
    assert room.get(f"orgMembers/all/{room.unit}") == []


def test_a_body_that_is_no_entity_is_refused(room: Room) -> None:
    assert room.refused("POST", "orgMember", ["no", "object"]) == "MEMBER_INVALID_FIELD"
    told = room.http.post(
        room.running.url + "/seeyon/rest/orgMember",
        content=b"{",
        headers={"token": room.token, "content-type": "application/json"},
    )
    assert told.json()["errorMsgs"][0]["code"] == "INVALID_JSON"


def test_some_versions_say_what_is_wrong_with_a_body_in_a_sentence(oa: Furnish) -> None:
    room = oa(sentences=True)
    place = room.vendor.put_department("办公室")
    told = room.write("POST", "orgMember", room.new_member("wangwei", place, name=None))
    assert (told["success"], told["successMsgs"], told["errorMsgs"]) == (False, [], [])
    assert "MEMBER_NAME_NULL" in told["errorMsgInfos"][0]["msgInfo"]
    room.done("POST", "orgMember", room.new_member("wangwei", place))
    assert room.refused("POST", "orgMember", room.new_member("wangwei", place)) == "PRINCIPAL_REPEAT_NAME"


def test_a_department_of_another_unit_is_none_of_this_one(room: Room) -> None:
    other = room.vendor.put_unit("区属公司")
    elsewhere = room.vendor.put_department("办公室", unit=other)
    assert room.refused("POST", "orgMember", room.new_member("wangwei", elsewhere)) == "MEMBER_DEPARTMENT_NOT_EXIST"


def test_a_login_is_one_persons_in_the_whole_group(room: Room, place: int) -> None:
    room.done("POST", "orgMember", room.new_member("wangwei", place, code="E1"))
    assert room.refused("POST", "orgMember", room.new_member("wangwei", place, code="E2")) == "PRINCIPAL_REPEAT_NAME"
    assert room.refused("POST", "orgMember", room.new_member("huaming", place)) == "PRINCIPAL_REPEAT_NAME"
    second = room.done("POST", "orgMember", room.new_member("lina", place))
    assert room.refused("PUT", "orgMember", second | {"loginName": "wangwei"}) == "PRINCIPAL_REPEAT_NAME"
    other = room.vendor.put_department("办公室", unit=room.vendor.put_unit("区属公司"))
    with pytest.raises(Exception, match="PRINCIPAL_REPEAT_NAME"):
        room.vendor.put_member("另一王伟", "wangwei", other)
    renamed = room.done("PUT", "orgMember", second | {"loginName": "lina2"})
    assert renamed["id"] == second["id"]
    assert room.get("orgMember", loginName="lina") is None
    room.done("POST", "orgMember", room.new_member("lina", place))


def test_a_code_is_one_persons_in_the_unit(room: Room, place: int) -> None:
    first = room.done("POST", "orgMember", room.new_member("wangwei", place, code="E1"))
    second = room.done("POST", "orgMember", room.new_member("lina", place))
    third = room.new_member("zhang", place, code="E1")
    assert room.refused("POST", "orgMember", third) == "MEMBER_REPEAT_CODE"
    assert room.refused("PUT", "orgMember", second | {"code": "E1"}) == "MEMBER_REPEAT_CODE"
    room.done("PUT", "orgMember", first | {"code": "E9"})
    room.done("POST", "orgMember", third)
    other = room.vendor.put_department("办公室", unit=room.vendor.put_unit("区属公司"))
    room.vendor.put_member("另一人", "other", other, code="E1")
    assert {each["loginName"] for each in room.get("orgMember/code/E1")} == {"zhang", "other"}


@pytest.mark.parametrize("merges", [False, True])
def test_a_put_that_leaves_fields_out(oa: Furnish, merges: bool) -> None:
    room = oa(put_merges=merges)
    place = room.vendor.put_department("办公室")
    contact = {"telnumber": "13800000001", "emailaddress": "w@example.cn"}
    body = room.new_member("wangwei", place, code="E1", properties=contact, enabled=False, password="first-1")
    made = room.done("POST", "orgMember", body)
    sent = room.new_member("wangwei", place, properties={"emailaddress": "x@example.cn"}, id=made["id"])
    changed = room.done("PUT", "orgMember", sent)
    held = (changed["code"], changed["properties"]["telnumber"], changed["enabled"])
    assert held == (("E1", "13800000001", False) if merges else ("", "", True))
    assert changed["properties"]["emailaddress"] == "x@example.cn"
    assert room.get("orgMember/effective/loginName/wangwei", password="first-1") is (not merges)
    bare = room.write("PUT", "orgMember", {"id": made["id"], "name": "王维"})
    assert bare["success"] is merges
    assert bare["errorMsgs"] == [] if merges else bare["errorMsgs"][0]["code"] == "MEMBER_ACCOUNT_NULL"


def test_what_was_read_can_be_written_back(room: Room, place: int) -> None:
    made = room.done("POST", "orgMember", room.new_member("wangwei", place, code="E1", properties={"gender": "2"}))
    again = room.done("PUT", "orgMember", room.get(f"orgMember/{made['id']}"))
    assert {**again, "updateTime": 0} == {**made, "updateTime": 0}
