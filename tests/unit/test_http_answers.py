"""What may come back over HTTP, endless, dripping, cut, foreign, busy: and what that makes of a read and of a write."""

import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import ConnectorError, Unreachable, Unreadable
from connectors.http.answer import Busy, Lost, dump, outcome_of
from connectors.http.client import Http
from mappings.model import Conflict, Retry, Unknown
from tests.servers.canned_http import Asked, CannedHttp, answered, json_answer


def client(base: str, **settings: Any) -> Http:
    return Http(base, time.monotonic, **{"timeout": 30.0, **settings})


def flood(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    for _ in range(20_000):
        yield b"x" * 65536


def long_head(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for _ in range(20_000):
        yield b"X-Y: " + b"x" * 65536 + b"\r\n"


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


@pytest.mark.parametrize("answer", [flood, long_head])
def test_an_endless_answer_is_cut_off_and_does_not_fill_the_memory(answer: Any) -> None:
    before = resident()
    with CannedHttp(answer) as server:
        http = client(server.url, timeout=20, limit=1_000_000)
        with pytest.raises(ConnectorError):
            http.send("GET", "/x")
        with pytest.raises(Lost):
            http.send("POST", "/x", content=b"{}", writes=True)
        http.close()
    assert resident() - before < 50


def drip_body(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    yield from _drops()


def drip_head(_: Asked) -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nX: "
    yield from _drops()


def endless_continue(_: Asked) -> Iterator[bytes]:
    for _ in _drops():
        yield b"HTTP/1.1 100 Continue\r\n\r\n"


def _drops() -> Iterator[bytes]:
    for _ in range(200):
        time.sleep(0.1)
        yield b"x"


@pytest.mark.parametrize("answer", [drip_body, drip_head, endless_continue])
@pytest.mark.parametrize("writes", [True, False])
def test_a_server_that_drips_is_given_up_when_the_time_of_the_call_is_over(answer: Any, writes: bool) -> None:
    with CannedHttp(answer) as server:
        http = client(server.url, timeout=0.5)
        started = time.monotonic()
        with pytest.raises(Lost if writes else Unreachable):
            http.send("POST", "/x", content=b"{}", writes=writes)
        assert time.monotonic() - started < 10  # of 20 that it drips
        http.close()


def test_a_reader_who_drips_is_given_up_too() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    http = client(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.5)
    with pytest.raises(Lost):
        http.send("POST", "/x", content=b"x" * 30_000_000, writes=True)
    http.close()
    listener.close()


@pytest.mark.parametrize(("writes", "kind"), [(False, Unreadable), (True, Lost)])
@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", id="cut"),
        pytest.param(answered(200, b"<html><body>login</body></html>", "text/html; charset=utf-8"), id="html"),
        pytest.param(answered(200, b"\n<!DOCTYPE html>", "application/json"), id="html that says it is json"),
        pytest.param(answered(302, b"", location="http://elsewhere/"), id="redirect"),
        pytest.param(answered(200, b"\x1f\x8b\x08", content_encoding="gzip"), id="compressed, unasked"),
        pytest.param(answered(200, b'{"errcode":'), id="half json"),
        pytest.param(answered(200, b""), id="nothing"),
        pytest.param(answered(404, b"<html>nginx</html>", "text/html"), id="a gateway's 404"),
    ],
)
def test_what_is_not_the_vendors_answer(reply: bytes, writes: bool, kind: type[ConnectorError]) -> None:
    with CannedHttp(lambda asked: reply) as server:
        http = client(server.url)
        with pytest.raises(kind) as raised:
            http.send("GET", "/x", query={"access_token": "geheim"}, writes=writes).json()
        assert "geheim" not in str(raised.value)
        assert server.accepted == 1
        http.close()


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize(
    "echo",
    [
        "<pre>Blocked: http://x/cgi-bin/gettoken?corpid=ww1&amp;corpsecret=geheim</pre>",
        "<a href='/cgi-bin/gettoken?corpid=ww1&corpsecret=geheim'>",
        "<td>corpsecret=geheim</td>",
        "access_token: geheim",
    ],
)
def test_a_page_that_repeats_what_was_asked_does_not_bring_the_secret_into_the_log(status: int, echo: str) -> None:
    """Firewalls and proxies do: they show the address that they have blocked, with its query."""
    page = f"<html>被防火墙拦截 {echo} 编号 7</html>".encode()
    with CannedHttp(lambda asked: answered(status, page, "text/html")) as server:
        http = client(server.url)
        with pytest.raises(Unreadable) as raised:
            http.send("GET", "/cgi-bin/gettoken", query={"corpid": "ww1", "corpsecret": "geheim"}).json()
        assert "geheim" not in str(raised.value)
        assert "被防火墙拦截" in str(raised.value)
        http.close()


def test_at_most_200_characters_of_a_wrong_answer_are_shown() -> None:
    with CannedHttp(lambda asked: answered(200, b"<html>" + "长".encode() * 10_000, "text/html")) as server:
        http = client(server.url)
        with pytest.raises(Unreadable) as raised:
            http.send("GET", "/x")
        assert str(raised.value).count("长") == 200 - len("<html>")
        http.close()


@pytest.mark.parametrize("body", [b'{"access_token":"geheim', b"geheim", b'["geheim"'])
def test_half_an_answer_is_not_shown_for_it_may_carry_a_token_or_a_phone(body: bytes) -> None:
    with CannedHttp(lambda asked: answered(200, body)) as server:
        http = client(server.url)
        with pytest.raises(Unreadable) as raised:
            http.send("GET", "/x").json()
        assert "geheim" not in str(raised.value)
        http.close()


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("writes", [True, False])
@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:07 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 7.0),
        ({"retry_after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
        ({"retry_after": "Wed, 21 Oct 2026 07:28:07 GMT"}, None),
        ({"retry_after": "9" * 400}, 31 * 86400.0),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "-7"}, None),
        ({}, None),
    ],
)
def test_a_busy_server_says_when_to_come_back(
    status: int, writes: bool, headers: dict[str, str], after: float | None
) -> None:
    with CannedHttp(lambda asked: answered(status, b"<html>", "text/html", **headers)) as server:
        http = client(server.url)
        with pytest.raises(Busy) as raised:
            http.send("POST", "/x", content=b"", writes=writes)
        assert raised.value.after == after
        assert outcome_of(raised.value) == Retry(str(raised.value), after, outage=True)
        http.close()


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_server_error_is_weather_for_a_read_and_a_doubt_for_a_write(status: int) -> None:
    with CannedHttp(lambda asked: answered(status, b"oops", "text/plain")) as server:
        http = client(server.url)
        with pytest.raises(Unreachable) as raised:
            http.send("GET", "/x")
        assert not isinstance(raised.value, Lost)
        with pytest.raises(Lost):
            http.send("POST", "/x", content=b"{}", writes=True)
        http.close()


