"""The table's `http` checks: what the wire answers, and what holds afterwards."""

import re
from collections.abc import Callable

import httpx
import pytest

from mappings.policy.days import day_before
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER
from tests.policy.table import GROUPS, TABLE
from tests.policy.wire.acting import Acting, Json, must_answer, patch
from tests.policy.wire.bodies import acceptance_of, body_of
from tests.policy.wire.bureau import Bureau
from tests.policy.wire.conftest import Bureaus
from tests.policy.wire.looks import asked, spell, told
from tests.servers.stores import ON_POSTGRESQL, contents, store_url

HTTP: list[Json] = TABLE["http"]
EVENTS = f"{ROSTER_USER}:statusEvents"
CANARY = "Zk7-canary"  # the password of H12


def test_none_is_left_out() -> None:
    assert len(HTTP) == TABLE["meta"]["counts"]["http"]
    assert {check["id"] for check in HTTP if "after" in check and not only_holds(check["after"])} == {*AFTERWARDS}


@pytest.mark.parametrize("check", HTTP, ids=lambda check: check["id"])
def test_http(check: Json, bureaus: Bureaus) -> None:
    bureau = bureaus()
    acting = given(check, bureau)
    for step in check["steps"]:
        answer = bureau.ask(step["method"], acting.filled(step["path"]), body_of(step, acting), step["role"])
        must_answer(answer, step["expect"])
        besides = step["expect"].partition(", ")[2]
        assert not besides or BESIDES[besides](answer, acting), answer.text
    if "after" in check:
        for each in still_holding(check["after"]):
            assert told(acting, each["date"]) == asked(each), each["id"]
        AFTERWARDS.get(check["id"], lambda _: None)(acting)


# what is given


def given(check: Json, bureau: Bureau) -> Acting:
    """All Groups unless none are; the person as the acceptance has him, others beside him; the day of the check."""
    rows = re.findall(r"[RC]\d+\w*", check["given"]) or ["R201" if check["given"] == "empty" else "R101"]
    actings = [Acting(bureau, acceptance_of(row)) for row in rows]
    first = actings[0]
    bureau.on(day_of(check, first))
    for each in actings:
        each.ids = first.ids
    if check["given"] != "empty":
        first.post_groups(list(GROUPS))
    if check["given"] not in ("empty", "groups"):
        for each in actings:
            each.post_user()
    if check["id"] == "H15":
        actings[1].take(actings[1].steps[0] | {"day": bureau.day})
    first.others = actings[1:]
    return first


def day_of(check: Json, acting: Acting) -> str:
    """The day that is named, else that of the first check which is to hold, else of the acceptance's last."""
    named = re.search(r" on (\d{4}-\d\d-\d\d)", check["given"])
    holding = still_holding(check.get("after", ""))
    return named[1] if named else holding[0]["date"] if holding else acting.checks[-1]["date"]


def still_holding(after: str) -> list[Json]:
    """The checks that a sentence names: "R205-2", "R205-2 and R205-3", "R203-2 to R203-4"."""
    named = re.findall(r"([RC]\d+\w*)-(\d)(?: to [RC]\d+\w*-(\d))?", after)
    wanted = {f"{row}-{number}" for row, first, last in named for number in range(int(first), int(last or first) + 1)}
    checks = [each for row, *_ in named for each in acceptance_of(row)["checks"]]
    found = {each["id"]: each for each in checks if each["id"] in wanted}
    assert set(found) == wanted
    return list(found.values())


def only_holds(after: str) -> bool:
    """Whether a sentence says nothing but which checks still hold."""
    return re.fullmatch(r"[RC0-9a-z -]*(and|to)?[RC0-9a-z -]* (still )?holds?", after) is not None


# what else an answer must hold


def _facts(answer: httpx.Response) -> Json:
    facts: Json = answer.json().get(ROSTER_USER, {})
    return facts


def _only_what_is_named(answer: httpx.Response, acting: Acting) -> bool:
    """The case itself is shown, what it is about where it is named."""
    hire, case = _facts(answer)["statusEvents"]
    named = acting.bureau.ok("GET", f"/Users/{acting.id}?attributes={EVENTS}.workSuspended,{EVENTS}.authority")
    (full,) = (each for each in named[ROSTER_USER]["statusEvents"] if "workSuspended" in each)
    return (set(hire), case, full["workSuspended"], full["authority"]) == (
        {"value", "type", "entryRoute", "effectiveDate"},
        {"value": "e1", "type": "investigation", "effectiveDate": "2026-03-18"},
        True,
        "区纪委监委",
    )


def _detail_names(*words: str) -> Callable[[httpx.Response, Acting], bool]:
    return lambda answer, _: all(word in answer.json()["detail"] for word in words)


