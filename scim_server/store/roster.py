"""The roster: writes of SCIM resources and members, and the wakes that each leaves behind.

Every write is one transaction of the writer: resource and version, one row of
`changes`, wakes (S19).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from scim_server.clock import Clock
from scim_server.store import edits, keys
from scim_server.store.department_members import amend, demand_nobody_added, with_facts
from scim_server.store.departments import is_department
from scim_server.store.facts_edits import Act, delete_person, is_reserved, replace_person
from scim_server.store.looks import record_looks
from scim_server.store.reads import LOT, Reads
from scim_server.store.reorganise import change_department
from scim_server.store.resources import Action, Draft, Members, Moved, NoSuchMember, Stored, Taken
from scim_server.store.returning import returns
from scim_server.store.ruled import create_returning, rekey
from scim_server.store.settle import READ_BY_DEFAULT, Rules
from scim_server.store.together import Creation, OneFailed, create_together
from scim_server.store.turns import InTurn
from scim_server.store.whole import as_one
from scim_server.store.writer import Missed, Step, Writer

TRIES = 5
T = TypeVar("T")


class Roster(Reads):
    """Reads and writes resources. `systems` are the names of the systems that get an account by default.

    `ignores_unknown`: a member whom nobody knows is left out, instead of NoSuchMember. `rules`: how the policy reads.
    """

    def __init__(
        self,
        engine: Engine,
        writer: Writer,
        clock: Clock,
        systems: Sequence[str],
        ignores_unknown: bool = False,
        rules: Rules = READ_BY_DEFAULT,
    ) -> None:
        super().__init__(engine, clock.monotonic)
        self._writer = writer
        self._clock = clock
        self._systems = tuple(systems)
        self._ignores_unknown = ignores_unknown
        self._rules = rules

    def new_id(self) -> str:
        """The id of a resource to come: who must name it before it is there gives it to `create`."""
        return edits.new_id()

    @property
    def clock(self) -> Clock:
        """The time by which the roster is written."""
        return self._clock

    async def key(self, name: str) -> bytes:
        """A secret of this store's own, made at first use. Raises Unavailable."""
        found = await self._points.read(lambda point: keys.known(point.connection, name))
        return found if found is not None else await self._writer.commit(lambda connection: keys.made(connection, name))

    async def batch(self, writes: Awaitable[T], seconds: float) -> T:
        """See `whole.as_one`."""
        return await as_one(self._writer, self._clock, self.new_id(), writes, seconds)

    async def create(self, draft: Draft, members: Members, actor: str, id: str | None = None) -> Stored:
        """A new resource. Raises Taken, NoSuchMember, Misplaced, Unfit, Unavailable; Mutability (S2)."""
        id = id or edits.new_id()
        if draft.facts:
            return await self._create_person(draft, actor, id)
        if draft.type == "Group" and is_department(draft.document):
            return await self._create_department(draft, members, actor, id)
        members = await self.existing(members) if self._ignores_unknown else members
        new = self._creation(draft, (), actor, id)
        moved = await _moved(new.stored, list(dict.fromkeys(members)), (), actor, self._clock.now())
        try:
            await self._commit([*new.steps, *moved], members, draft, id)
        except _Departed:
            return await self._create_person(draft, actor, id)
        return new.stored

    async def create_all(self, creations: Sequence[tuple[str, Draft, Members]], actor: str) -> list[Stored]:
        """New resources (id, draft, members) that name each other: all or none. Raises OneFailed, Unavailable."""
        made = [self._creation(draft, members, actor, id) for id, draft, members in creations]
        act = self._act(actor)
        try:
            found: list[Stored] = await self._writer.commit(
                InTurn(lambda connection: create_together(connection, made, act))
            )
        except OneFailed as failed:
            id, draft, members = creations[failed.place]
            told = await self._told(failed.error, members, draft, id)
            raise OneFailed(failed.place, Taken("externalId") if isinstance(told, _Departed) else told) from failed
        return found

    async def replace(self, stored: Stored, draft: Draft, actor: str, action: Action) -> Stored:
        """The next version of a resource. Raises Moved, Taken, Misplaced, Fixed, Unfit, Unavailable.

        Of somebody with facts: the same version where nothing new is said (S3).
        """
        act = self._act(actor)
        if stored.facts or draft.facts:
            body = lambda connection: replace_person(connection, stored, draft, act, action)  # noqa: E731
            return await self._commit_rare(body, draft, stored.id)
        after, steps = edits.replacement(stored, draft, actor, action, act.now)
        if draft.type == "User" and draft.external_id not in (None, stored.external_id):
            await self._commit_rare(lambda connection: rekey(connection, stored, draft, steps), draft, stored.id)
        else:
            await self._commit(_as_department(stored, draft, steps, act), (), draft, stored.id)
        return after

    async def amend_members(
        self, group: Stored, draft: Draft | None, add: Members, remove: Members, actor: str, action: Action = "patch"
    ) -> Stored:
        """Adds and removes members; without a draft no version is demanded (S19).

        Who is a member already, or none, is no change. Raises NoSuchMember, Moved, Taken, Misplaced, Fixed, Unfit,
        Unavailable.
        """
        key = (draft or group).external_id if is_department((draft or group).document) else None
        for _ in range(TRIES):
            if key is not None and await self._with_facts([*add, *remove]):
                return await self._amend_department(group, key, draft, add, remove, actor, action)
            there = await self.among(group.id, [*add, *remove])
            joining = await self.known([id for id in dict.fromkeys(add) if id not in there])
            leaving = [id for id in dict.fromkeys(remove) if id in there]
            if not joining and not leaving and draft is None:
                return await self._again(group)
            try:
                return await self._amend(group, draft, joining, leaving, actor, action)
            except Moved:
                if draft is not None:
                    raise
        raise Moved(group.id)

    async def delete(self, stored: Stored, actor: str) -> None:
        """Takes the resource out of the roster, and out of every Group, in one transaction. Raises Moved, Occupied.

        Somebody with facts has left from today on (S5).
        """
        act = self._act(actor)
        await self._commit_rare(lambda connection: _delete(connection, stored, act), None, stored.id)

    async def record_looks(self, actor: str, what: str, ids: Sequence[str], *, all: bool = False) -> None:
        """Who looked at what of these resources (S18): on disk when it returns. Raises Unavailable."""
        at = self._clock.stamp()
        await self._writer.commit(lambda connection: record_looks(connection, at, actor, what, ids, all=all))

    async def known(self, ids: list[str]) -> list[str]:
        """Who of them can join a Group. Raises NoSuchMember, unless the unknown are ignored."""
        if self._ignores_unknown:
            return await self.existing(ids)
        await self.must_exist(ids)
        return ids

    async def _amend(
        self, group: Stored, draft: Draft | None, joining: Members, leaving: Members, actor: str, action: Action
    ) -> Stored:
        act = self._act(actor)
        if draft is None:
            steps = edits.touched([group.id], act.now)
        else:
            _, steps = edits.replacement(group, draft, actor, action, act.now)
        steps = [*steps, *await _moved(group, joining, leaving, actor, act.now)]
        await self._commit(_as_department(group, draft, steps, act), joining, draft, group.id)
        return await self._again(group)

    async def _amend_department(
        self, group: Stored, key: str, draft: Draft | None, add: Members, remove: Members, actor: str, action: Action
    ) -> Stored:
        add = await self.known(list(dict.fromkeys(add)))
        act = self._act(actor)

        def body(connection: Connection) -> None:
            if draft is not None:
                _, steps = edits.replacement(group, draft, actor, action, act.now)
                change_department(connection, group, draft, steps, act)
            amend(connection, group, key, add, remove, act, versioned=draft is not None)

        await self._commit_rare(body, draft, group.id)
        return await self._again(group)

    def _act(self, actor: str) -> Act:
        return Act(actor, self._clock.now(), self._rules, self._systems)

    def _creation(self, draft: Draft, members: Members, actor: str, id: str) -> Creation:
        now = self._clock.now()
        stored, steps = edits.creation(draft, self._systems, actor, now, id)
        return Creation(stored, draft, [] if draft.facts else steps, members)

    async def _create_person(self, draft: Draft, actor: str, id: str) -> Stored:
        act = self._act(actor)
        return await self._commit_rare(lambda connection: create_returning(connection, draft, act, id), draft, id)

    async def _create_department(self, draft: Draft, members: Members, actor: str, id: str) -> Stored:
        members = await self.known(list(dict.fromkeys(members)))
        try:
            return (await self.create_all([(id, draft, members)], actor))[0]
        except OneFailed as failed:
            raise failed.error from failed

    async def _commit(
        self, steps: Sequence[Step] | Callable[[Connection], None], members: Members, draft: Draft | None, id: str
    ) -> None:
        try:
            await self._writer.commit(InTurn(steps) if callable(steps) else steps)
        except (Missed, IntegrityError) as error:
            raise await self._told(error, members, draft, id) from error

    async def _told(self, error: Exception, members: Members, draft: Draft | None, id: str) -> Exception:
        """What the database refused, in the roster's words."""
        if isinstance(error, IntegrityError):
            return Taken(await self._attribute(_constraint(error), draft, id))
        if not isinstance(error, Missed):
            return error
        if draft is not None and draft.type == "User" and not draft.facts:
            key, name = draft.external_id, draft.name
            if await self._points.read(lambda point: returns(point.connection, key)):
                return _Departed(key)
            if await self._points.read(lambda point: is_reserved(point.connection, name, id)):
                return Taken("userName")
        try:
            await self.must_exist(members)
        except NoSuchMember as unknown:
            return unknown
        return Moved(str(error))

    async def _with_facts(self, ids: Members) -> set[str]:
        return await self._points.read(lambda point: with_facts(point.connection, ids))

    async def _attribute(self, said: str, draft: Draft | None, id: str) -> str:
        if "uniques" not in said or draft is None or draft.uniques is None:
            return "externalId" if "external_id" in said else "userName"
        uniques = draft.uniques
        taken = [name for name, value in uniques if await self.is_taken(draft.type, name, value, id)]
        return ", ".join(taken or [attribute for attribute, _ in draft.uniques])

    async def _commit_rare(self, write: Callable[[Connection], T], draft: Draft | None, id: str) -> T:
        try:
            result: T = await self._writer.commit(InTurn(write))
        except (Missed, IntegrityError) as error:
            raise await self._told(error, (), draft, id) from error
        return result

    async def _again(self, stored: Stored) -> Stored:
        fresh = await self.get(stored.type, stored.id)
        if fresh is None:
            raise Moved(stored.id)
        return fresh


