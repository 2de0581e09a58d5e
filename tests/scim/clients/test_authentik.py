"""authentik's SCIM provider.

Shapes: goauthentik/authentik, authentik/providers/scim (its clients and their tests): /ServiceProviderConfig first, and
again after an hour; users by POST and PUT, never by PATCH; groups by POST without members, by a pathless replace that
carries id and schemas, and one operation a member in lots of `bulk.maxOperations`; 404 means "make it anew", 409 means
"look it up".

One of its requests is not answered as it hopes: after a 409 it asks `userName eq NAME`, without quotation marks, which
is no filter (RFC 7644 figure 1) and is 400 here. Its synchronisation reports that person as an error and goes on; a
person whom authentik itself has made is never asked for.
"""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import GROUP, USER
from tests.scim.clients.wire import ids, matching, patched, put
from tests.scim.house import made, refused

pytestmark = pytest.mark.anyio


PICTURE = {"value": "https://auth.example/static/user_default.png", "type": "photo", "primary": True}


def person(login: str = "zhangsan", **attributes: Any) -> dict[str, Any]:
    """What it sends of a user; externalId is a hash."""
    body = {
        "schemas": [USER],
        "userName": login,
        "name": {"formatted": "张 三", "givenName": "张", "familyName": "三"},
        "displayName": "张 三",
        "photos": [PICTURE],
        "active": True,
        "emails": [{"value": f"{login}@gov.example", "type": "other", "primary": True}],
        "externalId": f"5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8{login}",
    }
    return body | attributes


async def test_the_configuration_that_it_decides_by(scim: httpx.AsyncClient) -> None:
    config = (await scim.get("/ServiceProviderConfig", headers={"Accept": "application/scim+json"})).json()
    for feature in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert isinstance(config[feature]["supported"], bool)
    assert config["patch"]["supported"]
    assert config["filter"]["supported"]
    assert all({"type", "name", "description"} <= scheme.keys() for scheme in config["authenticationSchemes"])


async def test_a_user_is_made_and_put(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", person())
    assert {key: found[key] for key in person()} == person()
    where = f"/Users/{found['id']}"
    after = await put(scim, where, person(id=found["id"], displayName="张 四", active=False))
    assert (after["displayName"], after["active"]) == ("张 四", False)
    assert (await scim.delete(where)).status_code == 204
    refused(await scim.put(where, json=person(id=found["id"])), 404)
    assert (await made(scim, "/Users", person()))["id"] != found["id"]


async def test_a_user_of_whom_little_is_known(scim: httpx.AsyncClient) -> None:
    """Empty lists and empty strings; its older releases sent them."""
    nameless = {"familyName": "", "formatted": "", "givenName": ""}
    found = await made(scim, "/Users", person(emails=[], photos=[], displayName="", name=nameless))
    assert "emails" not in found
    assert "photos" not in found
    assert await put(scim, f"/Users/{found['id']}", found) == found


async def test_a_user_who_is_there_already(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", person())
    refused(await scim.post("/Users", json=person(externalId="another")), 409, "uniqueness")
    assert await matching(scim, "/Users", 'userName eq "zhangsan"') == [found["id"]]
    refused(await scim.get("/Users", params={"filter": "userName eq zhangsan"}), 400, "invalidFilter")


async def test_a_group_and_its_members(scim: httpx.AsyncClient) -> None:
    one, two, three = [(await made(scim, "/Users", person(name)))["id"] for name in ("a", "b", "c")]
    body = {"schemas": [GROUP], "externalId": "0f2e", "displayName": "一"}
    found = await made(scim, "/Groups", body)
    where = f"/Groups/{found['id']}"
    after = await patched(
        scim, where, *({"op": "add", "path": "members", "value": [{"value": id}]} for id in (one, two))
    )
    assert ids(after) == [one, two]
    after = await patched(scim, where, {"op": "replace", "value": body | {"id": found["id"], "displayName": "二"}})
    assert (after["displayName"], ids(after)) == ("二", [one, two])
    after = await patched(
        scim,
        where,
        {"op": "add", "path": "members", "value": [{"value": three}]},
        {"op": "remove", "path": "members", "value": [{"value": one}]},
    )
    assert ids(after) == [two, three]
    gone = await patched(scim, where, {"op": "remove", "path": "members", "value": [{"value": one}]})
    assert gone == after


async def test_as_many_operations_as_a_bulk_request_has(scim: httpx.AsyncClient) -> None:
    """It takes `bulk.maxOperations` for what one PATCH may have."""
    most = (await scim.get("/ServiceProviderConfig")).json()["bulk"]["maxOperations"]
    one = (await made(scim, "/Users", person()))["id"]
    found = await made(scim, "/Groups", {"schemas": [GROUP], "externalId": "0f2e", "displayName": "一"})
    add = {"op": "add", "path": "members", "value": [{"value": one}]}
    after = await patched(scim, f"/Groups/{found['id']}", *[add] * most)
    assert ids(after) == [one]
    remove = {"op": "remove", "path": "members", "value": [{"value": one}]}
    assert ids(await patched(scim, f"/Groups/{found['id']}", *[remove] * most, *[add] * 3)) == [one]


async def test_a_group_that_is_gone_is_made_anew(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Groups", {"schemas": [GROUP], "externalId": "0f2e", "displayName": "一"})
    assert (await scim.delete(f"/Groups/{found['id']}")).status_code == 204
    replace = {"op": "replace", "value": {"displayName": "一"}}
    refused(await scim.patch(f"/Groups/{found['id']}", json={"Operations": [replace]}), 404)
    await made(scim, "/Groups", {"schemas": [GROUP], "externalId": "0f2e", "displayName": "一"})
