"""A spell of service, and which facts live in it (Precedence 3, S6). Pure.

In a new spell the facts of the one before are dead, except an investigation that is still open on its
first day. A fact from the days between two spells belongs to the next, but for an assignment, which
must start in the spell that it serves.
"""

from dataclasses import dataclass

from mappings.facts import Assignment, Facts, Span, StatusEvent


@dataclass(frozen=True, slots=True)
class Spell:
    """From a hire to a departure.

    `out_since`: the first day of the stretch without service before it, its own first day where the spell
    before ran until the eve; None for the first spell. `idle_hires`: hires in it, until the day that was
    asked, that follow no departure.
    """

    hire: StatusEvent
    out_since: str | None = None
    idle_hires: int = 0

    @property
    def id(self) -> str:
        """The `value` of the hire, whatever its date becomes."""
        return self.hire.value

    @property
    def start(self) -> str:
        """The report day."""
        return self.hire.effective

    @property
    def inbound(self) -> bool:
        """Whether the person came on loan from outside the district, and goes home some day."""
        return self.hire.entry_route in ("secondment-in", "attachment-in")

    def assignments(self, facts: Facts) -> list[Assignment]:
        """The posts of this spell; in the first one all that do not end before it."""
        if self.out_since is None:
            return [each for each in facts.assignments if each.end is None or each.end >= self.start]
        return [each for each in facts.assignments if each.start >= self.start]

    def cases(self, facts: Facts) -> list[StatusEvent]:
        """The investigations of this spell, and those still open on its first day."""
        return [each for each in facts.events if each.type == "investigation" and self._reaches(each)]

    def _reaches(self, case: StatusEvent) -> bool:
        return case.effective >= self.start or case.end is None or case.end >= self.start

    def has(self, start: str) -> bool:
        """Whether a lock or mark of that first day is of this spell, not of one before."""
        return self.out_since is None or start >= self.out_since

    def marks(self, spans: "tuple[Span, ...]") -> "tuple[Span, ...]":
        """The marks that live in this spell."""
        return spans if self.out_since is None else tuple(each for each in spans if self.has(each.start))

    def is_left_by(self, day: str) -> bool:
        """Whether a departure of that day ends this spell, not the one before it."""
        return day > self.start or (day == self.start and self.out_since != self.start)
