"""What stands open as problems: one thing that went wrong for ten thousand people is one problem, with examples."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from scim_server.reports.next_steps import NextStep, next_step, sentence, step_for_all
from scim_server.reports.rows import OpenRow, Standing

EXAMPLES = 5
MOST = 500  # problems that are kept apart; all beyond are counted under one heading a system and standing
# What differs from person to person in one and the same sentence: what is quoted or in brackets, addresses, numbers.
_OWN = re.compile(
    r"「[^」]*」|“[^”]*”|'[^']*'|\"[^\"]*\"|（[^（）]*）|\([^()]*\)"
    r"|[\w.+-]+@[\w.-]+|\w+=[^,，；\s]+|[\w-]*\d[\w-]*",
    re.ASCII,
)
_OTHERS = "其他各种原因，见 csv、xlsx、json"


@dataclass(slots=True)
class Problem:
    """One cause in one system. `since`: the stamp since when the oldest of them has stood open; `number` of all."""

    system: str
    standing: Standing
    sentence: str
    approval: str | None = None
    number: int = 0
    since: str | None = None
    latest: str | None = None
    examples: list[OpenRow] = field(default_factory=list)

    @property
    def step(self) -> NextStep:
        """What to do about it: for one, or for all of them at once."""
        row = self.examples[0]
        return next_step(row) if self.number == 1 else step_for_all(row)

    def add(self, row: OpenRow) -> None:
        """Counts one row, the first few by name."""
        self.number += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(row)
        if row.since is not None:
            self.since = min(self.since or row.since, row.since)
            self.latest = max(self.latest or row.since, row.since)


class Problems:
    """Rows put together as they pass by; the number of problems is bounded, the number of rows is not."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._found: dict[tuple[str, Standing, str], Problem] = {}

    def read(self, rows: Iterable[OpenRow]) -> None:
        """Counts every row."""
        for row in rows:
            self.add(row)

    def add(self, row: OpenRow) -> None:
        """Counts one row."""
        told = sentence(row)
        place = (row.system, row.standing, row.approval or shape(told))
        if place not in self._found and len(self._found) >= self._most:
            told, place = _OTHERS, (row.system, row.standing, _OTHERS)
        problem = self._found.get(place)
        if problem is None:
            problem = self._found[place] = Problem(row.system, row.standing, told, row.approval)
        problem.add(row)

    def worst_first(self) -> list[Problem]:
        """Those that a person must look at first: by standing, then by number."""
        order = list(Standing)
        return sorted(
            self._found.values(),
            key=lambda each: (order.index(each.standing), -each.number, each.system, each.sentence),
        )


def shape(text: str) -> str:
    """A sentence without what in it belongs to one person."""
    return " ".join(_OWN.sub("…", text).split())
