"""Microsoft Entra ID, in its default mode and with the flag aadOptscim062020, pushing plain users and groups."""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, PATCH_OP, USER
from tests.scim.house import made, refused

pytestmark = pytest.mark.anyio
ADSCIM = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
NEW_USER = {
    "schemas": [USER, ENTERPRISE_USER],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Test_User_ab6490ee@gov.example",
    "active": True,
    "emails": [{"primary": True, "type": "work", "value": "Test_User_fd0ea19b@gov.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
    "roles": [],
}


async def changed(scim: httpx.AsyncClient, where: str, *operations: dict[str, Any]) -> dict[str, Any]:
    answer = await scim.patch(where, json={"schemas": [PATCH_OP], "Operations": list(operations)})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_the_matching_query_finds_nobody_then_the_user(scim: httpx.AsyncClient) -> None:
    query = {"filter": 'userName eq "test_user_ab6490ee@gov.example"'}
    nobody = await scim.get("/Users", params=query)
    assert (nobody.status_code, nobody.json()["totalResults"], nobody.json()["Resources"]) == (200, 0, [])
    found = await made(scim, "/Users", NEW_USER)
    assert "roles" not in found
    for text in (
        query["filter"],
        'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
        'emails[type eq "work"].value eq "test_user_fd0ea19b@gov.example"',
    ):
        assert (await scim.get("/Users", params={"filter": text})).json()["Resources"] == [found]


async def test_disabled_and_enabled_by_strings_and_by_booleans(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    for value, active in (("False", False), ("True", True), (False, False), (True, True)):
        found = await changed(scim, where, {"op": "Replace", "path": "active", "value": value})
        assert found["active"] is active


async def test_attributes_one_by_one(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    found = await changed(
        scim,
        where,
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "updated@gov.example"},
        {"op": "Replace", "path": "name.familyName", "value": "updatedFamilyName"},
        {"op": "Add", "path": 'phoneNumbers[type eq "mobile"].value', "value": "13800000000"},
        {"op": "Add", "path": 'emails[type eq "other"].value', "value": "other@gov.example"},
        {"op": "Add", "path": f"{ENTERPRISE_USER}:manager", "value": "boss-id"},
        {"op": "Add", "path": f"{ENTERPRISE_USER}:department", "value": "教育局"},
        {"op": "Replace", "path": f"{USER}:displayName", "value": "新名"},
    )
    assert [mail["value"] for mail in found["emails"]] == ["updated@gov.example", "other@gov.example"]
    assert found["name"]["familyName"] == "updatedFamilyName"
    assert found["phoneNumbers"] == [{"value": "13800000000", "type": "mobile"}]
    assert found[ENTERPRISE_USER] == {"department": "教育局", "manager": {"value": "boss-id"}}
    assert found["displayName"] == "新名"
    gone = await changed(scim, where, {"op": "Remove", "path": f"{ENTERPRISE_USER}:manager"})
    assert gone[ENTERPRISE_USER] == {"department": "教育局"}


async def test_flat_keys_without_a_path(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    flat = {
        "displayName": "新名",
        "name.givenName": "新",
        f"{ENTERPRISE_USER}:employeeNumber": "701984",
        'emails[type eq "work"].primary': "True",
        "active": "False",
    }
    found = await changed(scim, where, {"op": "replace", "value": flat})
    assert (found["displayName"], found["name"]["givenName"], found["active"]) == ("新名", "新", False)
    assert found[ENTERPRISE_USER] == {"employeeNumber": "701984"}
    assert found["emails"][0]["primary"] is True


async def test_replace_of_a_mail_that_is_not_there_is_no_target(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    operation = {"op": "Replace", "path": 'emails[type eq "home"].value', "value": "x@y"}
    answer = await scim.patch(where, json={"schemas": [PATCH_OP], "Operations": [operation]})
    refused(answer, 400, "noTarget")


async def test_a_group_and_its_members(scim: httpx.AsyncClient) -> None:
    one = (await made(scim, "/Users", NEW_USER))["id"]
    two = (await made(scim, "/Users", {**NEW_USER, "userName": "two", "externalId": "two"}))["id"]
    body = {
        "schemas": [GROUP, ADSCIM],
        "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
        "displayName": "displayName",
        "meta": {"resourceType": "Group"},
    }
    found = await made(scim, "/Groups", body)
    assert found["schemas"] == [GROUP]
    where = f"/Groups/{found['id']}"
    query = {"excludedAttributes": "members", "filter": 'displayName eq "displayName"'}
    (listed,) = (await scim.get("/Groups", params=query)).json()["Resources"]
    assert "members" not in listed
    values = [{"$ref": None, "value": one}, {"$ref": None, "value": two}]
    added = await changed(scim, where, {"op": "Add", "path": "members", "value": values})
    assert [member["value"] for member in added["members"]] == [one, two]
    removed = await changed(scim, where, {"op": "Remove", "path": "members", "value": values[:1]})
    assert [member["value"] for member in removed["members"]] == [two]
    for who, there in ((one, 0), (two, 1)):
        question = {"filter": f'id eq "{found["id"]}" and members eq "{who}"', "attributes": "id"}
        assert (await scim.get("/Groups", params=question)).json()["totalResults"] == there
    renamed = await changed(scim, where, {"op": "Replace", "path": "displayName", "value": "1879db59"})
    assert renamed["displayName"] == "1879db59"
    assert [member["value"] for member in renamed["members"]] == [two]
    assert (await scim.delete(where)).status_code == 204