async def _moved(group: Stored, joining: Members, leaving: Members, actor: str, now: float) -> list[Step]:
    """Thousands of rows are written down beside the loop."""
    if len(joining) + len(leaving) <= LOT:
        return edits.moved(group, joining, leaving, actor, now)
    return await asyncio.to_thread(edits.moved, group, joining, leaving, actor, now)


def _constraint(error: IntegrityError) -> str:
    """What names the columns that were refused, and no value."""
    diagnosis = getattr(error.orig, "diag", None)  # PostgreSQL's; SQLite's sentence holds no value
    return str(getattr(diagnosis, "constraint_name", None) or error.orig)


class _Departed(Exception):
    """The externalId is that of somebody who was deleted: the POST is about the same person (S5, S28)."""


def _as_department(
    group: Stored, draft: Draft | None, steps: Sequence[Step], act: Act
) -> Sequence[Step] | Callable[[Connection], None]:
    """The next version of a department asks for its place in the tree, and for its people."""
    if draft is None or draft.type == "User" or not is_department(draft.document):
        return steps
    return lambda connection: change_department(connection, group, draft, steps, act)


def _delete(connection: Connection, stored: Stored, act: Act) -> None:
    if stored.facts:
        delete_person(connection, stored, act)
        return
    if stored.type == "Group" and is_department(stored.document):
        demand_nobody_added(connection, stored, act)
    edits.delete_resource(connection, stored, act.actor, act.now)
