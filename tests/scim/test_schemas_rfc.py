"""The core schemas as served, attribute by attribute beside those of scim2-models: RFC 7643 with its errata.

What differs is named here, and justified in docs/decisions/0005-scim-readings.md.
"""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from scim2_models import EnterpriseUser, Group, ResourceType, Schema, ServiceProviderConfig, User

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, USER
from tests.scim.house import BASE, made, patch_op, refused, user

pytestmark = pytest.mark.anyio

SERVED = {USER: User, GROUP: Group, ENTERPRISE_USER: EnterpriseUser}

CASED = ("string", "reference", "binary")  # what else has no case; of these alone a value could be unique

# (schema, attribute, characteristic): (here, there)
DIFFERENCES: Mapping[tuple[str, str, str], tuple[Any, Any]] = {
    # nothing here makes an indirect membership
    (USER, "groups.type", "canonicalValues"): (["direct"], ["direct", "indirect"]),
    # members are Users, each with its id, and their names are ours to tell (section 4.2 leaves all three to us)
    (GROUP, "members.value", "required"): (True, False),
    (GROUP, "members.$ref", "referenceTypes"): (["User"], ["User", "Group"]),
    (GROUP, "members.type", "canonicalValues"): (["User"], ["User", "Group"]),
    (GROUP, "members.display", "mutability"): ("readOnly", "readWrite"),
    # section 4.3 recommends both and requires neither; each follows from the other
    (ENTERPRISE_USER, "manager.value", "required"): (False, True),
    (ENTERPRISE_USER, "manager.$ref", "required"): (False, True),
    # optional; it would change without the version of the User
    (ENTERPRISE_USER, "manager.displayName", "here"): (False, True),
}


def flat(attributes: list[dict[str, Any]], above: str = "") -> dict[str, dict[str, Any]]:
    """Every attribute and sub-attribute by its dotted name, with its characteristics in full."""
    found = {}
    for attribute in attributes:
        name = above + attribute["name"]
        found[name] = {"here": True} | {
            key: value for key, value in attribute.items() if key not in ("name", "description", "subAttributes")
        }
        if attribute["type"] not in CASED:
            found[name] = {key: value for key, value in found[name].items() if key not in ("caseExact", "uniqueness")}
        found |= flat(attribute.get("subAttributes", []), f"{name}.")
    return found


