"""Two doors to the same SCIM application: in this process, on any store; or the one that a running server keeps.

Both answer alike: same validation, same errors. Neither needs a token of HR's: the operator's own way in makes one.
"""

import asyncio
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self
from urllib.parse import quote

import orjson
from starlette.types import Message

from scim_server.api.errors import MEDIA_TYPE
from scim_server.app import House
from scim_server.clock import Clock, pause
from scim_server.operate.desk import Desk
from scim_server.operate.pushed_file import Request
from scim_server.reconcile.target import Target
from scim_server.settings import Settings
from scim_server.store.attempts import new_id
from scim_server.store.lock import Holder

AWHILE = 150.0  # seconds: a Bulk may last as long
KNOWN = 3.0  # seconds within which a server has noticed a new token


@dataclass(frozen=True, slots=True)
class Answer:
    """What SCIM said. `location` is that of the resource, where it tells."""

    status: int
    body: Any = None
    location: str | None = None


class Door(Protocol):
    """Where requests are answered."""

    def ask(self, request: Request) -> Answer:
        """Sends one request and waits for the answer. Raises OSError where nobody answers."""
        ...

    def command(self, name: str, /, **arguments: Any) -> Any:
        """One of `commands`, in the same store."""
        ...


@contextmanager
def inner_door(settings: Settings, clock: Clock, systems: Sequence[Target], name: str) -> Iterator["InnerDoor"]:
    """The application itself on the store of these settings, without a worker and without a network.

    `name`: who is on record as having asked, a name of `token_name`. Whoever opens it on a SQLite store holds its lock.
    """
    house = House(settings, clock, working=False, systems=systems)
    try:
        with asyncio.Runner() as runner:
            door = InnerDoor(house, runner, name)
            try:
                yield door
            finally:
                door.end()
    finally:
        house.close()


class InnerDoor:
    """See `inner_door`."""

    def __init__(self, house: House, runner: asyncio.Runner, name: str) -> None:
        self._house = house
        self._runner = runner
        self._name = name
        self._token = self.command("token-create", role="hr", name=self._name)

    def end(self) -> None:
        """Nobody comes in by its token any more."""
        self.command("token-drop", name=self._name)

    def command(self, name: str, /, **arguments: Any) -> Any:
        """See Door."""
        return self._runner.run(self._house.run_command(name, arguments))

    def ask(self, request: Request) -> Answer:
        """See Door."""
        return self._runner.run(self._asked(request))

    async def _asked(self, request: Request) -> Answer:
        body = b"" if request.body is None else orjson.dumps(request.body)
        path, _, query = request.path.partition("?")
        fields = {**_fields(request, self._token), "host": "127.0.0.1", "content-length": str(len(body))}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": f"/scim/v2{path}",
            "raw_path": f"/scim/v2{quote(path)}".encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in fields.items()],
        }
        exchange = _Exchange(body)
        await self._house.app(scope, exchange.receive, exchange.send)
        return exchange.answer()


class _Exchange:
    """One request and its answer, as ASGI tells them."""

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self._status = 0
        self._headers: dict[str, str] = {}
        self._said = b""

    async def receive(self) -> Message:
        """The whole body at once, then silence: the client waits for its answer."""
        if self._body is None:
            await asyncio.Event().wait()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        """The head, then pieces of the body."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            self._headers = {name.decode().lower(): value.decode() for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            self._said += message.get("body", b"")

    def answer(self) -> Answer:
        """What has come."""
        return _answer(self._status, self._said, self._headers)


class ServedDoor:
    """A running server's own door, by HTTP on this machine. Enter it: it makes a token, and ends it afterwards.

    `name`: as `inner_door`.
    """

    def __init__(self, desk: Desk, server: Holder, name: str) -> None:
        self._desk = desk
        self._url = f"{server.url}/scim/v2"
        self._name = name
        self._token = ""
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> Self:
        self._token = self._desk.run("token-create", role="hr", name=self._name)
        until = self._desk.clock.monotonic() + KNOWN
        while self.ask(Request(0, "GET", "/ServiceProviderConfig")).status == 401:
            if self._desk.clock.monotonic() > until:
                raise OSError("运行中的服务未承认本机操作员的令牌")
            pause(0.1)
        return self

    def __exit__(self, *_: object) -> None:
        self._desk.run("token-drop", name=self._name)

    def command(self, name: str, /, **arguments: Any) -> Any:
        """See Door."""
        return self._desk.run(name, **arguments)

    def ask(self, request: Request) -> Answer:
        """See Door."""
        body = None if request.body is None else orjson.dumps(request.body)
        url = self._url + quote(request.path, safe="/?=&%\"'-._~:")
        fields = _fields(request, self._token)
        asked = urllib.request.Request(url, body, fields, method=request.method)  # noqa: S310 - our own server
        try:
            with self._opener.open(asked, timeout=AWHILE) as said:
                return _answer(said.status, said.read(), {name.lower(): value for name, value in said.headers.items()})
        except urllib.error.HTTPError as error:
            return _answer(error.code, error.read(), {})


def token_name(name: str) -> str:
    """A token's name is used once."""
    return f"{name} {new_id()[-12:]}"


def _fields(request: Request, token: str) -> Mapping[str, str]:
    named = {"Authorization": f"Bearer {token}", "Accept": MEDIA_TYPE}
    if request.body is not None:
        named["Content-Type"] = MEDIA_TYPE
    return named | ({"If-Match": request.version} if request.version else {})


def _answer(status: int, said: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        body = orjson.loads(said) if said else None
    except orjson.JSONDecodeError:
        body = None
    return Answer(status, body, headers.get("location"))
