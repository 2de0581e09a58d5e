"""Members of departments who have facts (S4): added from today, ended with the day before, never against a post."""

import asyncio
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select

from mappings.facts import AddedMember
from scim_server.scim.urns import GROUP
from scim_server.store.facts_tables import standings
from scim_server.store.marks import read_marks
from scim_server.store.tables import changes, members
from tests.scim.house import department, made, patch_op, refused, user
from tests.scim.officials import HIRE, POST, Bureau, departments, official

pytestmark = pytest.mark.anyio

TODAY = "2026-03-09"


async def group_of(scim: httpx.AsyncClient, code: str) -> dict[str, Any]:
    found: dict[str, Any] = (await scim.get("/Groups", params={"filter": f'externalId eq "{code}"'})).json()
    one: dict[str, Any] = found["Resources"][0]
    return one


async def add(scim: httpx.AsyncClient, code: str, *ids: str) -> httpx.Response:
    where = f"/Groups/{(await group_of(scim, code))['id']}"
    values = [{"value": id} for id in ids]
    return await scim.patch(where, json=patch_op({"op": "add", "path": "members", "value": values}))


async def remove(scim: httpx.AsyncClient, code: str, id: str) -> httpx.Response:
    where = f"/Groups/{(await group_of(scim, code))['id']}"
    return await scim.patch(where, json=patch_op({"op": "remove", "path": f'members[value eq "{id}"]'}))


def added(bureau: Bureau, id: str) -> tuple[AddedMember, ...]:
    with bureau.house.engine.connect() as connection:
        return read_marks(connection, [id])[id].added_members


def anomalies(bureau: Bureau, id: str) -> list[str]:
    with bureau.house.engine.connect() as connection:
        found = connection.scalar(select(standings.c.anomalies).where(standings.c.subject == id))
    listed: list[str] = orjson.loads(found or b"[]")
    return listed


async def test_a_member_that_is_added_holds_a_concurrent_role_from_today(
    bureau: Bureau, scim: httpx.AsyncClient
) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    version = (await group_of(scim, "G06"))["meta"]["version"]
    answer = await add(scim, "G06", id)
    assert [each["value"] for each in answer.json()["members"]] == [id]
    assert answer.json()["meta"]["version"] != version
    assert await departments(scim, id) == ["G02", "G06"]
    assert added(bureau, id) == (AddedMember(TODAY, None, "G06"),)
    assert anomalies(bureau, id) == ["concurrent-without-letter"]
    with bureau.house.engine.connect() as connection:
        rows = {row.group_id: row.derived for row in connection.execute(select(members))}
    assert sorted(rows.values()) == [False, True]


