"""/Groups: departments, where they carry the roster's extension, and plain groups (S1, S7).

Members are Users. They come and go as ids: adding one to a group of 100,000 reads none of the others.
"""

from typing import Any

import orjson

from scim_server.api.aside import aside, effort
from scim_server.api.call import Call
from scim_server.api.drafts import draft
from scim_server.api.resources import Resources, Write
from scim_server.scim import answer
from scim_server.scim.dialects import normal_body
from scim_server.scim.membership import MemberChange, member_ids
from scim_server.scim.patch import patch
from scim_server.scim.projection import Projection
from scim_server.scim.validate import Document, validate
from scim_server.store.cause import together
from scim_server.store.resources import Action, Draft, Members, Shown, Stored

ENTRY = 64  # bytes to read that cost as much as to write one member


class Groups(Resources):
    """The handlers of /Groups and /Groups/{id}."""

    at_once = 5  # each may have thousands of members

    def drafted(self, body: Any) -> tuple[Draft, Members]:
        """See Resources."""
        document = validate(self.type, normal_body(self.type, body))
        members = self._members(document)
        return draft(self.type, document), members

    async def replaced(self, call: Call) -> Stored:
        """See Resources: these attributes, and exactly these members."""
        body = await self.body(call)

        def compute(stored: Stored) -> tuple[Draft, MemberChange]:
            document = validate(self.type, body, orjson.loads(stored.document))
            members = self._members(document)
            return draft(self.type, document), MemberChange(exact=dict.fromkeys(members))

        async def write(stored: Stored) -> Stored:
            return await self._store(
                call, stored, "replace", *await aside(call.size + len(stored.document), compute, stored)
            )

        return await self.write(call, write)

    async def patched(self, call: Call) -> Stored:
        """See Resources."""
        operations = await self.operations(call)

        def compute(stored: Stored) -> tuple[Draft, MemberChange]:
            patched = patch(self.type, stored.document, operations)
            return draft(self.type, patched.document), patched.members

        async def write(stored: Stored) -> Stored:
            weight = effort(call.size, stored.document, operations)
            return await self._store(call, stored, "patch", *await aside(weight, compute, stored))

        return await self.write(call, write)

    async def write(self, call: Call, write: Write) -> Stored:
        """See Resources: whoever is touched by one request is touched together (S23)."""
        with together(call.id):
            return await super().write(call, write)

    def _members(self, document: Document) -> list[str]:
        attribute = self.type.find("members")
        assert attribute is not None
        return member_ids(attribute, document.pop("members", []))

    async def _store(self, call: Call, stored: Stored, action: Action, new: Draft, change: MemberChange) -> Stored:
        same = new.document == stored.document
        if change.exact is None and not call.if_match:
            return await self._amend(call, stored, None if same else new, change)
        add, remove = await self._difference(stored, change)
        if same and not add and not remove:
            return stored  # nothing changed: no new version
        # with If-Match the version is demanded even where only members come and go
        return await self.roster.amend_members(stored, new, add, remove, call.caller.name, action)

    async def _amend(self, call: Call, stored: Stored, new: Draft | None, change: MemberChange) -> Stored:
        """Members alone are added without a version check, so that parallel requests never lose one (S19)."""
        if new is None and not change:
            return stored
        if new is not None and not change:
            return await self.roster.replace(stored, new, call.caller.name, "patch")
        return await self.roster.amend_members(stored, new, list(change.added), list(change.removed), call.caller.name)

    async def _difference(self, stored: Stored, change: MemberChange) -> tuple[list[str], list[str]]:
        if change.exact is None:
            there = await self.roster.among(stored.id, [*change.added, *change.removed])
            wanted, gone = change.added, [id for id in change.removed if id in there]
        else:
            there = {entry.id for entry in await self.roster.members_of(stored.id)}
            wanted, gone = change.exact, [id for id in there if id not in change.exact]
            derived = await self.roster.derived_among(stored.id, gone)
            gone = [id for id in gone if id not in derived]  # a list neither needs nor drops them (S4)
        return await self.roster.known([id for id in wanted if id not in there]), gone

    async def inside(self, stored: Stored | Shown, view: Projection) -> bytes:
        """`members`, in the order of joining; not read at all where the answer does not show them."""
        if not view.wants("members"):
            return b""
        found = [(each.id, each.display) for each in await self.roster.members_of(stored.id)]
        return await aside(ENTRY * len(found), answer.members, self.base_url, found)
