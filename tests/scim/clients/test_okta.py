"""Okta: PUT first, users that are never deleted, a rename that carries the id."""

import httpx
import pytest

from scim_server.scim.urns import GROUP, PATCH_OP, USER
from tests.scim.house import group, made, user

pytestmark = pytest.mark.anyio


async def test_a_profile_goes_out_and_comes_back_by_put(scim: httpx.AsyncClient) -> None:
    body = {
        "schemas": [USER],
        "userName": "test.user@okta.local",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }
    found = await made(scim, "/Users", body)
    team = await made(scim, "/Groups", group(members=[{"value": found["id"]}]))
    read = (await scim.get(f"/Users/{found['id']}")).json()
    sent = {**read, "name": {"givenName": "Another", "middleName": "Excited", "familyName": "User"}, "password": "x"}
    answer = await scim.put(f"/Users/{found['id']}", json=sent)
    assert answer.status_code == 200
    after = answer.json()
    assert after["name"] == {"familyName": "User", "givenName": "Another", "middleName": "Excited"}
    assert after["groups"][0]["value"] == team["id"]
    assert "password" not in after


async def test_a_user_is_deactivated_by_patch_and_by_put(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user())
    where = f"/Users/{found['id']}"
    body = {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": {"active": False}}]}
    assert (await scim.patch(where, json=body)).json()["active"] is False
    assert (await scim.put(where, json={**found, "active": True})).json()["active"] is True


@pytest.mark.parametrize("size", [1, 2, 100])
async def test_the_order_is_the_same_for_every_page_size(scim: httpx.AsyncClient, size: int) -> None:
    for number in range(5):
        await made(scim, "/Users", user(f"u{number}"))
    seen = []
    for start in range(1, 6, size):
        page = (await scim.get("/Users", params={"startIndex": start, "count": size})).json()
        seen += [resource["userName"] for resource in page["Resources"]]
    assert seen == [f"u{number}" for number in range(5)]


async def test_a_group_is_renamed_and_its_members_are_swapped(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", user(name)))["id"] for name in ("one", "two")]
    found = await made(scim, "/Groups", group("Test SCIMv2", members=[{"value": one, "display": "one"}]))
    where = f"/Groups/{found['id']}"
    rename = [{"op": "replace", "value": {"id": found["id"], "displayName": "Renamed"}}]
    answer = await scim.patch(where, json={"schemas": [PATCH_OP], "Operations": rename})
    assert (answer.status_code, answer.json()["displayName"]) == (200, "Renamed")
    swap = [
        {"op": "remove", "path": f'members[value eq "{one}"]'},
        {"op": "add", "path": "members", "value": [{"value": two, "display": "two"}]},
    ]
    answer = await scim.patch(where, json={"schemas": [PATCH_OP], "Operations": swap})
    assert [member["value"] for member in answer.json()["members"]] == [two]
    whole = {"schemas": [GROUP], "id": found["id"], "displayName": "By PUT", "members": [{"value": one}]}
    answer = await scim.put(where, json=whole)
    assert (answer.json()["displayName"], answer.json()["members"][0]["value"]) == ("By PUT", one)
