"""What must stand in the rows of one person, and how it differs from what stands there (S8). No database here."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
import uuid_utils

from mappings.facts import Facts
from mappings.model import Org, Person, Presence
from mappings.policy.endings import first_end
from mappings.policy.readings import Readings
from mappings.policy.standing import Standing
from mappings.policy.states import serves, standing, states
from scim_server.store.kept import REQUIRED, extension
from scim_server.store.situations import Membership, Situation
from scim_server.store.tree import Branches

FIRST = "00"  # what the `joined` of a primary membership begins with: before every UUID of version 7 of this century


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the policy says of one person, as rows: `memberships` by Group, `standing` and `posts` as their tables."""

    active: bool
    required: Mapping[str, str]
    memberships: Mapping[str, Membership]
    standing: Mapping[str, Any]
    posts: Mapping[str, str | None]


def verdict(seen: Situation, day: str, branches: Branches, readings: Readings) -> Verdict:
    """What must stand there on that day."""
    person, org = seen.person, branches.org
    now = states(person, day, org, readings)
    required = {system: str(presence) for system, presence in now.systems.items()}
    listed = seen.row.resource_id is not None
    return Verdict(
        active=now.systems["ldap"] is Presence.ACTIVE,
        required=required,
        memberships=_memberships(seen, now, day, branches, readings) if listed else {},
        standing=_standing(person, now, day),
        posts=_posts(seen.facts) if now.spell is not None or serves(person, day, org, readings) else {},
    )


def _standing(person: Person, now: Standing, day: str) -> dict[str, Any]:
    return {
        "subject": person.subject,
        "day": day,
        "roll_on": now.review_on,
        "spell": now.spell,
        "primary": now.primary,
        "articles": orjson.dumps(now.articles),
        "anomalies": orjson.dumps(now.anomalies),
        "ends_on": first_end(person.facts, day) if person.facts and now.spell is not None else None,
        **{system: str(presence) for system, presence in now.systems.items()},
    }


def _posts(facts: Facts) -> dict[str, str | None]:
    """Which departments the assignments name, whatever for, and until when."""
    found: dict[str, str | None] = {}
    for each in facts.assignments:
        for key in {each.department, each.sending_department, each.receiving_department} - {None}:
            assert key is not None
            last = found.get(key, "")
            found[key] = None if last is None or each.end is None else max(last, each.end)
    return found


def _memberships(
    seen: Situation, now: Standing, day: str, branches: Branches, readings: Readings
) -> dict[str, Membership]:
    """Primary first in the order of joining; who stays keeps the place."""
    keys = [*([now.primary] if now.primary else []), *now.concurrent]
    derived = _derived(seen.person, now, day, branches.org, readings)
    found: dict[str, Membership] = {}
    for key in keys:
        group_id = branches.ids.get(key)
        if group_id is not None:
            joined = _joined(seen.memberships.get(group_id), key == now.primary)
            found[group_id] = Membership(group_id, joined, key in derived)
    return found


def _joined(before: Membership | None, primary: bool) -> str:
    first = before is not None and before.joined.startswith(FIRST)
    if before is not None and primary == first:
        return before.joined
    joined = before.joined if before is not None and primary else str(uuid_utils.uuid7())
    return FIRST + joined[len(FIRST) :] if primary else joined


def _derived(person: Person, now: Standing, day: str, org: Org, readings: Readings) -> set[str]:
    """The departments that assignments alone would make."""
    if person.marks.added_members:
        unadded = replace(person, marks=replace(person.marks, added_members=()))
        now = standing(unadded, day, org, readings)
    return {*([now.primary] if now.primary else []), *now.concurrent}


def visible(seen: Situation, made: Verdict) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """What differs of what a client may see: attributes before and after, as a change records them; None: nothing."""
    if seen.row.resource_id is None:
        return None
    before: dict[str, Any] = {"active": seen.row.active, "groups": _order(seen.memberships)}
    after: dict[str, Any] = {"active": made.active, "groups": _order(made.memberships)}
    before[REQUIRED] = extension(seen.row.kept or b"{}").get(REQUIRED)
    after[REQUIRED] = dict(made.required)
    names = [name for name in before if before[name] != after[name]]
    return ({each: before[each] for each in names}, {each: after[each] for each in names}) if names else None


def _order(memberships: Mapping[str, Membership]) -> list[str]:
    """The departments, the primary one first; the others in an order that does not tell when they were joined."""
    return sorted(memberships, key=lambda id: (not memberships[id].joined.startswith(FIRST), id))


def restated(seen: Situation, made: Verdict) -> bool:
    """Whether the standing says something else, whatever day it was computed for."""
    old = seen.standing
    return old is None or any(old[name] != value for name, value in made.standing.items() if name != "day")
