"""Departments and the people who have assignments there (S7): when one may go, moves, or comes."""

from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import select

from scim_server.store.facts_tables import posts, standings
from tests.scim.house import department, made, refused
from tests.scim.officials import HIRE, POST, Bureau, departments, official

pytestmark = pytest.mark.anyio

LENT = {
    "value": "s1",
    "kind": "secondment",
    "scope": "internal",
    "department": "G06",
    "sendingDepartment": "G02",
    "startDate": "2026-03-01",
}


async def address(scim: httpx.AsyncClient, code: str) -> str:
    found = (await scim.get("/Groups", params={"filter": f'externalId eq "{code}"'})).json()
    return f"/Groups/{found['Resources'][0]['id']}"


def anomalies(bureau: Bureau, id: str) -> list[str]:
    with bureau.house.engine.connect() as connection:
        found = connection.scalar(select(standings.c.anomalies).where(standings.c.subject == id))
    listed: list[str] = orjson.loads(found or b"")
    return listed


def posted(bureau: Bureau, id: str) -> dict[str, Any]:
    with bureau.house.engine.connect() as connection:
        rows = connection.execute(select(posts.c.department, posts.c.until).where(posts.c.subject == id))
        return {row.department: row.until for row in rows}


async def test_a_department_with_open_assignments_stays(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    body = official(posts=[{**POST, "department": "G02-4"}], core={"displayName": "欧阳雪"})
    id = (await made(scim, "/Users", body))["id"]
    assert "欧阳雪" in refused(await scim.delete(await address(scim, "G02-4")), 409)
    closed = [{**POST, "department": "G02-4", "endDate": "2026-03-09"}]
    closed += [{**POST, "value": "a2", "department": "G02", "startDate": "2026-03-10"}]
    await scim.put(f"/Users/{id}", json=official(posts=closed))
    refused(await scim.delete(await address(scim, "G02-4")), 409)  # it is open today
    await bureau.pass_to("2026-03-10")
    assert posted(bureau, id) == {"G02-4": "2026-03-09", "G02": None}
    assert (await scim.delete(await address(scim, "G02-4"))).status_code == 204
    assert await departments(scim, id) == ["G02"]
    again = await scim.put(f"/Users/{id}", json=official(posts=closed, core={"title": "科长"}))
    assert again.status_code == 200  # a past assignment keeps the code


async def test_assignments_of_who_has_left_keep_no_department(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    retired = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-01"}
    there = [{**POST, "department": "G02-4"}]
    gone = (await made(scim, "/Users", official(posts=there, events=[HIRE, retired])))["id"]
    deleted = (await made(scim, "/Users", official("YZ2", posts=there)))["id"]
    await scim.delete(f"/Users/{deleted}")
    assert posted(bureau, gone) == posted(bureau, deleted) == {}
    assert (await scim.delete(await address(scim, "G02-4"))).status_code == 204


async def test_a_lender_stays_while_people_are_lent(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    posts_ = [{**POST, "department": "G06"}, {**LENT, "sendingDepartment": "G02-4", "department": "G02"}]
    await made(scim, "/Users", official(posts=posts_))
    refused(await scim.delete(await address(scim, "G02-4")), 409)


async def test_who_rests_on_a_department_that_moves_is_settled_with_it(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    """Lent by an office below the one that moves: its top department is not the person's home any more."""
    await made(scim, "/Groups", department("G02-4-1", "G02-4", "office"))
    id = (await made(scim, "/Users", official(posts=[POST, {**LENT, "sendingDepartment": "G02-4-1"}])))["id"]
    assert anomalies(bureau, id) == []
    where = await address(scim, "G02-4")
    assert (await scim.put(where, json=department("G02-4", "G06", "office"))).status_code == 200
    assert anomalies(bureau, id) == ["secondment-orphaned"]
    assert (await scim.put(where, json=department("G02-4", "G02", "office"))).status_code == 200
    assert anomalies(bureau, id) == []
    raised = department("G02-4", "G02", "unit")  # a department of its own now
    assert (await scim.put(where, json=raised)).status_code == 200
    assert anomalies(bureau, id) == ["secondment-orphaned"]


async def test_a_department_that_comes_back_gets_its_people(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    """Its last primary post ended there, so it is still the department of the person once it exists again."""
    ended = [{**POST, "department": "G02-4", "endDate": "2026-03-01"}]
    id = (await made(scim, "/Users", official(posts=ended)))["id"]
    assert await departments(scim, id) == ["G02-4"]
    assert (await scim.delete(await address(scim, "G02-4"))).status_code == 204
    assert await departments(scim, id) == []
    await made(scim, "/Groups", department("G02-4", "G02", "office"))
    assert await departments(scim, id) == ["G02-4"]


async def test_a_put_may_move_a_department_and_add_to_it(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    where = await address(scim, "G02-4")
    body = department("G02-4", "G06", "office") | {"members": [{"value": id}]}
    assert (await scim.put(where, json=body)).status_code == 200
    assert await departments(scim, id) == ["G02", "G02-4"]
    circle = department("G02", "G02-4") | {"members": [{"value": id}]}
    assert (await scim.put(await address(scim, "G02"), json=circle)).status_code == 200
    body = department("G06", "G02-4") | {"members": [{"value": id}]}
    assert "circle" in refused(await scim.put(await address(scim, "G06"), json=body), 400, "invalidValue")
    assert await departments(scim, id) == ["G02", "G02-4"]
