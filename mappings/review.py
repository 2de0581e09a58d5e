"""Whom the monthly check asks about, whom it leaves out and why, and who is addressed (四, A12, A15, A16, A25). Pure.

Instants are aware datetimes, days ISO civil days in Asia/Shanghai. Asked about is only an account that was active on
every day of the window, by the policy and by what was sent to the system.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from mappings.calendar import SHANGHAI
from mappings.model import Action, Org, Person, Presence
from mappings.plain import person_presence, primary_department
from mappings.policy.days import days_after
from mappings.policy.decision import LOCKED as BY_LETTER
from mappings.policy.decision import NEEDS
from mappings.policy.departments import top
from mappings.policy.plain_users import LOCKED as SWITCHED_OFF
from mappings.policy.readings import DEFAULT, LOCKLESS, Readings
from mappings.policy.standing import PLAIN, Standing
from mappings.policy.states import standing, turning_days

# why an account is left out
NEW = "new"  # opened inside the window
LOCKED = "locked"  # at the moment of the check
UNLOCKED = "unlocked"  # it was locked at some time inside the window
REMOVED = "removed"  # who had it has left
NOT_NEEDED = "not-needed"  # no account is to be in that system
NEEDS_CHANGED = "needs-changed"  # no account is to be there any more, and inside the window there was
NOT_OPENED = "not-opened"  # it is not due yet, or waits for its letter
PROTECTED = "protected"  # the house never writes it (S16)
ABSENT = "absent"  # none is on record there
PARKED, HELD = "parked", "held"  # nobody knows whether it is as it should be
NOT_ACTIVE = "not-active"  # it should be, and was not when it was read last
REASONS = (
    *(NEW, LOCKED, UNLOCKED, REMOVED, NOT_NEEDED, NEEDS_CHANGED),
    *(NOT_OPENED, PROTECTED, ABSENT, PARKED, HELD, NOT_ACTIVE),
)

NOT_THROUGHOUT = "not-throughout"
"""The public face of whatever would tell, by itself or because it is missing, that somebody was locked (S18)."""
_RESTRICTED = frozenset({NEW, LOCKED, UNLOCKED, REMOVED, NEEDS_CHANGED, NOT_ACTIVE})

BOTH: tuple["Office", ...] = ("party", "government")
Office = Literal["party", "government"]
LEADERS: dict[str, tuple[Office, ...]] = {
    "district-party": ("party",),
    "district-government": ("government",),
    "district-both": BOTH,
}


def public(reason: str) -> str:
    """The face of a reason for whoever may not see who is locked."""
    return NOT_THROUGHOUT if reason in _RESTRICTED else reason


def month_back(at: datetime) -> datetime:
    """The same time of the same day a month before; of a day that the month has not, its last (03-31: 02-28)."""
    local = at.astimezone(SHANGHAI)
    eve = local.replace(day=1) - timedelta(days=1)
    return eve.replace(day=min(local.day, eve.day))


@dataclass(frozen=True, slots=True)
class Window:
    """A rolling month back from the instant of a check."""

    start: datetime
    end: datetime

    @property
    def first(self) -> str:
        """The civil day in which it begins."""
        return self.start.astimezone(SHANGHAI).date().isoformat()

    @property
    def last(self) -> str:
        """The civil day of the check: one who is locked on it is not asked about either."""
        return self.end.astimezone(SHANGHAI).date().isoformat()


class State(NamedTuple):
    """What an account must be in a stretch of the window. `why`: of one that is not active, a reason of REASONS."""

    presence: Presence
    why: str = ""


ACTIVE = State(Presence.ACTIVE)


@dataclass(frozen=True, slots=True)
class Account:
    """What is on record of an account in one system.

    `state`: of its link, None without one. `presence`: as it was read last. `sent`: what was sent inside the window
    and read back.
    """

    state: str | None = None
    there: bool = False
    presence: Presence | None = None
    protected: bool = False
    sent: Collection[Action] = ()


NO_ACCOUNT = Account()


def through(person: Person, window: Window, org: Org, readings: Readings = DEFAULT) -> list[Standing]:
    """What had to be of a person with facts on each stretch of the window; between two turning days nothing changes."""
    turns = (day for day in turning_days(person, window.first) if day <= window.last)
    return [standing(person, day, org, readings) for day in (window.first, *turns)]


def served(stood: Sequence[Standing]) -> bool:
    """Whether any account was to be on any of these days, whatever for."""
    return any(each.spell is not None or (PLAIN in each.articles and each.left_on is None) for each in stood)


def states(stood: Sequence[Standing], system: str) -> list[State]:
    """The same of one of the named systems."""
    return [_state(each, system) for each in stood]


def _state(each: Standing, system: str) -> State:
    presence = each.systems[system]
    if presence is Presence.ACTIVE:
        return ACTIVE
    if each.left_on is not None:
        return State(presence, REMOVED)
    by_reason = {BY_LETTER: LOCKED, SWITCHED_OFF: LOCKED, NEEDS: NOT_NEEDED}
    return State(presence, by_reason.get(each.reasons[system], NOT_OPENED))


def plain_states(person: Person, window: Window, system: str, *, opened: bool, was_off: bool) -> list[State]:
    """Of a user without facts (S1). `opened`: the system is open to such; `was_off`: inactive at some time in it."""
    if not opened:
        return [State(Presence.REMOVED, NOT_NEEDED)]
    found = [_plain_state(person, day, system) for day in _days(window)]
    return [State(Presence.LOCKED, LOCKED), *found] if was_off else found


def _plain_state(person: Person, day: str, system: str) -> State:
    presence, _, _ = person_presence(person, day, system=system)
    if presence is Presence.LOCKED:
        return State(Presence.REMOVED if system in LOCKLESS else presence, LOCKED)
    if presence is Presence.REMOVED:
        return State(presence, NOT_OPENED if day < person.created else REMOVED)
    return ACTIVE


def _days(window: Window) -> Iterator[str]:
    day = window.first
    while day <= window.last:
        yield day
        day = days_after(day, 1)


def left_out(states: Sequence[State], account: Account = NO_ACCOUNT) -> str | None:
    """Why that account is not asked about; None: it was there and active throughout the window."""
    why = _by_policy(states)
    if why == NOT_NEEDED and account.sent:
        return NEEDS_CHANGED
    return why or _by_record(account)


def _by_policy(states: Sequence[State]) -> str | None:
    now, missed = states[-1], {each.why for each in states if each.presence is not Presence.ACTIVE}
    if now.presence is not Presence.ACTIVE:
        return now.why
    if not missed:
        return None
    return UNLOCKED if LOCKED in missed else NEW


def _by_record(account: Account) -> str | None:
    if account.protected:
        return PROTECTED
    if not account.there or account.state in (None, "gone"):
        return ABSENT
    if account.state in (PARKED, HELD):
        return account.state
    if account.presence is not Presence.ACTIVE:
        return NOT_ACTIVE
    if {Action.CREATE, Action.REMOVE} & set(account.sent):
        return NEW
    return UNLOCKED if {Action.LOCK, Action.UNLOCK} & set(account.sent) else None


@dataclass(frozen=True, slots=True)
class Routing:
    """Who is asked about district leaders (A15): both offices, or each its own. Keys of Groups; None: not set."""

    leaders: Literal["both", "own"] = "both"
    party: str | None = None
    government: str | None = None


class Asked(NamedTuple):
    """Of whom a person is. `department`: the top department, `office`: the Group of the primary; `to`: who is asked."""

    department: str | None
    office: str | None
    leader: bool
    to: tuple[str, ...]


def asked(person: Person, primary: str | None, org: Org, routing: Routing) -> Asked:
    """Who is asked about a person; nobody where there is no such department."""
    level = LEADERS.get(person.facts.leader_level if person.facts else "none")
    own = top(org, primary)
    if level is None:
        return Asked(own, primary, False, _writable(org, [own]))
    wanted = BOTH if routing.leaders == "both" else level
    keys = {"party": routing.party, "government": routing.government}
    offices = [keys[each] for each in wanted]
    found = _writable(org, offices)
    # a letter that must go to both never goes to one alone: where one is not there, nobody is asked, and that is listed
    return Asked(own, primary, True, found if len(found) == len(set(offices)) else ())


def _writable(org: Org, keys: Sequence[str | None]) -> tuple[str, ...]:
    """Those that are departments; the district itself is none."""
    found = [org.departments.get(key or "") for key in dict.fromkeys(keys)]
    return tuple(each.key for each in found if each is not None and each.code is not None and each.kind != "root")


def primary_of(person: Person, org: Org, stood: Sequence[Standing]) -> str | None:
    """The key of the primary department on the day of the check."""
    if person.facts is not None:
        return stood[-1].primary
    home = primary_department(person, org)
    return home.key if home else None
