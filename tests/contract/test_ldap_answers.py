"""What a directory may answer: refusals, referrals, nonsense, floods. Never read as "nobody is there"."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from connectors.errors import ConnectorError, Denied, Unreachable, Unreadable
from connectors.ldap.config import LdapConfig
from connectors.ldap.connector import LdapConnector
from mappings.model import AccountState, Action, Outcome, Refused, Retry, Unknown
from tests.contract.systems.ldap import ldap_connector
from tests.contract.target import operation, ref
from tests.servers.canned import SEARCH, CannedLdap, entry, message, result, tlv
from tests.servers.tempo import allowed

ADDED, FOUND = 0x69, 0x65
FLOOD = 300  # MB that would come if nobody minded


def canned(server: CannedLdap, fast: bool, **changes: Any) -> LdapConnector:
    given = {
        "url": server.url,
        "bind_dn": "cn=huaming,dc=x",
        "bind_password": "secret",
        "base_dn": "dc=x",
        "connect_timeout": 10,
        "answer_timeout": 10,
        "fast": fast,
    }
    return ldap_connector(LdapConfig(**given | changes))


def adding(connector: LdapConnector) -> Outcome:
    attributes = {"uid": ("a",), "employeeNumber": ("E1",), "cn": ("a",), "sn": ("a",)}
    return connector.apply(operation(Action.CREATE, ref(1), None, AccountState("E1", "active", attributes)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "kind", "outage"),
    [
        (3, Retry, False),
        (10, Retry, False),
        (50, Refused, None),
        (51, Retry, True),
        (52, Retry, True),
        (53, Refused, None),
        (65, Refused, None),
        (19, Refused, None),
        (80, Retry, False),
        (32, Retry, True),
        (122, Refused, None),
    ],
)
def test_a_write_that_a_directory_declines(fast: bool, code: int, kind: type, outage: bool | None) -> None:
    def answer(number: int, tag: int) -> bytes:
        return result(number, FOUND if tag == SEARCH else ADDED, 0 if tag == SEARCH else code, "说明")

    with CannedLdap(answer) as server:
        connector = canned(server, fast)
        outcome = adding(connector)
        connector.close()
    assert isinstance(outcome, kind)
    if isinstance(outcome, Retry):
        assert outcome.outage is outage
    if isinstance(outcome, Refused):
        assert outcome.code == str(code)
        assert "说明" in outcome.text


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (3, Unreadable),
        (4, Unreadable),
        (10, Unreadable),
        (11, Unreadable),
        (32, Unreadable),
        (49, Denied),
        (50, Denied),
        (51, Unreachable),
        (52, Unreachable),
        (80, Unreadable),
        (122, Unreadable),
    ],
)
def test_a_reading_that_a_directory_declines_is_never_nobody_there(
    fast: bool, code: int, kind: type[ConnectorError]
) -> None:
    with CannedLdap(lambda number, tag: result(number, FOUND, code)) as server:
        connector = canned(server, fast)
        for read in (lambda: connector.observe(ref(1)), lambda: connector.observe_all(None)):
            with pytest.raises(kind):
                read()
        outcome = connector.apply(operation(Action.LOCK, ref(1)))
        connector.close()
    assert isinstance(outcome, Retry)


def test_a_referral_is_never_followed(fast: bool) -> None:
    with CannedLdap(lambda number, tag: result(number, FOUND, 0)) as elsewhere:
        there = f"{elsewhere.url}/ou=people,dc=x"

        def answer(number: int, tag: int) -> bytes:
            return result(number, FOUND if tag == SEARCH else ADDED, 10, referral=there)

        with CannedLdap(answer) as server:
            connector = canned(server, fast)
            with pytest.raises(Unreadable):
                connector.observe(ref(1))
            assert isinstance(adding(connector), Retry)
            connector.close()
        assert elsewhere.accepted == 0


def test_a_reference_in_mid_answer_is_never_followed_and_makes_the_reading_incomplete(fast: bool) -> None:
    with CannedLdap(lambda number, tag: result(number, FOUND, 0)) as elsewhere:
        reference = tlv(0x73, tlv(0x04, f"{elsewhere.url}/ou=people,dc=x".encode()))

        def answer(number: int, tag: int) -> bytes:
            return message(number, reference) + result(number, FOUND, 0)

        with CannedLdap(answer) as server:
            connector = canned(server, fast)
            with pytest.raises(Unreadable):
                connector.observe(ref(1))
            assert not connector.observe_all(None).complete
            connector.close()
        assert elsewhere.accepted == 0


def test_a_notice_of_disconnection_ends_the_line(fast: bool) -> None:
    notice = tlv(0x78, b"\x0a\x01\x34" + tlv(4, b"") + tlv(4, b"bye") + tlv(0x8A, b"1.3.6.1.4.1.1466.20036"))

    with CannedLdap(lambda number, tag: message(0, notice)) as server:
        connector = canned(server, fast)
        with pytest.raises(Unreachable):
            connector.observe(ref(1))
        assert isinstance(adding(connector), Unknown)
        assert server.accepted == 2
        connector.close()


@pytest.mark.parametrize(
    "nonsense",
    [
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n\r\n", id="another protocol"),
        pytest.param(b"\x30\x84\x7f\xff\xff\xff" + b"x" * 100, id="two gigabytes announced"),
        pytest.param(b"\x30\x03\x02\x01\x05", id="a message without an operation"),
        pytest.param(result(999_999, FOUND, 0), id="an answer to something else"),
        pytest.param(b"\x30\x0c\x02\x01\x05\x65\x07\x0a\x01\x00\x04\x00", id="cut short"),
    ],
)
def test_nonsense_is_an_error_and_never_nobody_there(fast: bool, nonsense: bytes) -> None:
    with CannedLdap(lambda number, tag: nonsense) as server:
        connector = canned(server, fast, answer_timeout=1)
        started = time.monotonic()
        with pytest.raises(ConnectorError):
            connector.observe(ref(1))
        outcome = adding(connector)
        assert isinstance(outcome, Unknown)
        assert time.monotonic() - started < allowed(5)
        connector.close()


def resident() -> int:
    """Resident memory of this process in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most memory that was resident while inside, over what was at the beginning, in MB."""
    before, most, over = resident(), [0], threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            most[0] = max(most[0], resident() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield most
    over.set()
    watcher.join()


@pytest.mark.parametrize("kind", ["entries", "bytes"])
def test_a_flood_is_cut_off_and_does_not_fill_the_memory(fast: bool, kind: str) -> None:
    def answer(number: int, tag: int) -> Iterator[bytes]:
        one = entry(number, "uid=a,ou=people,dc=x", cn="x" * 100_000)
        if kind == "bytes":
            yield b"\x30\x84\x7f\xff\xff\xff"
            one = b"x" * 100_000
        for _ in range(FLOOD * 10):
            yield one

    with CannedLdap(answer) as server, peak() as most:
        connector = canned(server, fast, answer_timeout=4)
        started = time.monotonic()
        with pytest.raises(ConnectorError):
            connector.observe(ref(1))
        assert time.monotonic() - started < allowed(8)
        connector.close()
    assert most[0] < (50 if fast else 150)  # ldap3 keeps what it reads several times over


@pytest.mark.parametrize("code", [49, 50, 53, 48, 8])
def test_a_bind_that_is_refused_is_denied_and_tells_no_secret(fast: bool, code: int) -> None:
    class Refusing(CannedLdap):
        def _serve(self, client: Any) -> None:
            from tests.servers.canned import _read

            with client, client.makefile("rb") as stream:
                while request := _read(stream):
                    client.sendall(result(request[0], 0x61, code))

    with Refusing(lambda number, tag: b"") as server:
        connector = canned(server, fast, bind_password="geheim-密码")
        with pytest.raises(Denied) as denied:
            connector.observe(ref(1))
        outcome = adding(connector)
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert "geheim" not in str(denied.value) + outcome.text + repr(connector.config)
