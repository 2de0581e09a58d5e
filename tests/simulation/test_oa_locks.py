"""The simulated OA: people locked, gone and deleted, and what becomes of their names."""

from collections.abc import Callable

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


@pytest.mark.parametrize("by", ["orgMember/{id}", "orgMember/code/E1"])
def test_a_locked_member_is_in_the_list_of_all_alone(room: Room, place: int, by: str) -> None:
    ident = room.vendor.put_member("王伟", "wangwei", place, code="E1")
    locked = room.done("PUT", by.format(id=ident) + "/enabled/false")
    assert (locked["enabled"], locked["isValid"], locked["isDeleted"], locked["state"]) == (False, False, False, 1)
    active = ("orgMembers/{unit}", "orgMembers/department/{place}", "orgMembers/name/王伟", "orgMembers/post/{post}")
    for array in active:
        assert room.get(array.format(unit=room.unit, place=place, post=room.post)) == [], array
    assert room.get(f"orgMembers/all/{room.unit}") == [locked]
    assert (room.get(f"orgMembers/count/{room.unit}"), room.get(f"orgMembers/all/count/{room.unit}")) == (0, 1)
    assert room.get(f"orgMember/{ident}") == locked
    assert room.done("PUT", by.format(id=ident) + "/enabled/true")["enabled"] is True


@pytest.mark.parametrize("shows", [False, True])
def test_whether_looking_up_shows_the_locked(oa: Furnish, shows: bool) -> None:
    room = oa(lookups_show_locked=shows)
    place = room.vendor.put_department("办公室")
    room.vendor.put_member("王伟", "wangwei", place, code="E1", properties={"telnumber": "138"}, enabled=False)
    for array in ("orgMember/code/E1", "orgMembers/code/E1", "orgMember/telephone/138"):
        assert len(room.get(array)) == shows, array
    assert (room.get("orgMember", loginName="wangwei") is not None) is shows
    assert room.refused("POST", "orgMember", room.new_member("wangwei", place)) == "PRINCIPAL_REPEAT_NAME"
    assert room.refused("POST", "orgMember", room.new_member("lina", place, code="E1")) == "MEMBER_REPEAT_CODE"


def test_who_stands_in_a_disabled_department_is_not_unlocked(room: Room, place: int) -> None:
    ident = room.vendor.put_member("王伟", "wangwei", place, enabled=False)
    room.done("PUT", f"orgDepartment/{place}/enabled/false")
    assert room.refused("PUT", f"orgMember/{ident}/enabled/true") == "MEMBER_DEPARTMENT_DISABLED"
    assert room.refused("POST", "orgMember", room.new_member("lina", place)) == "MEMBER_DEPARTMENT_DISABLED"
    other = room.vendor.put_department("区财政局")
    body = room.get(f"orgMember/{ident}") | {"orgDepartmentId": other, "enabled": True}
    assert room.done("PUT", "orgMember", body)["enabled"] is True


@pytest.mark.parametrize("by", ["orgMember/{id}", "orgMember/code/E1", "orgMember?loginName=wangwei"])
def test_a_deleted_member_is_nowhere(room: Room, place: int, by: str) -> None:
    ident = room.vendor.put_member("王伟", "wangwei", place, code="E1", properties={"telnumber": "138"})
    assert room.done("DELETE", by.format(id=ident))["isDeleted"] is True
    assert room.get(f"orgMember/{ident}") is None
    assert room.get("orgMember", loginName="wangwei") is None
    for array in ("orgMember/code/E1", "orgMember/telephone/138", f"orgMembers/all/{room.unit}"):
        assert room.get(array) == [], array
    assert room.get(f"orgMembers/all/count/{room.unit}") == 0
    assert room.accounts() == []
    for method, path in (("DELETE", by.format(id=ident)), ("PUT", f"orgMember/{ident}/enabled/true")):
        assert room.refused(method, path) == "MEMBER_NOT_EXIST"
    assert room.refused("PUT", "orgMember", room.new_member("wangwei", place, id=ident)) == "MEMBER_NOT_EXIST"


@pytest.mark.parametrize("reuse", [True, False])
def test_the_login_of_a_deleted_member(oa: Furnish, reuse: bool) -> None:
    room = oa(reuse_login=reuse)
    place = room.vendor.put_department("办公室")
    gone = room.vendor.put_member("王伟", "wangwei", place, code="E1")
    room.done("DELETE", f"orgMember/{gone}")
    again = room.new_member("wangwei", place, code="E1")
    if reuse:
        assert room.done("POST", "orgMember", again)["id"] != gone
    else:
        assert room.refused("POST", "orgMember", again) == "PRINCIPAL_REPEAT_NAME"
        assert room.done("POST", "orgMember", again | {"loginName": "wangwei2"})["code"] == "E1"


def test_a_batch_does_what_it_can(room: Room, place: int) -> None:
    bodies = [room.new_member(login, place, code=login) for login in ("a", "b", "a", "c")]
    told = room.write("POST", "orgMember/addMembers", bodies)
    assert told["success"] is False
    made = [each["ent"] for each in told["successMsgs"]]
    assert [each["loginName"] for each in made] == ["a", "b", "c"]
    assert [each["code"] for each in told["errorMsgs"]] == ["PRINCIPAL_REPEAT_NAME"]
    told = room.write("POST", "orgMember/updateMembers", [each | {"name": "改名"} for each in made])
    assert told["success"] is True
    assert {each["name"] for each in room.get(f"orgMembers/{room.unit}")} == {"改名"}
    told = room.write("POST", "orgMember/removeMembers", [made[0]["id"], NEITHER])
    assert [each["code"] for each in told["errorMsgs"]] == ["MEMBER_NOT_EXIST"]
    assert room.write("PUT", "orgMembers/batchdelete", [made[1]["id"]])["success"] is True
    assert [each["loginName"] for each in room.get(f"orgMembers/all/{room.unit}")] == ["c"]


