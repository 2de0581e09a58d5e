"""`/healthz`, `/readyz` and `/metrics`: without a token, and never red for a system that is silent."""

from collections.abc import Callable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Counts = Callable[[], Mapping[str, Mapping[str, int]]]
Failing = Callable[[], Mapping[str, bool]]


def health_routes(counts: Counts, failing: Failing) -> Sequence[Route]:
    """`counts`: rows by state, a system. `failing`: whether its breaker is open."""

    async def ready(_: Request) -> Response:
        return JSONResponse({"status": "ok", "degraded": False, "systems": _answers(failing())})

    def metrics(_: Request) -> Response:
        return PlainTextResponse(_exposition(counts(), failing()), media_type="text/plain; version=0.0.4")

    return [Route("/healthz", ready), Route("/readyz", ready), Route("/metrics", metrics)]


def _answers(failing: Mapping[str, bool]) -> dict[str, str]:
    return {name: "unreachable" if down else "ok" for name, down in failing.items()}


def _exposition(counts: Mapping[str, Mapping[str, int]], failing: Mapping[str, bool]) -> bytes:
    registry = CollectorRegistry()
    links = Gauge("huaming_links", "Accounts by state", ["system", "state"], registry=registry)
    breaker = Gauge("huaming_breaker_open", "1 while a system does not answer", ["system"], registry=registry)
    for system, down in failing.items():
        breaker.labels(system).set(down)
        for state in ("due", "parked", "held", "waiting"):
            links.labels(system, state).set(counts.get(system, {}).get(state, 0))
    return generate_latest(registry)
