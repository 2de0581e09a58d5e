"""Which column of an export says who, and which one when: by the headings that exports usually have."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["key", "login", "id"]  # our number; the name to log in by; the system's own id

KEYS = (
    "人员编号",
    "人员编码",
    "人员代码",
    "员工编号",
    "员工编码",
    "员工号",
    "职工编号",
    "职工号",
    "工号",
    "编号",
    "externalid",
    "employeenumber",
    "employeeno",
    "jobno",
)
LOGINS = (
    "登录名",
    "登陆名",
    "登录账号",
    "登录帐号",
    "登陆账号",
    "登陆帐号",
    "用户名",
    "用户账号",
    "用户帐号",
    "账号",
    "帐号",
    "账户",
    "帐户",
    "成员账号",
    "成员帐号",
    "userid",
    "loginname",
    "loginid",
    "username",
    "account",
    "uid",
)
IDS = ("人员id", "用户id", "成员id", "账号id", "帐号id", "personid", "memberid", "id")
NAMES = ("姓名", "人员姓名", "用户姓名", "成员姓名", "成员名称", "真实姓名", "人员名称", "name", "displayname")
TIMES = (  # the first that is there counts
    ("最后操作时间", "最近操作时间", "最后活跃时间", "最近活跃时间", "最后使用时间", "最近使用时间", "上次使用时间"),
    (
        "最后登录时间",
        "最近登录时间",
        "上次登录时间",
        "最后登陆时间",
        "最近登陆时间",
        "上次登陆时间",
        "最后一次登录时间",
    ),
    (
        "最后访问时间",
        "最近访问时间",
        "最后登录",
        "最近登录",
        "上次登录",
        "最后登录日期",
        "最近登录日期",
        "最后活跃日期",
    ),
    ("最后打卡时间", "最近打卡时间", "最后识别时间", "最近识别时间", "最后通行时间", "最近通行时间"),
    (
        "登录时间",
        "登陆时间",
        "操作时间",
        "活跃时间",
        "使用时间",
        "访问时间",
        "打卡时间",
        "识别时间",
        "通行时间",
        "刷脸时间",
    ),
    ("lastlogintime", "lastlogin", "lastactivetime", "lastactive", "logintime", "eventtime"),
    ("时间", "日期", "time", "date"),
)

_ASIDE = re.compile(r"\(.*?\)|\[.*?\]|【.*?】")
_MARKS = re.compile(r"[\s*:_\-.\"'“”]+")


class BadColumns(Exception):
    """The columns cannot be told. The argument is a sentence."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Places of the columns in a row: of each that says who, how; the name, where there is one; and when."""

    who: tuple[tuple[int, Kind], ...]
    at: int
    name: int | None = None

    @property
    def last(self) -> int:
        """The place of the last one that must be there."""
        return max(self.at, *(place for place, _ in self.who))


def heading(cell: object) -> str:
    """A heading as it is compared: without width, case, blanks, marks, and what stands in brackets."""
    text = unicodedata.normalize("NFKC", "" if cell is None else str(cell)).casefold()
    return _MARKS.sub("", _ASIDE.sub("", text))


def columns(row: Sequence[object], key: str | None, at: str | None) -> Columns | None:
    """Where this row of headings says who and when; None: it is none. `key`, `at`: headings that a person named.

    Raises BadColumns where there are two of a name.
    """
    headings = [heading(cell) for cell in row]
    who = _named(headings, key, "id") if key else _usual(headings)
    when = [place for place, _ in _named(headings, at, "id")] if at else _first(headings)
    if not who or not when:
        return None
    if len(when) > 1:
        raise BadColumns(f"有 {len(when)} 列名为「{row[when[0]]}」，请改名或用 --at 指明")
    name = next((place for place, each in enumerate(headings) if each in NAMES), None)
    return Columns(tuple(who), when[0], name)


def _named(headings: Sequence[str], name: str, kind: Kind) -> list[tuple[int, Kind]]:
    return [(place, kind) for place, each in enumerate(headings) if each == heading(name)]


def _usual(headings: Sequence[str]) -> list[tuple[int, Kind]]:
    kinds: tuple[tuple[Kind, tuple[str, ...]], ...] = (("key", KEYS), ("login", LOGINS), ("id", IDS))
    return [(place, kind) for kind, names in kinds for place, each in enumerate(headings) if each in names]


def _first(headings: Sequence[str]) -> list[int]:
    for names in TIMES:
        for name in names:
            found = [place for place, each in enumerate(headings) if each == name]
            if found:
                return found
    return []
