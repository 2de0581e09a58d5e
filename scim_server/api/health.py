"""`/healthz`, `/readyz` and `/metrics`: without a token, and never red for a system that is silent.

`degraded` says that what is computed for a day is not today's yet (S8); `day` is today, as this server sees it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from scim_server.api.exposition import OfTheStore, Read, exposition
from scim_server.store.engine import Unavailable

Failing = Callable[[], Mapping[str, bool]]
Degraded = Callable[[], bool]
Today = Callable[[], str]


def health_routes(figures: Read, failing: Failing, degraded: Degraded, today: Today) -> Sequence[Route]:
    """`figures`: of the whole store. `failing`: whether a system's breaker is open. `today`: an ISO day."""

    def live(_: Request) -> Response:
        return JSONResponse(_said(degraded, failing, today))

    def ready(_: Request) -> Response:
        said = _said(degraded, failing, today)
        return JSONResponse(said, 200 if said["status"] == "ok" else 503)

    def metrics(_: Request) -> Response:
        there, down = figures(), failing()
        late = there is None or degraded()
        return exposition(OfTheStore(list(down), there, down, late))

    return [Route("/healthz", live), Route("/readyz", ready), Route("/metrics", metrics)]


def _said(degraded: Degraded, failing: Failing, today: Today) -> dict[str, Any]:
    try:
        status, late = "ok", degraded()
    except Unavailable:  # no SCIM request can be answered either
        status, late = "the store cannot be read", True
    return {"status": status, "degraded": late, "day": today(), "systems": _answers(failing())}


def _answers(failing: Mapping[str, bool]) -> dict[str, str]:
    return {name: "unreachable" if down else "ok" for name, down in failing.items()}
