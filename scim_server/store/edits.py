"""The parts of a write: statements, and the rows that they take (S19)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, Text, and_, bindparam, delete, exists, insert, not_, or_, select, text, update

from scim_server.clock import civil_day, stamp
from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.cause import cause
from scim_server.store.departments import demand_empty, is_department
from scim_server.store.facts_tables import reserved
from scim_server.store.resources import Draft, Members, Stored
from scim_server.store.returning import RETURNS
from scim_server.store.tables import changes, links, members, resources, subjects, totals, uniques
from scim_server.store.wakes import NEW_LINK, WAKE, WAKE_CHILDREN, WAKE_MANAGED, WAKE_MEMBERS, WAKE_USER, woken
from scim_server.store.writer import Missed, Step

_NEW = [column.name for column in resources.columns]
_VALUES = select(*[bindparam(name, type_=resources.c[name].type) for name in _NEW])
_INSERT = insert(resources).from_select(_NEW, _VALUES)
_is_user = bindparam("type", type_=Text) == text("'User'")
_reserved = exists().where(reserved.c.name == bindparam("name", type_=Text))
_INSERT_PLAIN = insert(resources).from_select(_NEW, _VALUES.where(not_(and_(_is_user, or_(_reserved, RETURNS)))))
"""A login of somebody with facts is theirs for ever, and so is the externalId (S5)."""
_INSERT_SUBJECT = insert(subjects)
_INSERT_CHANGE = insert(changes)
_INSERT_LINK = insert(links)
_COUNT = update(totals).where(totals.c.type == bindparam("of")).values(number=totals.c.number + bindparam("more"))
_REPLACE = (
    update(resources)
    .where(
        resources.c.id == bindparam("of"),
        resources.c.version == bindparam("seen"),
        not_(exists().where(reserved.c.name == bindparam("login"), reserved.c.subject != resources.c.subject)),
    )
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
_JOIN_PLAIN = text(
    "INSERT INTO members (group_id, user_id, joined) SELECT :group_id, id, :joined FROM resources "
    "WHERE id = :user_id AND type = 'User' AND kept IS NULL ON CONFLICT DO NOTHING"
)
"""Of departments: who has been given facts meanwhile is added by a mark (S4)."""

_KEEP_UNIQUE = insert(uniques)
_FREE_UNIQUE = delete(uniques).where(uniques.c.resource_id == bindparam("of"))
_LEAVE = delete(members).where(members.c.group_id == bindparam("of"), members.c.user_id == bindparam("who"))


def new_id() -> str:
    """A UUID of version 7."""
    return str(uuid_utils.uuid7())


def creation(draft: Draft, systems: Sequence[str], actor: str, now: float, id: str) -> tuple[Stored, list[Step]]:
    """A new resource without facts, its subject, and a link to each system."""
    at = stamp(now)
    stored = Stored(id, draft.type, id, draft.external_id, draft.active, 1, draft.document, at, at)
    return stored, [
        Step(_INSERT_PLAIN, [_first_row(draft, id, id, at)], 1),
        Step(_INSERT_SUBJECT, [_subject(draft, id, now)], 1),
        recorded(stored, "create", actor, at, after=draft.document),
        *_surrounded(draft, id, systems, now),
    ]


def arrival(draft: Draft, now: float, id: str, subject: str) -> list[Step]:
    """The resource of a person with facts, on that subject; neither subject nor links nor a change yet."""
    row = _first_row(draft, id, subject, stamp(now))
    return [Step(_INSERT, [row], 1), Step(_COUNT, [{"of": draft.type, "more": 1}], 1), *_kept_unique(draft, id)]


def first_subject(draft: Draft, systems: Sequence[str], now: float, id: str) -> list[Step]:
    """A subject of the same name as its first resource, with its links."""
    return [Step(_INSERT_SUBJECT, [_subject(draft, id, now)], 1), *linked(draft.type, id, systems, now)]


def _first_row(draft: Draft, id: str, subject: str, at: str) -> dict[str, Any]:
    return _row(draft) | {"id": id, "subject": subject, "version": 1, "created": at, "modified": at}


def _surrounded(draft: Draft, id: str, systems: Sequence[str], now: float) -> list[Step]:
    return [
        *linked(draft.type, id, systems, now),
        Step(_COUNT, [{"of": draft.type, "more": 1}], 1),
        *_kept_unique(draft, id),
    ]


def linked(type: str, subject: str, systems: Sequence[str], now: float) -> list[Step]:
    """A link to each of these systems."""
    return [Step(_INSERT_LINK, [_link(type, subject, system, now) for system in systems], None)]


def recorded(
    stored: Stored, action: str, actor: str, at: str, *, before: bytes | None = None, after: bytes | None = None
) -> Step:
    """One row of `changes`."""
    return Step(_INSERT_CHANGE, [_change(stored, action, actor, at, before=before, after=after)], 1)


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
    return after, [*next_version(stored, draft, now), recorded(after, action, actor, at, before=old, after=new)]


def next_version(stored: Stored, draft: Draft, now: float) -> list[Step]:
    """The same, the change not on record yet."""
    freed = [] if draft.uniques is None else [Step(_FREE_UNIQUE, [{"of": stored.id}])]
    of = {"of": stored.id, "seen": stored.version, "login": draft.name if draft.type == "User" else None}
    return [
        Step(_REPLACE, [_row(draft) | of | {"modified": stamp(now)}], 1),
        Step(_RENAME, [_renamed(stored, draft)], None),
        Step(WAKE, [woken(stored.subject, now)], None),
        *_dependents(stored, draft, now),
        *freed,
        *_kept_unique(draft, stored.id),
    ]


def moved(group: Stored, joining: Members, leaving: Members, actor: str, now: float) -> list[Step]:
    """Members that join and leave a Group."""
    if not joining and not leaving:
        return []
    who = orjson.dumps({"added": joining, "removed": leaving})
    gone = [{"of": group.id, "who": id} for id in leaving]
    return [
        Step(_INSERT_CHANGE, [_change(group, "members", actor, stamp(now), after=who)], 1),
        *_joined(group, joining, now),
        Step(_LEAVE, gone, len(gone)),
        *_stirred(leaving, now),
    ]


def _joined(group: Stored, ids: Members, now: float) -> list[Step]:
    """In this order."""
    join = _JOIN_PLAIN if is_department(group.document) else _JOIN
    rows = [{"group_id": group.id, "user_id": id, "joined": str(uuid_utils.uuid7())} for id in dict.fromkeys(ids)]
    return [Step(join, rows, len(rows)), *_stirred([row["user_id"] for row in rows], now)]


def touched(ids: Members, now: float) -> list[Step]:
    """A new version without a new document: what is computed from other rows has changed."""
    return [Step(_TOUCH, [{"of": id, "at": stamp(now)} for id in ids], len(ids))]


def _stirred(ids: Members, now: float) -> list[Step]:
    """Their `groups` have changed, so their version does, and their accounts may."""
    return [*touched(ids, now), Step(WAKE_USER, [woken(id, now) for id in ids], None)]


def _dependents(stored: Stored, draft: Draft, now: float) -> list[Step]:
    """A department's name stands in its people's accounts, its address in its children's."""
    same = stored.external_id == draft.external_id and _shown(stored.document) == _shown(draft.document)
    if stored.type == "User" or same:
        return []
    steps = [Step(WAKE_MEMBERS, [woken(stored.id, now)], None)]
    if stored.external_id:
        steps.append(Step(WAKE_CHILDREN, [woken(stored.external_id, now)], None))
    return steps


