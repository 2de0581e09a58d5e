"""An export of a system's console as evidence of use: who, and when last. Nothing is taken while a row is wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from scim_server.review.export_columns import BadColumns, Columns, Kind, columns
from scim_server.review.export_file import BadFile, Row, sheets
from scim_server.review.export_times import moment

HEAD = 30  # rows among which the headings are looked for
SHOWN = 20  # errors that are told
FOOTERS = ("合计", "总计", "共计", "小计", "导出", "制表", "备注", "说明", "注:", "注：", "第", "共")
LONGEST = 128  # characters of what says who


class BadRows(Exception):
    """Rows are wrong: nothing was taken. The arguments are their sentences, the first ones, and how many there are."""

    def __init__(self, told: list[str], number: int) -> None:
        super().__init__(told, number)
        self.told, self.number = told, number


class Line(NamedTuple):
    """A row: its number in the file, who in each of the ways it says so, the name, and when; None: never there."""

    number: int
    who: tuple[tuple[Kind, str], ...]
    name: str
    at: float | None  # seconds since the epoch
    slack: float


@dataclass(frozen=True, slots=True)
class Export:
    """A file that was read whole."""

    lines: list[Line]


def read(data: bytes, now: datetime, key: str | None = None, at: str | None = None) -> Export:
    """Every row. Raises BadFile, BadColumns, BadRows. `now`: what is dated later is wrong."""
    for rows in sheets(data):
        found = _headings(rows, key, at)
        if found is not None:
            return Export(_taken(rows, found, now + timedelta(minutes=5)))
    wanted = "、".join(f"「{each}」" for each in (key, at) if each) or "人员编号或登录名，以及最后登录（操作）时间"
    raise BadColumns(f"前 {HEAD} 行中找不到表头：需要{wanted}；列名不同时用 --key 和 --at 指明")


def _headings(rows: Iterator[tuple[int, Row]], key: str | None, at: str | None) -> Columns | None:
    for number, row in rows:
        found = columns(row, key, at)
        if found is not None or number >= HEAD:
            return found
    return None


def _taken(rows: Iterator[tuple[int, Row]], where: Columns, latest: datetime) -> list[Line]:
    lines: list[Line] = []
    wrong: list[str] = []
    number_wrong = 0
    once: dict[Any, Any] = {}  # who stands in many rows, as in a month at a door, stands in memory once
    for number, row in rows:
        try:
            line = _line(number, row, where, latest)
        except ValueError as error:
            number_wrong += 1
            wrong += [f"第 {number} 行：{error}"] if number_wrong <= SHOWN else []
            continue
        if line is not None:
            who, name = once.setdefault(line.who, line.who), once.setdefault(line.name, line.name)
            lines.append(line._replace(who=who, name=name))
    if number_wrong:
        raise BadRows(wrong, number_wrong)
    if not lines:
        raise BadFile("表头之下没有一行数据")
    return lines


def _line(number: int, row: Row, where: Columns, latest: datetime) -> Line | None:
    cells = [_text(each) for each in row]
    if not any(cells):
        return None
    who = tuple((kind, cells[place]) for place, kind in where.who if place < len(cells) and cells[place])
    told = row[where.at] if where.at < len(row) else None
    if not who:
        if _is_footer(cells):
            return None
        raise ValueError("没有写明是谁（人员编号、登录名等为空）")
    if max(len(text) for _, text in who) > LONGEST:
        raise ValueError("人员编号或登录名过长")
    name = cells[where.name] if where.name is not None and where.name < len(cells) else ""
    at, slack = _when(told, latest)
    return None if at is None and _is_footer(cells) else Line(number, who, name, at, slack)


def _when(cell: Any, latest: datetime) -> tuple[float | None, float]:
    try:
        found = moment(cell)
    except (ValueError, OverflowError):
        raise ValueError(f"时间「{_text(cell)[:40]}」读不懂") from None
    if found is None:
        return None, 0.0
    at, slack = found
    if at > latest:
        raise ValueError(f"时间「{_text(cell)[:40]}」在将来")
    return at.timestamp(), slack.total_seconds()


def _is_footer(cells: list[str]) -> bool:
    """A line below the table that counts or explains it."""
    filled = [each for each in cells if each]
    return len(filled) <= 2 and filled[0].startswith(FOOTERS)


def _text(cell: Any) -> str:
    """A cell as it is read: a number without the point that a sheet gives it."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip().strip("\ufeff\u200b\t'")
