"""Pages by cursor while others write (RFC 9865): nobody who stays is lost or shown twice, in any order, either way."""

from random import Random
from typing import Any

import httpx
import pytest

from tests.scim.crowd import SORTS, Crowd, page

pytestmark = pytest.mark.anyio


async def walk(scim: httpx.AsyncClient, crowd: Crowd, cursor: str, way: str, **asked: Any) -> tuple[list[str], str]:
    """All ids from a cursor on, and the cursor that leads back."""
    seen: list[str] = []
    while True:
        body = await page(scim, cursor, **asked)
        ids = [each["id"] for each in body["Resources"]]
        seen += ids if way == "nextCursor" else ids[::-1]
        if way not in body:
            back: str = body.get("previousCursor" if way == "nextCursor" else "nextCursor", "")
            return seen, back
        cursor = body[way]
        await crowd.stir()


@pytest.mark.parametrize("seed", range(len(SORTS)))
async def test_nobody_who_stays_is_lost_or_shown_twice(scim: httpx.AsyncClient, seed: int) -> None:
    chance = Random(seed)
    crowd = Crowd(scim, chance)
    for number in range(40):
        await crowd.come(stays=number % 2 == 0)
    asked: dict[str, Any] = {**SORTS[seed], "count": chance.choice([1, 3, 7])}
    forward, back = await walk(scim, crowd, "", "nextCursor", **asked)
    assert len(forward) == len(set(forward))
    assert crowd.staying <= set(forward)
    backward, _ = await walk(scim, crowd, back, "previousCursor", **asked)
    on_the_last_page = crowd.staying - set(backward)
    assert len(backward) == len(set(backward))
    assert on_the_last_page <= set(forward[-asked["count"] :])
    kept = [id for id in forward if id in crowd.staying]
    assert [id for id in backward if id in crowd.staying] == kept[: len(kept) - len(on_the_last_page)][::-1]


async def test_an_order_by_cursor_is_the_order_by_index(scim: httpx.AsyncClient) -> None:
    crowd = Crowd(scim, Random(7))
    for _ in range(25):
        await crowd.come(stays=True)
    for sort in SORTS:
        whole = (await scim.get("/Users", params={**sort, "count": 100})).json()
        seen, cursor = [], ""
        while True:
            body = await page(scim, cursor, **sort, count=4)
            assert body["totalResults"] == whole["totalResults"]
            seen += body["Resources"]
            if "nextCursor" not in body:
                break
            cursor = body["nextCursor"]
        assert seen == whole["Resources"], sort
