"""References in a Bulk (RFC 7644 section 3.7.2): forward, circular, in paths and filters; departments by code (S7)."""

import itertools
from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP, USER
from tests.scim.bulk import answers, error, id_of, new_group, new_user, operation, path, statuses
from tests.scim.house import BASE, House, department, made, patch_op, user

pytestmark = pytest.mark.anyio


def report(bulk_id: str, manager: str, user_name: str | None = None) -> dict[str, Any]:
    """A POST of a User with a manager."""
    facts = {ENTERPRISE_USER: {"manager": {"value": manager}}}
    return new_user(bulk_id, user_name, schemas=[USER, ENTERPRISE_USER], **facts)


def new_department(code: str, parent: str | None = None) -> dict[str, Any]:
    return operation("POST", "/Groups", department(code, parent), bulkId=code)


def changed(where: str, **given: Any) -> dict[str, Any]:
    """A PATCH with one operation."""
    return operation("PATCH", where, patch_op(given))


async def manager(scim: httpx.AsyncClient, where: str) -> str | None:
    found = (await scim.get(where)).json().get(ENTERPRISE_USER, {})
    value: str | None = found.get("manager", {}).get("value")
    return value


async def members(scim: httpx.AsyncClient, where: str) -> list[str]:
    return [member["value"] for member in (await scim.get(where)).json().get("members", [])]


async def test_who_is_named_may_stand_before_or_after(scim: httpx.AsyncClient) -> None:
    done = await answers(
        scim, new_group("team", "bulkId:b", "bulkId:a"), new_user("a"), report("b", "bulkId:c"), new_user("c")
    )
    assert [each["bulkId"] for each in done] == ["team", "a", "b", "c"]
    assert statuses(done) == ["201"] * 4
    assert await members(scim, path(done[0])) == [id_of(done[2]), id_of(done[1])]
    assert await manager(scim, path(done[2])) == id_of(done[3])


async def test_references_in_every_place_where_an_id_may_stand(scim: httpx.AsyncClient) -> None:
    old = (await made(scim, "/Users", user("old")))["id"]
    team = (await made(scim, "/Groups", {**new_group("t", old)["data"]}))["id"]
    member = {"value": "bulkId:a", "$ref": "../Users/bulkId:a"}
    done = await answers(
        scim,
        changed(f"/Users/{old}", op="add", path=f"{ENTERPRISE_USER}:manager", value="bulkId:a"),
        changed(f"/Groups/{team}", op="Add", path="members", value=[member]),
        changed("/Users/bulkId:a", op="add", value={"title": "bulkId:a"}),
        new_user("a", displayName="bulkId:a"),
        changed("/Groups/bulkId:g", op="remove", path='members[value eq "bulkId:a"]'),
        new_group("g", "bulkId:a", "bulkId:b"),
        new_user("b"),
        changed("/Users/bulkId:b", op="replace", value={f"{ENTERPRISE_USER}:manager.value": "bulkId:a"}),
    )
    assert statuses(done) == ["200", "200", "200", "201", "200", "201", "201", "200"]
    one, two = id_of(done[3]), id_of(done[6])
    assert await manager(scim, f"/Users/{old}") == one
    assert await members(scim, f"/Groups/{team}") == [old, one]
    assert await members(scim, path(done[5])) == [two]
    assert await manager(scim, f"/Users/{two}") == one
    shown = (await scim.get(f"/Users/{one}")).json()
    assert (shown["displayName"], shown["title"]) == ("bulkId:a", "bulkId:a"), "names and titles are no references"
    assert done[2]["location"] == f"{BASE}/Users/{one}"


async def test_what_is_made_is_changed_and_deleted_in_the_same_bulk(scim: httpx.AsyncClient, house: House) -> None:
    done = await answers(
        scim,
        operation("PUT", "/Users/bulkId:a", user("second")),
        new_user("a", "first"),
        operation("DELETE", "/Users/bulkId:a"),
    )
    assert statuses(done) == ["200", "201", "204"]
    assert house.count()[0] == 0


