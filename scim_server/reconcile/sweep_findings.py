"""What a sweep finds, and whom it tells: it writes nothing itself (S17)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Connection

from connectors.base import Connector
from scim_server.clock import Clock
from scim_server.reconcile.target import Target

HEAL, REPORT, GRACE = "heal", "report", "grace"
# what is there instead: of a membership, a presence, an attribute, an account
EXTRA, ABSENT, LOCKED, ACTIVE, OTHER, GONE, REPLACED = (
    "extra",
    "absent",
    "locked",
    "active",
    "other",
    "gone",
    "replaced",
)


@dataclass(frozen=True, slots=True)
class Drift:
    """One value that is other than the roster says. `what`: an attribute, presence, memberships, missing or address.

    `group`: the key of the Group of a membership, else empty. `outcome`: heal, report or grace. `first_seen`: seconds
    since the epoch.
    """

    subject: str
    what: str
    group: str
    found: str
    outcome: str
    first_seen: float


@dataclass(slots=True)
class Tally:
    """The counts of one sweep, as the columns of `sweeps` have them."""

    accounts: int = 0
    departments: int = 0
    pages: int = 0
    members: int = 0
    compared: int = 0
    differences: int = 0
    healing: int = 0
    remaining: int = 0
    graced: int = 0
    missing: int = 0
    strange: int = 0
    orphans: int = 0

    def add(self, found: Sequence[Drift]) -> None:
        """Counts what was found."""
        self.differences += len(found)
        self.healing += sum(each.outcome == HEAL for each in found)
        self.remaining += sum(each.outcome == REPORT for each in found)
        self.graced += sum(each.outcome == GRACE for each in found)
        self.missing += sum(each.found in (GONE, REPLACED) for each in found)


class Sink(Protocol):
    """Where it goes: to whoever writes the store."""

    def found(self, drift: Sequence[Drift]) -> None:
        """For the record."""
        ...

    def due(self, subjects: Sequence[str]) -> None:
        """These rows look at once: what they see then decides."""
        ...

    def due_later(self, rows: Sequence[tuple[str, float]]) -> None:
        """These look at that moment (seconds since the epoch)."""
        ...

    def note(self, rows: Sequence[tuple[str, int, str]]) -> None:
        """(subject, epoch, record): they are as they should be, and remember it."""
        ...


def at_once(number: int) -> None:
    """The patience of who reads a system without windows."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a sweep of one system works with: a read connection of its own, and a connector of its own.

    `patience`: returns once so many accounts may be looked at (S25). `report_only`: nothing is made due.
    """

    target: Target
    connector: Connector
    reader: Connection
    clock: Clock
    sink: Sink
    patience: Callable[[int], None] = at_once
    report_only: bool = False
