"""Writes of people with facts at once (S19): none is lost, and one that the writer runs twice is written once."""

import asyncio

import httpx
import orjson
import pytest
from sqlalchemy import Connection, func, select, update

from mappings.facts import AddedMember, Span
from scim_server.scim.urns import ROSTER_USER
from scim_server.store.facts_tables import marks
from scim_server.store.marks import read_marks
from scim_server.store.tables import changes, members, resources
from scim_server.store.writer import Missed, Step
from tests.scim.house import made, patch_op, refused, user
from tests.scim.officials import Bureau, departments, everything, official

pytestmark = pytest.mark.anyio

TODAY = "2026-03-09"


async def test_facts_that_arrive_at_once_are_all_there(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    roles = [
        {"value": f"c{n}", "kind": "concurrent", "scope": "internal", "department": "G06", "startDate": TODAY}
        for n in range(4)
    ]
    adds = [patch_op({"op": "add", "path": f"{ROSTER_USER}:assignments", "value": role}) for role in roles]
    answers = await asyncio.gather(*(scim.patch(f"/Users/{id}", json=body) for body in adds))
    assert {answer.status_code for answer in answers} == {200}
    found = (await everything(scim, id))[ROSTER_USER]["assignments"]
    assert {each["value"] for each in found} == {"a1", "c0", "c1", "c2", "c3"}
    assert (await scim.get(f"/Users/{id}")).json()["meta"]["version"] == 'W/"5"'


async def test_a_write_with_if_match_does_not_overwrite(scim: httpx.AsyncClient) -> None:
    person = await made(scim, "/Users", official())
    first = {"If-Match": person["meta"]["version"]}
    where = f"/Users/{person['id']}"
    assert (await scim.put(where, json=official(core={"title": "科长"}), headers=first)).status_code == 200
    refused(await scim.put(where, json=official(core={"title": "处长"}), headers=first), 412)
    assert (await scim.get(where)).json()["title"] == "科长"


async def test_two_are_posted_with_one_number_and_one_is_made(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    bodies = [official(core={"userName": f"name.{n}"}) for n in range(4)]
    answers = await asyncio.gather(*(scim.post("/Users", json=body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    (winner,) = (answer.json()["userName"] for answer in answers if answer.status_code == 201)
    other = next(name for name in ("name.0", "name.1") if name != winner)
    assert (await made(scim, "/Users", user(other)))["userName"] == other  # a refused write reserves no login


async def test_a_write_that_is_run_twice_is_written_once(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    """A hot write of the same group fails, so the writer rolls back and does every write again, alone."""
    id = (await made(scim, "/Users", official()))["id"]
    group = (await scim.get("/Groups", params={"filter": 'externalId eq "G06"'})).json()["Resources"][0]
    failing = [Step(update(resources).where(resources.c.id == "nobody").values(name="x"), [{}], 1)]
    joining = patch_op({"op": "add", "path": "members", "value": [{"value": id}]})
    locking = patch_op({"op": "replace", "path": "active", "value": False})
    held = asyncio.Event()

    def wait(_: Connection) -> None:
        asyncio.run_coroutine_threadsafe(held.wait(), loop).result()

    loop = asyncio.get_running_loop()
    waiting = asyncio.ensure_future(bureau.house.write(wait))  # keeps the writer busy while the others gather
    await asyncio.sleep(0.05)
    writes = [
        asyncio.ensure_future(scim.patch(f"/Groups/{group['id']}", json=joining)),
        asyncio.ensure_future(scim.patch(f"/Users/{id}", json=locking)),
        asyncio.ensure_future(scim.post("/Users", json=official("YZ2"))),
        asyncio.ensure_future(bureau.house.roster._writer.commit(failing)),
    ]
    await asyncio.sleep(0.2)
    held.set()
    await waiting
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert isinstance(results[3], Missed)
    assert [answer.status_code for answer in results[:3] if isinstance(answer, httpx.Response)] == [200, 200, 201]
    with bureau.house.engine.connect() as connection:
        found = read_marks(connection, [id])[id]
        assert (found.bare_locks, found.added_members) == ((Span(TODAY),), (AddedMember(TODAY, None, "G06"),))
        assert connection.scalar(select(func.count()).select_from(marks)) == 2
        joined = [
            orjson.loads(row.after)["added"]
            for row in connection.execute(
                select(changes.c.after).where(changes.c.resource_id == group["id"], changes.c.action == "members")
            )
        ]
        assert joined == [[id]]
        assert connection.scalar(select(func.count()).select_from(members)) == 3
    assert await departments(scim, id) == ["G02", "G06"]
