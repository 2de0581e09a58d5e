"""Keycloak as a SCIM client.

Shapes: mitodl/keycloak-scim, the extension that pushes a realm's users and groups (a user by POST and PUT with
externalId, lists that may be empty; with its patch settings `active` as a string, and for a group members, displayName
and externalId in one PATCH, `remove` with a null value where there are none); Captain-P-Goldfish/SCIM-SDK, with which
it is built (one object in a list of one as the value of an operation); keycloak/keycloak, scim/client, the preview of
a client of its own (POST, PUT, DELETE, filters with escaped strings, /.search).

Inferred: nothing but the values.
"""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, SEARCH_REQUEST, USER
from tests.scim.clients.wire import ids, matching, patched, put
from tests.scim.house import made, refused

pytestmark = pytest.mark.anyio
REALM_ID = "f2a6f1f0-6a58-4b1c-8d7c-0e0a3e3f7d11"


def person(name: str = "zhangsan", **attributes: Any) -> dict[str, Any]:
    """What the extension sends of a realm's user."""
    body = {
        "schemas": [USER],
        "externalId": f"{REALM_ID}-{name}",
        "userName": name,
        "displayName": "三 张",
        "name": {"givenName": "三", "familyName": "张"},
        "emails": [{"value": f"{name}@gov.example"}],
        "active": True,
        "roles": [],
    }
    return body | attributes


async def test_a_user_by_put(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", person())
    assert "roles" not in found
    where = f"/Users/{found['id']}"
    body = person(id=found["id"], active=False, emails=[], roles=[{"value": "管理员"}])
    after = await put(scim, where, body)
    assert (after["active"], "emails" in after, after["roles"]) == (False, False, [{"value": "管理员"}])
    assert (await scim.delete(where)).status_code == 204
    refused(await scim.get(where), 404)


async def test_a_user_by_patch(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", person())
    after = await patched(
        scim,
        f"/Users/{found['id']}",
        {"op": "replace", "path": "active", "value": "false"},
        {"op": "replace", "path": "emails", "value": [{"value": "new@gov.example"}]},
        {"op": "replace", "path": "name", "value": [{"givenName": "四"}]},
        {"op": "replace", "path": "displayName", "value": "四 张"},
    )
    assert (after["active"], after["emails"]) == (False, [{"value": "new@gov.example"}])
    assert (after["name"], after["displayName"]) == ({"familyName": "张", "givenName": "四"}, "四 张")


@pytest.mark.parametrize("wrapped", [True, False])
async def test_one_object_in_a_list(scim: httpx.AsyncClient, wrapped: bool) -> None:
    def wrap(value: dict[str, Any]) -> Any:
        return [value] if wrapped else value

    found = await made(scim, "/Users", person())
    after = await patched(
        scim,
        f"/Users/{found['id']}",
        {"op": "replace", "value": wrap({"nickName": "小张", "name": wrap({"middleName": "中"})})},
        {"op": "add", "path": ENTERPRISE_USER, "value": wrap({"employeeNumber": "7"})},
        {"op": "add", "path": f"{ENTERPRISE_USER}:manager", "value": wrap({"value": "boss-id"})},
        {"op": "replace", "path": 'emails[value eq "zhangsan@gov.example"]', "value": wrap({"value": "n@x"})},
    )
    assert (after["nickName"], after["emails"]) == ("小张", [{"value": "n@x"}])
    assert after["name"] == {"familyName": "张", "givenName": "三", "middleName": "中"}
    assert after[ENTERPRISE_USER]["employeeNumber"] == "7"
    assert after[ENTERPRISE_USER]["manager"]["value"] == "boss-id"


async def test_two_objects_are_not_one(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", person())
    for operation in (
        {"op": "replace", "path": "name", "value": [{"givenName": "四"}, {"givenName": "五"}]},
        {"op": "replace", "value": [{"nickName": "四"}, {"nickName": "五"}]},
        {"op": "replace", "path": "nickName", "value": ["四"]},
    ):
        refused(await scim.patch(f"/Users/{found['id']}", json={"Operations": [operation]}), 400, "invalidValue")
    assert (await scim.get(f"/Users/{found['id']}")).json() == found


async def test_a_group_by_put(scim: httpx.AsyncClient) -> None:
    """Its references are relative; where it has no members it leaves them out, and there are none."""
    one, two = [(await made(scim, "/Users", person(name)))["id"] for name in ("a", "b")]
    found = await made(scim, "/Groups", {"schemas": [GROUP], "externalId": "g1", "displayName": "一"})
    body = {"schemas": [GROUP], "id": found["id"], "externalId": "g1", "displayName": "一"}
    members = [{"value": id, "$ref": f"Users/{id}"} for id in (one, two)]
    after = await put(scim, f"/Groups/{found['id']}", body | {"members": members})
    assert set(ids(after)) == {one, two}
    assert ids(await put(scim, f"/Groups/{found['id']}", body)) == []


async def test_a_group_by_patch(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", person(name)))["id"] for name in ("a", "b")]
    found = await made(scim, "/Groups", {"schemas": [GROUP], "externalId": "g1", "displayName": "一"})
    where = f"/Groups/{found['id']}"
    told = [
        {"op": "replace", "path": "displayName", "value": "二"},
        {"op": "replace", "path": "externalId", "value": "g2"},
    ]
    members = {"op": "replace", "path": "members", "value": [{"value": one}, {"value": two}]}
    after = await patched(scim, where, members, *told)
    assert (set(ids(after)), after["displayName"], after["externalId"]) == ({one, two}, "二", "g2")
    after = await patched(scim, where, {"op": "remove", "path": "members", "value": None}, *told)
    assert (ids(after), after["displayName"]) == ([], "二")


async def test_its_own_client(scim: httpx.AsyncClient) -> None:
    name = 'z"s\\x'
    found = await made(scim, "/Users", person(name))
    escaped = 'z\\"s\\\\x'
    assert await matching(scim, "/Users", f'userName eq "{escaped}"') == [found["id"]]
    search = {"schemas": [SEARCH_REQUEST], "filter": f'userName eq "{escaped}"', "startIndex": 1, "count": 10}
    answer = await scim.post("/Users/.search", json=search)
    assert [each["id"] for each in answer.json()["Resources"]] == [found["id"]]
    refused(await scim.get("/Users/nobody"), 404)
