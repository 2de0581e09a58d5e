"""Who may do what: every endpoint, every method, every role (RFC 6750, reliability: least right)."""

import httpx
import pytest

from tests.scim.house import House, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
SEARCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
BULK = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
    "Operations": [{"method": "POST", "path": "/Users", "bulkId": "a", "data": user("bulk")}],
}
RENAME = patch_op({"op": "replace", "path": "displayName", "value": "x"})
READS = [
    ("GET", path, None)
    for path in (
        "/Users",
        "/Users/{user}",
        "/Groups",
        "/Groups/{group}",
        "/",
        "/ServiceProviderConfig",
        "/ResourceTypes",
        "/ResourceTypes/User",
        "/Schemas",
        "/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
    )
] + [("POST", f"{place}/.search", SEARCH) for place in ("", "/Users", "/Groups")]
WRITES = [
    ("POST", "/Users", user("new")),
    ("POST", "/Groups", group("new")),
    ("POST", "/Bulk", BULK),
    ("PUT", "/Users/{user}", user("other")),
    ("PUT", "/Groups/{group}", group("other")),
    ("PATCH", "/Users/{user}", RENAME),
    ("PATCH", "/Groups/{group}", RENAME),
    ("DELETE", "/Users/{user}", None),
    ("DELETE", "/Groups/{group}", None),
]
# what is no such endpoint or method is refused before anybody looks whether it is there
NOWHERE = [("POST", "/Users/{user}", user()), ("DELETE", "/Users", None), ("PUT", "/Schemas", {}), ("PATCH", "/", {})]


async def _ask(house: House, role: str | None, method: str, path: str, body: object) -> httpx.Response:
    async with house.client("admin") as scim:
        there = (await scim.get("/Users", params={"filter": 'userName eq "there"'})).json()["Resources"]
        one = there[0]["id"] if there else (await made(scim, "/Users", user("there")))["id"]
        team = (await made(scim, "/Groups", group("team")))["id"]
    before = house.count()
    async with house.client(role) as scim:
        answer = await scim.request(method, path.format(user=one, group=team), json=body)
    if answer.status_code >= 400 or method == "GET" or "search" in path:
        assert house.count() == before
    if answer.status_code in (401, 403):
        assert one not in answer.text
        assert team not in answer.text
    return answer


@pytest.mark.parametrize(("method", "path", "body"), READS)
async def test_every_role_reads(house: House, method: str, path: str, body: object) -> None:
    for role in ("hr", "admin", "auditor"):
        assert (await _ask(house, role, method, path, body)).status_code == 200, role
    refused(await _ask(house, None, method, path, body), 401)


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_hr_and_admin_write_and_an_auditor_does_not(house: House, method: str, path: str, body: object) -> None:
    refused(await _ask(house, "auditor", method, path, body), 403)
    refused(await _ask(house, None, method, path, body), 401)
    for role in ("hr", "admin"):
        status = (await _ask(house, role, method, path, body)).status_code
        assert status in (200, 201, 204) or (status == 409 and role == "admin"), role


@pytest.mark.parametrize(("method", "path", "body"), NOWHERE)
@pytest.mark.parametrize("role", ["hr", "admin", "auditor"])
async def test_what_is_not_possible_is_possible_for_nobody(
    house: House, role: str, method: str, path: str, body: object
) -> None:
    assert (await _ask(house, role, method, path, body)).status_code in (404, 405)


async def test_ids_and_addresses_are_the_servers_own(house: House) -> None:
    """A client's own id, another's id in the body, a number as a key, the mail of another: nobody becomes another."""
    async with house.client() as scim:
        mail = [{"value": "boss@example.cn", "type": "work"}]
        boss = await made(scim, "/Users", user("boss", externalId="1", emails=mail))
        forged = {"id": boss["id"], "meta": {"location": "https://evil.example", "version": 'W/"9"'}}
        other = await made(scim, "/Users", user("other", emails=mail, displayName="boss", **forged))
        assert other["id"] != boss["id"]
        assert other["meta"]["location"].endswith(other["id"])
        assert (await scim.get(f"/Users/{boss['id']}")).json() == boss
        for key in (1, True, ["1"], {"value": "1"}):
            refused(await scim.post("/Users", json=user("third", externalId=key)), 400, "invalidValue")
        refused(await scim.post("/Users", json=user("third", externalId="1")), 409, "uniqueness")
        put = await scim.put(f"/Users/{other['id']}", json=user("other", **forged))
        assert put.json()["id"] == other["id"]
        assert (await scim.get(f"/Users/{boss['id']}")).json() == boss
        refused(await scim.put(f"/Users/{other['id']}", json=user("other", externalId="1")), 409, "uniqueness")
        refused(await scim.get("/Users/1"), 404)
        refused(await scim.delete("/Users/1"), 404)
        assert (await scim.delete(f"/Users/{other['id']}")).status_code == 204
        assert (await scim.get(f"/Users/{boss['id']}")).json() == boss
