"""The vocabulary of the house: frozen values that every room understands (design: Vocabulary).

Nothing here reads a clock, a file or a network. Attribute values are tuples of
strings in the spelling of the target system: an empty tuple says "read, and
absent"; an attribute that is missing from a mapping was not read and is never
compared (S17).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self


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

    `key` is the externalId (else the SCIM id); `parent` is the key of the parent
    department; `code` is None for a plain group, which is never primary or concurrent (S1).
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

    `key` is the externalId, else the SCIM id (S11). `groups` are the keys of the
    Groups joined, in the order of joining (S1: the first department is primary).
    `manager` is the manager's account in the system at hand, where it is known.
    `created` and `removed` are ISO civil days in Asia/Shanghai.
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
    active: bool = True
    groups: tuple[str, ...] = ()
    manager: "Ref | None" = None
    created: str = ""
    removed: str | None = None


@dataclass(frozen=True, slots=True)
class Ref:
    """How the hub addresses an account in one system.

    `remote_id` is the system's own stable id (entryUUID), once known; `name` is its
    address as last read back (a DN). A connector finds by `remote_id`, else by
    `key`; never by `name` alone (S11).
    """

    subject: str
    kind: Kind
    key: str
    remote_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Memberships:
    """Departments and groups of an account: keys on the desired side, remote ids as observed.

    `primary` is None in a system that does not tell a primary department from the others.
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
class Desired:
    """What must be true of one account on one day.

    `reason` explains the presence; `because` explains operations that rest on something else.
    `login` is the name that the system must not give to two subjects (S5). `spell`
    is the spell of service (S6). `review_on` is the first later ISO day on which the
    answer may change by itself. `unfit` says in a sentence why the system cannot
    hold a value; such a row is parked before any call (S11).
    """

    state: AccountState
    reason: Reason
    because: Mapping[Action, Reason] = field(default_factory=dict)
    login: str | None = None
    spell: str | None = None
    review_on: str | None = None
    unfit: str | None = None

    def why(self, action: Action) -> Reason:
        """The reason of an operation of that kind."""
        return self.because.get(action, self.reason)


@dataclass(frozen=True, slots=True)
class Operation:
    """One change to one account, explained.

    `before` and `after` hold only what the operation changes (all of it for create
    and remove). `group` is the group of a join or leave. A connector gets the
    operation with an id and without its reason (S18): see `order`.
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
    """Nothing had to be done: the system was in that state."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Accepted, not finished (S22). Look again after so many seconds."""

    after: float
    state: str


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
class Capabilities:
    """What a system can do, as data."""

    kinds: frozenset[Kind] = frozenset({Kind.PERSON, Kind.GROUP})
    managed: frozenset[str] = frozenset()  # attributes compared and written
    unreadable: frozenset[str] = frozenset()  # written, never read back, never drift
    locks: bool = True
    members_per_call: int = 1
    ends_sessions: bool | None = None  # S30: does a lock end live sessions? None is unknown


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


JSON = Mapping[str, Any]
