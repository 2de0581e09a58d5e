"""Hostile and clumsy requests: each gets one problem document with a sentence, and changes nothing."""

from time import sleep
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from tests.console.asker import Asker

REPLY = {"answer": "leave", "reason": "休假", "letter": "崖教函〔2026〕9号"}
DEEP = b"[" * 100 + b"]" * 100


def place(console: Asker) -> str:
    return f"/cases/{console.town.case('E4', 'wecom')}/reply"


BODIES: list[tuple[Any, str]] = [
    ({}, "/answer"),
    ([], ""),
    ("x", ""),
    (None, ""),
    (REPLY | {"answer": "vanished"}, "/answer"),
    (REPLY | {"answer": ["leave"]}, "/answer"),
    (REPLY | {"reason": ""}, "/reason"),
    (REPLY | {"reason": "   "}, "/reason"),
    (REPLY | {"reason": "x" * 1001}, "/reason"),
    (REPLY | {"reason": 5}, "/reason"),
    (REPLY | {"reason": "a\u0000b"}, "/reason"),
    (REPLY | {"reason": "a\nb"}, "/reason"),
    (REPLY | {"letter": "\u202e崖教函"}, "/letter"),
    (REPLY | {"on": "2026-13-01"}, "/on"),
    (REPLY | {"on": "2026-02-30"}, "/on"),
    (REPLY | {"on": "20260701"}, "/on"),
    (REPLY | {"on": 5}, "/on"),
    (REPLY | {"correct": "true"}, "/correct"),
    (REPLY | {"correct": 1}, "/correct"),
    (REPLY | {"departure": "vanished"}, "/departure"),
    (REPLY | {"case": "another"}, "/case"),
    (REPLY | {"left_on": "2026-07-01"}, "/left_on"),
    (REPLY | {"__proto__": {}}, "/__proto__"),
    (REPLY | {"a/b~c": 1}, "/a~1b~0c"),
    (REPLY | {"n" * 5000: 1}, "/" + "n" * 64),
]


@pytest.mark.parametrize(("body", "pointer"), BODIES, ids=[str(number) for number in range(len(BODIES))])
def test_what_is_wrong_in_a_body_is_told_and_where(console: Asker, body: Any, pointer: str) -> None:
    said = console.ask("POST", place(console), "hr", 400, content=orjson.dumps(body)).json()
    assert pointer in [each["pointer"] for each in said["errors"]]
    assert console.get(place(console).removesuffix("/reply"))["state"] == "open"


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"\xff\xfe", {}, 400),
        (b'{"answer": "leave", "answer": "left"}', {}, 400),
        (b'{"reason": "\\ud800"}', {}, 400),
        (b'{"reason": NaN}', {}, 400),
        (DEEP, {}, 400),
        (b" " * (64 * 1024 + 1), {}, 413),
        (b"{}", {"Content-Type": "text/plain"}, 415),
        (b"{}", {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"{}", {"Content-Encoding": "gzip"}, 415),
        (b"{}", {"Content-Length": "99999999999"}, 413),
        (b"{}", {f"X-{number}": "x" for number in range(120)}, 431),
    ],
)
def test_what_is_no_body(console: Asker, content: bytes, headers: dict[str, str], status: int) -> None:
    console.ask("POST", place(console), "hr", status, content=content, headers=headers)


