"""Many at once (S19): nothing is lost, nothing is there twice, and who comes too late is told so.

Requests run as tasks of one loop on the real store: they read, compute and write between each other.
"""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from scim_server.scim.department import valid_organization_code
from scim_server.scim.urns import ROSTER_GROUP, USER
from scim_server.store.tables import changes, members, resources, uniques
from tests.scim.bulk import answers, new_user, operation
from tests.scim.house import BASE, House, department, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio
PARENT = f"{ROSTER_GROUP}:parent"
NUMBER = f"{ROSTER_GROUP}:organizationCode"


def organization_code(number: int) -> str:
    body = f"91350100M{number:08d}"
    return next(body + last for last in "0123456789ABCDEFGHJKLMNPQRTUWXY" if valid_organization_code(body + last))


def joining(*ids: str) -> dict[str, Any]:
    return patch_op({"op": "add", "path": "members", "value": [{"value": id} for id in ids]})


async def people(scim: httpx.AsyncClient, count: int) -> list[str]:
    done = await answers(scim, *(new_user(f"u{n}") for n in range(count)))
    return [each["location"].rsplit("/", 1)[1] for each in done]


async def ids_in(scim: httpx.AsyncClient, where: str) -> list[str]:
    return [member["value"] for member in (await scim.get(where)).json().get("members", [])]


def statuses(done: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in done)


# -- members


async def test_twelve_clients_add_members_to_one_group(scim: httpx.AsyncClient, house: House) -> None:
    ids = await people(scim, 240)
    where = f"/Groups/{(await made(scim, '/Groups', group()))['id']}"

    async def client(mine: list[str]) -> Counter[int]:
        async with house.client() as own:
            return statuses([await own.patch(where, json=joining(id)) for id in mine])

    done = await asyncio.gather(*(client(ids[first::12]) for first in range(12)))
    assert sum(done, Counter()) == {200: 240}
    assert sorted(await ids_in(scim, where)) == sorted(ids)
    assert (await scim.get(where)).headers["etag"] == 'W/"241"'


async def test_a_new_name_and_new_members_do_not_undo_each_other(scim: httpx.AsyncClient) -> None:
    ids = await people(scim, 20)
    where = f"/Groups/{(await made(scim, '/Groups', group()))['id']}"
    renamed = patch_op({"op": "replace", "path": "displayName", "value": "新"})
    done = await asyncio.gather(*(scim.patch(where, json=joining(id)) for id in ids), scim.patch(where, json=renamed))
    assert statuses(list(done)) == {200: 21}
    assert (await scim.get(where)).json()["displayName"] == "新"
    assert sorted(await ids_in(scim, where)) == sorted(ids)


async def test_a_deleted_user_leaves_every_group_at_once(scim: httpx.AsyncClient, house: House) -> None:
    one, two = await people(scim, 2)
    teams = [
        f"/Groups/{(await made(scim, '/Groups', group(name, members=[{'value': one}, {'value': two}])))['id']}"
        for name in ("a", "b", "c")
    ]
    before = house.count()
    assert (await scim.delete(f"/Users/{one}")).status_code == 204
    for where in teams:
        answer = await scim.get(where)
        assert [member["value"] for member in answer.json()["members"]] == [two]
        assert answer.headers["etag"] == 'W/"2"', "who has read the group before must see that it is another"
        refused(await scim.patch(where, json=joining(two), headers={"If-Match": 'W/"1"'}), 412)
    assert house.count() == (before[0] - 1, before[1] + 1)


async def test_no_member_is_left_of_a_user_who_is_deleted_while_joining(scim: httpx.AsyncClient, house: House) -> None:
    ids = await people(scim, 40)
    where = f"/Groups/{(await made(scim, '/Groups', group()))['id']}"
    done = await asyncio.gather(
        *(request for id in ids for request in (scim.patch(where, json=joining(id)), scim.delete(f"/Users/{id}")))
    )
    assert {answer.status_code for answer in done[::2]} <= {200, 400}
    assert {answer.status_code for answer in done[1::2]} == {204}
    assert await ids_in(scim, where) == []
    with house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(members)) == 0


