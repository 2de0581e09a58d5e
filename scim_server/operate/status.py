"""`huaming status`: how many rows are due, parked, held, waiting, and which system does not answer."""

from typing import Any

from scim_server.operate.desk import Desk
from scim_server.store import progress
from scim_server.store.targets import standing

STATES = {"due": "待处理", "parked": "搁置", "held": "待批准", "waiting": "等待"}


def status(desk: Desk) -> dict[str, Any]:
    """`{"systems": {"ldap": {"due", "parked", "held", "waiting", "mode", "failing", "error"}}}`."""
    systems: dict[str, dict[str, Any]] = {}
    with desk.reader() as connection:
        counted = progress.counts(connection)
        for name, system in desk.settings.systems.items():
            known = standing(connection, name)
            systems[name] = dict.fromkeys(STATES, 0) | counted.get(name, {})
            systems[name] |= {"mode": system.mode or known.mode, "failing": known.failing_since is not None}
            systems[name] |= {"error": known.error}
    return {"systems": systems}


def lines(answer: dict[str, Any]) -> list[str]:
    """The same in Chinese, a line a system."""
    return [_line(name, row) for name, row in answer["systems"].items()]


def _line(name: str, row: dict[str, Any]) -> str:
    counted = "，".join(f"{word} {row[state]}" for state, word in STATES.items())
    mode = {"observe": "只观察，不写入", "enforce": "写入"}.get(row["mode"] or "", "尚未确定")
    failing = f"；系统无应答：{row['error']}" if row["failing"] else ""
    return f"{name}：{counted}（模式：{mode}）{failing}"
