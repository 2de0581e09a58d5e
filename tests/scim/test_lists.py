"""Lists: filter, startIndex, count, and what they show."""

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, LIST_RESPONSE, ROSTER_GROUP, USER
from tests.scim.house import House, department, group, made, refused, user

pytestmark = pytest.mark.anyio


async def found(scim: httpx.AsyncClient, text: str, endpoint: str = "/Users") -> list[str]:
    answer = await scim.get(endpoint, params={"filter": text})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["totalResults"] == body["itemsPerPage"] == len(body["Resources"])
    return [resource.get("userName") or resource["displayName"] for resource in body["Resources"]]


async def test_pages_tile_the_list_in_one_order(scim: httpx.AsyncClient) -> None:
    ids = [(await made(scim, "/Users", user(f"u{number}")))["id"] for number in range(7)]
    for size in (1, 2, 3, 7, 100):
        seen = []
        for start in range(1, 8, size):
            page = (await scim.get("/Users", params={"startIndex": start, "count": size})).json()
            assert page["schemas"] == [LIST_RESPONSE]
            assert (page["totalResults"], page["startIndex"]) == (7, start)
            assert page["itemsPerPage"] == len(page["Resources"])
            seen += [resource["id"] for resource in page["Resources"]]
        assert seen == sorted(ids)


@pytest.mark.parametrize(
    ("params", "start", "count"),
    [
        ({"count": "0"}, 1, 0),
        ({"count": "-5"}, 1, 0),
        ({"startIndex": "0"}, 1, 3),
        ({"startIndex": "-7", "count": "2"}, 1, 2),
        ({"startIndex": "3"}, 3, 1),
        ({"startIndex": "4"}, 4, 0),
        ({"startIndex": "999999999", "count": "999999999"}, 999999999, 0),
        ({"startIndex": "", "count": "", "attributes": ""}, 1, 3),
    ],
)
async def test_the_edges_of_a_page(scim: httpx.AsyncClient, params: dict[str, str], start: int, count: int) -> None:
    for name in ("a", "b", "c"):
        await made(scim, "/Users", user(name))
    page = (await scim.get("/Users", params=params)).json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (3, start, count)


async def test_a_page_has_a_thousand_resources_at_most(scim: httpx.AsyncClient) -> None:
    for number in range(1001):
        await made(scim, "/Groups", group(str(number)))
    page = (await scim.get("/Groups", params={"count": 5000, "attributes": "displayName"})).json()
    assert (page["totalResults"], page["itemsPerPage"], len(page["Resources"])) == (1001, 1000, 1000)
    assert (await scim.get("/Groups")).json()["itemsPerPage"] == 100


@pytest.mark.parametrize("params", [{"count": "x"}, {"startIndex": "1.5"}, {"count": "１"}, {"count": "1" * 5000}])
async def test_what_is_no_number(scim: httpx.AsyncClient, params: dict[str, str]) -> None:
    refused(await scim.get("/Users", params=params), 400, "invalidValue")


