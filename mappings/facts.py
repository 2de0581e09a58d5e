"""What the roster knows of a person beyond the account: facts with dates, and the marks kept beside them. Frozen.

The names are those of the roster's extension (`scim.schemas`); days are ISO civil days in
Asia/Shanghai. A start is the first day of the new state, an end the last day of the old; an end that
lies before the start was never in force.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    """One post, past, present or to come.

    `kind`: primary, concurrent, secondment, attachment. `scope`: internal, outbound (to a body outside
    the district), inbound (from one). Departments are keys of Groups.
    """

    value: str
    kind: str
    scope: str
    start: str
    end: str | None = None
    planned_end: str | None = None
    department: str | None = None
    sending_department: str | None = None
    receiving_department: str | None = None
    external_organization: str = ""
    position: str = ""
    relation_transferred: bool = False
    letter_ref: str = ""

    def open_on(self, day: str) -> bool:
        """Whether the person holds the post on that day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """A hire, a suspension or a departure. Who investigates is no input of any rule and is not here."""

    value: str
    type: str
    effective: str
    end: str | None = None
    entry_route: str | None = None
    work_suspended: bool = False
    outcome: str | None = None
    reason: str = ""
    letter_ref: str = ""


@dataclass(frozen=True, slots=True)
class AccessNeeds:
    """Which systems the person needs; None: not said."""

    oa: bool | None = None
    wecom: bool | None = None
    attendance: bool | None = None


NOT_SAID = AccessNeeds()


@dataclass(frozen=True, slots=True)
class Facts:
    """The roster's extension of a User, in any order."""

    category: str
    leader_level: str = "none"
    needs: AccessNeeds = NOT_SAID
    assignments: tuple[Assignment, ...] = ()
    events: tuple[StatusEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a mark: a bare lock (`active: false`), or a deletion by SCIM."""

    start: str
    end: str | None = None

    def holds(self, day: str) -> bool:
        """Whether it is in force on that day."""
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass(frozen=True, slots=True)
class AddedMember(Span):
    """A member that SCIM added to a department Group. `letter_on`: the day on which its letter was recorded."""

    department: str = ""
    letter_ref: str = ""
    letter_on: str | None = None


@dataclass(frozen=True, slots=True)
class Ruling(Span):
    """A dated, signed entry by a person of the bureau (S28): `block`, or `reply-says-left`.

    `systems`: what a block names. `departure`: the type of departure that a reply gives.
    """

    kind: str = "block"
    by: str = ""
    ended_by: str = ""
    systems: tuple[str, ...] = ("ldap", "oa", "wecom")
    departure: str | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter on record, as far as the policy asks for it.

    `covers`: the `value` of an event or assignment, or the name of a mark (`mark_name`). `kind`: open,
    change, cancel. `phase`: start or end of what it covers. `recorded`: the ISO day on which the hub got to
    know it; `sent`: the day on which it counts as sent, where that is another one. `senders`: top
    departments; none: all who owe it, in a joint letter.
    """

    covers: str
    kind: str
    recorded: str
    phase: str = "start"
    sent: str | None = None
    senders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marks:
    """What the hub keeps beside the document. `facts_from`: the day on which a plain user was given facts."""

    bare_locks: tuple[Span, ...] = ()
    deleted: tuple[Span, ...] = ()
    added_members: tuple[AddedMember, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    letters: tuple[Letter, ...] = ()
    facts_from: str | None = None


NO_MARKS = Marks()


def mark_name(kind: str, start: str) -> str:
    """What a letter covers where no fact of the roster bears a `value`: "bare-lock from 2026-03-10"."""
    return f"{kind} from {start}"
