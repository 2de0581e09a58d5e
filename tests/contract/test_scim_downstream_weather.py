"""SCIM services in bad weather: answers that are lost, cut or no answers, refusals by every scimType, busy, closed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from connectors.errors import ConnectorError, Denied
from connectors.http.answer import Busy
from connectors.scim.connector import ScimConnector
from mappings.model import (
    Action,
    AlreadySo,
    Conflict,
    Done,
    Outcome,
    Refused,
    Retry,
    Unknown,
)
from tests.contract.odd_link import Linked, do, group, links, person, wanted, wanted_group
from tests.servers.canned_http import Asked, answered
from tests.servers.faultproxy import FaultProxy
from tests.servers.odd_scim import OddScim, no

HTML = answered(200, b"<!DOCTYPE html><title>login</title>", "text/html")
AFTERWARDS: dict[str, Callable[[bytes], bytes]] = {
    "lost": lambda answer: b"",
    "cut": lambda answer: answer[:-5] if answer.endswith(b"}") else answer[:-20],
    "html": lambda answer: HTML,
    "not-json": lambda answer: answered(200, b"OK"),
    "a-list": lambda answer: answered(200, b"[]"),
    "500": lambda answer: answered(500),
    "moved": lambda answer: answered(302, Location="http://127.0.0.1:1/"),
}


@pytest.fixture
def linked() -> Iterator[Linked]:
    with links() as link:
        yield link


def only(method: str, answer: Callable[[bytes], bytes]) -> Callable[[Asked, Callable[[], bytes]], bytes]:
    """Does it, and answers otherwise."""
    return lambda asked, done: answer(done()) if asked.method == method else done()


def refusing(method: str, reply: bytes) -> Callable[[Asked, Callable[[], bytes]], bytes]:
    """Does nothing, and answers that."""
    return lambda asked, done: reply if asked.method == method else done()


def a_write(connector: ScimConnector, method: str) -> Outcome:
    """The operation on person 1 that uses that method."""
    if method == "POST":
        return do(connector, Action.CREATE, person(1), wanted(1))
    if method == "DELETE":
        return do(connector, Action.REMOVE, person(1))
    return do(connector, Action.UPDATE, person(1), wanted(1, title="科长"))


def a_service(method: str, **switches: Any) -> OddScim:
    service = OddScim(patch=method != "PUT", **switches)
    if method != "POST":
        service.put(userName="u1", externalId="E1", title="科员")
    return service


@pytest.mark.parametrize("fault", AFTERWARDS)
@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
def test_a_write_whose_answer_is_none_is_unknown_and_the_next_look_tells(
    linked: Linked, method: str, fault: str
) -> None:
    service = a_service(method)
    service.instead = only(method, AFTERWARDS[fault])
    connector = linked(service)
    assert isinstance(a_write(connector, method), Unknown)
    service.instead = None
    assert a_write(connector, method) == AlreadySo()
    assert len(service.users) == (method != "DELETE")


@pytest.mark.parametrize("fault", AFTERWARDS)
@pytest.mark.parametrize("kind", [person, group])
def test_a_read_whose_answer_is_none_never_says_that_nobody_is_there(linked: Linked, kind: Any, fault: str) -> None:
    service = OddScim()
    id, held = service.put(userName="u1", externalId="E1"), service.group(displayName="科1", externalId="D1")
    service.instead = only("GET", AFTERWARDS[fault])
    connector = linked(service)
    for ask in (
        lambda: connector.observe(kind(1)),
        lambda: connector.observe(kind(1, id if kind is person else held)),
        lambda: connector.observe_all(None),
        lambda: connector.departments(None),
    ):
        with pytest.raises(ConnectorError):
            ask()
    assert isinstance(do(connector, Action.CREATE, person(2), wanted(2)), Retry)
    assert isinstance(do(connector, Action.REMOVE, person(1, id)), Retry)
    assert (len(service.users), len(service.groups)) == (1, 1)


def test_a_discovery_that_is_cut_is_asked_again_and_not_taken_for_none(linked: Linked) -> None:
    service = a_service("PUT", etag=True)
    service.instead = lambda asked, done: done()[:-5] if "Config" in asked.path else done()
    connector = linked(service)
    with pytest.raises(ConnectorError):
        connector.observe(person(1))
    service.instead = None
    assert a_write(connector, "PUT") == Done()


@pytest.mark.parametrize("method", ["POST", "PATCH", "PUT", "DELETE"])
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_service_says_when_to_come_back(linked: Linked, method: str, status: int) -> None:
    service = a_service(method)
    service.instead = refusing(method, answered(status, retry_after="7"))
    outcome = a_write(linked(service), method)
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.outage) == (7.0, True)
    assert [each.get("title") for each in service.users.values()] == ([] if method == "POST" else ["科员"])


def test_a_busy_service_that_is_read_says_so(linked: Linked) -> None:
    service = OddScim(instead=refusing("GET", answered(429, retry_after="9")))
    with pytest.raises(Busy) as busy:
        linked(service).observe(person(1))
    assert busy.value.after == 9.0


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_token_that_is_not_accepted_concerns_everybody_and_is_never_shown(
    linked: Linked, method: str, status: int
) -> None:
    service = OddScim(instead=refusing(method, answered(status, b"bad token s3cret")))
    connector = linked(service, token="s3cret")
    outcome = do(connector, Action.CREATE, person(1), wanted(1))
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert "s3cret" not in outcome.text
    if method == "GET":
        with pytest.raises(Denied):
            connector.observe(person(1))


REFUSALS = [
    (400, "invalidValue", Refused),
    (400, "invalidPath", Refused),
    (400, "invalidSyntax", Refused),
    (400, "mutability", Refused),
    (400, "noTarget", Retry),
    (400, "newWord", Refused),
    (400, "", Refused),
    (403, "mutability", Refused),
    (403, "sensitive", Refused),
    (404, "", Retry),
    (405, "", Refused),
    (409, "uniqueness", Conflict),
    (409, "", Conflict),
    (412, "", Retry),
    (413, "", Refused),
    (415, "", Refused),
    (418, "", Refused),
]


@pytest.mark.parametrize(("status", "scim_type", "expected"), REFUSALS)
def test_a_refusal_is_what_the_table_says(linked: Linked, status: int, scim_type: str, expected: type) -> None:
    service = a_service("PATCH")
    service.instead = refusing("PATCH", no(status, scim_type))
    outcome = a_write(linked(service), "PATCH")
    assert type(outcome) is expected
    if isinstance(outcome, Refused):
        assert outcome.code == (scim_type or str(status))
    elif isinstance(outcome, Retry):
        assert not outcome.outage
    assert service.users["1"]["title"] == "科员"


def test_what_the_service_says_in_its_own_words_is_not_repeated(linked: Linked) -> None:
    body = '{"SCIMTYPE": "王芳 13800000000", "detail": "13800000000 is wrong", "status": "400"}'.encode()
    service = a_service("PATCH", instead=refusing("PATCH", answered(400, body)))
    outcome = a_write(linked(service), "PATCH")
    assert isinstance(outcome, Refused)
    assert "138" not in outcome.code + outcome.text


def test_who_is_gone_already_is_gone(linked: Linked) -> None:
    service = a_service("DELETE")
    service.instead = refusing("DELETE", no(404))
    assert a_write(linked(service), "DELETE") == AlreadySo()


def test_a_userName_taken_between_the_look_and_the_write_names_who_has_it(linked: Linked) -> None:
    service = OddScim()

    def meanwhile(asked: Asked, done: Callable[[], bytes]) -> bytes:
        if asked.method == "POST" and not service.users:
            service.put(userName="u1")
        return done()

    service.instead = meanwhile
    outcome = do(linked(service), Action.CREATE, person(1), wanted(1))
    assert isinstance(outcome, Conflict)
    assert outcome.holder == "u1"
    assert len(service.users) == 1


def test_a_group_that_refuses_to_let_go_does_not_keep_an_account(linked: Linked) -> None:
    service = OddScim()
    id = service.put(userName="u1", externalId="E1")
    service.group(id, displayName="动态组")
    service.instead = refusing("PATCH", no(400, "mutability"))
    assert do(linked(service), Action.REMOVE, person(1, id)) == Done()
    assert service.users == {}


def test_a_service_that_accepts_connections_and_says_nothing_is_given_up(linked: Linked) -> None:
    service = OddScim()
    with service.running() as url, FaultProxy("127.0.0.1", int(url.rpartition(":")[2])) as proxy:
        proxy.set(blackhole=True)
        connector = linked(service, url=f"http://127.0.0.1:{proxy.port}", answer_timeout=0.5)
        outcome = do(connector, Action.CREATE, group(1), wanted_group(1))
    assert isinstance(outcome, Retry)
    assert outcome.outage
    assert service.groups == {}
