"""People with facts: the client is one of the bureau, whose day the test chooses."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.scim.officials import Bureau


@pytest.fixture
async def scim(bureau: Bureau) -> AsyncIterator[httpx.AsyncClient]:
    async with bureau.client() as client:
        yield client