async def test_members_as_they_are_read_are_members_as_they_are_written(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", user(name, displayName=name)))["id"] for name in ("一", "二")]
    told = [
        {"value": one, "$ref": f"{BASE}/Users/{one}", "type": "User", "display": "whoever"},
        {"value": two, "$ref": None, "type": "user"},
        {"value": one},
    ]
    found = await made(scim, "/Groups", group(members=told))
    assert [member["value"] for member in found["members"]] == [one, two]
    assert found["members"][0] == {"value": one, "$ref": f"{BASE}/Users/{one}", "type": "User", "display": "一"}
    again = await scim.put(f"/Groups/{found['id']}", json=found)
    assert (again.status_code, again.json()) == (200, found)


# -- names


async def test_of_fifty_equal_posts_one_is_made(scim: httpx.AsyncClient, house: House) -> None:
    spellings = ["zhangsan", "ZhangSan", "ＺＨＡＮＧＳＡＮ", "zhangſan", "ZHANGSAN"]
    done = await asyncio.gather(*(scim.post("/Users", json=user(spellings[n % 5])) for n in range(50)))
    assert statuses(list(done)) == {201: 1, 409: 49}
    for answer in done:
        if answer.status_code == 409:
            assert "userName" in refused(answer, 409, "uniqueness")
    assert house.count() == (1, 1)


async def test_of_fifty_equal_external_ids_one_is_made(scim: httpx.AsyncClient, house: House) -> None:
    done = await asyncio.gather(*(scim.post("/Users", json=user(f"u{n}", externalId="E1")) for n in range(50)))
    assert statuses(list(done)) == {201: 1, 409: 49}
    assert "externalId" in refused(next(each for each in done if each.status_code == 409), 409, "uniqueness")
    assert house.count() == (1, 1)


async def test_two_equal_bulks_at_once_make_everybody_once(scim: httpx.AsyncClient, house: House) -> None:
    both = await asyncio.gather(*(answers(scim, *(new_user(f"u{n}") for n in range(200))) for _ in range(2)))
    for one, other in zip(*both, strict=True):
        assert sorted((one["status"], other["status"])) == ["201", "409"]
    assert house.count() == (200, 200)


# -- versions


async def test_in_a_thousand_races_nothing_is_lost(scim: httpx.AsyncClient, house: House) -> None:
    """A hundred rounds of ten writers who have all read the same version: one wins, and is what is there."""
    where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    for round_ in range(1, 101):
        held = {"If-Match": f'W/"{round_}"'}
        mine = [f"{round_}-{writer}" for writer in range(10)]
        done = await asyncio.gather(
            *(
                scim.put(where, json=user(title=title), headers=held)
                if writer % 2
                else scim.patch(where, json=patch_op({"op": "add", "path": "title", "value": title}), headers=held)
                for writer, title in enumerate(mine)
            )
        )
        assert statuses(list(done)) == {200: 1, 412: 9}
        won = next(answer for answer in done if answer.status_code == 200)
        assert (won.headers["etag"], won.json()["title"] in mine) == (f'W/"{round_ + 1}"', True)
        assert (await scim.get(where)).json() == won.json()
    assert house.count() == (1, 101)


async def test_what_is_deleted_meanwhile_is_not_brought_back(scim: httpx.AsyncClient, house: House) -> None:
    for id in await people(scim, 30):
        where, held = f"/Users/{id}", {"If-Match": 'W/"1"'}
        done = await asyncio.gather(
            scim.delete(where, headers=held),
            scim.patch(where, json=patch_op({"op": "add", "path": "title", "value": "x"}), headers=held),
            answers(scim, operation("DELETE", where, version='W/"1"')),
        )
        first, second, third = done[0].status_code, done[1].status_code, int(done[2][0]["status"])
        assert sum(status < 300 for status in (first, second, third)) == 1
        assert {first, second, third} <= {200, 204, 404, 412}
        assert (await scim.get(where)).status_code == (200 if second == 200 else 404)


# -- what the schema calls unique


async def test_of_twenty_departments_with_one_organization_code_one_is_made(
    scim: httpx.AsyncClient, house: House
) -> None:
    number = organization_code(1)
    done = await asyncio.gather(
        *(scim.post("/Groups", json=department(f"G{n}", organizationCode=number)) for n in range(20))
    )
    assert statuses(list(done)) == {201: 1, 409: 19}
    for answer in done:
        if answer.status_code == 409:
            assert "organizationCode" in refused(answer, 409, "uniqueness")
    assert house.count() == (1, 1)


async def test_of_twenty_that_take_one_organization_code_one_has_it(scim: httpx.AsyncClient) -> None:
    number = organization_code(2)
    there = [
        (await made(scim, "/Groups", department(f"G{n}", organizationCode=organization_code(100 + n))))["id"]
        for n in range(20)
    ]
    taking = patch_op({"op": "replace", "path": NUMBER, "value": number})
    done = await asyncio.gather(*(scim.patch(f"/Groups/{id}", json=taking) for id in there))
    assert statuses(list(done)) == {200: 1, 409: 19}
    listed = (await scim.get("/Groups", params={"filter": f'{NUMBER} eq "{number}"'})).json()
    assert listed["totalResults"] == 1


async def test_an_organization_code_is_free_once_it_is_given_up(scim: httpx.AsyncClient, house: House) -> None:
    one, two = organization_code(1), organization_code(2)
    first = await made(scim, "/Groups", department("A", organizationCode=one))
    changed = patch_op({"op": "replace", "path": NUMBER, "value": two})
    assert (await scim.patch(f"/Groups/{first['id']}", json=changed)).status_code == 200
    second = await made(scim, "/Groups", department("B", organizationCode=one))
    refused(await scim.post("/Groups", json=department("C", organizationCode=two)), 409, "uniqueness")
    assert (await scim.delete(f"/Groups/{second['id']}")).status_code == 204
    await made(scim, "/Groups", department("C", organizationCode=one))
    dropped = patch_op({"op": "remove", "path": NUMBER})
    assert (await scim.patch(f"/Groups/{first['id']}", json=dropped)).status_code == 200
    with house.engine.connect() as connection:
        assert list(connection.scalars(select(uniques.c.value))) == [one]


async def test_a_user_keeps_no_rows_of_unique_values(scim: httpx.AsyncClient, house: House) -> None:
    await made(scim, "/Users", {"schemas": [USER], "userName": "a", "externalId": "E", "emails": [{"value": "a@b.cn"}]})
    with house.engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(uniques)) == 0


