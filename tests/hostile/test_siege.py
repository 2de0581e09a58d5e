"""Rows 30 to 35: each hostile request is answered within 5 seconds by a SCIM error, and nobody else is kept waiting.

The bystander's reads stay under 250 ms during every case. The machine is not ours alone: a case during which
a read took longer is sent once more, and only a read that is slow again counts. What blocks the server does so
each time; a neighbour's burst of work does not come twice in the same place.
"""

import json
import time

import pytest

from tests.flows.client import Hr
from tests.hostile.bodies import GOOD, JSON, LARGE
from tests.hostile.case import Case, operations
from tests.hostile.filters import FILTERS, PATCHES
from tests.hostile.heads import ADDRESSES, FRAMING
from tests.hostile.lurkers import SILENT, SLOW, STUCK
from tests.hostile.siege import CANARY, Siege
from tests.hostile.wire import PATIENCE, knock, listen, request, say
from tests.servers.tempo import allowed

CASES = {"large": LARGE, "json": JSON, "filter": FILTERS, "patch": PATCHES, "framing": FRAMING, "address": ADDRESSES}
USERS = "/scim/v2/Users"
QUICK = 250.0  # ms
HEAVIER = 200.0  # MB
NAMED = [pytest.param(case, id=f"{kind}: {case.name}") for kind, cases in CASES.items() for case in cases]


@pytest.mark.parametrize("case", NAMED)
def test_one_clean_answer(siege: Siege, case: Case) -> None:
    heard, slowest = siege.send(case)
    assert [answer.status for answer in heard.answers] == [case.status], heard.answers
    error = heard.answers[0].error
    if case.scim_type is not None:
        assert error["scimType"] == case.scim_type, error
    assert heard.seconds < PATIENCE
    assert heard.closed or not case.last
    if slowest >= QUICK:
        _, slowest = siege.send(case)
    assert slowest < QUICK or slowest < allowed(QUICK)


GOING_ROUND = [
    ("PATCH", "", {"op": "replace", "path": "password", "value": CANARY}),
    ("PATCH", "", {"op": "replace", "value": {"password": CANARY}}),
    ("PATCH", "", {"op": "remove", "path": f'emails[value eq "{CANARY}"]'}),
    ("PATCH", "", {"op": "add", "path": f'password[value eq "{CANARY}"]', "value": "x"}),
    ("PATCH", "", {"op": "add", "path": f"password.{CANARY}", "value": "x"}),
    ("GET", f"?attributes=password,{CANARY}", None),
    ("GET", "?excludedAttributes=userName,password", None),
]


@pytest.mark.parametrize(("method", "query", "operation"), GOING_ROUND)
def test_a_password_is_taken_and_forgotten(
    siege: Siege, method: str, query: str, operation: dict[str, str] | None
) -> None:
    body = None if operation is None else operations(operation)
    sent = request(method, f"/scim/v2/Users/{siege.id}{query}", siege.house.secret, body)
    (answer,) = say(siege.house.port, sent).answers
    assert answer.status in (200, 400)
    assert b"password" not in answer.body.lower() or answer.error["scimType"] in ("invalidPath", "noTarget")


@pytest.mark.parametrize(
    "query",
    [
        f"filter=password%20eq%20%22{CANARY}%22",
        f"filter=not%20(password%20ne%20%22{CANARY}%22)",
        f"filter=userName%20pr%20and%20password%20sw%20%22{CANARY[:3]}%22",
        "filter=password%20pr",
        "filter=urn:ietf:params:scim:schemas:core:2.0:User:PassWord%20pr",
    ],
)
@pytest.mark.parametrize("endpoint", ["/Users", "/"])
def test_a_password_is_no_oracle(siege: Siege, endpoint: str, query: str) -> None:
    (answer,) = say(siege.house.port, request("GET", f"/scim/v2{endpoint}?{query}", siege.house.secret)).answers
    assert (answer.status, answer.error["scimType"]) == (400, "invalidFilter")
    siege.said.append(answer.body)


