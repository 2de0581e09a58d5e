"""The roster: SCIM resources, members, and the wakes that each write leaves behind.

Point reads run in the event loop on the read connection; every write is one
transaction of the writer: resource and version, one row of `changes`, wakes (S19).
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import local
from typing import Any, Literal

import orjson
import uuid_utils
from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql import ColumnElement

from scim_server.clock import Clock, civil_day, stamp
from scim_server.store.engine import reading
from scim_server.store.tables import changes, links, members, resources, subjects
from scim_server.store.wakes import NEW_LINK, WAKE, WAKE_CHILDREN, WAKE_MEMBERS, WAKE_USER
from scim_server.store.writer import Missed, Step, Writer

TRIES = 5
LIST_THREADS = 2


class Taken(Exception):
    """Another resource has this value (409 uniqueness). The argument is the attribute: userName or externalId."""


class Moved(Exception):
    """The resource has another version than the write was computed from, or is gone (S19)."""


class NoSuchMember(Exception):
    """A member names no User (400 invalidValue). The argument is the value."""


@dataclass(frozen=True, slots=True)
class Stored:
    """One resource as it is stored. `document` is JSON without id, meta, groups and members."""

    id: str
    type: str
    subject: str
    external_id: str | None
    active: bool | None
    version: int
    document: bytes
    created: str
    modified: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a write wants stored, made from a validated document by `scim.resource`."""

    type: str
    name: str  # folded userName or displayName
    title: str  # what reports call it
    external_id: str | None
    active: bool | None
    manager: str | None
    parent: str | None
    document: bytes
    folded: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One end of a membership: the id of the other resource, and its display name."""

    id: str
    display: str


Members = Sequence[str]

_COLUMNS = (
    resources.c.id,
    resources.c.type,
    resources.c.subject,
    resources.c.external_id,
    resources.c.active,
    resources.c.version,
    resources.c.document,
    resources.c.created,
    resources.c.modified,
)
_GET = select(*_COLUMNS).where(resources.c.id == bindparam("id"), resources.c.type == bindparam("type"))
_FIND = {
    "name": select(*_COLUMNS).where(resources.c.type == bindparam("type"), resources.c.name == bindparam("value")),
    "external_id": select(*_COLUMNS).where(
        resources.c.type == bindparam("type"), resources.c.external_id == bindparam("value")
    ),
}
_title = func.coalesce(subjects.c.title, "")
_GROUPS_OF = (
    select(members.c.group_id, _title)
    .join(resources, resources.c.id == members.c.group_id)
    .join(subjects, subjects.c.subject == resources.c.subject)
    .where(members.c.user_id == bindparam("id"))
    .order_by(members.c.joined)
)
_MEMBERS_OF = (
    select(members.c.user_id, _title)
    .join(resources, resources.c.id == members.c.user_id)
    .join(subjects, subjects.c.subject == resources.c.subject)
    .where(members.c.group_id == bindparam("id"))
    .order_by(members.c.joined)
)

_INSERT = insert(resources)
_INSERT_SUBJECT = insert(subjects)
_INSERT_CHANGE = insert(changes)
_INSERT_LINK = insert(links)
_REPLACE = (
    update(resources)
    .where(resources.c.id == bindparam("of"), resources.c.version == bindparam("seen"))
    .values(version=resources.c.version + 1)
)
_RENAME = (
    update(subjects)
    .where(
        subjects.c.subject == bindparam("of"),
        (subjects.c.key != bindparam("new_key")) | (subjects.c.title != bindparam("new_title")),
    )
    .values(key=bindparam("new_key"), title=bindparam("new_title"))
)
_TOUCH = (
    update(resources)
    .where(resources.c.id == bindparam("of"))
    .values(version=resources.c.version + 1, modified=bindparam("at"))
)
_JOIN = text(
    "INSERT INTO members (group_id, user_id, joined) "
    "SELECT :group_id, id, :joined FROM resources WHERE id = :user_id AND type = 'User' ON CONFLICT DO NOTHING"
)
_LEAVE = delete(members).where(members.c.group_id == bindparam("of"), members.c.user_id == bindparam("who"))


class Roster:
    """Reads and writes resources. `systems` are the names of the systems that get an account by default."""

    def __init__(self, engine: Engine, writer: Writer, clock: Clock, systems: Sequence[str]) -> None:
        self._engine = engine
        self._writer = writer
        self._clock = clock
        self._systems = tuple(systems)
        self._point = reading(engine)
        self._lists = ThreadPoolExecutor(LIST_THREADS, thread_name_prefix="store-lists")
        self._own = local()

    def close(self) -> None:
        """Ends the read connections."""
        self._lists.shutdown()
        self._point.close()

    # -- point reads, in the event loop

    def get(self, type: str, id: str) -> Stored | None:
        """The resource with that id."""
        row = self._point.execute(_GET, {"type": type, "id": id}).first()
        return None if row is None else Stored(*row)

    def find(self, type: str, column: Literal["name", "external_id"], value: str) -> Stored | None:
        """The resource with that folded name or that externalId."""
        row = self._point.execute(_FIND[column], {"type": type, "value": value}).first()
        return None if row is None else Stored(*row)

    def groups_of(self, user_id: str) -> list[Entry]:
        """The Groups of a User, in the order of joining."""
        return [Entry(*row) for row in self._point.execute(_GROUPS_OF, {"id": user_id})]

    def members_of(self, group_id: str) -> list[Entry]:
        """The members of a Group, in the order of joining."""
        return [Entry(*row) for row in self._point.execute(_MEMBERS_OF, {"id": group_id})]

    def children_of(self, code: str) -> list[str]:
        """The externalIds of the departments whose parent it is."""
        found = select(resources.c.external_id).where(resources.c.type == "Group", resources.c.parent == code)
        return list(self._point.scalars(found))

    # -- lists, on threads of the store's own

    async def select(
        self, type: str, where: ColumnElement[bool] | None, start: int, count: int
    ) -> tuple[int, list[Stored]]:
        """How many match, and the page from the 1-based `start`, ordered by id."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._lists, self._page, type, where, start, count)

    def _page(self, type: str, where: ColumnElement[bool] | None, start: int, count: int) -> tuple[int, list[Stored]]:
        if not hasattr(self._own, "connection"):
            self._own.connection = self._engine.connect()
        connection: Connection = self._own.connection
        matches = resources.c.type == type if where is None else (resources.c.type == type) & where
        with connection.begin():  # both answers from one snapshot
            total = connection.scalar(select(func.count()).select_from(resources).where(matches)) or 0
            ids = select(resources.c.id).where(matches).order_by(resources.c.id).limit(count).offset(start - 1)
            page = select(*_COLUMNS).where(resources.c.id.in_(ids)).order_by(resources.c.id)
            rows = connection.execute(page).all() if count and start <= total else []
        return total, [Stored(*row) for row in rows]

    # -- writes

    async def create(self, draft: Draft, members: Members, actor: str) -> Stored:
        """A new resource. Raises Taken, NoSuchMember, Unavailable."""
        now = self._clock.now()
        id, at = str(uuid_utils.uuid7()), stamp(now)
        stored = Stored(id, draft.type, id, draft.external_id, draft.active, 1, draft.document, at, at)
        steps = [
            Step(_INSERT, [_row(draft) | {"id": id, "subject": id, "version": 1, "created": at, "modified": at}], 1),
            Step(_INSERT_SUBJECT, [_subject(draft, id, now)], 1),
            Step(_INSERT_CHANGE, [_change(stored, "create", actor, at, None, draft.document)], 1),
            Step(_INSERT_LINK, [_link(draft.type, id, system, now) for system in self._systems], None),
            *_joined(id, members, now, at),
        ]
        await self._commit(steps, members)
        return stored

    async def replace(self, stored: Stored, draft: Draft, actor: str, action: Literal["replace", "patch"]) -> Stored:
        """The next version of a resource. Raises Moved, Taken, Unavailable."""
        now = self._clock.now()
        after, steps = self._replacement(stored, draft, actor, action, now)
        await self._commit([*steps, *self._dependents(stored, draft, now)], ())
        return after

    async def amend_members(
        self, group: Stored, draft: Draft | None, add: Members, remove: Members, actor: str
    ) -> Stored:
        """Adds and removes members; without a draft no version is demanded (S19).

        Who is a member already, or none, is no change. Raises NoSuchMember, Moved, Taken, Unavailable.
        """
        for _ in range(TRIES):
            there = self._among(group.id, [*add, *remove])
            joining = [id for id in dict.fromkeys(add) if id not in there]
            leaving = [id for id in dict.fromkeys(remove) if id in there]
            self._must_exist(joining)
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
        await self._commit_rare(lambda connection: _delete(connection, stored, actor, now))

    # -- parts

    async def _amend(
        self, group: Stored, draft: Draft | None, joining: Members, leaving: Members, actor: str
    ) -> Stored:
        now = self._clock.now()
        at = stamp(now)
        if draft is None:
            after, steps = group, [Step(_TOUCH, [{"of": group.id, "at": at}], 1)]
        else:
            after, steps = self._replacement(group, draft, actor, "patch", now)
            steps = [*steps, *self._dependents(group, draft, now)]
        if joining or leaving:
            moved = orjson.dumps({"added": joining, "removed": leaving})
            steps.append(Step(_INSERT_CHANGE, [_change(group, "members", actor, at, None, moved)], 1))
        gone = [{"of": group.id, "who": id} for id in leaving]
        steps += [*_joined(group.id, joining, now, at), Step(_LEAVE, gone, len(gone)), *_stirred(leaving, now, at)]
        await self._commit(steps, joining)
        return self._again(after)

    def _replacement(
        self, stored: Stored, draft: Draft, actor: str, action: str, now: float
    ) -> tuple[Stored, list[Step]]:
        at = stamp(now)
        after = replace(
            stored,
            external_id=draft.external_id,
            active=draft.active,
            version=stored.version + 1,
            document=draft.document,
            modified=at,
        )
        before, changed = difference(stored.document, draft.document)
        return after, [
            Step(_REPLACE, [_row(draft) | {"of": stored.id, "seen": stored.version, "modified": at}], 1),
            Step(_RENAME, [_renamed(stored, draft)], None),
            Step(_INSERT_CHANGE, [_change(after, action, actor, at, before, changed)], 1),
            Step(WAKE, [{"of": stored.subject, "now": now}], None),
        ]

    def _dependents(self, stored: Stored, draft: Draft, now: float) -> list[Step]:
        if stored.type == "User":
            return []
        if stored.external_id == draft.external_id and _shown(stored.document) == _shown(draft.document):
            return []
        steps = [Step(WAKE_MEMBERS, [{"of": stored.id, "now": now}], None)]
        if stored.external_id:
            steps.append(Step(WAKE_CHILDREN, [{"of": stored.external_id, "now": now}], None))
        return steps

    async def _commit(self, steps: Sequence[Step], members: Members) -> None:
        try:
            await self._writer.commit(steps)
        except Missed as error:
            self._must_exist(members)
            raise Moved(str(error)) from error
        except IntegrityError as error:
            raise Taken(_attribute(error)) from error

    async def _commit_rare(self, write: Any) -> None:
        try:
            await self._writer.commit(write)
        except Missed as error:
            raise Moved(str(error)) from error

    def _among(self, group_id: str, ids: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for lot in _lots(ids):
            there = select(members.c.user_id).where(members.c.group_id == group_id, members.c.user_id.in_(lot))
            found.update(self._point.scalars(there))
        return found

    def _must_exist(self, ids: Sequence[str]) -> None:
        for lot in _lots(ids):
            known = select(resources.c.id).where(resources.c.type == "User", resources.c.id.in_(lot))
            missing = set(lot).difference(self._point.scalars(known))
            if missing:
                raise NoSuchMember(min(missing))

    def _again(self, stored: Stored) -> Stored:
        fresh = self.get(stored.type, stored.id)
        if fresh is None:
            raise Moved(stored.id)
        return fresh


def difference(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """Both sides of a change: only the attributes that differ, as JSON."""
    old, new = orjson.loads(before), orjson.loads(after)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return (
        orjson.dumps({name: old[name] for name in names if name in old}),
        orjson.dumps({name: new[name] for name in names if name in new}),
    )


def _row(draft: Draft) -> dict[str, Any]:
    return {
        "type": draft.type,
        "name": draft.name,
        "external_id": draft.external_id,
        "active": draft.active,
        "manager": draft.manager,
        "parent": draft.parent,
        "document": draft.document,
        "folded": draft.folded,
    }


def _subject(draft: Draft, id: str, now: float) -> dict[str, Any]:
    return {
        "subject": id,
        "kind": "person" if draft.type == "User" else "group",
        "key": draft.external_id or id,
        "title": draft.title,
        "resource_id": id,
        "created_on": civil_day(now),
    }


def _renamed(stored: Stored, draft: Draft) -> dict[str, Any]:
    return {"of": stored.subject, "new_key": draft.external_id or stored.id, "new_title": draft.title}


def _link(type: str, subject: str, system: str, now: float) -> dict[str, Any]:
    kind = "person" if type == "User" else "group"
    return NEW_LINK | {"subject": subject, "system": system, "kind": kind, "due": now, "changed": now}


def _change(
    stored: Stored, action: str, actor: str, at: str, before: bytes | None, after: bytes | None
) -> dict[str, Any]:
    return {
        "at": at,
        "actor": actor,
        "action": action,
        "type": stored.type,
        "resource_id": stored.id,
        "subject": stored.subject,
        "version": stored.version,
        "active": stored.active,
        "before": before,
        "after": after,
    }


def _joined(group_id: str, ids: Members, now: float, at: str) -> list[Step]:
    rows = [{"group_id": group_id, "user_id": id, "joined": str(uuid_utils.uuid7())} for id in dict.fromkeys(ids)]
    return [Step(_JOIN, rows, len(rows)), *_stirred([row["user_id"] for row in rows], now, at)]


def _stirred(ids: Members, now: float, at: str) -> list[Step]:
    """Their `groups` have changed, so their version does, and their accounts may."""
    return [
        Step(_TOUCH, [{"of": id, "at": at} for id in ids], len(ids)),
        Step(WAKE_USER, [{"of": id, "now": now} for id in ids], None),
    ]


def _delete(connection: Connection, stored: Stored, actor: str, now: float) -> None:
    at = stamp(now)
    gone = delete(resources).where(resources.c.id == stored.id, resources.c.version == stored.version)
    if connection.execute(gone).rowcount != 1:
        raise Missed(stored.id)
    mine, others = (
        (members.c.user_id, members.c.group_id) if stored.type == "User" else (members.c.group_id, members.c.user_id)
    )
    touched = list(connection.scalars(select(others).where(mine == stored.id)))
    connection.execute(delete(members).where(mine == stored.id))
    if touched:
        connection.execute(_TOUCH, [{"of": id, "at": at} for id in touched])
    if touched and stored.type == "Group":
        connection.execute(WAKE_USER, [{"of": id, "now": now} for id in touched])
    left = update(subjects).where(subjects.c.subject == stored.subject)
    connection.execute(left.values(resource_id=None, removed_on=civil_day(now)))
    connection.execute(_INSERT_CHANGE, _change(stored, "delete", actor, at, stored.document, None))
    connection.execute(WAKE, {"of": stored.subject, "now": now})


def _shown(document: bytes) -> Any:
    return orjson.loads(document).get("displayName")


def _attribute(error: IntegrityError) -> str:
    return "externalId" if "external_id" in str(error.orig) else "userName"


def _lots(ids: Sequence[str], size: int = 500) -> list[Sequence[str]]:
    return [ids[start : start + size] for start in range(0, len(ids), size)]
