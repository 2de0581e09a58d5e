"""`huaming states`: what every account must be on a day, a JSON line a user (design: roster states)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from mappings.model import Org, Person, Presence, Reason
from mappings.plain import person_presence, primary_department
from scim_server.operate.desk import Desk
from scim_server.settings import SystemSettings
from scim_server.store.people import all_subjects, read_org, read_roll, was_active
from scim_server.systems import plain_presence, shown


def states(desk: Desk, day: str) -> Iterator[dict[str, Any]]:
    """All users, those to come and those that have left too, in the order of their creation."""
    with desk.reader() as connection:
        org = read_org(connection)
        for lot in all_subjects(connection, "person"):
            for _, line in states_of(connection, lot, day, desk, org):
                yield line


def states_of(
    connection: Connection, subjects: Sequence[str], day: str, desk: Desk, org: Org
) -> Iterator[tuple[Person, dict[str, Any]]]:
    """The named users, each with its line."""
    for person in _as_of(connection, subjects, day, desk.clock.today()):
        yield person, state_of(person, day, org, desk.settings.systems)


def _as_of(connection: Connection, subjects: Sequence[str], day: str, today: str) -> list[Person]:
    people = list(read_roll(connection, subjects, "").people.values())
    if day >= today:
        return people
    active = was_active(connection, subjects, day)
    return [replace(person, active=active.get(person.subject, person.active)) for person in people]


def state_of(person: Person, day: str, org: Org, configured: dict[str, SystemSettings]) -> dict[str, Any]:
    """One user's line."""
    there = person_presence(person, day)[0] is not Presence.REMOVED
    home = primary_department(person, org) if there else None
    departments = [key for key in person.groups if key in org.departments and org.departments[key].code]
    concurrent = sorted(key for key in departments if home is None or key != home.key) if there else []
    return {
        "externalId": person.key,
        "systems": {name: _presence(name, person, day, configured).value for name in shown(configured)},
        "primary": home.key if home else None,
        "concurrent": concurrent,
        "articles": [why(person, day, configured)[0].article],
        "anomalies": [],
    }


def why(person: Person, day: str, configured: Mapping[str, SystemSettings]) -> tuple[Reason, str | None]:
    """(reason, review_on): of the system that keeps a removed account longest, and the first day that changes any."""
    found = [
        person_presence(person, day, days) for days in sorted({0, *(each.keep_days for each in configured.values())})
    ]
    return found[-1][1], min((review_on for _, _, review_on in found if review_on), default=None)


def _presence(name: str, person: Person, day: str, configured: Mapping[str, SystemSettings]) -> Presence:
    keep_days = configured[name].keep_days if name in configured else 0
    return plain_presence(name, configured, person_presence(person, day, keep_days)[0])