def test_a_list_in_the_order_of_passwords_is_none(siege: Siege) -> None:
    (answer,) = say(siege.house.port, request("GET", "/scim/v2/Users?sortBy=password", siege.house.secret)).answers
    siege.said.append(answer.body)
    if answer.status == 200:  # an attribute that nobody sees sorts nothing
        listed = [each["id"] for each in json.loads(answer.body)["Resources"]]
        assert listed == sorted(listed)
    else:
        assert answer.error["scimType"] in ("invalidPath", "invalidValue")


TOKENS = {
    "no scheme": "{0}",
    "no token": "Bearer",
    "a blank for a token": "Bearer ",
    "a tab": "Bearer\t{0}",
    "no blank": "Bearer{0}",
    "another scheme": "Basic {0}",
    "cut": "Bearer {1}",
    "too long": "Bearer {0}x",
    "in other case": "Bearer {2}",
    "in quotes": 'Bearer "{0}"',
    "twice in one field": "Bearer {0}, Bearer {0}",
    "as a list": "Bearer {0},",
    "with parameters": "Bearer {0} x=y",
    "a byte above 127": "Bearer \xe9{0}",
    "a canary": f"Bearer {CANARY}",
    "64 KB": "Bearer " + "x" * 60_000,
}


@pytest.mark.parametrize("spelled", TOKENS.values(), ids=TOKENS.keys())
def test_a_token_is_exactly_one(siege: Siege, spelled: str) -> None:
    token = siege.house.secret
    field = "Authorization: " + spelled.format(token, token[:-1], token.swapcase())
    (answer,) = say(siege.house.port, request("GET", f"/scim/v2/Users/{siege.id}", None, None, field)).answers
    assert answer.status == 401
    assert answer.error
    assert answer.headers["www-authenticate"].startswith('bearer realm="scim"')
    siege.said.append(answer.body)


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("?access_token={0}", ()),
        ("", ("Authorization: Bearer {0}", "Authorization: Bearer {0}")),
        ("", ("Proxy-Authorization: Bearer {0}", "X-Forwarded-Authorization: Bearer {0}")),
        ("", ("X-Forwarded-User: hr", "X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "Remote-User: hr")),
        ("", ("Cookie: token={0}; Authorization=Bearer {0}",)),
    ],
)
def test_a_token_comes_in_one_field_only(siege: Siege, target: str, fields: tuple[str, ...]) -> None:
    token = siege.house.secret
    told = [field.format(token) for field in fields]
    sent = request("GET", f"/scim/v2/Users/{siege.id}" + target.format(token), None, None, *told)
    (answer,) = say(siege.house.port, sent).answers
    assert answer.status == 401
    assert "www-authenticate" in answer.headers
    siege.said.append(answer.body)


