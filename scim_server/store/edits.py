"""The parts of a write: statements, and the rows that they take (S19)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, bindparam, delete, insert, select, text, update

from scim_server.clock import civil_day, stamp
from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.resources import Draft, Members, Stored
from scim_server.store.tables import changes, links, members, resources, subjects
from scim_server.store.wakes import NEW_LINK, WAKE, WAKE_CHILDREN, WAKE_MANAGED, WAKE_MEMBERS, WAKE_USER
from scim_server.store.writer import Missed, Step

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


def creation(draft: Draft, systems: Sequence[str], actor: str, now: float) -> tuple[Stored, list[Step]]:
    """A new resource, its subject, and a link to each system."""
    id, at = str(uuid_utils.uuid7()), stamp(now)
    stored = Stored(id, draft.type, id, draft.external_id, draft.active, 1, draft.document, at, at)
    return stored, [
        Step(_INSERT, [_row(draft) | {"id": id, "subject": id, "version": 1, "created": at, "modified": at}], 1),
        Step(_INSERT_SUBJECT, [_subject(draft, id, now)], 1),
        Step(_INSERT_CHANGE, [_change(stored, "create", actor, at, after=draft.document)], 1),
        Step(_INSERT_LINK, [_link(draft.type, id, system, now) for system in systems], None),
    ]


def replacement(stored: Stored, draft: Draft, actor: str, action: str, now: float) -> tuple[Stored, list[Step]]:
    """The next version of a resource; it rests on the version that was read."""
    at = stamp(now)
    after = replace(
        stored,
        external_id=draft.external_id,
        active=draft.active,
        version=stored.version + 1,
        document=draft.document,
        modified=at,
    )
    old, new = difference(stored.document, draft.document)
    return after, [
        Step(_REPLACE, [_row(draft) | {"of": stored.id, "seen": stored.version, "modified": at}], 1),
        Step(_RENAME, [_renamed(stored, draft)], None),
        Step(_INSERT_CHANGE, [_change(after, action, actor, at, before=old, after=new)], 1),
        Step(WAKE, [{"of": stored.subject, "now": now}], None),
        *_dependents(stored, draft, now),
    ]


def moved(group: Stored, joining: Members, leaving: Members, actor: str, now: float) -> list[Step]:
    """Members that join and leave a Group."""
    if not joining and not leaving:
        return []
    who = orjson.dumps({"added": joining, "removed": leaving})
    gone = [{"of": group.id, "who": id} for id in leaving]
    return [
        Step(_INSERT_CHANGE, [_change(group, "members", actor, stamp(now), after=who)], 1),
        *joined(group.id, joining, now),
        Step(_LEAVE, gone, len(gone)),
        *_stirred(leaving, now),
    ]


def joined(group_id: str, ids: Members, now: float) -> list[Step]:
    """Members that join, in this order."""
    rows = [{"group_id": group_id, "user_id": id, "joined": str(uuid_utils.uuid7())} for id in dict.fromkeys(ids)]
    return [Step(_JOIN, rows, len(rows)), *_stirred([row["user_id"] for row in rows], now)]


def touched(ids: Members, now: float) -> list[Step]:
    """A new version without a new document: what is computed from other rows has changed."""
    return [Step(_TOUCH, [{"of": id, "at": stamp(now)} for id in ids], len(ids))]


def _stirred(ids: Members, now: float) -> list[Step]:
    """Their `groups` have changed, so their version does, and their accounts may."""
    return [*touched(ids, now), Step(WAKE_USER, [{"of": id, "now": now} for id in ids], None)]


def _dependents(stored: Stored, draft: Draft, now: float) -> list[Step]:
    """A department's name stands in its people's accounts, its address in its children's."""
    same = stored.external_id == draft.external_id and _shown(stored.document) == _shown(draft.document)
    if stored.type == "User" or same:
        return []
    steps = [Step(WAKE_MEMBERS, [{"of": stored.id, "now": now}], None)]
    if stored.external_id:
        steps.append(Step(WAKE_CHILDREN, [{"of": stored.external_id, "now": now}], None))
    return steps


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
    stored: Stored, action: str, actor: str, at: str, *, before: bytes | None = None, after: bytes | None = None
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


def delete_resource(connection: Connection, stored: Stored, actor: str, now: float) -> None:
    """Takes a resource out of the roster and out of every Group; its subject stays. Raises Missed."""
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
    connection.execute(_INSERT_CHANGE, _change(stored, "delete", actor, at, before=stored.document))
    connection.execute(WAKE, {"of": stored.subject, "now": now})
    if stored.type == "User":  # a report's pass that has read the roster already must not name it afterwards
        connection.execute(WAKE_MANAGED, {"of": stored.id, "now": now})


def _shown(document: bytes) -> Any:
    """What a Group's people show of it: whether it is a department, and its name."""
    body = orjson.loads(document)
    return body.get("displayName"), ROSTER_GROUP in body
