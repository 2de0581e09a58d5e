"""RFC 7644 section 3.7: each Bulk from its request to the answer that is printed."""

from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ENTERPRISE_USER, USER
from tests.scim.bulk import answers, id_of, path
from tests.scim.house import House, made, refused, user
from tests.scim.rfc.examples import example, without

pytestmark = pytest.mark.anyio
PUT, PATCHED, GONE = (
    "b7c14771-226c-4d05-8860-134711653041",
    "5d8d29d3-342c-4b5f-8683-a3cb6763ffcc",
    "e9025315-6bea-44e1-899c-1e07454e468b",
)


def operations(name: str, ids: dict[str, str] | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = example(name, ids)["Operations"]
    return found


def plain(done: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without what is a server's own."""
    return [
        without(each, "location", "version")
        | ({"response": without(each["response"], "detail")} if "response" in each else {})
        for each in done
    ]


async def test_groups_are_no_members_here(scim: httpx.AsyncClient, house: House) -> None:
    """Two Groups that are each other's members: the RFC would have them made, decision 0005 refuses it."""
    done = await answers(scim, *operations("rfc7644-3.7.1-circular-groups"))
    assert [each["status"] for each in done] == ["400", "400"]
    assert house.count() == (0, 0)


async def test_members_that_are_made_with_their_group(scim: httpx.AsyncClient) -> None:
    done = await answers(scim, *operations("rfc7644-3.7.2-members"))
    shown = operations("rfc7644-3.7.2-members-made")
    assert plain(done) == plain(shown)
    assert [each.keys() for each in done] == [each.keys() for each in shown]
    members = (await scim.get(path(done[1]))).json()["members"]
    assert [member["value"] for member in members] == [id_of(done[0])]


async def test_a_manager_that_is_made_with_his_people(scim: httpx.AsyncClient) -> None:
    done = await answers(scim, *operations("rfc7644-3.7.2-manager"))
    bob = (await scim.get(path(done[1]))).json()
    assert bob[ENTERPRISE_USER]["manager"]["value"] == id_of(done[0])


async def four(scim: httpx.AsyncClient) -> list[dict[str, Any]]:
    """The four operations of section 3.7.3 on three users of ours; the POST with the schema that it needs."""
    made_here = [(await made(scim, "/Users", user(name, nickName=name)))["id"] for name in ("x", "y", "z")]
    found = operations("rfc7644-3.7.3-four-operations", dict(zip((PUT, PATCHED, GONE), made_here, strict=True)))
    found[0]["data"]["schemas"] = [USER]  # the RFC prints urn:ietf:params:scim:api:messages:2.0:User, which is none
    return found


async def test_four_operations(scim: httpx.AsyncClient) -> None:
    asked = [each | {"version": 'W/"1"'} for each in await four(scim)]
    done = await answers(scim, *asked, failOnErrors=1)
    shown = operations("rfc7644-3.7.3-four-done")
    assert plain(done) == plain(shown)
    assert [each.keys() for each in done] == [each.keys() for each in shown]
    dave = (await scim.get(path(done[2]))).json()
    assert dave["userName"] == "Dave"
    assert "nickName" not in dave


async def test_the_first_error_stops_it(scim: httpx.AsyncClient) -> None:
    """As printed, wrong schema and all."""
    done = await answers(scim, *operations("rfc7644-3.7.3-four-operations"), failOnErrors=1)
    assert plain(done) == plain(operations("rfc7644-3.7.3-stopped"))
    assert done[0].keys() == {"method", "bulkId", "status", "response"}


async def test_four_errors(scim: httpx.AsyncClient) -> None:
    asked = await four(scim)
    asked[0]["data"]["schemas"] = []
    asked[3] = asked[3] | {"path": f"/Users/{GONE}"}
    done = await answers(scim, *asked)
    shown = operations("rfc7644-3.7.3-four-errors")
    assert plain(done) == plain(shown)
    assert [each.keys() for each in done] == [each.keys() for each in shown]


async def test_a_bulk_that_is_too_large(scim: httpx.AsyncClient) -> None:
    answer = await scim.post(
        "/Bulk", content=b" " * (8 * 1024 * 1024 + 1), headers={"Content-Type": "application/scim+json"}
    )
    refused(answer, 413)
    assert without(answer.json(), "detail") == without(example("rfc7644-3.7.4-too-large"), "detail")
    assert "maxPayloadSize" in answer.json()["detail"]
