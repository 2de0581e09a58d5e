"""/Groups over HTTP: members come and go as rows."""

import asyncio

import httpx
import pytest

from scim_server.scim.urns import ROSTER_GROUP
from scim_server.settings import Server, Settings
from tests.scim.house import BASE, House, department, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio


async def people(scim: httpx.AsyncClient, count: int) -> list[str]:
    return [
        (await made(scim, "/Users", user(f"u{number}", displayName=f"人{number}")))["id"] for number in range(count)
    ]


async def members(scim: httpx.AsyncClient, id: str) -> list[str]:
    return [member["value"] for member in (await scim.get(f"/Groups/{id}")).json().get("members", [])]


def add(*ids: str) -> dict[str, object]:
    return patch_op({"op": "add", "path": "members", "value": [{"value": id} for id in ids]})


async def test_a_group_with_members_is_created_and_read_back(scim: httpx.AsyncClient) -> None:
    one, two = await people(scim, 2)
    found = await made(scim, "/Groups", group(members=[{"value": two}, {"value": one}, {"value": two}]))
    assert found["members"] == [
        {"value": two, "$ref": f"{BASE}/Users/{two}", "display": "人1", "type": "User"},
        {"value": one, "$ref": f"{BASE}/Users/{one}", "display": "人0", "type": "User"},
    ]
    assert (await scim.get(f"/Groups/{found['id']}")).json() == found
    assert "members" not in (await scim.get(f"/Groups/{found['id']}", params={"excludedAttributes": "members"})).json()


async def test_members_are_added_and_removed(scim: httpx.AsyncClient) -> None:
    one, two, three = await people(scim, 3)
    team = (await made(scim, "/Groups", group(members=[{"value": one}])))["id"]
    answer = await scim.patch(f"/Groups/{team}", json=add(two, three))
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert [member["value"] for member in answer.json()["members"]] == [one, two, three]
    swap = patch_op(
        {"op": "remove", "path": f'members[value eq "{two}"]'}, {"op": "replace", "path": "displayName", "value": "新"}
    )
    after = (await scim.patch(f"/Groups/{team}", json=swap)).json()
    assert (after["displayName"], [member["value"] for member in after["members"]]) == ("新", [one, three])
    exact = patch_op({"op": "replace", "path": "members", "value": [{"value": two}]})
    await scim.patch(f"/Groups/{team}", json=exact)
    assert await members(scim, team) == [two]
    await scim.patch(f"/Groups/{team}", json=patch_op({"op": "remove", "path": "members"}))
    assert await members(scim, team) == []


async def test_what_is_so_already_makes_no_version(scim: httpx.AsyncClient, house: House) -> None:
    one, two = await people(scim, 2)
    found = await made(scim, "/Groups", group(members=[{"value": one}]))
    before = house.count()
    for answer in (
        await scim.patch(f"/Groups/{found['id']}", json=add(one)),
        await scim.patch(f"/Groups/{found['id']}", json=add(one), headers={"If-Match": 'W/"1"'}),
        await scim.patch(
            f"/Groups/{found['id']}", json=patch_op({"op": "remove", "path": f'members[value eq "{two}"]'})
        ),
        await scim.patch(
            f"/Groups/{found['id']}", json=patch_op({"op": "replace", "path": "members", "value": [{"value": one}]})
        ),
        await scim.patch(
            f"/Groups/{found['id']}", json=patch_op({"op": "replace", "value": {"displayName": "篮球队"}})
        ),
        await scim.put(f"/Groups/{found['id']}", json=found),
    ):
        assert (answer.status_code, answer.json()) == (200, found)
    assert house.count() == before


async def test_put_sets_exactly_these_members(scim: httpx.AsyncClient) -> None:
    one, two, three = await people(scim, 3)
    team = (await made(scim, "/Groups", group(members=[{"value": one}, {"value": two}])))["id"]
    answer = await scim.put(f"/Groups/{team}", json=group("新", members=[{"value": three}, {"value": two}]))
    assert (answer.status_code, answer.json()["displayName"]) == (200, "新")
    assert set(await members(scim, team)) == {two, three}
    await scim.put(f"/Groups/{team}", json=group("新"))
    assert await members(scim, team) == []


