"""What Users and Groups have in common: reading, conditions, and writing until it holds (S19)."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

from starlette.responses import Response

from scim_server.api.aside import aside, effort
from scim_server.api.call import Call
from scim_server.api.errors import MEDIA_TYPE, busy
from scim_server.api.looks import looked
from scim_server.scim import answer, etag
from scim_server.scim.dialects import normal_body, normal_operations
from scim_server.scim.errors import NotFound, PreconditionFailed
from scim_server.scim.kept import merged
from scim_server.scim.operations import Operation, read_operations
from scim_server.scim.projection import Projection, projection
from scim_server.scim.schemas import ResourceType
from scim_server.store.resources import Draft, Members, Moved, Shown, Stored
from scim_server.store.roster import Roster

TRIES = 5
_ID = re.compile(r"[0-9A-Za-z-]{1,64}")

Write = Callable[[Stored], Awaitable[Stored]]


class Resources(ABC):
    """The resources of one type. `base_url` is the address of this API, without a slash at its end."""

    at_once = 100  # resources of a page rendered before the loop serves others

    def __init__(self, roster: Roster, resource_type: ResourceType, base_url: str) -> None:
        self.roster = roster
        self.type = resource_type
        self.base_url = base_url
        self._address = answer.address(base_url, resource_type.endpoint)

    @abstractmethod
    async def inside(self, stored: Stored | Shown, view: Projection) -> bytes:
        """What the answer has besides the document: groups or members, spliced in."""

    async def inside_each(self, found: Sequence[Stored | Shown], view: Projection) -> list[bytes]:
        """`inside` of several, for a page."""
        return [await self.inside(stored, view) for stored in found]

    # -- reading

    async def get(self, call: Call) -> Response:
        """One resource; 304 where the client has that version (RFC 7644 section 3.14)."""
        view = self.view(call)
        stored = await self.stored(call.id)
        if call.if_match is not None and not etag.matches(call.if_match, stored.version):
            raise PreconditionFailed("The resource has another version than If-Match names.")
        if call.if_none_match is not None and etag.matches(call.if_none_match, stored.version):
            return Response(status_code=304, headers={"ETag": etag.etag(stored.version)})
        return await self.respond(call, stored, view)

    async def stored(self, id: str) -> Stored:
        """The resource as it is now, or NotFound."""
        found = await self.roster.get(self.type.name, id) if _ID.fullmatch(id) else None
        if found is None:
            raise NotFound(f"There is no such {self.type.name}.")
        return found

    # -- writing

    async def create(self, call: Call) -> Response:
        """POST (RFC 7644 section 3.3): 201 with the resource and its address."""
        view = self.view(call)
        body = await call.json()
        new, members = await aside(call.size, self.drafted, body)
        return await self.respond(call, await self.roster.create(new, members, call.caller.name), view, 201)

    async def replace(self, call: Call) -> Response:
        """PUT (RFC 7644 section 3.5.1, S2)."""
        view = self.view(call)
        return await self.respond(call, await self.replaced(call), view)

    async def patch(self, call: Call) -> Response:
        """PATCH (RFC 7644 section 3.5.2): always 200 with the resource."""
        view = self.view(call)
        return await self.respond(call, await self.patched(call), view)

    async def delete(self, call: Call) -> Response:
        """DELETE (RFC 7644 section 3.6)."""
        await self.deleted(call)
        return Response(status_code=204)

    @abstractmethod
    def drafted(self, body: Any) -> tuple[Draft, Members]:
        """What a POST wants stored."""

    @abstractmethod
    async def replaced(self, call: Call) -> Stored:
        """What a PUT makes of a resource."""

    @abstractmethod
    async def patched(self, call: Call) -> Stored:
        """What a PATCH makes of a resource."""

    async def body(self, call: Call) -> Any:
        """The resource of a PUT, in the standard's form."""
        given = await call.json()
        return await aside(call.size, normal_body, self.type, given)

    async def operations(self, call: Call) -> list[Operation]:
        """The operations of a PATCH, in the standard's form."""
        given = await call.json()
        return await aside(effort(call.size), lambda: normal_operations(self.type, read_operations(given)))

    async def deleted(self, call: Call) -> Stored:
        """What a DELETE has taken away. Raises Occupied for a department that is not empty (S7)."""

        async def write(stored: Stored) -> Stored:
            await self.roster.delete(stored, call.caller.name)
            return stored

        return await self.write(call, write)

    async def write(self, call: Call, write: Write) -> Stored:
        """Computes a write from what is stored, again where it has moved meanwhile; conditions hold each time."""
        for _ in range(TRIES):
            stored = await self.stored(call.id)
            etag.demand(call.if_match, call.if_none_match, stored.version)
            try:
                return await write(stored)
            except Moved:
                if call.if_match is not None:
                    raise PreconditionFailed(
                        "The resource has changed since the version that If-Match names."
                    ) from None
        raise busy("The resource changes faster than this write can be computed.")

    # -- answering

    def view(self, call: Call) -> Projection:
        """What the client wants to see of a resource."""
        if not call.query:
            return Projection()
        asked, without = call.query.get("attributes"), call.query.get("excludedAttributes")
        return projection(self.type, asked, without, call.caller.sees_restricted)

    async def respond(self, call: Call, stored: Stored, view: Projection, status: int = 200) -> Response:
        """One resource with its ETag and its address."""
        if view.kept:
            await looked(self.roster, call.caller, view, [stored])
        headers = {"ETag": etag.etag(stored.version), "Location": self.location(stored)}
        inside = await self.inside(stored, view)
        weight = 0 if view.everything else len(stored.document) + len(inside)
        return Response(await aside(weight, self.render, stored, view, inside), status, headers, MEDIA_TYPE)

    def render(self, stored: Stored | Shown, view: Projection, inside: bytes) -> bytes:
        """The resource's bytes as this client wants to see them."""
        shown = stored if not view.kept or stored.kept is None else _with_kept(stored, stored.kept, view)
        whole = answer.resource(self.type.name, self._address, shown, inside)
        return whole if view.everything else view.apply(self.type, whole)

    def location(self, stored: Stored) -> str:
        """meta.location."""
        return answer.location(self.base_url, self.type.endpoint, stored.id)


def _with_kept(stored: Stored | Shown, kept: bytes, view: Projection) -> Stored | Shown:
    """With what is returned on request only, as far as it is named."""
    document = merged(stored.document, kept, view.kept)
    return stored._replace(document=document) if isinstance(stored, Shown) else replace(stored, document=document)
