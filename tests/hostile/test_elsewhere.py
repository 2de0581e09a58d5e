"""Row 49: nothing of the house goes where only an answer, a value or the environment says: a canary hears no knock.

Referrals of a directory: tests/contract/test_ldap_answers.py. What a webhook may be: tests/unit/test_alerts_sending.py.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from connectors.errors import ConnectorError
from mappings.model import AccountState, Action, Done, Kind, Operation, Presence, Ref
from scim_server.alerts.condition import Notice
from scim_server.alerts.sending import NotSent, Webhook
from scim_server.clock import Clock
from scim_server.settings import Settings
from scim_server.systems import TABLE, targets
from scim_server.telemetry import spans
from tests.servers.canned_http import Asked, CannedHttp, answered, json_answer

OWN: dict[str, dict[str, Any]] = {
    "oa": {"user": "u", "password": "p", "unit": "区", "default_post": "科员", "default_level": "科员级"},
    "wecom": {"corp_id": "c", "secret": "s"},
    "attendance": {"app_key": "k", "app_secret": "s", "doors": "8e1b2c:1"},
    "scim": {"token": "t", "trial": False},
}
BY_LDAP = {"ldap"}
REDIRECTS = (301, 302, 303, 307, 308)
PROXIES = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")


@pytest.fixture
def canary(monkeypatch: pytest.MonkeyPatch) -> Iterator[CannedHttp]:
    """Listens on loopback, and is named as everybody's proxy besides; it must hear nothing."""
    with CannedHttp(lambda _: json_answer({"access_token": "t", "errcode": 0, "id": "1"})) as one:
        for name in PROXIES:
            monkeypatch.setenv(name, one.url)
        yield one
        assert one.accepted == 0
        assert one.asked == []


def astray(canary: CannedHttp, status: int) -> Callable[[Asked], bytes]:
    """Leads every request to the canary, by its head and by every kind of address in its body."""
    place = f"{canary.url}/Users/1"
    body = (
        f'{{"Location": "{place}", "next": "{place}", "$ref": "{place}", "meta": {{"location": "{place}"}}}}'.encode()
    )
    return lambda _: answered(status, body, Location=place, Refresh=f"0; url={place}", Link=f'<{place}>; rel="next"')


def test_every_system_that_speaks_http_is_tried() -> None:
    """Row 49: a further kind of system needs its line here."""
    assert set(OWN) | BY_LDAP == TABLE.keys()


@pytest.mark.parametrize("kind", OWN)
def test_no_connector_follows_an_answer_elsewhere(canary: CannedHttp, kind: str) -> None:
    """Row 49: by all five redirects, to reading and writing alike; and no environment's proxy is asked."""
    for status in REDIRECTS:
        with CannedHttp(astray(canary, status)) as system:
            _asked_for_everything(kind, system.url)
            assert system.accepted > 0


def _asked_for_everything(kind: str, url: str) -> None:
    settings = Settings.model_validate({"systems": {kind: OWN[kind] | {"url": url, "mode": "enforce"}}})
    (target,) = targets(settings, Clock())
    connector, ref = target.connect(), Ref("s1", Kind.PERSON, "E1")
    account = AccountState("E1", Presence.ACTIVE, {"uid": ("a",), "userName": ("a",), "name": ("a",)})
    order = Operation(kind, Action.CREATE, ref, None, account, None, id="1")
    with pytest.raises(ConnectorError):
        connector.observe(ref)
    with pytest.raises(ConnectorError):
        connector.observe_all(None)
    with pytest.raises(ConnectorError):
        connector.departments(None)
    with suppress(ConnectorError):
        assert not isinstance(connector.apply(order), Done)
    list(connector.check())
    connector.close()


@pytest.mark.parametrize("status", REDIRECTS)
def test_no_webhook_follows_an_answer_elsewhere(canary: CannedHttp, status: int) -> None:
    """Row 49: an alert reaches the configured address or nobody."""
    with CannedHttp(astray(canary, status)) as hook:
        with pytest.raises(NotSent):
            Webhook(lambda: hook.url + "/send", time.monotonic).send(Notice("1", "held", "ldap", "拦下 12 项", 1.9e9))
        assert len(hook.asked) == 1


@pytest.mark.parametrize("status", REDIRECTS)
def test_no_span_follows_an_answer_elsewhere(canary: CannedHttp, status: int) -> None:
    """Row 49: the collector's address is the file's; what it answers leads nowhere."""
    with CannedHttp(astray(canary, status)) as collector:
        spans.start(collector.url)
        spans.record(spans.Span("x", "r1", "p", 0, 1))
        spans.stop()
        until = time.monotonic() + 20
        while not collector.asked:
            assert time.monotonic() < until
            time.sleep(0.01)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://169.254.169.254/latest", "gopher://x", "//x", "http://[::]"]
)
@pytest.mark.parametrize("kind", OWN)
def test_no_system_is_configured_beside_https(kind: str, url: str) -> None:
    """Row 49: only the file says where a system is; there too it is https, or loopback, or said expressly."""
    with pytest.raises(Exception, match="url"):
        targets(Settings.model_validate({"systems": {kind: OWN[kind] | {"url": url}}}), Clock())
