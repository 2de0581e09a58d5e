"""What the fields of a member may be in WeCom, and what becomes of those that may not."""

from typing import Any

import pytest

from tests.simulation.wecom import Furnish

LONG = "x" * 65
WRONG: list[tuple[dict[str, Any], int]] = [
    ({"userid": None}, 41009),
    ({"userid": ""}, 41009),
    ({"userid": 7}, 40003),
    ({"userid": "王"}, 40003),
    ({"userid": "-E1"}, 40003),
    ({"userid": "E 1"}, 40003),
    ({"userid": LONG}, 40003),
    ({"name": ""}, 60112),
    ({"name": LONG}, 60112),
    ({"name": 7}, 60112),
    ({"department": "1"}, 40066),
    ({"department": ["1"]}, 40066),
    ({"department": [1.0]}, 40066),
    ({"department": [True]}, 40066),
    ({"department": [1, 1]}, 40066),
    ({"department": []}, 60127),
    ({"department": [9]}, 60123),
    ({"department": list(range(1, 102))}, 60110),
    ({"order": [1, 2]}, 40058),
    ({"is_leader_in_dept": [1, 0]}, 60132),
    ({"main_department": 9}, 60123),
    ({"mobile": ""}, 60129),
    ({"mobile": "138-abc"}, 60103),
    ({"mobile": "1" * 33}, 60103),
    ({"email": "wang"}, 60105),
    ({"email": "a@b.c"}, 60105),
    ({"email": f"{LONG}@example.org"}, 60105),
    ({"biz_mail": "wang@example.org"}, 81015),
    ({"biz_mail": "wang@"}, 60143),
    ({"alias": LONG}, 40058),
    ({"position": "x" * 129}, 301012),
    ({"telephone": "020 1234"}, 301013),
    ({"address": "x" * 129}, 40058),
    ({"direct_leader": ["nobody"]}, 60111),
    ({"direct_leader": ["E1"] * 6}, 60257),
    ({"new_userid": "E2"}, 301036),
]


@pytest.mark.parametrize(("wrong", "code"), WRONG)
def test_a_value_that_cannot_be_is_refused_and_nobody_created(wecom: Furnish, wrong: dict[str, Any], code: int) -> None:
    room = wecom()
    assert room.api.create(**{"userid": "E1", **wrong}) == code
    assert room.vendor.members() == []


@pytest.mark.parametrize(("wrong", "code"), [row for row in WRONG if row[1] not in (41009, 40003, 40066)])
def test_an_update_with_a_value_that_cannot_be_changes_nothing(
    wecom: Furnish, wrong: dict[str, Any], code: int
) -> None:
    room = wecom()
    room.api.create("E1")
    before = room.vendor.member("E1")
    # order and leadership concern the departments of the same call; a wrong JSON type is a warning
    body = {"department": [1], "position": "主任"} | wrong
    if wrong.get("name") == 7:
        body["name"], code = "", 60112
    assert room.api.update("E1", **body) == code
    assert room.vendor.member("E1") == before


def test_a_department_must_be_given(wecom: Furnish) -> None:
    room = wecom()
    answer = room.api.post("user/create", userid="E1", name="王一", mobile="13800000001")
    assert answer["errcode"] == 60127


def test_a_wrong_json_type_is_a_warning_and_the_rest_is_applied(wecom: Furnish) -> None:
    """[C] errcode 0, and only partly so."""
    room = wecom()
    room.api.create("E1")
    answer = room.api.post("user/update", userid="E1", name="王二", department="1;2", enable="0", gender=1)
    assert answer == {"errcode": 0, "errmsg": "updated. Warning: wrong json format. "}
    member = room.vendor.member("E1")
    assert (member.name, member.department, member.status) == ("王二", [1], 4)
    answer = room.api.post("user/create", userid="E2", name="李", department=[1], mobile="13800000009", enable=False)
    assert answer == {"errcode": 0, "errmsg": "created. Warning: wrong json format. "}


def test_the_last_way_to_reach_a_member_cannot_be_taken(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1", mobile="13800000001")
    assert room.api.update("E1", mobile="") == 60129
    assert room.api.update("E1", mobile="", email="wang@example.org") == 0
    assert room.vendor.member("E1").fields == {"email": "wang@example.org"}


def test_mobile_and_mail_are_unique_whatever_their_spelling(wecom: Furnish) -> None:
    room = wecom()
    room.api.create("E1", mobile="+86 13800000001", email="Wang@example.org", biz_mail="Wang@example.gov.cn")
    assert room.api.create("E2", mobile="13800000001") == 60104
    assert room.api.create("E2", mobile="138-0000-0001") == 60104
    assert room.api.create("E2", email="wang@EXAMPLE.org") == 60106
    assert room.api.create("E2", biz_mail="wang@example.gov.cn") == 60145
    assert room.api.create("E2") == 0
    assert room.api.update("E2", mobile="13800000001") == 60104
    assert room.api.update("E1", mobile="13800000001") == 0  # one's own
    room.api.get("user/delete", userid="E1")
    assert room.api.update("E2", mobile="13800000001") == 0


def test_an_unknown_attribute_is_dropped_without_a_word(wecom: Furnish) -> None:
    room = wecom(extattrs=frozenset({"兼任"}))
    known = {"type": 0, "name": "兼任", "text": {"value": "工会主席"}}
    unknown = {"type": 0, "name": "爱好", "text": {"value": "旅游"}}
    room.api.create("E1")
    answer = room.api.post("user/update", userid="E1", extattr={"attrs": [unknown, known]}, weixinid="w")
    assert answer == {"errcode": 0, "errmsg": "updated"}
    assert room.api.get("user/get", userid="E1")["extattr"] == {"attrs": [known]}
    assert room.vendor.dropped() == {"extattr", "weixinid"}


def test_a_private_release_does_not_know_new_fields(wecom: Furnish) -> None:
    room = wecom(absent_fields=frozenset({"main_department", "direct_leader"}))
    office = room.api.department("办公室")
    assert room.api.create("E1", department=[1, office], main_department=office) == 0
    assert "main_department" not in room.api.get("user/get", userid="E1")
    assert room.vendor.member("E1").main == 1
