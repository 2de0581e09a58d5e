"""PUT, PATCH, POST, DELETE and `active` of people with facts (S1, S2, S3, S5; roster_model: what a write means)."""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER, USER
from tests.scim.house import department, made, patch_op, refused, user
from tests.scim.officials import (
    ALL,
    CASE,
    EVENTS,
    HIRE,
    POST,
    POSTS,
    STATES,
    Bureau,
    departments,
    everything,
    official,
    patched,
    states,
)

pytestmark = pytest.mark.anyio

LENT: dict[str, Any] = {
    "value": "s1",
    "kind": "secondment",
    "scope": "internal",
    "department": "G06",
    "sendingDepartment": "G02",
    "startDate": "2026-03-01",
}
LOCK: dict[str, Any] = {"value": "o1", "type": "other-lock", "effectiveDate": "2026-03-01", "reason": "CANARY-reason"}
RETIRED: dict[str, Any] = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-01"}
PEOPLE: dict[str, dict[str, Any]] = {
    "in post": {},
    "not yet": {"posts": [{**POST, "startDate": "2026-05-01"}], "events": [{**HIRE, "effectiveDate": "2026-05-01"}]},
    "lent": {"posts": [POST, LENT]},
    "under a case": {"events": [HIRE, CASE]},
    "under another lock": {"events": [HIRE, LOCK]},
    "gone": {"events": [HIRE, RETIRED]},
    "nobody's": {"posts": [], "events": []},
    "no needs": {"employmentCategory": "outsourced"},
    "case over": {"events": [HIRE, {**CASE, "endDate": "2026-03-04", "outcome": "judicial-referral"}]},
}


def names(answer: dict[str, Any]) -> set[str]:
    return set(answer[ROSTER_USER])


# -- who reads and writes back changes nothing


@pytest.mark.parametrize("who", list(PEOPLE))
@pytest.mark.parametrize("barely_locked", [False, True])
async def test_what_was_read_and_is_put_back_changes_nothing(bureau: Bureau, who: str, barely_locked: bool) -> None:
    async with bureau.client() as scim:
        id = (await made(scim, "/Users", official(**PEOPLE[who])))["id"]
        if barely_locked:
            await patched(scim, id, {"op": "replace", "path": "active", "value": False})
        before, count = await everything(scim, id), bureau.count_changes(id)
        plain = (await scim.get(f"/Users/{id}")).json()
        named = (await scim.get(f"/Users/{id}", params={"attributes": f"schemas,userName,active,{ALL}"})).json()
        bare = {name: value for name, value in plain.items() if name not in (ROSTER_USER, "active")}
        for body in (plain, before, {**plain, ROSTER_USER: {**plain[ROSTER_USER], **named[ROSTER_USER]}}, bare):
            answer = await scim.put(f"/Users/{id}", json={"schemas": plain["schemas"], **body})
            assert answer.status_code == 200, answer.text
            assert answer.json() == plain
        assert await everything(scim, id) == before
        assert bureau.count_changes(id) == count


# -- PUT


async def test_a_put_clears_core_and_enterprise_and_what_it_could_see_of_the_facts(scim: httpx.AsyncClient) -> None:
    body = official(posts=[POST, LENT], events=[HIRE, CASE], leaderLevel="district-party", accessNeeds={"oa": False})
    id = (await made(scim, "/Users", body))["id"]
    bare = {"schemas": [USER, ROSTER_USER], "userName": "user.yz1"}
    facts = {"employmentCategory": "institutional", "assignments": [POST]}
    answer = (await scim.put(f"/Users/{id}", json={**bare, ROSTER_USER: facts})).json()
    assert answer.keys().isdisjoint({"title", "emails", "name", ENTERPRISE_USER})
    assert answer["externalId"] == "YZ1"
    assert answer[ROSTER_USER] == facts
    assert (await everything(scim, id))[ROSTER_USER]["statusEvents"] == [HIRE, CASE]
    assert await departments(scim, id) == ["G02"]


