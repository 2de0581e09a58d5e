"""Who sees status events, who may ask about them, and what is on record of it (S18)."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ROSTER_USER, USER
from scim_server.store.tokens import FRESH, create_token
from tests.scim.house import made, patch_op, refused
from tests.scim.officials import ALL, CASE, EVENTS, HIRE, SECRETS, STATES, Bureau, official

pytestmark = pytest.mark.anyio

SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
LOCK = {"value": "i1", "type": "other-lock", "effectiveDate": "2026-03-02", "reason": "CANARY-reason"}
ASKED = "statusEvents: asked by filter or order"
QUESTIONS: list[dict[str, str]] = [
    {"filter": f"{EVENTS} pr"},
    {"filter": f"{EVENTS}.type pr"},
    {"filter": f'{EVENTS}[type eq "investigation"]'},
    {"filter": f'{EVENTS}[type eq "investigation" and workSuspended eq true]'},
    {"filter": f'{EVENTS.upper()}.AUTHORITY co "CANARY"'},
    {"filter": f'not ({EVENTS}.type eq "investigation")'},
    {"filter": f'userName pr and {EVENTS}.outcome eq "cleared"'},
    {"filter": f'userName eq "nobody" and {EVENTS}.outcome pr'},
    {"filter": f'externalId eq "YZ1" or {EVENTS}.effectiveDate gt "2026-01-01"'},
    {"filter": f"{EVENTS} eq null"},
    {"sortBy": EVENTS},
    {"sortBy": f"{EVENTS}.type", "sortOrder": "descending"},
    {"sortBy": f"{EVENTS}.workSuspended", "filter": 'userName eq "nobody"'},
]


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    """YZ1 is under a case that shows nowhere, YZ2 is not; YZ3 is suspended, YZ4 locked for another reason."""
    found = Bureau(tmp_path, "2026-03-09")
    async with found.client() as scim:
        await found.furnish(scim)
        for key, events in (
            ("YZ1", [HIRE, {**CASE, "workSuspended": False}]),
            ("YZ2", [HIRE]),
            ("YZ3", [HIRE, CASE]),
            ("YZ4", [HIRE, LOCK]),
        ):
            await made(scim, "/Users", official(key, events=events))
    yield found
    found.house.close()


@pytest.fixture
async def auditor(bureau: Bureau) -> AsyncIterator[httpx.AsyncClient]:
    async with bureau.client("auditor") as client:
        yield client


async def id_of(scim: httpx.AsyncClient, key: str) -> str:
    found = (await scim.get("/Users", params={"filter": f'externalId eq "{key}"'})).json()["Resources"]
    return str(found[0]["id"])


def events_of(resource: dict[str, Any]) -> Any:
    return resource.get(ROSTER_USER, {}).get("statusEvents")


def anonymous(text: str) -> str:
    """An answer without what differs between any two people."""
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z", "AT", text)
    return re.sub(r"YZ\d|yz\d", "KEY", text)


# -- reading


@pytest.mark.parametrize("role", ["hr", "admin"])
async def test_events_are_shown_where_they_are_named_and_never_else(bureau: Bureau, role: str) -> None:
    async with bureau.client(role) as scim:
        id = await id_of(scim, "YZ3")
        for attributes in (None, USER, ROSTER_USER, STATES, f"{ROSTER_USER}:assignments", "userName"):
            asked = {} if attributes is None else {"attributes": attributes}
            assert events_of((await scim.get(f"/Users/{id}", params=asked)).json()) is None
        bare = [HIRE, {name: CASE[name] for name in ("value", "type", "effectiveDate")}]
        assert events_of((await scim.get(f"/Users/{id}", params={"attributes": EVENTS})).json()) == bare
        assert events_of((await scim.get(f"/Users/{id}", params={"attributes": ALL})).json()) == [HIRE, CASE]
        some = (await scim.get(f"/Users/{id}", params={"attributes": f"{EVENTS}.authority,{EVENTS}.value"})).json()
        assert events_of(some) == [{"value": "h1"}, {"value": "i1", "authority": "CANARY-authority"}]
        without = {"attributes": ALL, "excludedAttributes": EVENTS}
        assert events_of((await scim.get(f"/Users/{id}", params=without)).json()) is None


async def test_every_way_of_reading_shows_them_to_the_role(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id, asked = await id_of(scim, "YZ3"), {"attributes": ALL, "filter": 'externalId eq "YZ3"'}
    message = {"schemas": [SEARCH], "attributes": ALL.split(","), "filter": asked["filter"]}
    lists = [
        await scim.get("/Users", params=asked),
        await scim.get("/", params=asked),
        await scim.get("/Users", params={**asked, "cursor": ""}),
        await scim.get("/Users", params={**asked, "filter": f"{asked['filter']} and title pr"}),
        await scim.post("/Users/.search", json=message),
        await scim.post("/.search", json=message),
    ]
    for answer in lists:
        assert [events_of(each) for each in answer.json()["Resources"]] == [[HIRE, CASE]], answer.text
    rename = patch_op({"op": "replace", "path": "title", "value": "科长"})
    answer = await scim.patch(f"/Users/{id}", json=rename, params={"attributes": ALL})
    assert events_of(answer.json()) == [HIRE, CASE]


@pytest.mark.parametrize(("role", "seen"), [("hr", [HIRE, CASE]), ("auditor", None)])
async def test_who_is_bound_to_a_user_sees_what_the_role_sees(bureau: Bureau, role: str, seen: object) -> None:
    house = bureau.house
    mine = await house.write(lambda connection: create_token(connection, "her", role, house.clock, "user.yz3"))
    await asyncio.sleep(FRESH)  # what the server has read of the tokens is good for so long
    house.tokens = {**house.tokens, "her": mine}
    async with bureau.client("her") as scim:
        answer = await scim.get("/Me", params={"attributes": f"userName,{ALL}"})
        assert answer.json()["userName"] == "user.yz3"
        assert events_of(answer.json()) == seen
    assert len(bureau.looks()) == (seen is not None)


async def test_an_auditor_sees_of_every_one_the_same(bureau: Bureau, auditor: httpx.AsyncClient) -> None:
    ids = [await id_of(auditor, key) for key in ("YZ1", "YZ2", "YZ3", "YZ4")]
    for attributes in (None, ALL, EVENTS, f"{EVENTS}.authority", f"userName,{EVENTS}.type", STATES):
        asked = {} if attributes is None else {"attributes": attributes}
        answers = [await auditor.get(f"/Users/{id}", params=asked) for id in ids]
        assert "statusEvents" not in answers[0].text + answers[2].text
        assert anonymous(answers[0].text) == anonymous(answers[1].text)
        assert anonymous(answers[2].text) == anonymous(answers[3].text)
        assert [each.headers["etag"] for each in answers] == ['W/"1"'] * 4
    listed = await auditor.get("/Users", params={"attributes": ALL})
    assert "statusEvents" not in listed.text
    assert listed.text.count('"requiredStates"') == 4
    found = await auditor.post("/.search", json={"schemas": [SEARCH], "attributes": ALL.split(",")})
    assert "statusEvents" not in found.text
    assert bureau.looks() == []


async def test_required_states_are_for_everybody_who_names_them(
    bureau: Bureau, scim: httpx.AsyncClient, auditor: httpx.AsyncClient
) -> None:
    locked = {"ldap": "locked", "oa": "locked", "wecom": "locked", "attendance": "active"}
    for client in (scim, auditor):
        found = await client.get(
            "/Users", params={"filter": f'{STATES}.ldap eq "locked"', "attributes": STATES, "sortBy": f"{STATES}.oa"}
        )
        assert [each[ROSTER_USER] for each in found.json()["Resources"]] == [{"requiredStates": locked}] * 2
    assert bureau.looks() == []


# -- asking


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
async def test_without_the_role_the_refusal_says_nothing(tmp_path: Path, question: dict[str, str]) -> None:
    """Before anybody is there, and where there are people with and without such events: the same bytes."""
    bureau = Bureau(tmp_path, "2026-03-09")
    message = {"schemas": [SEARCH], **question}
    answers = []
    async with bureau.client("auditor") as auditor, bureau.client() as scim:
        for events in (None, [HIRE], [HIRE, CASE]):
            if events is None:
                await bureau.furnish(scim)
            else:
                await made(scim, "/Users", official(f"YZ{len(events)}", events=events))
            answers += [await auditor.get(path, params=question) for path in ("/Users", "/")]
            answers += [await auditor.get("/Users", params={**question, "cursor": "", "count": 1})]
            answers += [await auditor.post(path, json=message) for path in ("/Users/.search", "/.search")]
    details = {refused(each, 403) for each in answers}
    assert len({each.content for each in answers}) == len(details) == 1
    assert bureau.looks() == []
    bureau.house.close()


async def test_with_the_role_every_question_is_answered(scim: httpx.AsyncClient) -> None:
    async def found(**asked: str) -> list[str]:
        answer = await scim.get("/Users", params={"attributes": "externalId", **asked})
        assert answer.status_code == 200, answer.text
        return [each["externalId"] for each in answer.json()["Resources"]]

    assert await found(filter=f'{EVENTS}[type eq "investigation"]') == ["YZ1", "YZ3"]
    assert await found(filter=f'{EVENTS}[type eq "investigation" and workSuspended eq true]') == ["YZ3"]
    assert await found(filter=f'{EVENTS}[type eq "hire" and workSuspended eq true]') == []
    assert await found(filter=f'{EVENTS}.authority co "canary"') == []  # caseExact
    assert await found(filter=f'{EVENTS}.authority co "CANARY"') == ["YZ1", "YZ3"]
    assert await found(filter=f'{EVENTS}.value eq "i1" and active eq true') == ["YZ1"]
    assert await found(filter=f'not ({EVENTS}.value eq "i1")') == ["YZ2"]
    assert await found(filter=f"{EVENTS}.reason pr") == ["YZ4"]
    assert await found(filter=f"{EVENTS} pr") == ["YZ1", "YZ2", "YZ3", "YZ4"]
    assert await found(filter=f'{EVENTS}.effectiveDate ge "2026-03-02"') == ["YZ1", "YZ3", "YZ4"]
    assert await found(sortBy=EVENTS) == ["YZ1", "YZ2", "YZ3", "YZ4"]  # of each the first event


# -- what is on record


async def test_each_look_is_on_record(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    people = (await scim.get("/Users")).json()["Resources"]
    ids = [each["id"] for each in people]
    subjects = ids  # a subject bears the id of its first resource
    assert bureau.looks() == []
    await scim.get(f"/Users/{ids[2]}", params={"attributes": EVENTS})
    await scim.get(f"/Users/{ids[1]}", params={"attributes": f"userName,{EVENTS}.type"})
    assert bureau.looks() == [("hr", "statusEvents", subjects[2]), ("hr", "statusEvents", subjects[1])]
    async with bureau.client("admin") as admin:
        await admin.get("/", params={"attributes": ALL})
    assert bureau.looks()[2:] == [("admin", "statusEvents", subject) for subject in subjects]
    await scim.get("/Users", params={"filter": f'{EVENTS}[type eq "other-lock"]'})
    assert bureau.looks()[6:] == [("hr", ASKED, subjects[3]), ("hr", ASKED, "*")]
    await scim.get("/Users", params={"filter": f'externalId eq "YZ2" and {EVENTS}[type eq "other-lock"]', "count": "0"})
    await scim.get("/Users", params={"sortBy": f"{EVENTS}.type", "count": "1"})
    assert bureau.looks()[8:] == [("hr", ASKED, "*"), ("hr", ASKED, subjects[0]), ("hr", ASKED, "*")]
    assert not any(secret in str(bureau.looks()) for secret in SECRETS)


async def test_who_has_the_version_already_is_shown_nothing(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = await id_of(scim, "YZ3")
    answer = await scim.get(f"/Users/{id}", params={"attributes": ALL}, headers={"If-None-Match": 'W/"1"'})
    assert (answer.status_code, answer.content, bureau.looks()) == (304, b"", [])


# -- errors, events


async def test_no_error_repeats_a_confidential_value(scim: httpx.AsyncClient) -> None:
    id = await id_of(scim, "YZ3")
    secret = "CANARY-authority"
    operations: list[dict[str, Any]] = [
        {"op": "replace", "path": f'{EVENTS}[authority eq "{secret}"', "value": "x"},
        {"op": "replace", "path": f'{EVENTS}[authority eq "a]{secret}"].nope{secret}', "value": "x"},
        {"op": "replace", "path": f'{EVENTS}[authority eq "nobody"].outcome', "value": secret},
        {"op": "replace", "path": f'{EVENTS}[value eq "i1"].outcome', "value": secret},
        {"op": "replace", "path": f'{EVENTS}[value eq "h1"].authority', "value": secret},
        {"op": "add", "path": EVENTS, "value": [{"value": secret, "type": secret, "effectiveDate": secret}]},
        {"op": "add", "path": EVENTS, "value": [{"value": "x", "type": "hire", "effectiveDate": secret}]},
        {"op": "add", "path": EVENTS, "value": secret},
        {"op": "add", "path": f"{EVENTS}.endDate", "value": secret},
    ]
    for operation in operations:
        answer = await scim.patch(f"/Users/{id}", json=patch_op(operation))
        assert answer.status_code == 400, answer.text
        assert secret not in answer.text
    bulk = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "PATCH", "path": f"/Users/{id}", "data": patch_op(each)} for each in operations],
    }
    assert secret not in (await scim.post("/Bulk", json=bulk)).text


async def test_the_feed_names_nothing_restricted(scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    id = await id_of(scim, "YZ2")
    await scim.patch(f"/Users/{id}", json=patch_op({"op": "add", "path": EVENTS, "value": [CASE]}))
    told = (await auditor.post("/Events", json={"returnImmediately": True, "maxEvents": 1000})).json()["sets"]
    assert told
    claims = [base64.urlsafe_b64decode(each.split(".")[1] + "==").decode() for each in told.values()]
    assert not any(
        word in text for text in claims for word in ("statusEvents", "investigation", "requiredStates", *SECRETS)
    )
    people = [anonymous(text) for text in claims if "prov:create:notice" in text and "/Users/" in text]
    assert len({re.sub(r'"(jti|txn|iat|toe)":("[^"]*"|\d+),?', "", text) for text in people}) == 1
