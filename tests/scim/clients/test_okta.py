"""Okta: PUT first, users that are never deleted, a rename that carries the id.

Shapes: developer.okta.com, "Okta and SCIM Version 2.0" (requests of users and groups), its concepts page on SCIM
(paging with a constant order; deactivation instead of deletion), and its "SCIM 2.0 SPEC Test" suite (the order of the
steps; userName without regard to case; 404 and 409).

Inferred: that the body of a PUT holds all that was read before, readOnly parts and meta included; the guide shows
id, groups and meta in it.
"""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, USER
from tests.scim.clients.wire import ids, listed, matching, patched, put
from tests.scim.house import group, made, refused, user

pytestmark = pytest.mark.anyio
NEW_USER = {
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


async def test_the_suite_that_an_integration_must_pass(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", user("already.there"))
    first = (await scim.get("/Users", params={"count": 1, "startIndex": 1})).json()
    assert (first["totalResults"], first["itemsPerPage"], first["startIndex"]) == (1, 1, 1)
    (there,) = first["Resources"]
    assert (await scim.get(f"/Users/{there['id']}")).json() == there
    query = {"filter": 'userName eq "test.user@okta.local"', "startIndex": 1, "count": 100}
    nobody = await scim.get("/Users", params=query)
    assert (nobody.status_code, nobody.json()["totalResults"], nobody.json()["Resources"]) == (200, 0, [])
    refused(await scim.get("/Users/00u000000000000000"), 404)
    found = await made(scim, "/Users", NEW_USER)
    assert "password" not in found
    assert found["active"] is True
    assert (await scim.get(f"/Users/{found['id']}")).json() == found
    for text in ('userName eq "test.user@okta.local"', 'userName eq "TEST.USER@OKTA.LOCAL"'):
        assert await listed(scim, "/Users", filter=text) == [found]
    refused(await scim.post("/Users", json=NEW_USER), 409, "uniqueness")
    assert (await scim.get("/Groups", params={"startIndex": 1, "count": 100})).json()["totalResults"] == 0


async def test_a_profile_is_put_back_as_it_was_read(scim: httpx.AsyncClient) -> None:
    """id, meta, groups and the password are in the body; they are no statement, and no error."""
    found = await made(scim, "/Users", NEW_USER)
    team = await made(scim, "/Groups", group(members=[{"value": found["id"], "display": found["userName"]}]))
    where = f"/Users/{found['id']}"
    read = (await scim.get(where)).json()
    assert [each["value"] for each in read["groups"]] == [team["id"]]
    assert await put(scim, where, read | {"password": "x"}) == read
    name = {"givenName": "Another", "middleName": "Excited", "familyName": "User"}
    sent = read | {"name": name, "groups": [], ENTERPRISE_USER: {"department": "教育局", "manager": {"value": "m"}}}
    after = await put(scim, where, sent)
    assert after["name"] == {"familyName": "User", "givenName": "Another", "middleName": "Excited"}
    assert after["groups"] == read["groups"]
    assert after[ENTERPRISE_USER]["department"] == "教育局"
    assert after["meta"]["version"] != read["meta"]["version"]
    assert await put(scim, where, {key: after[key] for key in after if key != ENTERPRISE_USER} | {"name": name}) == {
        key: value for key, value in after.items() if key not in (ENTERPRISE_USER, "meta", "schemas")
    } | {"schemas": [USER], "meta": (await scim.get(where)).json()["meta"]}


async def test_a_user_is_deactivated_by_patch_and_back_by_put(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", NEW_USER)
    where = f"/Users/{found['id']}"
    off = await patched(scim, where, {"op": "replace", "value": {"active": False}})
    assert off == found | {"active": False, "meta": off["meta"]}
    assert (await put(scim, where, off | {"active": True}))["active"] is True
    assert (await put(scim, where, off))["active"] is False
    assert (await patched(scim, where, {"op": "replace", "value": {"active": True}}))["active"] is True


@pytest.mark.parametrize("endpoint", ["/Users", "/Groups"])
async def test_the_order_is_the_same_for_every_page_size(scim: httpx.AsyncClient, endpoint: str) -> None:
    """Also while resources are changed between the pages."""
    made_ids = [
        (await made(scim, endpoint, user(f"u{n}") if endpoint == "/Users" else group(f"g{n}")))["id"] for n in range(7)
    ]
    for size in (1, 2, 3, 100):
        seen: list[str] = []
        while len(seen) < 7:
            page = (await scim.get(endpoint, params={"startIndex": len(seen) + 1, "count": size})).json()
            assert (page["totalResults"], page["startIndex"]) == (7, len(seen) + 1)
            assert page["itemsPerPage"] == len(page["Resources"]) == min(size, 7 - len(seen))
            seen += [resource["id"] for resource in page["Resources"]]
            await patched(scim, f"{endpoint}/{seen[0]}", {"op": "add", "value": {"externalId": f"{size}-{len(seen)}"}})
        assert seen == made_ids
    beyond = (await scim.get(endpoint, params={"startIndex": 8, "count": 100})).json()
    assert (beyond["totalResults"], beyond["Resources"]) == (7, [])


async def test_a_group_is_pushed(scim: httpx.AsyncClient) -> None:
    """Looked for by name, made with members, renamed with its id in the value, members swapped, put, deleted."""
    one, two = [(await made(scim, "/Users", user(name, displayName=name)))["id"] for name in ("one", "two")]
    assert await matching(scim, "/Groups", 'displayName eq "Test SCIMv2"', startIndex=1, count=100) == []
    found = await made(scim, "/Groups", group("Test SCIMv2", members=[{"value": one, "display": "not this"}]))
    assert [(member["value"], member["display"]) for member in found["members"]] == [(one, "one")]
    where = f"/Groups/{found['id']}"
    renamed = await patched(
        scim, where, {"op": "replace", "value": {"id": found["id"], "displayName": "Test SCIMv2.0"}}
    )
    assert renamed == found | {"displayName": "Test SCIMv2.0", "meta": renamed["meta"]}
    swapped = await patched(
        scim,
        where,
        {"op": "remove", "path": f'members[value eq "{one}"]'},
        {"op": "add", "path": "members", "value": [{"value": two, "display": "two"}]},
    )
    assert ids(swapped) == [two]
    whole: dict[str, Any] = {"schemas": [GROUP], "id": found["id"], "displayName": "By PUT"}
    after = await put(scim, where, whole | {"members": [{"value": one, "display": "one"}, *swapped["members"]]})
    assert (after["displayName"], set(ids(after))) == ("By PUT", {one, two})
    assert (await scim.delete(where)).status_code == 204
    refused(await scim.get(where), 404)
    assert "groups" not in (await scim.get(f"/Users/{one}")).json()
