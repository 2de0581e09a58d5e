"""The contract suite on two real SCIM services: a Huaming that is written to by another, and scim2-server.

scim2-server departs from RFC 7643 in that a User's `groups` are never filled in, though its schema has them (4.1.2);
it keeps a member that was deleted, and takes two Users with one externalId. A client can live with all of that.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage
from scim2_server.utils import load_default_provider

from connectors.base import Connector
from connectors.scim.config import ScimConfig
from connectors.scim.connector import ScimConnector
from connectors.simulation.running import Prompt
from mappings.model import Presence
from scim_server.app import House
from scim_server.settings import Settings
from scim_server.store.tokens import create_token
from tests.contract.target import Seen, Taken, Target
from tests.servers.faultproxy import FaultProxy
from tests.servers.plain import PLAIN
from tests.servers.stores import store_url

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


@dataclass
class Service:
    """A SCIM service in a thread: its base and a token for it. `close` ends it."""

    app: Any
    path: str = ""
    token: str = "any"
    ended: Callable[[], None] = field(default=lambda: None)

    def __post_init__(self) -> None:
        config = uvicorn.Config(self.app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
        self._server = Prompt(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        assert self._server.ready.wait(60), "the service did not start"
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    def close(self) -> None:
        self._server.end()
        self._thread.join(10)
        self.ended()


def huaming(folder: Path) -> Service:
    """A Huaming that is no hub: SCIM's own schemas, no systems, no worker."""
    store = {"url": store_url(folder / "huaming.db")}
    settings = Settings.model_validate({"server": {"roster_extension": False}, "store": store})
    house = House(settings, working=False)
    token: str = house.writer.write(lambda connection: create_token(connection, "hub", "hr", house.clock))
    return Service(house.app, "/scim/v2", token, house.close)


def peer() -> Service:
    """scim2-server, in memory."""
    return Service(ASGIApplication(AsyncInMemoryStorage(), _provider()))


@cache
def _provider() -> Any:
    """What scim2-server knows of the schemas: a class is made of each, in 0.2 s. What it holds is in its storage."""
    return load_default_provider()


class ScimTarget(Target):
    """A service looked at with requests of the test's own. `settings` are those of ScimConfig.

    `keyed`: the service holds no externalId twice; strangers then have one of their own, which is their userName.
    """

    login = "userName"
    text = "title"
    name = "displayName"
    group_text = "displayName"

    def __init__(self, service: Service, *, keyed: bool, **settings: Any) -> None:
        self.service = service
        self.keyed = keyed  # type: ignore[misc]
        self.settings = {"url": service.url, "token": service.token, "page_size": self.page_size} | settings
        headers = {"Authorization": f"Bearer {service.token}", "Content-Type": "application/scim+json"}
        self.http = httpx.Client(base_url=service.url, headers=headers, trust_env=False, timeout=20, verify=PLAIN)

    def person(self, number: int, login: str) -> dict[str, tuple[str, ...]]:
        own = {"externalId": (f"E{number}",), "name.familyName": ("王",), "emails": (f"u{number}@example.cn",)}
        return super().person(number, login) | own | {"department": ("第1科",)}

    def group(self, number: int) -> dict[str, tuple[str, ...]]:
        return {"externalId": (f"D{number}",), "displayName": (f"第{number}科",)}

    def connector(self) -> ScimConnector:
        return self.scim()

    def scim(self, **changes: Any) -> ScimConnector:
        """A connector with other settings."""
        config = ScimConfig(**self.settings | changes)
        return ScimConnector("target", config, time.monotonic, lambda: datetime.now(UTC))

    def everything(self, endpoint: str) -> list[dict[str, Any]]:
        """All resources of an endpoint."""
        answer = self.http.get(endpoint, params={"startIndex": 1, "count": 1000})
        assert answer.status_code == 200, answer.text
        return list(answer.json().get("Resources") or [])

    def people(self) -> dict[str, Seen]:
        groups = self.everything("/Groups")
        found = self.everything("/Users")
        return {each.get("externalId") or f"({each['userName']})": _seen(each, groups) for each in found}

    def groups(self) -> dict[str, Any]:
        return {
            each["externalId"]: {name: (each[name],) for name in ("externalId", "displayName")}
            for each in self.everything("/Groups")
        }

    def put(self, key: str | None, login: str) -> None:
        key = key or (login if self.keyed else None)
        body = {"schemas": [USER], "userName": login, "displayName": "手工", "active": True}
        answer = self.http.post("/Users", json=body | ({"externalId": key} if key else {}))
        if answer.status_code == 409:
            raise Taken(login)
        assert answer.status_code == 201, answer.text

    def delete(self, key: str) -> None:
        (found,) = [each for each in self.everything("/Users") if each.get("externalId") == key]
        assert self.http.delete(f"/Users/{found['id']}").status_code == 204

    def protect(self, key: str) -> Connector:
        return self.scim(protected=[key])

    def unreachable(self) -> Connector:
        return self.scim(url="http://127.0.0.1:1/scim/v2")

    @contextmanager
    def place_gone(self) -> Iterator[Connector]:
        yield self.scim(url=f"{self.service.url}/elsewhere")

    @contextmanager
    def lossy(self) -> Iterator[Connector]:
        with LosingPost("127.0.0.1", self.service.port) as proxy:
            path = urlsplit(self.service.url).path
            connector = self.scim(url=f"http://127.0.0.1:{proxy.port}{path}")
            yield connector
            connector.close()


