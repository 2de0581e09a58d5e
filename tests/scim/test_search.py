"""POST on .search (RFC 7644 section 3.4.3): the query of a GET, in a body."""

import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, event

from scim_server.scim.urns import LIST_RESPONSE, SEARCH_REQUEST, USER
from tests.scim.house import House, group, made, refused, user
from tests.servers.stores import only_sqlite

pytestmark = pytest.mark.anyio


async def searched(scim: httpx.AsyncClient, endpoint: str = "/Users", **body: Any) -> dict[str, Any]:
    answer = await scim.post(f"{endpoint}/.search", json={"schemas": [SEARCH_REQUEST], **body})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/scim+json")
    found: dict[str, Any] = answer.json()
    return found


async def test_a_search_answers_as_the_get_does(scim: httpx.AsyncClient) -> None:
    for number in range(5):
        await made(scim, "/Users", user(f"u{number}", title="A" if number % 2 else "B"))
    body = {"filter": 'title eq "b"', "sortBy": "userName", "sortOrder": "descending", "startIndex": 2, "count": 1}
    listed = (await scim.get("/Users", params=body)).json()
    assert await searched(scim, **body) == listed
    assert listed["schemas"] == [LIST_RESPONSE]
    assert [each["userName"] for each in listed["Resources"]] == ["u2"]
    assert (await searched(scim))["totalResults"] == 5


async def test_attributes_are_lists(scim: httpx.AsyncClient) -> None:
    one = (await made(scim, "/Users", user("one", title="科员", displayName="甲")))["id"]
    (shown,) = (await searched(scim, attributes=["title", "displayName"]))["Resources"]
    assert shown == {"schemas": [USER], "id": one, "title": "科员", "displayName": "甲"}
    (shown,) = (await searched(scim, excludedAttributes=["TITLE", f"{USER}:displayName", "meta", "nope"]))["Resources"]
    assert shown == {"schemas": [USER], "id": one, "userName": "one", "active": True}
    (shown,) = (await searched(scim, attributes=[]))["Resources"]
    assert shown["title"] == "科员"


async def test_names_compare_without_case_and_null_says_nothing(scim: httpx.AsyncClient) -> None:
    for name in ("b", "a"):
        await made(scim, "/Users", user(name))
    body = {"SORTBY": "userName", "COUNT": 1, "filter": None, "startindex": None, "colour": {"of": ["no", "interest"]}}
    found = await searched(scim, **body)
    assert [each["userName"] for each in found["Resources"]] == ["a"]
    answer = await scim.post("/Users/.search", json={"count": 1})  # as a PatchOp, it may do without schemas
    assert answer.json()["itemsPerPage"] == 1


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ([], "invalidSyntax"),
        ("filter", "invalidSyntax"),
        (None, "invalidSyntax"),
        ({"schemas": [USER]}, "invalidSyntax"),
        ({"schemas": SEARCH_REQUEST}, "invalidSyntax"),
        ({"count": 1.5}, "invalidSyntax"),
        ({"count": 1.0}, "invalidSyntax"),
        ({"count": True}, "invalidSyntax"),
        ({"count": "10"}, "invalidSyntax"),
        ({"count": [1]}, "invalidSyntax"),
        ({"count": 10**18}, "invalidValue"),
        ({"count": 10**30}, "invalidSyntax"),
        ({"startIndex": {}}, "invalidSyntax"),
        ({"startIndex": -(10**18)}, "invalidValue"),
        ({"startIndex": 2**63}, "invalidValue"),
        ({"filter": 5}, "invalidSyntax"),
        ({"filter": ["a"]}, "invalidSyntax"),
        ({"filter": "userName"}, "invalidFilter"),
        ({"sortBy": 5}, "invalidSyntax"),
        ({"sortBy": "nope"}, "invalidValue"),
        ({"sortOrder": "up"}, "invalidValue"),
        ({"cursor": 5}, "invalidSyntax"),
        ({"cursor": "x"}, "invalidCursor"),
        ({"cursor": "", "count": 1.5}, "invalidCount"),
        ({"cursor": "", "startIndex": 2}, "invalidValue"),
        ({"attributes": "userName"}, "invalidSyntax"),
        ({"attributes": [5]}, "invalidSyntax"),
        ({"excludedAttributes": {"a": 1}}, "invalidSyntax"),
        ({"attributes": ["title"] * 1_001}, "invalidValue"),
        ({"excludedAttributes": ["x," * 2_000]}, "invalidValue"),
        ({"count": 1, "COUNT": 2}, "invalidSyntax"),
    ],
)
async def test_what_is_no_search_request(scim: httpx.AsyncClient, body: Any, scim_type: str) -> None:
    await made(scim, "/Users", user())
    for path in ("/Users/.search", "/Groups/.search", "/.search"):
        assert len(refused(await scim.post(path, json=body), 400, scim_type)) < 200


async def test_a_negative_count_means_none_and_a_large_one_a_page(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", user())
    for count, shown in {-3: 0, 0: 0, 2_147_483_647: 1, 2**59: 1}.items():
        found = await searched(scim, count=count, startIndex=-7)
        assert (found["totalResults"], found["itemsPerPage"], found["startIndex"]) == (1, shown, 1)


async def test_an_auditor_searches_and_creates_nothing(house: House) -> None:
    async with house.client("auditor") as scim:
        for endpoint in ("/Users", "/Groups", ""):
            assert (await searched(scim, endpoint))["totalResults"] == 0
            assert (await searched(scim, endpoint, cursor=""))["totalResults"] == 0
        refused(await scim.post("/Users", json=user()), 403)
    async with house.client(None) as scim:
        refused(await scim.post("/Users/.search", json={}), 401)


async def test_search_is_asked_by_post_alone(scim: httpx.AsyncClient) -> None:
    for path in ("/Users/.search", "/Groups/.search", "/.search"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = await scim.request(method, path)
            refused(answer, 405)
            assert answer.headers["allow"] == "POST"


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """What the drivers of connections made from now on are told."""
    told: list[str] = []

    def trace(connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(told.append)

    event.listen(Engine, "connect", trace)
    yield told
    event.remove(Engine, "connect", trace)


@only_sqlite  # whose driver tells what it is asked
async def test_members_are_read_only_where_they_are_shown(statements: list[str], house: House) -> None:
    async with house.client() as scim:
        one = (await made(scim, "/Users", user("one")))["id"]
        await made(scim, "/Groups", group(members=[{"value": one}]))
        for endpoint, attribute in {"/Groups": "members", "/Users": "groups"}.items():
            statements.clear()
            (shown,) = (await searched(scim, endpoint, excludedAttributes=[attribute]))["Resources"]
            assert attribute not in shown
            (shown,) = (await searched(scim, endpoint, attributes=["externalId"]))["Resources"]
            assert attribute not in shown
            assert [each for each in statements if "FROM members JOIN" in each] == []
            (shown,) = (await searched(scim, endpoint))["Resources"]
            assert shown[attribute][0]["$ref"]
            assert [each for each in statements if "FROM members JOIN" in each] != []
