"""Polling the feed of events (RFC 8936): who gets what, again or never again, now or later."""

import asyncio
import time
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from sqlalchemy import insert

from scim_server.api.events import WAIT
from scim_server.store.tables import changes
from scim_server.store.tokens import revoke_token
from tests.scim.feed import NOW, jtis, polled
from tests.scim.house import House, Served, made, refused, user

pytestmark = pytest.mark.anyio
T = TypeVar("T")
SOON = WAIT / 2  # long before a poll that waits ends by itself


async def test_what_is_acknowledged_never_comes_again_and_the_rest_does(scim: httpx.AsyncClient) -> None:
    for number in range(6):
        await made(scim, "/Users", user(f"u{number}"))
    first, more = await polled(scim, maxEvents=4)
    assert (len(first), more) == (4, True)
    assert await polled(scim, maxEvents=4) == (first, True)
    named = jtis(first)
    again, _ = await polled(scim, ack=[named[1], named[3]])
    assert jtis(again)[:2] == [named[0], named[2]]
    assert len(again) == 4
    rest, more = await polled(scim, ack=[named[0], named[2]])
    assert (jtis(rest), more) == (jtis(again)[2:], False)
    assert await polled(scim, ack=jtis(rest)) == ([], False)
    assert await polled(scim, ack=jtis(rest)) == ([], False)


async def test_recipients_are_independent_and_errors_count_as_acknowledged(
    scim: httpx.AsyncClient, auditor: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await made(scim, "/Users", user())
    [[told], _] = await polled(scim)
    fault = {"err": "invalid_key", "description": "no such kid\nrecipient 'x' fell"}
    assert await polled(scim, setErrs={told["jti"]: fault, "9-nonsense": fault}) == ([], False)
    assert caplog.text.count("invalid_key") == 1
    assert "kid\\nrecipient" in caplog.text
    assert len((await polled(auditor))[0]) == 1
    assert await polled(auditor, ack=[told["jti"]]) != ([], False)  # the id of another recipient's token


@pytest.mark.parametrize("most", [0, 1, 1000, 999_999_999_999])
async def test_how_many_events_a_poll_takes(scim: httpx.AsyncClient, most: int) -> None:
    for number in range(3):
        await made(scim, "/Users", user(f"u{number}"))
    sets, more = await polled(scim, maxEvents=most)
    assert (len(sets), more) == (min(most, 3), most < 3)


async def test_acknowledging_alone_does_not_wait(scim: httpx.AsyncClient) -> None:
    await made(scim, "/Users", user())
    [[told], _] = await polled(scim)
    async with asyncio.timeout(SOON):
        answer = await scim.post("/Events", json={"maxEvents": 0, "ack": [told["jti"]]})
    assert answer.json() == {"sets": {}, "moreAvailable": False}


@pytest.mark.parametrize(
    ("request_", "scim_type"),
    [
        ([], "invalidSyntax"),
        ({"ack": "1"}, "invalidSyntax"),
        ({"ack": [1]}, "invalidSyntax"),
        ({"setErrs": []}, "invalidSyntax"),
        ({"setErrs": {"1": "x"}}, "invalidSyntax"),
        ({"returnImmediately": "yes"}, "invalidSyntax"),
        ({"maxEvents": -1}, "invalidValue"),
        ({"maxEvents": "1"}, "invalidValue"),
        ({"maxEvents": True}, "invalidValue"),
        ({"maxEvents": 1.5}, "invalidValue"),
    ],
)
async def test_a_poll_that_is_none(scim: httpx.AsyncClient, request_: Any, scim_type: str) -> None:
    refused(await scim.post("/Events", json=request_), 400, scim_type)


async def test_acknowledgements_of_anything_do_no_harm(scim: httpx.AsyncClient, house: House) -> None:
    await made(scim, "/Users", user())
    [[told], _] = await polled(scim)
    forged = [f"{number}-{'a' * 24}" for number in range(1, 2_400)]
    assert sum(map(len, forged)) > 64_000
    strange = [
        "",
        "1",
        "-1",
        "1-",
        "0-" + "a" * 24,
        "9" * 30 + "-" + "a" * 24,
        told["jti"] + "0",
        "全",
        told["jti"].upper(),
    ]
    assert (await polled(scim, ack=forged + strange))[0] == [told]
    assert await polled(scim, ack=[*forged, told["jti"], told["jti"]]) == ([], False)
    refused(await scim.post("/Events", json=NOW | {"ack": ["x"] * 10_001}), 413)


async def test_the_place_outlives_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path, Served())
    async with house.client() as scim:
        await made(scim, "/Users", user("u1"))
        await made(scim, "/Users", user("u2"))
        await made(scim, "/Users", user("u3"))
        sets, _ = await polled(scim)
        left = (await polled(scim, ack=jtis(sets)[::2]))[0]
    house.close()
    again = House(tmp_path, Served(), tokens=house.tokens)
    async with again.client() as scim:
        assert await polled(scim) == (left, False)
    again.close()


