"""Counts a check again from what was found of each account: its totals must be what its rows say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from scim_server.reports.zero_activity.words import VERDICTS, reason
from scim_server.store.review_reads import tally
from scim_server.store.review_tables import cases
from scim_server.store.reviews import SILENT, Review

Counted = Counter[tuple[str, str]]
SHOWN = 5  # differences that are named


@dataclass(frozen=True, slots=True)
class Recount:
    """The totals kept with the check, those of its rows, and by system how many silent accounts have a case."""

    reported: Counted
    counted: Counted
    asked: Counter[str]

    @property
    def agrees(self) -> bool:
        """Whether both say the same, and every silent account has its case."""
        return not self.differing

    @property
    def differing(self) -> list[str]:
        """What differs, in words."""
        keys = sorted({*self.reported, *self.counted})
        found = [_differs(key, self.reported[key], self.counted[key]) for key in keys]
        silent = {system: number for (system, what), number in self.counted.items() if what == SILENT}
        asked = [
            f"{system} 无操作 {silent.get(system, 0):,}，核查事项 {self.asked[system]:,}"
            for system in sorted({*silent, *self.asked})
            if silent.get(system, 0) != self.asked[system]
        ]
        return [each for each in found if each] + asked

    @property
    def accounts(self) -> tuple[int, int]:
        """How many accounts on each side."""
        return _accounts(self.reported), _accounts(self.counted)

    def sentence(self, restricted: bool) -> str:
        """One line for the report; what differs is named for those who may see every reason."""
        reported, counted = self.accounts
        said = f"（核查 {reported:,} 个账号，逐户记录 {counted:,} 个"
        if self.agrees:
            return f"与逐户记录核对：一致{said}）。"
        named = f"：{'；'.join(self.differing[:SHOWN])}" if restricted else ""
        return f"与逐户记录核对：不一致{said}{named}）。"


def recount(connection: Connection, review: Review) -> Recount:
    """Of one check that is whole."""
    asked = select(cases.c.system, func.count()).where(cases.c.review == review.id).group_by(cases.c.system)
    by_system: Counter[str] = Counter({system: number for system, number in connection.execute(asked)})
    return Recount(_counts(review.counts), _counts(tally(connection, review.id)), by_system)


def _counts(said: Mapping[str, Any]) -> Counted:
    found: Counted = Counter()
    for system, counts in said.items():
        for verdict in VERDICTS:
            found[system, verdict] += counts[verdict]
        for why, number in counts["reasons"].items():
            found[system, f"reason {why}"] += number
    return +found


def _accounts(counted: Counted) -> int:
    return sum(number for (_, what), number in counted.items() if what in VERDICTS)


def _differs(key: tuple[str, str], reported: int, counted: int) -> str:
    if reported == counted:
        return ""
    system, what = key
    word = VERDICTS.get(what) or f"不在核查之列（{reason(what.removeprefix('reason '))}）"
    return f"{system} {word} 报告 {reported:,}，记录 {counted:,}"
