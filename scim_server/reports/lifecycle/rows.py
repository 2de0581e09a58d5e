"""What the lifecycle report tells: one row for each thing that happened to a person in the period."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappings.model import Presence
from scim_server.reports.fields import Value
from scim_server.reports.lifecycle.turns import Kind
from scim_server.reports.period import local
from scim_server.reports.tables import Column
from scim_server.reports.words import PRESENCES, article_words

KINDS: Mapping[str, str] = {
    Kind.JOINED: "入职",
    Kind.LEFT: "离职",
    Kind.MOVED: "调动",
    Kind.PLACED: "编入部门",
    Kind.SECONDED: "兼任、借调",
    Kind.RETURNED: "兼任、借调结束",
    Kind.LOCKED: "锁定",
    Kind.RESTORED: "恢复",
    Kind.SYSTEMS: "使用系统变更",
}
STATES = {
    "read-back": "已读回",
    "nothing": "无需操作",
    "kept": "账号仍在",
    "due": "待推送",
    "waiting": "等待",
    "parked": "搁置",
    "held": "待批",
    "failed": "未成",
}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One system's part: `state` of STATES; `at`: the stamp of the read-back of the last operation that it took.

    `seconds`: from the change to that. `failures`: the tries that did not succeed on the way. `traced`: whether the
    trace calls that operation read back at that very time.
    """

    system: str
    state: str
    at: str | None = None
    seconds: float | None = None
    failures: int = 0
    traced: bool = True


@dataclass(frozen=True, slots=True)
class LifecycleRow:
    """`time`: when the roster changed, a stamp. `before` and `after` as a Turn has them. `department`: where it counts.

    `article` and `reason` are the public face (S18). `request`: the correlation id of the push; None: the clock, or
    a command.
    """

    time: str
    kind: Kind
    external_id: str
    name: str
    before: str
    after: str
    department: str
    article: str
    reason: str
    actor: str
    request: str | None
    arrivals: Sequence[Arrival]


FIELDS: Mapping[str, Column] = {
    "time": Column("变更时间（UTC）", 25),
    "kind": Column("事项", 16),
    "externalId": Column("编号", 16),
    "name": Column("姓名", 16),
    "from": Column("由", 26),
    "to": Column("至", 26),
    "department": Column("部门代码", 14),
    "departmentName": Column("部门", 24),
    "article": Column("条款", 12),
    "reason": Column("事由", 40),
    "actor": Column("变更者", 14),
    "request": Column("推送编号", 38),
    "localTime": Column("变更时间（北京时间）", 22),
}
"""The fields under the names of the JSON, with their headings; those of each system follow."""


def columns(systems: Sequence[str]) -> list[Column]:
    """Of the table formats."""
    own = [
        Column(f"{system} {title}", width)
        for system in systems
        for title, width in (("状态", 12.0), ("读回时间（UTC）", 25.0), ("历时（秒）", 12.0), ("未成次数", 10.0))
    ]
    return [*FIELDS.values(), *own]


def place(row: LifecycleRow, value: str, titles: Mapping[str, str]) -> str:
    """`before` or `after` in Chinese: a department by its name, a presence by its word."""
    if row.kind in (Kind.LOCKED, Kind.RESTORED):
        return PRESENCES[Presence(value)]
    if row.kind is Kind.SYSTEMS:
        return "，".join(f"{name} {PRESENCES[Presence(word)]}" for name, _, word in _pairs(value))
    return titles.get(value, value)


def _pairs(value: str) -> Iterator[tuple[str, str, str]]:
    return (each.partition("=") for each in value.split())


def line(row: LifecycleRow, systems: Sequence[str], titles: Mapping[str, str]) -> list[Value]:
    """One row in Chinese, below `columns`."""
    about: list[Value] = [
        row.time,
        KINDS[row.kind],
        row.external_id,
        row.name,
        place(row, row.before, titles),
        place(row, row.after, titles),
        row.department,
        titles.get(row.department, row.department),
        article_words(row.article),
        row.reason,
        row.actor,
        row.request,
        local(row.time),
    ]
    found = {each.system: each for each in row.arrivals}
    for system in systems:
        each = found.get(system)
        about += [STATES[each.state], each.at, each.seconds, float(each.failures)] if each else [None] * 4
    return about


def record(row: LifecycleRow, titles: Mapping[str, str]) -> dict[str, object]:
    """One row for programs: codes and keys as the house has them."""
    return {
        "time": row.time,
        "kind": row.kind.value,
        "externalId": row.external_id,
        "name": row.name,
        "from": row.before or None,
        "to": row.after or None,
        "department": row.department or None,
        "departmentName": titles.get(row.department),
        "article": row.article,
        "reason": row.reason,
        "actor": row.actor,
        "request": row.request,
        "systems": {
            each.system: {
                "state": each.state,
                "readBackAt": each.at,
                "seconds": each.seconds,
                "failures": each.failures,
            }
            for each in row.arrivals
        },
    }
