"""/Users over HTTP: create, read, replace, change, delete."""

import asyncio

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER, USER
from tests.scim.house import BASE, House, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio


async def test_a_user_is_created_and_read_back(scim: httpx.AsyncClient) -> None:
    body = user(
        externalId="YZ1", name={"familyName": "张", "givenName": "三"}, emails=[{"value": "Z@x", "type": "work"}]
    )
    answer = await scim.post("/Users", json=body)
    found = answer.json()
    where = f"{BASE}/Users/{found['id']}"
    assert (answer.status_code, answer.headers["etag"], answer.headers["location"]) == (201, 'W/"1"', where)
    assert answer.headers["content-type"] == "application/scim+json"
    assert {name: found[name] for name in body} == body
    assert found["active"] is True
    assert "groups" not in found
    meta = found["meta"]
    assert (meta["resourceType"], meta["location"], meta["version"]) == ("User", where, 'W/"1"')
    assert meta["created"] == meta["lastModified"]
    again = await scim.get(f"/Users/{found['id']}")
    assert (again.status_code, again.headers["etag"], again.json()) == (200, 'W/"1"', found)
    head = await scim.head(f"/Users/{found['id']}")
    assert (head.status_code, head.headers["etag"]) == (200, 'W/"1"')


async def test_ids_are_the_servers_and_a_password_is_never_seen_again(scim: httpx.AsyncClient, house: House) -> None:
    found = await made(
        scim, "/Users", user(id="mine", password="Tr0ub4dor", meta={"version": "x"}, groups=[{"value": "g"}])
    )
    assert found["id"] != "mine"
    assert found.keys() == {"schemas", "id", "userName", "active", "meta"}
    stored = await house.roster.get("User", found["id"])
    assert stored is not None
    assert b"Tr0ub4dor" not in stored.document


async def test_put_clears_what_it_omits_but_not_active(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user(title="科员", externalId="YZ1", active=False))
    answer = await scim.put(f"/Users/{found['id']}", json=user(displayName="张三"))
    assert answer.status_code == 200
    after = answer.json()
    assert after["active"] is False
    assert after["displayName"] == "张三"
    assert not {"title", "externalId"} & after.keys()
    assert (after["meta"]["version"], answer.headers["etag"]) == ('W/"2"', 'W/"2"')
    assert after["meta"]["created"] == found["meta"]["created"]


async def test_put_of_what_was_read_changes_nothing(scim: httpx.AsyncClient, house: House) -> None:
    found = await made(scim, "/Users", user(emails=[{"value": "a@x"}], **{ENTERPRISE_USER: {"employeeNumber": "7"}}))
    await made(scim, "/Groups", group(members=[{"value": found["id"]}]))
    read = (await scim.get(f"/Users/{found['id']}")).json()
    before = house.count()
    answer = await scim.put(f"/Users/{found['id']}", json=read)
    assert (answer.status_code, answer.json()) == (200, read)
    assert house.count() == before


async def test_patch_answers_with_the_resource_and_no_change_is_no_version(
    scim: httpx.AsyncClient, house: House
) -> None:
    found = await made(scim, "/Users", user())
    change = patch_op({"op": "replace", "path": "active", "value": False})
    answer = await scim.patch(f"/Users/{found['id']}", json=change)
    assert (answer.status_code, answer.headers["etag"], answer.json()["active"]) == (200, 'W/"2"', False)
    before = house.count()
    again = await scim.patch(f"/Users/{found['id']}", json=change)
    assert (again.status_code, again.headers["etag"], again.json()) == (200, 'W/"2"', answer.json())
    assert house.count() == before


async def test_taking_active_out_lifts_no_lock(scim: httpx.AsyncClient, house: House) -> None:
    found = await made(scim, "/Users", user(active=False))
    where = f"/Users/{found['id']}"

    async def locked() -> bool:
        stored = await house.roster.get("User", found["id"])
        assert stored is not None
        asked = {"filter": f"active eq {'true' if stored.active else 'false'}"}
        assert (await scim.get("/Users", params=asked)).json()["totalResults"] == 1
        return stored.active is False

    answer = await scim.patch(where, json=patch_op({"op": "remove", "path": "active"}))
    assert (answer.status_code, "active" in answer.json()) == (200, False)
    assert await locked()
    answer = await scim.put(where, json=answer.json() | {"title": "科员"})
    assert (answer.status_code, "active" in answer.json()) == (200, False)
    assert await locked()
    await scim.patch(where, json=patch_op({"op": "replace", "path": "title", "value": "科长"}))
    assert await locked()
    answer = await scim.patch(where, json=patch_op({"op": "add", "path": "active", "value": True}))
    assert answer.json()["active"] is True
    assert not await locked()
    await scim.patch(where, json=patch_op({"op": "remove", "path": "active"}))
    assert not await locked()


