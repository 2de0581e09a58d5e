"""What the guard holds, as a person reads it (S24)."""

from collections.abc import Iterator
from typing import Any

from scim_server.operate.desk import Desk, Refused
from scim_server.reports.period import local
from scim_server.reports.words import action_word
from scim_server.store import approval_lists

STATES = {
    "open": "待批准",
    "approved": "已批准",
    "rejected": "已驳回",
    "expired": "已失效",
    "withdrawn": "已撤回",
    "released": "单独放行",
}
COUNTS = {"removals": "注销", "locks": "锁定", "leaves": "退出部门或组", "logins": "变更登录名"}

Approval = dict[str, Any]


def listed(desk: Desk, *, only_open: bool = False) -> list[Approval]:
    """See `approval_lists.listed`."""
    with desk.snapshot() as connection:
        found = approval_lists.listed(connection)
    return [each for each in found if each["state"] == "open"] if only_open else found


def shown(desk: Desk, id: str) -> Approval | None:
    """See `approval_lists.shown`."""
    with desk.snapshot() as connection:
        return approval_lists.shown(connection, id)


def lines(found: list[Approval]) -> list[str]:
    """A line each."""
    return [_line(each) for each in found] or ["没有待批事项"]


def _line(each: Approval) -> str:
    counted = "，".join(f"{word} {each[key]} 人" for key, word in COUNTS.items() if each[key])
    said = f"{each['id']} {each['system']} {STATES[each['state']]}：{each['people']} 人（{counted or '无'}）"
    if each["state"] == "open":
        return f"{said}；{local(each['expires'])} 失效；摘要 {each['digest'][:16]}"
    by = f"；{each['by']}" if each["by"] else ""
    reason = f"：{each['reason']}" if each["reason"] else ""
    return f"{said}{by}{reason}"


def rows(found: Approval) -> Iterator[str]:
    """The line of the list, then a line a person."""
    yield _line(found)
    for each in found["rows"]:
        done = "、".join(_action(action) for action in each["actions"])
        yield f"  {each['externalId']} {each['name']}：{done}（{each['reason']['text']}）"


def _action(action: dict[str, str]) -> str:
    group = f"「{action['group']}」" if "group" in action else ""
    return f"{action_word(action['action'])}{group}"


def refusal(error: Refused) -> str:
    """Why the decision was not taken. Raises the error where it is another one."""
    kind, detail = error.args[0], str(error.args[1]) if len(error.args) > 1 else ""
    said = {
        "NoSuchApproval": f"没有编号为 {detail} 的待批事项",
        "NotOpen": f"该事项已不在待批状态：{detail}",
        "OtherDigest": f"其中的事项与所看到的不同，现摘要为 {detail[:16]}，请重新查看",
        "IsCause": f"{detail} 是引起本次变更的一方，须由其他人决定",
        "NotHeld": "该人员在该系统没有待批的事项",
        "NoSuchPerson": f"名册中从未有过 {detail}",
    }
    if kind not in said:
        raise error
    return said[kind]
