"""Microsoft Entra ID's provisioning service, in its default mode and with the flag aadOptscim062020.

Shapes: Microsoft Learn, "Develop and plan provisioning for a SCIM endpoint" (requests and answers of users and
groups, `$ref: null`, the ADSCIM schema URN, excludedAttributes) and "Known issues and resolutions with SCIM 2.0
protocol compliance" (both modes of disabling, replacing several attributes, removing a member). Erratum 8097 and
SCIM-SDK's issue 416: `Add` on a value path that nothing matches yet.

Inferred, from attribute mappings that its documents describe, without a printed request: roles by
`primary eq "True"`, a manager that is a plain or an empty string, booleans as strings in a POST.
"""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, PATCH_OP, USER
from tests.scim.clients.entra import NEW_USER, another
from tests.scim.clients.wire import listed, matching, patched
from tests.scim.house import made, refused

pytestmark = pytest.mark.anyio


async def test_a_life_from_the_first_query_to_the_hard_delete(scim: httpx.AsyncClient) -> None:
    """Match, create, match again, disable, match while disabled, restore, disable, delete after 30 days."""
    query = 'userName eq "test_user_ab6490ee@gov.example"'
    assert await matching(scim, "/Users", query) == []
    found = await made(scim, "/Users", NEW_USER)
    assert (found["schemas"], "roles" in found) == ([USER], False)
    assert found["externalId"] == NEW_USER["externalId"]
    where = f"/Users/{found['id']}"
    assert await listed(scim, "/Users", filter=query) == [found]
    disabled = await patched(scim, where, {"op": "Replace", "path": "active", "value": "False"})
    assert disabled == found | {"active": False, "meta": disabled["meta"]}
    assert await matching(scim, "/Users", query) == [found["id"]]
    restored = await patched(scim, where, {"op": "Replace", "path": "active", "value": "True"})
    assert restored == found | {"meta": restored["meta"]}
    await patched(scim, where, {"op": "replace", "path": "active", "value": False})
    assert (await scim.delete(where)).status_code == 204
    refused(await scim.get(where), 404)
    assert await matching(scim, "/Users", query) == []
    refused(await scim.delete(where), 404)


@pytest.mark.parametrize(
    "query",
    [
        'userName eq "test_user_ab6490ee@gov.example"',
        'externalId eq "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef"',
        'emails[type eq "work"].value eq "test_user_fd0ea19b@gov.example"',
    ],
)
async def test_the_matching_queries(scim: httpx.AsyncClient, query: str) -> None:
    await made(scim, "/Users", another("somebody else") | {"emails": []})
    nobody = await scim.get("/Users", params={"filter": query})
    assert (nobody.status_code, nobody.json()["totalResults"], nobody.json()["Resources"]) == (200, 0, [])
    found = await made(scim, "/Users", NEW_USER)
    assert await listed(scim, "/Users", filter=query) == [found]


async def test_several_attributes_in_the_default_mode(scim: httpx.AsyncClient) -> None:
    """One capitalised operation for each attribute, extension attributes by their URN."""
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    found = await patched(
        scim,
        where,
        {"op": "Replace", "path": "displayName", "value": "Pvlo"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "TestBcwqnm@test.example"},
        {"op": "Replace", "path": "name.givenName", "value": "Gtfd"},
        {"op": "Replace", "path": "name.familyName", "value": "Pkqf"},
        {"op": "Replace", "path": "externalId", "value": "Eqpj"},
        {"op": "Replace", "path": f"{ENTERPRISE_USER}:employeeNumber", "value": "Eqpj"},
        {"op": "Add", "path": "nickName", "value": "Babs"},
        {"op": "Replace", "path": "userName", "value": "5b50642d@gov.example"},
    )
    assert found == {
        "schemas": [USER, ENTERPRISE_USER],
        "id": found["id"],
        "externalId": "Eqpj",
        "userName": "5b50642d@gov.example",
        "name": {"formatted": "givenName familyName", "familyName": "Pkqf", "givenName": "Gtfd"},
        "displayName": "Pvlo",
        "nickName": "Babs",
        "active": True,
        "emails": [{"value": "TestBcwqnm@test.example", "type": "work", "primary": True}],
        ENTERPRISE_USER: {"employeeNumber": "Eqpj"},
        "meta": found["meta"],
    }


async def test_several_attributes_with_the_flag(scim: httpx.AsyncClient) -> None:
    """Value paths by themselves, everything else flat in one value without a path."""
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    found = await patched(
        scim,
        where,
        {"op": "replace", "path": 'emails[type eq "work"].value', "value": "TestMhvaes@test.example"},
        {
            "op": "replace",
            "value": {
                "displayName": "Bjfe",
                "name.givenName": "Kkom",
                "name.familyName": "Unua",
                f"{ENTERPRISE_USER}:employeeNumber": "Aklq",
            },
        },
        {"op": "add", "path": "nickName", "value": "Babs"},
    )
    assert (found["displayName"], found["nickName"]) == ("Bjfe", "Babs")
    assert found["name"] == {"formatted": "givenName familyName", "familyName": "Unua", "givenName": "Kkom"}
    assert found["emails"] == [{"value": "TestMhvaes@test.example", "type": "work", "primary": True}]
    assert found[ENTERPRISE_USER] == {"employeeNumber": "Aklq"}


