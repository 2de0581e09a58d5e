"""A simulated vendor as an ASGI application: its interface, and beside it `/_sim/` for whoever plays fate.

The application serves from one thread and never waits for anything but the network and a rule of delay.
"""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

import orjson

from connectors.simulation.faults import BadRule, Faults, Rule
from connectors.simulation.record import Call, Record
from connectors.simulation.vendor import Asked, Told, Vendor
from connectors.simulation.windows import Windows

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

OWN = "/_sim/"
LARGEST_BODY = 32_000_000
CLOSE = "huaming.close"  # where wire.py leaves, in the state of a call, what ends its connection
PAGE = "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr></body></html>\n"


class App:
    """The application. `faults`, `record` and `windows` are safe to read from other threads."""

    def __init__(self, vendor: Vendor, now: Callable[[], float], base_url: str) -> None:
        self.vendor = vendor
        self.faults = Faults()
        self.record = Record()
        self.windows = Windows(vendor.windows())
        self._now = now
        self._base_url = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["type"] != "http":
            return
        asked = await self._asked(scope, receive)
        if asked is None:
            await _tell(send, _page(413, "413 Request Entity Too Large"))
        elif asked.path.startswith(OWN):
            await _tell(send, self._own(asked, self._url(scope, asked)))
        else:
            await self._vendors(asked, scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive) -> Asked | None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > LARGEST_BODY:
                return None
            if not message.get("more_body"):
                break
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        return Asked(scope["method"], scope["path"], query, headers, body, self._now())

    async def _vendors(self, asked: Asked, scope: Scope, receive: Receive, send: Send) -> None:
        beyond = self.windows.arrive(asked.path, asked.at)
        rule = self.faults.take(asked.path)
        told = self._told(asked, beyond, rule)
        kind = rule.kind if rule else None
        status = 0 if kind == "lost" else told.status
        self.record.add(Call(asked.at, asked.method, asked.path, asked.query, asked.body, status))
        if rule and kind == "delay_s" and not await _waited(rule.value):
            kind = "lost"
        if kind == "lost":
            await _close(scope, receive)
        elif kind == "cut":
            await _tell(send, told, cut=True)
            await _close(scope, receive)
        else:
            await _tell(send, told)

    def _told(self, asked: Asked, beyond: bool, rule: Rule | None) -> Told:
        """What the call is answered with; with lost, cut and delay_s it has been done all the same."""
        if beyond:
            return self.vendor.busy()
        if rule is None:
            return self.vendor.answer(asked)
        if rule.kind == "status":
            headers = {} if rule.retry_after is None else {"retry-after": str(rule.retry_after)}
            return _page(rule.value, str(rule.value), headers)
        if rule.kind == "html":
            return _page(200, "Welcome to nginx!")
        if rule.kind == "code":
            return self.vendor.failed(rule.value)
        if rule.kind == "revoke_tokens":
            self.vendor.revoke_tokens()
        return self.vendor.answer(asked)

    def _own(self, asked: Asked, url: str) -> Told:
        match asked.method, asked.path.removeprefix(OWN):
            case "GET", "config":
                return _json(self.vendor.config(url))
            case "GET", "accounts":
                return _json({"accounts": self.vendor.accounts()})
            case "GET", "requests":
                return _json({"requests": self.record.shown()})
            case "GET", "windows":
                return _json({"largest": self.windows.rows()})
            case "POST", "faults":
                return self._set_faults(asked.body)
            case _:
                return _json({"error": "there are config, accounts, requests, windows to GET and faults to POST"}, 404)

    def _set_faults(self, body: bytes) -> Told:
        try:
            self.faults.replace(orjson.loads(body))
        except orjson.JSONDecodeError:
            return _json({"error": "the rules are a JSON list of objects"}, 400)
        except BadRule as wrong:
            return _json({"error": str(wrong)}, 400)
        return _json({"ok": True})

    def _url(self, scope: Scope, asked: Asked) -> str:
        """As told at the start; else as the asker named us, so that the answer is right behind any port mapping."""
        return self._base_url or f"{scope['scheme']}://{asked.headers.get('host', 'localhost')}"


def app(vendor: Vendor, now: Callable[[], float], base_url: str = "") -> App:
    """The application of a vendor. `base_url`: scheme, host and port; empty: as each asker names us."""
    return App(vendor, now, base_url)


def _json(value: Any, status: int = 200) -> Told:
    return Told(status, orjson.dumps(value), "application/json")


def _page(status: int, title: str, headers: dict[str, str] | None = None) -> Told:
    return Told(status, PAGE.format(title).encode(), "text/html", headers or {})


async def _tell(send: Send, told: Told, *, cut: bool = False) -> None:
    """Sends the answer; cut: the length of the whole, and the first half of the body."""
    head = [(b"content-type", told.media_type.encode()), (b"content-length", str(len(told.body)).encode())]
    head += [(name.lower().encode(), value.encode()) for name, value in told.headers.items()]
    await send({"type": "http.response.start", "status": told.status, "headers": head})
    body = told.body[: len(told.body) // 2] if cut else told.body
    await send({"type": "http.response.body", "body": body, "more_body": cut})


async def _waited(seconds: float) -> bool:
    """Waits. False: the simulator ends before that, and answers nobody any more."""
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        return False
    return True


async def _close(scope: Scope, receive: Receive) -> None:
    """Ends the connection after what has been sent, and stays until it has ended."""
    scope["state"][CLOSE]()
    while (await receive())["type"] != "http.disconnect":
        pass
