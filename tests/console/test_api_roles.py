"""Who sees what, who may do what, and what is put on record of it: every operation, every role."""

import pytest

from tests.console.asker import Asker
from tests.console.town import ConsoleTown

ROLES = ("hr", "admin", "auditor")
WORDS = ("锁定", "停止工作", "金丝雀", "locked", "suspen", "陈区长", "李明", "L1", "E2")
"""What tells of a lock or of a leader, and who that is about: E2 is suspended, L1 a leader."""

# path: query, and which roles get what
SEEN = {
    "/reviews": (200, 200, 200),
    "/reviews/2026-07": (200, 200, 200),
    "/reviews/2026-07/accounts": (200, 200, 200),
    "/cases": (200, 200, 200),
    "/cases/{E1}": (200, 200, 200),
    "/cases/{L1}": (200, 200, 404),
    "/letters": (200, 200, 200),
    "/letters/{EDU}": (200, 200, 200),
    "/letters/{LEADERS}": (200, 200, 404),
    "/letters/{suspension}": (200, 200, 404),
    "/letters/{cancel}": (200, 200, 200),
    "/letters/{EDU}/document": (200, 200, 200),
    "/letters/{LEADERS}/document": (200, 200, 404),
    "/letters/{suspension}/document": (200, 200, 404),
    "/letters/{cancel}/document": (200, 200, 403),
    "/returns": (200, 200, 200),
    "/returns/r-in": (200, 200, 200),
    "/returns/r-out": (200, 200, 404),
    "/returns/r-lock": (200, 200, 404),
    "/activity/E1": (200, 200, 200),
    "/activity/L1": (200, 200, 403),
    "/openapi.json": (200, 200, 200),
    "/reviews/2026-07?restricted=true": (200, 200, 403),
    "/reviews/2026-07/accounts?restricted=true": (200, 200, 403),
    "/cases?restricted=true": (200, 200, 403),
    "/cases/{E1}?restricted=true": (200, 200, 403),
    "/letters?restricted=true": (200, 200, 403),
    "/returns?restricted=true": (200, 200, 403),
    "/returns/r-in?restricted=true": (200, 200, 403),
    "/deadlines?restricted=true": (None, None, 403),
    "/reports/letters?restricted=true": (None, None, 403),
    "/reports/zero-activity?restricted=true": (None, None, 403),
}
WRITES = {
    "/cases/{E1}/reply": {"answer": "leave", "reason": "休假", "letter": "崖教函〔2026〕9号"},
    "/returns/r-in/decision": {"choice": "back"},
    "/letters/{LEADERS}/delivered": {"at": "2026-07-08T09:00:00+08:00"},
    "/letters/{LEADERS}/void": {"reason": "发错"},
    "/reviews/2026-07/close": {},
    "/reviews/2026-07/instruction": {"number": "批〔2026〕1号", "on": "2026-07-08", "instructedBy": "区政府"},
}


def address(town: ConsoleTown, path: str) -> str:
    cases = {key: town.case(key) for key in ("E1", "L1")}
    return path.format(**cases, **town.letters)


@pytest.mark.parametrize("path", SEEN)
def test_who_sees_what(console: Asker, path: str) -> None:
    where = address(console.town, path)
    for role, status in zip(ROLES, SEEN[path], strict=True):
        if status is not None:
            console.ask("GET", where, role, status)
    assert "WWW-Authenticate" in console.ask("GET", where, None, 401).headers


@pytest.mark.parametrize("path", WRITES)
def test_an_auditor_and_a_stranger_write_nothing(console: Asker, path: str) -> None:
    where, before = address(console.town, path), console.town.rows("SELECT seq FROM trace ORDER BY seq")
    for role, status in (("auditor", 403), (None, 401)):
        console.ask("POST", where, role, status, json=WRITES[path])
        console.ask("POST", where, role, status, content=b"\xff not read")
    assert console.town.rows("SELECT seq FROM trace ORDER BY seq") == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_what_is_not_possible_is_possible_for_nobody(console: Asker, method: str) -> None:
    for role in ROLES:
        for path in ("/reviews", "/cases/x", "/letters/x", "/openapi.json", "/reports/sync"):
            answer = console._ask(role, method, path, json={})
            assert answer.status_code == 405, (role, path)
            assert answer.json()["status"] == 405
            assert "GET" in answer.headers["allow"]


