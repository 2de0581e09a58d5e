"""The one way in: limits, token, role, method, time; and the one way out for errors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scim_server.api.auth import Caller, Tokens, authenticate, authorise
from scim_server.api.body import read_json
from scim_server.api.errors import error_response, translated
from scim_server.api.limits import SECONDS, demand_headers
from scim_server.scim.errors import MethodNotAllowed


@dataclass
class Call:
    """One request that has been let in."""

    request: Request
    caller: Caller

    @cached_property
    def id(self) -> str:
        """The id in the path."""
        return str(self.request.path_params["id"])

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The query parameters, the last one of each name."""
        return self.request.query_params

    @cached_property
    def if_match(self) -> str | None:
        """The whole If-Match field."""
        return self._field("if-match")

    @cached_property
    def if_none_match(self) -> str | None:
        """The whole If-None-Match field."""
        return self._field("if-none-match")

    def _field(self, name: str) -> str | None:
        lines = self.request.headers.getlist(name)
        return ", ".join(lines) if lines else None

    async def json(self) -> Any:
        """The body."""
        return await read_json(self.request)


Handler = Callable[[Call], Awaitable[Response]]


class Door:
    """An ASGI application for one path: a handler for each method it knows."""

    def __init__(self, tokens: Tokens, handlers: Mapping[str, Handler]) -> None:
        self._tokens = tokens
        self._handlers = dict(handlers)
        if "GET" in self._handlers:
            self._handlers["HEAD"] = self._handlers["GET"]
        self._allow = ", ".join(sorted(self._handlers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._answer(Request(scope, receive, send))
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._let_in(request)
        except Exception as error:
            return error_response(translated(error))

    async def _let_in(self, request: Request) -> Response:
        headers = request.scope["headers"]
        demand_headers(headers)
        caller = authenticate(headers, self._tokens)
        handler = self._handlers.get(request.method)
        if handler is None:
            raise MethodNotAllowed(f"{request.method} is not possible here.", {"Allow": self._allow})
        authorise(caller, request.method)
        return await handler(Call(request, caller))