async def test_flat_keys_of_every_kind(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    flat = {
        f"{USER}:displayName": "新名",
        f"{USER}:name.givenName": "新",
        'emails[type eq "work"].primary': "False",
        'phoneNumbers[type eq "mobile"].value': "13800000000",
        'addresses[type eq "work"].formatted': "某路 1 号",
        f"{ENTERPRISE_USER}:manager": "boss-id",
        "active": "False",
        "unknownAttribute": "x",
    }
    found = await patched(scim, where, {"op": "Add", "value": flat})
    assert (found["displayName"], found["name"]["givenName"], found["active"]) == ("新名", "新", False)
    assert found["emails"][0]["primary"] is False
    assert found["phoneNumbers"] == [{"value": "13800000000", "type": "mobile"}]
    assert found["addresses"] == [{"formatted": "某路 1 号", "type": "work"}]
    assert found[ENTERPRISE_USER]["manager"]["value"] == "boss-id"


async def test_paths_with_the_core_urn_before_them(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    found = await patched(
        scim,
        where,
        {"op": "Replace", "path": f"{USER}:displayName", "value": "新名"},
        {"op": "Replace", "path": f"{USER}:name.familyName", "value": "新"},
        {"op": "Replace", "path": f'{USER}:emails[type eq "work"].value', "value": "n@gov.example"},
        {"op": "Replace", "path": f"{USER}:active", "value": "False"},
    )
    assert (found["displayName"], found["name"]["familyName"], found["active"]) == ("新名", "新", False)
    assert found["emails"] == [{"value": "n@gov.example", "type": "work", "primary": True}]


async def test_add_makes_the_element_that_replace_does_not_find(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER | {'emails': []}))['id']}"
    path = 'emails[type eq "work"].value'
    operation = {"op": "Replace", "path": path, "value": "x@gov.example"}
    answer = await scim.patch(where, json={"schemas": [PATCH_OP], "Operations": [operation]})
    refused(answer, 400, "noTarget")
    assert "emails" not in (await scim.get(where)).json()
    found = await patched(scim, where, {"op": "Add", "path": path, "value": "x@gov.example"})
    assert found["emails"] == [{"value": "x@gov.example", "type": "work"}]
    found = await patched(
        scim,
        where,
        {"op": "Add", "path": 'emails[type eq "work"].primary', "value": "true"},
        {"op": "Add", "path": 'emails[type eq "work"].type', "value": "work"},
        {"op": "Add", "path": 'addresses[type eq "work"].country', "value": "CN"},
        {"op": "Add", "path": 'addresses[type eq "work"].locality', "value": "上海"},
    )
    assert found["emails"] == [{"value": "x@gov.example", "type": "work", "primary": True}]
    assert found["addresses"] == [{"locality": "上海", "country": "CN", "type": "work"}]


async def test_a_role_that_is_the_primary_one(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', NEW_USER))['id']}"
    path = 'roles[primary eq "True"].value'
    found = await patched(scim, where, {"op": "Add", "path": path, "value": "管理员"})
    assert found["roles"] == [{"value": "管理员", "primary": True}]
    found = await patched(scim, where, {"op": "Replace", "path": path, "value": "用户"})
    assert found["roles"] == [{"value": "用户", "primary": True}]
    assert await matching(scim, "/Users", 'roles[primary eq "True"].value eq "用户"') == [found["id"]]
    found = await patched(scim, where, {"op": "Remove", "path": path})
    assert "roles" not in found


MANAGER = f"{ENTERPRISE_USER}:manager"


@pytest.mark.parametrize(
    "set_it",
    [
        {"op": "Add", "path": MANAGER, "value": "THE-BOSS"},
        {"op": "Replace", "path": MANAGER, "value": {"value": "THE-BOSS"}},
        {"op": "Replace", "path": MANAGER, "value": {"$ref": "User", "value": "THE-BOSS", "displayName": "Boss"}},
        {"op": "Add", "path": f"{MANAGER}.value", "value": "THE-BOSS"},
        {"op": "replace", "value": {MANAGER: "THE-BOSS"}},
        {"op": "replace", "value": {ENTERPRISE_USER: {"manager": "THE-BOSS"}}},
        {"op": "Add", "path": ENTERPRISE_USER, "value": {"manager": {"value": "THE-BOSS"}}},
    ],
)
@pytest.mark.parametrize(
    "clear_it",
    [
        {"op": "Remove", "path": MANAGER},
        {"op": "Replace", "path": MANAGER, "value": ""},
        {"op": "Replace", "path": MANAGER, "value": None},
        {"op": "Replace", "path": MANAGER, "value": {"value": ""}},
        {"op": "Replace", "path": MANAGER, "value": {"value": None}},
        {"op": "replace", "value": {MANAGER: ""}},
    ],
)
async def test_a_manager_is_set_and_cleared(
    scim: httpx.AsyncClient, set_it: dict[str, Any], clear_it: dict[str, Any]
) -> None:
    boss = (await made(scim, "/Users", another("boss")))["id"]
    found = await made(scim, "/Users", NEW_USER)
    where = f"/Users/{found['id']}"
    managed = await patched(scim, where, named(set_it, boss))
    assert managed[ENTERPRISE_USER]["manager"]["value"] == boss
    cleared = await patched(scim, where, clear_it)
    assert cleared == found | {"meta": cleared["meta"]}


def named(operation: Any, boss: str) -> Any:
    """The same operation, with the boss's id in it."""
    if isinstance(operation, dict):
        return {key: named(value, boss) for key, value in operation.items()}
    return boss if operation == "THE-BOSS" else operation


async def test_a_manager_and_booleans_as_strings_in_a_new_user(scim: httpx.AsyncClient) -> None:
    body = NEW_USER | {
        "active": "True",
        "roles": [{"value": "用户", "primary": "True"}],
        ENTERPRISE_USER: {"manager": "boss-id", "department": "教育局"},
    }
    found = await made(scim, "/Users", body)
    assert (found["active"], found["roles"]) == (True, [{"value": "用户", "primary": True}])
    assert found[ENTERPRISE_USER]["manager"]["value"] == "boss-id"
