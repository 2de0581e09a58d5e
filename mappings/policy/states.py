"""The question that the whole house asks: what must be true of this person's accounts on that day? Pure.

The same facts and marks give the same answer, in whatever order they arrived (Precedence 12).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from mappings.model import Action, Org, Person, Presence, Reason
from mappings.policy import anomalies, attendance, chains, plain_users
from mappings.policy.days import NEVER, day_after
from mappings.policy.decision import (
    IN_SERVICE,
    LEFT,
    LOCKED,
    NEEDS,
    NOT_YET,
    RESTORED,
    STRICTER,
    UPDATED,
    WAITING,
    Decision,
    public_article,
)
from mappings.policy.memberships import NONE, departments
from mappings.policy.readings import DEFAULT, NAMED, Readings
from mappings.policy.service import Service, service
from mappings.policy.standing import GONE, NOT_YET_JOINED, Standing, nothing
from mappings.policy.succession import spells

ALL_WAIT: Mapping[str, Reason] = dict.fromkeys(NAMED, WAITING)


def states(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> Standing:
    """What must be on an ISO day, and the first later day on which that changes by itself."""
    now = standing(person, day, org, readings)
    for later in turning_days(person, day):
        if standing(person, later, org, readings) != now:
            return replace(now, review_on=later)
    return now


def standing(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> Standing:
    """The same without a look ahead."""
    seen = in_service(person, day, org, readings)
    if seen is not None:
        return _left(seen) if seen.leaving else _employed(seen)
    if person.facts is None or _before_facts(person, day):
        return plain_users.standing(person, day, org, readings)
    return nothing(NOT_YET_JOINED, NOT_YET)


def in_service(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> Service | None:
    """The spell that has begun by that day, with what lives in it; None before any, and without facts."""
    if person.facts is None or _before_facts(person, day):
        return None
    begun = spells(person.facts, person.marks, day, readings)
    return service(person.facts, person.marks, begun[-1], day, org, readings) if begun else None


def serves(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> bool:
    """Whether a spell runs on that day or is to begin: who may be added to a department (S4)."""
    if standing(person, day, org, readings).spell is not None:
        return True
    later = [each.effective for each in person.facts.events if each.type == "hire"] if person.facts else []
    return any(day < each and standing(person, each, org, readings).spell is not None for each in later)


def _before_facts(person: Person, day: str) -> bool:
    """A plain user who was given facts is plain before that day."""
    return person.marks.facts_from is not None and day < person.marks.facts_from


def _left(seen: Service) -> Standing:
    found = tuple(chains.applying(chains.CANCELLATION, seen))
    listed = tuple(sorted(anomalies.of_leaver(seen)))
    return Standing(
        GONE,
        dict.fromkeys(NAMED, LEFT),
        tuple(each.listed for each in found),
        tuple(public_article(each.listed) for each in found),
        anomalies=listed,
        public_anomalies=_public(listed),
        left_on=seen.leaving.effective if seen.leaving else None,
        left_spell=seen.spell.id,
        decisions=found,
    )


def _employed(seen: Service) -> Standing:
    locks = tuple(chains.applying(chains.LOCKING, seen))
    articles = tuple(sorted({each.listed for each in locks})) or ("一",)
    if seen.opened_on > seen.day:
        listed = tuple(sorted([*anomalies.of_leaver(seen), "opening-waits-for-letter"]))
        systems, reasons, places = GONE, ALL_WAIT, NONE
    else:
        places = departments(seen)
        listed = tuple(sorted(anomalies.of_employed(seen, places)))
        systems, reasons = _systems(seen, locks)
        if systems["ldap"] is Presence.REMOVED:
            places = NONE
    return Standing(
        systems,
        reasons,
        articles,
        tuple(sorted({public_article(each) for each in articles})),
        places.primary,
        places.concurrent,
        listed,
        _public(listed),
        seen.spell.id,
        decisions=locks,
    )


def _systems(seen: Service, locks: tuple[Decision, ...]) -> tuple[Mapping[str, Presence], Mapping[str, Reason]]:
    """From the needs, the strictest of all locks in each system; LDAP follows the other three (A01)."""
    needed = {system: seen.needs(system) for system in ("oa", "wecom", "attendance")}
    needed["ldap"] = any(needed.values())
    systems = {each: Presence.ACTIVE if needed[each] else Presence.REMOVED for each in NAMED}
    reasons = {each: IN_SERVICE if needed[each] else NEEDS for each in NAMED}
    taken = [(system, presence) for lock in locks for system, presence in lock.effect.items()]
    if needed["attendance"] and attendance.kept_down(seen):
        taken.append(("attendance", Presence.REMOVED))
    for system, presence in taken:
        if needed[system] and STRICTER[presence] > STRICTER[systems[system]]:
            systems[system], reasons[system] = presence, LOCKED
    return systems, reasons


def _public(listed: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for each in listed if each not in anomalies.RESTRICTED)


def because(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> dict[Action, Reason]:
    """The public reasons of operations that rest on something else than the presence."""
    found = {Action.UNLOCK: RESTORED, Action.REMOVE: LEFT}
    found |= dict.fromkeys((Action.UPDATE, Action.JOIN, Action.LEAVE), UPDATED)
    seen = in_service(person, day, org, readings)
    if seen is None:
        return found
    if seen.leaving:
        return found | {Action.UPDATE: LEFT, Action.LEAVE: LEFT}
    speaking = {
        Action.CREATE: chains.first(chains.OPENING, seen),
        Action.UPDATE: chains.latest(chains.MOVING, seen),
        Action.JOIN: chains.latest((chains.first_of(chains.OPENING), *chains.MOVING, *chains.JOINING), seen),
        Action.LEAVE: chains.latest((*chains.MOVING, *chains.ENDING), seen),
    }
    return found | {action: decision.public for action, decision in speaking.items() if decision}


def decisions(person: Person, day: str, org: Org, readings: Readings = DEFAULT) -> tuple[Decision, ...]:
    """Every item that bears on the person, restricted: for those who may see why, and why not."""
    seen = in_service(person, day, org, readings)
    if seen is None:
        return ()
    if seen.leaving:
        return tuple(chains.applying(chains.CANCELLATION, seen))
    opened = chains.first(chains.OPENING, seen)
    bearing = (chains.LOCKING, chains.RESTORING, chains.MOVING, chains.JOINING, chains.ENDING, chains.REMARKS)
    said = [each for chain in bearing for each in chains.applying(chain, seen)]
    return (*([opened] if opened else []), *said)


def turning_days(person: Person, day: str) -> list[str]:
    """Every later day that a date in the facts or marks makes a first day of something, in order."""
    return sorted({each for each in _turning_days(person) if day < each < NEVER})


def _turning_days(person: Person) -> Iterator[str]:
    yield person.created
    marks = person.marks
    if person.facts is not None:
        for post in person.facts.assignments:
            yield post.start
            yield from (day_after(each) for each in (post.end, post.planned_end) if each)
        for event in person.facts.events:
            yield event.effective
            yield from (day_after(each) for each in (event.end,) if each)
    for span in (*marks.bare_locks, *marks.deleted, *marks.added_members, *marks.rulings):
        yield span.start
        yield from (day_after(each) for each in (span.end,) if each)
    yield from (each.letter_on for each in marks.added_members if each.letter_on)
    yield from (each.recorded for each in marks.letters)
    yield from (each for each in (marks.facts_from,) if each)
