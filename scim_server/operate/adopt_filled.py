"""Reads back what people filled in: CSV as spreadsheet programs in China save it, or a workbook (S13).

Columns are found by their headings, in Chinese or English; without a column for the decision each line means:
this account is that person's or department's. Lines are numbered as the spreadsheet numbers them.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from scim_server.reports.cells import original

MOST_BYTES = 64 << 20
MOST_LINES = 500_000
EXACT = 2**53  # whole numbers up to here are what they were in a spreadsheet
_SCIENTIFIC = re.compile(r"^[+-]?\d(\.\d+)?E\+?\d+$", re.IGNORECASE)
_HEADINGS = {
    "system": ("系统", "system"),
    "kind": ("类别", "kind"),
    "key": ("名册编号", "externalid", "部门代码", "code", "departmentcode", "externalidordepartmentcode"),
    "remote_id": ("远端编号", "remoteid"),
    "account": ("账号", "account"),
    "decision": ("决定", "decision"),
}


class BadSheet(Exception):
    """The file is refused as a whole. The arguments are sentences, with the number of the line each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One filled-in line. `decision` is None where the sheet has no such column."""

    number: int
    system: str
    kind: str
    key: str
    account: str
    remote_id: str
    decision: str | None


def read_csv(path: Path) -> list[Line]:
    """UTF-8 with or without a mark, GB 18030 (GBK) or UTF-16; commas, semicolons or tabs. Raises BadSheet."""
    text = _decoded(_content(path))
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        return _lines(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
    except csv.Error as error:
        raise BadSheet(f"CSV 格式有误，未作任何改动：{error}") from error


def read_xlsx(path: Path) -> list[Line]:
    """The first sheet. Raises BadSheet."""
    from openpyxl import load_workbook

    _content(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False)
        rows = [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(max_row=MOST_LINES + 1)]
        book.close()
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, IndexError) as error:
        raise BadSheet("不是可以读取的 xlsx 工作簿，未作任何改动") from error
    return _lines(rows)


def _content(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise BadSheet(f"文件超过 {MOST_BYTES >> 20} MB，未作任何改动")
    content = path.read_bytes()
    if not content.strip():
        raise BadSheet("文件是空的，未作任何改动")
    return content


def _decoded(content: bytes) -> str:
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadSheet("文件既不是 UTF-8 也不是 GBK 编码的文本，未作任何改动")


def _text(cell: Any) -> str:
    """A cell as text; what a spreadsheet has made of a number that was too long, or of a date, shows as such."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return f"={str(value).lstrip('=')}"
    if isinstance(value, datetime | date | time):
        return f"日期 {value}"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= EXACT:
        return f"{value:E}"
    return str(value)


def _lines(rows: Sequence[Sequence[str]]) -> list[Line]:
    filled = [(number, row) for number, row in enumerate(rows, 1) if any(cell.strip() for cell in row)]
    if not filled:
        raise BadSheet("文件是空的，未作任何改动")
    (head, first), *rest = filled
    columns = _columns(first)
    if not {"key", "remote_id"} <= columns.keys() and not {"key", "account"} <= columns.keys():
        if len(first) != 3 or columns:
            raise BadSheet(f"第 {head} 行应为表头，至少要有「名册编号」「系统」「远端编号」三列，未作任何改动")
        columns, rest = {"key": 0, "system": 1, "remote_id": 2}, filled
    if not rest:
        raise BadSheet("文件里只有表头，未作任何改动")
    if len(rest) > MOST_LINES:
        raise BadSheet(f"文件超过 {MOST_LINES} 行，未作任何改动")
    bad: list[str] = []
    found = [_line(number, row, columns, bad) for number, row in rest]
    if bad:
        raise BadSheet(*bad)
    return found


def _columns(head: Sequence[str]) -> dict[str, int]:
    spelled = [re.sub(r"[\s_]", "", original(cell).strip().casefold()) for cell in head]
    places: dict[str, int] = {}
    for name, headings in _HEADINGS.items():
        there = [place for place, cell in enumerate(spelled) if cell in headings]
        if there:
            places[name] = there[0]
    return places


def _line(number: int, row: Sequence[str], columns: Mapping[str, int], bad: list[str]) -> Line:
    said = dict(_cells(row, columns))
    bad += [f"第 {number} 行：{fault}" for fault in _faults(said)]
    decision = said.get("decision")
    names = ("system", "kind", "key", "account", "remote_id")
    system, kind, key, account, remote_id = (said.get(name, "") for name in names)
    return Line(number, system, kind, key, account, remote_id, decision)


def _cells(row: Sequence[str], columns: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for name, place in columns.items():
        yield name, original(row[place].strip()) if place < len(row) else ""


def _faults(said: Mapping[str, str]) -> Iterable[str]:
    for name in ("key", "remote_id", "decision"):
        value = said.get(name, "")
        if _SCIENTIFIC.match(value):
            yield f"编号「{value}」被表格软件改成了科学计数法，原来的数字已经丢失；请改用 --xlsx，或把该列设为文本"
        elif value.startswith("="):
            yield "编号和决定不能是公式"
        elif value.startswith("日期 "):
            yield f"编号或决定「{value}」被表格软件改成了日期；请把该列设为文本"
