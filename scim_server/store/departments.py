"""What only the roster can say about a department: its place in the tree (S7).

Asked inside the writer's transaction, after the write and before its commit: two writers at once cannot make a
circle between them, nor a child of a department that is just leaving.
"""

from collections.abc import Iterable
from typing import Any

import orjson
from sqlalchemy import Connection, Select, func, or_, select

from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.facts_tables import posts
from scim_server.store.resources import Draft, Misplaced, Occupied, Stored
from scim_server.store.tables import members, resources, subjects

NAMED = 10  # of what stands in the way, a sentence names so many
NAMED_BY = subjects.c.title + " (" + subjects.c.key + ")"  # many people share a name


_URN = ROSTER_GROUP.encode()


def names(connection: Connection, keys: Iterable[str | None]) -> dict[str, str]:
    """What departments are called, by key; one that is gone, as it was called; one that never was is missing."""
    wanted = sorted({key for key in keys if key})
    of = select(subjects.c.key, subjects.c.title).where(subjects.c.kind == "group", subjects.c.key.in_(wanted))
    return {key: title for key, title in connection.execute(of.order_by(subjects.c.subject))}


def is_department(document: bytes) -> bool:
    """Whether a Group's document carries the roster's extension."""
    return _URN in document and ROSTER_GROUP in orjson.loads(document)


def demand_place(connection: Connection, draft: Draft) -> None:
    """The parent is a department, and no descendant. Raises Misplaced."""
    code, above = draft.external_id, draft.parent
    seen = {code}
    while above is not None:
        if above in seen:
            raise Misplaced(f"parent: {draft.parent} stands below {code}, which would make a circle.")
        seen.add(above)
        facts = _facts(connection, above)
        if facts is None:
            raise Misplaced(f"parent: there is no department {above}.")
        above = facts.get("parent")


def _facts(connection: Connection, code: str) -> dict[str, Any] | None:
    found = select(resources.c.document).where(resources.c.type == "Group", resources.c.external_id == code)
    document = connection.scalar(found)
    return None if document is None else orjson.loads(document).get(ROSTER_GROUP)


def demand_empty(connection: Connection, stored: Stored, today: str) -> None:
    """A department goes after its children and its people. Raises Occupied, naming what is still there.

    People: who was added or joined as a plain user, and whose assignments name it and are open today or later.
    """
    code = stored.external_id
    if code is None or not is_department(stored.document):
        return
    standing_there = {
        "departments below it": _children(code),
        "assignments": _posted(code, today),
        "members": _people(stored.id),
    }
    said = [f"{what}: {_few(connection, names)}" for what, names in standing_there.items() if _any(connection, names)]
    if said:
        raise Occupied(f"The department {code} still has {'; '.join(said)}.")


def _any(connection: Connection, names: Select[Any]) -> bool:
    return connection.execute(names.limit(1)).first() is not None


def _few(connection: Connection, names: Select[Any]) -> str:
    count = connection.scalar(select(func.count()).select_from(names.subquery())) or 0
    more = f" and {count - NAMED} more" if count > NAMED else ""
    return ", ".join(connection.scalars(names.limit(NAMED))) + more


def _children(code: str) -> Select[Any]:
    return select(resources.c.external_id).where(resources.c.type == "Group", resources.c.parent == code)


def _posted(code: str, today: str) -> Select[Any]:
    still = or_(posts.c.until.is_(None), posts.c.until >= today)
    return (
        select(NAMED_BY)
        .join(posts, posts.c.subject == subjects.c.subject)
        .where(posts.c.department == code, still)
        .order_by(subjects.c.subject)
    )


def _people(group_id: str) -> Select[Any]:
    return (
        select(NAMED_BY)
        .join(resources, resources.c.subject == subjects.c.subject)
        .join(members, members.c.user_id == resources.c.id)
        .where(members.c.group_id == group_id, members.c.derived.is_(False))
        .order_by(members.c.joined)
    )
