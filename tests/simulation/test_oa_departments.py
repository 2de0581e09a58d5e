"""The simulated OA: departments, posts and levels."""

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


def path(place: dict[str, Any]) -> str:
    return place["path"]


def test_there_is_one_unit_with_posts_and_levels_and_nothing_in_it(oa: Furnish) -> None:
    room = oa(unit_name="某区政府", unit_code="MQ")
    units = room.get("orgAccounts")
    assert [(each["name"], each["code"]) for each in units] == [("某区政府", "MQ")]
    assert room.get(f"orgDepartments/all/{room.unit}") == []
    assert room.get(f"orgMembers/all/{room.unit}") == []
    assert "科员" in {each["name"] for each in room.get(f"orgPosts/{room.unit}")}
    assert len(room.get(f"orgLevels/{room.unit}")) > 2


def test_the_unit_above_another(oa: Furnish) -> None:
    room = oa()
    below = room.vendor.put_unit("区属公司", "GS", above=room.unit)
    assert room.get(f"orgAccounts/parent/{below}")["id"] == room.unit
    assert room.get(f"orgAccounts/parent/{room.unit}") is None
    assert [each["name"] for each in room.get("orgAccounts")] == ["区政府", "区属公司"]


def test_a_department_is_made_read_and_changed(oa: Furnish) -> None:
    room = oa()
    made = room.done("POST", "orgDepartment", room.new_department("区教育局", code="JY", shortName="教育", sortId=3))
    assert room.get(f"orgDepartment/{made['id']}") == made
    assert room.get("orgDepartment/code/JY") == [made]
    assert (made["enabled"], made["isDeleted"], made["type"], made["isGroup"]) == (True, False, "Department", False)
    changed = room.done("PUT", "orgDepartment", made | {"name": "区教育和体育局"})
    assert (changed["id"], changed["name"], changed["code"]) == (made["id"], "区教育和体育局", "JY")


def test_a_path_has_four_digits_a_depth(oa: Furnish) -> None:
    room = oa()
    bureau = room.done("POST", "orgDepartment", room.new_department("区教育局"))
    second = room.done("POST", "orgDepartment", room.new_department("区财政局"))
    office = room.done("POST", "orgDepartment", room.new_department("办公室", superior=bureau["id"]))
    assert path(bureau) == path(room.get("orgAccounts")[0]) + "0001"
    assert path(second) == path(room.get("orgAccounts")[0]) + "0002"
    assert path(office) == path(bureau) + "0001"
    room.done("POST", f"orgDepartment/move/{bureau['id']}/{second['id']}")
    assert path(room.get(f"orgDepartment/{office['id']}")) == path(second) + "0001" + "0001"


def test_a_department_moves_and_takes_along_what_is_below(oa: Furnish) -> None:
    room = oa()
    bureau, second = room.vendor.put_department("区教育局"), room.vendor.put_department("区财政局")
    office = room.vendor.put_department("办公室", bureau)
    assert room.refused("POST", f"orgDepartment/move/{bureau}/{office}") == "DEPARTMENT_PARENTDEPT_ISCHILD"
    assert room.refused("POST", f"orgDepartment/move/{bureau}/{bureau}") == "DEPARTMENT_PARENTDEPT_SAME"
    assert room.refused("POST", f"orgDepartment/move/{bureau}/{NEITHER}") == "DEPARTMENT_PARENTDEPT_NOT_EXIST"
    assert room.refused("POST", f"orgDepartment/move/{NEITHER}/{bureau}") == "DEPARTMENT_NOT_EXIST"
    assert room.done("POST", f"orgDepartment/move/{bureau}/{second}")["superior"] == second
    room.vendor.put_department("办公室", room.vendor.put_department("区民政局"))
    assert room.refused("POST", f"orgDepartment/move/{second}/{office}") == "DEPARTMENT_PARENTDEPT_ISCHILD"
    assert room.done("POST", f"orgDepartment/move/{bureau}/{room.unit}")["superior"] == room.unit


