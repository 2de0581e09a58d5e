"""RFC 7644 section 3.4.2.2: the filters of figure 2, and the two before it, choose whom they should."""

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, USER
from tests.scim.house import made, user
from tests.scim.rfc.examples import example, without

pytestmark = pytest.mark.anyio
WORK = {"type": "work", "value": "b@example.com"}
XMPP = {"type": "xmpp", "value": "j@foo.com"}
PEOPLE = [
    user("john", title="Tour Guide", userType="Intern"),
    user("bjensen", userType="Employee", emails=[WORK], **{ENTERPRISE_USER: {"employeeNumber": "1"}}),
    user("jsmith", name={"familyName": "O'Malley-Smith"}, title="Boss", userType="Employee", ims=[XMPP]),
    user("mandy", userType="Contractor", emails=[{"type": "home", "value": "m@example.org"}]),
]
EVERYBODY = {"john", "bjensen", "jsmith", "mandy"}
CHOSEN = [
    {"john"},
    {"john"},
    {"bjensen"},
    {"jsmith"},
    {"john", "jsmith"},
    {"john", "jsmith"},
    {"john", "jsmith"},
    EVERYBODY,  # everybody was changed after 2011
    EVERYBODY,
    set(),
    set(),
    {"jsmith"},
    {"john", "jsmith"},
    {"bjensen"},
    {"bjensen"},
    {"john"},
    {"bjensen"},
    {"bjensen"},
    {"bjensen", "jsmith"},
]


async def test_the_filters_of_the_rfc(scim: httpx.AsyncClient) -> None:
    for person in PEOPLE:
        await made(scim, "/Users", person)
    filters = example("rfc7644-3.4.2.2-filters")
    for text, expected in zip(filters, CHOSEN, strict=True):
        answer = await scim.get("/Users", params={"filter": text})
        assert answer.status_code == 200, (text, answer.text)
        assert {found["userName"] for found in answer.json()["Resources"]} == expected, text
        assert answer.json()["totalResults"] == len(expected), text


async def test_a_list_of_names(scim: httpx.AsyncClient) -> None:
    """Section 3.4.2: `attributes=userName`. The RFC's figure leaves `schemas` out, which is always returned."""
    shown = example("rfc7644-3.4.2-list-of-names")
    ids = {each["id"]: (await made(scim, "/Users", user(each["userName"])))["id"] for each in shown["Resources"]}
    answer = (await scim.get("/Users", params={"attributes": "userName"})).json()
    expected = example("rfc7644-3.4.2-list-of-names", ids)
    expected["Resources"] = [{"schemas": [USER], **each} for each in expected["Resources"]]
    assert {name: answer[name] for name in expected} == expected


async def test_a_search_over_all_types(scim: httpx.AsyncClient) -> None:
    """Section 3.4.3, whose figure stands for a longer list; the attribute that a Group has not is absent in it."""
    shown = example("rfc7644-3.4.3-search-response")
    ids = {}
    for each in shown["Resources"]:
        endpoint = "/Users" if "userName" in each else "/Groups"
        body = {"schemas": [USER if endpoint == "/Users" else GROUP], **each}
        ids[each["id"]] = (await made(scim, endpoint, body))["id"]
    await made(scim, "/Users", user("smith", displayName="Another"))
    answer = await scim.post("/.search", json=example("rfc7644-3.4.3-search-request"))
    assert answer.status_code == 200, answer.text
    expected = example("rfc7644-3.4.3-search-response", ids) | {"totalResults": 2, "itemsPerPage": 2}
    found = {each["id"]: each for each in answer.json()["Resources"]}
    assert {id: without(each, "schemas") for id, each in found.items()} == {
        each["id"]: each for each in expected["Resources"]
    }
    assert {name: answer.json()[name] for name in expected if name != "Resources"} == without(expected, "Resources")
