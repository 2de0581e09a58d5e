"""What Users and Groups have in common: reading, conditions, and writing until it holds (S19)."""

import re
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Sequence

from starlette.responses import Response

from scim_server.api.door import Call
from scim_server.api.errors import MEDIA_TYPE, busy
from scim_server.scim import answer, etag
from scim_server.scim.errors import NotFound, PreconditionFailed
from scim_server.scim.projection import Projection, projection
from scim_server.scim.schemas import ResourceType
from scim_server.store.resources import Moved, Stored
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

    @abstractmethod
    def inside(self, stored: Stored, view: Projection) -> bytes:
        """What the answer has besides the document: groups or members, spliced in."""

    def inside_each(self, found: Sequence[Stored], view: Projection) -> list[bytes]:
        """`inside` of several, for a page."""
        return [self.inside(stored, view) for stored in found]

    # -- reading

    async def get(self, call: Call) -> Response:
        """One resource; 304 where the client has that version (RFC 7644 section 3.14)."""
        view = self.view(call)
        stored = self.stored(call.id)
        if call.if_match is not None and not etag.matches(call.if_match, stored.version):
            raise PreconditionFailed("The resource has another version than If-Match names.")
        if call.if_none_match is not None and etag.matches(call.if_none_match, stored.version):
            return Response(status_code=304, headers={"ETag": etag.etag(stored.version)})
        return self.respond(stored, view)

    def stored(self, id: str) -> Stored:
        """The resource as it is now, or NotFound."""
        found = self.roster.get(self.type.name, id) if _ID.fullmatch(id) else None
        if found is None:
            raise NotFound(f"There is no such {self.type.name}.")
        return found

    # -- writing

    async def write(self, call: Call, write: Write) -> Stored:
        """Computes a write from what is stored, again where it has moved meanwhile; conditions hold each time."""
        for _ in range(TRIES):
            stored = self.stored(call.id)
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
        if not call.request.scope["query_string"]:
            return Projection()
        return projection(self.type, call.query.get("attributes"), call.query.get("excludedAttributes"))

    def respond(self, stored: Stored, view: Projection, status: int = 200) -> Response:
        """One resource with its ETag and its address."""
        headers = {"ETag": etag.etag(stored.version), "Location": self.location(stored)}
        return Response(self.render(stored, view, self.inside(stored, view)), status, headers, MEDIA_TYPE)

    def render(self, stored: Stored, view: Projection, inside: bytes) -> bytes:
        """The resource's bytes as this client wants to see them."""
        meta = answer.meta(self.type.name, self.location(stored), stored.version, stored.created, stored.modified)
        whole = answer.splice(stored.document, stored.id, inside, meta)
        return whole if view.everything else view.apply(self.type, whole)

    def location(self, stored: Stored) -> str:
        """meta.location."""
        return answer.location(self.base_url, self.type.endpoint, stored.id)
