"""What a connector is: the hand that reads and writes one system, and decides nothing.

A connector owns its wire and its table of codes to outcomes (an unlisted code is
Refused, never Retry). It owns no database, no sleep and no clock: `now` and
`monotonic` are handed to its constructor. One connector serves one thread.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from connectors.errors import ConnectorError
from mappings.model import AccountState, Capabilities, Finding, Operation, Outcome, Page, Ref


class Connector(Protocol):
    """The small protocol that every system's connector fulfils and the contract suite demands."""

    def describe(self) -> Capabilities:
        """What the system can do. No I/O."""
        ...

    def check(self) -> Iterable[Finding]:
        """What `doctor` shows. May write a test account, and leaves nothing behind."""
        ...

    def observe(self, ref: Ref) -> AccountState | None:
        """The account as it is; None only when it is surely absent. Raises ConnectorError when in doubt."""
        ...

    def observe_all(self, cursor: str | None) -> Page:
        """All persons' accounts, a page at a time."""
        ...

    def departments(self, cursor: str | None) -> Page:
        """All groups, a page at a time."""
        ...

    def apply(self, operation: Operation) -> Outcome:
        """Does one operation. Idempotent: what is so already is AlreadySo."""
        ...

    def close(self) -> None:
        """Ends the connection; the next call opens it again."""
        ...


@runtime_checkable
class Pipelined(Protocol):
    """Optional: many requests in flight on one connection. Results come in the order of the arguments."""

    def observe_each(self, refs: Sequence[Ref]) -> list[AccountState | ConnectorError | None]:
        """Like `observe`, each; an error stands in its place in the list instead of being raised."""
        ...

    def apply_each(self, operations: Sequence[Operation]) -> list[Outcome]:
        """Like `apply`, each; operations of one call concern different accounts, or different groups of one."""
        ...


@dataclass(frozen=True, slots=True)
class Members:
    """Part of a group's members: the names of accounts, as an AccountState has them. `cursor` None: nothing follows."""

    names: Sequence[str]
    cursor: str | None = None


@runtime_checkable
class MemberLists(Protocol):
    """Optional: a group tells its members. Who reads everybody need not ask of each in which groups it is (S17)."""

    def observe_bare(self, cursor: str | None) -> Page:
        """Like `observe_all`, without memberships."""
        ...

    def members(self, group: AccountState, cursor: str | None) -> Members:
        """Who is in a group that was just read, foreign members too, a page at a time. Raises ConnectorError."""
        ...


Terminal = Literal["pc", "mobile", "device", "any"]  # device: a door; any: one of them, it is not told which
Strength = Literal["proof", "evidence"]  # somebody used it; it may have been something else

# Called before each request or lot with the step of `Capabilities.costs` and how many of it; it may wait (S25).
Asking = Callable[[str, int], None]


def freely(step: str, number: int) -> None:
    """Nobody counts the calls."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Evidence that an account was used. `at` is aware, in UTC; `source` is a word of the system's: door, login.

    `key`: ours, as the account bears it, empty where it bears none; `remote_id`: the system's own, where it is told.
    `slack`: seconds by which the latest use may lie after `at`: the system notes only some of them.
    """

    key: str
    at: datetime
    source: str
    terminal: Terminal = "any"
    strength: Strength = "proof"
    remote_id: str | None = None
    slack: float = 0.0


@dataclass(frozen=True, slots=True)
class Watched:
    """Any use at that terminal between these instants is in the report, or has left its mark there.

    `lag`: seconds by which the source may tell late; already taken off `until`.
    """

    terminal: Terminal
    source: str
    since: datetime
    until: datetime
    lag: float = 0.0


@dataclass(frozen=True, slots=True)
class ActivityReport:
    """What a system tells of a stretch of time.

    `last`: the latest evidence of each account, by its remote id where it is told, else by its key. `never`: the
    remote ids of accounts that surely were never used since they were made. `watched`: empty where the source sees
    some uses only: who is in neither may have been active all the same (S30).
    """

    last: Mapping[str, Activity] = field(default_factory=dict)
    never: frozenset[str] = frozenset()
    watched: tuple[Watched, ...] = ()


@runtime_checkable
class ActivitySource(Protocol):
    """Optional: the system can tell who used it. Each account has one line: the latest."""

    def last_seen(self, since: datetime, until: datetime, ask: Asking = freely) -> ActivityReport:
        """Evidence of use in that stretch (aware instants), for everybody; before it only where it costs nothing.

        As far back as the system tells: `watched` says how far. Raises ConnectorError: there is no half report.
        """
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be brought to people's notice in a system. `number` is ours, and unique: it stands in the subject.

    `to`: the accounts that get it; `departments`: those whose people in charge do. `form`: field names of
    the form and their values, where the notice is a process with a form; `attachments` as (name, bytes).
    `leaves` is asked once, right before it leaves: where it says no, nothing is sent, and the outcome is Retry.
    """

    number: str
    subject: str
    text: str
    to: tuple[Ref, ...] = ()
    departments: tuple[Ref, ...] = ()
    form: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[tuple[str, bytes], ...] = ()
    leaves: Callable[[], bool] = lambda: True


@runtime_checkable
class Letters(Protocol):
    """Optional: the system can bring a letter to people."""

    def carries_files(self) -> bool:
        """Whether a notice may have attachments; else its text must say everything. No I/O."""
        ...

    def send(self, notice: Notice) -> Outcome:
        """Sends it once: a notice whose number the system shows already is AlreadySo, and a lost answer is Unknown.

        It is looked up before it is sent, always; an outcome that says "not done" is sure of it.
        """
        ...


@runtime_checkable
class Biometrics(Protocol):
    """Optional: the system keeps faces."""

    def erase_face(self, ref: Ref) -> Outcome:
        """Deletes the faces of an account, and has read back that they are gone when it says Done."""
        ...


@runtime_checkable
class Credentials(Protocol):
    """Optional: an account can be given a first password (S15)."""

    def set_initial(self, ref: Ref, password: str) -> Outcome:
        """Sets it, to be changed at the first log-in where the system can demand that. It is in no log and no error."""
        ...


@runtime_checkable
class Protecting(Protocol):
    """Optional: what is protected cannot be told from the configuration by eye: filters, our own account (S16)."""

    def protects(self, states: Sequence[AccountState]) -> Sequence[bool]:
        """Whether each of these accounts or departments, as just observed, is never written. Raises ConnectorError."""
        ...


@runtime_checkable
class Metered(Protocol):
    """Optional: it counts its calls, so that what was drawn of a window and not needed is given back (S25)."""

    def spent(self) -> Mapping[str, int]:
        """Calls by verb of `Capabilities.windows` since the last time this was asked."""
        ...