async def test_a_reference_to_what_failed_is_a_conflict(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", user("taken"))
    done = await answers(
        scim,
        new_group("team", "bulkId:b"),
        new_user("a", "taken"),
        report("b", "bulkId:a"),
        operation("DELETE", "/Users/bulkId:a"),
        new_user("c"),
    )
    error(done[1], 409, "uniqueness")
    assert "bulkId:a" in error(done[2], 409)
    assert "bulkId:b" in error(done[0], 409)
    assert "bulkId:a" in error(done[3], 409)
    assert done[4]["status"] == "201"
    assert (await scim.get("/Users")).json()["totalResults"] == 2
    assert (await scim.get("/Groups")).json()["totalResults"] == 0


async def test_a_reference_to_nobody_is_an_invalid_value(scim: httpx.AsyncClient) -> None:
    there = (await made(scim, "/Users", user("there")))["id"]
    done = await answers(
        scim,
        new_group("team", "bulkId:nobody"),
        operation("DELETE", "/Users/bulkId:nobody"),
        report("b", "bulkId:put"),
        operation("PUT", f"/Users/{there}", user("there"), bulkId="put"),
    )
    for each in done[:3]:
        assert "no POST of this Bulk" in error(each, 400, "invalidValue")
    assert done[3]["status"] == "200"


# -- circles


async def test_a_circle_of_managers_is_made_at_once(scim: httpx.AsyncClient) -> None:
    done = await answers(
        scim, report("a", "bulkId:c"), report("b", "bulkId:a"), report("c", "bulkId:b"), report("self", "bulkId:self")
    )
    assert statuses(done) == ["201"] * 4
    found = [await manager(scim, path(each)) for each in done]
    assert found == [id_of(done[place]) for place in (2, 0, 1, 3)]


async def test_a_circle_of_which_one_fails_is_not_made_at_all(scim: httpx.AsyncClient, house: House) -> None:
    await made(scim, "/Users", user("taken"))
    before = house.count()
    done = await answers(
        scim,
        report("a", "bulkId:c"),
        report("b", "bulkId:a", "taken"),
        report("c", "bulkId:b"),
        new_group("team", "bulkId:a"),
    )
    error(done[1], 409, "uniqueness")
    for each in (done[0], done[2]):
        assert "bulkId:b" in error(each, 409)
    error(done[3], 409)
    assert house.count() == before


async def test_in_a_circle_what_is_wrong_is_told_where_it_is(scim: httpx.AsyncClient, house: House) -> None:
    done = await answers(scim, report("a", "bulkId:b"), report("b", "bulkId:a", " "))
    assert "bulkId:b" in error(done[0], 409)
    error(done[1], 400, "invalidValue")
    assert house.count() == (0, 0)


async def test_a_group_is_no_member_of_itself_nor_of_another(scim: httpx.AsyncClient, house: House) -> None:
    done = await answers(scim, new_group("a", "bulkId:a"), new_group("b", "bulkId:c"), new_group("c"))
    error(done[0], 400, "invalidValue")
    error(done[1], 400, "invalidValue")
    assert done[2]["status"] == "201"
    circle = await answers(scim, new_group("d", "bulkId:e"), new_group("e", "bulkId:d"))
    assert sorted(statuses(circle)) == ["400", "409"]
    assert house.count()[0] == 1


# -- departments (S7)


@pytest.mark.parametrize("order", list(itertools.permutations(["G", "G02", "G02-1"])))
async def test_a_tree_is_made_in_any_order(scim: httpx.AsyncClient, order: tuple[str, ...]) -> None:
    above = {"G": None, "G02": "G", "G02-1": "G02"}
    done = await answers(scim, *(new_department(code, above[code]) for code in order))
    assert [(each["bulkId"], each["status"]) for each in done] == [(code, "201") for code in order]


async def test_a_parent_may_be_named_by_its_bulk_id(scim: httpx.AsyncClient) -> None:
    child = operation("POST", "/Groups", department("C", "bulkId:top"), bulkId="child")
    done = await answers(scim, child, operation("POST", "/Groups", department("P"), bulkId="top"))
    assert statuses(done) == ["201", "201"]
    assert (await scim.get(path(done[0]))).json()[ROSTER_GROUP]["parent"] == "P"


async def test_a_department_that_is_there_moves_under_one_that_is_new(scim: httpx.AsyncClient) -> None:
    there = (await made(scim, "/Groups", department("A")))["id"]
    under = patch_op({"op": "add", "path": f"{ROSTER_GROUP}:parent", "value": "N"})
    done = await answers(scim, operation("PATCH", f"/Groups/{there}", under), new_department("N"))
    assert statuses(done) == ["200", "201"]


async def test_a_parent_that_fails_or_is_nowhere_leaves_no_child(scim: httpx.AsyncClient, house: House) -> None:
    broken = operation("POST", "/Groups", department("P", kind="nonsense"), bulkId="P")
    done = await answers(scim, new_department("C", "P"), broken, new_department("D", "nowhere"))
    for each in done:
        error(each, 400, "invalidValue")
    assert house.count() == (0, 0)


async def test_parents_in_a_circle_are_refused(scim: httpx.AsyncClient, house: House) -> None:
    done = await answers(scim, new_department("A", "C"), new_department("B", "A"), new_department("C", "B"))
    assert sorted(statuses(done)) == ["400", "409", "409"]
    assert house.count() == (0, 0)


async def test_a_bureau_in_one_bulk(scim: httpx.AsyncClient) -> None:
    """Departments with their people in them, backwards: the deepest first, people after their departments."""
    count = 40
    tree = [new_department("D0"), *(new_department(f"D{n}", f"D{(n - 1) // 3}") for n in range(1, count))]
    people = [report(f"u{n}", f"bulkId:u{n // 5}") for n in range(1, 400)] + [new_user("u0")]
    joining = [
        changed(
            f"/Groups/bulkId:D{n}",
            op="add",
            path="members",
            value=[{"value": f"bulkId:u{k}"} for k in range(n, 400, count)],
        )
        for n in range(count)
    ]
    done = await answers(scim, *joining, *reversed(tree), *people)
    assert statuses(done) == ["200"] * count + ["201"] * (count + 400)
    assert len(await members(scim, path(done[0]))) == 10
    assert [each["bulkId"] for each in done[count : 2 * count]] == [f"D{n}" for n in reversed(range(count))]


async def test_a_chain_of_a_thousand(scim: httpx.AsyncClient) -> None:
    done = await answers(scim, *(report(f"u{n}", f"bulkId:u{n + 1}") for n in range(999)), new_user("u999"))
    assert set(statuses(done)) == {"201"}
    assert await manager(scim, path(done[0])) == id_of(done[1])