def test_a_body_that_never_ends_is_cut_off(console: Asker) -> None:
    async def endless() -> Any:
        while True:
            yield b" " * 65536

    console.ask("POST", place(console), "hr", 413, content=endless())


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        ("/cases", {"nonsense": "1"}, "/nonsense"),
        ("/cases", {"count": "0"}, "/count"),
        ("/cases", {"count": "1001"}, "/count"),
        ("/cases", {"count": "-1"}, "/count"),
        ("/cases", {"count": "many"}, "/count"),
        ("/cases", {"overdue": "yes"}, "/overdue"),
        ("/cases", {"overdue": ""}, "/overdue"),
        ("/cases", {"restricted": "1"}, "/restricted"),
        ("/cases", {"state": "lost"}, "/state"),
        ("/cases", {"month": "2026-7"}, "/month"),
        ("/cases", {"department": "\x00"}, "/department"),
        ("/cases", {"department": "x" * 129}, "/department"),
        ("/cases", {"cursor": "x" * 3000}, "/cursor"),
        ("/letters", {"year": "26"}, "/year"),
        ("/letters", {"kind": "love"}, "/kind"),
        ("/returns", {"by": "2026-02-30"}, "/by"),
        ("/reviews/2026-07/accounts", {"verdict": "guilty"}, "/verdict"),
        ("/reports/letters", {"part": "all"}, "/part"),
        ("/reports/sync", {"month": "2026-07"}, "/month"),
        ("/reports/drift", {"restricted": "true"}, "/restricted"),
        ("/reports/sync", {"asOf": "2026-07-01"}, "/asOf"),
        ("/deadlines", {"asOf": "yesterday"}, "/asOf"),
        ("/openapi.json", {"x": "1"}, "/x"),
        ("/activity/E1", {"restricted": "true"}, "/restricted"),
    ],
)
def test_what_is_wrong_in_a_query_is_told_and_where(console: Asker, path: str, query: Any, pointer: str) -> None:
    said = console.get(path, status=400, **query)
    assert [each["pointer"] for each in said["errors"]] == [pointer]


@pytest.mark.parametrize("query", ["?count=1&count=2", "?count=%ff", "?" + "&".join(f"a{n}=1" for n in range(200))])
def test_a_query_that_two_readers_could_read_differently(console: Asker, query: str) -> None:
    console.ask("GET", f"/cases{query}", "hr", 400)


@pytest.mark.parametrize(
    "path",
    [
        "/cases/%00", "/cases/" + "x" * 200, "/letters/%E2%80%AE%0A", "/letters/' OR 1=1 --", "/returns/%00",
        "/reviews/2026-99", "/reviews/latest", "/reviews/2026-07'", "/activity/%00", "/reports/secrets", "/nowhere",
        "/", "", "/cases/", "/cases/x/y/z",
    ],
)  # fmt: skip
def test_addresses_that_are_none(console: Asker, path: str) -> None:
    answer = console._ask("hr", "GET", path)
    assert answer.status_code == 404, path
    assert answer.json()["status"] == 404


@pytest.mark.parametrize("token", ["", "Bearer", "Bearer x", "Basic aHI6aHI=", "Bearer a, Bearer b"])
def test_who_is_nobody_learns_nothing(console: Asker, token: str) -> None:
    for path in ("/cases", "/openapi.json", "/nowhere"):
        said = console.ask("GET", path, None, 401, headers={"Authorization": token})
        assert said.headers["www-authenticate"].startswith("Bearer")


def test_a_revoked_token_is_dead(own_console: Asker) -> None:
    own_console.get("/cases", "auditor")
    own_console.town.run("token-revoke", name="auditor-console")
    sleep(1.1)  # a second is what the server may take to notice
    own_console.get("/cases", "auditor", 401)


def test_a_store_that_cannot_be_read_is_our_trouble_and_passes(own_console: Asker) -> None:
    """503 with Retry-After; nothing of the inside is told."""
    with _without(own_console, "cases"):
        said = own_console.get("/cases", status=503)
        assert "SELECT" not in str(said)
        assert "cases" not in said["detail"]
    own_console.get("/cases")


def test_an_answer_that_is_none_of_ours_is_our_fault(own_console: Asker, caplog: pytest.LogCaptureFixture) -> None:
    """It was told as 400, as if the request were wrong, and nothing stood in the log."""
    town = own_console.town
    spoilt = text("UPDATE cases SET answer = 'CANARY'")
    town._wait(town.house.writer.commit(lambda connection: connection.execute(spoilt)))
    said = own_console.get(f"/cases/{town.case('E1')}", status=500, restricted="true")
    assert "CANARY" not in str(said) + caplog.text
    assert "ValidationError" in caplog.text


class _without:
    """A table is gone for a while."""

    def __init__(self, console: Asker, table: str) -> None:
        self._console, self._table = console, table

    def __enter__(self) -> None:
        self._rename(self._table, f"{self._table}_away")

    def __exit__(self, *_: Any) -> None:
        self._rename(f"{self._table}_away", self._table)

    def _rename(self, old: str, new: str) -> None:
        house = self._console.town.house
        self._console.town._wait(
            house.writer.commit(lambda connection: connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}")))
        )


def test_head_answers_like_get_without_a_body(console: Asker) -> None:
    answer = console._ask("hr", "HEAD", "/cases")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