def test_names_are_unique_among_siblings_and_codes_in_the_unit(oa: Furnish) -> None:
    room = oa()
    bureau = room.done("POST", "orgDepartment", room.new_department("区教育局", code="JY"))
    assert room.refused("POST", "orgDepartment", room.new_department("区教育局")) == "DEPARTMENT_REPEAT_NAME"
    same_code = room.new_department("区财政局", code="JY")
    assert room.refused("POST", "orgDepartment", same_code) == "DEPARTMENT_REPEAT_CODE"
    inside = room.done("POST", "orgDepartment", room.new_department("区教育局", superior=bureau["id"]))
    assert room.refused("POST", f"orgDepartment/move/{inside['id']}/{room.unit}") == "DEPARTMENT_REPEAT_NAME"
    other = room.vendor.put_unit("区属公司")
    room.vendor.put_department("区教育局", unit=other, code="JY")
    assert len(room.get("orgDepartment/code/JY")) == 2
    assert room.refused("PUT", "orgDepartment", inside | {"orgAccountId": other}) == "DEPARTMENT_ACCOUNT_NOT_EXIST"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": None}, "DEPARTMENT_NAME_NULL"),
        ({"name": "  "}, "DEPARTMENT_NAME_NULL"),
        ({"orgAccountId": None}, "DEPARTMENT_ACCOUNT_NOT_EXIST"),
        ({"orgAccountId": NEITHER}, "DEPARTMENT_ACCOUNT_NOT_EXIST"),
        ({"superior": None}, "DEPARTMENT_PARENTID_NULL"),
        ({"superior": NEITHER}, "DEPARTMENT_PARENTDEPT_NOT_EXIST"),
        ({"parentId": 1}, "DEPARTMENT_UNKNOWN_FIELD"),
        ({"name": 7}, "DEPARTMENT_INVALID_FIELD"),
        ({"enabled": "true"}, "DEPARTMENT_INVALID_FIELD"),
        ({"superior": 1.5e18}, "DEPARTMENT_INVALID_FIELD"),
        ({"superior": 1 << 63}, "DEPARTMENT_INVALID_FIELD"),
    ],
)
def test_a_department_that_is_not_one_is_refused_by_name(oa: Furnish, change: dict[str, Any], code: str) -> None:
    room = oa()
    assert room.refused("POST", "orgDepartment", room.new_department("区教育局") | change) == code
    assert room.get(f"orgDepartments/all/{room.unit}") == []


def test_a_disabled_department_is_in_the_list_of_all_alone(oa: Furnish) -> None:
    room = oa()
    ident = room.vendor.put_department("区教育局", code="JY")
    assert room.done("PUT", f"orgDepartment/{ident}/enabled/false")["enabled"] is False
    assert room.get(f"orgDepartments/{room.unit}") == []
    assert [each["id"] for each in room.get(f"orgDepartments/all/{room.unit}")] == [ident]
    assert room.get(f"orgDepartment/{ident}")["enabled"] is False
    new = room.new_department("办公室", superior=ident)
    assert room.refused("POST", "orgDepartment", new) == "DEPARTMENT_PARENTDEPT_DISABLED"
    assert room.done("PUT", "orgDepartment/code/JY/enabled/true")["enabled"] is True
    assert room.done("POST", "orgDepartment", new)["superior"] == ident


def test_below_a_disabled_department_none_is_enabled(oa: Furnish) -> None:
    room = oa()
    bureau = room.vendor.put_department("区教育局")
    office = room.vendor.put_department("办公室", bureau, enabled=False)
    room.done("PUT", f"orgDepartment/{bureau}/enabled/false")
    assert room.refused("PUT", f"orgDepartment/{office}/enabled/true") == "DEPARTMENT_PARENTDEPT_DISABLED"
    room.done("PUT", f"orgDepartment/{bureau}/enabled/true")
    room.done("PUT", f"orgDepartment/{office}/enabled/true")


