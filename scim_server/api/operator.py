"""The door for local operators: commands that write go through the running server (S27).

Who may use it has read the lock file beside the store, which only the store's owner can.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scim_server.store.lock import DOOR

PATH = DOOR
LONGEST = 4 * 1024 * 1024  # a letter whose annex names a whole department of thousands

Run = Callable[[str, Mapping[str, Any]], Awaitable[Any]]


def operator_route(secret: str, run: Run) -> Route:
    """`run(command, arguments)` does one command in the writer and returns what can be said in JSON."""

    async def command(request: Request) -> Response:
        if not _holds(secret, request):
            return Response(status_code=404)
        asked = await request.json()
        try:
            return JSONResponse({"result": await run(asked["command"], asked["arguments"])})
        except Exception as error:
            return JSONResponse({"error": type(error).__name__, "detail": str(error)}, status_code=409)

    return Route(PATH, command, methods=["POST"])


def _holds(secret: str, request: Request) -> bool:
    length = request.headers.get("content-length", "")
    if not length.isdigit() or int(length) > LONGEST:
        return False
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Bearer {secret}".encode())
