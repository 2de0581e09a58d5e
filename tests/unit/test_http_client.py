"""The HTTP client: what goes out, on which connection, and what was surely not done."""

import logging
import socket
import threading
import time
from typing import Any

import pytest

from connectors.errors import Unreachable, Unreadable
from connectors.http.answer import Lost, outcome_of
from connectors.http.client import Http
from mappings.model import Retry
from tests.servers.canned_http import Asked, CannedHttp, answered, json_answer
from tests.servers.faultproxy import FaultProxy


def client(base: str, **settings: Any) -> Http:
    return Http(base, time.monotonic, **{"timeout": 30.0, **settings})


def test_a_request_goes_out_as_it_was_given() -> None:
    with CannedHttp(lambda asked: json_answer({"errcode": 0})) as server:
        http = client(server.url + "/prefix/", headers={"X-Own": "1"})
        answer = http.send("POST", "/cgi-bin/局", query={"a b": "1&2"}, headers={"X-This": "2"}, content=b"{}")
        http.close()
    (asked,) = server.asked
    assert (asked.method, asked.path, asked.query, asked.body) == ("POST", "/prefix/cgi-bin/局", {"a b": "1&2"}, b"{}")
    assert (asked.headers["x-own"], asked.headers["x-this"]) == ("1", "2")
    assert asked.headers["host"] == f"localhost:{server.port}"
    assert (answer.status, answer.json()) == (200, {"errcode": 0})
    assert answer.headers["content-type"] == "application/json"


def test_a_value_in_a_path_cannot_become_a_query_or_a_header() -> None:
    with CannedHttp(lambda asked: json_answer({})) as server:
        http = client(server.url)
        http.send("GET", "/member/x?admin=1\r\nX-Evil: 1#f")
        http.close()
    assert [(asked.path, asked.query) for asked in server.asked] == [("/member/x?admin=1\r\nX-Evil: 1#f", {})]
    assert "x-evil" not in server.asked[0].headers


def test_one_connection_serves_many_calls_and_close_ends_it() -> None:
    with CannedHttp(lambda asked: json_answer({})) as server:
        http = client(server.url)
        for _ in range(5):
            http.send("GET", "/x")
        assert server.accepted == 1
        http.close()
        http.send("GET", "/x")
        assert server.accepted == 2
        http.close()


def test_a_kept_connection_that_the_server_has_closed_is_opened_again() -> None:
    with CannedHttp(lambda asked: json_answer({})) as server:
        http = client(server.url)
        http.send("GET", "/x")
        server.cut()
        assert http.send("GET", "/x").status == 200
        server.cut()
        deadline = time.monotonic() + 30
        while not _closed(http) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert http.send("POST", "/x", content=b"{}", writes=True).status == 200
        assert server.accepted == 3
        http.close()


def _closed(http: Http) -> bool:
    assert http._pool is not None
    return all(each.has_expired() for each in http._pool.connections)


def test_a_read_is_repeated_on_a_new_connection_and_a_write_is_not() -> None:
    """The server takes the second request of a connection and hangs up: only a read can be asked again unharmed."""
    seen: list[Asked] = []

    def answer(asked: Asked) -> bytes:
        seen.append(asked)
        return b"" if len(seen) in (2, 4) else json_answer({})

    with CannedHttp(answer) as server:
        http = client(server.url)
        http.send("GET", "/first")
        assert http.send("GET", "/read").status == 200
        with pytest.raises(Lost):
            http.send("POST", "/write", content=b"{}", writes=True)
        assert [asked.path for asked in seen] == ["/first", "/read", "/read", "/write"]
        http.close()


def test_a_redirect_is_never_followed() -> None:
    with CannedHttp(lambda asked: json_answer({})) as elsewhere:
        with CannedHttp(lambda asked: answered(307, b"", location=elsewhere.url)) as server:
            http = client(server.url)
            with pytest.raises(Unreadable):
                http.send("GET", "/x")
            http.close()
        assert elsewhere.accepted == 0


def test_nobody_listening_is_surely_not_done() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    http = client(f"http://127.0.0.1:{port}")
    with pytest.raises(Unreachable) as raised:
        http.send("POST", "/x", content=b"{}", writes=True)
    assert not isinstance(raised.value, Lost)
    assert isinstance(outcome_of(raised.value), Retry)
    http.close()


@pytest.mark.parametrize("fault", ["blackhole", "drop_replies"])
def test_a_half_open_line_is_given_up_in_time(fault: str) -> None:
    with CannedHttp(lambda asked: json_answer({})) as server, FaultProxy("localhost", server.port) as proxy:
        http = client(f"http://127.0.0.1:{proxy.port}", timeout=0.5)
        http.send("GET", "/x")
        proxy.set(**{fault: True})
        started = time.monotonic()
        with pytest.raises(Unreachable) as raised:
            http.send("GET", "/x")
        assert not isinstance(raised.value, Lost)
        with pytest.raises(Lost):
            http.send("POST", "/x", content=b"{}", writes=True)
        assert time.monotonic() - started < 10
        proxy.clear()
        proxy.cut()
        assert http.send("GET", "/x").status == 200
        http.close()


def test_the_environments_proxies_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with CannedHttp(lambda asked: json_answer({})) as proxy, CannedHttp(lambda asked: json_answer({})) as server:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("no_proxy", "")
        http = client(server.url)
        http.send("GET", "/x")
        http.close()
        assert (proxy.accepted, server.accepted) == (0, 1)


def test_no_query_and_no_body_is_ever_logged(caplog: pytest.LogCaptureFixture) -> None:
    """A WeCom token stands in the query, and a common client logs whole addresses at INFO."""
    before = threading.active_count()
    with caplog.at_level(logging.DEBUG), CannedHttp(lambda asked: json_answer({"t": "geheim"})) as server:
        http = client(server.url, headers={"Authorization": "geheim"})
        http.send("POST", "/x", query={"access_token": "geheim"}, content=b"geheim", writes=True)
        http.close()
    assert "geheim" not in caplog.text
    until = time.monotonic() + 10
    while threading.active_count() > before:  # the server's own are on their way out
        assert time.monotonic() < until, "a client has no threads"
        time.sleep(0.01)
