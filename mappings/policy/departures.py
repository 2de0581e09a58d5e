"""The ways out of a spell, and how long the law holds some of them back (Precedence 4, 5; C06, A26). Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappings.facts import Assignment, Facts, Marks, Span, StatusEvent, mark_name
from mappings.policy.days import NEVER, day_after, day_before
from mappings.policy.readings import Readings
from mappings.policy.spells import Spell

EVENTS = ("retirement", "resignation", "death", "expulsion", "dismissal", "transfer-out", "other-departure")
BARRED = frozenset({"retirement", "resignation", "transfer-out", "other-departure"})

POSTED_AWAY = "posted-away"  # outbound, the personnel relation transferred
GONE_HOME = "gone-home"  # an inbound person without a post in the district
DELETED = "deleted"  # by SCIM
REPLY = "reply-says-left"  # a ruling
EVENT = "event"  # the roster says so
NOT_HELD = Span(NEVER)
_RANK = {EVENT: 0, POSTED_AWAY: 1, REPLY: 2, DELETED: 3, GONE_HOME: 4}


@dataclass(frozen=True, slots=True)
class Departure:
    """One way out of a spell.

    `type`: as of a status event. `recorded`: the day that it names. `effective`: the first day out, later
    where a case held it back; None while nobody knows when the case ends. `end`: the last day out, where it
    was undone. `ref`: the value of the event or assignment, or the name of the mark.
    """

    source: str
    type: str
    ref: str
    recorded: str
    effective: str | None
    end: str | None = None

    def stands(self, day: str) -> bool:
        """Whether it has the person out of service on that day."""
        return self.effective is not None and self.effective <= day and (self.end is None or day <= self.end)

    @property
    def out(self) -> Span:
        """The days out of service; none where nobody knows from when."""
        return Span(self.effective or NEVER, self.end)

    @property
    def barred(self) -> bool:
        """Whether a case held it back."""
        return self.effective != self.recorded

    @property
    def held(self) -> Span:
        """The days on which a case holds it back; none where it is not barred."""
        if not self.barred:
            return NOT_HELD
        ends = [each for each in (self.effective and day_before(self.effective), self.end) if each]
        return Span(self.recorded, min(ends, default=None))

    def barred_by(self, day: str) -> bool:
        """Whether it was held back on that day or before, and has not been undone."""
        return self.barred and self.recorded <= day and (self.end is None or day <= self.end)


def departures(facts: Facts, marks: Marks, spell: Spell, readings: Readings) -> list[Departure]:
    """Every way out of the spell on record, those to come too."""
    found = [*_from_events(facts, spell), *_from_marks(marks, spell)]
    if found and readings.barred_departure == "hold" and facts.category in readings.barred_categories:
        cases = spell.cases(facts)
        found = [_held_back(each, cases) for each in found]
    assignments = spell.assignments(facts)
    found += _posted_away(assignments, spell)
    if spell.inbound:
        found += _gone_home(assignments, spell)
    return found


def first(found: Sequence[Departure], day: str) -> Departure | None:
    """The one that took effect first of those that stand; going home yields to any other."""
    standing = [each for each in found if each.stands(day)]
    return min(standing, key=_order, default=None)


def _order(departure: Departure) -> tuple[bool, str, str, int, int, str]:
    effective, recorded = departure.effective or "", departure.recorded
    rank, item = _RANK[departure.source], EVENTS.index(departure.type)
    return departure.source == GONE_HOME, effective, recorded, rank, item, departure.ref


def _from_events(facts: Facts, spell: Spell) -> Iterator[Departure]:
    for each in facts.events:
        if each.type in EVENTS and spell.is_left_by(each.effective):
            yield Departure(EVENT, each.type, each.value, each.effective, each.effective)


def _from_marks(marks: Marks, spell: Spell) -> Iterator[Departure]:
    """A deletion counts as long as it stands, whatever hire came after it; a reply is ended by a later hire."""
    for each in marks.deleted:
        start = max(each.start, spell.start)
        if each.end is None or start <= each.end:
            yield Departure(DELETED, "other-departure", mark_name(DELETED, each.start), start, start, each.end)
    for ruling in marks.rulings:
        if ruling.kind == REPLY and ruling.start > spell.start and (ruling.end is None or ruling.start <= ruling.end):
            type, ref = ruling.departure or "other-departure", mark_name(REPLY, ruling.start)
            yield Departure(REPLY, type, ref, ruling.start, ruling.start, ruling.end)


def _held_back(departure: Departure, cases: Sequence[StatusEvent]) -> Departure:
    if departure.type not in BARRED or not cases:
        return departure
    effective = _first_free_day(departure.recorded, cases)
    return Departure(departure.source, departure.type, departure.ref, departure.recorded, effective, departure.end)


def _first_free_day(day: str, cases: Sequence[StatusEvent]) -> str | None:
    """The first day, from that one on, on which no case is open; None while an open one has no end and outcome."""
    while covering := [each for each in cases if _open(each, day)]:
        ends = [each.end for each in covering if each.outcome is not None and each.end is not None]
        if len(ends) < len(covering):
            return None
        day = day_after(max(ends))
    return day


def _open(case: StatusEvent, day: str) -> bool:
    return case.effective <= day and (case.end is None or case.outcome is None or day <= case.end)


def _posted_away(assignments: Sequence[Assignment], spell: Spell) -> Iterator[Departure]:
    """Final: whoever comes back is hired anew."""
    for each in assignments:
        if each.scope == "outbound" and each.relation_transferred:
            start = max(each.start, spell.start)
            if spell.is_left_by(start):
                yield Departure(POSTED_AWAY, "transfer-out", each.value, start, start)


def _gone_home(assignments: Sequence[Assignment], spell: Spell) -> Iterator[Departure]:
    """The days after a post has ended on which no other one in the district is open."""
    posts = sorted((each for each in assignments if each.scope != "outbound"), key=lambda each: each.start)
    until: str | None = None
    for each in posts:
        if until is not None and day_after(until) < each.start:
            yield _home(until, spell, day_before(each.start))
        if each.end is None:
            return
        until = each.end if until is None else max(until, each.end)
    if until is not None:
        yield _home(until, spell, None)


def _home(until: str, spell: Spell, end: str | None) -> Departure:
    start = max(day_after(until), spell.start)
    return Departure(GONE_HOME, "transfer-out", GONE_HOME, start, start, end)
