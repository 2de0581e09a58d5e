"""The SCIM front over HTTP, in process, on the real store in a file of its own."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Connection, func, select
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from scim_server.api.routes import routes
from scim_server.clock import Clock
from scim_server.scim.urns import GROUP, PATCH_OP, ROSTER_GROUP, USER
from scim_server.store.engine import open_engine
from scim_server.store.feed import EventFeed
from scim_server.store.migrate import migrate
from scim_server.store.roster import Roster
from scim_server.store.tables import changes, resources
from scim_server.store.tokens import Tokens, create_token
from scim_server.store.writer import Writer
from tests.servers.stores import store_url

BASE = "https://hub.example/scim/v2"
ROLES = ("hr", "admin", "auditor")


@dataclass(frozen=True)
class Served:
    """The settings that the API asks for."""

    base_url: str = BASE
    roster_extension: bool = True
    event_key: str | None = None


class House:
    """The store and the routes on it; `client` speaks HTTP to them."""

    def __init__(
        self,
        folder: Path,
        served: Served,
        tokens: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        url: str | None = None,
    ) -> None:
        """`tokens`: those of an earlier house in the same folder. `url`: of its store, where it is no other."""
        self.url = url = url or store_url(folder / "huaming.db")
        migrate(url)
        self.clock = clock or Clock()
        writing = open_engine(url, writing=True)
        with writing.begin() as connection:
            self.tokens = tokens or {role: create_token(connection, role, role, self.clock) for role in ROLES}
        self._writer = Writer(writing)
        self.engine = open_engine(url, serving=True)
        self.roster = Roster(self.engine, self._writer, self.clock, ("ldap",), not served.roster_extension)
        self._tokens = Tokens(self.engine, self.clock)
        self.feed = EventFeed(self.engine, self._writer, self.clock)
        scim = routes(self.roster, self._tokens, served, self.feed)
        self.app = Starlette(routes=[Route("/scim/v2", scim[0].endpoint), Mount("/scim/v2", routes=scim)])

    def close(self) -> None:
        self._writer.close()
        self.roster.close()
        self._tokens.close()
        self.feed.close()

    async def write(self, body: Callable[[Connection], Any]) -> Any:
        """In the writer, as an operator's command does."""
        return await self._writer.commit(body)

    def count(self) -> tuple[int, int]:
        """How many resources there are, and how many changes are on record."""
        with self.engine.connect() as connection:
            found = [connection.scalar(select(func.count()).select_from(table)) for table in (resources, changes)]
        return found[0] or 0, found[1] or 0

    @asynccontextmanager
    async def client(self, role: str | None = "hr") -> AsyncIterator[httpx.AsyncClient]:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"} if role else {}
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://elsewhere/scim/v2", headers=headers) as scim:
            yield scim


def user(user_name: str = "zhangsan", **attributes: Any) -> dict[str, Any]:
    """A request body for a User."""
    return {"schemas": [USER], "userName": user_name, **attributes}


def group(display_name: str = "篮球队", **attributes: Any) -> dict[str, Any]:
    """A request body for a Group."""
    return {"schemas": [GROUP], "displayName": display_name, **attributes}


def department(code: str, parent: str | None = None, kind: str = "gov", **facts: Any) -> dict[str, Any]:
    """A request body for a Group that is a department."""
    facts = {"departmentCode": code, "kind": kind, **({"parent": parent} if parent else {}), **facts}
    return {"schemas": [GROUP, ROSTER_GROUP], "externalId": code, "displayName": f"部门 {code}", ROSTER_GROUP: facts}


def patch_op(*operations: dict[str, Any]) -> dict[str, Any]:
    """A PATCH body."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


async def made(scim: httpx.AsyncClient, endpoint: str, body: dict[str, Any]) -> dict[str, Any]:
    """POSTs a resource that must be accepted, and returns it."""
    answer = await scim.post(endpoint, json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: httpx.Response, status: int, scim_type: str | None = None) -> str:
    """Asserts a SCIM error and returns its detail."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/scim+json")
    body = answer.json()
    assert body["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert body["status"] == str(status)
    assert body.get("scimType") == scim_type, body
    detail: str = body["detail"]
    assert detail
    return detail
