"""The simulated OA: second posts in the unit, and jobs in other units."""

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


def kept(member: dict[str, Any], key: str = "deptId") -> list[tuple[int, int]]:
    return [(each[key], each["postId"]) for each in member["second_post"]]


@pytest.mark.parametrize(("key", "read", "written"), [("deptId",) * 3, ("depId",) * 3, ("split", "depId", "deptId")])
def test_second_posts_are_a_list_inside_the_member(oa: Furnish, key: str, read: str, written: str) -> None:
    room = oa(second_post_key=key)
    main, first, second = (room.vendor.put_department(name) for name in ("办公室", "人事科", "财务科"))
    given = [{written: str(first), "postId": room.post}, {written: second, "postId": room.post, "sortId": 2}]
    made = room.done("POST", "orgMember", room.new_member("wangwei", main, second_post=given))
    assert kept(made, read) == [(first, room.post), (second, room.post)]
    assert {(each["type"], each["memberId"], each["orgAccountId"]) for each in made["second_post"]} == {
        ("Second", made["id"], room.unit)
    }
    assert room.get(f"orgMembers/department/{first}") == [made]
    back = room.done("PUT", "orgMember", room.get(f"orgMember/{made['id']}"))
    # what no write knows by the name of the reads falls away
    assert kept(back, read) == ([] if key == "split" else [(first, room.post), (second, room.post)])
    fewer = room.done("PUT", "orgMember", back | {"second_post": given[1:]})
    assert kept(fewer, read) == [(second, room.post)]
    room.vendor.change_member(made["id"], name="王维")  # by hand, whatever the interface calls it
    assert kept(room.get(f"orgMember/{made['id']}"), read) == [(second, room.post)]


def test_second_posts_that_point_nowhere_fall_away(oa: Furnish) -> None:
    room = oa()
    main, disabled = room.vendor.put_department("办公室"), room.vendor.put_department("旧科", enabled=False)
    elsewhere = room.vendor.put_department("外科", unit=room.vendor.put_unit("区属公司"))
    given = [{"deptId": each, "postId": room.post} for each in (NEITHER, disabled, elsewhere)]
    given += [{"deptId": main, "postId": NEITHER}, {"deptId": main}, {"postId": room.post}]
    made = room.done("POST", "orgMember", room.new_member("wangwei", main, second_post=given))
    assert made["second_post"] == []


def test_a_second_post_is_not_the_main_one(oa: Furnish) -> None:
    room = oa()
    main, other = room.vendor.put_department("办公室"), room.vendor.put_department("人事科")
    same = [{"deptId": main, "postId": room.post}]
    assert room.refused("POST", "orgMember", room.new_member("a", main, second_post=same)) == "MEMBER_REPEAT_POST"
    made = room.done("POST", "orgMember", room.new_member("a", main, second_post=[same[0] | {"deptId": other}]))
    moved = made | {"orgDepartmentId": other}
    assert room.refused("PUT", "orgMember", moved) == "MEMBER_REPEAT_POST"
    assert room.done("PUT", "orgMember", moved | {"second_post": same})["orgDepartmentId"] == other
    another_post = room.get(f"orgPosts/{room.unit}")[1]["id"]
    room.done("PUT", "orgMember", moved | {"second_post": [{"deptId": other, "postId": another_post}]})


@pytest.mark.parametrize("keeps", [False, True])
def test_an_empty_list_of_second_posts(oa: Furnish, keeps: bool) -> None:
    room = oa(empty_second_post_keeps=keeps)
    main, other = room.vendor.put_department("办公室"), room.vendor.put_department("人事科")
    given = [{"deptId": other, "postId": room.post}]
    made = room.done("POST", "orgMember", room.new_member("wangwei", main, second_post=given))
    emptied = room.done("PUT", "orgMember", made | {"second_post": []})
    assert kept(emptied) == ([(other, room.post)] if keeps else [])
    removed = room.done("PUT", "orgMember", made | {"second_post": [], "del_second_post": "true"})
    assert removed["second_post"] == []


@pytest.mark.parametrize("merges", [False, True])
def test_a_put_that_leaves_the_second_posts_out(oa: Furnish, merges: bool) -> None:
    room = oa(put_merges=merges)
    main, other = room.vendor.put_department("办公室"), room.vendor.put_department("人事科")
    given = [{"deptId": other, "postId": room.post}]
    made = room.done("POST", "orgMember", room.new_member("wangwei", main, second_post=given))
    changed = room.done("PUT", "orgMember", room.new_member("wangwei", main, id=made["id"]))
    assert kept(changed) == ([(other, room.post)] if merges else [])


