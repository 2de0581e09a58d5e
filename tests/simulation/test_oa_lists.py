"""The simulated OA: ids that no double holds, pages, and long lists."""

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


def test_ids_are_signed_beyond_what_a_double_holds_and_half_of_them_negative(oa: Furnish) -> None:
    room = oa()
    place = room.vendor.put_department("办公室")
    ids = [room.vendor.put_member("王伟", f"m{number}", place) for number in range(200)]
    assert len(set(ids)) == 200
    assert all(1 << 53 < abs(each) < 1 << 63 for each in ids)
    assert 60 < sum(each < 0 for each in ids) < 140
    assert any(int(float(each)) != each for each in ids)


def test_ids_are_the_same_at_each_start(oa: Furnish) -> None:
    one, two = oa(), oa()
    assert one.unit == two.unit
    assert one.vendor.put_department("办公室") == two.vendor.put_department("人事科")


@pytest.mark.parametrize("spell", [int, str])
def test_ids_survive_the_way_there_and_back(oa: Furnish, spell: Callable[[int], Any]) -> None:
    room = oa()
    fields = ("orgAccountId", "orgDepartmentId", "orgPostId", "orgLevelId")
    place = room.vendor.put_department("办公室")
    body = room.new_member("wangwei", place)
    made = room.done("POST", "orgMember", body | {name: spell(body[name]) for name in fields})
    assert [made[name] for name in fields] == [body[name] for name in fields]
    assert f'"id": {made["id"]},' in room.send("GET", f"orgMember/{made['id']}").text
    named = {name: spell(made[name]) for name in (*fields, "id")}
    assert room.done("PUT", "orgMember", made | named)["id"] == made["id"]
    assert room.refused("PUT", "orgMember", made | {"id": float(made["id"])}) == "MEMBER_INVALID_FIELD"


@pytest.mark.parametrize("origin", [0, 1])
def test_pages_begin_at_0_or_1_and_a_short_one_is_the_last(oa: Furnish, origin: int) -> None:
    room = oa(page_origin=origin)
    place = room.vendor.put_department("办公室")
    ids = [room.vendor.put_member("王伟", f"m{number}", place) for number in range(7)]

    def page(number: int | None) -> list[int]:
        named = {} if number is None else {"pageNo": number}
        return [each["id"] for each in room.get(f"orgMembers/all/{room.unit}", pageSize=3, **named)]

    assert [page(origin + number) for number in range(4)] == [ids[:3], ids[3:6], ids[6:], []]
    assert page(None) == ids[:3]
    assert (page(0) == page(1)) is (origin == 1)  # by which a client can tell
    assert [each["id"] for each in room.get(f"orgMembers/all/{room.unit}")] == ids


@pytest.mark.parametrize("path", ["orgDepartments/all/{unit}", "orgPosts/{unit}", "orgLevels/all/{unit}"])
def test_other_lists_come_in_pages_too(oa: Furnish, path: str) -> None:
    room = oa()
    for number in range(5):
        room.vendor.put_department(f"科室{number}")
    whole = room.get(path.format(unit=room.unit))
    pages = [room.get(path.format(unit=room.unit), pageNo=number, pageSize=2) for number in (1, 2, 3)]
    assert [each for page in pages for each in page] == whole[:6]


@pytest.mark.parametrize("query", [{"pageNo": "one", "pageSize": 2}, {"pageNo": -1, "pageSize": 2}, {"pageSize": ""}])
def test_a_page_that_is_no_number_is_no_path(oa: Furnish, query: dict[str, Any]) -> None:
    room = oa()
    told = room.send("GET", f"orgMembers/all/{room.unit}", params=query)
    assert told.headers["content-type"].startswith("text/html")


def test_lists_go_by_the_sort_number(oa: Furnish) -> None:
    room = oa()
    place = room.vendor.put_department("办公室")
    for login, sort in (("c", 3), ("a", 1), ("b", 2), ("a2", 1)):
        room.vendor.put_member("王伟", login, place, sortId=sort)
    assert [each["loginName"] for each in room.get(f"orgMembers/{room.unit}")] == ["a", "a2", "b", "c"]


def test_three_thousand_people_are_read_page_by_page(oa: Furnish) -> None:
    room = oa()
    places = [room.vendor.put_department(f"第{number}科") for number in range(30)]
    bodies = [
        room.new_member(f"m{number}", places[number % 30], code=f"E{number}", enabled=number % 10 != 0)
        for number in range(3000)
    ]
    for start in range(0, 3000, 500):
        assert room.write("POST", "orgMember/addMembers", bodies[start : start + 500])["success"] is True
    seen: list[str] = []
    for number in range(1, 100):
        page = room.get(f"orgMembers/all/{room.unit}", pageNo=number, pageSize=100)
        seen += [each["code"] for each in page]
        if len(page) < 100:
            break
    assert (number, len(seen), len(set(seen))) == (31, 3000, 3000)
    assert room.get(f"orgMembers/count/{room.unit}") == 2700
    assert len(room.get(f"orgMembers/{room.unit}")) == 2700
    assert len(room.get(f"orgMembers/department/{places[1]}")) == 100
    assert room.get("orgMember/code/E2999")[0]["loginName"] == "m2999"


def test_a_department_shows_the_people_below_it_unless_only_the_first_layer_is_asked_for(oa: Furnish) -> None:
    room = oa()
    bureau = room.vendor.put_department("区教育局")
    office = room.vendor.put_department("办公室", bureau)
    room.vendor.put_member("王伟", "above", bureau)
    room.vendor.put_member("李娜", "below", office)
    shown = [each["loginName"] for each in room.get(f"orgMembers/department/{bureau}")]
    first = [each["loginName"] for each in room.get(f"orgMembers/department/{bureau}", firstLayer="true")]
    assert (shown, first) == (["above", "below"], ["above"])
    assert room.get("orgMembers/department/17") == []
