"""/Me over HTTP (RFC 7644 section 3.11): the user to whom the token is bound, and nobody without one."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from scim_server.store.tokens import FRESH, NoSuchUser, create_token
from tests.scim.house import BASE, House, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
TITLE = patch_op({"op": "replace", "path": "title", "value": "科长"})


async def token(house: House, role: str, name: str, user_name: str) -> None:
    """A token of that name, bound to a user, that `house.client(name)` carries."""
    house.tokens = {
        **house.tokens,
        name: await house.write(lambda connection: create_token(connection, name, role, house.clock, user_name)),
    }
    await asyncio.sleep(FRESH)  # what the server has read of the tokens is good for so long


@pytest.fixture
async def zhang(scim: httpx.AsyncClient, house: House) -> dict[str, str]:
    """A user to whom a token is bound; another one is there too."""
    found = await made(scim, "/Users", user("ZhangSan", title="科员"))
    await made(scim, "/Users", user("other"))
    await token(house, "hr", "zhang", "zhangsan")
    return found


@pytest.fixture
async def me(house: House, zhang: dict[str, str]) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client("zhang") as client:
        yield client


async def test_who_asks_is_told_of_himself(me: httpx.AsyncClient, zhang: dict[str, str]) -> None:
    answer = await me.get("/Me")
    assert (answer.status_code, answer.json()) == (200, zhang)
    assert answer.headers["location"] == zhang["meta"]["location"] == f"{BASE}/Users/{zhang['id']}"  # type: ignore[index]
    assert answer.headers["etag"] == 'W/"1"'


async def test_attributes_and_conditions_are_those_of_users(me: httpx.AsyncClient, zhang: dict[str, str]) -> None:
    shown = (await me.get("/Me", params={"attributes": "title"})).json()
    assert shown == {"schemas": zhang["schemas"], "id": zhang["id"], "title": "科员"}
    assert "title" not in (await me.get("/Me", params={"excludedAttributes": "title"})).json()
    assert (await me.get("/Me", headers={"If-None-Match": 'W/"1"'})).status_code == 304
    refused(await me.patch("/Me", json=TITLE, headers={"If-Match": 'W/"2"'}), 412)
    refused(await me.put("/Me", json=user("zhangsan"), headers={"If-Match": 'W/"2"'}), 412)
    refused(await me.delete("/Me", headers={"If-Match": 'W/"2"'}), 412)
    assert (await me.get("/Me")).json() == zhang


async def test_what_is_written_is_the_users_own(me: httpx.AsyncClient, zhang: dict[str, str]) -> None:
    where = f"/Users/{zhang['id']}"
    answer = await me.patch("/Me", json=TITLE, headers={"If-Match": 'W/"1"'}, params={"attributes": "title"})
    assert (answer.status_code, answer.json()["title"], answer.headers["etag"]) == (200, "科长", 'W/"2"')
    assert (await me.get(where)).json()["title"] == "科长"
    answer = await me.put("/Me", json=user("zhangsan2"))
    assert (answer.status_code, answer.json()["userName"]) == (200, "zhangsan2")
    assert answer.headers["location"] == f"{BASE}{where}"
    assert (await me.get("/Me")).json() == (await me.get(where)).json() == answer.json()


async def test_groups_are_shown(scim: httpx.AsyncClient, me: httpx.AsyncClient, zhang: dict[str, str]) -> None:
    team = await made(scim, "/Groups", group(members=[{"value": zhang["id"]}]))
    assert [each["value"] for each in (await me.get("/Me")).json()["groups"]] == [team["id"]]


async def test_a_deleted_user_is_nobody(scim: httpx.AsyncClient, me: httpx.AsyncClient) -> None:
    assert (await me.delete("/Me")).status_code == 204
    for answer in (await me.get("/Me"), await me.patch("/Me", json=TITLE), await me.delete("/Me")):
        refused(answer, 404)
    await made(scim, "/Users", user("zhangsan"))
    refused(await me.get("/Me"), 404)  # who has the name now is somebody else


async def test_a_token_of_nobody_says_how_to_bind_one(scim: httpx.AsyncClient) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        detail = refused(await scim.request(method, "/Me", json=user() if method in ("PUT", "PATCH") else None), 404)
        assert "huaming token create --user" in detail


async def test_nobody_registers_himself(scim: httpx.AsyncClient, me: httpx.AsyncClient) -> None:
    for client in (scim, me):
        refused(await client.post("/Me", json=user("new")), 501)
    assert (await scim.get("/Users")).json()["totalResults"] == 2


async def test_the_rights_are_the_tokens(house: House, zhang: dict[str, str]) -> None:
    await token(house, "auditor", "reader", "zhangsan")
    async with house.client("reader") as reader:
        assert (await reader.get("/Me")).json() == zhang
        refused(await reader.patch("/Me", json=TITLE), 403)
        refused(await reader.delete("/Me"), 403)
        assert (await reader.get("/Me")).json() == zhang


async def test_a_token_is_bound_to_somebody_who_is_there(house: House) -> None:
    with pytest.raises(NoSuchUser):
        await token(house, "hr", "x", "nobody")
