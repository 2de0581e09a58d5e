"""WeCom's tags, invitations and the log of members, from the wire's view."""

from typing import Any

import pytest

from tests.simulation.wecom import Furnish

DAY = 86_400


def test_a_tag_lives(wecom: Furnish) -> None:
    room = wecom()
    assert room.api.post("tag/create", tagname="处级", tagid=12) == {"errcode": 0, "errmsg": "created", "tagid": 12}
    assert room.api.post("tag/create", tagname="科级")["tagid"] == 13
    assert room.api.post("tag/update", tagid=13, tagname="科员")["errmsg"] == "updated"
    assert room.app.get("tag/list")["taglist"] == [{"tagid": 12, "tagname": "处级"}, {"tagid": 13, "tagname": "科员"}]
    assert room.api.get("tag/delete", tagid=12)["errmsg"] == "deleted"
    assert room.api.get("tag/get", tagid=12)["errcode"] == 40068


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"tagname": ""}, 40072),
        ({"tagname": "长" * 33}, 40072),
        ({}, 40072),
        ({"tagname": "有"}, 40071),
        ({"tagname": "新", "tagid": 1}, 40068),
        ({"tagname": "新", "tagid": "2"}, 40068),
    ],
)
def test_a_tag_that_cannot_be_is_refused(wecom: Furnish, body: dict[str, Any], code: int) -> None:
    room = wecom()
    room.api.post("tag/create", tagname="有")
    assert room.api.post("tag/create", **body)["errcode"] == code
    assert len(room.api.get("tag/list")["taglist"]) == 1


def test_members_of_a_tag_and_those_who_are_not_there(wecom: Furnish) -> None:
    room = wecom()
    for userid in ("E1", "E2"):
        room.vendor.put_member(userid, userid)
    tag = room.api.post("tag/create", tagname="处级")["tagid"]
    partly = room.api.post("tag/addtagusers", tagid=tag, userlist=["e1", "E8", "E9"], partylist=[1, 77])
    assert partly == {"errcode": 0, "errmsg": "ok", "invalidlist": "E8|E9", "invalidparty": [77]}
    assert room.api.post("tag/addtagusers", tagid=tag, userlist=["E2"]) == {"errcode": 0, "errmsg": "ok"}
    seen = room.api.get("tag/get", tagid=tag)
    assert seen["userlist"] == [{"userid": "E1", "name": "E1"}, {"userid": "E2", "name": "E2"}]
    assert seen["partylist"] == [1]
    assert room.api.post("tag/addtagusers", tagid=tag, userlist=["E9"])["errcode"] == 40070
    assert room.api.post("tag/deltagusers", tagid=tag, userlist=["E9"])["errcode"] == 40031
    assert room.api.post("tag/deltagusers", tagid=tag, userlist=["E1", "E9"], partylist=[1])["invalidlist"] == "E9"
    room.vendor.delete_member("E2")
    seen = room.api.get("tag/get", tagid=tag)
    assert (seen["userlist"], seen["partylist"]) == ([], [])


@pytest.mark.parametrize(
    "body",
    [{}, {"userlist": []}, {"userlist": "E1|E2"}, {"userlist": ["E1"] * 1001}, {"partylist": [1] * 101}],
)
def test_a_list_for_a_tag_that_cannot_be_is_refused(wecom: Furnish, body: dict[str, Any]) -> None:
    room = wecom()
    room.vendor.put_member("E1", "王一")
    tag = room.api.post("tag/create", tagname="处级")["tagid"]
    assert room.api.post("tag/addtagusers", tagid=tag, **body)["errcode"] == 40035


def test_only_the_application_that_made_a_tag_changes_it(wecom: Furnish) -> None:
    room = wecom()
    room.vendor.put_member("E1", "王一")
    tag = room.app.post("tag/create", tagname="处级")["tagid"]
    assert room.api.post("tag/addtagusers", tagid=tag, userlist=["E1"])["errcode"] == 81011
    assert room.api.post("tag/update", tagid=tag, tagname="局级")["errcode"] == 81011
    assert room.api.get("tag/delete", tagid=tag)["errcode"] == 81011
    assert room.api.get("tag/get", tagid=tag)["tagname"] == "处级"