async def test_adding_again_is_no_change(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await add(scim, "G06", id)
    before = bureau.house.count()
    assert (await add(scim, "G06", id)).status_code == 200
    assert (await add(scim, "G02", id)).status_code == 200  # there by an assignment
    assert bureau.house.count() == before
    assert len(added(bureau, id)) == 1


async def test_removing_ends_it_with_the_day_before(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await add(scim, "G06", id)
    await bureau.pass_to("2026-03-12")
    version = (await scim.get(f"/Users/{id}")).json()["meta"]["version"]
    assert "members" not in (await remove(scim, "G06", id)).json()
    assert await departments(scim, id) == ["G02"]
    assert (await scim.get(f"/Users/{id}")).json()["meta"]["version"] != version
    assert added(bureau, id) == (AddedMember(TODAY, "2026-03-11", "G06"),)
    await add(scim, "G06", id)
    assert added(bureau, id)[1:] == (AddedMember("2026-03-12", None, "G06"),)


async def test_who_is_added_and_removed_on_a_day_never_was(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await add(scim, "G06", id)
    await remove(scim, "G06", id)
    assert added(bureau, id) == (AddedMember(TODAY, "2026-03-08", "G06"),)
    assert await departments(scim, id) == ["G02"]


async def test_an_assignment_that_comes_covers_an_added_member(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await add(scim, "G06", id)
    post = {"value": "c1", "kind": "concurrent", "scope": "internal", "department": "G06", "startDate": TODAY}
    await scim.put(f"/Users/{id}", json=official(posts=[POST, post]))
    refused(await remove(scim, "G06", id), 400, "mutability")
    await scim.put(f"/Users/{id}", json=official(posts=[POST]))
    assert await departments(scim, id) == ["G02", "G06"]
    assert (await remove(scim, "G06", id)).status_code == 200
    assert await departments(scim, id) == ["G02"]


async def test_a_list_of_members_drops_those_that_were_added(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    other = (await made(scim, "/Users", official("YZ2", posts=[{**POST, "department": "G06"}])))["id"]
    plain = (await made(scim, "/Users", user("plain")))["id"]
    group = (await add(scim, "G06", id, plain)).json()
    assert {each["value"] for each in group["members"]} == {other, id, plain}
    body = department("G06", "G0") | {"members": [{"value": plain}]}
    answer = await scim.put(f"/Groups/{group['id']}", json=body)
    assert [each["value"] for each in answer.json()["members"]] == [other, plain]
    assert added(bureau, id) == (AddedMember(TODAY, "2026-03-08", "G06"),)


async def test_who_has_no_spell_now_or_to_come_cannot_be_added(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    retired = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-01"}
    gone = (await made(scim, "/Users", official(events=[HIRE, retired])))["id"]
    never = (await made(scim, "/Users", official("YZ2", posts=[], events=[])))["id"]
    plain = (await made(scim, "/Users", user("plain")))["id"]
    for id in (gone, never):
        assert id in refused(await add(scim, "G06", plain, id), 400, "invalidValue")
    assert "members" not in await group_of(scim, "G06")
    assert added(bureau, gone) == ()


async def test_who_is_to_come_is_added_for_the_first_day(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    later = official(posts=[{**POST, "startDate": "2026-04-01"}], events=[{**HIRE, "effectiveDate": "2026-04-01"}])
    id = (await made(scim, "/Users", later))["id"]
    assert "members" not in (await add(scim, "G06", id)).json()
    where = f"/Groups/{(await group_of(scim, 'G06'))['id']}"
    assert "added" in refused(await scim.delete(where), 409)
    await bureau.pass_to("2026-04-01")
    assert await departments(scim, id) == ["G02", "G06"]


async def test_who_is_to_come_can_be_taken_out_before(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    later = official(posts=[{**POST, "startDate": "2026-04-01"}], events=[{**HIRE, "effectiveDate": "2026-04-01"}])
    id = (await made(scim, "/Users", later))["id"]
    await add(scim, "G06", id)
    await remove(scim, "G06", id)
    await bureau.pass_to("2026-04-01")
    assert await departments(scim, id) == ["G02"]


async def test_a_role_of_another_spell_does_not_come_back(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    await add(scim, "G06", id)
    left = {"value": "r1", "type": "resignation", "effectiveDate": "2026-04-01"}
    again = {**HIRE, "value": "h2", "effectiveDate": "2026-05-01"}
    posts = [{**POST, "endDate": "2026-03-31"}, {**POST, "value": "a2", "startDate": "2026-05-01"}]
    await scim.put(f"/Users/{id}", json=official(posts=posts, events=[HIRE, left, again]))
    await bureau.pass_to("2026-04-01")
    assert await departments(scim, id) == []
    await bureau.pass_to("2026-05-01")
    assert await departments(scim, id) == ["G02"]
    await add(scim, "G06", id)
    assert await departments(scim, id) == ["G02", "G06"]


async def test_a_new_department_may_come_with_members(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    plain = (await made(scim, "/Users", user("plain")))["id"]
    body = department("G07", "G0") | {"members": [{"value": plain}, {"value": id}]}
    group = await made(scim, "/Groups", body)
    assert sorted(each["value"] for each in group["members"]) == sorted([plain, id])
    assert await departments(scim, id) == ["G02", "G07"]
    assert added(bureau, id) == (AddedMember(TODAY, None, "G07"),)
    assert "members: nobody" in refused(
        await scim.post("/Groups", json=department("G08", "G0") | {"members": [{"value": "nobody"}]}),
        400,
        "invalidValue",
    )


async def test_a_plain_group_that_becomes_a_department_keeps_who_serves(
    bureau: Bureau, scim: httpx.AsyncClient
) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    never = (await made(scim, "/Users", official("YZ2", posts=[], events=[])))["id"]
    body = {"schemas": [GROUP], "displayName": "新区", "members": [{"value": id}, {"value": never}]}
    where = f"/Groups/{(await made(scim, '/Groups', body))['id']}"
    other = (await made(scim, "/Users", official("YZ3")))["id"]
    members_ = [{"value": id}, {"value": never}, {"value": other}]
    answer = await scim.put(where, json=department("G07", "G0") | {"members": members_})
    assert answer.status_code == 200, answer.text
    assert {each["value"] for each in (await scim.get(where)).json()["members"]} == {id, other}
    assert added(bureau, other) == (AddedMember(TODAY, None, "G07"),)
    assert added(bureau, id) == (AddedMember(TODAY, None, "G07"),)


async def test_if_match_holds_for_added_members(scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    group = await group_of(scim, "G06")
    body = patch_op({"op": "add", "path": "members", "value": [{"value": id}]})
    stale = await scim.patch(f"/Groups/{group['id']}", json=body, headers={"If-Match": 'W/"999"'})
    refused(stale, 412)
    fresh = {"If-Match": group["meta"]["version"]}
    assert (await scim.patch(f"/Groups/{group['id']}", json=body, headers=fresh)).status_code == 200
    refused(await scim.patch(f"/Groups/{group['id']}", json=body, headers=fresh), 412)
    assert await departments(scim, id) == ["G02", "G06"]


async def test_twenty_at_once_are_all_members(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", official(f"YZ{number}")))["id"] for number in range(20)]
    answers = await asyncio.gather(*(add(scim, "G06", id) for id in ids))
    assert {answer.status_code for answer in answers} == {200}
    assert {each["value"] for each in (await group_of(scim, "G06"))["members"]} == set(ids)
    with bureau.house.engine.connect() as connection:
        told = connection.execute(select(changes.c.after).where(changes.c.action == "members")).all()
    assert {id for row in told for id in orjson.loads(row.after)["added"]} >= set(ids)