def test_put_of_members_makes_and_changes(room: Room, place: int) -> None:
    known = room.done("POST", "orgMember", room.new_member("a", place, code="E1"))
    bodies = [known | {"name": "改名"}, room.new_member("b", place, code="E2")]
    assert room.write("PUT", "orgMembers", bodies)["success"] is True
    by_code = room.new_member("b", place, code="E2", name="也改名")
    assert room.done("PUT", "orgMembers", [by_code])["name"] == "也改名"
    assert {each["loginName"]: each["name"] for each in room.get(f"orgMembers/{room.unit}")} == {
        "a": "改名",
        "b": "也改名",
    }


def test_who_leaves_hands_over_and_is_disabled(room: Room, place: int) -> None:
    gone, agent = (room.vendor.put_member("王伟", login, place) for login in ("wangwei", "lina"))
    assert room.refused("POST", f"orgMember/leave/{gone}/{NEITHER}") == "MEMBER_NOT_EXIST"
    told = room.done("POST", f"orgMember/leave/{gone}/{agent}")
    assert (told["state"], told["enabled"]) == (2, False)
    assert room.vendor.office.handed_over == [(gone, agent)]


def test_a_password_is_set_and_proved(room: Room, place: int) -> None:
    ident = room.vendor.put_member("王伟", "wangwei", place, code="E1", password="first-1")
    proved = "orgMember/effective/loginName/wangwei"
    assert room.get(proved, password="first-1") is True
    room.done("PUT", f"orgMember/{ident}/password/second-2")
    assert (room.get(proved, password="first-1"), room.get(proved, password="second-2")) == (False, True)
    room.done("PUT", "orgMember/code/E1/password/third-3")
    assert (room.get(proved, password="third-3"), room.get(proved)) == (True, True)
    room.done("PUT", f"orgMember/{ident}/enabled/false")
    assert room.get(proved, password="third-3") is False
    assert room.get("orgMember/effective/loginName/nobody") is False


def test_a_refusal_does_not_repeat_the_password(room: Room, place: int) -> None:
    told = room.send("POST", "orgMember", room.new_member("wangwei", place, password="first-1", colour="red"))
    assert "first-1" not in told.text
    assert told.json()["errorMsgs"][0]["ent"]["loginName"] == "wangwei"


@pytest.mark.parametrize(("absent", "body"), [("null", b"null"), ("list", b"[]"), ("empty", b"")])
def test_how_a_read_says_that_there_is_nobody(oa: Furnish, absent: str, body: bytes) -> None:
    room = oa(absent=absent)
    for path in (f"orgMember/{NEITHER}", "orgMember?loginName=nobody", f"orgDepartment/{NEITHER}"):
        told = room.send("GET", path)
        assert (told.status_code, told.content) == (200, body), path
    for path in ("orgMember/code/E1", "orgDepartment/code/E1", "orgMember/telephone/138"):
        assert room.send("GET", path).content == (b"" if absent == "empty" else b"[]"), path
    assert room.send("GET", f"orgMembers/{room.unit}").content == b"[]"
    room.vendor.put_member("王伟", "wangwei", room.vendor.put_department("办公室", code="BGS"), code="E1")
    assert [len(room.get(path)) for path in ("orgMember/code/E1", "orgDepartment/code/BGS")] == [1, 1]


@pytest.mark.parametrize("absent", ["code", "null"])
def test_how_a_write_says_that_there_is_nobody(oa: Furnish, absent: str) -> None:
    room = oa(absent_write=absent)
    calls = [("PUT", f"orgMember/{NEITHER}/enabled/false"), ("DELETE", "orgMember/code/E1")]
    for method, path in calls:
        if absent == "null":
            assert room.send(method, path).content == b"null"
        else:
            assert room.refused(method, path) == "MEMBER_NOT_EXIST"


def test_the_licence_has_an_end(oa: Furnish) -> None:
    room = oa(seats=2)
    place = room.vendor.put_department("办公室")
    first = room.done("POST", "orgMember", room.new_member("a", place))
    room.done("POST", "orgMember", room.new_member("b", place))
    assert room.refused("POST", "orgMember", room.new_member("c", place)) == "OUT_PER_NUM"
    locked = room.done("POST", "orgMember", room.new_member("c", place, enabled=False))
    assert room.refused("PUT", f"orgMember/{locked['id']}/enabled/true") == "OUT_PER_NUM"
    other = room.vendor.put_department("人事科")
    room.done("PUT", "orgMember", first | {"orgDepartmentId": other})  # who has a seat keeps it
    room.done("PUT", f"orgMember/{first['id']}/enabled/false")
    room.done("PUT", f"orgMember/{locked['id']}/enabled/true")


def test_the_built_in_account_is_in_no_list_and_cannot_be_written(room: Room) -> None:
    sender = room.get("orgMember", loginName="huaming")
    assert sender["isAdmin"] is True
    assert room.get(f"orgMembers/all/{room.unit}") == []
    assert room.get(f"orgMembers/all/count/{room.unit}") == 0
    for method, path in (("DELETE", f"orgMember/{sender['id']}"), ("PUT", f"orgMember/{sender['id']}/enabled/false")):
        assert room.refused(method, path) == "MEMBER_CANNOT_DELETE"
