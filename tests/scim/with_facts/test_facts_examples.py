"""The six example payloads through HTTP: what comes back is what they say."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from scim_server.scim.urns import GROUP, ROSTER_GROUP, ROSTER_USER
from tests.scim.house import made
from tests.scim.officials import Bureau, departments, everything, states

pytestmark = pytest.mark.anyio

FOLDER = Path(__file__).parents[2] / "policy" / "examples"
EXAMPLES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
DAYS = [(name, expected["date"]) for name, example in EXAMPLES.items() for expected in example["expected"]]


def test_there_are_six() -> None:
    assert len(EXAMPLES) == 6


async def arrive(scim: httpx.AsyncClient, example: dict[str, Any]) -> str:
    """The departments, the person as before, and the request; returns the id."""
    for each in example["departments"]:
        facts = {"departmentCode": each["externalId"], "kind": each["kind"]}
        facts |= {"parent": each["parent"]} if "parent" in each else {}
        body = {"externalId": each["externalId"], "displayName": each["displayName"], ROSTER_GROUP: facts}
        await made(scim, "/Groups", {"schemas": [GROUP, ROSTER_GROUP], **body})
    request = example["request"]
    if request["method"] == "POST":
        return str((await made(scim, "/Users", request["body"]))["id"])
    id = str((await made(scim, "/Users", example["userBefore"]))["id"])
    answer = await scim.request(request["method"], request["path"].replace("{id}", id), json=request["body"])
    assert answer.status_code == 200, answer.text
    return id


def without_computed(resource: dict[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in resource.items() if name not in ("id", "meta", "groups", "active")}
    facts = {name: value for name, value in own[ROSTER_USER].items() if name != "requiredStates"}
    return own | {ROSTER_USER: facts}


async def hold(scim: httpx.AsyncClient, id: str, expected: dict[str, Any]) -> None:
    assert await states(scim, id) == expected["systems"]
    assert (await scim.get(f"/Users/{id}")).json()["active"] is (expected["systems"]["ldap"] == "active")
    primary = [] if expected["primary"] is None else [expected["primary"]]
    there = [] if expected["systems"]["ldap"] == "removed" else [*primary, *expected["concurrent"]]
    assert await departments(scim, id) == there


@pytest.mark.parametrize(("name", "day"), DAYS)
async def test_a_request_of_that_day_makes_what_the_example_says(tmp_path: Path, name: str, day: str) -> None:
    example = EXAMPLES[name]
    bureau = Bureau(tmp_path, day)
    async with bureau.client() as scim:
        id = await arrive(scim, example)
        after = example.get("userAfter") or example["request"]["body"]
        assert without_computed(await everything(scim, id)) == without_computed(after)
        await hold(scim, id, next(each for each in example["expected"] if each["date"] == day))
    bureau.house.close()


@pytest.mark.parametrize("name", list(EXAMPLES))
async def test_what_was_sent_before_its_day_comes_true_on_it(tmp_path: Path, name: str) -> None:
    example = EXAMPLES[name]
    bureau = Bureau(tmp_path, example["expected"][0]["date"])
    async with bureau.client() as scim:
        id = await arrive(scim, example)
        for expected in example["expected"]:
            await bureau.pass_to(expected["date"])
            await hold(scim, id, expected)
    bureau.house.close()