async def test_scattered_acknowledgements_close_up(scim: httpx.AsyncClient, house: House) -> None:
    history(house, 2_000)
    sets, _ = await polled(scim, maxEvents=1_000)
    rest, more = await polled(scim, ack=jtis(sets)[1::2], maxEvents=1_000)
    assert (jtis(rest)[:500], more) == (jtis(sets)[::2], True)
    final, more = await polled(scim, ack=jtis(rest)[::-1], maxEvents=1_000)
    assert (len(final), more) == (500, False)
    assert await polled(scim, ack=jtis(final)) == ([], False)


async def test_a_feed_far_behind_answers_its_first_page_at_once(scim: httpx.AsyncClient, house: House) -> None:
    """At once: long before all of it could have been read, however slow the machine is."""
    history(house, 100_000)
    everything, whole = await timed(house.feed.unacknowledged("hr", 100_000))
    pages = [await timed(polled(scim, maxEvents=1_000)) for _ in range(3)]
    assert len(everything) == 100_000
    assert [(len(sets), more) for (sets, more), _ in pages] == [(1_000, True)] * 3
    assert min(seconds for _, seconds in pages) < whole / 2


async def timed(asked: Awaitable[T]) -> tuple[T, float]:
    """Its answer, and how long that took."""
    began = time.monotonic()
    return await asked, time.monotonic() - began


def history(house: House, length: int) -> None:
    """Changes of one subject, and of many, as a long life leaves them behind."""
    row = {
        "at": "2026-03-02T01:02:03.456Z",
        "actor": "hr",
        "action": "patch",
        "type": "User",
        "version": 1,
        "active": True,
    }
    row |= {"before": b"{}", "after": b'{"title":"x"}'}
    rows = [row | {"resource_id": str(number % 50), "subject": str(number % 50)} for number in range(length)]
    with house.engine.begin() as connection:
        connection.execute(insert(changes), rows)


async def test_a_poll_waits_for_an_event(scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    waiting = asyncio.create_task(auditor.post("/Events", json={}))
    await asyncio.sleep(0.6)
    assert not waiting.done()
    await made(scim, "/Users", user())
    async with asyncio.timeout(SOON):
        assert len((await waiting).json()["sets"]) == 1


async def test_one_poll_waits_a_recipient(scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    older = asyncio.create_task(auditor.post("/Events", json={}))
    await asyncio.sleep(0.1)
    newer = asyncio.create_task(auditor.post("/Events", json={}))
    async with asyncio.timeout(SOON):
        assert (await older).json() == {"sets": {}, "moreAvailable": False}
    assert not newer.done()
    await made(scim, "/Users", user())
    async with asyncio.timeout(SOON):
        assert len((await newer).json()["sets"]) == 1


async def test_nobody_waits_for_a_house_that_closes(auditor: httpx.AsyncClient, house: House) -> None:
    waiting = asyncio.create_task(auditor.post("/Events", json={}))
    await asyncio.sleep(0.1)
    house.feed.end()
    async with asyncio.timeout(SOON):
        assert (await waiting).json() == {"sets": {}, "moreAvailable": False}


async def test_who_may_poll(house: House, scim: httpx.AsyncClient, auditor: httpx.AsyncClient) -> None:
    async with house.client(None) as nobody:
        assert "WWW-Authenticate" in (await nobody.post("/Events", json=NOW)).headers
    refused(await auditor.get("/Events"), 405)
    assert (await auditor.post("/Users", json=user())).status_code == 403
    await polled(auditor)
    await house.write(lambda connection: revoke_token(connection, "auditor", house.clock))
    await asyncio.sleep(1.1)
    refused(await auditor.post("/Events", json=NOW), 401)
