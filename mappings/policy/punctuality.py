"""Whether a letter that is owed came, and when: on time, late, missing (article 五, A02, A03). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from mappings.calendar import Calendar, Deadline, deadline
from mappings.facts import AddedMember, Letter, Marks, mark_name
from mappings.policy.letters import Owed
from mappings.policy.readings import DEFAULT, Readings

State = Literal["on-time", "late", "missing", "open"]
_WORST: tuple[State, ...] = ("missing", "open", "late", "on-time")


@dataclass(frozen=True, slots=True)
class Share:
    """What one department has done of a letter. `sent`: the ISO day; None: nothing on record."""

    sender: str
    sent: str | None
    state: State


@dataclass(frozen=True, slots=True)
class Case:
    """A letter owed, its deadline, and the share of each department. Open until all have written."""

    owed: Owed
    deadline: Deadline
    shares: tuple[Share, ...]

    @property
    def state(self) -> State:
        """The worst share decides: one that is missing, then one that may still come, then one that was late."""
        states = {each.state for each in self.shares}
        return next((each for each in _WORST if each in states), "open")


def case(owed: Owed, marks: Marks, day: str, calendar: Calendar, readings: Readings = DEFAULT) -> Case:
    """The letter as it stands on an ISO day. Nothing is late or missing by a provisional deadline."""
    until = deadline(owed.rule, owed.event, calendar, readings.count_start_day)
    known = [each for each in _on_record(marks) if each.recorded <= day and _matches(each, owed)]
    return Case(owed, until, tuple(_share(sender, known, until, day) for sender in owed.senders))


def reply(due: str | None, provisional: bool, came: str | None, day: str) -> State | None:
    """A reply that a letter waits for (四), as it stands on an ISO day; `came`: the day of the last of it, None: it may
    still come. None while its clock does not run: the letter has not been delivered.
    """
    if came is not None and came <= day:
        return "late" if due is not None and came > due and not provisional else "on-time"
    if due is None:
        return None
    return "missing" if day > due and not provisional else "open"


def _on_record(marks: Marks) -> Iterable[Letter]:
    yield from marks.letters
    for member in marks.added_members:
        if member.letter_on is not None:
            yield Letter(_member(member), "change", member.letter_on)


def _member(member: AddedMember) -> str:
    return mark_name(f"member of {member.department}", member.start)


def _matches(letter: Letter, owed: Owed) -> bool:
    return letter.covers in owed.covers and (letter.kind, letter.phase) == (owed.kind, owed.phase)


def _share(sender: str, letters: Iterable[Letter], until: Deadline, day: str) -> Share:
    days = [each.sent or each.recorded for each in letters if not each.senders or sender in each.senders]
    sent = min(days, default=None)
    overdue = (sent or day) > until.due and not until.provisional
    if sent is None:
        return Share(sender, None, "missing" if overdue else "open")
    return Share(sender, sent, "late" if overdue else "on-time")
