"""What a settlement reads of people with facts: their facts and marks, and what is written down of them now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from mappings.facts import NO_MARKS, Facts, Marks
from mappings.model import Person
from scim_server.scim.resource import person
from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.facts_tables import posts, standings
from scim_server.store.kept import whole
from scim_server.store.marks import marked, since
from scim_server.store.people import last_documents
from scim_server.store.prepared import fetch, listed
from scim_server.store.tables import members, resources, subjects
from scim_server.store.tree import Branches, named_by, read_branches


class Row(NamedTuple):
    """A subject with its resource, where there is one."""

    subject: str
    key: str
    resource_id: str | None
    created_on: str
    removed_on: str | None
    facts_from: str | None
    marked: bool
    version: int
    active: bool | None
    document: bytes
    kept: bytes | None


_ROWS = (
    select(
        subjects.c.subject,
        subjects.c.key,
        subjects.c.resource_id,
        subjects.c.created_on,
        subjects.c.removed_on,
        subjects.c.facts_from,
        subjects.c.marked,
        resources.c.version,
        resources.c.active,
        resources.c.document,
        resources.c.kept,
    )
    .outerjoin(resources, resources.c.id == subjects.c.resource_id)
    .where(subjects.c.kind == "person", subjects.c.subject.in_(listed("of")))
)
_STOOD = [column.name for column in standings.columns]
_STANDINGS = select(standings).where(standings.c.subject.in_(listed("of")))
_POSTS = select(posts.c.subject, posts.c.department, posts.c.until).where(posts.c.subject.in_(listed("of")))
_MEMBERS = select(members.c.user_id, members.c.group_id, members.c.joined, members.c.derived).where(
    members.c.user_id.in_(listed("of"))
)
_GROUPS = select(resources.c.id, resources.c.document).where(resources.c.id.in_(listed("of")))


class Membership(NamedTuple):
    """A row of `members`. `joined` is the order of joining."""

    group_id: str
    joined: str
    derived: bool


@dataclass(frozen=True, slots=True)
class Situation:
    """One person: the facts, and what stands in the rows. `row` has the resource, where there is one.

    `memberships`: those in departments, by the id of the Group. `standing`: the stored one. `posts`: by department,
    the last day.
    """

    person: Person
    facts: Facts
    row: Row
    memberships: Mapping[str, Membership]
    standing: Mapping[str, Any] | None
    posts: Mapping[str, str | None]


class Read(NamedTuple):
    """A lot: people with facts, the departments that they touch, and plain users with marks."""

    situations: Sequence[Situation]
    branches: Branches
    plain: Sequence[str]


def read_situations(connection: Connection, wanted: Sequence[str], besides: Iterable[str] = ()) -> Read:
    """Those of the subjects, up to a lot, that have facts or marks; they need not be on the roster any more.

    `besides`: keys of departments that matter, whether or not somebody's facts name them.
    """
    found_rows = [_row(*values) for values in fetch(connection, _ROWS, of=orjson.dumps(wanted))]
    plain = [row.subject for row in found_rows if row.facts_from is None and row.marked]
    rows = [row for row in found_rows if row.facts_from is not None]
    if not rows:
        return Read((), read_branches(connection, besides), plain)
    people = _people(connection, rows)
    keys = {*besides, *(key for each, facts in people.values() for key in _departments(each, facts))}
    branches = read_branches(connection, keys)
    ids = orjson.dumps([row.subject for row in rows])
    stored = {row[0]: dict(zip(_STOOD, row, strict=True)) for row in fetch(connection, _STANDINGS, of=ids)}
    places: dict[str, dict[str, str | None]] = {}
    for subject, department, until in fetch(connection, _POSTS, of=ids):
        places.setdefault(subject, {})[department] = until
    joined = _memberships(connection, [row.resource_id for row in rows if row.resource_id], branches)
    found = [
        Situation(*people[of], row, joined.get(row.resource_id or "", {}), stored.get(of), places.get(of, {}))
        for row in rows
        for of in (row.subject,)
    ]
    return Read(found, branches, plain)


def _row(*values: Any) -> Row:
    row = Row(*values)
    return row._replace(marked=bool(row.marked), active=None if row.active is None else bool(row.active))


def _people(connection: Connection, rows: Sequence[Row]) -> dict[str, tuple[Person, Facts]]:
    found_marks = marked(connection, [row.subject for row in rows if row.marked])
    last = last_documents(connection, [row.subject for row in rows if row.resource_id is None])
    found = {}
    for row in rows:
        gone = row.resource_id is None
        document = orjson.loads(last[row.subject]) if gone else whole(row.document, row.kept)
        own = since(found_marks.get(row.subject, NO_MARKS), row.facts_from)
        each = person(row.subject, row.key, document, row.active is True, (), None, row.created_on, row.removed_on, own)
        if each.facts is not None:
            found[row.subject] = (each, each.facts)
    return found


def _departments(each: Person, facts: Facts) -> set[str]:
    return named_by(facts) | _added(each.marks)


def _added(found: Marks) -> set[str]:
    return {each.department for each in found.added_members}


def _memberships(
    connection: Connection, user_ids: Sequence[str], branches: Branches
) -> dict[str, dict[str, Membership]]:
    """Those in departments; a plain Group is none of the policy's business."""
    rows = fetch(connection, _MEMBERS, of=orjson.dumps(user_ids)) if user_ids else []
    known = set(branches.ids.values())
    others = {group_id for _, group_id, _, _ in rows} - known
    for id, document in fetch(connection, _GROUPS, of=orjson.dumps(sorted(others))) if others else ():
        if ROSTER_GROUP in orjson.loads(document):
            known.add(id)
    found: dict[str, dict[str, Membership]] = {}
    for user_id, group_id, joined, derived in rows:
        if group_id in known:
            found.setdefault(user_id, {})[group_id] = Membership(group_id, joined, bool(derived))
    return found