async def test_members_are_users_who_exist(scim: httpx.AsyncClient, house: House) -> None:
    (one,) = await people(scim, 1)
    other = (await made(scim, "/Groups", group("other")))["id"]
    team = (await made(scim, "/Groups", group(members=[{"value": one}])))["id"]
    before = house.count()
    for value in ({"value": other}, {"value": "nobody"}, {"value": one, "type": "Group"}, {"display": "x"}, {}):
        refused(await scim.post("/Groups", json=group("third", members=[value])), 400, "invalidValue")
        refused(await scim.put(f"/Groups/{team}", json=group(members=[value])), 400, "invalidValue")
        operation = {"op": "add", "path": "members", "value": [value]}
        refused(await scim.patch(f"/Groups/{team}", json=patch_op(operation)), 400, "invalidValue")
    assert house.count() == before
    assert await members(scim, team) == [one]


async def test_members_added_at_once_are_all_there(scim: httpx.AsyncClient) -> None:
    ids = await people(scim, 24)
    team = (await made(scim, "/Groups", group()))["id"]
    answers = await asyncio.gather(
        *(scim.patch(f"/Groups/{team}", json=add(*ids[place : place + 2])) for place in range(0, 24, 2))
    )
    assert {answer.status_code for answer in answers} == {200}
    assert set(await members(scim, team)) == set(ids)


