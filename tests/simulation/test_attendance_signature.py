"""Who is let in: the signature as published vectors and a package have it, tokens, grants, addresses, the quota."""

import base64
import hashlib
import hmac
from typing import Any

import pytest
from hikvision_openapi_signer import HikvisionOpenAPISigner

from connectors.attendance.simulator.signature import sign, strings_to_sign
from connectors.simulation.vendor import Asked
from tests.simulation.attendance import ORG_LIST, PERSON_LIST, Platform, canonical
from tests.simulation.clock import Clock

PAGE = {"pageNo": 1, "pageSize": 1}
LISTED = "x-ca-key,x-ca-nonce,x-ca-timestamp"
FIXED = {"accept": "*/*", "content-type": "application/json", "x-ca-key": "29000001"}

# appKey 29000001, appSecret testsecret, POST, the path of the person list: headers, body, signature
VECTORS = {
    "A": (
        {"x-ca-nonce": "0f8fad5b-d9cb-469f-a165-70867728950e", "x-ca-timestamp": "1700000000000"},
        b"",
        "l/kvL2Dm534oaAl5fsUS/OAsLHnSmCX17R821Xtz4G8=",
    ),
    "B": (
        {
            "x-ca-nonce": "n1",
            "x-ca-timestamp": "1700000000000",
            "content-md5": "80pg4sMq2AzEzu/jXWdy1Q==",
            "date": "Tue, 14 Nov 2023 22:13:20 GMT",
        },
        b'{"pageNo":1,"pageSize":1}',
        "E1fbPXE3xu0aNfMN/vC3fH4DT8rTmS+6oDoJZ5BPBhI=",
    ),
}


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_the_string_to_sign_agrees_with_the_vectors(name: str) -> None:
    headers, body, signature = VECTORS[name]
    asked = Asked("POST", f"/artemis{PERSON_LIST}", {}, {**FIXED, **headers}, body, 1.7e9)
    assert sign("testsecret", strings_to_sign(asked, LISTED.split(","))[0]) == signature


@pytest.mark.parametrize("name", sorted(VECTORS))
def test_the_gateway_takes_the_vectors_at_their_time(run: Any, clock: Clock, name: str) -> None:
    clock.at = 1.7e9
    platform = Platform(run, clock)
    headers, body, signature = VECTORS[name]
    sent = {**FIXED, **headers, "x-ca-signature-headers": LISTED, "x-ca-signature": signature}
    told = platform.send(PERSON_LIST, sent, body)
    assert told["code"] == ("0" if body else "0x02401021")  # let in; without a body there is nothing to read


def test_the_package_that_signs_agrees_with_vector_b() -> None:
    headers, body, signature = VECTORS["B"]
    signer = HikvisionOpenAPISigner("http://nobody.example", 29000001, "testsecret")
    fixed = {name: value for name, value in headers.items() if name != "content-md5"}
    _, _, made, _ = signer.sign("POST", PERSON_LIST, body=body, headers=fixed, content_type="application/json")
    assert made["X-Ca-Signature"] == signature


def test_a_query_is_signed_sorted_whether_it_is_escaped_or_not(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    stamp = {"X-Ca-Timestamp": str(int(clock() * 1000))}
    query = {"z": "末", "a": "1 2"}
    _, url, headers, body = platform.signer().sign("POST", ORG_LIST, jsons=PAGE, querys=query, headers=stamp)
    assert platform.wire.post(url, headers=headers, content=body).json()["code"] == "0"

    headers = {**FIXED, "x-ca-nonce": "plain", "x-ca-timestamp": stamp["X-Ca-Timestamp"]}
    lines = ["POST", "*/*", "application/json", *(f"{name}:{headers[name]}" for name in LISTED.split(","))]
    string = "\n".join([*lines, f"/artemis{ORG_LIST}?a=1 2&b&z=末"])
    headers |= {"x-ca-signature-headers": LISTED, "x-ca-signature": signature(string)}
    told = platform.wire.post(
        f"/artemis{ORG_LIST}", params={"z": "末", "b": "", "a": "1 2"}, headers=headers, content=canonical(PAGE)
    )
    assert told.json()["code"] == "0"


def signature(string: str, secret: str = "testsecret") -> str:
    return base64.b64encode(hmac.new(secret.encode(), string.encode(), hashlib.sha256).digest()).decode()


def test_a_signature_that_is_wrong_echoes_the_key_and_what_was_signed(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    headers, body = platform.signed(ORG_LIST, PAGE)
    told = platform.send(ORG_LIST, {**headers, "X-Ca-Signature": signature("something else")}, body)
    assert told["code"] == "0x02401003"
    assert "29000001" in told["msg"]
    assert f"POST\n*/*\n{headers['Content-Md5']}\napplication/json\n" in told["msg"]
    assert f"/artemis{ORG_LIST}" in told["msg"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"X-Ca-Key": None}, "0x02401000"),
        ({"X-Ca-Key": "12345678"}, "0x02401001"),
        ({"X-Ca-Signature": None}, "0x02401002"),
        ({"X-Ca-Signature": ""}, "0x02401002"),
        ({"X-Ca-Signature-Headers": None}, "0x02401003"),
        ({"X-Ca-Signature-Headers": "x-ca-key"}, "0x02401003"),
        ({"X-Ca-Signature-Headers": f"{LISTED},accept"}, "0x02401003"),
        ({"X-Ca-Signature-Headers": f"{LISTED},x-not-sent"}, "0x02401003"),
        ({"Content-Type": "application/json;charset=UTF-8"}, "0x02401003"),
        ({"Accept": "application/json"}, "0x02401003"),
        ({"Date": None}, "0x02401003"),
        ({"Content-Md5": "80pg4sMq2AzEzu/jXWdy1Q=="}, "0x02401003"),
    ],
)
def test_each_part_of_a_signed_call_counts(run: Any, clock: Clock, changes: dict[str, str | None], code: str) -> None:
    platform = Platform(run, clock)
    headers, body = platform.signed(ORG_LIST, PAGE)
    sent = {name: value for name, value in {**headers, **changes}.items() if value is not None}
    assert platform.send(ORG_LIST, {"Accept": "*/*", **sent}, body)["code"] == code