# -- the tree of departments


async def test_two_departments_that_move_below_each_other_make_no_circle(scim: httpx.AsyncClient) -> None:
    for n in range(20):
        codes = [f"A{n}", f"B{n}", f"C{n}"]
        ids = [(await made(scim, "/Groups", department(code)))["id"] for code in codes]
        done = await asyncio.gather(
            *(
                scim.patch(f"/Groups/{id}", json=patch_op({"op": "add", "path": PARENT, "value": codes[place - 1]}))
                for place, id in enumerate(ids)
            )
        )
        assert statuses(list(done)) == {200: 2, 400: 1}
        assert "circle" in refused(next(each for each in done if each.status_code == 400), 400, "invalidValue")


async def test_a_department_is_not_deleted_from_above_a_new_one(scim: httpx.AsyncClient, house: House) -> None:
    for n in range(20):
        above = (await made(scim, "/Groups", department(f"P{n}")))["id"]
        requests = [scim.delete(f"/Groups/{above}"), scim.post("/Groups", json=department(f"C{n}", f"P{n}"))]
        done = await asyncio.gather(*(requests if n % 2 else reversed(requests)))
        assert {answer.status_code for answer in done} in ({201, 409}, {204, 400})
    with house.engine.connect() as connection:
        parents = set(connection.scalars(select(resources.c.parent).where(resources.c.parent.is_not(None))))
        codes = set(connection.scalars(select(resources.c.external_id)))
    assert parents <= codes


async def test_the_record_has_one_row_for_each_write_that_was_done(scim: httpx.AsyncClient, house: House) -> None:
    where = f"/Users/{(await made(scim, '/Users', user()))['id']}"
    done = await asyncio.gather(
        *(scim.patch(where, json=patch_op({"op": "add", "path": "title", "value": str(n)})) for n in range(30))
    )
    with house.engine.connect() as connection:
        versions = list(connection.scalars(select(changes.c.version).order_by(changes.c.seq)))
    assert versions == list(range(1, 2 + statuses(list(done))[200]))