async def test_a_case_is_not_ended_by_leaving_it_out(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    for key, lock in (("YZ1", CASE), ("YZ2", LOCK)):
        id = (await made(scim, "/Users", official(key, events=[HIRE, lock])))["id"]
        before, count = await everything(scim, id), bureau.count_changes(id)
        said = refused(await scim.put(f"/Users/{id}", json=official(key)), 400, "mutability")
        for operation in (
            {"op": "replace", "path": EVENTS, "value": [HIRE]},
            {"op": "remove", "path": EVENTS},
            {"op": "remove", "path": ROSTER_USER},
        ):
            said += refused(await scim.patch(f"/Users/{id}", json=patch_op(operation)), 400, "mutability")
        assert "CANARY" not in said
        assert await everything(scim, id) == before
        assert bureau.count_changes(id) == count


async def test_a_departure_left_out_of_a_put_is_taken_back(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(events=[HIRE, RETIRED])))["id"]
    assert (await states(scim, id))["ldap"] == "removed"
    answer = (await scim.put(f"/Users/{id}", json=official())).json()
    assert answer["active"] is True
    assert set((await states(scim, id)).values()) == {"active"}


async def test_a_wrong_case_is_taken_out_by_its_name(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(events=[HIRE, CASE])))["id"]
    assert (await scim.get(f"/Users/{id}")).json()["active"] is False
    found = await patched(scim, id, {"op": "remove", "path": f'{EVENTS}[value eq "i1"]'})
    assert found["active"] is True
    assert (await everything(scim, id))[ROSTER_USER]["statusEvents"] == [HIRE]


# -- PATCH


async def test_the_same_message_twice_is_one_version(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    message = {"op": "add", "path": POSTS, "value": [LENT]}
    once = await patched(scim, id, message)
    count = bureau.count_changes(id)
    assert await patched(scim, id, message) == once
    assert bureau.count_changes(id) == count
    assert once[ROSTER_USER]["assignments"] == [POST, LENT]
    assert await departments(scim, id) == ["G02", "G06"]
    moved = await patched(scim, id, {"op": "add", "path": POSTS, "value": [{**LENT, "endDate": "2026-03-08"}]})
    assert moved[ROSTER_USER]["assignments"] == [POST, {**LENT, "endDate": "2026-03-08"}]
    assert await departments(scim, id) == ["G02"]


async def test_a_value_path_reaches_into_the_facts(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(posts=[POST, LENT])))["id"]
    end = {"op": "replace", "path": f'{POSTS}[value eq "s1"].endDate', "value": "2026-03-08"}
    assert (await patched(scim, id, end))[ROSTER_USER]["assignments"][1]["endDate"] == "2026-03-08"
    assert await departments(scim, id) == ["G02"]
    hired = {"op": "replace", "path": f'{EVENTS}[value eq "h1"].effectiveDate', "value": "2026-03-10"}
    assert (await patched(scim, id, hired))["active"] is False
    refused(
        await scim.patch(
            f"/Users/{id}", json=patch_op({"op": "replace", "path": f'{POSTS}[value eq "a1"].value', "value": "x"})
        ),
        400,
        "mutability",
    )


# -- departments


@pytest.mark.parametrize("attribute", ["department", "sendingDepartment", "receivingDepartment"])
async def test_a_department_that_does_not_exist_is_refused(scim: httpx.AsyncClient, attribute: str) -> None:
    body = official(posts=[POST, {**LENT, attribute: "G99"}])
    detail = refused(await scim.post("/Users", json=body), 400, "invalidValue")
    assert attribute in detail
    assert "G99" in detail
    id = (await made(scim, "/Users", official()))["id"]
    refused(await scim.put(f"/Users/{id}", json=body), 400, "invalidValue")
    add = {"op": "add", "path": POSTS, "value": [{**LENT, attribute: "G99"}]}
    refused(await scim.patch(f"/Users/{id}", json=patch_op(add)), 400, "invalidValue")
    away = {**POST, "value": "o1", "scope": "outbound", "department": "elsewhere", "externalOrganization": "省教育厅"}
    assert (await scim.put(f"/Users/{id}", json=official(posts=[POST, away]))).status_code == 200


async def test_a_plain_group_is_no_department(scim: httpx.AsyncClient) -> None:
    await made(
        scim,
        "/Groups",
        {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "球队", "externalId": "T1"},
    )
    refused(await scim.post("/Users", json=official(posts=[{**POST, "department": "T1"}])), 400, "invalidValue")