def test_another_body_under_the_same_content_md5_is_refused(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    headers, _ = platform.signed(ORG_LIST, PAGE)
    assert platform.send(ORG_LIST, headers, canonical({"pageNo": 2, "pageSize": 1}))["code"] == "0x02401003"


def test_the_content_type_is_signed_byte_for_byte(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    kind = "application/json;charset=UTF-8"
    stamp = {"X-Ca-Timestamp": str(int(clock() * 1000))}
    _, _, headers, body = platform.signer().sign("POST", ORG_LIST, jsons=PAGE, headers=stamp, content_type=kind)
    assert platform.send(ORG_LIST, headers, body.encode())["code"] == "0"


def test_further_headers_may_be_signed(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    assert platform.code(ORG_LIST, PAGE, tagId="huaming") == "0"


def test_few_signed_headers_do_where_the_site_asks_for_few(run: Any, clock: Clock) -> None:
    headers = {**FIXED, "x-ca-signature-headers": "x-ca-key"}
    string = "\n".join(["POST", "*/*", "application/json", "x-ca-key:29000001", f"/artemis{ORG_LIST}"])
    headers["x-ca-signature"] = signature(string)
    for signed, code in ((frozenset({"x-ca-key"}), "0"), (frozenset(LISTED.split(",")), "0x02401003")):
        platform = Platform(run, clock, signed=signed)
        assert platform.send(ORG_LIST, headers, canonical(PAGE))["code"] == code


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ("x-ca-timestamp,x-ca-nonce,X-Ca-Key", "0"),  # in any order and case: what is signed is sorted
        (f"accept,{LISTED}", "0x02401003"),  # signed rightly, and yet not a header that may be listed
    ],
)
def test_the_order_of_the_list_does_not_matter_and_its_names_do(run: Any, clock: Clock, listed: str, code: str) -> None:
    platform = Platform(run, clock)
    headers = {**FIXED, "x-ca-nonce": "n1", "x-ca-timestamp": str(int(clock() * 1000))}
    names = sorted(listed.lower().split(","))
    lines = ["POST", "*/*", "application/json", *(f"{name}:{headers[name]}" for name in names)]
    headers["x-ca-signature-headers"] = listed
    headers["x-ca-signature"] = signature("\n".join([*lines, f"/artemis{ORG_LIST}"]))
    assert platform.send(ORG_LIST, headers, canonical(PAGE))["code"] == code


def test_a_replayed_nonce_is_refused(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    headers, body = platform.signed(ORG_LIST, PAGE)
    assert platform.send(ORG_LIST, headers, body)["code"] == "0"
    again = platform.send(ORG_LIST, headers, body)
    assert again["code"] == "0x02401003"
    assert "Nonce" in again["msg"]


def test_a_refused_call_uses_no_nonce_up(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    headers, body = platform.signed(ORG_LIST, PAGE)
    assert platform.send(ORG_LIST, {**headers, "X-Ca-Signature": "x"}, body)["code"] == "0x02401003"
    assert platform.send(ORG_LIST, headers, body)["code"] == "0"


@pytest.mark.parametrize("seconds", [901, -901])
@pytest.mark.parametrize(("window", "code"), [(900.0, "0x02401003"), (None, "0")])
def test_an_old_timestamp_is_refused(run: Any, clock: Clock, seconds: float, window: float | None, code: str) -> None:
    platform = Platform(run, clock, window=window)
    headers, body = platform.signed(ORG_LIST, PAGE)
    clock.move(seconds)
    assert platform.send(ORG_LIST, headers, body)["code"] == code


def test_a_timestamp_within_the_window_passes(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    headers, body = platform.signed(ORG_LIST, PAGE)
    clock.move(890)
    assert platform.send(ORG_LIST, headers, body)["code"] == "0"


TOKEN = "/api/v1/oauth/token"


def test_a_token_stands_for_the_signature(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    token = platform.ask(TOKEN)["access_token"]
    bearer = {"Content-Type": "application/json", "access_token": token}
    assert platform.send(ORG_LIST, bearer, canonical(PAGE))["code"] == "0"

    clock.move(12 * 3600 - 1)
    assert platform.send(ORG_LIST, bearer, canonical(PAGE))["code"] == "0"
    clock.move(1)
    assert platform.send(ORG_LIST, bearer, canonical(PAGE))["code"] == "0x02401007"


@pytest.mark.parametrize(("token", "code"), [("", "0x02401005"), ("no", "0x02401006"), ("a" * 32, "0x02401004")])
def test_a_token_must_be_one_of_ours(run: Any, clock: Clock, token: str, code: str) -> None:
    platform = Platform(run, clock)
    bearer = {"Content-Type": "application/json", "access_token": token}
    assert platform.send(ORG_LIST, bearer, canonical(PAGE))["code"] == code


def test_revoked_tokens_are_worthless_and_new_ones_are_given(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    old = platform.ask(TOKEN)["access_token"]
    platform.running.faults([{"match": "orgList", "times": 1, "revoke_tokens": True}])
    kind = {"Content-Type": "application/json"}
    assert platform.send(ORG_LIST, {**kind, "access_token": old}, canonical(PAGE))["code"] == "0x02401004"
    new = platform.ask(TOKEN)["access_token"]
    assert platform.send(ORG_LIST, {**kind, "access_token": new}, canonical(PAGE))["code"] == "0"


def test_a_site_without_tokens_knows_no_token(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock, tokens=False)
    assert platform.code(TOKEN, {}) == "0x02401008"
    bearer = {"Content-Type": "application/json", "access_token": "a" * 32}
    assert platform.send(ORG_LIST, bearer, canonical(PAGE))["code"] == "0x02401000"


def test_a_path_that_was_not_granted_is_refused_and_no_other(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock, ungranted=frozenset({PERSON_LIST}))
    assert platform.code(PERSON_LIST, PAGE) == "0x02401008"
    assert platform.code(ORG_LIST, PAGE) == "0"
    assert platform.code("/api/resource/v9/nothing", {}) == "0x02401008"


@pytest.mark.parametrize("code", ["0x0240101b", "0x0240101c", "0x0240101d"])
def test_an_address_that_is_not_allowed(run: Any, clock: Clock, code: str) -> None:
    assert Platform(run, clock, refused=code).code(ORG_LIST, PAGE) == code


def test_the_quota_counts_each_path_by_itself(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock, calls_a_minute=2)
    assert [platform.code(ORG_LIST, PAGE) for _ in range(3)] == ["0", "0", "0x0240100b"]
    assert platform.code(PERSON_LIST, PAGE) == "0"
    clock.move(61)
    assert platform.code(ORG_LIST, PAGE) == "0"


def test_a_rule_may_tell_any_code(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock)
    platform.running.faults([{"match": "orgList", "times": 1, "code": "0x00052103"}])
    told = platform.call(ORG_LIST, PAGE)
    assert (told["code"], told["msg"], told["data"]) == ("0x00052103", "服务响应超时", None)


def test_what_is_no_json_by_post_is_refused(run: Any, clock: Clock) -> None:
    platform = Platform(run, clock, window=None)
    stamp = {"X-Ca-Timestamp": str(int(clock() * 1000))}

    def code(method: str, body: bytes, kind: str = "application/json") -> str:
        _, _, headers, _ = platform.signer().sign(method, ORG_LIST, body=body, headers=stamp, content_type=kind)
        return platform.send(ORG_LIST, headers, body, method)["code"]

    assert code("POST", canonical(PAGE)) == "0"
    assert code("GET", canonical(PAGE)) == "0x02401021"
    assert code("PUT", canonical(PAGE)) == "0x02401021"
    assert code("POST", b"{") == "0x02401021"
    assert code("POST", b"\xff\xfe{}") == "0x02401021"
    assert code("POST", b"pageNo=1", "text/plain") == "0x02401021"
    assert code("POST", canonical(PAGE), "application/json;charset=GBK") == "0x02401023"


def test_outside_of_artemis_there_is_a_page_and_no_platform(run: Any, clock: Clock) -> None:
    told = Platform(run, clock).wire.post("/api/resource/v1/org/orgList", json=PAGE)
    assert told.status_code == 404
    assert told.headers["content-type"] == "text/html"
