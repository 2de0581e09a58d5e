"""Confidential facts stay in the roster (S18): a canary in every such field is heard nowhere; locks look alike."""

import json
import re
from typing import Any

import httpx
import pytest

from scim_server.clock import Clock
from scim_server.scim.urns import PATCH_OP, ROSTER_USER
from tests.cli.line import inside
from tests.flows.canary import (
    CANARY,
    CASES,
    EVENTS,
    OUTCOME,
    PHONE,
    answers,
    auditor,
    client,
    department,
    employee,
    event,
)
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

Json = dict[str, Any]
REPORTS = [("report", "sync", "--format", each) for each in ("json", "csv", "html")] + [
    ("report", "letters", "--format", each) for each in ("json", "csv", "html")
]
COMMANDS = [
    *REPORTS,
    ("states",),
    ("states", "--as-of", "2026-02-01"),
    ("plan", "--json"),
    ("plan", "--as-of", "2026-06-01", "--json"),
    ("status", "--json"),
    ("doctor",),
]


def told(house: Served, *words: str) -> str:
    """What a command says, both streams; a warning's exit code is not asked here."""
    done = inside(*words, config=house.config)
    assert done.returncode in (0, 1), (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


@pytest.fixture
def aviary(house: Served) -> tuple[Served, list[str], list[str]]:
    """A running house whose people carry the canary; (house, ids of the people, ids of the Groups)."""
    with client(house, house.secret) as hr:
        groups = [_made(hr, "/Groups", department(code)) for code in ("D0", "EDU", "HEA")]
        ids = [_made(hr, "/Users", employee(name, *events)) for name, events in CASES.items()]
        ids.append(_made(hr, "/Users", employee("plain", password=f"{CANARY}-password")))
        _wrong_requests(hr, ids)
    house.settle()
    return house, ids, groups


def _made(hr: httpx.Client, path: str, body: Json) -> str:
    answer = hr.post(path, json=body)
    assert answer.status_code == 201, answer.text
    id: str = answer.json()["id"]
    return id


def _wrong_requests(hr: httpx.Client, ids: list[str]) -> None:
    """Requests that are refused for something else, or for the confidential value itself: the error does not say it."""
    wrong = employee("wrong", event("e1", "other-lock", reason=f"{CANARY}-x", endDate="1999-01-01"))
    said = [hr.post("/Users", json=wrong)]
    said.append(hr.post("/Users", json=employee("worse", event("e1", f"{CANARY}-type"))))
    said.append(hr.post("/Users", json=employee("worst", event("e1", "hire", outcome=f"{CANARY}-outcome"))))
    said.append(hr.post("/Users", json=employee("case", *CASES["case"])))
    for operation in (
        {"op": "replace", "path": f'{EVENTS}[value eq "{CANARY}-none"].endDate', "value": "2026-02-02"},
        {"op": "replace", "path": f'{EVENTS}[value eq "{CANARY}-value"].endDate', "value": f"{CANARY}-day"},
        {"op": "replace", "path": f'{EVENTS}[value eq "{CANARY}-value"].workSuspended', "value": f"{CANARY}-bool"},
    ):
        said.append(hr.patch(f"/Users/{ids[0]}", json={"schemas": [PATCH_OP], "Operations": [operation]}))
    assert {answer.status_code for answer in said} <= {400, 409}, [answer.text for answer in said]
    assert [answer.text for answer in said if CANARY in answer.text] == []


def test_nobody_without_the_role_hears_the_canary(
    aviary: tuple[Served, list[str], list[str]], openldap: OpenLdap
) -> None:
    house, ids, groups = aviary
    dump = json.dumps(openldap.search(openldap.BASE_DN, scope="SUBTREE", attributes=("*", "+")), ensure_ascii=False)
    assert "uid=case" in dump
    places = {"directory": dump, "log": house.said()}
    with auditor(house) as one:
        heard = answers(one, ids, groups)
        places |= {question: answer.text + str(answer.headers) for question, answer in heard.items()}
        asked_for = [each for each in heard if "statusEvents" in each and "filter" in each]
        assert 401 not in {answer.status_code for answer in heard.values()}
        assert {each: heard[each].text for each in asked_for if heard[each].status_code != 403} == {}
    places |= {path: httpx.get(f"{house.base}{path}").text for path in ("/metrics", "/healthz", "/readyz")}
    places |= {" ".join(words): told(house, *words) for words in COMMANDS}
    places["log afterwards"] = house.said()
    assert len(places) > 150
    assert [place for place, text in places.items() if CANARY in text] == []
    assert [place for place, text in places.items() if OUTCOME in text and "/Schemas" not in place] == []
    assert PHONE not in dump
    columns = house.rows("SELECT * FROM attempts") + house.rows("SELECT * FROM links")
    assert CANARY not in str(columns)
    assert house.rows("SELECT count(*) FROM attempts WHERE outcome = 'done'")[0][0] > 0


def test_hr_sees_what_it_wrote_and_each_look_is_recorded(aviary: tuple[Served, list[str], list[str]]) -> None:
    house, ids, _ = aviary
    with client(house, house.secret) as hr:
        shown = hr.get(f"/Users/{ids[0]}", params={"attributes": f"{EVENTS}.authority,{EVENTS}.reason"})
    assert f"{CANARY}-authority" in shown.text
    assert f"{CANARY}-reason" in shown.text
    assert house.rows("SELECT actor FROM looks JOIN subjects USING (subject) WHERE key = 'E-case'") == [("hr",)]


# -- one lock looks like another


def _locks(hr: httpx.Client, house: Served, ids: dict[str, str]) -> None:
    """Each person is locked by one write, today: the day on which this is done, not that on which it was collected."""
    today = Clock().today()
    suspended = event("e1", "investigation", workSuspended=True) | {"effectiveDate": today}
    other = event("e1", "other-lock", reason="另行安排") | {"effectiveDate": today}
    barred = [
        event("e1", "investigation") | {"effectiveDate": today},
        event("e2", "resignation") | {"effectiveDate": today},
    ]
    for name, value in (("a", [suspended]), ("b", [other]), ("c", barred), ("d", [suspended, other | {"value": "e2"}])):
        operation = {"op": "add", "path": EVENTS, "value": value}
        _patched(hr, ids[name], operation)
    bare = {"op": "replace", "path": "active", "value": False}
    _patched(hr, ids["e"], bare)
    away = {"value": "s1", "kind": "secondment", "scope": "outbound", "externalOrganization": "省教育厅"}
    away |= {"startDate": today, "sendingDepartment": "EDU"}
    outside = {"op": "add", "path": f"{ROSTER_USER}:assignments", "value": [away]}
    _patched(hr, ids["f"], outside)


def _patched(hr: httpx.Client, id: str, operation: Json) -> None:
    answer = hr.patch(f"/Users/{id}", json={"schemas": [PATCH_OP], "Operations": [operation]})
    assert answer.status_code == 200, answer.text


def test_one_lock_looks_like_another(house: Served, openldap: OpenLdap) -> None:
    """Suspension, another lock, a held exit, two at once, a bare lock: the same answers but for ids, times and names.

    Who is posted outside differs in the post itself, which is no secret, and in attendance, which closes; a bare lock
    is listed as one (S3), since it is no fact of the roster.
    """
    names = "abcdef"
    with client(house, house.secret) as hr:
        groups = [_made(hr, "/Groups", department(code)) for code in ("D0", "EDU")]
        ids = {name: _made(hr, "/Users", employee(f"same{name}")) for name in names}
        house.settle()
        _locks(hr, house, ids)
    house.settle()
    looks: dict[str, dict[str, str]] = {name: {} for name in names}
    with auditor(house) as one:
        for name, id in ids.items():
            looks[name] = {
                question.replace(id, "ID"): _anonymous(str(answer.status_code) + answer.text, name, id)
                for question, answer in answers(one, [id], groups).items()
                if id in question
            }
        feed = one.post("/Events", json={"maxEvents": 1000, "returnImmediately": True}).json()["sets"]
    for name, id in ids.items():
        looks[name]["feed"] = _anonymous(json.dumps(_events_about(feed, id)), name, id)
        entry = openldap.read(f"uid=same{name},{openldap.people}", "*", "pwdAccountLockedTime")
        looks[name]["directory"] = _anonymous(json.dumps(entry), name, id)
    for words in (("states",), ("report", "sync", "--format", "csv")):
        said = told(house, *words).splitlines()
        for name, id in ids.items():
            mine = [line for line in said if f"E-same{name}" in line]
            assert mine
            looks[name][" ".join(words)] = _anonymous("\n".join(mine), name, id)
    looks["e"]["states"] = looks["e"]["states"].replace('"anomalies":["bare-lock"]', '"anomalies":[]')
    for name in "bcde":
        assert looks[name] == looks["a"], name
    assert _at_home(looks["f"]) == _at_home(looks["a"])


def _anonymous(text: str, name: str, id: str) -> str:
    """Without ids, times and names."""
    text = text.replace(id, "ID").replace(f"same{name}", "NAME")
    text = re.sub(r"(?<=TIME,)\d+(\.\d+)?(?=,)", "SECONDS", re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+(Z|\+08:00)", "TIME", text))
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", text)


def _events_about(feed: Json, id: str) -> list[Any]:
    import jwt

    found = [jwt.decode(token, options={"verify_signature": False}) for token in feed.values()]
    return [each["events"] for each in found if id in json.dumps(each)]


def _at_home(looks: dict[str, str]) -> dict[str, str]:
    """Without the post outside, which the feed names as what was written, and without attendance."""
    post = r',?\{"value":"s1"[^{}]*\}'
    plain = {question: re.sub(post, "", text) for question, text in looks.items()}
    plain["feed"] = re.sub(r'(patch:notice": \{)"attributes": \[[^\]]*\]', r"\1", plain["feed"])
    return {question: re.sub(r'"attendance": ?"\w+"', "", text) for question, text in plain.items()}