BESIDES: dict[str, Callable[[httpx.Response, Acting], bool]] = {
    "no statusEvents, no requiredStates": lambda answer, _: not {"statusEvents", "requiredStates"} & {*_facts(answer)},
    "i.e. value, type, effectiveDate; workSuspended, outcome, authority only where named": _only_what_is_named,
    "no statusEvents": lambda answer, _: "statusEvents" not in answer.text,
    "no password": lambda answer, _: "password" not in answer.text and CANARY not in answer.text,
    "detail names the assignment": _detail_names("s1"),
    "each 201": lambda answer, _: [each["status"] for each in answer.json()["Operations"]] == ["201"] * 5,
    "detail names the children DT-EDU-1, DT-EDU-2, DT-EDU-3, DT-SCH": _detail_names(
        "DT-EDU-1", "DT-EDU-2", "DT-EDU-3", "DT-SCH"
    ),
    "detail names DT-R101": _detail_names("DT-R101"),
    "active false in the answer": lambda answer, _: answer.json()["active"] is False,
}


# what holds afterwards


def case_keeps_its_secrets(acting: Acting) -> None:
    query = f"{EVENTS}.value,{EVENTS}.workSuspended,{EVENTS}.authority"
    shown = acting.bureau.ok("GET", f"/Users/{acting.id}?attributes={query}")
    (case,) = (each for each in shown[ROSTER_USER]["statusEvents"] if each["value"] == "e1")
    assert (case["workSuspended"], case["authority"]) == (True, "区纪委监委")


def active_on_every_day(acting: Acting) -> None:
    for check in acting.checks:
        assert set(told(acting, check["date"])["systems"].values()) == {"active"}


def active_after_the_resignation(acting: Acting) -> None:
    for day in ("2026-09-30", "2026-10-01", "2027-06-30"):
        assert set(told(acting, day)["systems"].values()) == {"active"}
    assert acting.bureau.ok("GET", f"/Users/{acting.id}")["active"] is True


def same_for_those_without_a_case(acting: Acting) -> None:
    """The answers to an auditor, about one with a case and about a roster without any."""
    check = next(each for each in HTTP if each["id"] == "H08")
    asked_of = [acting, acting.others[0]]
    answers = []
    for each in asked_of:
        questions = [(step["method"], step["path"], body_of(step, each)) for step in check["steps"]]
        questions.append(("GET", f'/Users?filter=id eq "{each.id}" and {EVENTS}[type eq "investigation"]', None))
        questions.append(("GET", f"/Users/{each.id}?attributes={EVENTS}&filter={EVENTS} pr", None))
        found = [acting.bureau.ask(method, path, body, "auditor") for method, path, body in questions]
        answers.append([(answer.status_code, answer.content.replace(each.id.encode(), b"")) for answer in found[:4]])
    assert answers[0] == answers[1]
    acting.bureau.ok("PATCH", f"/Users/{acting.id}", patch({"op": "remove", "path": f'{EVENTS}[value eq "e1"]'}))
    again = [
        acting.bureau.ask(step["method"], step["path"], body_of(step, acting), "auditor") for step in check["steps"]
    ]
    assert [(each.status_code, each.content) for each in again] == answers[0][:3]


def cleared_but_for_the_facts(acting: Acting) -> None:
    shown = acting.bureau.ok("GET", f"/Users/{acting.id}")
    assert {"title", "emails", "phoneNumbers", ENTERPRISE_USER}.isdisjoint(shown)
    assert shown[ROSTER_USER]["assignments"] == acting.user[ROSTER_USER]["assignments"]


def no_bare_lock(acting: Acting) -> None:
    assert acting.bureau.rows("SELECT * FROM marks") == []


def password_is_nowhere(acting: Acting) -> None:
    acting.bureau.close()
    held = contents(store_url(acting.bureau.store))
    assert held["changes"]
    assert CANARY not in repr(held)
    files = [path for path in acting.bureau.store.parent.rglob("*") if path.is_file()]
    assert files or ON_POSTGRESQL
    assert [path for path in files if CANARY.encode() in path.read_bytes()] == []


def one_secondment(acting: Acting) -> None:
    shown = acting.bureau.ok("GET", f"/Users/{acting.id}")
    assert [each["value"] for each in shown[ROSTER_USER]["assignments"]] == ["a1", "s1"]


def added_member_has_ended(acting: Acting) -> None:
    """The added one from today; of those who follow from an assignment none, in any department."""
    added = acting.others[0]
    assert acting.bureau.rows("SELECT department, start, \"end\" FROM marks WHERE kind = 'added-member'") == [
        ("DT-FIN", acting.bureau.day, day_before(acting.bureau.day))
    ]
    for check in acting.checks:
        assert told(acting, check["date"]) == asked(check)
    assert told(added, "2026-12-31")["concurrent"] == []


def the_same_spell(acting: Acting) -> None:
    assert spell(acting) == "h1"
    for day, state in (("2026-02-25", "removed"), ("2026-02-26", "active"), ("2026-03-01", "active")):
        assert set(told(acting, day)["systems"].values()) == {state}


AFTERWARDS: dict[str, Callable[[Acting], None]] = {
    "H01": case_keeps_its_secrets,
    "H05": active_on_every_day,
    "H06": active_after_the_resignation,
    "H08": same_for_those_without_a_case,
    "H09": cleared_but_for_the_facts,
    "H10": no_bare_lock,
    "H12": password_is_nowhere,
    "H13": one_secondment,
    "H14": no_bare_lock,
    "H15": added_member_has_ended,
    "H21": the_same_spell,
}
