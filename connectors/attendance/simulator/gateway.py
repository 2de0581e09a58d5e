"""What stands before every path of the interface: the caller's address, his signature or token, his grant, the body."""

import json
from typing import Any

from connectors.attendance.simulator import auth, cards, downloads, events, faces, orgs, person_lists, persons
from connectors.attendance.simulator.call import Route, Routes
from connectors.attendance.simulator.codes import (
    CHARSET,
    MALFORMED,
    MISSING,
    NOT_GRANTED,
    NOT_JSON,
    OUT_OF_RANGE,
    Refusal,
)
from connectors.attendance.simulator.fields import PAGE_SIZE, read
from connectors.attendance.simulator.signature import Signatures
from connectors.attendance.simulator.switches import Switches
from connectors.attendance.simulator.tokens import Tokens
from connectors.simulation.vendor import Asked

BASE = "/artemis"
OAUTH = "/api/v1/oauth/token"
ROUTES: Routes = {
    **orgs.ROUTES,
    **persons.ROUTES,
    **person_lists.ROUTES,
    **faces.ROUTES,
    **cards.ROUTES,
    **auth.ROUTES,
    **downloads.ROUTES,
    **events.ROUTES,
}


class Gateway:
    """Lets a call through to its route, or refuses it."""

    def __init__(self, key: str, secret: str) -> None:
        self.tokens = Tokens()
        self._signatures = Signatures(key, secret)

    def admit(self, asked: Asked, switches: Switches) -> None:
        """Raises Refusal: the address, the key, the signature or the token, the grant, in this order."""
        if switches.refused:
            raise Refusal(switches.refused)
        path = asked.path.removeprefix(BASE)
        if switches.tokens and "access_token" in asked.headers and path != OAUTH:
            self.tokens.check(asked.headers["access_token"], asked.at)
        else:
            self._signatures.check(asked, switches)
        known = path in ROUTES or (switches.tokens and path == OAUTH)
        if not known or path in switches.ungranted:
            raise Refusal(NOT_GRANTED, path)

    def body(self, asked: Asked, switches: Switches) -> Any:
        """What was sent to the route of the path, held against its shape."""
        route = ROUTES[asked.path.removeprefix(BASE)]
        sent = _json(asked, route)
        if not route.rows:
            return read(sent, route.shape, switches.properties if route.extensible else frozenset())
        if not isinstance(sent, list):
            raise Refusal(MALFORMED, "the body is not an array")
        if not sent:
            raise Refusal(MISSING, "body")
        if len(sent) > PAGE_SIZE:
            raise Refusal(OUT_OF_RANGE, f"at most {PAGE_SIZE} rows")
        return sent


def _json(asked: Asked, route: Route) -> Any:
    kind, _, rest = asked.headers.get("content-type", "").partition(";")
    charset = rest.strip().lower().removeprefix("charset=") or "utf-8"
    if charset not in ("utf-8", "utf8"):
        raise Refusal(CHARSET, charset)
    if asked.method != "POST" or (asked.body and kind.strip().lower() != "application/json"):
        raise Refusal(NOT_JSON, f"{asked.method} {kind}")
    if not asked.body and route.empty:
        return {}
    try:
        return json.loads(asked.body)
    except (ValueError, RecursionError):
        raise Refusal(NOT_JSON) from None
