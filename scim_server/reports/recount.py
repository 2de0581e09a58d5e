"""Counts again from the trace: what a report says must be what the sealed record says (S26)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from scim_server.reports.period import EVER, Period
from scim_server.reports.summary import OperationKind
from scim_server.store.trace import ALWAYS, CONFIRMED, END, recount
from scim_server.store.trace_tables import trace

SHOWN = 5  # differences that are named


@dataclass(frozen=True, slots=True)
class Check:
    """The numbers of both sides; `differing`: what differs, in words."""

    reported: int
    traced: int
    differing: Sequence[str] = ()

    @property
    def agrees(self) -> bool:
        """Whether the report is what the trace says."""
        return not self.differing and self.reported == self.traced

    @property
    def sentence(self) -> str:
        """One line for the report."""
        if self.agrees:
            return f"与留痕核对：一致（报告 {self.reported:,} 项，留痕 {self.traced:,} 项）。"
        named = "；".join([*self.differing[:SHOWN], *(["等"] if len(self.differing) > SHOWN else [])])
        return f"与留痕核对：不一致（报告 {self.reported:,} 项，留痕 {self.traced:,} 项：{named}）。"


def check(
    connection: Connection, counted: Counter[OperationKind], period: Period = EVER, system: str | None = None
) -> Check:
    """Operations by system, action, article and outcome, of the same period and system."""
    span = (period.since or ALWAYS[0], period.until or ALWAYS[1])
    rows = (each for each in recount(connection, span) if system in (None, each.system))
    traced: Counter[OperationKind] = Counter(
        {(each.system, each.action, each.article, each.outcome): each.number for each in rows}
    )
    kinds = sorted({*counted, *traced}, key=lambda kind: tuple(each or "" for each in kind))
    differing = [_difference(kind, counted[kind], traced[kind]) for kind in kinds if counted[kind] != traced[kind]]
    return Check(counted.total(), traced.total(), differing)


def _difference(kind: OperationKind, reported: int, traced: int) -> str:
    return f"{' '.join(each or '进行中' for each in kind)} 报告 {reported:,}，留痕 {traced:,}"


def confirmed(connection: Connection, attempts: Sequence[str]) -> dict[str, str]:
    """Of these attempts, those that the trace calls read back: their stamps."""
    ends = select(trace.c.attempt, trace.c.read_back).where(
        trace.c.kind == END, trace.c.attempt.in_(attempts), trace.c.outcome.in_(CONFIRMED)
    )
    return {attempt: at for attempt, at in connection.execute(ends)}
