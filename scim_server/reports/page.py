"""What the sync report's page shows, made from rows that pass by once; its size is bounded, its totals are not."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mappings.model import Action
from scim_server.reports.rows import OpenRow, Standing, SyncRow, SystemRow
from scim_server.reports.summary import Summary, SystemSummary

MOST_ROWS = 2000  # operations of one system on the page
MOST_OPEN = 200  # rows of one system and one standing on the page


@dataclass(slots=True)
class SystemPart:
    """One system's part of the page: the newest operations by action, each action's oldest first."""

    name: str
    summary: SystemSummary
    state: SystemRow | None
    by_action: dict[str, list[SyncRow]]
    shown: int


@dataclass(slots=True)
class Page:
    """A page under way: feed it every row, then ask for its parts."""

    summary: Summary = field(default_factory=Summary)
    most_rows: int = MOST_ROWS
    most_open: int = MOST_OPEN
    _newest: dict[str, deque[SyncRow]] = field(default_factory=dict)
    _open: dict[Standing, list[OpenRow]] = field(default_factory=lambda: defaultdict(list))
    _told: dict[tuple[str, Standing], int] = field(default_factory=lambda: defaultdict(int))

    def read(self, rows: Iterable[SyncRow], standing: Iterable[OpenRow]) -> None:
        for row in rows:
            self.summary.add(row)
            self._newest.setdefault(row.system, deque(maxlen=self.most_rows)).append(row)
        for open_row in standing:
            self.summary.add_open(open_row)
            self._tell(open_row)

    def _tell(self, row: OpenRow) -> None:
        place = (row.system, row.standing)
        if self._told[place] < self.most_open:
            self._told[place] += 1
            self._open[row.standing].append(row)

    def standing(self) -> list[tuple[Standing, int, list[OpenRow]]]:
        """What stands open, the most urgent standing first: how many there are, and those that are shown."""
        return [
            (standing, sum(each.standing[standing] for each in self.summary.systems.values()), self._open[standing])
            for standing in Standing
            if self._open[standing]
        ]

    def shown_open(self) -> list[OpenRow]:
        return [row for _, _, rows in self.standing() for row in rows]

    def parts(self, states: Mapping[str, SystemRow]) -> list[SystemPart]:
        """The systems by name, those without any operation too."""
        return [self._part(name, states.get(name)) for name in sorted({*self.summary.systems, *states})]

    def _part(self, name: str, state: SystemRow | None) -> SystemPart:
        rows = self._newest.get(name, deque())
        by_action: dict[str, list[SyncRow]] = {action: [] for action in Action}
        for row in rows:
            by_action.setdefault(row.action, []).append(row)
        filled = {action: those for action, those in by_action.items() if those}
        return SystemPart(name, self.summary.of(name), state, filled, len(rows))

    def history(self) -> list[SyncRow]:
        """All that is shown, in the order of time: one person's history."""
        return sorted((row for rows in self._newest.values() for row in rows), key=lambda row: (row.time, row.id))