RESTRICTED = [
    ("/cases/{L1}", "console case", True),
    ("/cases/{E1}?restricted=true", "console case", True),
    ("/cases?restricted=true", "console cases", False),
    ("/letters/{LEADERS}", "console letter", True),
    ("/letters/{suspension}/document", "console document", True),
    ("/letters/{cancel}/document", "console document", True),
    ("/letters?restricted=true", "console letters", False),
    ("/returns/r-lock", "console return", True),
    ("/returns?restricted=true", "console returns", False),
    ("/reviews/2026-07?restricted=true", "console review", False),
    ("/reviews/2026-07/accounts?restricted=true", "console accounts", False),
    ("/activity/E1", "console activity", True),
]


@pytest.mark.parametrize(("path", "what", "of_one"), RESTRICTED)
def test_each_look_is_on_record(console: Asker, path: str, what: str, of_one: bool) -> None:
    before = len(console.town.looks())
    console.ask("GET", address(console.town, path), "admin")
    ((actor, said, subject),) = console.town.looks()[before:]
    assert actor == "admin-console"
    assert said.startswith(what)
    assert (subject != "*") is of_one


def test_what_everybody_may_see_is_looked_at_without_a_record(console: Asker) -> None:
    before = len(console.town.looks())
    for path in (
        "/reviews",
        "/cases",
        "/cases/{E1}",
        "/letters",
        "/letters/{EDU}/document",
        "/returns",
        "/returns/r-in",
    ):
        console.ask("GET", address(console.town, path), "hr")
    for path in ("/cases/{L1}", "/letters/{LEADERS}", "/returns/r-lock", "/cases?restricted=true"):
        console._ask("auditor", "GET", address(console.town, path))  # who is refused has seen nothing
    assert len(console.town.looks()) == before


PUBLIC = ("/reviews", "/reviews/2026-07", "/cases", "/letters", "/returns", "/activity/E1", "/letters/{EDU}")
REPORTS = ("/reports/zero-activity", "/reports/letters?part=outgoing")


@pytest.mark.parametrize(
    ("path", "role"),
    [(path, role) for path in PUBLIC for role in ("hr", "auditor")] + [(each, "hr") for each in REPORTS],
)
def test_no_face_for_everybody_tells_of_a_lock(console: Asker, path: str, role: str) -> None:
    """Nor of a leader's silence; and the same for whoever might see more but has not asked."""
    said = console.ask("GET", address(console.town, path), role).text
    assert [word for word in WORDS if word in said] == []
    assert len(said) > 20


def test_an_account_that_is_left_out_looks_like_any_other(console: Asker) -> None:
    rows = {
        (each["externalId"], each["system"]): each for each in console.all("/reviews/2026-07/accounts", "auditor", 5)
    }
    assert {rows[key, "oa"]["reason"] for key in ("E2", "E3", "E6")} == {"not-throughout"}
    assert rows["E5", "wecom"]["reason"] == "not-throughout"
    assert ("L1", "oa") not in rows
    exact = {
        (each["externalId"], each["system"]): each["reason"]
        for each in console.all("/reviews/2026-07/accounts", "hr", 5, restricted="true")
    }
    assert (exact["E2", "oa"], exact["E6", "oa"], exact["E5", "wecom"]) == ("locked", "removed", "new")


def test_ids_of_what_is_not_for_an_auditor_answer_like_none(console: Asker) -> None:
    for kind, known in (("cases", "{L1}"), ("letters", "{LEADERS}"), ("returns", "r-lock")):
        there = console.get(address(console.town, f"/{kind}/{known}"), "auditor", 404)
        assert there == console.get(f"/{kind}/0193-none", "auditor", 404)
