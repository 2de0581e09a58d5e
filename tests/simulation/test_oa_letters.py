"""The simulated OA: messages, processes and attachments."""

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


START = "bpm/process/start"


@pytest.fixture
def room(oa: Furnish) -> Room:
    return oa()


@pytest.fixture
def place(room: Room) -> int:
    return room.vendor.put_department("办公室")


def message(*logins: str, sender: str = "huaming") -> dict[str, Any]:
    return {"senderLoginName": sender, "loginNames": list(logins), "content": "花名册通知", "url": []}


def test_a_message_arrives(room: Room, place: int) -> None:
    ident = room.vendor.put_member("王伟", "wangwei", place)
    room.vendor.put_member("李娜", "lina", place)
    told = room.send("POST", "message/loginName", message("wangwei", "lina")).json()
    assert told == {"result": 1, "errorMessage": None, "errorNumber": 0}
    assert room.vendor.messages() == [("wangwei", "花名册通知"), ("lina", "花名册通知")]
    (held,) = room.get(f"message/all/{ident}")
    assert (held["messageContent"], held["receiverId"], held["senderName"]) == ("花名册通知", ident, "花名册")
    assert held["isRead"] is False


def test_messages_are_read_in_pages_the_newest_first(room: Room, place: int) -> None:
    ident = room.vendor.put_member("王伟", "wangwei", place)
    for number in range(3):
        room.send("POST", "message/loginName", message("wangwei") | {"content": str(number)})
    pages = [room.get(f"message/all/{ident}", pageNo=number, pageSize=2) for number in (1, 2)]
    assert [[each["messageContent"] for each in page] for page in pages] == [["2", "1"], ["0"]]


def test_a_message_by_ids(room: Room, place: int) -> None:
    ident, sender = room.vendor.put_member("王伟", "wangwei", place), room.get("orgMember", loginName="huaming")["id"]
    body = {"sendUserId": sender, "userIds": [ident], "content": "通知", "url": []}
    assert room.send("POST", "message/userId", body).json()["result"] == 1
    assert room.vendor.messages() == [("wangwei", "通知")]


def test_a_message_reaches_nobody_who_is_locked_gone_or_unknown(room: Room, place: int) -> None:
    room.vendor.put_member("王伟", "here", place)
    room.vendor.put_member("李娜", "locked", place, enabled=False)
    room.vendor.delete_member(room.vendor.put_member("张敏", "gone", place))
    assert room.send("POST", "message/loginName", message("here", "locked", "gone", "unknown")).json()["result"] == 1
    assert room.vendor.messages() == [("here", "花名册通知")]
    assert room.send("POST", "message/loginName", message("locked", "gone")).json()["result"] == 0
    assert room.send("POST", "message/loginName", message("here", sender="locked")).json()["result"] == 0


@pytest.mark.parametrize(
    "change",
    [
        {"senderLoginName": "nobody"},
        {"senderLoginName": None},
        {"loginNames": "wangwei"},
        {"loginNames": []},
        {"content": " "},
        {"title": "通知"},
    ],
)
def test_a_message_that_is_none_fails(room: Room, place: int, change: dict[str, Any]) -> None:
    room.vendor.put_member("王伟", "wangwei", place)
    told = room.send("POST", "message/loginName", message("wangwei") | change).json()
    assert told["result"] == 0
    assert told["errorMessage"]
    assert told["errorNumber"] != 0
    assert room.vendor.messages() == []


def started(subject: str = "〔2026〕7号 岗位变动", **data: Any) -> dict[str, Any]:
    held = {"templateCode": "HUAMING01", "draft": "0", "subject": subject, "attachments": [], "relateDoc": ""}
    held |= {"data": {"formmain_0124": {"姓名": "王伟"}}, "useNewDataStructure": True, "doTrigger": True}
    return {"appName": "collaboration", "data": held | data}


def sent(room: Room, token: str, **wanted: Any) -> list[str]:
    told = room.send("POST", "coll/sentAffairs", {"openFrom": "listSent"} | wanted, token=token).json()
    return [each["subject"] for each in told["data"]]


def test_a_process_is_started_in_the_name_of_a_member(room: Room) -> None:
    token = room.new_token("huaming")
    told = room.send("POST", START, started(), token=token).json()
    assert (told["code"], told["message"], told["data"]["subject"]) == (0, "", "〔2026〕7号 岗位变动")
    inside = told["data"]["app_bussiness_data"]
    assert isinstance(inside, str)
    ids = httpx.Response(200, content=inside).json()
    assert set(ids) == {"affairId", "summaryId"}
    (process,) = room.vendor.processes()
    assert (str(process["summaryId"]), process["processId"]) == (ids["summaryId"], told["data"]["processId"])
    assert process["data"] == {"formmain_0124": {"姓名": "王伟"}}
    assert room.get(f"flow/state/{ids['summaryId']}") == 3
    assert room.get(f"flow/data/{ids['summaryId']}", exportFormat="json") == {"formmain_0124": {"姓名": "王伟"}}


def test_a_process_that_is_started_twice_is_there_twice(room: Room) -> None:
    token = room.new_token("huaming")
    ids = {room.send("POST", START, started(), token=token).json()["data"]["processId"] for _ in range(2)}
    assert len(ids) == len(room.vendor.processes()) == 2


