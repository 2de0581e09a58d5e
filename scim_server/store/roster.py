"""The roster: writes of SCIM resources and members, and the wakes that each leaves behind.

Every write is one transaction of the writer: resource and version, one row of
`changes`, wakes (S19).
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from scim_server.clock import Clock
from scim_server.store import edits
from scim_server.store.reads import Reads
from scim_server.store.resources import Draft, Members, Moved, Stored, Taken
from scim_server.store.writer import Missed, Step, Writer

TRIES = 5


class Roster(Reads):
    """Reads and writes resources. `systems` are the names of the systems that get an account by default."""

    def __init__(self, engine: Engine, writer: Writer, clock: Clock, systems: Sequence[str]) -> None:
        super().__init__(engine)
        self._writer = writer
        self._clock = clock
        self._systems = tuple(systems)

    async def create(self, draft: Draft, members: Members, actor: str) -> Stored:
        """A new resource. Raises Taken, NoSuchMember, Unavailable."""
        stored, steps = edits.creation(draft, self._systems, actor, self._clock.now())
        await self._commit([*steps, *edits.joined(stored.id, members, self._clock.now())], members)
        return stored

    async def replace(self, stored: Stored, draft: Draft, actor: str, action: Literal["replace", "patch"]) -> Stored:
        """The next version of a resource. Raises Moved, Taken, Unavailable."""
        after, steps = edits.replacement(stored, draft, actor, action, self._clock.now())
        await self._commit(steps, ())
        return after

    async def amend_members(
        self, group: Stored, draft: Draft | None, add: Members, remove: Members, actor: str
    ) -> Stored:
        """Adds and removes members; without a draft no version is demanded (S19).

        Who is a member already, or none, is no change. Raises NoSuchMember, Moved, Taken, Unavailable.
        """
        for _ in range(TRIES):
            there = self.among(group.id, [*add, *remove])
            joining = [id for id in dict.fromkeys(add) if id not in there]
            leaving = [id for id in dict.fromkeys(remove) if id in there]
            self.must_exist(joining)
            if not joining and not leaving and draft is None:
                return self._again(group)
            try:
                return await self._amend(group, draft, joining, leaving, actor)
            except Moved:
                if draft is not None:
                    raise
        raise Moved(group.id)

    async def set_members(self, group: Stored, draft: Draft, members: Members, actor: str) -> Stored:
        """PUT: exactly these members. Raises NoSuchMember, Moved, Taken, Unavailable."""
        wanted = set(members)
        gone = [entry.id for entry in self.members_of(group.id) if entry.id not in wanted]
        return await self.amend_members(group, draft, members, gone, actor)

    async def delete(self, stored: Stored, actor: str) -> None:
        """Takes the resource out of the roster, and out of every Group, in one transaction. Raises Moved."""
        now = self._clock.now()
        await self._commit_rare(lambda connection: edits.delete_resource(connection, stored, actor, now))

    async def _amend(
        self, group: Stored, draft: Draft | None, joining: Members, leaving: Members, actor: str
    ) -> Stored:
        now = self._clock.now()
        if draft is None:
            steps = edits.touched([group.id], now)
        else:
            _, steps = edits.replacement(group, draft, actor, "patch", now)
        await self._commit([*steps, *edits.moved(group, joining, leaving, actor, now)], joining)
        return self._again(group)

    async def _commit(self, steps: Sequence[Step], members: Members) -> None:
        try:
            await self._writer.commit(steps)
        except Missed as error:
            self.must_exist(members)
            raise Moved(str(error)) from error
        except IntegrityError as error:
            raise Taken(_attribute(error)) from error

    async def _commit_rare(self, write: Callable[[Connection], Any]) -> None:
        try:
            await self._writer.commit(write)
        except Missed as error:
            raise Moved(str(error)) from error

    def _again(self, stored: Stored) -> Stored:
        fresh = self.get(stored.type, stored.id)
        if fresh is None:
            raise Moved(stored.id)
        return fresh


def _attribute(error: IntegrityError) -> str:
    return "externalId" if "external_id" in str(error.orig) else "userName"
