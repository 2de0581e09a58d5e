"""/Groups: departments, where they carry the roster's extension, and plain groups (S1, S7).

Members are Users. They come and go as ids: adding one to a group of 100,000 reads none of the others.
"""

import orjson
from starlette.responses import Response

from scim_server.api.departments import demand_empty, demand_place
from scim_server.api.door import Call
from scim_server.api.drafts import draft
from scim_server.api.resources import Resources
from scim_server.scim import answer
from scim_server.scim.dialects import normal_body, normal_operations
from scim_server.scim.membership import MemberChange, member_ids
from scim_server.scim.operations import read_operations
from scim_server.scim.patch import patch
from scim_server.scim.projection import Projection
from scim_server.scim.validate import Document, validate
from scim_server.store.resources import Draft, Stored


class Groups(Resources):
    """The handlers of /Groups and /Groups/{id}."""

    at_once = 5  # each may have thousands of members

    async def create(self, call: Call) -> Response:
        """POST (RFC 7644 section 3.3): 201 with the resource and its address."""
        view, body = self.view(call), await call.json()
        document = validate(self.type, body)
        members = self._members(document)
        await demand_place(self.roster, self.type, document, None)
        stored = await self.roster.create(draft(self.type, document), members, call.caller.name)
        return self.respond(stored, view, 201)

    async def replace(self, call: Call) -> Response:
        """PUT (RFC 7644 section 3.5.1): these attributes, and exactly these members."""
        view, body = self.view(call), normal_body(self.type, await call.json())

        async def write(stored: Stored) -> Stored:
            document = validate(self.type, body, orjson.loads(stored.document))
            members = self._members(document)
            return await self._store(call, stored, document, MemberChange(exact=dict.fromkeys(members)))

        return self.respond(await self.write(call, write), view)

    async def patch(self, call: Call) -> Response:
        """PATCH (RFC 7644 section 3.5.2): always 200 with the resource."""
        view, body = self.view(call), await call.json()
        operations = normal_operations(self.type, read_operations(body))

        async def write(stored: Stored) -> Stored:
            patched = patch(self.type, stored.document, operations)
            return await self._store(call, stored, patched.document, patched.members)

        return self.respond(await self.write(call, write), view)

    async def delete(self, call: Call) -> Response:
        """DELETE (RFC 7644 section 3.6); 409 for a department that is not empty (S7)."""

        async def write(stored: Stored) -> Stored:
            demand_empty(self.roster, stored)
            await self.roster.delete(stored, call.caller.name)
            return stored

        await self.write(call, write)
        return Response(status_code=204)

    def _members(self, document: Document) -> list[str]:
        attribute = self.type.find("members")
        assert attribute is not None
        return member_ids(attribute, document.pop("members", []))

    async def _store(self, call: Call, stored: Stored, document: Document, change: MemberChange) -> Stored:
        new = draft(self.type, document)
        same = new.document == stored.document
        if not same:
            await demand_place(self.roster, self.type, document, stored)
        if change.exact is None and not call.if_match:
            return await self._amend(call, stored, None if same else new, change)
        add, remove = self._difference(stored, change)
        if same and not add and not remove:
            return stored  # nothing changed: no new version
        # with If-Match the version is demanded even where only members come and go
        return await self.roster.amend_members(stored, new, add, remove, call.caller.name)

    async def _amend(self, call: Call, stored: Stored, new: Draft | None, change: MemberChange) -> Stored:
        """Members alone are added without a version check, so that parallel requests never lose one (S19)."""
        if new is None and not change:
            return stored
        if new is not None and not change:
            return await self.roster.replace(stored, new, call.caller.name, "patch")
        return await self.roster.amend_members(stored, new, list(change.added), list(change.removed), call.caller.name)

    def _difference(self, stored: Stored, change: MemberChange) -> tuple[list[str], list[str]]:
        if change.exact is None:
            there = self.roster.among(stored.id, [*change.added, *change.removed])
            return [id for id in change.added if id not in there], [id for id in change.removed if id in there]
        there = {entry.id for entry in self.roster.members_of(stored.id)}
        return [id for id in change.exact if id not in there], [id for id in there if id not in change.exact]

    def inside(self, stored: Stored, view: Projection) -> bytes:
        """`members`, in the order of joining; not read at all where the answer does not show them."""
        if not view.wants("members"):
            return b""
        return answer.members(self.base_url, ((each.id, each.display) for each in self.roster.members_of(stored.id)))