class LosingPost(FaultProxy):
    """A proxy that passes on the first POST and hangs up when its answer comes; afterwards all is well."""

    lost = False

    def _count(self, way: str, chunk: bytes) -> None:
        if way == "up" and chunk.startswith(b"POST ") and not self.lost:
            self.lost = True
            self.set(lose_from=1)
        elif way == "up" and self.lost and chunk.startswith(b"GET "):
            self.clear()
        super()._count(way, chunk)


def _seen(user: dict[str, Any], groups: list[dict[str, Any]]) -> Seen:
    texts = {name: user.get(name) for name in ("userName", "externalId", "displayName", "title")}
    texts |= {f"name.{name}": text for name, text in user.get("name", {}).items()}
    texts |= {"emails": next((each["value"] for each in user.get("emails", [])), None)}
    texts |= {"department": user.get(ENTERPRISE, {}).get("department")}
    held = [each for each in groups if any(one["value"] == user["id"] for one in each.get("members", []))]
    return Seen(
        Presence.ACTIVE if user["active"] else Presence.LOCKED,
        {name: (text,) for name, text in texts.items() if text},
        frozenset(each["externalId"] for each in held),
    )


def _target(make: Callable[[pytest.FixtureRequest], Service], keyed: bool, **settings: Any) -> Any:
    def target(request: pytest.FixtureRequest) -> Target:
        service = make(request)
        request.addfinalizer(service.close)
        made = ScimTarget(service, keyed=keyed, **settings)
        request.addfinalizer(made.http.close)
        return made

    return target


def _huaming(request: pytest.FixtureRequest) -> Service:
    return huaming(request.getfixturevalue("tmp_path"))


def _peer(request: pytest.FixtureRequest) -> Service:
    return peer()


LIMITED: dict[str, Any] = {"calls_per_minute": 1_000_000}
WITHOUT: dict[str, Any] = {"writes": "put", "members": "put", "memberships": "groups", "filters": False}

TARGETS: dict[str, Callable[[pytest.FixtureRequest], Target]] = {
    "scim-huaming": _target(_huaming, keyed=True, **LIMITED),
    "scim-huaming-put-unfiltered": _target(_huaming, keyed=True, **WITHOUT),
    "scim2-server": _target(_peer, keyed=False, **LIMITED),
    "scim2-server-put-unfiltered": _target(_peer, keyed=False, **WITHOUT),
}
