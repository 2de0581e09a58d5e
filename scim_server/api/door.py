"""The one way in: limits, token, role, method, time; and the one way out for errors."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scim_server.api.auth import READS, Tokens, authenticate, authorise
from scim_server.api.call import Call, RequestCall
from scim_server.api.errors import error_response, translated
from scim_server.api.limits import SECONDS, demand_head
from scim_server.api.visit import Visit
from scim_server.clock import Clock
from scim_server.scim.errors import MethodNotAllowed
from scim_server.store.cause import Cause, because

Handler = Callable[[Call], Awaitable[Response]]
_CLOCK = Clock()


class Door:
    """An ASGI application for one path: a handler for each method it knows. `reads` are methods that change nothing."""

    def __init__(
        self,
        tokens: Tokens,
        handlers: Mapping[str, Handler],
        reads: frozenset[str] = READS,
        seconds: float = SECONDS,
    ) -> None:
        """`seconds` is what a request may last. `path` is the template under which figures and logs know it."""
        self.path = ""
        self._tokens = tokens
        self._reads = reads
        self._seconds = seconds
        self._handlers = dict(handlers)
        if "GET" in self._handlers:
            self._handlers["HEAD"] = self._handlers["GET"]
        self._allow = ", ".join(sorted(self._handlers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        visit = Visit(scope["method"], self.path, scope["headers"], _CLOCK)
        with because(Cause(request=visit.id)):
            response = await self._answer(Request(scope, receive, send), visit)
            visit.end(response)
        await response(scope, receive, send)

    async def _answer(self, request: Request, visit: Visit) -> Response:
        try:
            async with asyncio.timeout(self._seconds):
                return await self._let_in(request, visit)
        except Exception as error:
            return self.refused(error)

    def refused(self, error: Exception) -> Response:
        """The answer for whatever went wrong."""
        return error_response(translated(error))

    async def _let_in(self, request: Request, visit: Visit) -> Response:
        headers = request.scope["headers"]
        demand_head(headers, request.scope["http_version"])
        caller = await authenticate(headers, self._tokens)
        visit.caller = caller.name
        handler = self._handlers.get(request.method)
        if handler is None:
            raise MethodNotAllowed(f"{request.method} is not possible here.", {"Allow": self._allow})
        authorise(caller, reads=request.method in self._reads)
        call = RequestCall(request, caller)
        try:
            with because(Cause(visit.id, self._tokens.batch_of(caller.name))):
                return await handler(call)
        finally:
            call.end()