@pytest.mark.parametrize("by", ["orgDepartment/{id}", "orgDepartment/code/JY"])
def test_a_deleted_department_is_nowhere(oa: Furnish, by: str) -> None:
    room = oa()
    ident = room.vendor.put_department("区教育局", code="JY")
    assert room.done("DELETE", by.format(id=ident))["isDeleted"] is True
    assert room.get(f"orgDepartment/{ident}") is None
    assert room.get("orgDepartment/code/JY") == []
    assert room.get(f"orgDepartments/all/{room.unit}") == []
    assert room.vendor.department(ident)["isDeleted"] is True
    assert room.refused("DELETE", by.format(id=ident)) == "DEPARTMENT_NOT_EXIST"
    assert room.done("POST", "orgDepartment", room.new_department("区教育局", code="JY"))["id"] != ident


def test_a_department_with_departments_below_stays(oa: Furnish) -> None:
    room = oa()
    bureau = room.vendor.put_department("区教育局")
    office = room.vendor.put_department("办公室", bureau)
    for method, way in (("DELETE", f"orgDepartment/{bureau}"), ("PUT", f"orgDepartment/{bureau}/enabled/false")):
        assert room.refused(method, way) == "DEPARTMENT_EXIST_DEPARTMENT_ENABLE"
    room.done("DELETE", f"orgDepartment/{office}")
    room.done("DELETE", f"orgDepartment/{bureau}")


@pytest.mark.parametrize("occupy", [True, False])
def test_a_department_with_people_stays(oa: Furnish, occupy: bool) -> None:
    room = oa(disabled_members_occupy=occupy)
    bureau = room.vendor.put_department("区教育局")
    member = room.vendor.put_member("王伟", "wangwei", bureau)
    assert room.refused("PUT", f"orgDepartment/{bureau}/enabled/false") == "DEPARTMENT_EXIST_MEMBER"
    put = room.get(f"orgDepartment/{bureau}") | {"enabled": False}
    assert room.refused("PUT", "orgDepartment", put) == "DEPARTMENT_EXIST_MEMBER"
    assert room.refused("DELETE", f"orgDepartment/{bureau}") == "DEPARTMENT_EXIST_MEMBER"
    room.done("PUT", f"orgMember/{member}/enabled/false")
    if occupy:
        assert room.refused("DELETE", f"orgDepartment/{bureau}") == "DEPARTMENT_EXIST_MEMBER"
        room.done("DELETE", f"orgMember/{member}")
    room.done("DELETE", f"orgDepartment/{bureau}")


@pytest.mark.parametrize("merges", [False, True])
def test_a_put_that_leaves_fields_out(oa: Furnish, merges: bool) -> None:
    room = oa(put_merges=merges)
    made = room.done("POST", "orgDepartment", room.new_department("区教育局", code="JY", description="一号楼"))
    changed = room.done("PUT", "orgDepartment", room.new_department("教育局") | {"id": made["id"]})
    assert (changed["code"], changed["description"]) == (("JY", "一号楼") if merges else ("", ""))
    bare = room.write("PUT", "orgDepartment", {"id": made["id"], "name": "教体局"})
    assert bare["success"] is merges


def test_a_batch_does_what_it_can(oa: Furnish) -> None:
    room = oa()
    bodies = [room.new_department(name) for name in ("区教育局", "区财政局", "区教育局")]
    told = room.write("POST", "orgDepartment/addDepartments", bodies)
    assert told["success"] is False
    assert [each["ent"]["name"] for each in told["successMsgs"]] == ["区教育局", "区财政局"]
    assert [(each["code"], each["ent"]["name"]) for each in told["errorMsgs"]] == [
        ("DEPARTMENT_REPEAT_NAME", "区教育局")
    ]
    updates = [each["ent"] | {"sortId": 9} for each in told["successMsgs"]]
    assert room.write("POST", "orgDepartment/updateDepartments", updates)["success"] is True
    assert {each["sortId"] for each in room.get(f"orgDepartments/{room.unit}")} == {9}
    assert room.refused("POST", "orgDepartment/addDepartments", {"name": "no list"}) == "INVALID_JSON"


