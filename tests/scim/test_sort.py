"""sortBy and sortOrder (RFC 7644 section 3.4.2.3): one total order, whatever the size of a page."""

from typing import Any

import httpx
import pytest
from sqlalchemy.dialects import postgresql

from scim_server.scim.schemas import load
from scim_server.scim.sort import sort
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP, USER
from scim_server.store.sorting import ordering
from tests.scim.house import department, group, made, patch_op, refused, user

pytestmark = pytest.mark.anyio


async def listed(scim: httpx.AsyncClient, endpoint: str = "/Users", **params: Any) -> list[str]:
    answer = await scim.get(endpoint, params=params)
    assert answer.status_code == 200, answer.text
    return [each.get("userName") or each["displayName"] for each in answer.json()["Resources"]]


async def both_ways(scim: httpx.AsyncClient, by: str, expected: list[str], endpoint: str = "/Users") -> None:
    """Ascending, descending, and page by page."""
    assert await listed(scim, endpoint, sortBy=by) == expected, by
    assert await listed(scim, endpoint, sortBy=by, sortOrder="descending") == expected[::-1], by
    for size in (1, 2, 3):
        pages = [await listed(scim, endpoint, sortBy=by, startIndex=1 + at, count=size) for at in range(0, 6, size)]
        assert [name for page in pages for name in page] == expected[:6], (by, size)


async def test_every_kind_of_attribute(scim: httpx.AsyncClient) -> None:
    boss = (await made(scim, "/Users", user("boss", externalId="b", active=False)))["id"]
    mails = [{"value": "zz@x", "type": "work"}, {"value": "AA@x", "type": "home", "primary": True}]
    await made(
        scim,
        "/Users",
        user(
            "Anna",
            externalId="B",
            title="Ärztin",
            name={"familyName": "王", "givenName": "z"},
            emails=mails,
            **{ENTERPRISE_USER: {"employeeNumber": "10", "manager": {"value": boss}}},
        ),
    )
    await made(
        scim,
        "/Users",
        user(
            "carl",
            externalId="a",
            title="zimmermann",
            name={"familyName": "李", "givenName": "A"},
            emails=[{"value": "Mm@x", "type": "home"}, {"value": "aa@a", "type": "work"}],
            **{ENTERPRISE_USER: {"employeeNumber": "9"}},
        ),
    )
    for by, expected in {
        "userName": ["Anna", "boss", "carl"],  # without case
        "USERNAME": ["Anna", "boss", "carl"],
        f"{USER}:userName": ["Anna", "boss", "carl"],
        "externalId": ["Anna", "carl", "boss"],  # by bytes: B a b
        "title": ["carl", "Anna", "boss"],  # z before ä, who has none last
        "name.familyName": ["carl", "Anna", "boss"],  # U+674E, U+738B
        "name.givenName": ["carl", "Anna", "boss"],
        "emails": ["Anna", "carl", "boss"],  # the primary one, else the first
        "emails.value": ["Anna", "carl", "boss"],
        "emails.type": ["Anna", "carl", "boss"],  # home and home: by id
        "emails.primary": ["Anna", "boss", "carl"],
        f"{ENTERPRISE_USER}:employeeNumber": ["Anna", "carl", "boss"],  # a string: 10 before 9
        f"{ENTERPRISE_USER}:manager.value": ["Anna", "boss", "carl"],
        "active": ["boss", "Anna", "carl"],
        "id": ["boss", "Anna", "carl"],
        "meta.created": ["boss", "Anna", "carl"],
        "meta.location": ["boss", "Anna", "carl"],
        "meta.resourceType": ["boss", "Anna", "carl"],
        "schemas": ["boss", "Anna", "carl"],
        "photos": ["boss", "Anna", "carl"],  # nobody has one
    }.items():
        await both_ways(scim, by, expected)


async def test_what_a_write_changes(scim: httpx.AsyncClient) -> None:
    one, *_ = [(await made(scim, "/Users", user(name)))["id"] for name in ("one", "two", "three")]
    await scim.patch(f"/Users/{one}", json=patch_op({"op": "add", "path": "title", "value": "x"}))
    await both_ways(scim, "meta.lastModified", ["two", "three", "one"])
    await both_ways(scim, "meta.version", ["two", "three", "one"])


async def test_groups_by_members_and_users_by_groups(scim: httpx.AsyncClient) -> None:
    one, two = [(await made(scim, "/Users", user(name)))["id"] for name in ("one", "two")]
    await made(scim, "/Groups", group("Zebra", members=[{"value": one}]))
    await made(scim, "/Groups", group("apple", members=[{"value": two}, {"value": one}]))
    await made(scim, "/Groups", group("Empty"))
    await both_ways(scim, "displayName", ["apple", "Empty", "Zebra"], "/Groups")
    await both_ways(scim, "members", ["Zebra", "apple", "Empty"], "/Groups")
    await both_ways(scim, "members.$ref", ["Zebra", "apple", "Empty"], "/Groups")
    await both_ways(scim, "members.type", ["Zebra", "apple", "Empty"], "/Groups")
    await both_ways(scim, "groups", ["one", "two"])
    await both_ways(scim, "groups.display", ["two", "one"])
    await both_ways(scim, "groups.type", ["one", "two"])
    refused(await scim.get("/Groups", params={"sortBy": "members.display"}), 400, "invalidValue")


