"""/Users: plain users (S1); their `active` is stored as given, and DELETE is final (S3)."""

from collections.abc import Iterable, Sequence
from typing import Literal

import orjson
from starlette.responses import Response

from scim_server.api.door import Call
from scim_server.api.drafts import draft
from scim_server.api.resources import Resources
from scim_server.scim import answer
from scim_server.scim.dialects import normal_body, normal_operations
from scim_server.scim.operations import read_operations
from scim_server.scim.patch import patch
from scim_server.scim.projection import Projection
from scim_server.scim.validate import Document, validate
from scim_server.store.resources import Entry, Stored


class Users(Resources):
    """The handlers of /Users and /Users/{id}."""

    async def create(self, call: Call) -> Response:
        """POST (RFC 7644 section 3.3): 201 with the resource and its address."""
        view, body = self.view(call), await call.json()
        new = draft(self.type, validate(self.type, body))
        stored = await self.roster.create(new, (), call.caller.name)
        return self.respond(stored, view, 201)

    async def replace(self, call: Call) -> Response:
        """PUT (RFC 7644 section 3.5.1, S2)."""
        view, body = self.view(call), normal_body(self.type, await call.json())

        async def write(stored: Stored) -> Stored:
            document = validate(self.type, body, orjson.loads(stored.document))
            return await self._store(call, stored, document, "replace")

        return self.respond(await self.write(call, write), view)

    async def patch(self, call: Call) -> Response:
        """PATCH (RFC 7644 section 3.5.2): always 200 with the resource."""
        view, body = self.view(call), await call.json()
        operations = normal_operations(self.type, read_operations(body))

        async def write(stored: Stored) -> Stored:
            return await self._store(call, stored, patch(self.type, stored.document, operations).document, "patch")

        return self.respond(await self.write(call, write), view)

    async def delete(self, call: Call) -> Response:
        """DELETE (RFC 7644 section 3.6)."""

        async def write(stored: Stored) -> Stored:
            await self.roster.delete(stored, call.caller.name)
            return stored

        await self.write(call, write)
        return Response(status_code=204)

    async def _store(
        self, call: Call, stored: Stored, document: Document, action: Literal["replace", "patch"]
    ) -> Stored:
        new = draft(self.type, document)
        if new.document == stored.document:
            return stored  # nothing changed: no new version
        return await self.roster.replace(stored, new, call.caller.name, action)

    def inside(self, stored: Stored, view: Projection) -> bytes:
        """`groups`, in the order of joining."""
        return self._groups(self.roster.groups_of(stored.id)) if stored.joined and view.wants("groups") else b""

    def inside_each(self, found: Sequence[Stored], view: Projection) -> list[bytes]:
        """`groups` of a page, read at once."""
        joined = [stored.id for stored in found if stored.joined]
        groups = self.roster.groups_of_each(joined) if view.wants("groups") else {}
        return [self._groups(groups.get(stored.id, ())) for stored in found]

    def _groups(self, entries: Iterable[Entry]) -> bytes:
        return answer.groups(self.base_url, ((each.id, each.display) for each in entries))
