"""SQLite locked by another program (row 25): waited for, then 503 with Retry-After; reads go on, nothing is lost."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from tests.scim.house import House, refused, user
from tests.servers.stores import only_sqlite

pytestmark = [pytest.mark.anyio, only_sqlite]


async def test_a_store_that_another_program_holds_is_waited_for_and_then_said_to_be_busy(
    front: House, scim: httpx.AsyncClient, tmp_path: Path
) -> None:
    """Row 25: a short hold costs time alone; a long one is 503, no 500, and what was acknowledged is what is there."""
    with closing(sqlite3.connect(tmp_path / "huaming.db", isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        short = asyncio.create_task(scim.post("/Users", json=user("short")))
        await asyncio.sleep(0.3)
        assert not short.done()
        assert (await scim.get("/Users")).json()["totalResults"] == 0
        other.execute("ROLLBACK")
        assert (await short).status_code == 201

        other.execute("BEGIN EXCLUSIVE")
        long = [asyncio.create_task(scim.post("/Users", json=user(f"long{number}"))) for number in range(5)]
        while not all(each.done() for each in long):
            assert (await scim.get("/Users")).json()["totalResults"] == 1
            await asyncio.sleep(0.1)
        for each in long:
            refused(each.result(), 503)
            assert int(each.result().headers["Retry-After"]) > 0
        other.execute("ROLLBACK")
    again = [(await scim.post("/Users", json=user(f"long{number}"))).status_code for number in range(5)]
    assert again == [201] * 5
    assert front.count() == (6, 6)
