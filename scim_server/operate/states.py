"""`huaming states`: what every account must be on a day, a JSON line a user (design: roster states)."""

from collections.abc import Iterator, Mapping
from typing import Any

from mappings.model import Person, Presence, Reason
from mappings.plain import person_presence, primary_department
from mappings.policy.days import days_after
from mappings.policy.readings import LOCKLESS
from mappings.policy.standing import Standing
from mappings.policy.states import standing
from scim_server.operate.desk import Desk
from scim_server.operate.plain_past import everybody
from scim_server.operate.reading import Frame, frame
from scim_server.settings import SystemSettings
from scim_server.systems import followed, plain_presence, shown


def states(desk: Desk, day: str, restricted: bool = False) -> Iterator[dict[str, Any]]:
    """All users, those to come and those that have left too, in the order of their creation."""
    with desk.reader() as connection:
        seen = frame(desk, connection)
        for person in everybody(connection, day, desk.clock.today()):
            yield state_of(person, day, seen, restricted)


def state_of(person: Person, day: str, seen: Frame, restricted: bool = False) -> dict[str, Any]:
    """One user's line; the public face, or the exact items and anomalies (S18)."""
    if person.facts is None:
        return _plain_line(person, day, seen)
    found = standing(person, day, seen.org, seen.readings)
    return {
        "externalId": person.key,
        "systems": {system: presence.value for system, presence in presences(found, day, seen).items()},
        "primary": found.primary,
        "concurrent": list(found.concurrent),
        "articles": list(found.articles if restricted else found.public_articles),
        "anomalies": list(found.anomalies if restricted else found.public_anomalies),
    }


def presences(found: Standing, day: str, seen: Frame) -> dict[str, Presence]:
    """By system: further ones follow a named one (item 六); a removed account may be kept, locked (S14)."""
    configured = seen.settings.systems
    return {name: _presence(name, configured.get(name), found, day) for name in shown(configured)}


def _presence(name: str, system: SystemSettings | None, found: Standing, day: str) -> Presence:
    if system is None:
        return found.systems[name]
    presence = found.systems[followed(system)]
    until = kept_until(found, system)
    return Presence.LOCKED if until is not None and day < until else presence


def kept_until(found: Standing, system: SystemSettings) -> str | None:
    """The ISO day on which a system removes the account of somebody who has left, where it keeps it before (S14)."""
    if found.left_on is None or not system.keep_days or system.kind in LOCKLESS:
        return None
    return days_after(found.left_on, system.keep_days)


def _plain_line(person: Person, day: str, seen: Frame) -> dict[str, Any]:
    there = person_presence(person, day)[0] is not Presence.REMOVED
    home = primary_department(person, seen.org) if there else None
    departments = [key for key in person.groups if (found := seen.org.departments.get(key)) and found.code]
    concurrent = sorted(key for key in departments if home is None or key != home.key) if there else []
    configured = seen.settings.systems
    return {
        "externalId": person.key,
        "systems": {name: plain_state(name, person, day, configured).value for name in shown(configured)},
        "primary": home.key if home else None,
        "concurrent": concurrent,
        "articles": [why(person, day, configured)[0].article],
        "anomalies": replies(person, day),
    }


def replies(person: Person, day: str) -> list[str]:
    """What is listed of a plain user: that a reply says that he has left (S28)."""
    return sorted({each.kind for each in person.marks.rulings if each.kind == "reply-says-left" and each.holds(day)})


def why(person: Person, day: str, configured: Mapping[str, SystemSettings]) -> tuple[Reason, str | None]:
    """(reason, review_on) of a plain user: of the system that keeps a removed account longest, and the first day that
    changes any."""
    found = [
        person_presence(person, day, days) for days in sorted({0, *(each.keep_days for each in configured.values())})
    ]
    return found[-1][1], min((review_on for _, _, review_on in found if review_on), default=None)


def plain_state(name: str, person: Person, day: str, configured: Mapping[str, SystemSettings]) -> Presence:
    """What must be of a plain user in one system."""
    system = configured.get(name)
    keep_days = system.keep_days if system else 0
    named = followed(system) if system else name
    return plain_presence(name, configured, person_presence(person, day, keep_days, named)[0])
