"""The vocabulary of the house: frozen values that every room understands (design: Vocabulary).

Nothing here reads a clock, a file or a network. Attribute values are tuples of strings in the spelling of the target
system: an empty tuple says "read, and absent"; a missing attribute was not read and is never compared (S17).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from mappings.facts import NO_MARKS, Facts, Marks


class Presence(StrEnum):
    """What an account is: usable, there but disabled, or not there at all."""

    ACTIVE = "active"
    LOCKED = "locked"
    REMOVED = "removed"


class Kind(StrEnum):
    """What a subject is. A department (and a plain Group) is a subject too."""

    PERSON = "person"
    GROUP = "group"


class Action(StrEnum):
    """What an operation does to one account."""

    CREATE = "create"
    UPDATE = "update"
    LOCK = "lock"
    UNLOCK = "unlock"
    REMOVE = "remove"
    JOIN = "join"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Department:
    """A SCIM Group: a department where it carries the roster's Group extension, else a plain group.

    `key` is the externalId, else the SCIM id; `code` is None for a plain group, which is never primary (S1).
    """

    subject: str
    key: str
    name: str
    code: str | None = None
    kind: str | None = None
    parent: str | None = None
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Org:
    """An immutable snapshot of the departments as they are now, by key."""

    departments: Mapping[str, Department] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Roster truth about one user, validated.

    `key` is the externalId, else the SCIM id (S11). `groups` are the keys of the Groups joined, in the order of
    joining (S1: the first department is primary). `manager` is the manager's account in the system at hand, where it
    is known. `created` and `removed` are ISO civil days in Asia/Shanghai. `facts` is None for a plain user (S1).
    """

    subject: str
    key: str
    user_name: str
    formatted: str = ""
    family_name: str = ""
    given_name: str = ""
    display_name: str = ""
    title: str = ""
    mail: str = ""
    mobile: str = ""
    active: bool = True
    groups: tuple[str, ...] = ()
    manager: "Ref | None" = None
    created: str = ""
    removed: str | None = None
    facts: Facts | None = None
    marks: Marks = NO_MARKS


@dataclass(frozen=True, slots=True)
class Ref:
    """How the hub addresses an account in one system.

    `remote_id` is the system's own stable id (entryUUID), once known; `name` is its address as last read back (a DN).
    A connector finds by `remote_id`, else by `key`; never by `name` alone (S11). `former`: an address that it had until
    now, by which groups may name it still: an update or a removal sees to those as well.
    `incarnation` counts the accounts made for the subject there, the one to be made included (S22); 0: none.
    `private`: what the connector said last with Pending, for itself alone (S22). `sought`: how the account was
    asked for, while our own attempt to create it is on record: what carries no key is found by that alone.
    `root`: the district itself, in a system that has it already: never created, renamed or deleted (S7).
    """

    subject: str
    kind: Kind
    key: str
    remote_id: str | None = None
    name: str | None = None
    former: str | None = None
    incarnation: int = 0
    private: str | None = None
    sought: "AccountState | None" = None
    root: bool = False


@dataclass(frozen=True, slots=True)
class Memberships:
    """Departments and groups of an account: keys on the desired side, remote ids as observed.

    `primary` is None where the system knows none, or it is none of ours; it is not among the `concurrent`.
    """

    primary: str | None = None
    concurrent: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account, desired or observed: the same type for both."""

    key: str
    presence: Presence
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    memberships: Memberships | None = None
    remote_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """The public face of why (S18): an article of the regulation, and one neutral Chinese sentence."""

    article: str
    text: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to one account, explained.

    `before` and `after` hold only what the operation changes (all of it for create and remove). `group` is the group
    of a join or leave; where a system has primary departments (`Capabilities.primary`) also the department of a
    person's create, and the new one of an update that moves: `after.memberships.primary` is its key,
    `before.memberships.primary` the key of the old one, None where that is none of ours and so is kept (S12).
    A connector gets the operation with an id and without its reason (S18): see `order`.
    """

    system: str
    action: Action
    ref: Ref
    before: AccountState | None
    after: AccountState | None
    reason: Reason | None
    group: Ref | None = None
    id: str = ""

    def order(self, id: str) -> Self:
        """The same operation as a connector may see it."""
        return replace(self, id=id, reason=None)


@dataclass(frozen=True, slots=True)
class Done:
    """The system says that it did it. A success only once it has been read back."""


@dataclass(frozen=True, slots=True)
class AlreadySo:
    """Nothing had to be done: the system was in that state. `at`: since when (aware), where it tells."""

    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted, not finished (S22). Look again in `after` seconds, with `private` in the Ref; None: what it was."""

    after: float
    state: str
    private: str | None = None


@dataclass(frozen=True, slots=True)
class Retry:
    """Not done, and worth another try. `after` in seconds where the system said so."""

    text: str
    after: float | None = None
    outage: bool = False  # the system as a whole does not answer: the breaker counts it, not the row


@dataclass(frozen=True, slots=True)
class Refused:
    """Not done, and the same request will never be: the row parks."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Conflict:
    """Something that is not ours stands in the way; `holder` names it. The row parks."""

    holder: str
    text: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The answer was lost: observe before repeating."""

    text: str


Outcome = Done | AlreadySo | Pending | Retry | Refused | Conflict | Unknown


@dataclass(frozen=True, slots=True)
class Window:
    """So many calls of one verb of the vendor's interface in any stretch of so many seconds (S25)."""

    verb: str
    calls: int
    seconds: float


ACTIONS = frozenset(Action)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a system can do, as data.

    `costs`: for "observe" and each action, how many calls of each verb of `windows` it takes at most. `leaves`: what a
    removal leaves for a person to do, in a Chinese sentence (S14). `settles`: seconds in which it may still take what
    hung on a removed account from its successor of the same name.
    """

    kinds: frozenset[Kind] = frozenset({Kind.PERSON, Kind.GROUP})
    actions: frozenset[Action] = ACTIONS  # on a person; nothing else is ever asked for
    managed: frozenset[str] = frozenset()  # attributes compared and written
    unreadable: frozenset[str] = frozenset()  # written, never read back, never drift
    unlisted: frozenset[str] = frozenset()  # read of one account, and not carried by a complete read (S17)
    primary: bool = False  # an account lives in one department, and cannot be without
    members_per_call: int = 1
    ends_sessions: bool | None = None  # S30: does a lock end live sessions? None is unknown
    windows: tuple[Window, ...] = ()
    costs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    leaves: str = ""
    settles: float = 0.0


@dataclass(frozen=True, slots=True)
class Page:
    """Part of a complete read. Only `complete` with no `cursor` says that nobody else is there."""

    accounts: tuple[AccountState, ...]
    cursor: str | None
    complete: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a check: will it work? `level` is ok, warning or error; `remedy` is what to type or paste."""

    level: str
    text: str
    remedy: str = ""
