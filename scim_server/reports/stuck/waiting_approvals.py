"""The approvals that somebody has to decide, and who may not (S24)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from scim_server.reports.fields import Value
from scim_server.reports.period import local
from scim_server.reports.tables import Column
from scim_server.store.approval_lists import listed
from scim_server.store.approvals import OPEN
from scim_server.store.decisions import causes

COLUMNS = [
    Column("审批编号", 20),
    Column("系统", 14),
    Column("涉及人数", 10),
    Column("锁定", 8),
    Column("注销", 8),
    Column("退出部门", 10),
    Column("改登录名", 10),
    Column("提出（北京时间）", 22),
    Column("到期（北京时间）", 22),
    Column("何人可批", 60),
    Column("命令", 60),
]


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open approval: how many people it is about, and by what; stamps; `barred`: the names that caused it."""

    id: str
    system: str
    people: int
    locks: int
    removals: int
    leaves: int
    logins: int
    opened: str
    expires: str
    barred: Sequence[str]

    @property
    def who(self) -> str:
        """Who may decide."""
        if not self.barred:
            return "任何有权的负责人"
        return f"除 {'、'.join(self.barred)} 以外的负责人：提出变动的人不得自批"

    @property
    def command(self) -> tuple[str, ...]:
        """What to type."""
        return ("huaming approvals approve", self.id, "--by 姓名")


def waiting_approvals(connection: Connection, system: str | None = None) -> list[Waiting]:
    """Those that are open, the newest first."""
    found = [each for each in listed(connection) if each["state"] == OPEN and system in (None, each["system"])]
    counted = ("id", "system", "people", "locks", "removals", "leaves", "logins", "opened", "expires")
    return [
        Waiting(**{name: each[name] for name in counted}, barred=sorted(causes(connection, each["id"])))
        for each in found
    ]


def line(each: Waiting) -> list[Value]:
    """One below COLUMNS."""
    counted = (each.people, each.locks, each.removals, each.leaves, each.logins)
    when = (local(each.opened), local(each.expires))
    return [each.id, each.system, *map(float, counted), *when, each.who, " ".join(each.command)]
