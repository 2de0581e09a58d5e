"""What only the roster can say about a department: its place in the tree (S7)."""

from collections.abc import Mapping
from typing import Any

import orjson

from scim_server.scim.errors import Conflict, InvalidValue, Uniqueness
from scim_server.scim.expression import Compare
from scim_server.scim.schemas import ResourceType
from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.filters import where
from scim_server.store.resources import Stored
from scim_server.store.roster import Roster

NAMED = 10  # of what stands in the way, a detail names so many


async def demand_place(
    roster: Roster, resource_type: ResourceType, document: Mapping[str, Any], stored: Stored | None
) -> None:
    """The parent is a department and no descendant; the organizationCode is nobody else's.

    Raises InvalidValue, Uniqueness. Looks only where the facts have changed.
    """
    facts = document.get(ROSTER_GROUP)
    before = orjson.loads(stored.document).get(ROSTER_GROUP) if stored else None
    if facts is None or facts == before:
        return
    _demand_parent(roster, facts["departmentCode"], facts.get("parent"))
    number = facts.get("organizationCode")
    if number is not None and number != (before or {}).get("organizationCode"):
        await _demand_own_number(roster, resource_type, number, stored)


def _demand_parent(roster: Roster, code: str, parent: str | None) -> None:
    seen = {code}
    above = parent
    while above is not None:
        if above in seen:
            raise InvalidValue(f"parent: {parent} stands below {code}, which would make a circle.")
        seen.add(above)
        facts = _facts(roster, above)
        if facts is None:
            raise InvalidValue(f"parent: there is no department {above}.")
        above = facts.get("parent")


def _facts(roster: Roster, code: str) -> dict[str, Any] | None:
    found = roster.find("Group", "external_id", code)
    return None if found is None else orjson.loads(found.document).get(ROSTER_GROUP)


async def _demand_own_number(roster: Roster, resource_type: ResourceType, number: str, stored: Stored | None) -> None:
    chain = resource_type.resolve(f"{ROSTER_GROUP}:organizationCode")
    assert chain is not None
    _, found = await roster.select("Group", where(Compare(chain, "eq", number, number), resource_type), 1, 2)
    if any(stored is None or other.id != stored.id for other in found):
        raise Uniqueness("organizationCode is taken by another resource.")


def demand_empty(roster: Roster, stored: Stored) -> None:
    """A department goes after its children and its people. Raises Conflict, naming what is still there."""
    if ROSTER_GROUP not in orjson.loads(stored.document) or stored.external_id is None:
        return
    children = roster.children_of(stored.external_id)
    people = roster.members_of(stored.id)
    said = []
    if children:
        said.append(f"departments below it: {_few(children)}")
    if people:
        said.append(f"members: {_few([entry.display for entry in people])}")
    if said:
        raise Conflict(f"The department {stored.external_id} still has {'; '.join(said)}.")


def _few(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
