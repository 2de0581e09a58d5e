"""What the policy makes of people stands in rows (S8): only differences, each with its version and its change."""

import json
from pathlib import Path
from random import Random
from typing import Any

import httpx
import orjson
import pytest
from sqlalchemy import Connection, select

from scim_server.scim.urns import GROUP, ROSTER_GROUP, ROSTER_USER
from scim_server.store.facts_tables import marks, posts, reserved, standings
from scim_server.store.settle import READ_BY_DEFAULT, settle
from scim_server.store.tables import changes, links, members, resources, subjects
from tests.scim.house import made, patch_op
from tests.scim.officials import CASE, HIRE, POST, Bureau, departments, official, states

pytestmark = pytest.mark.anyio

EXAMPLES = sorted((Path(__file__).parents[2] / "policy" / "examples").glob("*.json"))
TABLES = (resources, members, subjects, changes, links, marks, standings, posts, reserved)
HOST = {"value": "c1", "kind": "concurrent", "scope": "internal", "department": "G06", "startDate": "2021-01-04"}


def rows(bureau: Bureau, table: Any, *where: Any) -> list[dict[str, Any]]:
    with bureau.house.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table).where(*where)).mappings()]


def everything(bureau: Bureau) -> list[list[dict[str, Any]]]:
    return [rows(bureau, table) for table in TABLES]


def standing(bureau: Bureau, subject: str) -> dict[str, Any]:
    (found,) = rows(bureau, standings, standings.c.subject == subject)
    return found


async def settled(bureau: Bureau, subjects: list[str], day: str, actor: str = "clock") -> list[str]:
    def body(connection: Connection) -> list[str]:
        return settle(connection, subjects, day, bureau.house.clock.now(), actor, READ_BY_DEFAULT)

    found: list[str] = await bureau.house.write(body)
    return found