def test_who_is_in_charge(oa: Furnish) -> None:
    room = oa()
    bureau = room.vendor.put_department("区教育局")
    one, two = (room.vendor.put_member(name, login, bureau) for name, login in (("王伟", "wangwei"), ("李娜", "lina")))
    asked = f"orgDepartment/departmentmanagerinfo/{bureau}/{room.unit}"
    assert room.get(asked)["deptrole3"] == ""
    written = {
        "id": str(bureau),
        "orgAccountId": str(room.unit),
        "deptrole0": f"Member|{one}|王伟|{room.unit}|true",
        "deptrole3": f"Member|{one}|王伟|{room.unit}|true,Member|{two}|李娜|{room.unit}|true",
    }
    told = room.send("PUT", "orgDepartment/departmentmanagerinfo", written).json()
    assert told == room.get(asked)
    assert told["deptrole3"] == written["deptrole3"]
    assert told == room.vendor.in_charge(bureau)
    room.send("PUT", "orgDepartment/departmentmanagerinfo", {"id": bureau, "orgAccountId": room.unit})
    assert room.get(asked)["deptrole0"] == ""  # what is left out is emptied
    for wrong in ({"deptrole0": "Member|17|谁|1|true"}, {"deptrole0": "Post|1"}, {"deptrole9": ""}, {"id": NEITHER}):
        assert room.send("PUT", "orgDepartment/departmentmanagerinfo", written | wrong).json() is None
    room.done("PUT", f"orgMember/{one}/enabled/false")
    assert room.send("PUT", "orgDepartment/departmentmanagerinfo", written).json() is None  # nobody locked


@pytest.mark.parametrize(("name", "field"), [("orgPost", "orgPostId"), ("orgLevel", "orgLevelId")])
def test_posts_and_levels(oa: Furnish, name: str, field: str) -> None:
    room, kind = oa(), name.removeprefix("org").upper()
    made = room.done("POST", name, {"orgAccountId": room.unit, "name": "四级调研员", "code": "D4"})
    assert room.get(f"{name}/{made['id']}") == made
    assert room.get(f"{name}/code/D4") == [made]
    again = {"orgAccountId": room.unit, "name": "四级调研员"}
    assert room.refused("POST", name, again) == f"{kind}_REPEAT_NAME"
    assert room.refused("POST", name, {"orgAccountId": room.unit, "name": ""}) == f"{kind}_NAME_NULL"
    assert room.refused("POST", name, {"orgAccountId": NEITHER, "name": "x"}) == f"{kind}_ACCOUNT_NOT_EXIST"
    assert room.refused("POST", name, again | {"colour": "red"}) == f"{kind}_UNKNOWN_FIELD"
    assert room.done("PUT", name, made | {"name": "三级调研员"})["name"] == "三级调研员"
    place = room.vendor.put_department("办公室")
    member = room.vendor.put_member("王伟", "wangwei", place, **{field: made["id"]})
    assert room.refused("DELETE", f"{name}/{made['id']}") == f"{kind}_EXIST_MEMBER"
    assert room.refused("PUT", f"{name}/{made['id']}/enabled/false") == f"{kind}_EXIST_MEMBER"
    assert room.refused("PUT", name, made | {"enabled": False}) == f"{kind}_EXIST_MEMBER"
    room.done("PUT", f"orgMember/{member}/enabled/false")
    room.done("PUT", f"{name}/code/D4/enabled/false")
    assert made["id"] not in {each["id"] for each in room.get(f"{name}s/{room.unit}")}
    assert made["id"] in {each["id"] for each in room.get(f"{name}s/all/{room.unit}")}
    assert room.refused("PUT", f"orgMember/{member}/enabled/true") == f"MEMBER_{kind}_DISABLED"
    room.done("DELETE", f"orgMember/{member}")
    room.done("DELETE", f"{name}/code/D4")
    assert room.get(f"{name}/{made['id']}") is None
    assert room.refused("DELETE", f"{name}/{made['id']}") == f"{kind}_NOT_EXIST"
