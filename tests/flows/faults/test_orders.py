"""Pushes in another order than they happened (row 18): the newest version counts, and nobody overwrites unseen.

HUAMING_FAULT_RACES=1000 in the environment: so many races.
"""

import asyncio
import os
from itertools import permutations
from typing import Any

import httpx
import pytest

from scim_server.scim.urns import ROSTER_USER
from tests.scim.house import House, group, made, patch_op, refused, user
from tests.scim.officials import EVENTS as EVENTS_OF
from tests.scim.officials import POST, Bureau, departments, everything, official, patched
from tests.scim.officials import POSTS as POSTS_OF

pytestmark = pytest.mark.anyio
RACES = int(os.environ.get("HUAMING_FAULT_RACES", "200"))
WRITERS = 4
LENT = POST | {"value": "s1", "kind": "concurrent", "department": "G02-4", "startDate": "2026-03-06"}

EVENTS: dict[str, dict[str, Any]] = {
    "leaves": {"active": False},
    "rejoins": {"active": True, "title": "复职"},
    "is transferred": {"title": "科长", "displayName": "甲（二科）"},
    "is renamed": {"userName": "new.name", "name": {"formatted": "新名"}},
}
"""What HR tells of one person, in the order in which it happened: each made on what the one before had left."""


def in_force(after: int) -> dict[str, Any]:
    """What the person is once the first of EVENTS have been taken."""
    found: dict[str, Any] = {"active": True, "userName": "old.name"}
    for told in list(EVENTS.values())[:after]:
        found |= told
    return found


def shows(body: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(body.get(name) == value for name, value in wanted.items())


@pytest.mark.parametrize("as_put", [False, True], ids=["PATCH", "PUT"])
async def test_in_every_order_the_newest_version_that_was_reached_counts(
    scim: httpx.AsyncClient, front: House, as_put: bool
) -> None:
    """All 24 orders of four events, each with the version it was made on: out of turn it is 412, and is sent again.

    Whoever pushes goes round until nothing is refused: each order ends in the same state, each event taken once.
    """
    for number, order in enumerate(permutations(range(4))):
        one = await made(scim, "/Users", user("old.name", externalId=f"E{number}", title="科员"))
        where, left, taken = f"/Users/{one['id']}", list(order), 0
        while left:
            for event in list(left):
                answer = await _told(scim, where, event, as_put)
                if event == taken:
                    assert answer.status_code == 200, answer.text
                    left.remove(event)
                    taken += 1
                else:
                    refused(answer, 412)
                now = (await scim.get(where)).json()
                assert shows(now, in_force(taken)), (order, event)
                assert now["meta"]["version"] == f'W/"{taken + 1}"'
        end = (await scim.get(where)).json()
        assert shows(end, in_force(4)), order
        assert (await scim.delete(where)).status_code == 204
    assert front.count() == (0, 24 * 6)


async def _told(scim: httpx.AsyncClient, where: str, event: int, as_put: bool) -> httpx.Response:
    """One event as HR knows it: made on the version at which the events before it had left the person."""
    told, held = list(EVENTS.values())[event], {"If-Match": f'W/"{event + 1}"'}
    if not as_put:
        changes = [{"op": "replace", "path": name, "value": value} for name, value in told.items()]
        return await scim.patch(where, json=patch_op(*changes), headers=held)
    there = (await scim.get(where)).json()
    whole = {"title": "科员"} | in_force(event + 1) | {"externalId": there["externalId"]}
    return await scim.put(where, json=user(whole.pop("userName"), **whole), headers=held)


async def test_facts_that_come_in_any_order_tell_the_same_life(bureau: Bureau) -> None:
    """Facts bear their days, so they need no version: retired, hired again, moved and lent, told in 24 orders."""
    told: tuple[dict[str, Any], ...] = (
        {"op": "add", "path": EVENTS_OF, "value": [_event("x1", "retirement", "2026-03-01")]},
        {"op": "add", "path": EVENTS_OF, "value": [_event("h2", "hire", "2026-03-05", entryRoute="recruited")]},
        {
            "op": "add",
            "path": POSTS_OF,
            "value": [POST | {"value": "a2", "department": "G06", "startDate": "2026-03-05"}],
        },
        {"op": "add", "path": POSTS_OF, "value": [LENT]},
    )
    ends: list[Any] = []
    async with bureau.client() as scim:
        for number, order in enumerate(permutations(range(4))):
            one = await made(scim, "/Users", official(f"YZ{number}"))
            for event in order:
                await patched(scim, one["id"], told[event])
            ends.append(_end(await everything(scim, one["id"]), await departments(scim, one["id"])))
    assert ends == ends[:1] * 24
    assert ends[0]["states"] == {"ldap": "active", "oa": "active", "wecom": "active", "attendance": "active"}
    assert ends[0]["departments"] == ["G06", "G02-4"]


def _event(value: str, type: str, day: str, **more: Any) -> dict[str, Any]:
    return {"value": value, "type": type, "effectiveDate": day} | more


def _end(body: dict[str, Any], joined: list[str]) -> dict[str, Any]:
    facts = body[ROSTER_USER]
    lists = {name: sorted(facts[name], key=lambda each: each["value"]) for name in ("assignments", "statusEvents")}
    return lists | {"states": facts["requiredStates"], "active": body["active"], "departments": joined}


async def test_in_every_order_of_members_the_end_is_the_same(scim: httpx.AsyncClient) -> None:
    """Additions of members carry no version (S19): four that touch nobody else's person commute."""
    ids = [(await made(scim, "/Users", user(f"u{n}")))["id"] for n in range(4)]
    for order in permutations(range(4)):
        team = await made(scim, "/Groups", group("专班"))
        where = f"/Groups/{team['id']}"
        for event in order:
            joins = patch_op({"op": "add", "path": "members", "value": [{"value": ids[event]}]})
            assert (await scim.patch(where, json=joins)).status_code in (200, 204)
        there = [member["value"] for member in (await scim.get(where)).json()["members"]]
        assert sorted(there) == sorted(ids), order
        assert (await scim.delete(where)).status_code == 204


async def test_of_writers_who_read_before_they_write_none_is_lost(scim: httpx.AsyncClient) -> None:
    """Each adds one to a number that all of them keep: read, If-Match, and again on 412. The sum is what was done."""
    where = f"/Users/{(await made(scim, '/Users', user(title='0')))['id']}"
    stale = 0

    async def writer() -> None:
        nonlocal stale
        for _ in range(RACES // WRITERS):
            while True:
                seen = await scim.get(where)
                body = patch_op({"op": "replace", "path": "title", "value": str(int(seen.json()["title"]) + 1)})
                await asyncio.sleep(0)
                answer = await scim.patch(where, json=body, headers={"If-Match": seen.headers["etag"]})
                if answer.status_code == 200:
                    break
                refused(answer, 412)
                stale += 1

    await asyncio.gather(*(writer() for _ in range(WRITERS)))
    end = (await scim.get(where)).json()
    assert end["title"] == str(RACES // WRITERS * WRITERS)
    assert end["meta"]["version"] == f'W/"{RACES // WRITERS * WRITERS + 1}"'
    assert stale > 0, "nobody ever raced"
