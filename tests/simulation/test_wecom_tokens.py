"""WeCom's tokens, rights, envelope and limits on frequency, from the wire's view."""

import httpx
import pytest

from tests.simulation.wecom import Furnish


def test_a_token_stays_the_same_all_its_life_and_is_new_after_it(wecom: Furnish) -> None:
    room = wecom(token_lifetime=100)
    first = room.api.fetch()
    room.clock.move(99.9)
    assert room.api.fetch() == first
    assert first | {"access_token": "x"} == {"errcode": 0, "errmsg": "ok", "access_token": "x", "expires_in": 100}
    assert room.api.get("department/list")["errcode"] == 0
    room.clock.move(0.1)
    assert room.api.get("department/list")["errcode"] == 42001
    second = room.api.fetch()
    assert second["access_token"] != first["access_token"]
    assert room.api.get("department/list", access_token=second["access_token"])["errcode"] == 0


def test_each_secret_has_a_token_of_its_own_within_the_length_that_is_promised(wecom: Furnish) -> None:
    room = wecom()
    tokens = {each.token for each in (room.api, room.app, room.log)}
    assert len(tokens) == 3
    assert all(64 < len(token) <= 512 for token in tokens)


def test_a_revoked_token_is_not_valid(wecom: Furnish) -> None:
    room = wecom()
    room.vendor.revoke_tokens()
    assert room.api.get("department/list")["errcode"] == 40014
    assert room.api.fetch()["access_token"] != room.api.token


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, 41002),
        ({"corpid": "CORP"}, 41004),
        ({"corpid": "ww9", "corpsecret": "SECRET"}, 40013),
        ({"corpid": "CORP", "corpsecret": "wrong"}, 40001),
    ],
)
def test_gettoken_refuses_strangers(wecom: Furnish, http: httpx.Client, query: dict[str, str], code: int) -> None:
    room = wecom(corp_id="CORP", secret="SECRET")
    assert http.get(f"{room.running.url}/cgi-bin/gettoken", params=query).json()["errcode"] == code


def test_the_token_is_taken_from_the_query_alone(wecom: Furnish, http: httpx.Client) -> None:
    room = wecom()
    url = f"{room.running.url}/cgi-bin/department/list"
    assert http.get(url, headers={"authorization": f"Bearer {room.api.token}"}).json()["errcode"] == 41001
    assert http.get(url, params={"access_token": ""}).json()["errcode"] == 41001
    body = {"access_token": room.api.token, "userid": "E1"}
    assert http.post(f"{room.running.url}/cgi-bin/user/update", json=body).json()["errcode"] == 41001
    assert http.get(url, params={"access_token": "stranger"}).json()["errcode"] == 40014


def test_only_contacts_sync_writes_and_everybody_reads(wecom: Furnish) -> None:
    room = wecom()
    room.vendor.put_member("E1", "王一")
    for call in ("user/create", "user/update", "user/batchdelete", "department/create", "department/update"):
        assert (call, room.app.post(call)["errcode"]) == (call, 48002)
    for call in ("user/delete", "department/delete"):
        assert (call, room.app.get(call)["errcode"]) == (call, 48002)
    assert room.app.post("user/list_id")["errcode"] == 48002
    assert room.app.get("user/get", userid="E1")["name"] == "王一"
    assert room.vendor.member("E1") is not None


def test_contacts_sync_may_be_refused_to_read(wecom: Furnish) -> None:
    room = wecom(denied=frozenset({"user/get", "department/list"}))
    room.vendor.put_member("E1", "王一")
    assert room.api.get("user/get", userid="E1")["errcode"] == 48009
    assert room.api.get("department/list")["errcode"] == 48009
    assert room.app.get("user/get", userid="E1")["errcode"] == 0
    assert room.api.post("user/list_id")["dept_user"] == [{"userid": "E1", "department": 1}]


def test_what_a_private_release_has_not_is_not_there(wecom: Furnish, http: httpx.Client) -> None:
    room = wecom(absent=frozenset({"user/list_id"}))
    for path in ("/cgi-bin/user/list_id", "/cgi-bin/user/nothing", "/user/get", "/"):
        answer = http.post(f"{room.running.url}{path}", params={"access_token": room.api.token}, json={})
        assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html")


def test_the_wrong_verb_is_refused(wecom: Furnish) -> None:
    room = wecom()
    assert room.api.post("user/get", userid="E1")["errcode"] == 43001
    assert room.api.get("user/create", userid="E1")["errcode"] == 43002


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (rb'{"userid": "E1", "name": "\u738b"}', 40033),
        (rb'{"userid": "E1", "name": "\\\u738b"}', 40033),
        (rb'{"userid": "E1", "name": "C:\\user"}', 60111),  # an escaped backslash is none of those
        (b'{"userid": "E1"', 40058),
        (b"[]", 40058),
        (b"", 40058),
        (b'{"userid": "\xff"}', 40058),
    ],
)
def test_a_body_is_utf8_json_without_escapes(wecom: Furnish, body: bytes, code: int) -> None:
    assert wecom().api.post_raw("user/update", body)["errcode"] == code


def test_an_error_carries_a_hint_that_changes(wecom: Furnish) -> None:
    room = wecom()
    first = room.api.get("user/get", userid="nobody")
    room.clock.move(1)
    second = room.api.get("user/get", userid="nobody")
    assert first["errcode"] == second["errcode"] == 60111
    assert first["errmsg"] != second["errmsg"]
    assert "from ip" in first["errmsg"]


def test_a_call_that_comes_too_often_is_45009_for_itself_alone(wecom: Furnish) -> None:
    room = wecom(per_minute=3, per_hour=5)
    codes = [room.api.get("user/get", userid="nobody")["errcode"] for _ in range(4)]
    assert codes == [60111, 60111, 60111, 45009]
    assert room.api.get("department/list")["errcode"] == 0
    room.clock.move(60)
    codes = [room.api.get("user/get", userid="nobody")["errcode"] for _ in range(2)]
    assert codes == [60111, 45009]  # five in an hour
    worst = {(row["verb"], row["seconds"]): row["largest"] for row in room.running.windows()}
    assert worst["/cgi-bin/user/get", 60.0] == 4
    assert worst["/cgi-bin/user/get", 3600.0] == 6
    assert worst["/cgi-bin/gettoken", 60.0] == 3


def test_the_default_windows_are_the_vendors(wecom: Furnish) -> None:
    rows = {(row["verb"], row["seconds"]): row["limit"] for row in wecom().running.windows()}
    assert rows["/cgi-bin/user/update", 60.0] == 10_000
    assert rows["/cgi-bin/user/update", 3600.0] == 150_000
    assert rows["/cgi-bin/security/member_oper_log/list", 60.0] == 600


def test_a_rule_says_any_code_as_wecom_does(wecom: Furnish) -> None:
    room = wecom()
    room.running.faults([{"match": "user/create", "times": 1, "code": 45009}])
    assert room.api.create("E1") == 45009
    assert room.vendor.member("E1") is None
    assert room.api.create("E1") == 0


def test_what_links_to_it_opens_it(wecom: Furnish, http: httpx.Client) -> None:
    room = wecom(seats=500)
    config = http.get(f"{room.running.url}/_sim/config").json()
    assert config["kind"] == "wecom"
    assert config["seats"] == 500
    query = {"corpid": config["corp_id"], "corpsecret": config["secret"]}
    assert http.get(f"{config['url']}/cgi-bin/gettoken", params=query).json()["errcode"] == 0
