"""The SCIM front over HTTP, in process, on the real store in a file of its own."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from scim_server.api.routes import routes
from scim_server.clock import Clock
from scim_server.scim.urns import GROUP, PATCH_OP, USER
from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.roster import Roster
from scim_server.store.tokens import Tokens, create_token
from scim_server.store.writer import Writer

BASE = "https://hub.example/scim/v2"


@dataclass(frozen=True)
class Served:
    """The settings that the API asks for."""

    base_url: str = BASE
    roster_extension: bool = True


class House:
    """The store and the routes on it; `run` opens a client inside an event loop."""

    def __init__(self, folder: Path, served: Served) -> None:
        url = f"sqlite:///{folder / 'huaming.db'}"
        migrate(url)
        self.clock = Clock()
        writing = open_engine(url, writing=True)
        with writing.begin() as connection:
            self.tokens = {
                role: create_token(connection, role, role, self.clock) for role in ("hr", "admin", "auditor")
            }
        self._writer = Writer(writing)
        engine = open_engine(url)
        self.roster = Roster(engine, self._writer, self.clock, ("ldap",))
        self._tokens = Tokens(engine, self.clock)
        self.app = Starlette(routes=[Mount("/scim/v2", routes=routes(self.roster, self._tokens, served))])

    def close(self) -> None:
        self._writer.close()
        self.roster.close()
        self._tokens.close()

    @asynccontextmanager
    async def client(self, role: str | None = "hr") -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://elsewhere/scim/v2", headers=headers
        ) as client:
            yield client


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
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def scim(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.client() as client:
        yield client


def user(user_name: str = "zhangsan", **attributes: Any) -> dict[str, Any]:
    """A request body for a User."""
    return {"schemas": [USER], "userName": user_name, **attributes}


def group(display_name: str = "篮球队", **attributes: Any) -> dict[str, Any]:
    """A request body for a Group."""
    return {"schemas": [GROUP], "displayName": display_name, **attributes}


def patch_op(*operations: dict[str, Any]) -> dict[str, Any]:
    """A PATCH body."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}
