"""A house of its own for each test, and clients of it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.scim.house import House, Served
from tests.scim.officials import Bureau


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def front(tmp_path: Path) -> Iterator[House]:
    """The SCIM front in this process."""
    served = House(tmp_path, Served())
    yield served
    served.close()


@pytest.fixture
async def scim(front: House) -> AsyncIterator[httpx.AsyncClient]:
    """HR's client of it."""
    async with front.client() as client:
        yield client


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    """A furnished one, on 9 March 2026."""
    found = Bureau(tmp_path, "2026-03-09")
    async with found.client() as client:
        await found.furnish(client)
    yield found
    found.house.close()
