"""The root of the server: Users and Groups in one list (RFC 7644 sections 3.4.2.1 and 3.4.3)."""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, USER
from tests.scim.house import BASE, department, group, made, refused, user

pytestmark = pytest.mark.anyio


async def town(scim: httpx.AsyncClient) -> dict[str, str]:
    """Two users and two groups by name."""
    one = await made(scim, "/Users", user("one", displayName="Beta", externalId="X1", title="科员"))
    team = await made(scim, "/Groups", group("alpha", members=[{"value": one["id"]}]))
    two = await made(scim, "/Users", user("two", **{ENTERPRISE_USER: {"employeeNumber": "7"}}))
    office = await made(scim, "/Groups", department("G02", level=2))
    return {"one": one["id"], "alpha": team["id"], "two": two["id"], "部门 G02": office["id"]}


async def names(scim: httpx.AsyncClient, **params: Any) -> list[str]:
    """By GET; by POST the same."""
    answer = await scim.get("/", params=params)
    assert answer.status_code == 200, answer.text
    assert (await scim.post("/.search", json=params)).json() == answer.json()
    return [each.get("userName") or each["displayName"] for each in answer.json()["Resources"]]


async def test_each_resource_is_rendered_as_its_own_type(scim: httpx.AsyncClient) -> None:
    ids = await town(scim)
    body = (await scim.get("/")).json()
    assert (body["totalResults"], body["startIndex"], body["itemsPerPage"]) == (4, 1, 4)
    for shown, (name, id) in zip(body["Resources"], ids.items(), strict=True):
        endpoint = "/Users" if shown["meta"]["resourceType"] == "User" else "/Groups"
        assert shown["id"] == id
        assert shown == (await scim.get(f"{endpoint}/{id}")).json(), name
        assert shown["meta"]["location"] == f"{BASE}{endpoint}/{id}"


async def test_the_root_has_an_address_without_a_slash_too(scim: httpx.AsyncClient) -> None:
    await town(scim)
    for address in ("http://elsewhere/scim/v2", "http://elsewhere/scim/v2/"):
        answer = await scim.get(address, params={"count": 2})
        assert answer.status_code == 200, answer.text
        assert answer.json()["itemsPerPage"] == 2


async def test_what_only_one_type_knows_is_absent_from_the_other(scim: httpx.AsyncClient) -> None:
    ids = await town(scim)
    for text, expected in {
        'userName eq "one"': ["one"],
        'displayName eq "ALPHA"': ["alpha"],
        'displayName eq "beta"': ["one"],
        'externalId eq "X1" or externalId eq "G02"': ["one", "部门 G02"],
        'userName eq "two" or displayName eq "alpha"': ["alpha", "two"],
        f'members eq "{ids["one"]}"': ["alpha"],
        f'{ENTERPRISE_USER}:employeeNumber eq "7"': ["two"],
        f"{ROSTER_GROUP}:level eq 2": ["部门 G02"],
        'meta.resourceType eq "Group"': ["alpha", "部门 G02"],
        f'id eq "{ids["alpha"]}"': ["alpha"],
        "title pr": ["one"],
        "not (title pr)": ["alpha", "two", "部门 G02"],
        'userName eq "nobody"': [],
        'userName eq "one" and displayName eq "alpha"': [],
    }.items():
        assert await names(scim, filter=text) == expected, text
    refused(await scim.get("/", params={"filter": 'nope eq "x"'}), 400, "invalidFilter")
    refused(await scim.get("/", params={"filter": 'password eq "x"'}), 400, "invalidFilter")


async def test_one_order_over_both_types(scim: httpx.AsyncClient) -> None:
    await town(scim)
    for by, expected in {
        "displayName": ["alpha", "one", "部门 G02", "two"],
        "userName": ["one", "two", "alpha", "部门 G02"],
        "externalId": ["部门 G02", "one", "alpha", "two"],
        "meta.created": ["one", "alpha", "two", "部门 G02"],
        "meta.location": ["alpha", "部门 G02", "one", "two"],
        "meta.resourceType": ["alpha", "部门 G02", "one", "two"],
        f"{ROSTER_GROUP}:level": ["部门 G02", "one", "alpha", "two"],
        "active": ["one", "two", "alpha", "部门 G02"],
        "groups": ["one", "alpha", "two", "部门 G02"],
    }.items():
        assert await names(scim, sortBy=by) == expected, by
        assert await names(scim, sortBy=by, sortOrder="descending") == expected[::-1], by
        paged = [await names(scim, sortBy=by, startIndex=start, count=1) for start in (1, 2, 3, 4)]
        assert paged == [[name] for name in expected], by
    refused(await scim.get("/", params={"sortBy": "nope"}), 400, "invalidValue")


async def test_attributes_are_those_of_each_type(scim: httpx.AsyncClient) -> None:
    ids = await town(scim)
    body = (await scim.post("/.search", json={"attributes": ["userName", "members.display"]})).json()
    assert body["Resources"] == [
        {"schemas": [USER], "id": ids["one"], "userName": "one"},
        {"schemas": [GROUP], "id": ids["alpha"], "members": [{"display": "Beta"}]},
        {"schemas": [USER, ENTERPRISE_USER], "id": ids["two"], "userName": "two"},
        {"schemas": [GROUP, ROSTER_GROUP], "id": ids["部门 G02"]},
    ]


async def test_cursors_over_both_types(scim: httpx.AsyncClient) -> None:
    await town(scim)
    seen, cursor = [], ""
    while True:
        page = (await scim.get("/", params={"cursor": cursor, "count": 1, "sortBy": "displayName"})).json()
        assert page["totalResults"] == 4
        seen += [each.get("userName") or each["displayName"] for each in page["Resources"]]
        if "nextCursor" not in page:
            break
        cursor = page["nextCursor"]
    assert seen == ["alpha", "one", "部门 G02", "two"]
    params = {"cursor": cursor, "count": 1, "sortBy": "displayName"}
    refused(await scim.get("/Users", params=params), 400, "invalidCursor")


async def test_an_empty_root(scim: httpx.AsyncClient) -> None:
    for params in ({}, {"cursor": ""}, {"filter": "title pr"}, {"sortBy": "userName"}, {"count": 0}):
        body = (await scim.get("/", params=params)).json()
        assert (body["totalResults"], body["Resources"]) == (0, []), params
        assert not {"nextCursor", "previousCursor"} & body.keys()
