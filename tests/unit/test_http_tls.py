"""Whom the HTTP client talks to: certificates that hold, and addresses that may be configured."""

import ssl
import time
from pathlib import Path
from typing import Any

import pytest

from connectors.errors import Unreachable
from connectors.http.answer import Lost
from connectors.http.client import Http
from tests.servers.canned_http import CannedHttp, json_answer
from tests.servers.certificates import Authority, Certificate


def client(base: str, **settings: Any) -> Http:
    return Http(base, time.monotonic, **{"timeout": 30.0, **settings})


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


def serving(shown: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown.certificate, shown.key)
    return context


@pytest.mark.parametrize("kind", ["self-signed", "yesterday's", "another's name"])
def test_a_certificate_that_does_not_hold_is_refused_before_a_word_is_said(authority: Authority, kind: str) -> None:
    shown = {
        "self-signed": authority.self_signed,
        "yesterday's": lambda: authority.issue("old", "DNS:localhost", days=-1),
        "another's name": lambda: authority.issue("other", "DNS:elsewhere.example.cn"),
    }[kind]()
    with CannedHttp(lambda asked: json_answer({}), serving(shown)) as server:
        http = client(server.url, ca_file=str(authority.certificate))
        with pytest.raises(Unreachable, match="证书未通过校验") as raised:
            http.send("POST", "/x", content=b"geheim", writes=True)
        assert not isinstance(raised.value, Lost)
        http.close()
    assert server.asked == []


def test_a_certificate_that_holds_is_taken_and_the_machines_own_authorities_do_not_vouch_for_it(
    authority: Authority,
) -> None:
    with CannedHttp(lambda asked: json_answer({}), serving(authority.issue("good", "DNS:localhost"))) as server:
        http = client(server.url, ca_file=str(authority.certificate))
        assert http.send("GET", "/x").status == 200
        assert http.send("GET", "/x").status == 200
        http.close()
        assert server.accepted == 1
        with pytest.raises(Unreachable):
            client(server.url).send("GET", "/x")


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"ca\.crt"):
        client("https://localhost", ca_file=str(tmp_path / "ca.crt")).send("GET", "/x")


@pytest.mark.parametrize(
    "base",
    [
        "http://oa.example.cn",
        "http://10.0.0.8:8080",
        "ftp://localhost",
        "oa.example.cn",
        "https://user:pw@oa.example.cn",
        "https://oa.example.cn/x?y=1",
        "https://",
        "",
    ],
)
def test_an_address_that_one_may_not_talk_to(base: str) -> None:
    with pytest.raises(ValueError, match="url"):
        Http(base, time.monotonic)


@pytest.mark.parametrize("base", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080/x", "https://oa.cn/x"])
def test_an_address_that_one_may_talk_to(base: str) -> None:
    Http(base, time.monotonic).close()


def test_plain_http_elsewhere_is_a_decision() -> None:
    Http("http://oa.example.cn", time.monotonic, plain_http=True).close()