def difference(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    """Both sides of a change: only the attributes that differ, as JSON."""
    old, new = orjson.loads(before), orjson.loads(after)
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return (
        orjson.dumps({name: old[name] for name in names if name in old}),
        orjson.dumps({name: new[name] for name in names if name in new}),
    )


def _kept_unique(draft: Draft, id: str) -> list[Step]:
    if not draft.uniques:
        return []
    kept = [
        {"type": draft.type, "attribute": attribute, "value": value, "resource_id": id}
        for attribute, value in draft.uniques
    ]
    return [Step(_KEEP_UNIQUE, kept, len(kept))]


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
        "kept": draft.kept,
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
    new = NEW_LINK | {"subject": subject, "system": system, "kind": kind, "cause": cause().request}
    return new | {"due": now, "changed": now}


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
        "request": cause().request,
    }


def delete_resource(connection: Connection, stored: Stored, actor: str, now: float) -> None:
    """Takes a resource out of the roster and out of every Group; its subject stays. Raises Missed, Occupied."""
    if stored.type == "Group":
        demand_empty(connection, stored, civil_day(now))
        connection.execute(_FREE_UNIQUE, {"of": stored.id})
    at = stamp(now)
    gone = delete(resources).where(resources.c.id == stored.id, resources.c.version == stored.version)
    if connection.execute(gone).rowcount != 1:
        raise Missed(stored.id)
    connection.execute(_COUNT, {"of": stored.type, "more": -1})
    mine, others = (
        (members.c.user_id, members.c.group_id) if stored.type == "User" else (members.c.group_id, members.c.user_id)
    )
    touched = list(connection.scalars(select(others).where(mine == stored.id)))
    connection.execute(delete(members).where(mine == stored.id))
    if touched:
        connection.execute(_TOUCH, [{"of": id, "at": at} for id in touched])
    if touched and stored.type == "Group":
        connection.execute(WAKE_USER, [woken(id, now) for id in touched])
    left = update(subjects).where(subjects.c.subject == stored.subject)
    connection.execute(left.values(resource_id=None, removed_on=civil_day(now)))
    connection.execute(_INSERT_CHANGE, _change(stored, "delete", actor, at, before=stored.document))
    connection.execute(WAKE, woken(stored.subject, now))
    if stored.type == "User":  # a report's pass that has read the roster already must not name it afterwards
        connection.execute(WAKE_MANAGED, woken(stored.id, now))


def _shown(document: bytes) -> Any:
    """What a Group's people show of it: whether it is a department, and its name."""
    body = orjson.loads(document)
    return body.get("displayName"), ROSTER_GROUP in body
