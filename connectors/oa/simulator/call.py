"""One call, taken apart: the parts of its path, its body, its page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.oa.simulator.answers import NoPage, Refusal
from connectors.oa.simulator.shapes import Entity
from connectors.oa.simulator.switches import Switches
from connectors.simulation.vendor import Asked


@dataclass(frozen=True, slots=True)
class Call:
    """`parts`: what stood in the places of the path's pattern. `login`: the member the token is bound to."""

    asked: Asked
    parts: tuple[str, ...]
    login: str | None

    def ident(self, place: int = 0) -> int:
        """An id in the path."""
        return int(self.parts[place])

    def text(self, place: int = 0) -> str:
        """A word in the path."""
        return self.parts[place]

    def body(self) -> Any:
        """The body as JSON. Raises Refusal: it is none, or its type is not said to be."""
        if not self.asked.headers.get("content-type", "").startswith("application/json"):
            raise NoPage
        try:
            return json.loads(self.asked.body)
        except (ValueError, RecursionError):
            raise Refusal("INVALID_JSON", body=True) from None

    def bodies(self) -> list[Any]:
        """The body as a list of entities or ids."""
        body = self.body()
        if not isinstance(body, list):
            raise Refusal("INVALID_JSON", body=True)
        return body


def page_of(
    switches: Switches, asked: Asked, rows: Sequence[Entity], wanted: Mapping[str, str] | None = None
) -> list[Entity]:
    """The page that `pageNo` and `pageSize` name, of the query or of `wanted`; without them all of it.

    Beyond the last page there is nothing.
    """
    named = asked.query if wanted is None else wanted
    if "pageSize" not in named:
        return list(rows)
    size, origin = whole(named["pageSize"]), switches.page_origin
    start = max(whole(named.get("pageNo", str(origin))) - origin, 0) * size
    return list(rows[start : start + size])


def whole(text: str) -> int:
    """A number of the query. Raises NoPage where it is none, as a path that nobody serves."""
    if not (text.isascii() and text.isdigit()):
        raise NoPage
    return int(text)
