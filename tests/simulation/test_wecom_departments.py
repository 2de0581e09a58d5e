"""WeCom's rules for departments, from the wire's view."""

from typing import Any

import pytest

from connectors.wecom.simulator import departments
from tests.simulation.wecom import Furnish


def test_a_department_has_the_id_that_is_chosen_or_a_new_one(wecom: Furnish) -> None:
    room = wecom()
    made = room.api.post("department/create", name="教育局", parentid=1, id=20, order=7)
    assert made == {"errcode": 0, "errmsg": "created", "id": 20}
    office = room.api.department("办公室", 20)
    assert office == 21
    assert room.api.get("department/list")["department"] == [
        {"id": 1, "name": "示范区", "name_en": "", "department_leader": [], "parentid": 0, "order": 100_000_000},
        {"id": 20, "name": "教育局", "name_en": "", "department_leader": [], "parentid": 1, "order": 7},
        {"id": 21, "name": "办公室", "name_en": "", "department_leader": [], "parentid": 20, "order": 100_000_000},
    ]


def test_an_id_is_never_given_twice(wecom: Furnish) -> None:
    room = wecom()
    first = room.api.department("一")
    room.api.get("department/delete", id=first)
    assert room.api.department("二") != first


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": ""}, 60001),
        ({"name": None}, 60001),
        ({"name": "长" * 65}, 60001),
        *[({"name": f"科{sign}室"}, 60009) for sign in '\\:*?"<>|'],
        ({"name": "教育局"}, 60008),
        ({"parentid": 9}, 60004),
        ({"parentid": None}, 60004),
        ({"parentid": "1"}, 60004),
        ({"id": 2}, 60008),
        ({"id": 1}, 40058),
        ({"id": "7"}, 40058),
        ({"id": 2**32}, 40058),
        ({"order": -1}, 40058),
        ({"order": 2**32}, 40058),
    ],
)
def test_a_department_that_cannot_be_is_refused(wecom: Furnish, wrong: dict[str, Any], code: int) -> None:
    room = wecom()
    assert room.api.department("教育局") == 2
    body = {"name": "卫健局", "parentid": 1} | wrong
    assert room.api.post("department/create", **body)["errcode"] == code
    assert set(room.vendor.departments()) == {"教育局"}


def test_siblings_have_different_names_and_others_need_not(wecom: Furnish) -> None:
    room = wecom()
    first, second = room.api.department("教育局"), room.api.department("卫健局")
    room.api.department("办公室", first)
    moved = room.api.department("办公室", second)
    assert room.api.post("department/update", id=second, name="教育局")["errcode"] == 60008
    assert room.api.post("department/update", id=moved, parentid=first)["errcode"] == 60008
    assert room.api.post("department/update", id=moved, parentid=first, name="财务科")["errcode"] == 0
    assert set(room.vendor.departments()) == {"教育局", "卫健局", "教育局/办公室", "教育局/财务科"}
    assert room.api.department("办公室", second) > 0


def test_a_move_takes_the_whole_branch_and_never_makes_a_circle(wecom: Furnish) -> None:
    room = wecom()
    top, other = room.api.department("一"), room.api.department("二")
    middle = room.api.department("中", top)
    leaf = room.api.department("末", middle)
    assert room.api.post("department/update", id=middle, parentid=leaf)["errcode"] == 60010
    assert room.api.post("department/update", id=middle, parentid=middle)["errcode"] == 60010
    assert room.api.post("department/update", id=1, parentid=top)["errcode"] == 60010
    assert room.api.post("department/update", id=middle, parentid=other) == {"errcode": 0, "errmsg": "updated"}
    assert set(room.vendor.departments()) == {"一", "二", "二/中", "二/中/末"}


def test_an_update_keeps_what_is_left_out(wecom: Furnish) -> None:
    room = wecom()
    first = room.api.department("一", order=5)
    assert room.api.post("department/update", id=first, name="甲")["errcode"] == 0
    assert room.api.get("department/get", id=first)["department"]["order"] == 5
    assert room.api.post("department/update", id=9, name="甲")["errcode"] == 60003
    assert room.api.post("department/update", id=str(first), name="乙")["errcode"] == 60003
    assert room.api.post("department/update", id=1, name="某区")["errcode"] == 0
    assert set(room.vendor.departments()) == {"甲"}


def test_only_an_empty_leaf_is_deleted(wecom: Furnish) -> None:
    room = wecom()
    top = room.api.department("一")
    leaf = room.api.department("末", top)
    room.vendor.put_member("E1", "王一", [leaf])
    assert room.api.get("department/delete", id=1)["errcode"] == 60007
    assert room.api.get("department/delete", id=top)["errcode"] == 60006
    assert room.api.get("department/delete", id=leaf)["errcode"] == 60005
    assert room.api.get("department/delete", id=9)["errcode"] == 60003
    assert room.api.get("department/delete")["errcode"] == 60003
    room.vendor.delete_member("E1")
    assert room.api.get("department/delete", id=leaf) == {"errcode": 0, "errmsg": "deleted"}
    assert room.api.get("department/delete", id=top)["errcode"] == 0
    assert room.vendor.departments() == {}


def test_there_are_fifteen_levels_counting_the_root(wecom: Furnish) -> None:
    room = wecom()
    number = 1
    for level in range(2, 16):
        number = room.api.department(f"第{level}层", number)
    assert room.api.post("department/create", name="第16层", parentid=number)["errcode"] == 81002
    aside = room.api.department("旁")
    below = room.api.department("旁下", aside)
    parent = room.api.get("department/get", id=number)["department"]["parentid"]
    assert room.api.post("department/update", id=aside, parentid=parent)["errcode"] == 81002
    assert room.api.post("department/update", id=below, parentid=parent)["errcode"] == 0


def test_thirty_thousand_nodes_fit_below_one_department(wecom: Furnish) -> None:
    room = wecom()
    busy = room.vendor.put_department("大")
    for number in range(departments.MOST - 1):
        room.vendor.put_member(f"E{number}", "众", [busy])
    assert room.api.department("子一", busy) > 0
    assert room.api.post("department/create", name="子二", parentid=busy)["errcode"] == 81001


def test_a_list_is_of_a_branch_or_of_all(wecom: Furnish) -> None:
    room = wecom()
    top, other = room.api.department("一"), room.api.department("二")
    leaf = room.api.department("末", top)
    for call, rows in (("department/list", "department"), ("department/simplelist", "department_id")):
        assert [row["id"] for row in room.app.get(call)[rows]] == [1, top, other, leaf]
        assert [row["id"] for row in room.app.get(call, id=top)[rows]] == [top, leaf]
        assert room.app.get(call, id=9)["errcode"] == 60003
    assert room.app.get("department/simplelist", id=leaf)["department_id"] == [
        {"id": leaf, "parentid": top, "order": 100_000_000}
    ]


def test_leaders_are_shown_with_their_department(wecom: Furnish) -> None:
    room = wecom()
    top = room.api.department("一")
    room.vendor.put_member("E1", "王一", [1, top], is_leader_in_dept=[0, 1])
    assert room.api.get("department/get", id=top)["department"]["department_leader"] == ["E1"]
    assert room.api.get("department/get", id=1)["department"]["department_leader"] == []


def test_the_root_can_have_another_id(wecom: Furnish) -> None:
    room = wecom(root_id=100, root_name="某区")
    assert room.api.department("一", 100) == 101
    assert room.api.get("department/delete", id=100)["errcode"] == 60007
    assert set(room.vendor.departments()) == {"一"}
