"""A roster with a past: HR's pushes, each at an instant of the test's choosing; the commands then read the store."""

import asyncio
from pathlib import Path
from typing import Any

import httpx

from scim_server.app import House
from scim_server.clock import Clock, day_start
from scim_server.settings import load

HOUR = 3600


class Past:
    """The house itself, without a worker, under a clock that the test sets."""

    def __init__(self, config: Path, token: str = "past") -> None:
        self.now = day_start("2026-01-01")
        self.house = House(load(config), Clock(now=lambda: self.now), working=False)
        self.secret = asyncio.run(self.house.run_command("token-create", {"role": "hr", "name": token}))

    def close(self) -> None:
        self.house.close()

    def on(self, day: str, hour: float = 9) -> "Past":
        """What follows happens on that day in Asia/Shanghai."""
        self.now = day_start(day) + hour * HOUR
        return self

    def push(self, method: str, path: str, body: Any = None) -> Any:
        """One request; anything but success fails the test."""
        return asyncio.run(self._push(method, path, body))

    async def _push(self, method: str, path: str, body: Any) -> Any:
        transport = httpx.ASGITransport(app=self.house.app)
        headers = {"Authorization": f"Bearer {self.secret}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://x/scim/v2", headers=headers) as client:
            answer = await client.request(method, path, json=body)
        assert answer.is_success, (answer.status_code, answer.text)
        return answer.json() if answer.content else None