def differences(urn: str, ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> dict[tuple[str, str, str], Any]:
    """What differs, and what one side alone has."""
    found = {}
    for name in {**ours, **theirs}:
        here, there = ours.get(name, {"here": False}), theirs.get(name, {"here": False})
        keys = {**here, **there} if name in ours and name in theirs else ["here"]
        found |= {(urn, name, key): (here.get(key), there.get(key)) for key in keys if here.get(key) != there.get(key)}
    return found


async def test_the_core_schemas_are_those_of_the_rfc(plain_scim: httpx.AsyncClient) -> None:
    found = {}
    for urn, model in SERVED.items():
        ours = (await plain_scim.get(f"/Schemas/{urn}")).json()
        found |= differences(urn, flat(ours["attributes"]), flat(model.to_schema().model_dump()["attributes"]))
    assert found == DIFFERENCES


async def listed(client: httpx.AsyncClient, path: str) -> list[dict[str, Any]]:
    answer = (await client.get(path)).json()
    assert answer["totalResults"] == answer["itemsPerPage"] == len(answer["Resources"]) > 0
    found: list[dict[str, Any]] = answer["Resources"]
    return found


async def test_resource_types_are_what_the_model_takes(scim: httpx.AsyncClient) -> None:
    for each in await listed(scim, "/ResourceTypes"):
        assert ResourceType.model_validate(each).model_dump() == each


async def test_schemas_are_what_the_model_takes(scim: httpx.AsyncClient) -> None:
    for each in await listed(scim, "/Schemas"):
        parsed = Schema.model_validate(each).model_dump()
        assert flat(parsed.pop("attributes")) == flat(each["attributes"])
        assert parsed == {name: value for name, value in each.items() if name != "attributes"}


async def test_the_configuration_is_what_the_model_takes(plain_scim: httpx.AsyncClient) -> None:
    body = (await plain_scim.get("/ServiceProviderConfig")).json()
    assert ServiceProviderConfig.model_validate(body).model_dump() == body


async def test_every_characteristic_is_said(scim: httpx.AsyncClient) -> None:
    """RFC 7643 section 7: no reader has to know a default; the roster's own schema included."""
    for schema in (await scim.get("/Schemas")).json()["Resources"]:
        for name, said in flat(schema["attributes"]).items():
            needed = {"type", "multiValued", "required", "mutability", "returned"}
            needed |= {"caseExact"} if said["type"] in CASED else set()
            needed |= {"referenceTypes"} if said["type"] == "reference" else set()
            assert needed <= said.keys(), (schema["id"], name)
    assert ROSTER_GROUP in (await scim.get("/Schemas")).text


async def test_a_manager_has_an_address(scim: httpx.AsyncClient) -> None:
    boss = (await made(scim, "/Users", user("boss")))["id"]
    sent = {"value": boss, "$ref": "https://elsewhere.example/x", "displayName": "头儿"}
    found = await made(scim, "/Users", user("clerk", **{ENTERPRISE_USER: {"manager": sent, "division": "一"}}))
    told = {"value": boss, "$ref": f"../Users/{boss}"}
    assert found[ENTERPRISE_USER] == {"division": "一", "manager": told}
    for name, value in told.items():
        asked = {"filter": f'{ENTERPRISE_USER}:manager.{name} eq "{value}"'}
        assert [each["id"] for each in (await scim.get("/Users", params=asked)).json()["Resources"]] == [found["id"]]


MANAGER = f"{ENTERPRISE_USER}:manager"
B_O = f"{BASE}/Users/b%20o"


@pytest.mark.parametrize(
    ("op", "path", "value", "after"),
    [
        ("add", MANAGER, {"value": "b o"}, {"value": "b o", "$ref": "../Users/b%20o"}),
        ("replace", f"{MANAGER}.value", "bo", {"value": "bo", "$ref": "../Users/bo"}),
        ("replace", MANAGER, {"value": "b o", "$ref": B_O}, {"value": "b o", "$ref": B_O}),
        ("replace", f"{MANAGER}.$ref", f"{BASE}/Users/al", {"value": "al", "$ref": f"{BASE}/Users/al"}),
        ("remove", f"{MANAGER}.$ref", None, {"value": "al", "$ref": "../Users/al"}),
        ("remove", f"{MANAGER}.value", None, None),
        ("remove", MANAGER, None, None),
    ],
)
async def test_id_and_address_of_a_manager_agree(
    scim: httpx.AsyncClient, op: str, path: str, value: Any, after: dict[str, str] | None
) -> None:
    facts = {"manager": {"value": "al"}, "division": "一"}
    where = f"/Users/{(await made(scim, '/Users', user(**{ENTERPRISE_USER: facts})))['id']}"
    operation = {"op": op, "path": path} | ({} if value is None else {"value": value})
    answer = await scim.patch(where, json=patch_op(operation))
    assert answer.status_code == 200, answer.text
    assert answer.json()[ENTERPRISE_USER] == {"division": "一"} | ({"manager": after} if after else {})
    assert (await scim.put(where, json=answer.json())).json() == answer.json()


@pytest.mark.parametrize(("ref", "value"), [(B_O, "b o"), ("../Users/al", "al"), ("https://elsewhere.example/x", None)])
async def test_an_address_alone_names_a_manager(scim: httpx.AsyncClient, ref: str, value: str | None) -> None:
    found = await made(scim, "/Users", user(**{ENTERPRISE_USER: {"manager": {"$ref": ref}, "division": "一"}}))
    assert found[ENTERPRISE_USER] == {"division": "一"} | ({"manager": {"value": value, "$ref": ref}} if value else {})


async def test_an_address_alone_names_the_manager_with_every_put(scim: httpx.AsyncClient) -> None:
    body = user(**{ENTERPRISE_USER: {"manager": {"$ref": "../Users/al"}}})
    found = await made(scim, "/Users", body)
    where = f"/Users/{found['id']}"
    assert [(await scim.put(where, json=body)).json() for _ in range(2)] == [found] * 2
    other = {**body, ENTERPRISE_USER: {"manager": {"$ref": "../Users/bo"}}}
    told = (await scim.put(where, json=other)).json()[ENTERPRISE_USER]
    assert told == {"manager": {"value": "bo", "$ref": "../Users/bo"}}


@pytest.mark.parametrize("ref", ["https://elsewhere.example/x", "https://elsewhere.example/Users/77", "../Users/al/"])
async def test_who_sends_an_address_of_their_own_with_the_id_may_send_it_again(
    scim: httpx.AsyncClient, ref: str
) -> None:
    body = user(**{ENTERPRISE_USER: {"manager": {"value": "al", "$Ref": ref}}})
    found = await made(scim, "/Users", body)
    assert found[ENTERPRISE_USER]["manager"] == {"value": "al", "$ref": "../Users/al"}
    where = f"/Users/{found['id']}"
    again = [await scim.put(where, json=body)]
    for operation in (
        {"op": "replace", "path": MANAGER, "value": {"value": "al", "$ref": ref}},
        {"op": "add", "value": {ENTERPRISE_USER: {"manager": {"value": "al", "$ref": ref}}}},
    ):
        again.append(await scim.patch(where, json=patch_op(operation)))
    assert [each.json() for each in again] == [found] * 3


async def test_an_address_against_the_id_is_refused(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', user(**{ENTERPRISE_USER: {'manager': {'value': 'al'}}})))['id']}"
    other = patch_op({"op": "replace", "path": f"{MANAGER}.$ref", "value": "../Users/bo"})
    refused(await scim.patch(where, json=other), 400, "invalidValue")
