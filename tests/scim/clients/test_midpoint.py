"""midPoint, whose connectors speak ConnId.

Shapes: Evolveum/connector-scimrest (reads /Schemas and /ResourceTypes at its start, joins an endpoint to the base URL,
pages without a filter, writes by PUT) and ExclamationLabs/connector-scim2 (count before startIndex, names looked up
by eq, a user by PUT and then, for lists, one PATCH with a remove by filter for each value that goes and one add; a
group by PUT, where that is 501 by a pathless replace with id and displayName, and then its members likewise).

Inferred: which attributes a person's PUT holds, which depends on the mapping of the deployment.
"""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, USER
from tests.scim.clients.wire import ids, listed, matching, patched, put
from tests.scim.house import BASE, made, refused

pytestmark = pytest.mark.anyio
NEW_USER = {
    "schemas": [USER, ENTERPRISE_USER],
    "userName": "zhangsan",
    "externalId": "YZ1",
    "displayName": "张三",
    "name": {"familyName": "张", "givenName": "三"},
    "active": True,
    "emails": [{"value": "z@gov.example", "type": "work", "primary": True}],
    ENTERPRISE_USER: {"employeeNumber": "7"},
}


async def test_what_it_discovers_describes_what_it_then_reads(plain_scim: httpx.AsyncClient) -> None:
    """Object classes are made from the schemas, so every attribute that comes back must be in them."""
    schemas = {each["id"]: each for each in await listed(plain_scim, "/Schemas")}
    types = {each["name"]: each for each in await listed(plain_scim, "/ResourceTypes")}
    assert (await plain_scim.get("/ServiceProviderConfig")).json()["patch"] == {"supported": True}
    person = await made(plain_scim, types["User"]["endpoint"], NEW_USER)
    team = await made(
        plain_scim,
        types["Group"]["endpoint"],
        {"schemas": [GROUP], "displayName": "一", "members": [{"value": person["id"]}]},
    )
    person = (await plain_scim.get(f"/Users/{person['id']}")).json()
    for kind, resource in (("User", person), ("Group", team)):
        assert resource["meta"]["location"] == f"{BASE}{types[kind]['endpoint']}/{resource['id']}"
        extensions = {each["schema"] for each in types[kind].get("schemaExtensions", ())}
        known = {attribute["name"]: attribute for attribute in schemas[types[kind]["schema"]]["attributes"]}
        known |= {urn: {"type": "complex", "subAttributes": schemas[urn]["attributes"]} for urn in extensions}
        described(known, {key: resource[key] for key in resource if key not in COMMON})


COMMON = ("schemas", "id", "externalId", "meta")


def described(known: dict[str, Any], resource: dict[str, Any]) -> None:
    for name, value in resource.items():
        assert name in known
        subs = {sub["name"]: sub for sub in known[name].get("subAttributes", ())}
        assert bool(subs) == (known[name]["type"] == "complex")
        for each in value if isinstance(value, list) else (value,):
            if subs:
                described(subs, each)


async def test_everybody_page_by_page(scim: httpx.AsyncClient) -> None:
    everybody = [
        (await made(scim, "/Users", NEW_USER | {"userName": f"u{number}", "externalId": f"e{number}"}))["id"]
        for number in range(7)
    ]
    seen = []
    for page in range(1, 5):
        seen += await listed(scim, "/Users", count=2, startIndex=(page - 1) * 2 + 1)
    assert [each["id"] for each in seen] == everybody
    assert await listed(scim, "/Users", count=2, startIndex=9) == []


async def test_names_are_looked_up(scim: httpx.AsyncClient) -> None:
    person = await made(scim, "/Users", NEW_USER)
    team = await made(scim, "/Groups", {"schemas": [GROUP], "displayName": "办公室 一"})
    for query, found in (
        ("/Users?filter=userName%20eq%20%22zhangsan%22", person),
        ("/Users?count=10&startIndex=1&filter=externalId%20eq%20%22YZ1%22", person),
        ("/Groups?filter=displayName+eq+%22%E5%8A%9E%E5%85%AC%E5%AE%A4+%E4%B8%80%22", team),
    ):
        assert (await scim.get(query)).json()["Resources"] == [found]


async def test_a_person_by_put_and_then_lists_by_patch(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", NEW_USER)
    where = f"/Users/{found['id']}"
    after = await put(scim, where, found | {"title": "科员", "meta": None, "locale": None})
    assert after["title"] == "科员"
    after = await patched(
        scim,
        where,
        {"op": "remove", "path": 'emails[value eq "z@gov.example"]'},
        {"op": "remove", "path": 'roles[value eq "never there"]'},
        {"op": "add", "path": "emails", "value": [{"value": "n@gov.example", "type": "work"}, {"value": "h@home"}]},
        {"op": "add", "path": "roles", "value": [{"value": "管理员"}]},
    )
    assert after["emails"] == [{"value": "n@gov.example", "type": "work"}, {"value": "h@home"}]
    assert after["roles"] == [{"value": "管理员"}]


async def test_the_groups_of_a_person_are_read_only(scim: httpx.AsyncClient) -> None:
    """The second connector sends them all the same; it is told, and nothing of that PATCH happens."""
    found = await made(scim, "/Users", NEW_USER)
    team = await made(scim, "/Groups", {"schemas": [GROUP], "displayName": "一"})
    operations = [
        {"op": "add", "path": "roles", "value": [{"value": "管理员"}]},
        {"op": "add", "path": "groups", "value": [{"value": team["id"]}]},
    ]
    refused(await scim.patch(f"/Users/{found['id']}", json={"Operations": operations}), 400, "mutability")
    assert (await scim.get(f"/Users/{found['id']}")).json() == found


async def test_a_put_of_what_has_changed_alone_is_refused(scim: httpx.AsyncClient) -> None:
    """The first connector sends such bodies; taken at their word they would empty the person."""
    found = await made(scim, "/Users", NEW_USER)
    refused(await scim.put(f"/Users/{found['id']}", json={"id": found["id"], "title": "科员"}), 400, "invalidSyntax")
    body = {"schemas": [USER], "id": found["id"], "title": "科员"}
    refused(await scim.put(f"/Users/{found['id']}", json=body), 400, "invalidValue")
    assert (await scim.get(f"/Users/{found['id']}")).json() == found


async def test_a_group_and_its_members(scim: httpx.AsyncClient) -> None:
    one, two = [
        (await made(scim, "/Users", NEW_USER | {"userName": name, "externalId": name}))["id"] for name in ("a", "b")
    ]
    found = await made(scim, "/Groups", {"schemas": [GROUP], "displayName": "一", "externalId": "g1"})
    where = f"/Groups/{found['id']}"
    add = {"op": "add", "path": "members", "value": [{"value": one}, {"value": two}]}
    assert ids(await patched(scim, where, add)) == [one, two]
    members = [{"value": one, "$ref": "x"}, {"value": two, "type": "User"}]
    body = {"schemas": [GROUP], "id": found["id"], "externalId": "g1", "displayName": "二", "members": members}
    renamed = await put(scim, where, body)
    assert (renamed["displayName"], ids(renamed)) == ("二", [one, two])
    left = await patched(scim, where, {"op": "remove", "path": f'members[value eq "{one}"]'})
    assert ids(left) == [two]
    renamed = await patched(scim, where, {"op": "replace", "value": {"id": found["id"], "displayName": "三"}})
    assert (renamed["displayName"], ids(renamed)) == ("三", [two])
    assert await matching(scim, "/Groups", f'members.value eq "{two}"') == [found["id"]]