async def test_numbers_are_numbers(scim: httpx.AsyncClient) -> None:
    for code, level in {"C1": 10, "C2": 9, "C3": -1}.items():
        await made(scim, "/Groups", department(code, level=level))
    await made(scim, "/Groups", department("C4", parent="C1"))
    await both_ways(scim, f"{ROSTER_GROUP}:level", ["部门 C3", "部门 C2", "部门 C1", "部门 C4"], "/Groups")
    await both_ways(scim, f"{ROSTER_GROUP}:parent", ["部门 C4", "部门 C1", "部门 C2", "部门 C3"], "/Groups")


async def test_equal_values_stand_in_the_order_of_the_ids(scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", user(f"u{n}", title="同")))["id"] for n in range(9)]
    for size in (1, 2, 4, 9, 100):
        seen: list[str] = []
        for start in range(1, 10, size):
            params = {"sortBy": "title", "startIndex": start, "count": size}
            seen += [each["id"] for each in (await scim.get("/Users", params=params)).json()["Resources"]]
        assert seen == sorted(ids)


async def test_long_values_count_to_256_characters(scim: httpx.AsyncClient) -> None:
    for name, tail in {"first": "z", "second": "a"}.items():
        await made(scim, "/Users", user(name, title="长" * 256 + tail))
    await made(scim, "/Users", user("third", title="长" * 255))
    assert await listed(scim, sortBy="title") == ["third", "first", "second"]


async def test_a_filtered_list_is_sorted_too(scim: httpx.AsyncClient) -> None:
    for number, name in enumerate(["b", "C", "a"]):
        await made(scim, "/Users", user(name, active=number != 1))
    assert await listed(scim, filter="active eq true", sortBy="userName", sortOrder="descending") == ["b", "a"]


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"sortBy": "nope"}, "no attribute nope"),
        ({"sortBy": "userName.x"}, "no attribute"),
        ({"sortBy": "members"}, "no attribute"),
        ({"sortBy": "password"}, "no attribute password"),
        ({"sortBy": "name"}, "complex"),
        ({"sortBy": "meta"}, "complex"),
        ({"sortBy": "addresses"}, "complex"),
        ({"sortBy": ENTERPRISE_USER}, "complex"),
        ({"sortBy": f"{ENTERPRISE_USER}:manager"}, "complex"),
        ({"sortBy": "x509Certificates"}, "binary"),
        ({"sortBy": "emails[type eq"}, "no attribute"),
        ({"sortBy": "x" * 10_000}, "no attribute"),
        ({"sortBy": "userName; DROP TABLE resources"}, "no attribute"),
        ({"sortBy": "userName", "sortOrder": "sideways"}, "ascending or descending"),
        ({"sortOrder": "sideways"}, "ascending or descending"),
    ],
)
async def test_what_cannot_be_sorted_by(scim: httpx.AsyncClient, params: dict[str, str], says: str) -> None:
    await made(scim, "/Users", user())
    detail = refused(await scim.get("/Users", params=params), 400, "invalidValue")
    assert says in detail
    assert len(detail) < 200


async def test_a_password_leaves_no_trace_in_any_order(scim: httpx.AsyncClient) -> None:
    for name, password in {"first": "zzz", "second": "aaa"}.items():
        await made(scim, "/Users", user(name, password=password))
    refused(await scim.get("/Users", params={"sortBy": f"{USER}:password"}), 400, "invalidValue")
    assert await listed(scim) == ["first", "second"]


async def test_an_order_without_an_attribute_is_no_order(scim: httpx.AsyncClient) -> None:
    for name in ("z", "a"):
        await made(scim, "/Users", user(name))
    assert await listed(scim, sortOrder="descending") == await listed(scim, sortBy="") == ["z", "a"]
    assert await listed(scim, sortBy="userName", sortOrder="Descending") == ["z", "a"]


@pytest.mark.parametrize("by", ["userName", "title", "emails", "groups.display", "meta.location", "active"])
def test_both_engines_compare_by_bytes(by: str) -> None:
    """PostgreSQL would else sort by the collation of its database."""
    types = load(True).resource_types
    spelled = [str(each.compile(dialect=postgresql.dialect())) for each in ordering(sort(types, by, None), types).by()]
    assert spelled[-1] == 'resources.id COLLATE "C" ASC'
    assert ('COLLATE "C"' in spelled[0]) == (by != "active")
    assert spelled[0].endswith("NULLS LAST") == (by != "meta.location")
