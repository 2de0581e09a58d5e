"""Clients that write and read by SCIM without pause, and keep what was acknowledged by a house on a real cluster."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
import psycopg

from tests.scim.house import House, Served, user

CLIENTS = 8
GENEROUS = 150.0  # seconds until a test gives up waiting


class Load:
    """`acknowledged`: userNames whose POST was answered 201. `said`: how many answers of each status."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.acknowledged: list[str] = []
        self.said: Counter[int] = Counter()
        self.without_retry_after = 0
        self._ending = False

    async def client(self, number: int) -> None:
        """One who POSTs people one after the other and reads each back; after a 503 with another name."""
        async with self.house.client("hr") as scim:
            place = 0
            while not self._ending:
                name = f"p{number}-{place}"
                place += 1
                answer = await scim.post("/Users", json=user(name))
                self._note(answer)
                if answer.status_code != 201:
                    await asyncio.sleep(0.05)
                    continue
                self.acknowledged.append(name)
                self._note(await scim.get(f"/Users/{answer.json()['id']}"))

    def _note(self, answer: httpx.Response) -> None:
        self.said[answer.status_code] += 1
        if answer.status_code == 503 and "retry-after" not in answer.headers:
            self.without_retry_after += 1

    async def until_acknowledged(self, more: int = 20) -> float:
        """Seconds until so many further POSTs were acknowledged."""
        began, wanted = monotonic(), len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            assert monotonic() - began < GENEROUS, f"nothing is acknowledged: {self.said}"
            await asyncio.sleep(0.02)
        return monotonic() - began

    def end(self) -> None:
        """Each client ends after the request at hand."""
        self._ending = True

    def check(self, url: str) -> None:
        """Everything that was acknowledged is there, once and whole; no other error than a 503 was answered."""
        with psycopg.connect(url) as connection:
            there = Counter(name for (name,) in connection.execute("SELECT name FROM resources"))
            whole = "SELECT count(*) FROM resources r WHERE NOT EXISTS (SELECT 1 FROM {} t WHERE t.{} = r.{})"
            halves = [
                connection.execute(whole.format(table, column, mine)).fetchone()
                for table, column, mine in (("links", "subject", "subject"), ("changes", "resource_id", "id"))
            ]
            changes: Any = connection.execute("SELECT count(*), count(DISTINCT resource_id) FROM changes").fetchone()
            totals: Any = connection.execute("SELECT number FROM totals WHERE type = 'User'").fetchone()
        assert set(self.acknowledged) <= set(there), sorted(set(self.acknowledged) - set(there))[:5]
        assert max(there.values()) == 1
        assert halves == [(0,), (0,)]
        assert changes == (len(there), len(there))
        assert totals == (len(there),)
        assert set(self.said) <= {200, 201, 503}, self.said
        assert self.without_retry_after == 0


@asynccontextmanager
async def load_on(url: str, folder: Path) -> AsyncIterator[Load]:
    """A house on that store with clients at work."""
    house = House(folder, Served(), url=url)
    load = Load(house)
    clients = [asyncio.create_task(load.client(number)) for number in range(CLIENTS)]
    try:
        yield load
    finally:
        load.end()
        await asyncio.wait_for(asyncio.gather(*clients), GENEROUS)
        house.close()