def test_invitations_go_to_who_has_not_activated(wecom: Furnish) -> None:
    room = wecom()
    top = room.api.department("一")
    leaf = room.api.department("末", top)
    for userid, department in (("E1", 1), ("E2", leaf), ("E3", 1), ("E4", 1)):
        room.vendor.put_member(userid, userid, [department])
    room.vendor.activate("E4")
    tag = room.api.post("tag/create", tagname="处级")["tagid"]
    room.api.post("tag/addtagusers", tagid=tag, userlist=["E3"])
    answer = room.api.post("batch/invite", user=["E1", "E4", "E9"], party=[top, 77], tag=[tag, 5])
    assert answer == {
        "errcode": 0,
        "errmsg": "ok",
        "invaliduser": ["E9"],
        "invalidparty": [77],
        "invalidtag": [5],
    }
    assert sorted(room.vendor.invited()) == ["E1", "E2", "E3"]
    assert room.api.post("batch/invite")["errcode"] == 81012
    assert room.api.post("batch/invite", user=["E9"], party=[77])["errcode"] == 81013
    assert room.api.post("batch/invite", user=["E1"] * 1001)["errcode"] == 81017
    assert room.api.post("batch/invite", user="E1")["errcode"] == 40058


def test_the_log_is_read_in_pages(wecom: Furnish) -> None:
    room = wecom()
    now = int(room.clock.at)
    for number in range(5):
        room.vendor.activity(f"E{number}", now - number * 60)
    room.vendor.activity("E9", now - 8 * DAY)
    times, cursor = [], ""
    for _ in range(3):
        page = room.log.post(
            "security/member_oper_log/list", start_time=now - 7 * DAY, end_time=now, limit=2, cursor=cursor
        )
        times += [row["time"] for row in page["record_list"]]
        cursor = page["next_cursor"]
    assert times == [now - number * 60 for number in (4, 3, 2, 1, 0)]
    assert (page["has_more"], cursor) == (False, "")


def test_the_log_is_asked_for_a_kind_or_a_member(wecom: Furnish) -> None:
    room = wecom()
    now = int(room.clock.at)
    room.vendor.activity("E1", now - 5, oper_type=13)
    room.vendor.activity("E2", now - 4)
    span = {"start_time": now - DAY, "end_time": now}
    rows = room.log.post("security/member_oper_log/list", **span, oper_type=13)["record_list"]
    assert [(row["userid"], row["oper_type"], row["time"]) for row in rows] == [("E1", 13, now - 5)]
    rows = room.log.post("security/member_oper_log/list", **span, userid="e2")["record_list"]
    assert [row["userid"] for row in rows] == ["E2"]


@pytest.mark.parametrize(
    ("start", "end", "more"),
    [
        (-7 * DAY - 1, 0, {}),
        (0, 0, {}),
        (0, -1, {}),
        (-181 * DAY, -180 * DAY, {}),
        (-DAY, 0, {"limit": 401}),
        (-DAY, 0, {"limit": 0}),
        (-DAY, 0, {"cursor": "?"}),
        (-DAY, 0, {"start_time": "yesterday"}),
    ],
)
def test_a_span_of_the_log_that_cannot_be_is_refused(
    wecom: Furnish, start: int, end: int, more: dict[str, Any]
) -> None:
    room = wecom()
    now = int(room.clock.at)
    body = {"start_time": now + start, "end_time": now + end} | more
    assert room.log.post("security/member_oper_log/list", **body)["errcode"] == 40058


def test_the_log_is_for_the_application_that_may_read_it(wecom: Furnish) -> None:
    room = wecom()
    now = int(room.clock.at)
    for each in (room.api, room.app):
        answer = each.post("security/member_oper_log/list", start_time=now - 60, end_time=now)
        assert answer["errcode"] == 48002


def test_how_many_were_active_is_a_number(wecom: Furnish) -> None:
    room = wecom()
    for userid, day in (("E1", "2026-03-01"), ("E1", "2026-03-20"), ("E2", "2026-02-01"), ("E3", "2026-04-01")):
        room.vendor.activity(userid, noon(day))
    assert room.app.post("user/get_active_stat", date="2026-03-25")["active_cnt"] == 1
    assert room.app.post("user/get_active_stat", date="2026-03-01")["active_cnt"] == 2
    assert room.app.post("user/get_active_stat", date="soon")["errcode"] == 40058


def noon(day: str) -> float:
    from datetime import datetime, timedelta, timezone

    return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=timezone(timedelta(hours=8))).timestamp()
