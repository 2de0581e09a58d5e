"""Who is in the access report, department by department: memory does not grow with the roster."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from mappings.model import Org
from scim_server.store.facts_tables import standings
from scim_server.store.tables import links, members, resources, subjects

LOT = 500
_group = resources.alias("their_group")
_department = subjects.alias("department")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which departments are asked for: their keys, and the ids of their Groups. None: all."""

    keys: frozenset[str]
    ids: Sequence[str]


def below(connection: Connection, org: Org, key: str) -> Wanted:
    """A department and all below it. Raises LookupError where there is none of that key."""
    if key not in org.departments or org.departments[key].code is None:
        raise LookupError(key)
    children: dict[str, list[str]] = {}
    for each in org.departments.values():
        if each.parent:
            children.setdefault(each.parent, []).append(each.key)
    found = [key]
    for each_key in found:
        found += [child for child in children.get(each_key, ()) if child not in found]
    named = {org.departments[each].subject for each in found}
    ids = connection.execute(select(resources.c.id, resources.c.subject).where(resources.c.type == "Group"))
    return Wanted(frozenset(found), [id for id, subject in ids if subject in named])


def lots(connection: Connection, org: Org, wanted: Wanted | None) -> Iterator[list[tuple[str, str]]]:
    """(subject, key of the primary department, else empty) in lots, by department and key; none of those of whom
    nothing is there nor to be there."""
    home = func.coalesce(standings.c.primary, _plain_home(org))
    statement = (
        select(subjects.c.subject, func.coalesce(home, "").label("home"))
        .outerjoin(standings, standings.c.subject == subjects.c.subject)
        .where(subjects.c.kind == "person", or_(subjects.c.resource_id.is_not(None), _something_there()))
        .order_by("home", subjects.c.key, subjects.c.subject)
    )
    if wanted is not None:
        statement = statement.where(_in(home, wanted))
    rows = connection.execute(statement.execution_options(yield_per=LOT))
    while lot := [(subject, key) for subject, key in islice(rows, LOT)]:
        yield lot


def _plain_home(org: Org) -> Any:
    """The department that a plain user joined first (S1)."""
    plain = [each.subject for each in org.departments.values() if each.code is None]
    return (
        select(_department.c.key)
        .select_from(members)
        .join(_group, _group.c.id == members.c.group_id)
        .join(_department, _department.c.subject == _group.c.subject)
        .where(members.c.user_id == subjects.c.resource_id, _department.c.subject.not_in(plain))
        .order_by(members.c.joined)
        .limit(1)
        .correlate(subjects)
        .scalar_subquery()
    )


def _something_there() -> Any:
    return select(1).where(links.c.subject == subjects.c.subject, links.c.state != "gone").correlate(subjects).exists()


def _in(home: Any, wanted: Wanted) -> Any:
    """At home or a member there; who has left is asked where he was last."""
    member = (
        select(1)
        .where(members.c.user_id == subjects.c.resource_id, members.c.group_id.in_(wanted.ids))
        .correlate(subjects)
        .exists()
    )
    return or_(home.in_(sorted(wanted.keys)), member, and_(home.is_(None), _something_there()))


def titles_of(org: Org) -> Mapping[str, str]:
    """The names of departments and groups by key."""
    return {key: each.name for key, each in org.departments.items()}
