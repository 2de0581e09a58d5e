"""A query that takes too long is ended; others neither wait for it nor suffer from it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scim_server.clock import Clock
from scim_server.store.lists import SECONDS
from tests.scim.house import House, Served, made, refused, user

pytestmark = pytest.mark.anyio

# every resource holds the bytes of "work", so every one is read as JSON
SLOW = {"filter": " or ".join(f'emails[type eq "work" and value co "y{n}"]' for n in range(90)), "sortBy": "emails"}


class Hurried:
    """A clock on which each look costs `step` seconds."""

    def __init__(self) -> None:
        self.step = 0.0
        self._at = 0.0
        self.clock = Clock(monotonic=self._look)

    def _look(self) -> float:
        self._at += self.step
        return self._at


@pytest.fixture
def hurried() -> Hurried:
    return Hurried()


@pytest.fixture
def house(tmp_path: Path, hurried: Hurried) -> Iterator[House]:
    served = House(tmp_path, Served(), clock=hurried.clock)
    yield served
    served.close()


async def crowded(scim: httpx.AsyncClient) -> None:
    for number in range(60):
        mails = [{"value": f"{number}-{each}@x", "type": "work"} for each in range(30)]
        await made(scim, "/Users", user(f"u{number}", emails=mails))


@pytest.mark.parametrize("paging", [{}, {"cursor": ""}])
async def test_a_query_that_takes_too_long(house: House, hurried: Hurried, paging: dict[str, str]) -> None:
    async with house.client() as scim:
        await crowded(scim)
        assert (await scim.post("/Users/.search", json={**SLOW, **paging})).json()["totalResults"] == 0
        hurried.step = SECONDS - 0.001  # PostgreSQL is told what is left; SQLite asks again and again
        detail = refused(await scim.post("/Users/.search", json={**SLOW, **paging}), 400, "tooMany")
        assert "too long" in detail
        hurried.step = 0.5
        assert (await scim.get("/Users", params={"count": 2, **paging})).json()["itemsPerPage"] == 2
        hurried.step = 0.0
        assert (await scim.post("/Users/.search", json={**SLOW, **paging})).json()["totalResults"] == 0


async def test_a_query_that_waited_too_long(house: House, hurried: Hurried) -> None:
    async with house.client() as scim:
        await crowded(scim)
        hurried.step = 5.0
        answer = await scim.post("/Users/.search", json=SLOW)
        refused(answer, 503)
        assert answer.headers["retry-after"]
        hurried.step = 0.0
        assert (await scim.get("/Users")).json()["totalResults"] == 60
