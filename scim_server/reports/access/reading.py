"""The rows of the access report: what must be, as the policy says it today, beside what was read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from mappings.model import Org, Person, Presence
from mappings.policy.decision import LEFT
from mappings.policy.posts import primary
from scim_server.reports.access.accounts import Accounts
from scim_server.reports.access.people import Wanted, lots
from scim_server.reports.access.rows import AccessRow
from scim_server.store.people import read_roll


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked for, and of whom: `state` answers the line of `huaming states` about a person, its public face.

    `systems`: those that are shown. `day`: today. `wanted`: None: all departments.
    """

    state: Callable[[Person], Mapping[str, Any]]
    systems: Sequence[str]
    org: Org
    day: str
    wanted: Wanted | None = None


def read_rows(connection: Connection, terms: Terms) -> Iterator[AccessRow]:
    """Everybody who has an account or must have one, by department; those of none first."""
    for lot in lots(connection, terms.org, terms.wanted):
        names = [subject for subject, _ in lot]
        people = read_roll(connection, names, "").people
        accounts = Accounts.read(connection, names)
        for subject, home in lot:
            row = _row(people[subject], home, accounts, terms)
            if row is not None:
                yield row


def _row(person: Person, home: str, accounts: Accounts, terms: Terms) -> AccessRow | None:
    told = terms.state(person)
    required = {system: Presence(told["systems"].get(system, Presence.REMOVED)) for system in terms.systems}
    if person.removed is not None or told["articles"] == [LEFT.article]:
        # what is kept for some days of somebody who has left (S14) is not missing where there is none
        required |= {system: Presence.REMOVED for system in required if accounts.gone(person.subject, system)}
    found = [accounts.of(person.subject, system, presence) for system, presence in required.items()]
    if all(each.verdict == "none" for each in found):
        return None
    left = person.removed is not None or all(each == Presence.REMOVED for each in told["systems"].values())
    department = home or _last_post(person, terms.day)
    if terms.wanted is not None and not terms.wanted.keys & {department, *told["concurrent"]}:
        return None
    return AccessRow(
        external_id=person.key,
        name=person.formatted or person.display_name or person.user_name,
        title=person.title,
        department=department,
        sheet=home,
        left=left,
        concurrent=told["concurrent"],
        groups=[key for key in person.groups if (group := terms.org.departments.get(key)) and group.code is None],
        articles=told["articles"],
        accounts=found,
    )


def _last_post(person: Person, day: str) -> str:
    """Where somebody was who has left."""
    post = primary(person.facts.assignments, day) if person.facts else None
    return (post.department if post else None) or ""
