"""Verdicts become rows: only the differences, one statement a kind of row."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from scim_server.store.cause import cause
from scim_server.store.facts_tables import posts, standings
from scim_server.store.kept import with_active, with_required
from scim_server.store.prepared import execute_many
from scim_server.store.situations import Membership, Situation
from scim_server.store.tables import changes, members, resources
from scim_server.store.verdicts import Verdict, restated, visible

Made = tuple[Situation, Verdict]

_RESOURCE = (
    update(resources)
    .where(resources.c.id == bindparam("of"))
    .values(
        active=bindparam("is_active"),
        document=bindparam("new_document"),
        kept=bindparam("new_kept"),
        version=resources.c.version + bindparam("more"),
        modified=bindparam("at"),
    )
)
_TOUCH = (
    update(resources)
    .where(resources.c.id == bindparam("of"))
    .values(version=resources.c.version + 1, modified=bindparam("at"))
)
_CHANGE = insert(changes)
_JOIN = insert(members)
_LEAVE = delete(members).where(members.c.group_id == bindparam("of"), members.c.user_id == bindparam("who"))
_REJOIN = (
    update(members)
    .where(members.c.group_id == bindparam("of"), members.c.user_id == bindparam("who"))
    .values(joined=bindparam("place"), derived=bindparam("is_derived"))
)
_STAND = insert(standings)
_NAMES = [column.name for column in standings.columns if column.name != "subject"]
_RESTAND = (
    update(standings)
    .where(standings.c.subject == bindparam("of"))
    .values({name: bindparam(f"new_{name}") for name in _NAMES})
)
_POST = insert(posts)
_UNPOST = delete(posts).where(posts.c.subject == bindparam("of"), posts.c.department == bindparam("there"))
_GROUPS = select(resources.c.id, resources.c.subject, resources.c.version).where(
    resources.c.id.in_(bindparam("ids", expanding=True))
)


class Moment(NamedTuple):
    """When, as a stamp, and by whom."""

    at: str
    actor: str


class _Move(NamedTuple):
    """One membership of one person: what it was, and what it becomes."""

    user_id: str
    group_id: str
    before: Membership | None
    after: Membership | None


def write_verdicts(
    connection: Connection, made: Sequence[Made], moment: Moment, under_way: Collection[str]
) -> list[str]:
    """Writes what differs; returns the subjects of which anything did."""
    seen_to_differ = [(each, differs) for each in made if (differs := visible(*each)) is not None]
    again = [each for each in made if restated(*each)]
    execute_many(connection, _RESOURCE, [_resource(*each, moment, under_way) for each, _ in seen_to_differ])
    told = [_change(*each, differs, moment) for each, differs in seen_to_differ if not _own(each[0], under_way)]
    execute_many(connection, _CHANGE, told)
    moves = [move for each in made for move in _moves(*each)]
    _write_moves(connection, moves, moment)
    _write_standings(connection, again)
    _write_posts(connection, made)
    moved = {move.user_id for move in moves}
    rows = [seen.row for seen, _ in [*(each for each, _ in seen_to_differ), *again]]
    rows += [seen.row for seen, _ in made if seen.row.resource_id in moved]
    return list(dict.fromkeys(row.subject for row in rows))


def _own(seen: Situation, under_way: Collection[str]) -> bool:
    return seen.row.subject in under_way


def _resource(seen: Situation, made: Verdict, moment: Moment, under_way: Collection[str]) -> dict[str, Any]:
    return {
        "of": seen.row.resource_id,
        "is_active": made.active,
        "new_document": with_active(seen.row.document, made.active),
        "new_kept": with_required(seen.row.kept, made.required),
        "more": 0 if _own(seen, under_way) else 1,
        "at": moment.at,
    }


def _change(
    seen: Situation, made: Verdict, differs: tuple[Mapping[str, Any], Mapping[str, Any]], moment: Moment
) -> dict[str, Any]:
    before, after = differs
    return {
        "at": moment.at,
        "actor": moment.actor,
        "action": "settle",
        "type": "User",
        "resource_id": seen.row.resource_id,
        "subject": seen.row.subject,
        "version": seen.row.version + 1,
        "active": made.active,
        "before": orjson.dumps(before),
        "after": orjson.dumps(after),
        "request": cause().request,
    }


# -- memberships


def _moves(seen: Situation, made: Verdict) -> Iterator[_Move]:
    for group_id in {**seen.memberships, **made.memberships}:
        before, after = seen.memberships.get(group_id), made.memberships.get(group_id)
        if before != after and seen.row.resource_id is not None:
            yield _Move(seen.row.resource_id, group_id, before, after)


def _write_moves(connection: Connection, moves: Sequence[_Move], moment: Moment) -> None:
    came = [(move, move.after) for move in moves if move.before is None and move.after is not None]
    went = [move for move in moves if move.after is None]
    stayed = [(move, move.after) for move in moves if move.before is not None and move.after is not None]
    execute_many(connection, _LEAVE, [{"of": move.group_id, "who": move.user_id} for move in went])
    execute_many(connection, _JOIN, [_joining(move, after) for move, after in came])
    execute_many(connection, _REJOIN, [_rejoining(move, after) for move, after in stayed])
    _note(connection, [move for move, _ in came], went, moment)


def _joining(move: _Move, after: Membership) -> dict[str, Any]:
    return after._asdict() | {"user_id": move.user_id}


def _rejoining(move: _Move, after: Membership) -> dict[str, Any]:
    return {"of": move.group_id, "who": move.user_id, "place": after.joined, "is_derived": after.derived}


def _note(connection: Connection, came: Sequence[_Move], went: Sequence[_Move], moment: Moment) -> None:
    """Groups whose members have changed get a version and a change on record."""
    added, removed = _by_group(came), _by_group(went)
    ids = sorted({*added, *removed})
    if not ids:
        return
    rows = connection.execute(_GROUPS, {"ids": ids}).all()
    execute_many(connection, _TOUCH, [{"of": row.id, "at": moment.at} for row in rows])
    told = [_of_group(row, added.get(row.id, []), removed.get(row.id, []), moment) for row in rows]
    execute_many(connection, _CHANGE, told)


def _by_group(moves: Iterable[_Move]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for move in moves:
        found.setdefault(move.group_id, []).append(move.user_id)
    return found


def _of_group(row: Any, added: list[str], removed: list[str], moment: Moment) -> dict[str, Any]:
    return {
        "at": moment.at,
        "actor": moment.actor,
        "action": "members",
        "type": "Group",
        "resource_id": row.id,
        "subject": row.subject,
        "version": row.version + 1,
        "active": None,
        "before": None,
        "after": orjson.dumps({"added": added, "removed": removed}),
        "request": cause().request,
    }


# -- standings and posts


def _write_standings(connection: Connection, made: Sequence[Made]) -> None:
    new = [each.standing for seen, each in made if seen.standing is None]
    old = [_restanding(each.standing) for seen, each in made if seen.standing is not None]
    execute_many(connection, _STAND, new)
    execute_many(connection, _RESTAND, old)


def _restanding(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"of": row["subject"], **{f"new_{name}": row[name] for name in _NAMES}}


def _write_posts(connection: Connection, made: Sequence[Made]) -> None:
    gone, come = [], []
    for seen, each in made:
        of = seen.row.subject
        differ = [key for key in {**seen.posts, **each.posts} if _until(seen.posts, key) != _until(each.posts, key)]
        gone += [{"of": of, "there": key} for key in differ if key in seen.posts]
        come += [{"subject": of, "department": key, "until": each.posts[key]} for key in differ if key in each.posts]
    execute_many(connection, _UNPOST, gone)
    execute_many(connection, _POST, come)


def _until(places: Mapping[str, str | None], key: str) -> str | None:
    return places.get(key, "")
