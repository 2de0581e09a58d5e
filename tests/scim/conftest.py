"""A house of its own for every test."""

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
def house(tmp_path: Path) -> Iterator[House]:
    served = House(tmp_path, Served())
    yield served
    served.close()


@pytest.fixture
def plain_house(tmp_path: Path) -> Iterator[House]:
    served = House(tmp_path, Served(roster_extension=False))
    yield served
    served.close()


@pytest.fixture
async def scim(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client() as client:
        yield client


@pytest.fixture
async def plain_scim(plain_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with plain_house.client() as client:
        yield client


@pytest.fixture
async def auditor(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client("auditor") as client:
        yield client


@pytest.fixture
async def bureau(tmp_path: Path) -> AsyncIterator[Bureau]:
    """Furnished, on 9 March 2026."""
    found = Bureau(tmp_path, "2026-03-09")
    async with found.client() as client:
        await found.furnish(client)
    yield found
    found.house.close()