def test_a_start_whose_answer_is_lost_is_found_among_those_sent(room: Room) -> None:
    token = room.new_token("huaming")
    room.running.faults([{"match": START, "times": 1, "lost": True}])
    with pytest.raises(httpx.TransportError):
        room.send("POST", START, started(), token=token)
    room.send("POST", START, started("另一件"), token=token)
    assert sent(room, token, subject="2026〕7号") == ["〔2026〕7号 岗位变动"]
    assert sent(room, token) == ["另一件", "〔2026〕7号 岗位变动"]
    assert sent(room, token, pageNo=2, pageSize=1) == ["〔2026〕7号 岗位变动"]
    assert sent(room, token, subject="2026〕8号") == []
    assert sent(room, room.token) == []  # the system has sent nothing


def test_one_sees_what_one_sent_oneself(room: Room, place: int) -> None:
    room.vendor.put_member("王伟", "wangwei", place)
    room.send("POST", START, started(), token=room.new_token("huaming"))
    assert sent(room, room.new_token("wangwei")) == []


def test_a_draft_is_not_sent(room: Room) -> None:
    token = room.new_token("huaming")
    assert room.send("POST", START, started(draft="1"), token=token).json()["code"] == 0
    assert sent(room, token) == []
    (process,) = room.vendor.processes()
    assert room.get(f"flow/state/{process['summaryId']}") == 1


@pytest.mark.parametrize(
    "change",
    [
        {"templateCode": "NONE"},
        {"templateCode": None},
        {"draft": 0},
        {"draft": "2"},
        {"attachments": [17]},
        {"attachments": "17"},
        {"data": {"formmain_9999": {}}},
        {"data": {"formmain_0124": {"没有这一栏": "x"}}},
        {"priority": "high"},
    ],
)
def test_a_process_that_does_not_fit_its_template_is_refused(room: Room, change: dict[str, Any]) -> None:
    room.vendor.put_template("HUAMING01", "通知", "formmain_0124", frozenset({"姓名"}))
    told = room.send("POST", START, started(**change), token=room.new_token("huaming")).json()
    assert told["code"] != 0
    assert told["message"]
    assert room.vendor.processes() == []


def test_a_process_needs_a_sender(room: Room) -> None:
    assert room.send("POST", START, started()).json()["code"] != 0
    assert room.send("POST", START, started() | {"appName": "edoc"}, token=room.new_token("huaming")).json()["code"]
    assert room.vendor.processes() == []


@pytest.mark.parametrize("path", ["flow/FromTemplate/HUAMING01", "flow/HUAMING01"])
def test_the_older_way_to_start(room: Room, place: int, path: str) -> None:
    body = {"senderLoginName": "huaming", "subject": "旧式", "data": {"formmain_0124": {"姓名": "王伟"}}, "param": "0"}
    summary = room.send("POST", path, body).json()
    assert room.get(f"flow/state/{summary}") == 3
    assert sent(room, room.new_token("huaming")) == ["旧式"]
    room.vendor.put_member("李娜", "locked", place, enabled=False)
    for sender in ("nobody", "locked"):
        assert room.send("POST", path, body | {"senderLoginName": sender}).json()["code"] != 0
    assert room.send("POST", path + "X", body).json()["code"] != 0
    assert len(room.vendor.processes()) == 1


@pytest.mark.parametrize(
    ("path", "state"), [("bpm/workitem/finish", 0), ("bpm/process/repeal", 5), ("bpm/process/stop", 15)]
)
def test_how_a_process_ends(room: Room, path: str, state: int) -> None:
    token = room.new_token("huaming")
    data = room.send("POST", START, started(), token=token).json()["data"]
    summary = room.vendor.processes()[0]["summaryId"]
    body = {"appName": "collaboration", "workitemId": data["workitems"][0]["id"], "data": {"stopOpinion": "撤回"}}
    assert room.send("POST", path, body, token=token).json()["code"] == 0
    assert room.get(f"flow/state/{summary}") == state
    assert room.send("POST", path, body, token=token).json()["code"] != 0
    assert sent(room, token) == ([] if path.endswith("repeal") else ["〔2026〕7号 岗位变动"])


def test_a_process_of_nobody(room: Room) -> None:
    assert room.get("flow/state/17") is None
    assert room.get("flow/data/17") is None
    assert room.send("POST", "bpm/process/stop", {"workitemId": "17"}).json()["code"] != 0


def test_an_attachment_goes_with_a_process(room: Room) -> None:
    files = [("file", ("花名册.csv", b"a,b\r\n\x00\xff", "text/csv")), ("file", ("二.txt", b"2", "text/plain"))]
    told = room.send("POST", "attachment", files=files).json()
    first, second = (each["fileUrl"] for each in told["atts"])
    assert [each["filename"] for each in told["atts"]] == ["花名册.csv", "二.txt"]
    assert room.vendor.office.attachments[first][1] == b"a,b\r\n\x00\xff"
    room.send("POST", START, started(attachments=[first, str(second)]), token=room.new_token("huaming"))
    assert room.vendor.processes()[0]["attachments"] == [first, second]
    for nothing in ({"body": {}}, {"files": {"file": ("", b"x")}}):
        assert room.send("POST", "attachment", **nothing).headers["content-type"].startswith("text/html")
