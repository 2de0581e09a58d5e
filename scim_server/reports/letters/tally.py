"""Lateness by department (article five): who wrote in time, late, not at all."""

from collections import Counter
from dataclasses import dataclass, field

from scim_server.reports.letters.rows import STATES, LetterRow


@dataclass(slots=True)
class Department:
    """One department's letters, counted."""

    key: str
    name: str
    states: Counter[str] = field(default_factory=Counter)
    provisional: int = 0  # of those that are open: their deadline may still move

    @property
    def owed(self) -> int:
        """All of them."""
        return self.states.total()

    @property
    def lateness(self) -> float | None:
        """The share, of those that were due, that came late or not at all; None where none was due yet."""
        due = self.owed - self.states["open"]
        return (self.states["late"] + self.states["missing"]) / due if due else None


@dataclass(slots=True)
class Tally:
    """All departments."""

    departments: dict[str, Department] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    hidden: int = 0

    def add(self, row: LetterRow) -> None:
        """Counts one row."""
        mine = self.departments.setdefault(row.sender, Department(row.sender, row.sender_name))
        mine.states[row.state] += 1
        mine.provisional += row.provisional and row.state == "open"
        self.states[row.state] += 1

    def hide(self, number: int) -> None:
        """Counts letters that are left out."""
        self.hidden += number

    def worst_first(self) -> list[Department]:
        """Those with the most that are missing first, then late, then by code."""
        return sorted(
            self.departments.values(), key=lambda each: (-each.states["missing"], -each.states["late"], each.key)
        )


HEADINGS = {"单位": 24, "代码": 14, "应发函": 10} | dict.fromkeys(STATES.values(), 10) | {"期限暂定": 10, "逾期率": 10}


def totals(department: Department) -> list[str | float | None]:
    """One department under HEADINGS."""
    late = department.lateness
    counted = [float(department.states[state]) for state in STATES]
    share = "—" if late is None else f"{late:.0%}"
    return [department.name, department.key, float(department.owed), *counted, float(department.provisional), share]
