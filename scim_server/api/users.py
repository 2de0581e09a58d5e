"""/Users: with facts, or plain (S1). Of a plain user `active` is stored as given; with facts it is computed (S3)."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import orjson

from scim_server.api.aside import aside, effort
from scim_server.api.call import Call
from scim_server.api.drafts import draft
from scim_server.api.resources import Resources
from scim_server.scim import answer
from scim_server.scim.dialects import normal_body
from scim_server.scim.kept import merged
from scim_server.scim.patch import patch
from scim_server.scim.projection import Projection
from scim_server.scim.said import said_by, said_in
from scim_server.scim.urns import ROSTER_USER
from scim_server.scim.validate import Document, validate
from scim_server.store.resources import Draft, Entry, Members, Shown, Stored


class Users(Resources):
    """The handlers of /Users and /Users/{id}."""

    def drafted(self, body: Any) -> tuple[Draft, Members]:
        """See Resources."""
        given = normal_body(self.type, body)
        return self._said(given, validate(self.type, given)), ()

    async def replaced(self, call: Call) -> Stored:
        """See Resources."""
        body = await self.body(call)

        def compute(stored: Stored) -> Draft:
            before = orjson.loads(merged(stored.document, stored.kept))
            return self._said(body, validate(self.type, body, before), stored.active)

        async def write(stored: Stored) -> Stored:
            new = await aside(call.size + len(stored.document) + len(stored.kept or b""), compute, stored)
            return await self._store(call, stored, new, "replace")

        return await self.write(call, write)

    async def patched(self, call: Call) -> Stored:
        """See Resources."""
        operations = await self.operations(call)

        def compute(whole: bytes, active: bool | None) -> Draft:
            document = patch(self.type, whole, operations).document
            said = said_by(self.type, operations) if ROSTER_USER in document else None
            return draft(self.type, document, active, said, named=said is not None)

        async def write(stored: Stored) -> Stored:
            whole = merged(stored.document, stored.kept)
            new = await aside(effort(call.size, whole, operations), compute, whole, stored.active)
            return await self._store(call, stored, new, "patch")

        return await self.write(call, write)

    async def _store(self, call: Call, stored: Stored, new: Draft, action: Literal["replace", "patch"]) -> Stored:
        if _is_same(stored, new):
            return stored  # nothing changed: no new version
        return await self.roster.replace(stored, new, call.caller.name, action)

    def _said(self, body: Any, document: Document, active: bool | None = True) -> Draft:
        said = said_in(body) if ROSTER_USER in document else None
        return draft(self.type, document, active, said)

    async def inside(self, stored: Stored | Shown, view: Projection) -> bytes:
        """`groups`, in the order of joining."""
        return self._groups(await self.roster.groups_of(stored.id)) if stored.joined and view.wants("groups") else b""

    async def inside_each(self, found: Sequence[Stored | Shown], view: Projection) -> list[bytes]:
        """`groups` of a page, read at once."""
        joined = [stored.id for stored in found if stored.joined]
        groups = await self.roster.groups_of_each(joined) if view.wants("groups") else {}
        return [self._groups(groups[stored.id]) if stored.id in groups else b"" for stored in found]

    def _groups(self, entries: Iterable[Entry]) -> bytes:
        return answer.groups(self.base_url, ((each.id, each.display) for each in entries))


def _is_same(stored: Stored, new: Draft) -> bool:
    """Whether the write says nothing new, `active` of a User with facts included (S3)."""
    if new.document != stored.document:
        return False
    if stored.kept is None or new.kept is None:
        return new.kept is stored.kept
    statement = new.said is not None and (new.said != stored.active or (new.named and not new.said))
    return not statement and orjson.loads(new.kept) == orjson.loads(stored.kept)
