"""The totals of a sync report, system by system, counted while the rows pass by."""

from collections import Counter
from dataclasses import dataclass, field

from mappings.model import Action
from scim_server.reports.lags import Lags
from scim_server.reports.rows import FAILED, OpenRow, Standing, SyncRow

OperationKind = tuple[str, str, str, str | None]
"""System, action, article and outcome of an operation; the outcome is None while it is under way."""


@dataclass(slots=True)
class SystemSummary:
    """One system's totals. Every operation counts once: done (by action), already so, failed, not sent or under way."""

    done: Counter[str] = field(default_factory=Counter)
    already_so: int = 0
    failed: Counter[str] = field(default_factory=Counter)  # by action
    not_sent: int = 0
    under_way: int = 0
    protected: int = 0  # of those that failed: tries on what must never be written (S16)
    standing: Counter[Standing] = field(default_factory=Counter)
    lags: Lags = field(default_factory=Lags)

    def add(self, row: SyncRow) -> None:
        if row.outcome == "done":
            self.done[row.action] += 1
        elif row.outcome == "already-so":
            self.already_so += 1
        elif row.outcome in FAILED:
            self.failed[row.action] += 1
            self.protected += row.is_protected
        elif row.outcome == "not-sent":
            self.not_sent += 1
        else:
            self.under_way += 1
        if row.seconds is not None:
            self.lags.add(row.seconds)

    def add_open(self, row: OpenRow) -> None:
        self.standing[row.standing] += 1

    @property
    def total(self) -> int:
        return self.settled + self.failures + self.not_sent + self.under_way

    @property
    def settled(self) -> int:
        """Done, or so already."""
        return self.done.total() + self.already_so

    @property
    def failures(self) -> int:
        return self.failed.total()

    @property
    def parked(self) -> int:
        """Everything parked, conflicts among it."""
        return self.standing[Standing.PARKED] + self.standing[Standing.CONFLICT]

    @property
    def p50(self) -> float | None:
        """Seconds from the change in the roster to the read-back: half took no longer."""
        return self.lags.quantile(0.50)

    @property
    def p95(self) -> float | None:
        return self.lags.quantile(0.95)

    def figures(self) -> dict[str, int]:
        """The figures by their names in English, for those who count again."""
        by_action = {_FIGURES[action]: self.done[action] for action in Action}
        return by_action | {
            "failed": self.failures,
            "parked": self.parked,
            "waiting": self.standing[Standing.WAITING],
            "held": self.standing[Standing.HELD],
        }


_FIGURES = {
    Action.CREATE: "created",
    Action.UPDATE: "changed",
    Action.LOCK: "locked",
    Action.UNLOCK: "unlocked",
    Action.REMOVE: "removed",
    Action.JOIN: "joined",
    Action.LEAVE: "left",
}


@dataclass(slots=True)
class Summary:
    """The totals of all systems, by name."""

    systems: dict[str, SystemSummary] = field(default_factory=dict)
    by_kind: Counter[OperationKind] = field(default_factory=Counter)

    def of(self, system: str) -> SystemSummary:
        return self.systems.setdefault(system, SystemSummary())

    @property
    def total(self) -> int:
        return sum(each.total for each in self.systems.values())

    def add(self, row: SyncRow) -> None:
        self.of(row.system).add(row)
        self.by_kind[row.system, row.action, row.article, row.outcome] += 1

    def kinds(self) -> list[tuple[OperationKind, int]]:
        """(system, action, article, outcome) with their numbers, in order."""
        return sorted(self.by_kind.items(), key=lambda item: tuple(each or "" for each in item[0]))

    def add_open(self, row: OpenRow) -> None:
        self.of(row.system).add_open(row)
