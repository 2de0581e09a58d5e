"""The referee: wechatpy's client for WeCom, written by others for the real one, works with the simulator.

Nothing of it is changed but the address, which stands in it in two places.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from wechatpy.enterprise import WeChatClient
from wechatpy.exceptions import APILimitedException, WeChatClientException

from tests.simulation.wecom import Furnish, Room

PUBLIC = "https://qyapi.weixin.qq.com"


def client_of(room: Room, secret: str) -> WeChatClient:
    """A client whose calls go to the simulator instead of the public host."""

    class Elsewhere(WeChatClient):
        API_BASE_URL = f"{room.running.url}/cgi-bin/"

        def _fetch_access_token(self, url: str, params: dict[str, str]) -> Any:
            return super()._fetch_access_token(url.replace(PUBLIC, room.running.url), params)

    client = Elsewhere(room.vendor.corp.corp_id, secret)
    client._http.trust_env = False
    return client


@pytest.fixture
def room(wecom: Furnish) -> Room:
    return wecom()


@pytest.fixture
def client(room: Room) -> Iterator[WeChatClient]:
    client = client_of(room, room.vendor.corp.secret)
    yield client
    client._http.close()


def refused(call: Any, *arguments: Any, **named: Any) -> int:
    """The errcode with which a call is refused."""
    with pytest.raises(WeChatClientException) as caught:
        call(*arguments, **named)
    return int(caught.value.errcode)


def test_departments(client: WeChatClient, room: Room) -> None:
    bureau = client.department.create("教育局", order=8)["id"]
    office = client.department.create("办公室", parent_id=bureau, id=77)["id"]
    assert office == 77
    assert client.department.update(office, name="财务科", parent_id=1)["errmsg"] == "updated"
    assert client.department.update(office, parent_id=bureau, order=3)["errcode"] == 0
    rows = {row["id"]: row for row in client.department.get()}
    assert set(rows) == {1, bureau, 77}
    assert (rows[77]["name"], rows[77]["parentid"], rows[77]["order"]) == ("财务科", bureau, 3)
    assert [row["id"] for row in client.department.get(bureau)] == [bureau, 77]
    assert refused(client.department.create, "教育局") == 60008
    assert refused(client.department.delete, bureau) == 60006
    assert client.department.delete(77)["errmsg"] == "deleted"
    assert client.department.delete(bureau)["errcode"] == 0
    assert room.vendor.departments() == {}


def test_members(client: WeChatClient, room: Room) -> None:
    office = client.department.create("办公室")["id"]
    made = client.user.create("E1", "王一", [office], "主任", "13800000001", email="wang@example.org", to_invite=False)
    assert made["errmsg"] == "created. Warning: wrong json format. "  # it sends gender as a number
    seen = client.user.get("e1")
    assert (seen["userid"], seen["name"], seen["department"], seen["status"]) == ("E1", "王一", [office], 4)
    assert client.user.update("E1", name="王二", position="科长")["errmsg"] == "updated"
    assert client.user.update("E1", enable=0)["errmsg"] == "updated"
    assert client.user.get("E1")["status"] == 2
    client.user.update("E1", enable=1, department=[1, office], main_department=office)
    assert room.vendor.member("E1").fields["position"] == "科长"
    assert room.vendor.member("E1").main == office
    assert refused(client.user.create, "e1", "王一", [office], mobile="13800000002") == 60102
    assert client.user.delete("E1")["errmsg"] == "deleted"
    assert refused(client.user.get, "E1") == 60111
    assert room.vendor.members() == []


def test_lists(client: WeChatClient, room: Room) -> None:
    office = client.department.create("办公室")["id"]
    for number in (1, 2):
        client.user.create(f"E{number}", f"王{number}", [office], mobile=f"1380000000{number}")
    client.user.create("E3", "李", [1], mobile="13800000003")
    simple = client.user.list(office, simple=True)
    assert simple == [{"userid": f"E{n}", "name": f"王{n}", "department": [office]} for n in (1, 2)]
    assert [row["userid"] for row in client.user.list(1, fetch_child=True)] == ["E3"]
    assert [row["status"] for row in client.department.get_users(office, simple=False)] == [4, 4]
    assert client.department.get_map_users() == {"王1": "E1", "王2": "E2", "李": "E3"}


def test_many_at_once_are_deleted_or_nobody(client: WeChatClient, room: Room) -> None:
    for number in range(3):
        room.vendor.put_member(f"E{number}", "众")
    assert refused(client.user.batch_delete, ["E0", "E9"]) == 40031
    assert client.user.batch_delete(["E0", "E1"])["errcode"] == 0
    assert [member.userid for member in room.vendor.members()] == ["E2"]


def test_ids_are_converted(client: WeChatClient, room: Room) -> None:
    room.vendor.put_member("E1", "王一")
    assert refused(client.user.convert_to_openid, "E1") == 43004
    room.vendor.activate("E1")
    openid = client.user.convert_to_openid("E1")["openid"]
    assert client.user.convert_to_user_id(openid) == "E1"


def test_tags(client: WeChatClient, room: Room) -> None:
    room.vendor.put_member("E1", "王一")
    tag = client.tag.create("处级")["tagid"]
    assert client.tag.update(tag, "局级")["errmsg"] == "updated"
    assert client.tag.add_users(tag, ["E1", "E9"])["invalidlist"] == "E9"
    assert refused(client.tag.add_users, tag, ["E9"]) == 40070
    assert client.tag.get_users(tag)["userlist"] == [{"userid": "E1", "name": "王一"}]
    assert client.tag.list() == [{"tagid": tag, "tagname": "局级"}]
    assert client.tag.delete_users(tag, ["E1"])["errcode"] == 0
    assert client.tag.get_users(tag)["userlist"] == []
    client.tag.delete(tag)
    assert client.tag.list() == []


def test_invitations(client: WeChatClient, room: Room) -> None:
    room.vendor.put_member("E1", "王一")
    assert client.batch.invite(user=["E1", "E9"])["invaliduser"] == ["E9"]
    assert room.vendor.invited() == ["E1"]


def test_an_application_reads_and_does_not_write(room: Room) -> None:
    room.vendor.put_member("E1", "王一")
    reader = client_of(room, room.vendor.corp.app_secret)
    assert reader.user.get("E1")["name"] == "王一"
    assert refused(reader.user.update, "E1", name="王二") == 48002
    assert room.vendor.member("E1").name == "王一"


def test_wrong_credentials_are_told(room: Room) -> None:
    assert refused(client_of(room, "wrong").department.get) == 40001


def test_it_gets_over_a_token_that_is_revoked_and_one_that_expires(client: WeChatClient, room: Room) -> None:
    room.vendor.put_member("E1", "王一")
    assert client.user.get("E1")["name"] == "王一"
    room.vendor.revoke_tokens()
    assert client.user.get("E1")["name"] == "王一"
    room.clock.move(7200)
    assert client.user.get("E1")["name"] == "王一"
    assert [row["path"] for row in room.running.requests()].count("/cgi-bin/gettoken") == 3 + 3  # three are the room's


def test_it_knows_the_limit_on_frequency_when_it_meets_it(client: WeChatClient, room: Room) -> None:
    room.running.faults([{"match": "department/list", "times": 1, "code": 45009}])
    with pytest.raises(APILimitedException):
        client.department.get()
    assert len(client.department.get()) == 1