async def test_a_patch_is_whole_or_not_at_all(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user(title="科员"))
    operations = [{"op": "replace", "path": "title", "value": "科长"}, {"op": "replace", "path": "nope", "value": "x"}]
    refused(await scim.patch(f"/Users/{found['id']}", json=patch_op(*operations)), 400, "invalidPath")
    assert (await scim.get(f"/Users/{found['id']}")).json() == found


async def test_delete_is_final_and_the_name_is_free_again(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user(externalId="YZ1"))
    gone = await scim.delete(f"/Users/{found['id']}")
    assert (gone.status_code, gone.content) == (204, b"")
    for answer in (
        await scim.get(f"/Users/{found['id']}"),
        await scim.put(f"/Users/{found['id']}", json=user()),
        await scim.patch(f"/Users/{found['id']}", json=patch_op({"op": "remove", "path": "title"})),
        await scim.delete(f"/Users/{found['id']}"),
    ):
        refused(answer, 404)
    again = await made(scim, "/Users", user(externalId="YZ1"))
    assert again["id"] != found["id"]


async def test_a_user_that_goes_leaves_its_groups(scim: httpx.AsyncClient) -> None:
    one, two = [await made(scim, "/Users", user(name)) for name in ("one", "two")]
    team = await made(scim, "/Groups", group(members=[{"value": one["id"]}, {"value": two["id"]}]))
    await scim.delete(f"/Users/{one['id']}")
    after = (await scim.get(f"/Groups/{team['id']}")).json()
    assert [member["value"] for member in after["members"]] == [two["id"]]
    assert after["meta"]["version"] != team["meta"]["version"]


async def test_groups_of_a_user_come_in_the_order_of_joining(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user())
    teams = [await made(scim, "/Groups", group(name)) for name in ("乙", "甲")]
    for team in teams:
        add = patch_op({"op": "add", "path": "members", "value": [{"value": found["id"]}]})
        assert (await scim.patch(f"/Groups/{team['id']}", json=add)).status_code == 200
    groups = (await scim.get(f"/Users/{found['id']}")).json()["groups"]
    assert groups == [
        {"value": team["id"], "$ref": team["meta"]["location"], "display": team["displayName"], "type": "direct"}
        for team in teams
    ]


@pytest.mark.parametrize("twin", ["ZhangSan", "ＺＨＡＮＧＳＡＮ", "zhang\u017fan"])
async def test_names_that_differ_in_form_only_are_taken(scim: httpx.AsyncClient, twin: str) -> None:
    await made(scim, "/Users", user("zhangsan"))
    assert "userName" in refused(await scim.post("/Users", json=user(twin)), 409, "uniqueness")
    other = await made(scim, "/Users", user("lisi"))
    refused(await scim.put(f"/Users/{other['id']}", json=user(twin)), 409, "uniqueness")
    rename = patch_op({"op": "replace", "path": "userName", "value": twin})
    refused(await scim.patch(f"/Users/{other['id']}", json=rename), 409, "uniqueness")
    assert (await scim.get(f"/Users/{other['id']}")).json() == other


async def test_an_external_id_is_one_users_and_compares_exactly(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", user("one", externalId="yz1"))
    await made(scim, "/Users", user("two", externalId="YZ1"))
    assert "externalId" in refused(await scim.post("/Users", json=user("three", externalId="YZ1")), 409, "uniqueness")
    await made(scim, "/Groups", group(externalId="YZ1"))
    await made(scim, "/Users", user("four", externalId=""))
    await made(scim, "/Users", user("five", externalId=""))


async def test_fifty_equal_posts_at_once_make_one_user(scim: httpx.AsyncClient, house: House) -> None:
    answers = await asyncio.gather(*(scim.post("/Users", json=user()) for _ in range(50)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 49
    assert house.count() == (1, 1)


async def test_without_the_roster_extension_it_is_a_schema_like_any_unknown_one(plain_scim: httpx.AsyncClient) -> None:
    found = await made(plain_scim, "/Users", user(**{ROSTER_USER: {"employmentCategory": "administrative"}}))
    assert found["schemas"] == [USER]
    assert ROSTER_USER not in found


async def test_attributes_shape_every_answer(scim: httpx.AsyncClient) -> None:
    body, only = user(title="科员", displayName="张三"), {"attributes": "displayName"}
    created = await scim.post("/Users", json=body, params=only)
    assert created.json().keys() == {"schemas", "id", "displayName"}
    where = f"/Users/{created.json()['id']}"
    changed = {**body, "title": "科长"}
    for answer in (
        await scim.get(where, params=only),
        await scim.put(where, json=changed, params=only),
        await scim.patch(where, json=patch_op({"op": "remove", "path": "title"}), params=only),
    ):
        assert answer.json().keys() == {"schemas", "id", "displayName"}
    without = await scim.get(where, params={"excludedAttributes": "meta,userName"})
    assert without.json().keys() == {"schemas", "id", "displayName", "active"}
