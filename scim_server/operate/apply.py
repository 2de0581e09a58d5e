"""`huaming apply`: lets exactly what somebody has seen be done, and says what has moved since (S24).

The plan is made again, from the same file of requests where there was one. What is as it was shown gets a permit by
its digest, so the guard lets it pass uncounted; everything else is as if nobody had looked.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from scim_server.operate.apply_compare import Comparison, compare
from scim_server.operate.apply_push import Pushed, push
from scim_server.operate.apply_right import folded, objection, rejected_ones
from scim_server.operate.apply_rows import Pending, pending_of
from scim_server.operate.desk import Desk
from scim_server.operate.planning import Progress, Scope, planned
from scim_server.operate.planning_keep import lots
from scim_server.operate.pushed_file import PushedFile
from scim_server.operate.pushed_trial import Tried, tried
from scim_server.store import plans
from scim_server.store.plans import ShownRow
from scim_server.store.targets import standing


class NotNow(Exception):
    """It cannot be applied as things stand; nothing was sent. The argument is a sentence."""


MOVED = "会收回账号或权限的操作有变动，未发出任何操作；请重新查看计划，或加 --partial 只执行没有变动的"


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody asks for. `partial`: what has not moved may go, though something else has.

    Who pushes the file is the cause of what comes of it, so `approver`, somebody else, lets it pass the guard;
    without one the guard decides (S24).
    """

    digest: str
    by: str
    file: PushedFile | None = None
    partial: bool = False
    skip_refused: bool = False
    approver: str | None = None

    @property
    def voucher(self) -> str | None:
        """In whose name what was shown passes the guard; None: in nobody's."""
        return self.approver if self.file else self.approver or self.by


@dataclass(slots=True)
class Applied:
    """What came of it. `let_pass`: operations that were shown and may go now, `people`: of so many."""

    digest: str
    let_pass: int = 0
    people: int = 0
    comparison: Comparison = field(default_factory=Comparison)
    refused: str | None = None  # why nothing was done
    pushed: Pushed | None = None

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "digest": self.digest,
            "applied": self.refused is None and (self.pushed is None or self.pushed.whole),
            "operations": self.let_pass,
            "people": self.people,
            "done_before": self.comparison.done,
            "moved": [each.shown() for each in self.comparison.moved],
            "refused": self.refused,
            "pushed": self.pushed.shown() if self.pushed else None,
        }


def apply(desk: Desk, order: Order, progress: Progress = lambda _: None) -> Applied:
    """Raises NotNow, RequestsRefused, Unreachable, Busy, OSError."""
    if order.file and order.approver and folded(order.approver) == folded(order.by):
        raise NotNow(f"{order.by} 就是推送这份文件的人，不能由本人放行；请由另一人批准")
    shown, rows = _found(desk, order)
    result = Applied(shown.digest)
    with tried(desk, order.file, order.skip_refused) if order.file else nullcontext() as trial:
        now = _now(desk, shown.system, trial, progress)
        open_ones = _enforced(desk, now, order.partial)
        result.comparison = compare(rows, (row for each in now for row in each.steps), _done(desk, rows, shown.at))
        if result.comparison.dangerous and not order.partial:
            result.refused = MOVED
            return result
    chosen = _permitted(desk, order, _chosen(open_ones, result))
    result.let_pass = sum(len(each.steps) for each in chosen)
    result.people = len({each.subject for each in chosen if each.is_person})
    _let_pass(desk, order, shown, chosen, due=trial is None)
    if trial is not None:
        result.pushed = push(desk, trial, order.by)
        if result.pushed.whole:
            _let_pass(desk, order, shown, chosen, due=True)
        else:
            result.refused = "请求在推送中被拒绝，已停止；其后的请求没有推送"
            _take_back(desk, chosen)
    return result


def _found(desk: Desk, order: Order) -> tuple[plans.Shown, list[ShownRow]]:
    with desk.reader() as connection:
        pushed = order.file.digest if order.file else None
        try:
            shown = plans.find(connection, order.digest, pushed, desk.clock.now())
        except plans.NoSuchPlan as error:
            raise NotNow(str(error)) from error
        return shown, plans.rows_of(connection, shown.id)


def _now(desk: Desk, system: str | None, trial: Tried | None, progress: Progress) -> list[Pending]:
    scope = Scope(system, store=trial.store, names=trial.names) if trial else Scope(system)
    return [pending_of(each) for each in planned(desk, scope, progress) if each.steps]


def _done(desk: Desk, rows: Sequence[ShownRow], since: float) -> frozenset[tuple[Any, ...]]:
    with desk.reader() as connection:
        return plans.done_since(connection, rows, since)


def _enforced(desk: Desk, now: Sequence[Pending], partial: bool) -> list[Pending]:
    """Nothing is sent to a system that is only observed (S13). Raises NotNow; `partial`: its rows stay away instead."""
    with desk.reader() as connection:
        modes = {each.name: each.mode or standing(connection, each.name).mode for each in desk.targets()}
    watched = sorted({each.system for each in now if modes[each.system] == "observe"})
    if watched and not partial:
        raise NotNow("；".join(_observed(desk, system) for system in watched))
    return [each for each in now if each.system not in watched]


def _observed(desk: Desk, system: str) -> str:
    fixed = desk.settings.systems[system].mode is not None if system in desk.settings.systems else False
    how = "在配置文件中改 mode" if fixed else f"运行 huaming adopt --system {system} --enforce --by 姓名"
    return f"{system} 现为只读，未发出任何操作；要写入请先{how}，或加 --partial 只执行其他系统"


def _chosen(now: Sequence[Pending], result: Applied) -> list[Pending]:
    """The rows that are as they were shown; whose row has anything dangerous that moved is not among them."""
    budget = Counter(result.comparison.agreed)
    return [each for each in now if _agrees(each, budget)]


def _permitted(desk: Desk, order: Order, chosen: Sequence[Pending]) -> list[Pending]:
    """Raises NotNow where they may not let it pass; `partial`: without what was rejected."""
    with desk.reader() as connection:
        rejected = rejected_ones(connection, chosen) if order.partial else frozenset()
        left = [each for each in chosen if each.approval not in rejected]
        why = objection(connection, left, order.voucher or order.by)
    if why is not None:
        raise NotNow(why)
    return left


def _let_pass(desk: Desk, order: Order, shown: plans.Shown, chosen: Sequence[Pending], due: bool) -> None:
    """Permits, and who stands for them. Where requests are to be pushed permits go before, and rows are due after."""
    by = order.voucher
    for lot in lots(_permits(chosen) if by else ([each.system, each.subject, None] for each in chosen)):
        desk.run("plan-apply", plan=shown.id, digest=shown.digest, by=by or order.by, due=due, rows=lot)


def _take_back(desk: Desk, chosen: Sequence[Pending]) -> None:
    """What was not pushed must not find a permit some day."""
    for lot in lots(_permits(chosen)):
        desk.run("plan-take-back", rows=lot)


def _permits(chosen: Sequence[Pending]) -> Iterator[Sequence[str | None]]:
    """[system, subject, the digest of what is dangerous in it, or None]."""
    return ([each.system, each.subject, each.permit or None] for each in chosen)


def _agrees(each: Pending, budget: Counter[str]) -> bool:
    """Whether all that is dangerous in the row is as it was shown."""
    unseen = [row for row in each.steps if not _spend(budget, row.digest)]
    return not any(row.dangerous for row in unseen) and len(unseen) < len(each.steps)


def _spend(budget: Counter[str], digest: str) -> bool:
    budget[digest] -= 1
    return budget[digest] >= 0