async def test_a_client_that_asks_for_the_largest_number_it_knows_gets_a_page(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", user())
    for largest in (2**31 - 1, 10**18 - 1):
        found = (await scim.get("/Users", params={"count": largest})).json()
        assert (found["totalResults"], found["itemsPerPage"]) == (1, 1)
        found = (await scim.get("/Users", params={"startIndex": largest, "filter": "userName pr"})).json()
        assert (found["totalResults"], found["startIndex"], found["Resources"]) == (1, largest, [])


async def test_filters_on_users(scim: httpx.AsyncClient) -> None:
    boss = await made(scim, "/Users", user("Boss"))
    work, home = {"value": "Z@gov", "type": "Work"}, {"value": "z@home", "type": "home", "primary": True}
    extension = {ENTERPRISE_USER: {"employeeNumber": "A7", "manager": {"value": boss["id"]}}}
    names = {"familyName": "张", "givenName": "三"}
    one = await made(
        scim,
        "/Users",
        user("one", externalId="E1", displayName="甲", name=names, active=False, emails=[work, home], **extension),
    )
    two = await made(scim, "/Users", user("two", displayName="甲", emails=[{"value": "z@gov", "type": "home"}]))
    team = await made(scim, "/Groups", group(members=[{"value": one["id"]}, {"value": two["id"]}]))
    for text, expected in {
        'userName eq "BOSS"': ["Boss"],
        'username EQ "boss"': ["Boss"],
        'externalId eq "E1"': ["one"],
        'externalId eq "e1"': [],
        f'id eq "{one["id"]}"': ["one"],
        'displayName eq "甲"': ["one", "two"],
        'displayName eq "甲" and active eq true': ["two"],
        "active eq false": ["one"],
        'name.familyName eq "张"': ["one"],
        'emails.value eq "z@gov"': ["one", "two"],
        'emails eq "z@GOV"': ["one", "two"],
        'emails[type eq "work"].value eq "z@gov"': ["one"],
        'emails[type eq "work" and value eq "z@gov"]': ["one"],
        'emails[type eq "work" and value eq "z@home"]': [],
        'emails[type eq "home" and primary eq true]': ["one"],
        'emails[primary eq "True"].value eq "z@home"': ["one"],
        'emails.type eq "work" and emails.value eq "z@home"': ["one"],
        f'{ENTERPRISE_USER}:employeeNumber eq "a7"': ["one"],
        f'{ENTERPRISE_USER}:manager.value eq "{boss["id"]}"': ["one"],
        f'{USER}:userName eq "two"': ["two"],
        f'schemas eq "{ENTERPRISE_USER}"': ["one"],
        f'groups.value eq "{team["id"]}"': ["one", "two"],
        f'groups eq "{team["id"]}" and userName eq "two"': ["two"],
        f'groups[value eq "{team["id"]}" and type eq "direct"]': ["one", "two"],
        f'meta.created eq "{two["meta"]["created"]}" and userName eq "two"': ["two"],
        'meta.resourceType eq "User" and userName eq "two"': ["two"],
        "externalId eq null": ["Boss", "two"],
        "title eq null and active eq false": ["one"],
        "name eq null": None,
        'userName eq "nobody"': [],
        'title eq "x\' OR 1=1 --"': [],
        'userName eq "%"': [],
    }.items():
        if expected is None:
            refused(await scim.get("/Users", params={"filter": text}), 400, "invalidFilter")
        else:
            assert await found(scim, text) == expected, text


async def test_filters_on_groups(scim: httpx.AsyncClient) -> None:
    one = (await made(scim, "/Users", user("one")))["id"]
    await made(scim, "/Groups", department("G02", level=1))
    team = await made(scim, "/Groups", group("Team", externalId="T", members=[{"value": one}]))
    for text, expected in {
        'displayName eq "TEAM"': ["Team"],
        'externalId eq "T"': ["Team"],
        f'id eq "{team["id"]}" and members eq "{one}"': ["Team"],  # Entra's question whether somebody is a member
        f'id eq "{team["id"]}" and members eq "nobody"': [],
        f'members[value eq "{one}" and type eq "user"]': ["Team"],
        f'{ROSTER_GROUP}:departmentCode eq "G02"': ["部门 G02"],
        f'{ROSTER_GROUP}:level eq 1 and {ROSTER_GROUP}:kind eq "gov"': ["部门 G02"],
        f"{ROSTER_GROUP}:level eq 2": [],
    }.items():
        assert await found(scim, text, "/Groups") == expected, text


@pytest.mark.parametrize(
    "text",
    [
        'nope eq "x"',
        'password eq "x"',
        "userName",
        "",
        "userName eq",
        "(" * 4000,
        'userName eq "' + "x" * 9000 + '"',
        " and ".join(['userName eq "x"'] * 201),
    ],
)
async def test_a_filter_that_cannot_be_answered_answers_nobody(scim: httpx.AsyncClient, text: str) -> None:
    await made(scim, "/Users", user())
    refused(await scim.get("/Users", params={"filter": text}), 400, "invalidFilter")


async def test_lists_show_what_is_asked_for(scim: httpx.AsyncClient) -> None:
    one = (await made(scim, "/Users", user("one", title="科员")))["id"]
    await made(scim, "/Groups", group(members=[{"value": one}]))
    (listed,) = (await scim.get("/Users", params={"attributes": "groups.display"})).json()["Resources"]
    assert listed == {"schemas": [USER], "id": one, "groups": [{"display": "篮球队"}]}
    (listed,) = (await scim.get("/Groups", params={"excludedAttributes": "members"})).json()["Resources"]
    assert "members" not in listed
    (listed,) = (await scim.get("/Groups")).json()["Resources"]
    assert listed["members"][0]["value"] == one


async def test_an_auditor_lists_too(house: House) -> None:
    async with house.client("auditor") as scim:
        assert (await scim.get("/Users")).json()["totalResults"] == 0
