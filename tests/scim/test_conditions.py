"""ETag conditions (RFC 7644 section 3.14), alone and in races (S19)."""

import asyncio

import httpx
import pytest

from tests.scim.house import House, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
TITLE = patch_op({"op": "replace", "path": "title", "value": "科长"})


@pytest.mark.parametrize("field", ['W/"1"', '"1"', "*", 'W/"7", W/"1"'])
async def test_who_has_this_version_is_told_so(scim: httpx.AsyncClient, field: str) -> None:
    where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    answer = await scim.get(where, headers={"If-None-Match": field})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", 'W/"1"')


async def test_who_has_another_version_gets_this_one(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Users", user())
    answer = await scim.get(f"/Users/{found['id']}", headers={"If-None-Match": 'W/"2"'})
    assert (answer.status_code, answer.json()) == (200, found)
    refused(await scim.get(f"/Users/{found['id']}", headers={"If-Match": 'W/"2"'}), 412)


@pytest.mark.parametrize(
    "headers", [{"If-Match": 'W/"2"'}, {"If-Match": "nonsense"}, {"If-None-Match": "*"}, {"If-None-Match": 'W/"1"'}]
)
@pytest.mark.parametrize("endpoint", ["/Users", "/Groups"])
async def test_a_write_whose_condition_fails_writes_nothing(
    scim: httpx.AsyncClient, house: House, endpoint: str, headers: dict[str, str]
) -> None:
    body = user() if endpoint == "/Users" else group()
    found = await made(scim, endpoint, body)
    where, before = f"{endpoint}/{found['id']}", house.count()
    change = patch_op({"op": "add", "path": "externalId", "value": "E9"})
    refused(await scim.put(where, json={**body, "externalId": "E9"}, headers=headers), 412)
    refused(await scim.patch(where, json=change, headers=headers), 412)
    refused(await scim.delete(where, headers=headers), 412)
    assert house.count() == before
    assert (await scim.get(where)).json() == found


@pytest.mark.parametrize("field", ['W/"1"', "*", 'W/"9", W/"1"'])
async def test_a_write_whose_condition_holds(scim: httpx.AsyncClient, field: str) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        where = f"/Users/{(await made(scim, '/Users', user(method)))['id']}"
        body = {"PUT": user(method, title="x"), "PATCH": TITLE, "DELETE": None}[method]
        answer = await scim.request(method, where, json=body, headers={"If-Match": field})
        assert answer.status_code in (200, 204)


async def test_of_twenty_writers_with_one_version_one_wins(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    for round_ in range(1, 6):
        answers = await asyncio.gather(
            *(
                scim.patch(
                    where,
                    json=patch_op({"op": "replace", "path": "title", "value": f"{round_}-{writer}"}),
                    headers={"If-Match": f'W/"{round_}"'},
                )
                for writer in range(20)
            )
        )
        won = [answer.json() for answer in answers if answer.status_code == 200]
        assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
        assert (await scim.get(where)).json() == won[0]


async def test_without_a_condition_no_update_is_lost(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    names = ["title", "nickName", "locale", "timezone"]
    answers = await asyncio.gather(
        *(scim.patch(where, json=patch_op({"op": "replace", "path": name, "value": name})) for name in names)
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    after = (await scim.get(where)).json()
    assert {name: after[name] for name in names} == {name: name for name in names}
    assert after["meta"]["version"] == 'W/"5"'


async def test_a_resource_that_moves_all_the_time_is_said_to_be_busy(scim: httpx.AsyncClient) -> None:
    where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    answers = await asyncio.gather(
        *(scim.patch(where, json=patch_op({"op": "replace", "path": "title", "value": str(n)})) for n in range(60))
    )
    done = [answer for answer in answers if answer.status_code == 200]
    assert {answer.status_code for answer in answers} <= {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
    assert (await scim.get(where)).headers["etag"] == f'W/"{1 + len(done)}"'


async def test_members_with_a_condition_demand_the_version(scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", user(name)))["id"] for name in ("a", "b", "c", "d")]
    where = f"/Groups/{(await made(scim, '/Groups', group()))['id']}"
    answers = await asyncio.gather(
        *(
            scim.patch(
                where,
                json=patch_op({"op": "add", "path": "members", "value": [{"value": id}]}),
                headers={"If-Match": 'W/"1"'},
            )
            for id in ids
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert len((await scim.get(where)).json()["members"]) == 1
