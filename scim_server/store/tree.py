"""The part of the department tree that some people touch, as it is inside the open transaction (S7)."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, select

from mappings.facts import Facts
from mappings.model import Department, Org
from scim_server.scim.resource import department
from scim_server.store.facts_tables import marks, posts
from scim_server.store.marks import ADDED
from scim_server.store.prepared import fetch, listed
from scim_server.store.tables import resources

LOT = 500  # values in one IN

_NAMED = select(resources.c.id, resources.c.subject, resources.c.external_id, resources.c.document).where(
    resources.c.type == "Group", resources.c.external_id.in_(listed("keys"))
)
_BELOW = select(resources.c.external_id).where(resources.c.type == "Group", resources.c.parent.in_(listed("keys")))


class Branches(NamedTuple):
    """Departments and all their ancestors, and the id of each one's resource by key."""

    org: Org
    ids: Mapping[str, str]


def read_branches(connection: Connection, keys: Iterable[str]) -> Branches:
    """Those that exist of the departments named, with what is above them. A plain group is none."""
    found: dict[str, Department] = {}
    ids: dict[str, str] = {}
    wanted = set(keys)
    while wanted:
        above: set[str] = set()
        for lot in lots(wanted):
            for id, subject, key, document in fetch(connection, _NAMED, keys=orjson.dumps(lot)):
                each = department(subject, key, orjson.loads(document), False)
                if each.code is not None:
                    found[key], ids[key] = each, id
                    above.update([each.parent] if each.parent else [])
        wanted = above - set(found)
    return Branches(Org(found), ids)


def named_by(facts: Facts) -> set[str]:
    """Every department that a person's assignments name."""
    return {
        key
        for each in facts.assignments
        for key in (each.department, each.sending_department, each.receiving_department)
        if key
    }


def below(connection: Connection, key: str) -> list[str]:
    """The department and everything under it."""
    found, level = [key], [key]
    while level:
        level = [each for lot in lots(level) for (each,) in fetch(connection, _BELOW, keys=orjson.dumps(lot)) if each]
        level = [each for each in level if each not in found]
        found += level
    return found


def touched_by(connection: Connection, keys: Iterable[str]) -> list[str]:
    """Who has an assignment, or was added, in one of these departments."""
    found: dict[str, None] = {}
    for lot in lots(keys):
        found |= dict.fromkeys(connection.scalars(select(posts.c.subject).where(posts.c.department.in_(lot))))
        added = select(marks.c.subject).where(marks.c.kind == ADDED, marks.c.department.in_(lot))
        found |= dict.fromkeys(connection.scalars(added))
    return list(found)


def lots(values: Iterable[str], size: int = LOT) -> list[list[str]]:
    """In lots that fit one statement."""
    listed = list(values)
    return [listed[start : start + size] for start in range(0, len(listed), size)]
