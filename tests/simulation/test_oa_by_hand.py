"""The simulated OA: what the administrator does by hand, and what `/_sim/` tells of it."""

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


@pytest.fixture
def room(oa: Furnish) -> Room:
    return oa()


def test_the_table_that_links_to_it(room: Room) -> None:
    told = room.http.get(room.running.url + "/_sim/config").json()
    assert told == {
        "kind": "oa",
        "url": room.running.url + "/seeyon/rest",
        "user": "rest",
        "password": room.switches.password,
        "unit": "QZF",
        "default_post": "科员",
        "default_level": "科员",
        "login_name": "huaming",
    }
    login = {"userName": told["user"], "password": told["password"], "loginName": told["login_name"]}
    given = room.http.post(told["url"] + "/token", json=login).json()
    assert given["bindingUser"]["loginName"] == told["login_name"]
    assert told["default_post"] in {each["name"] for each in room.get(f"orgPosts/{room.unit}")}
    assert told["default_level"] in {each["name"] for each in room.get(f"orgLevels/{room.unit}")}


def test_the_rows_of_accounts(room: Room) -> None:
    vendor = room.vendor
    bureau = vendor.put_department("区教育局")
    office, other = vendor.put_department("办公室", bureau), vendor.put_department("区财政局")
    company = vendor.put_unit("区属公司")
    abroad = vendor.put_department("财务部", unit=company)
    second = [{"deptId": other, "postId": room.post}, {"deptId": bureau, "postId": room.post}]
    ident = vendor.put_member("王伟", "wangwei", office, code="E1", second_post=second)
    vendor.put_job(ident, abroad)
    vendor.put_member("李娜", "lina", abroad, enabled=False)
    assert room.accounts() == [
        {
            "id": str(ident),
            "key": "E1",
            "login": "wangwei",
            "name": "王伟",
            "state": "active",
            "primary": "区教育局/办公室",
            "concurrent": sorted(["区属公司/财务部", "区教育局", "区财政局"]),
            "face": False,
        },
        {
            "id": room.accounts()[1]["id"],
            "key": "",
            "login": "lina",
            "name": "李娜",
            "state": "locked",
            "primary": "区属公司/财务部",
            "concurrent": [],
            "face": False,
        },
    ]


def test_what_is_changed_by_hand_is_what_the_interface_shows(room: Room) -> None:
    vendor = room.vendor
    place, other = vendor.put_department("办公室"), vendor.put_department("人事科")
    ident = vendor.put_member("王伟", "wangwei", place, code="E1", properties={"telnumber": "1", "gender": "1"})
    vendor.change_member(ident, name="王维", orgDepartmentId=other, enabled=False, properties={"telnumber": "2"})
    shown = room.get(f"orgMember/{ident}")
    assert (shown["name"], shown["orgDepartmentId"], shown["enabled"], shown["code"]) == ("王维", other, False, "E1")
    assert (shown["properties"]["telnumber"], shown["properties"]["gender"]) == ("2", "1")
    assert vendor.member("wangwei") == shown
    vendor.change_member(ident, loginName="wangwei2", code="")
    assert room.get("orgMember", loginName="wangwei") is None
    assert room.get("orgMember/code/E1") == []
    vendor.delete_member(ident)
    assert vendor.member("wangwei2") is None
    vendor.change_department(other, name="人力资源科", superior=place)
    assert (room.get(f"orgDepartment/{other}")["name"], room.get(f"orgDepartment/{other}")["superior"]) == (
        "人力资源科",
        place,
    )
    vendor.delete_department(other)
    assert room.get(f"orgDepartment/{other}") is None


def test_further_posts_levels_and_people_in_charge_by_hand(room: Room) -> None:
    vendor = room.vendor
    post, level = vendor.put_post("督学", code="DX"), vendor.put_level("一级调研员")
    assert room.get("orgPost/code/DX")[0]["id"] == post
    assert room.get(f"orgLevel/{level}")["name"] == "一级调研员"
    place = vendor.put_department("办公室")
    ident = vendor.put_member("王伟", "wangwei", place, orgPostId=post, orgLevelId=level)
    vendor.put_in_charge(place, 3, ident)
    told = room.get(f"orgDepartment/departmentmanagerinfo/{place}/{room.unit}")
    assert told["deptrole3"] == f"Member|{ident}|王伟|{room.unit}|true"
    vendor.delete_member(ident)
    assert vendor.in_charge(place)["deptrole3"] == ""


@pytest.mark.parametrize(("code", "said"), [("MEMBER_NOT_EXIST", "errorMsgs"), (1010, "code"), ("1010", "code")])
def test_a_fault_by_code_is_said_as_the_vendor_says_it(room: Room, code: Any, said: str) -> None:
    room.running.faults([{"match": "orgDepartment", "times": 1, "code": code}])
    told = room.send("POST", "orgDepartment", room.new_department("区教育局")).json()
    if said == "code":
        assert told["code"] == 1010
    else:
        assert (told["success"], told["errorMsgs"][0]["code"]) == (False, code)
    assert room.get(f"orgDepartments/{room.unit}") == []


def test_a_write_whose_answer_is_lost_was_done(room: Room) -> None:
    place = room.vendor.put_department("办公室")
    room.running.faults([{"match": "orgMember", "times": 1, "lost": True}])
    with pytest.raises(httpx.TransportError):
        room.send("POST", "orgMember", room.new_member("wangwei", place, code="E1"))
    assert [each["key"] for each in room.accounts()] == ["E1"]


def test_the_vendor_limits_no_frequency(room: Room) -> None:
    assert room.vendor.windows() == ()
    assert room.running.windows() == []


BODIES: list[Any] = [
    None,
    7,
    "text",
    True,
    [],
    [[]],
    [None],
    {},
    {"id": []},
    {"id": "9" * 5000},
    {"id": {}, "name": []},
]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "token"),
        ("PUT", "token"),
        *(
            (method, path)
            for path in ("orgMember", "orgDepartment", "orgPost", "orgLevel", "orgPartTimeJob")
            for method in ("POST", "PUT")
        ),
        *(("POST", f"orgMember/{each}Members") for each in ("add", "update", "remove")),
        ("PUT", "orgMembers"),
        ("PUT", "orgMembers/batchdelete"),
        ("PUT", "orgDepartment/departmentmanagerinfo"),
        ("POST", "message/loginName"),
        ("POST", "message/userId"),
        ("POST", "bpm/process/start"),
        ("POST", "bpm/process/stop"),
        ("POST", "coll/sentAffairs"),
        ("POST", "flow/HUAMING01"),
        ("POST", "attachment"),
    ],
)
def test_whatever_is_sent_the_vendor_answers_and_nothing_is_made(room: Room, method: str, path: str) -> None:
    odd = [*BODIES, {"token": [], "loginName": {}}, {"subject": 5, "pageNo": []}, {"cMemberId": [], "cDeptId": {}}]
    odd += [{"appName": "collaboration", "data": each} for each in BODIES]
    token = room.new_token("huaming") if path.startswith(("bpm", "coll")) else ""
    for body in odd:
        told = room.send(method, path, content=httpx.Request("POST", "http://x", json=body).content, token=token)
        assert told.status_code in (200, 401), body
        headers = {"token": token or room.token, "content-type": "application/json"}
        told = room.http.request(method, room.running.url + "/seeyon/rest/" + path, json=body, headers=headers)
        assert told.status_code in (200, 401), body
    assert room.accounts() == []
    assert room.get(f"orgDepartments/all/{room.unit}") == []
    assert room.vendor.messages() == []
    assert room.vendor.processes() == []
