"""Lists (RFC 7644 section 3.4.2): filter, startIndex and count, always in the order of the ids."""

import asyncio
from itertools import repeat

from starlette.responses import Response

from scim_server.api.door import Call
from scim_server.api.errors import MEDIA_TYPE
from scim_server.api.limits import DEFAULT_PAGE, PAGE
from scim_server.api.resources import Resources
from scim_server.scim import answer
from scim_server.scim.errors import InvalidValue
from scim_server.scim.expression import Compare, Node
from scim_server.scim.filter import parse
from scim_server.scim.projection import Projection
from scim_server.store.filters import where
from scim_server.store.resources import Stored


class Search:
    """The GET handler of /Users and of /Groups."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources

    async def __call__(self, call: Call) -> Response:
        """A ListResponse; its Resources are empty where nothing matches, never an error."""
        view = self._resources.view(call)
        text = call.query.get("filter")
        node = parse(self._resources.type, text) if text is not None else None
        start = max(_number(call, "startIndex", 1), 1)
        count = min(max(_number(call, "count", DEFAULT_PAGE), 0), PAGE)
        total, found = await self._find(node, start, count)
        return Response(answer.list_response(total, start, await self._render(found, view)), media_type=MEDIA_TYPE)

    async def _find(self, node: Node | None, start: int, count: int) -> tuple[int, list[Stored]]:
        resources = self._resources
        if isinstance(node, Compare) and (point := self._point(node)) is not None:
            return len(point), point if start == 1 and count else []
        return await resources.roster.select(
            resources.type.name, None if node is None else where(node, resources.type), start, count
        )

    def _point(self, node: Compare) -> list[Stored] | None:
        """The look-ups that every client makes before a write: one indexed row, read in the loop."""
        name, resources = node.path[0].name, self._resources
        if node.op != "eq" or not isinstance(node.value, str) or len(node.path) > 1:
            return None
        if name == "userName":
            found = resources.roster.find(resources.type.name, "name", node.value)
        elif name == "externalId":
            found = resources.roster.find(resources.type.name, "external_id", node.value)
        elif name == "id":
            found = resources.roster.get(resources.type.name, node.value)
        else:
            return None
        return [] if found is None else [found]

    async def _render(self, found: list[Stored], view: Projection) -> list[bytes]:
        rendered: list[bytes] = []
        size = self._resources.at_once
        for start in range(0, len(found), size):
            lot = found[start : start + size]
            inside = self._resources.inside_each(lot, view)
            rendered += map(self._resources.render, lot, repeat(view), inside)
            await asyncio.sleep(0)
        return rendered


def _number(call: Call, name: str, default: int) -> int:
    given = call.query.get(name)
    if given is None or given == "":
        return default
    sign, digits = (-1, given[1:]) if given.startswith("-") else (1, given)
    if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
        raise InvalidValue(f"{name} is a whole number.")
    return sign * int(digits)