class Abroad:
    """A member of the unit, and another unit to work in."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.member = room.vendor.put_member("王伟", "wangwei", room.vendor.put_department("办公室"))
        self.unit = room.vendor.put_unit("区属公司", "GS")
        self.place, self.other = (room.vendor.put_department(name, unit=self.unit) for name in ("财务部", "法务部"))
        self.post = room.get(f"orgPosts/{self.unit}")[0]["id"]

    def job(self, **fields: Any) -> dict[str, Any]:
        body = {"cMemberId": str(self.member), "cAccountId": str(self.unit)}
        return body | {"cDeptId": str(self.place), "cPostId": str(self.post)} | fields

    def told(self, method: str, body: dict[str, Any]) -> bytes:
        told = self.room.send(method, "orgPartTimeJob", body)
        assert told.status_code == 200
        return told.content

    def jobs(self) -> list[dict[str, Any]]:
        return self.room.get("orgPartTimeJob/list")


def test_a_job_in_another_unit(oa: Furnish) -> None:
    room = oa()
    abroad = Abroad(room)
    assert abroad.told("POST", abroad.job(cLevelId="", sortId="", code="6", cMember="王伟")) == b"Success"
    (job,) = abroad.jobs()
    assert (job["cMemberId"], job["cAccountId"], job["cDeptId"]) == (abroad.member, abroad.unit, abroad.place)
    assert (job["cAccount"], job["cDept"], job["cPost"], job["code"]) == ("区属公司", "财务部", "科员", "6")
    assert room.get(f"orgPartTimeJob/{job['id']}") == job
    shown = room.get(f"orgMember/{abroad.member}")["concurrent_post"]
    assert [(each["deptId"], each["type"], each["orgAccountId"]) for each in shown] == [
        (abroad.place, "Concurrent", abroad.unit)
    ]
    assert [each["id"] for each in room.get(f"orgMembers/department/{abroad.place}")] == [abroad.member]
    assert room.refused("DELETE", f"orgDepartment/{abroad.place}") == "DEPARTMENT_EXIST_MEMBER"


def test_an_update_of_a_job_gives_it_another_id(oa: Furnish) -> None:
    room = oa()
    abroad = Abroad(room)
    abroad.told("POST", abroad.job())
    before = abroad.jobs()[0]["id"]
    assert abroad.told("PUT", abroad.job(id=str(before), cDeptId=abroad.other)) == b"Success"
    (job,) = abroad.jobs()
    assert (job["id"] == before, job["cDeptId"]) == (False, abroad.other)
    assert room.get(f"orgPartTimeJob/{before}") is None
    again = abroad.job(id=job["id"], cDeptId=abroad.other, code="7")
    assert abroad.told("PUT", again) == b"Success"  # the job is not in its own way
    (job,) = abroad.jobs()
    assert job["code"] == "7"
    assert abroad.told("PUT", abroad.job(id=before)) == b"{}"
    assert room.send("DELETE", f"orgPartTimeJob/delete/{before}").content == b"{}"
    assert room.send("DELETE", f"orgPartTimeJob/delete/{job['id']}").content == b"Success"
    assert abroad.jobs() == []


@pytest.mark.parametrize("failure", ["{}", "null", ""])
@pytest.mark.parametrize(
    "change",
    [
        {"cMemberId": None},
        {"cMemberId": NEITHER},
        {"cAccountId": NEITHER},
        {"cDeptId": ""},
        {"cDeptId": NEITHER},
        {"cPostId": NEITHER},
        {"cLevelId": NEITHER},
        {"cLevelId": "科员"},
        {"memberId": 1},
    ],
)
def test_a_job_that_is_none_fails_without_a_reason(oa: Furnish, change: dict[str, Any], failure: str) -> None:
    abroad = Abroad(oa(job_failure=failure))
    assert abroad.told("POST", abroad.job() | change) == failure.encode()
    assert abroad.jobs() == []


def test_a_job_is_in_another_unit_and_once(oa: Furnish) -> None:
    room = oa()
    abroad = Abroad(room)
    inside = {"cAccountId": room.unit, "cDeptId": room.vendor.put_department("人事科"), "cPostId": room.post}
    assert abroad.told("POST", abroad.job(**inside)) == b"{}"
    assert abroad.told("POST", abroad.job()) == b"Success"
    assert abroad.told("POST", abroad.job()) == b"{}"
    assert abroad.told("POST", abroad.job(cDeptId=abroad.other)) == b"Success"
    assert len(abroad.jobs()) == 2
    closed = room.vendor.put_department("旧部", unit=abroad.unit, enabled=False)
    assert abroad.told("POST", abroad.job(cDeptId=closed)) == b"{}"


def test_the_lists_of_jobs(oa: Furnish) -> None:
    room = oa()
    abroad = Abroad(room)
    here = room.vendor.put_department("人事科")
    guest = room.vendor.put_member("李娜", "lina", abroad.place)
    out, into = room.vendor.put_job(abroad.member, abroad.place), room.vendor.put_job(guest, here)

    def listed(path: str, **query: Any) -> list[int]:
        return [each["id"] for each in room.get(f"orgPartTimeJob/{path}", **query)]

    assert listed("list") == [out, into]
    assert listed("insidelist") == listed("foreignlist", accountId=abroad.unit) == [into]
    assert listed("foreignlist") == listed("insidelist", accountId=abroad.unit) == [out]
    assert [listed("list", pageNo=number, pageSize=1) for number in (1, 2, 3)] == [[out], [into], []]


def test_jobs_go_with_the_member(oa: Furnish) -> None:
    room = oa()
    abroad = Abroad(room)
    room.vendor.put_job(abroad.member, abroad.place)
    room.done("DELETE", f"orgMember/{abroad.member}")
    assert abroad.jobs() == []
    room.done("DELETE", f"orgDepartment/{abroad.place}")