async def test_two_plain_groups_may_have_one_name(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Groups", group("同名"))
    await made(scim, "/Groups", group("同名"))
    found = (await scim.get("/Groups", params={"filter": 'displayName eq "同名"'})).json()
    assert found["totalResults"] == 2


async def test_deleting_a_group_frees_its_members(scim: httpx.AsyncClient) -> None:
    (one,) = await people(scim, 1)
    team = (await made(scim, "/Groups", group(members=[{"value": one}])))["id"]
    assert (await scim.delete(f"/Groups/{team}")).status_code == 204
    refused(await scim.get(f"/Groups/{team}"), 404)
    assert "groups" not in (await scim.get(f"/Users/{one}")).json()


# -- departments (S7)


async def test_a_tree_of_departments(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Groups", department("G", kind="root"))
    found = await made(scim, "/Groups", department("G02", "G", organizationCode="91350100M000100Y43"))
    office = await made(scim, "/Groups", department("G02-1", "G02", "office", level=2))
    assert found["externalId"] == "G02"
    assert office[ROSTER_GROUP] == {"departmentCode": "G02-1", "kind": "office", "parent": "G02", "level": 2}
    listed = (await scim.get("/Groups", params={"filter": f'{ROSTER_GROUP}:parent eq "G02"'})).json()
    assert [each["id"] for each in listed["Resources"]] == [office["id"]]


@pytest.mark.parametrize("parent", ["G99", "plain"])
async def test_a_parent_is_a_department_that_exists(scim: httpx.AsyncClient, house: House, parent: str) -> None:
    await made(scim, "/Groups", group(externalId="plain"))
    before = house.count()
    assert parent in refused(await scim.post("/Groups", json=department("G02", parent)), 400, "invalidValue")
    assert house.count() == before


async def test_a_circle_is_refused_however_it_is_asked_for(scim: httpx.AsyncClient) -> None:
    top, middle, low = [
        await made(scim, "/Groups", department(code, parent)) for code, parent in (("A", None), ("B", "A"), ("C", "B"))
    ]
    refused(await scim.put(f"/Groups/{top['id']}", json=department("A", "C")), 400, "invalidValue")
    move = patch_op({"op": "add", "path": f"{ROSTER_GROUP}:parent", "value": "C"})
    refused(await scim.patch(f"/Groups/{top['id']}", json=move), 400, "invalidValue")
    refused(await scim.patch(f"/Groups/{middle['id']}", json=move), 400, "invalidValue")
    refused(await scim.patch(f"/Groups/{low['id']}", json=move), 400, "invalidValue")
    assert (await scim.get(f"/Groups/{top['id']}")).json() == top
    allowed = patch_op({"op": "replace", "path": f"{ROSTER_GROUP}:parent", "value": "A"})
    assert (await scim.patch(f"/Groups/{low['id']}", json=allowed)).json()[ROSTER_GROUP]["parent"] == "A"


async def test_the_code_of_a_department_never_changes(scim: httpx.AsyncClient) -> None:
    found = await made(scim, "/Groups", department("G02"))
    where = f"/Groups/{found['id']}"
    refused(await scim.put(where, json=department("G03")), 400, "mutability")
    refused(await scim.put(where, json=group("教育局", externalId="G03")), 400, "mutability")
    for operation in (
        {"op": "replace", "path": "externalId", "value": "G03"},
        {"op": "remove", "path": "externalId"},
        {"op": "replace", "path": f"{ROSTER_GROUP}:departmentCode", "value": "G03"},
        {"op": "remove", "path": ROSTER_GROUP},
    ):
        answer = await scim.patch(where, json=patch_op(operation))
        if operation == {"op": "remove", "path": "externalId"}:
            assert answer.json() == found  # it follows from the departmentCode
        else:
            refused(answer, 400, "mutability")
    renamed = await scim.put(where, json=group("教育和体育局"))
    assert (renamed.status_code, renamed.json()["externalId"], renamed.json()["displayName"]) == (
        200,
        "G02",
        "教育和体育局",
    )
    assert renamed.json()[ROSTER_GROUP] == found[ROSTER_GROUP]


async def test_a_code_and_an_organization_code_are_one_departments(scim: httpx.AsyncClient) -> None:
    number = {"organizationCode": "91350100M000100Y43"}
    first = await made(scim, "/Groups", department("G02", **number))
    refused(await scim.post("/Groups", json=department("G02")), 409, "uniqueness")
    assert "organizationCode" in refused(
        await scim.post("/Groups", json=department("G03", **number)), 409, "uniqueness"
    )
    assert (await scim.put(f"/Groups/{first['id']}", json=department("G02", kind="unit", **number))).status_code == 200


async def test_a_department_goes_after_its_children_and_its_people(scim: httpx.AsyncClient) -> None:
    (one,) = await people(scim, 1)
    top = await made(scim, "/Groups", department("G02"))
    office = await made(scim, "/Groups", department("G02-1", "G02", "office"))
    await scim.patch(f"/Groups/{office['id']}", json=add(one))
    assert "G02-1" in refused(await scim.delete(f"/Groups/{top['id']}"), 409)
    assert "人0" in refused(await scim.delete(f"/Groups/{office['id']}"), 409)
    await scim.delete(f"/Users/{one}")
    for each in (office, top):
        assert (await scim.delete(f"/Groups/{each['id']}")).status_code == 204


async def test_without_the_roster_extension_a_department_is_a_plain_group(plain_scim: httpx.AsyncClient) -> None:
    found = await made(plain_scim, "/Groups", department("G02", "nowhere"))
    assert ROSTER_GROUP not in found
    assert found["externalId"] == "G02"


async def test_where_unknown_members_are_ignored_those_who_exist_are_in(plain_scim: httpx.AsyncClient) -> None:
    one, two = await people(plain_scim, 2)
    team = await made(plain_scim, "/Groups", group(members=[{"value": "nobody"}, {"value": one}]))
    assert await members(plain_scim, team["id"]) == [one]
    everybody = [{"value": one}, {"value": "nobody"}, {"value": two}]
    for method, body in (("PATCH", add("nobody", two)), ("PUT", group(members=everybody)), ("PATCH", add("nobody"))):
        answer = await plain_scim.request(method, f"/Groups/{team['id']}", json=body)
        assert answer.status_code == 200
        assert await members(plain_scim, team["id"]) == [one, two]
        assert answer.headers["ETag"] == 'W/"2"'  # who was in already, and who is nobody, is no change


@pytest.mark.parametrize(
    ("server", "ignores"),
    [
        (Server(), False),
        (Server(roster_extension=False), True),
        (Server(roster_extension=False, unknown_members="refuse"), False),
        (Server(unknown_members="ignore"), True),
    ],
)
async def test_what_becomes_of_unknown_members_can_be_said_outright(server: Server, ignores: bool) -> None:
    assert Settings(server=server).ignores_unknown_members is ignores
