"""Lists (RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865): filter, order and page, by GET and by POST on .search.

At the root of the server Users and Groups stand in one order; an attribute that only
one type knows is absent from the other (section 3.4.2.1).
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import TypeVar, TypeVarTuple

from starlette.responses import Response

from scim_server.api.aside import aside
from scim_server.api.call import Call
from scim_server.api.cursors import Cursors, bound_to
from scim_server.api.errors import MEDIA_TYPE, busy
from scim_server.api.looks import looked
from scim_server.api.query import Query, from_parameters
from scim_server.api.resources import Resources
from scim_server.api.search_request import from_body
from scim_server.scim import answer
from scim_server.scim.errors import TooMany
from scim_server.scim.expression import Compare, Node
from scim_server.scim.filter import parse, parse_each
from scim_server.scim.projection import Projection, projection
from scim_server.scim.restricted import asks_restricted, refusal
from scim_server.scim.sort import Sort, sort
from scim_server.store.deadline import TooSlow
from scim_server.store.filters import where
from scim_server.store.lists import Asked, Listed, Matching
from scim_server.store.resources import Shown, Stored
from scim_server.store.sorting import ordering

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Search:
    """The handlers of one list: of /Users, of /Groups, or of both at the root."""

    def __init__(self, served: Sequence[Resources], cursors: Cursors) -> None:
        self._served = served
        self._types = [each.type for each in served]
        self._endpoints = [each.type.endpoint for each in served]
        self._roster = served[0].roster
        self._cursors = cursors

    async def get(self, call: Call) -> Response:
        """GET: a ListResponse; its Resources are empty where nothing matches, never an error."""
        return await self._answer(call, from_parameters(call.query))

    async def post(self, call: Call) -> Response:
        """POST on .search: the same, asked by a SearchRequest."""
        return await self._answer(call, from_body(await call.json()))

    async def _answer(self, call: Call, query: Query) -> Response:
        if query.cursor is not None:
            return await self._by_cursor(call, query)
        nodes, sorted_by = await self._question(call, query)
        found = await self._by_index(query, nodes, sorted_by)
        rendered = await self._render(call, found.found, query, asks_restricted(nodes, sorted_by))
        return Response(answer.list_response(found.total, query.start, rendered), media_type=MEDIA_TYPE)

    async def _question(self, call: Call, query: Query) -> tuple[Sequence[Node | None], Sort | None]:
        """The filter and the order. Raises Forbidden where the role may not ask that (S18)."""
        nodes = await _weighed(query.filter, self._nodes)
        sorted_by = sort(self._types, query.sort_by, query.sort_order)
        if not call.caller.sees_restricted and asks_restricted(nodes, sorted_by):
            raise refusal()
        return nodes, sorted_by

    async def _by_index(self, query: Query, nodes: Sequence[Node | None], sorted_by: Sort | None) -> Listed:
        order = ordering(sorted_by, self._types)
        only = nodes[0] if len(nodes) == 1 else None
        if isinstance(only, Compare) and (point := await self._point(only)) is not None:
            return Listed(len(point), point if query.start == 1 and query.count else ())
        matching = await _weighed(query.filter, self._matching, nodes)
        return await self._read(Asked(matching, query.count, order, query.start - 1))

    async def _by_cursor(self, call: Call, query: Query) -> Response:
        nodes, sorted_by = await self._question(call, query)
        order = ordering(sorted_by, self._types)
        bound = bound_to(self._endpoints, query, sorted_by, call.caller)
        place, backward = None, False
        if query.cursor:
            place, backward = await self._cursors.open(query.cursor, query.count, bound)
        matching = await _weighed(query.filter, self._matching, nodes)
        found = await self._read(Asked(matching, query.count, order, by_cursor=True, place=place, backward=backward))
        beside = {}
        if found.previous is not None:
            beside["previousCursor"] = await self._cursors.seal(found.previous, query.count, bound, backward=True)
        if found.next is not None:
            beside["nextCursor"] = await self._cursors.seal(found.next, query.count, bound, backward=False)
        rendered = await self._render(call, found.found, query, asks_restricted(nodes, sorted_by))
        return Response(answer.list_response(found.total, None, rendered, beside), media_type=MEDIA_TYPE)

    async def _read(self, asked: Asked) -> Listed:
        try:
            return await self._roster.page(asked)
        except TooSlow as error:
            if not error.begun:
                raise busy("Other queries are being answered.") from None
            raise TooMany(
                "That query takes too long: ask for fewer resources, or by an attribute with an index."
            ) from None

    # -- what is looked for

    def _nodes(self, text: str | None) -> Sequence[Node | None]:
        """The filter as each type understands it; None where none of that type can match."""
        if text is None:
            return ()
        return [parse(self._types[0], text)] if len(self._types) == 1 else parse_each(self._types, text)

    def _matching(self, text: str | None, nodes: Sequence[Node | None]) -> Matching:
        if text is None:
            return {each.name: None for each in self._types}
        base_url = self._served[0].base_url
        asked = zip(self._types, nodes, strict=True)
        return {each.name: where(node, each, base_url) for each, node in asked if node is not None}

    async def _point(self, node: Compare) -> Sequence[Stored] | None:
        """The look-ups that every client makes before a write: one indexed row."""
        name, type, roster = node.path[0].name, self._types[0].name, self._roster
        if node.op != "eq" or not isinstance(node.value, str) or len(node.path) > 1:
            return None
        if name == "userName":
            found = await roster.find(type, "name", node.value)
        elif name == "externalId":
            found = await roster.find(type, "external_id", node.value)
        elif name == "id":
            found = await roster.get(type, node.value)
        else:
            return None
        return [] if found is None else [found]

    # -- how it looks

    async def _render(self, call: Call, found: Sequence[Stored | Shown], query: Query, asked: bool) -> Sequence[bytes]:
        """Each resource as its own type shows it, in the order in which they were found.

        `asked`: what was found tells of what is for some roles only.
        """
        views = {each.type.name: _view(each, call, query) for each in self._served}
        for view in views.values():
            if view.kept or (asked and view is views[self._types[0].name]):
                await looked(self._roster, call.caller, view, found, asked=asked)
        if len(self._served) == 1:
            return await _rendered(self._served[0], found, views[self._types[0].name])
        by_id: dict[str, bytes] = {}
        for served in self._served:
            own = [each for each in found if each.type == served.type.name]
            by_id.update(
                zip((each.id for each in own), await _rendered(served, own, views[served.type.name]), strict=True)
            )
        return [by_id[each.id] for each in found]


async def _weighed(text: str | None, read: Callable[[str | None, *Ts], T], *arguments: *Ts) -> T:
    """A filter of a kilobyte takes some 15 ms until it is SQL."""
    return await aside(32 * len(text or ""), read, text, *arguments)


def _view(served: Resources, call: Call, query: Query) -> Projection:
    return projection(served.type, query.attributes, query.excluded, call.caller.sees_restricted)


async def _rendered(served: Resources, found: Sequence[Stored | Shown], view: Projection) -> Sequence[bytes]:
    rendered: list[bytes] = []
    for start in range(0, len(found), served.at_once):
        lot = found[start : start + served.at_once]
        inside = await served.inside_each(lot, view)
        weight = 0 if view.everything else sum(map(len, inside))  # a document is small, members may be thousands
        rendered += await aside(weight, _lot, served, lot, view, inside)
        await asyncio.sleep(0)
    return rendered


def _lot(served: Resources, lot: Iterable[Stored | Shown], view: Projection, inside: Iterable[bytes]) -> list[bytes]:
    return list(map(served.render, lot, repeat(view), inside))