# -- facts are given once


async def test_a_plain_user_is_given_facts_once(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", user("user.yz1", externalId="YZ1")))["id"]
    given = {"employmentCategory": "administrative", "assignments": [POST], "statusEvents": [HIRE]}
    found = await patched(scim, id, {"op": "add", "value": {ROSTER_USER: given}})
    assert found["schemas"] == [USER, ROSTER_USER]
    assert names(found) == {"employmentCategory", "assignments"}
    assert await departments(scim, id) == ["G02"]
    without = await scim.put(f"/Users/{id}", json=user("user.yz1", externalId="YZ1"))
    assert names(without.json()) == {"employmentCategory", "assignments"}
    refused(await scim.put(f"/Users/{id}", json=official("YZ2")), 400, "mutability")


async def test_who_was_deleted_comes_back_as_the_same_person(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(events=[HIRE, CASE])))["id"]
    assert (await scim.delete(f"/Users/{id}")).status_code == 204
    refused(await scim.get(f"/Users/{id}"), 404)
    refused(await scim.post("/Users", json=official()), 400, "mutability")  # the case is missing
    again = await made(scim, "/Users", official(events=[HIRE, {**CASE, "authority": None}]))
    assert again["id"] != id
    assert again["active"] is False
    assert (await everything(scim, again["id"]))[ROSTER_USER]["statusEvents"] == [HIRE, CASE]


# -- members


async def test_members_that_follow_from_facts_are_the_facts(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(posts=[POST, LENT])))["id"]
    group = (await scim.get("/Groups", params={"filter": 'externalId eq "G06"'})).json()["Resources"][0]
    assert [each["value"] for each in group["members"]] == [id]
    where = f"/Groups/{group['id']}"
    out = patch_op({"op": "remove", "path": f'members[value eq "{id}"]'})
    assert "s1" in refused(await scim.patch(where, json=out), 400, "mutability")
    for operation in (
        {"op": "add", "path": "members", "value": [{"value": id}]},
        {"op": "replace", "path": "members", "value": []},
        {"op": "remove", "path": "members"},
    ):
        assert (await scim.patch(where, json=patch_op(operation))).status_code == 200
    without = {name: value for name, value in group.items() if name != "members"}
    assert [each["value"] for each in (await scim.put(where, json=without)).json()["members"]] == [id]
    assert (await scim.get(where)).json()["meta"]["version"] == group["meta"]["version"]
    groups = (await scim.get(f"/Users/{id}")).json()["groups"]
    assert [each["type"] for each in groups] == ["direct", "direct"]
    assert [each["display"] for each in groups] == ["部门 G02", "部门 G06"]


# -- Bulk


async def test_a_bulk_does_departments_before_the_people_of_them(scim: httpx.AsyncClient) -> None:
    def post(path: str, name: str, data: dict[str, Any]) -> dict[str, Any]:
        return {"method": "POST", "path": path, "bulkId": name, "data": data}

    posts = [{**POST, "department": "N1-1"}, {**LENT, "department": "bulkId:n2", "sendingDepartment": "bulkId:n1"}]
    operations = [
        post("/Users", "person", official(posts=posts)),
        post("/Groups", "n1-1", department("N1-1", "N1", "office")),
        post("/Groups", "n2", department("N2", "G0")),
        post("/Groups", "n1", department("N1", "G0")),
        post("/Users", "lost", official("YZ9", posts=[{**POST, "department": "N3"}])),
    ]
    answer = await scim.post(
        "/Bulk", json={"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations}
    )
    assert [each["status"] for each in answer.json()["Operations"]] == ["201", "201", "201", "201", "400"]
    id = answer.json()["Operations"][0]["location"].rpartition("/")[2]
    assert await departments(scim, id) == ["N1-1", "N2"]


async def test_required_states_are_the_servers_own(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official(requiredStates={"ldap": "removed"})))["id"]
    assert (await states(scim, id))["ldap"] == "active"
    refused(
        await scim.patch(
            f"/Users/{id}", json=patch_op({"op": "replace", "path": f"{STATES}.ldap", "value": "removed"})
        ),
        400,
        "mutability",
    )
