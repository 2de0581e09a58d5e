"""WeCom's lists of members, and what a simulator shows beside its interface."""

import itertools
from typing import Any

import httpx
import pytest

from tests.simulation.wecom import Api, Furnish


def pages(api: Api, limit: int) -> list[list[tuple[str, int]]]:
    """All pages of user/list_id as (userid, department); never more than a hundred of them."""
    found, cursor = [], ""
    for _ in range(100):
        page = api.post("user/list_id", limit=limit, **({"cursor": cursor} if cursor else {}))
        assert page["errcode"] == 0
        found.append([(row["userid"], row["department"]) for row in page["dept_user"]])
        cursor = page["next_cursor"]
        if not cursor:
            return found
    raise AssertionError("the list has no end")


def test_lists_are_of_one_department_alone(wecom: Furnish) -> None:
    room = wecom()
    top = room.api.department("一")
    leaf = room.api.department("末", top)
    room.vendor.put_member("E1", "王一", [top], mobile="13800000001")
    room.vendor.put_member("E2", "王二", [leaf, top])
    room.vendor.put_member("E3", "王三", [leaf])
    rows = room.app.get("user/simplelist", department_id=top, fetch_child=1)["userlist"]
    assert rows == [
        {"userid": "E1", "name": "王一", "department": [top]},
        {"userid": "E2", "name": "王二", "department": [leaf, top]},
    ]
    rows = room.app.get("user/list", department_id=top, fetch_child=1)["userlist"]
    assert [(row["userid"], row["status"], row["main_department"]) for row in rows] == [("E1", 4, top), ("E2", 4, leaf)]
    assert "mobile" not in rows[0]
    for call in ("user/simplelist", "user/list"):
        assert room.app.get(call, department_id=9)["errcode"] == 60003
        assert room.app.get(call)["errcode"] == 60003


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6, 7, 10_000])
def test_list_id_has_a_row_for_each_department_in_pages(wecom: Furnish, limit: int) -> None:
    room = wecom()
    two, three = room.api.department("二"), room.api.department("三")
    room.vendor.put_member("E1", "王一", [two, three, 1])
    room.vendor.put_member("E2", "王二", [1])
    room.vendor.put_member("E3", "王三", [three, two])
    rows = [("E1", two), ("E1", three), ("E1", 1), ("E2", 1), ("E3", three), ("E3", two)]
    found = pages(room.api, limit)
    assert list(itertools.chain.from_iterable(found)) == rows
    assert all(len(page) == limit for page in found[:-1])


def test_nobody_is_one_empty_page(wecom: Furnish) -> None:
    assert wecom().api.post("user/list_id") == {"errcode": 0, "errmsg": "ok", "dept_user": [], "next_cursor": ""}


def test_who_goes_between_two_pages_moves_nobody_else(wecom: Furnish) -> None:
    room = wecom()
    for number in range(6):
        room.vendor.put_member(f"E{number}", "众")
    first = room.api.post("user/list_id", limit=3)
    room.vendor.delete_member("E0")
    room.vendor.delete_member("E3")
    room.vendor.put_member("E9", "后来")
    second = room.api.post("user/list_id", limit=3, cursor=first["next_cursor"])
    assert [row["userid"] for row in second["dept_user"]] == ["E4", "E5", "E9"]


@pytest.mark.parametrize("body", [{"limit": 0}, {"limit": 10_001}, {"limit": "5"}, {"cursor": "x"}, {"cursor": 5}])
def test_a_page_that_cannot_be_is_refused(wecom: Furnish, body: dict[str, Any]) -> None:
    assert wecom().api.post("user/list_id", **body)["errcode"] == 40058


def test_the_accounts_of_a_simulator(wecom: Furnish, http: httpx.Client) -> None:
    room = wecom()
    top = room.api.department("区教育局")
    office, hall = room.api.department("办公室", top), room.api.department("大厅")
    room.vendor.put_member("E1", "王一", [hall, office, 1], main_department=office)
    room.vendor.put_member("E2", "王二", enable=0)
    assert http.get(f"{room.running.url}/_sim/accounts").json() == {
        "accounts": [
            {"id": "E1", "key": "E1", "login": "E1", "name": "王一", "state": "active"}
            | {"primary": "区教育局/办公室", "concurrent": ["大厅"], "face": False},
            {"id": "E2", "key": "E2", "login": "E2", "name": "王二", "state": "locked"}
            | {"primary": None, "concurrent": [], "face": False},
        ]
    }


def test_a_fresh_simulator_has_no_account(wecom: Furnish, http: httpx.Client) -> None:
    assert http.get(f"{wecom().running.url}/_sim/accounts").json() == {"accounts": []}


def test_hands_rename_move_and_delete_departments(wecom: Furnish) -> None:
    room = wecom()
    top, leaf = room.vendor.put_department("一"), 0
    leaf = room.vendor.put_department("末", top)
    with pytest.raises(ValueError, match="siblings"):
        room.vendor.put_department("末", top)
    room.vendor.rename_department(leaf, "尾", 1)
    assert set(room.vendor.departments()) == {"一", "尾"}
    room.vendor.put_member("E1", "王一", [leaf])
    with pytest.raises(ValueError, match="empty"):
        room.vendor.delete_department(leaf)
    room.vendor.delete_department(top)
    assert set(room.vendor.departments()) == {"尾"}
