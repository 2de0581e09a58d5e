"""A person in service on one day: the running spell, and the facts that live in it. Pure.

Every item of the regulation is asked with this one value (`articles`).
"""

from dataclasses import dataclass

from mappings.facts import AddedMember, Assignment, Facts, Marks, Span, StatusEvent
from mappings.model import Org
from mappings.policy import gates
from mappings.policy.days import NEVER, day_after, unbroken_since
from mappings.policy.departures import EVENT, Departure, departures, first
from mappings.policy.readings import IN_POST, STAFF, Readings
from mappings.policy.spells import Spell


@dataclass(frozen=True, slots=True)
class Lock(Span):
    """The days of a lock under 二(四) or 二(五). `ref`: the fact it rests on; `own_end`: its end, before any gate."""

    ref: str = ""
    own_end: str | None = None

    def waits(self, day: str) -> bool:
        """Whether nothing but a missing letter keeps it up on that day."""
        return self.own_end is not None and self.own_end < day and self.holds(day)

    @property
    def free_on(self) -> str:
        """The first day without it."""
        return NEVER if self.end is None else day_after(self.end)


@dataclass(frozen=True, slots=True)
class Service:
    """What the policy looks at.

    `assignments`, `cases`, `absences`, `suspensions` and `ways_out` are the spell's, those to come too;
    `leaving` is the departure that has ended it, where one has.
    """

    facts: Facts
    marks: Marks
    day: str
    org: Org
    readings: Readings
    spell: Spell
    assignments: list[Assignment]
    cases: list[StatusEvent]
    absences: list[Lock]
    suspensions: list[Lock]
    ways_out: list[Departure]
    leaving: Departure | None

    def needs(self, system: str) -> bool:
        """Whether the person needs that system: as said, else yes for staff and no for the others (A05)."""
        said: bool | None = getattr(self.facts.needs, system)
        return self.facts.category in STAFF if said is None else said

    @property
    def shows_departure(self) -> bool:
        """Whether the roster itself has a departure of this spell, of the day or before."""
        return any(each.source == EVENT and each.recorded <= self.day for each in self.ways_out)

    @property
    def opened_on(self) -> str:
        """The first day on which accounts of the spell may exist."""
        return gates.opened_on(self.spell, self.marks, self.readings)

    @property
    def held(self) -> bool:
        """Whether an exit is held back on the day (C06)."""
        return any(each.held.holds(self.day) for each in self.ways_out)

    @property
    def other_locks(self) -> list[StatusEvent]:
        """Locks for other reasons in force on the day."""
        return [
            each
            for each in self.facts.events
            if each.type == "other-lock"
            and self.spell.has(each.effective)
            and each.effective <= self.day
            and (each.end is None or self.day <= each.end)
        ]

    @property
    def bare_locks(self) -> list[Span]:
        """`active: false` with no event behind it, in force on the day."""
        return [each for each in self.marks.bare_locks if self.spell.has(each.start) and each.holds(self.day)]

    @property
    def added_members(self) -> list[AddedMember]:
        """Departments joined by SCIM, in force on the day."""
        return [each for each in self.marks.added_members if self.spell.has(each.start) and each.holds(self.day)]


def service(facts: Facts, marks: Marks, spell: Spell, day: str, org: Org, readings: Readings) -> Service:
    """The person in that spell, seen on that day."""
    assignments, cases = spell.assignments(facts), spell.cases(facts)
    absences = [
        _lock(each.value, each.start, each.end, marks, readings)
        for each in assignments
        if each.scope == "outbound" and not each.relation_transferred
    ]
    suspensions = [
        _lock(each.value, each.effective, each.end if each.outcome in IN_POST else None, marks, readings)
        for each in cases
        if each.work_suspended
    ]
    ways_out = departures(facts, marks, spell, readings)
    living = (assignments, cases, absences, suspensions, ways_out)
    return Service(facts, marks, day, org, readings, spell, *living, first(ways_out, day))


def _lock(ref: str, start: str, end: str | None, marks: Marks, readings: Readings) -> Lock:
    return Lock(start, gates.unlocked_after(ref, end, marks, readings), ref, end)


def holding(locks: list[Lock], day: str) -> Lock | None:
    """The first of those in force on the day."""
    found = [each for each in locks if each.holds(day)]
    return min(found, key=lambda each: (each.start, each.ref), default=None)


def lifted(service: Service, locks: list[Lock]) -> Lock | None:
    """The one that ended last, before the day. None where another absence, suspension or held exit was in force then
    and has been since: nothing was unlocked (C01, C11).
    """
    ended = [each for each in locks if each.free_on <= service.day]
    last = max(ended, key=lambda each: (each.free_on, each.ref), default=None)
    held = (each.held for each in service.ways_out if each.barred)
    since = unbroken_since([*service.absences, *service.suspensions, *held], service.day) if last else None
    return None if last and since and since < last.free_on else last
