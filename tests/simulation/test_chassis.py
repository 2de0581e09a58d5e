"""The chassis from the wire's view: faults, windows, records, restarts, under a vendor that counts."""

import json
import socket
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from connectors.simulation.app import LARGEST_BODY
from connectors.simulation.faults import BadRule
from connectors.simulation.record import Call, Record
from connectors.simulation.running import Running
from connectors.simulation.vendor import Asked, Told, Vendor
from tests.simulation.clock import Clock

Run = Callable[[Vendor], Running]


class Counter:
    """A vendor whose product is a number: `/up` adds one. Twice a second on `/up/rarely`, three times on `/look`."""

    def __init__(self) -> None:
        self.count = 0
        self.revoked = 0

    def config(self, url: str) -> dict[str, str | int | bool]:
        return {"kind": "counter", "url": url}

    def accounts(self) -> list[dict[str, Any]]:
        return [{"id": str(self.count)}]

    def answer(self, asked: Asked) -> Told:
        if asked.path.startswith("/up"):
            self.count += 1
        return Told(200, json.dumps({"count": self.count, "asked": dict(asked.query)}).encode())

    def failed(self, code: int | str) -> Told:
        return Told(200, json.dumps({"errcode": code}).encode())

    def revoke_tokens(self) -> None:
        self.revoked += 1

    def windows(self) -> list[tuple[str, int, float]]:
        return [("/up/rarely", 2, 1.0), ("/up/rarely", 3, 10.0), ("/look", 3, 1.0)]

    def busy(self) -> Told:
        return Told(200, b'{"errcode": "busy"}')


@pytest.fixture
def counter() -> Counter:
    return Counter()


@pytest.fixture
def running(run: Run, counter: Counter) -> Running:
    return run(counter)