def test_nobody_is_whoever_the_host_header_says(siege: Siege) -> None:
    """RFC 9112 section 3.2: the address is the configured one, also where a proxy says otherwise."""
    names = ("Host", "X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "Forwarded", "X-Forwarded-Prefix")
    fields = [f"{name}: evil.example" for name in names[1:]]
    sent = request("GET", f"http://evil.example/scim/v2/Users/{siege.id}", siege.house.secret, None, *fields)
    (answer,) = say(siege.house.port, sent.replace(b"hub.example", b"evil.example")).answers
    assert answer.status == 200
    assert b"evil" not in answer.body + str(answer.headers).encode()
    for path in ("/scim/v2", "/scim/v2/", "/readyz/", "/metrics/", "//evil.example", "/scim/v2/Users/"):
        sent = request("GET", path, siege.house.secret, None).replace(b"hub.example", b"evil.example")
        (answer,) = say(siege.house.port, sent).answers
        assert answer.status in (200, 404)
        assert b"evil" not in answer.body + str(answer.headers).encode()


def test_a_refusal_before_a_short_body_leaves_the_connection_usable(siege: Siege) -> None:
    """Once a 403 closed the connection behind a client whose body came in a second packet."""
    head, _, body = request("POST", USERS, siege.tokens["auditor"], GOOD).partition(b"\r\n\r\n")
    with knock(siege.house.port) as connection:
        for _ in range(3):
            connection.sendall(head + b"\r\n\r\n")
            refused = listen(connection, time.monotonic(), 0.1)
            assert ([each.status for each in refused.answers], refused.closed) == ([403], False)
            connection.sendall(body)
            connection.sendall(request("GET", USERS, siege.tokens["auditor"]))
            read = listen(connection, time.monotonic(), 0.1)
            assert ([each.status for each in read.answers], read.closed) == ([200], False)


def test_many_large_requests_at_once(siege: Siege) -> None:
    """Twenty clients at a time with the most that a body may hold."""
    body = next(case for case in JSON if case.name == "60,000 values")
    since = time.monotonic()
    crowd = [knock(siege.house.port) for _ in range(20)]
    for connection in crowd:
        connection.sendall(siege.bytes_of(body))
    statuses = [listen(connection, since, 0.01).answers[0].status for connection in crowd]
    for connection in crowd:
        connection.close()
    assert set(statuses) <= {400, 503}
    assert siege.slowest(since) < siege.allowed(QUICK, since)


def test_a_thousand_idle_connections_cost_little(siege: Siege) -> None:
    before, began = siege.resident(), time.monotonic()
    crowd = [knock(siege.house.port) for _ in range(1000)]
    say(siege.house.port, request("GET", "/readyz", None))
    time.sleep(0.3)
    assert (siege.resident() - before) * 1024 / len(crowd) < 100  # KB each
    for connection in crowd:
        connection.close()
    assert siege.slowest(began) < siege.allowed(QUICK, began)


@pytest.mark.parametrize(
    ("kind", "count", "statuses", "seconds"),
    [("slow", SLOW, (408,), 10), ("silent", SILENT, (), 10), ("stuck", STUCK, (408,), 30)],
)
def test_who_says_little_is_not_waited_for(
    siege: Siege, kind: str, count: int, statuses: tuple[int, ...], seconds: int
) -> None:
    assert siege.lurkers.gone.wait(40)
    ends = siege.lurkers.ends[kind]
    assert len(ends) == count
    assert {(end.statuses, end.closed) for end in ends} == {(statuses, True)}
    assert seconds - 1 < min(end.seconds for end in ends)
    assert max(end.seconds for end in ends) < allowed(seconds + 4)


def test_nobody_was_kept_waiting(siege: Siege) -> None:
    """Where one read in a hundred is slow, the machine may have been so for a seventh of the time, and be at rest now:
    they come one after the other, and the quick ones take little time.
    """
    reads = sorted(siege.reads())
    assert reads[0] >= 0
    assert reads[int(len(reads) * 0.99)] < siege.allowed(QUICK / 4, share=6 / 7)


def test_memory_has_not_grown_much(siege: Siege) -> None:
    assert siege.resident() - siege.before < HEAVIER


def test_nothing_has_changed(siege: Siege) -> None:
    hr = Hr(siege.house.base, siege.house.secret)
    assert hr.everything("Users") + hr.everything("Groups") == siege.roster
    hr.close()


def test_the_log_is_quiet(siege: Siege) -> None:
    said = siege.house.said()
    assert "Traceback" not in said
    assert "ERROR" not in said
    quiet = [line for line in said.splitlines() if "huaming.scim: answered" not in line]  # one a write, and no more
    assert len(quiet) < 30, quiet


def test_no_secret_is_told_or_kept(siege: Siege) -> None:
    kept = [path.read_bytes() for path in siege.house.folder.iterdir() if path.suffix != ".toml"]
    for secret in (*siege.tokens.values(), CANARY):
        assert [secret for each in (*kept, *siege.said) if secret.encode() in each] == []