def test_a_refusal_of_the_vendor_comes_back_as_it_is() -> None:
    with CannedHttp(lambda asked: json_answer({"code": "x"}, status=401)) as server:
        http = client(server.url)
        answer = http.send("GET", "/x")
        assert (answer.status, answer.json()) == (401, {"code": "x"})
        http.close()


def test_json_goes_out_without_escapes() -> None:
    assert dump({"name": "王芳𠮷", "ids": [1]}) == '{"name":"王芳𠮷","ids":[1]}'.encode()


def test_what_an_operation_comes_to() -> None:
    from connectors.errors import Ambiguous, Denied

    assert outcome_of(Lost("x")) == Unknown("x")
    assert outcome_of(Denied("x")) == Retry("x", outage=True)
    assert outcome_of(Unreachable("x")) == Retry("x", outage=True)
    assert outcome_of(Unreadable("x")) == Retry("x", outage=False)
    assert outcome_of(Ambiguous("x")) == Conflict("", "x")


@pytest.mark.parametrize("writes", [True, False])
def test_what_is_not_implemented_is_an_answer_and_not_asked_for_ever(writes: bool) -> None:
    with CannedHttp(lambda asked: answered(501, b'{"status":"501"}')) as server:
        http = client(server.url)
        assert http.send("PUT", "/x", content=b"{}", writes=writes).status == 501
        http.close()
