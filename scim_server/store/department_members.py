"""Members of a department who have facts (S4): SCIM adds a concurrent role, from today until it removes it.

Who is there by an assignment stays; the others come and go as marks, and the settlement makes rows of them.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from mappings.policy.states import serves
from scim_server.store import edits, marks
from scim_server.store.departments import NAMED
from scim_server.store.facts_edits import Act
from scim_server.store.facts_tables import marks as rows
from scim_server.store.in_force import in_force
from scim_server.store.resources import Fixed, Members, Occupied, Stored, Unfit
from scim_server.store.situations import Situation, read_situations
from scim_server.store.tables import members, resources
from scim_server.store.tree import Branches, lots
from scim_server.store.writer import run_steps


def amend(
    connection: Connection, group: Stored, key: str, add: Members, remove: Members, act: Act, *, versioned: bool
) -> None:
    """Members of the department `key`, of whom some have facts. Raises Missed, Fixed, Unfit.

    `versioned`: the Group has got its next version already, as a department if it was none.
    """
    facts = _with_facts(connection, [*add, *remove])
    there = _among(connection, group.id, [*add, *remove])
    joining = [id for id in dict.fromkeys(add) if id not in facts and id not in there]
    leaving = [id for id in dict.fromkeys(remove) if id not in facts and id in there]
    if not versioned and (joining or leaving):
        run_steps(connection, edits.touched([group.id], act.now))
    run_steps(connection, edits.moved(group, joining, leaving, act.actor, act.now))
    _move(connection, key, group.id, _of(facts, add), _of(facts, remove), act)


def join(connection: Connection, group: Stored, ids: Members, act: Act) -> None:
    """The members of a department that is new: those of them who have facts."""
    facts = _with_facts(connection, ids)
    if facts and group.external_id is not None:
        _move(connection, group.external_id, group.id, _of(facts, ids), [], act)


def adopt(connection: Connection, key: str, group_id: str, act: Act) -> None:
    """A plain Group has become a department: its members with facts hold a concurrent role from today."""
    there = list(connection.scalars(select(members.c.user_id).where(members.c.group_id == group_id)))
    subjects = list(_with_facts(connection, there).values())
    for lot in lots(subjects):
        read = read_situations(connection, lot, [key])
        for seen in read.situations:
            if serves(seen.person, act.day, read.branches.org, act.rules.readings):
                marks.add_member(connection, seen.person.subject, key, act.day)
    act.settle(connection, subjects)


def demand_nobody_added(connection: Connection, group: Stored, act: Act) -> None:
    """Nobody is to be a member once a spell begins. Raises Occupied, naming them (S7)."""
    key = group.external_id
    waiting = select(rows.c.subject).where(rows.c.kind == marks.ADDED, rows.c.department == key, rows.c.end.is_(None))
    named = []
    for lot in lots(dict.fromkeys(connection.scalars(waiting))):
        read = read_situations(connection, lot)
        for seen in read.situations:
            running = in_force(seen, seen.person.marks.added_members, act.day, read.branches.org, act.rules.readings)
            if seen.row.resource_id is not None and any(each.department == key for each in running):
                named.append(f"{seen.person.display_name or seen.person.formatted} ({seen.person.key})")
    if named:
        raise Occupied(f"The department {key} still has members that were added: {', '.join(sorted(named)[:NAMED])}.")


def with_facts(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Which of these Users have facts."""
    return set(_with_facts(connection, ids))


def _with_facts(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """Their subjects, by id."""
    found: dict[str, str] = {}
    for lot in lots(dict.fromkeys(ids)):
        known = select(resources.c.id, resources.c.subject).where(
            resources.c.id.in_(lot), resources.c.kept.is_not(None)
        )
        found |= {id: subject for id, subject in connection.execute(known)}
    return found


def _of(facts: dict[str, str], ids: Members) -> list[str]:
    return [facts[id] for id in dict.fromkeys(ids) if id in facts]


def _among(connection: Connection, group_id: str, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for lot in lots(dict.fromkeys(ids)):
        there = select(members.c.user_id).where(members.c.group_id == group_id, members.c.user_id.in_(lot))
        found.update(connection.scalars(there))
    return found


def _move(connection: Connection, key: str, group_id: str, coming: list[str], going: list[str], act: Act) -> None:
    for lot in lots(dict.fromkeys([*coming, *going])):
        read = read_situations(connection, lot, [key])
        for seen in read.situations:
            subject = seen.person.subject
            added = [each for each in seen.person.marks.added_members if each.department == key]
            running = in_force(seen, added, act.day, read.branches.org, act.rules.readings)
            if subject in coming and group_id not in seen.memberships and not running:
                _demand_service(seen, read.branches, act)
                marks.add_member(connection, subject, key, act.day)
            if subject in going:
                _demand_added(seen, group_id, key)
                if running:
                    marks.end_member(connection, subject, key, act.day)
    act.settle(connection, [*coming, *going])


def _demand_service(seen: Situation, branches: Branches, act: Act) -> None:
    if not serves(seen.person, act.day, branches.org, act.rules.readings):
        raise Unfit(f"members: {seen.row.resource_id} has no spell of service, now or to come.")


def _demand_added(seen: Situation, group_id: str, key: str) -> None:
    row = seen.memberships.get(group_id)
    if row is not None and row.derived:
        posts = ", ".join(each.value for each in seen.facts.assignments if each.department == key)
        raise Fixed(f"members: {seen.row.resource_id} is in {key} by an assignment ({posts}): close it by its endDate.")