# -- the six examples


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
async def test_the_standing_of_an_example_is_what_it_says(tmp_path: Path, path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    bureau = Bureau(tmp_path, example["expected"][0]["date"])
    async with bureau.client() as scim:
        for each in example["departments"]:
            facts = {"departmentCode": each["externalId"], "kind": each["kind"]}
            facts |= {"parent": each["parent"]} if "parent" in each else {}
            body = {"externalId": each["externalId"], "displayName": each["displayName"], ROSTER_GROUP: facts}
            await made(scim, "/Groups", {"schemas": [GROUP, ROSTER_GROUP], **body})
        body = example.get("userAfter") or example["request"]["body"]
        id = (await made(scim, "/Users", body))["id"]
    for expected in example["expected"]:
        await settled(bureau, [id], expected["date"])
        found = standing(bureau, id)
        assert {name: found[name] for name in expected["systems"]} == expected["systems"]
        assert orjson.loads(found["articles"]) == expected["articles"]
        assert orjson.loads(found["anomalies"]) == expected["anomalies"]
        assert found["primary"] == expected["primary"]
        assert found["roll_on"] is None or found["roll_on"] > expected["date"]
    bureau.house.close()


# -- only differences


async def test_a_second_settlement_of_a_day_writes_nothing(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", official(f"YZ{number}", posts=[POST, HOST])))["id"] for number in range(3)]
    before = everything(bureau)
    assert await settled(bureau, ids, "2026-03-09") == []
    assert await settled(bureau, ids, "2026-03-10") == []
    assert everything(bureau) == before


async def test_a_write_makes_one_version_and_one_change_with_what_was_computed(
    bureau: Bureau, scim: httpx.AsyncClient
) -> None:
    made_ = await made(scim, "/Users", official())
    assert made_["meta"]["version"] == 'W/"1"'
    where = f"/Users/{made_['id']}"
    locked = await scim.patch(where, json=patch_op({"op": "add", "path": f"{ROSTER_USER}:statusEvents", "value": CASE}))
    assert (locked.json()["active"], locked.json()["meta"]["version"]) == (False, 'W/"2"')
    told = rows(bureau, changes, changes.c.resource_id == made_["id"])
    assert [(row["action"], row["actor"], row["version"], row["active"]) for row in told] == [
        ("create", "hr", 1, True),
        ("patch", "hr", 2, False),
    ]
    after = orjson.loads(told[1]["after"])
    assert after["active"] is False
    assert after[ROSTER_USER]["requiredStates"]["oa"] == "locked"


async def test_the_day_roll_makes_a_version_and_a_change_by_the_clock(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    retires = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-11"}
    id = (await made(scim, "/Users", official(events=[HIRE, retires])))["id"]
    group = rows(bureau, resources, resources.c.external_id == "G02")[0]
    assert standing(bureau, id)["roll_on"] == "2026-03-11"
    await bureau.pass_to("2026-03-10")
    assert (await scim.get(f"/Users/{id}")).json()["meta"]["version"] == 'W/"1"'
    await bureau.pass_to("2026-03-11")
    found = (await scim.get(f"/Users/{id}")).json()
    assert (found["active"], found["meta"]["version"], "groups" in found) == (False, 'W/"2"', False)
    assert found["meta"]["lastModified"].startswith("2026-03-11")
    (told,) = rows(bureau, changes, changes.c.action == "settle")
    assert (told["actor"], told["resource_id"], told["version"], told["active"]) == ("clock", id, 2, False)
    assert orjson.loads(told["before"])["groups"] == [group["id"]]
    (left,) = rows(bureau, changes, changes.c.resource_id == group["id"], changes.c.actor == "clock")
    assert (left["action"], orjson.loads(left["after"])) == ("members", {"added": [], "removed": [id]})
    now = rows(bureau, resources, resources.c.external_id == "G02")[0]
    assert now["version"] == left["version"] == group["version"] + 1


async def test_a_settlement_wakes_the_links(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    retires = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-11"}
    id = (await made(scim, "/Users", official(events=[HIRE, retires])))["id"]
    (before,) = rows(bureau, links, links.c.subject == id)
    assert await settled(bureau, [id], "2026-03-11") == [id]
    (after,) = rows(bureau, links, links.c.subject == id)
    assert after["desired"] > before["desired"]


async def test_plain_users_are_none_of_its_business(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    body = {"schemas": official()["schemas"][:1], "userName": "plain"}
    id = (await made(scim, "/Users", body))["id"]
    before = everything(bureau)
    assert await settled(bureau, [id, "nobody"], "2026-03-10") == []
    assert everything(bureau) == before


async def test_more_people_than_one_statement_holds(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    retires = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-11"}
    ids = [(await made(scim, "/Users", official(f"YZ{n}", events=[HIRE, retires])))["id"] for n in range(520)]
    group = rows(bureau, resources, resources.c.external_id == "G02")[0]
    assert len(rows(bureau, members, members.c.group_id == group["id"])) == 520
    assert sorted(await settled(bureau, ids, "2026-03-11")) == sorted(ids)
    assert rows(bureau, members, members.c.group_id == group["id"]) == []
    assert len(rows(bureau, standings, standings.c.ldap == "removed")) == 520


# -- memberships


async def test_the_primary_department_comes_first_and_who_stays_keeps_the_place(
    bureau: Bureau, scim: httpx.AsyncClient
) -> None:
    id = (await made(scim, "/Users", official(posts=[POST, HOST])))["id"]
    assert await departments(scim, id) == ["G02", "G06"]
    before = {row["group_id"]: row for row in rows(bureau, members)}
    moved = [{**POST, "endDate": "2026-03-08"}, {**HOST, "endDate": "2026-03-08"}]
    moved += [{**POST, "value": "a2", "department": "G06", "startDate": "2026-03-09"}]
    moved += [{**HOST, "value": "c2", "department": "G02-4", "startDate": "2026-03-09"}]
    await scim.put(f"/Users/{id}", json=official(posts=moved))
    assert await departments(scim, id) == ["G06", "G02-4"]
    after = {row["group_id"]: row for row in rows(bureau, members)}
    host = rows(bureau, resources, resources.c.external_id == "G06")[0]["id"]
    assert before[host]["joined"][2:] == after[host]["joined"][2:]
    assert all(row["derived"] for row in after.values())


async def test_plain_groups_are_left_alone(bureau: Bureau, scim: httpx.AsyncClient) -> None:
    id = (await made(scim, "/Users", official()))["id"]
    body = {"schemas": [GROUP], "displayName": "篮球队", "members": [{"value": id}]}
    team = (await made(scim, "/Groups", body))["id"]
    retires = {"value": "r1", "type": "retirement", "effectiveDate": "2026-03-01"}
    await scim.put(f"/Users/{id}", json=official(events=[HIRE, retires]))
    assert [row["group_id"] for row in rows(bureau, members)] == [team]


# -- the order of arrival


async def test_facts_in_any_order_of_arrival_end_in_the_same(tmp_path: Path) -> None:
    """Each fact in a PATCH of its own, in eight orders, some of them dated in the past, some to come."""
    facts: list[tuple[str, dict[str, Any]]] = [
        ("assignments", HOST),
        (
            "assignments",
            {**POST, "value": "a0", "startDate": "2019-01-02", "endDate": "2020-01-01", "department": "G06"},
        ),
        ("assignments", {**POST, "value": "a3", "startDate": "2026-04-01", "department": "G02-4"}),
        ("statusEvents", CASE),
        ("statusEvents", {"value": "o1", "type": "other-lock", "effectiveDate": "2025-01-01", "endDate": "2025-02-01"}),
        ("statusEvents", {"value": "r1", "type": "retirement", "effectiveDate": "2026-05-01"}),
        ("statusEvents", {**HIRE, "value": "h2", "effectiveDate": "2022-01-01"}),
    ]
    ends = set()
    for seed in range(8):
        folder = tmp_path / str(seed)
        folder.mkdir()
        bureau = Bureau(folder, "2026-03-09")
        async with bureau.client() as scim:
            await bureau.furnish(scim)
            id = (await made(scim, "/Users", official()))["id"]
            for name, fact in Random(seed).sample(facts, len(facts)):
                operation = {"op": "add", "path": f"{ROSTER_USER}:{name}", "value": fact}
                assert (await scim.patch(f"/Users/{id}", json=patch_op(operation))).status_code == 200
            end = [{**standing(bureau, id), "subject": ""}, await states(scim, id), await departments(scim, id)]
            for day in ("2026-04-01", "2026-05-01", "2027-01-01"):
                await bureau.pass_to(day)
                end += [{**standing(bureau, id), "subject": ""}, await states(scim, id), await departments(scim, id)]
        bureau.house.close()
        ends.add(repr(end))
    assert len(ends) == 1