def raw(running: Running, request: bytes) -> bytes:
    """Everything that comes until the other side hangs up."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as line:
        line.sendall(request)
        parts = []
        while part := line.recv(65536):
            parts.append(part)
    return b"".join(parts)


UP = b"POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}"


def post_faults(http: httpx.Client, running: Running, rules: Any) -> httpx.Response:
    return http.post(f"{running.url}/_sim/faults", content=json.dumps(rules))


def test_lost_is_done_and_not_answered(running: Running, counter: Counter, http: httpx.Client) -> None:
    assert post_faults(http, running, [{"match": "up", "times": 1, "lost": True}]).json() == {"ok": True}
    assert raw(running, UP) == b""
    assert counter.count == 1
    assert running.requests()[-1]["status"] == 0
    assert http.post(f"{running.url}/up").json()["count"] == 2


def test_lost_is_a_protocol_error_to_a_client(running: Running, http: httpx.Client) -> None:
    running.faults([{"match": "up", "lost": True}])
    with pytest.raises(httpx.RemoteProtocolError):
        http.post(f"{running.url}/up")


def test_cut_is_done_and_half_of_its_answer_comes(running: Running, counter: Counter, http: httpx.Client) -> None:
    whole = http.get(f"{running.url}/look").content
    running.faults([{"match": "up", "times": 1, "cut": True}])
    head, _, body = raw(running, UP).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200")
    assert f"content-length: {len(whole)}".encode() in head.lower()
    assert body == whole.replace(b"0", b"1")[: len(whole) // 2]
    assert counter.count == 1


def test_html_and_status_are_not_done(running: Running, counter: Counter, http: httpx.Client) -> None:
    running.faults(
        [
            {"match": "up", "times": 1, "html": True},
            {"match": "up", "times": 1, "status": 503, "retry_after": 7},
            {"match": "up", "times": 1, "status": 500},
        ]
    )
    page, busy, broken = (http.post(f"{running.url}/up") for _ in range(3))
    assert (page.status_code, page.headers["content-type"], page.text[:6]) == (200, "text/html", "<html>")
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "7")
    assert broken.status_code == 500
    assert "retry-after" not in broken.headers
    assert counter.count == 0


def test_a_code_is_said_by_the_vendor_and_not_done(running: Running, counter: Counter, http: httpx.Client) -> None:
    running.faults([{"code": 45009}])
    assert [http.post(f"{running.url}/up").json() for _ in range(2)] == [{"errcode": 45009}] * 2
    running.faults([])
    assert http.post(f"{running.url}/up").json()["count"] == 1


def test_a_delayed_call_is_done_at_once_and_answered_late(
    running: Running, counter: Counter, http: httpx.Client
) -> None:
    running.faults([{"match": "up", "times": 1, "delay_s": 600}])
    with socket.create_connection(("127.0.0.1", running.port), timeout=0.3) as line:
        line.sendall(UP)
        until = time.monotonic() + 20
        while not running.requests():  # a machine that is busy comes to it when it comes to it
            assert time.monotonic() < until, "nobody saw to it"
            time.sleep(0.01)
        assert counter.count == 1
        with pytest.raises(TimeoutError):
            line.recv(1)
    started = time.monotonic()
    running.faults([{"match": "look", "delay_s": 0.3}])
    assert http.get(f"{running.url}/look").json()["count"] == 1
    assert time.monotonic() - started >= 0.3


def test_a_delay_keeps_nobody_else_waiting(running: Running, http: httpx.Client) -> None:
    running.faults([{"match": "up", "delay_s": 600}])
    with socket.create_connection(("127.0.0.1", running.port), timeout=20) as line:
        line.sendall(UP)
        assert http.get(f"{running.url}/look").status_code == 200


def test_tokens_are_revoked_and_the_call_goes_on(running: Running, counter: Counter, http: httpx.Client) -> None:
    running.faults([{"match": "up", "times": 1, "revoke_tokens": True}])
    assert http.post(f"{running.url}/up").json()["count"] == 1
    assert counter.revoked == 1


def test_the_first_rule_that_matches_holds_until_it_is_used_up(running: Running, http: httpx.Client) -> None:
    running.faults([{"match": "up", "times": 1, "code": 1}, {"match": "look", "code": 2}, {"code": 3}])
    said = [http.post(f"{running.url}/{path}").json()["errcode"] for path in ("up", "up", "look", "other")]
    assert said == [1, 3, 2, 3]


@pytest.mark.parametrize(
    ("rules", "sentence"),
    [
        ({"match": "up"}, "the rules are a JSON list of objects"),
        (["up"], "rule 1 is not an object"),
        ([{"match": "up"}], "rule 1 needs exactly one of"),
        ([{"code": 1}, {"lost": True, "html": True}], "rule 2 needs exactly one of"),
        ([{"lost": True, "time": 3}], "rule 1 has keys that nobody knows: time"),
        ([{"lost": 1}], "rule 1: lost is true"),
        ([{"status": 99}], "rule 1: status is a whole number from 300 to 599"),
        ([{"status": True}], "rule 1: status is a whole number from 300 to 599"),
        ([{"delay_s": -1}], "rule 1: delay_s is a number of seconds from 0 to 3600"),
        ([{"code": None}], "rule 1: code is one of the vendor's codes, a number or a text"),
        ([{"lost": True, "times": -1}], "rule 1: times is a whole number, 0 or more"),
        ([{"lost": True, "match": 3}], "rule 1: match is a text that the path contains"),
        ([{"lost": True, "retry_after": 3}], "rule 1: retry_after goes with status"),
    ],
)
def test_a_malformed_rule_is_refused_and_changes_nothing(
    running: Running, http: httpx.Client, rules: Any, sentence: str
) -> None:
    running.faults([{"match": "up", "code": 7}])
    refused = post_faults(http, running, rules)
    assert refused.status_code == 400
    assert refused.json()["error"].startswith(sentence)
    with pytest.raises(BadRule):
        running.faults(rules)
    assert http.post(f"{running.url}/up").json() == {"errcode": 7}


def test_rules_that_are_no_json_are_refused(running: Running, http: httpx.Client) -> None:
    assert http.post(f"{running.url}/_sim/faults", content=b"[{").status_code == 400


def test_a_window_is_exact_at_its_limit_and_slides(running: Running, http: httpx.Client, clock: Clock) -> None:
    def up() -> Any:
        return http.post(f"{running.url}/up/rarely").json().get("count", "busy")

    assert [up(), up(), up()] == [1, 2, "busy"]  # two a second
    clock.move(0.999)
    assert up() == "busy"
    clock.move(10)  # all of it lies outside both windows
    assert [up(), up()] == [3, 4]
    clock.move(1)  # the first window is new, the longer one is not
    assert [up(), up()] == [5, "busy"]  # three in ten seconds


def test_the_largest_count_says_whether_a_client_kept_the_limit(
    running: Running, http: httpx.Client, clock: Clock
) -> None:
    for _ in range(3):
        http.get(f"{running.url}/look")
        clock.move(0.5)
    assert http.get(f"{running.url}/_sim/windows").json() == {
        "largest": [
            {"verb": "/up/rarely", "seconds": 1.0, "limit": 2, "largest": 0},
            {"verb": "/up/rarely", "seconds": 10.0, "limit": 3, "largest": 0},
            {"verb": "/look", "seconds": 1.0, "limit": 3, "largest": 2},
        ]
    }
    for _ in range(4):
        http.get(f"{running.url}/look")
    assert running.windows()[2]["largest"] == 5  # those that were refused came too


def test_calls_are_recorded_as_they_came(running: Running, http: httpx.Client, clock: Clock) -> None:
    http.post(f"{running.url}/a%2Fb?x=1&y=&z=%E7%8E%8B", content='{"name": "王"}'.encode())
    http.post(f"{running.url}/text", content=b"{not json")
    http.get(f"{running.url}/look")
    assert http.get(f"{running.url}/_sim/requests").json() == {
        "requests": [
            {"at": clock.at, "method": "POST", "path": "/a/b", "query": {"x": "1", "y": "", "z": "王"}}
            | {"body": {"name": "王"}, "status": 200},
            {"at": clock.at, "method": "POST", "path": "/text", "query": {}, "body": "{not json", "status": 200},
            {"at": clock.at, "method": "GET", "path": "/look", "query": {}, "body": None, "status": 200},
        ]
    }


def test_the_record_keeps_the_newest_within_both_bounds() -> None:
    record = Record(entries=3, octets=25)
    for number in range(5):
        record.add(Call(float(number), "POST", "/up", {}, b"%d" % number, 200))
    assert [row["body"] for row in record.shown()] == [2, 3, 4]
    record.add(Call(5.0, "POST", "/up", {}, b'"%s"' % (b"x" * 22), 200))
    assert [row["at"] for row in record.shown()] == [4.0, 5.0]
    record.add(Call(6.0, "POST", "/up", {}, b"x" * 100, 200))
    assert [row["at"] for row in record.shown()] == [6.0]


def test_what_links_to_it_names_it_as_the_asker_did(running: Running, http: httpx.Client) -> None:
    assert http.get(f"{running.url}/_sim/config").json() == {"kind": "counter", "url": running.url}
    assert http.get(f"{running.url}/_sim/accounts").json() == {"accounts": [{"id": "0"}]}
    assert http.get(f"{running.url}/_sim/nothing").status_code == 404
    assert http.get(f"{running.url}/_sim/faults").status_code == 404
    assert running.requests() == []


def test_a_body_without_end_is_refused(running: Running, counter: Counter, http: httpx.Client) -> None:
    assert http.post(f"{running.url}/up", content=bytes(LARGEST_BODY + 1)).status_code == 413
    assert counter.count == 0


def test_a_simulator_stops_at_once_and_starts_again_on_its_port(
    counter: Counter, clock: Clock, http: httpx.Client
) -> None:
    with Running(counter, clock) as first:
        first.faults([{"match": "slow", "delay_s": 600}])
        assert http.post(f"{first.url}/up").json()["count"] == 1
        slow = socket.create_connection(("127.0.0.1", first.port), timeout=20)
        slow.sendall(b"GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
        started = time.monotonic()
    assert time.monotonic() - started < 20
    assert slow.recv(1) == b""
    slow.close()
    with pytest.raises(httpx.ConnectError):
        http.post(f"{first.url}/up")
    with Running(counter, clock, first.port) as second:
        assert second.url == first.url
        assert http.post(f"{second.url}/up").json()["count"] == 2
