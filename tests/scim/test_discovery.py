"""What the server says of itself is true."""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, USER
from tests.scim.house import BASE, made, refused, user

pytestmark = pytest.mark.anyio


async def test_the_features_that_are_announced_are_there(scim: httpx.AsyncClient) -> None:
    config = (await scim.get("/ServiceProviderConfig")).json()
    told = {name: config[name]["supported"] for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")}
    assert told == {"patch": True, "bulk": True, "filter": True, "changePassword": False, "sort": True, "etag": True}
    assert config["filter"]["maxResults"] == 1000
    assert config["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 100,
        "maxPageSize": 1000,
        "cursorTimeout": 3600,
    }
    assert config["authenticationSchemes"][0]["type"] == "oauthbearertoken"
    assert config["meta"]["location"] == f"{BASE}/ServiceProviderConfig"


async def test_resource_types_and_schemas_agree(scim: httpx.AsyncClient) -> None:
    types = (await scim.get("/ResourceTypes")).json()["Resources"]
    schemas = {schema["id"]: schema for schema in (await scim.get("/Schemas")).json()["Resources"]}
    named = {
        each["name"]: [each["schema"], *(extension["schema"] for extension in each.get("schemaExtensions", []))]
        for each in types
    }
    assert named == {"User": [USER, ENTERPRISE_USER, ROSTER_USER], "Group": [GROUP, ROSTER_GROUP]}
    assert schemas.keys() == {USER, ENTERPRISE_USER, ROSTER_USER, GROUP, ROSTER_GROUP}
    for each in [*types, *schemas.values()]:
        assert (await scim.get(each["meta"]["location"])).json() == each
        assert each["meta"]["location"].startswith(BASE)
    for each in types:
        assert (await scim.get(each["endpoint"])).status_code == 200


async def test_without_the_roster_extension_nothing_of_it_is_told(plain_scim: httpx.AsyncClient) -> None:
    for path in ("/Schemas", "/ResourceTypes"):
        assert "cnroster" not in (await plain_scim.get(path)).text
    for urn in (ROSTER_USER, ROSTER_GROUP):
        refused(await plain_scim.get(f"/Schemas/{urn}"), 404)


async def test_ids_compare_without_case_and_unknown_ones_are_not_there(scim: httpx.AsyncClient) -> None:
    assert (await scim.get(f"/Schemas/{USER.upper()}")).json()["id"] == USER
    refused(await scim.get(f"/Schemas/{ROSTER_USER}x"), 404)
    refused(await scim.get("/ResourceTypes/Device"), 404)


@pytest.mark.parametrize("path", ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"])
async def test_discovery_is_not_filtered(scim: httpx.AsyncClient, path: str) -> None:
    refused(await scim.get(path, params={"filter": 'id eq "User"'}), 403)


async def test_every_attribute_of_the_user_schemas_is_stored_as_announced(scim: httpx.AsyncClient) -> None:
    """A value of its type for each attribute: what is readWrite and returned comes back, nothing else does."""
    schemas = {schema["id"]: schema for schema in (await scim.get("/Schemas")).json()["Resources"]}
    body = user("everything") | {a["name"]: value(a) for a in schemas[USER]["attributes"] if a["name"] != "userName"}
    body[ENTERPRISE_USER] = {a["name"]: value(a) for a in schemas[ENTERPRISE_USER]["attributes"]}
    found = await made(scim, "/Users", body)
    for attribute in schemas[USER]["attributes"]:
        kept = attribute["mutability"] == "readWrite" and attribute["returned"] == "default"
        assert (attribute["name"] in found) is kept, attribute["name"]
        if kept:
            assert found[attribute["name"]] == body[attribute["name"]]
    assert found[ENTERPRISE_USER].pop("manager")["value"] == body[ENTERPRISE_USER].pop("manager")["value"]
    assert found[ENTERPRISE_USER] == body[ENTERPRISE_USER]


def value(attribute: dict[str, Any]) -> Any:
    if attribute["multiValued"]:
        return [value(attribute | {"multiValued": False})]
    kinds = {"boolean": True, "integer": 5, "reference": "https://x.example/y", "binary": "AAAA", "string": "某 x"}
    if attribute["type"] == "complex":
        return {sub["name"]: value(sub) for sub in attribute["subAttributes"]}
    return kinds[attribute["type"]]
