"""`huaming activity gather`: every system that can tell is asked who used it (四). In a process of its own."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from scim_server.clock import SHANGHAI
from scim_server.operate.desk import Desk
from scim_server.operate.pacing import Patience
from scim_server.reconcile.target import Target
from scim_server.review.gather import Gathered, Source, gather

Progress = Callable[[int], None]
BACK = timedelta(days=32)  # a rolling month and a day: what the check looks back over
TERMINALS = {"pc": "电脑", "mobile": "手机", "device": "设备", "any": "不分终端"}


def ask_systems(
    desk: Desk, systems: Sequence[str], since: datetime, until: datetime, progress: Progress = lambda _: None
) -> list[Gathered]:
    """One system after the other; one that fails keeps no other from being asked."""
    return [_asked(desk, each, since, until, progress) for each in desk.targets() if each.name in systems]


def _asked(desk: Desk, target: Target, since: datetime, until: datetime, progress: Progress) -> Gathered:
    patience = Patience(desk, target)

    def ask(step: str, number: int) -> None:
        patience.step(step, number)
        progress(number)

    with desk.reader() as reader:
        return gather(Source(target.name, target.connect, ask), reader, since, until, desk.run, desk.clock)


def line(found: Gathered) -> str:
    """In a sentence."""
    if found.error is not None:
        return f"{found.system}：未能读取，不作任何认定：{found.error}"
    if not found.told:
        return f"{found.system}：无数据（该系统不提供使用记录，可用 huaming activity import 导入后台导出）"
    told = (
        f"{found.system}：有使用记录的账号 {found.evidence}，从未启用 {found.never}，不属于任何人的账号 {found.strange}"
    )
    odd = f"，时间在未来而未采用 {found.implausible}" if found.implausible else ""
    stretches = "；".join(
        f"{TERMINALS[each.terminal]} {_local(each.since)} 至 {_local(each.until)}" for each in found.watched
    )
    return f"{told}{odd}；{'完整记录：' + stretches if stretches else '没有可据以认定无操作的完整记录（无数据）'}"


def _local(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def shown(found: Gathered) -> dict[str, object]:
    """As JSON."""
    return {
        "system": found.system,
        "source": found.told,
        "evidence": found.evidence,
        "never": found.never,
        "strangers": found.strange,
        "implausible": found.implausible,
        "error": found.error,
        "watched": [
            {
                "terminal": each.terminal,
                "source": each.source,
                "since": each.since.isoformat(),
                "until": each.until.isoformat(),
                "lag": each.lag,
            }
            for each in found.watched
        ],
    }
