"""`huaming status`: rows that are due, parked, held, waiting; which system does not answer; how far the days are."""

from typing import Any

from sqlalchemy import Connection

from scim_server.operate.desk import Desk
from scim_server.store import overdue, progress, returns, rolls
from scim_server.store.targets import standing
from scim_server.systems import policy_of

STATES = {"due": "待处理", "parked": "搁置", "held": "待批准", "waiting": "等待"}
DAYS = {
    rolls.DONE: "已更新到今日",
    rolls.DUE: "尚未更新到今日，由运行中的服务完成",
    rolls.CLOCK_BEHIND: "时钟早于已更新的日期，不作更新，请核对本机时间",
}


def status(desk: Desk) -> dict[str, Any]:
    """`{"systems": {"ldap": {"due", "parked", "held", "waiting", "mode", "failing", "error"}}, "days", "cases"}`.

    `days` is `{"today", "rolled", "state"}`: the last day that was rolled whole (S8), and done, due or clock-behind.
    `cases` is `{"repliesOverdue", "returns", "returnsOverdue"}`: letters, decisions that are wanted, ends that passed.
    """
    systems: dict[str, dict[str, Any]] = {}
    with desk.reader() as connection:
        counted = progress.counts(connection)
        for name, system in desk.settings.systems.items():
            known = standing(connection, name)
            systems[name] = dict.fromkeys(STATES, 0) | counted.get(name, {})
            systems[name] |= {"mode": system.mode or known.mode, "failing": known.failing_since is not None}
            systems[name] |= {"error": known.error}
        days = _days(desk, connection)
        cases = _cases(desk, connection)
    return {"systems": systems, "days": days, "cases": cases}


def _cases(desk: Desk, connection: Connection) -> dict[str, int]:
    today = desk.clock.today()
    return {
        "repliesOverdue": sum(overdue.dues(connection, today).values()),
        "returns": returns.counted(connection)[returns.OPEN],
        "returnsOverdue": sum(returns.past(connection, today).values()),
    }


def _days(desk: Desk, connection: Connection) -> dict[str, Any]:
    today, policy = desk.clock.today(), policy_of(desk.settings, desk.readings())
    state = rolls.state(connection, today, policy.fingerprint)
    return {"today": today, "rolled": rolls.rolled(connection), "state": state}


def lines(answer: dict[str, Any]) -> list[str]:
    """The same in Chinese, a line a system, and one for the days."""
    days = answer["days"]
    rolled = f"最近一次更新到 {days['rolled']}" if days["rolled"] else "从未更新"
    told = f"日期：今日 {days['today']}，{rolled}（{DAYS[days['state']]}）"
    return [*(_line(name, row) for name, row in answer["systems"].items()), told, *_case_lines(answer["cases"])]


def _case_lines(cases: dict[str, int]) -> list[str]:
    words = {"repliesOverdue": "逾期未复函", "returns": "到期待决定", "returnsOverdue": "已过计划结束日而名册未反映"}
    said = [f"{word} {cases[name]} 件" for name, word in words.items() if cases[name]]
    return [f"待办：{'，'.join(said)}"] if said else []


def _line(name: str, row: dict[str, Any]) -> str:
    counted = "，".join(f"{word} {row[state]}" for state, word in STATES.items())
    mode = {"observe": "只观察，不写入", "enforce": "写入"}.get(row["mode"] or "", "尚未确定")
    failing = f"；系统无应答：{row['error']}" if row["failing"] else ""
    return f"{name}：{counted}（模式：{mode}）{failing}"
