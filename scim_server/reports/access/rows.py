"""What the access report tells: one row a person, with what each system shows beside what must be there."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappings.model import Presence
from scim_server.reports.fields import Value
from scim_server.reports.period import local
from scim_server.reports.tables import Column
from scim_server.reports.words import PRESENCES, article_words

VERDICTS = {
    "agrees": "一致",
    "moving": "待落实",
    "stuck": "未落实",
    "by-hand": "人工锁定",
    "differs": "不一致",
    "unread": "未读取",
    "none": "—",
}
CLEAR = ("agrees", "none")
UNKNOWN = "无数据"


@dataclass(frozen=True, slots=True)
class Access:
    """One person in one system.

    `required`: what must be. `seen`: what was read back last; None: never read. `since`: the stamp of the operation
    that made it so, None where none of ours did. `read_at`: the stamp of the last read-back after an operation.
    `verdict` of VERDICTS; `sentence`: why it is not as it must be.
    """

    system: str
    required: Presence
    seen: Presence | None
    verdict: str
    since: str | None = None
    read_at: str | None = None
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """`department`: the key of the primary one, the last known one of somebody who `left`; empty where there is none.

    `sheet`: the department on whose sheet it stands, empty for all who are in none now. `concurrent`: keys of
    departments, `groups`: of other groups. `articles` is the public face (S18).
    """

    external_id: str
    name: str
    title: str
    department: str
    sheet: str
    left: bool
    concurrent: Sequence[str]
    groups: Sequence[str]
    articles: Sequence[str]
    accounts: Sequence[Access]

    @property
    def clear(self) -> bool:
        """Whether every account is as it must be."""
        return all(each.verdict in CLEAR for each in self.accounts)


FIELDS: Mapping[str, Column] = {
    "department": Column("部门代码", 14),
    "departmentName": Column("部门", 26),
    "externalId": Column("编号", 16),
    "name": Column("姓名", 16),
    "title": Column("职务", 16),
    "left": Column("已离职", 8),
    "concurrent": Column("兼任部门", 30),
    "groups": Column("组", 24),
    "articles": Column("条款", 16),
}
"""The fields under the names of the JSON, with their headings; those of each system follow."""

_OWN = (
    ("实有", 10.0),
    ("应有", 10.0),
    ("核对", 10.0),
    ("何时起（北京时间）", 22.0),
    ("读回时间（北京时间）", 22.0),
    ("说明", 40.0),
)


def columns(systems: Sequence[str]) -> list[Column]:
    """Of the table formats."""
    return [*FIELDS.values(), *(Column(f"{system} {title}", width) for system in systems for title, width in _OWN)]


def line(row: AccessRow, systems: Sequence[str], titles: Mapping[str, str]) -> list[Value]:
    """One row in Chinese, below `columns`."""
    found = {each.system: each for each in row.accounts}
    about: list[Value] = [
        row.department,
        titles.get(row.department, row.department),
        row.external_id,
        row.name,
        row.title,
        "是" if row.left else "",
        "、".join(titles.get(key, key) for key in row.concurrent),
        "、".join(titles.get(key, key) for key in row.groups),
        "".join(article_words(each) for each in row.articles),
    ]
    for system in systems:
        about += _account(found.get(system))
    return about


def _account(each: Access | None) -> Iterator[Value]:
    if each is None:
        yield from [None] * len(_OWN)
        return
    yield seen_word(each)
    yield required_word(each)
    yield VERDICTS[each.verdict]
    yield since_word(each)
    yield local(each.read_at)
    yield each.sentence


def seen_word(each: Access) -> str:
    """What was read back, in Chinese."""
    if each.seen is None:
        return VERDICTS["none" if each.verdict == "none" else "unread"]
    return "无账号" if each.seen is Presence.REMOVED else PRESENCES[each.seen]


def required_word(each: Access) -> str:
    """What must be, in Chinese."""
    return "无账号" if each.required is Presence.REMOVED else PRESENCES[each.required]


def since_word(each: Access) -> str:
    """Since when it is as it was read; of an account that was there before us nobody knows (S30)."""
    if each.since:
        return local(each.since)
    return UNKNOWN if each.seen not in (None, Presence.REMOVED) else ""


def record(row: AccessRow, titles: Mapping[str, str]) -> dict[str, object]:
    """One row for programs."""
    return {
        "department": row.department or None,
        "departmentName": titles.get(row.department),
        "externalId": row.external_id,
        "name": row.name,
        "title": row.title,
        "left": row.left,
        "concurrent": list(row.concurrent),
        "groups": list(row.groups),
        "articles": list(row.articles),
        "systems": {
            each.system: {
                "required": each.required.value,
                "seen": each.seen.value if each.seen else None,
                "verdict": each.verdict,
                "since": each.since,
                "readBackAt": each.read_at,
                "sentence": each.sentence or None,
            }
            for each in row.accounts
        },
    }
