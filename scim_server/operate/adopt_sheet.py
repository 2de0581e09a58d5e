"""The adoption list as a spreadsheet, for people who decide there (S13): CSV and workbook."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from scim_server.operate.adopt_rows import KINDS, NOT_OURS, PUT_OFF, RULES, STANDINGS, TAKE, Row
from scim_server.reports.cells import neutral
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.sheet import write_sheets

_BOM = b"\xef\xbb\xbf"
COLUMNS = {
    "系统": 10.0,
    "类别": 8.0,
    "名册编号": 16.0,
    "姓名/名称": 20.0,
    "部门": 28.0,
    "账号": 40.0,
    "远端编号": 38.0,
    "判断": 10.0,
    "规则": 16.0,
    "分值": 8.0,
    "候选": 50.0,
    "决定": 16.0,
}
KEY = (
    ("决定", f"留空：按规则（分值 50 及以下的、存疑的和无主的不会自动采用）；{TAKE}：就是这一行（或唯一的候选）；"),
    ("", f"名册编号：归此人或此部门；{NOT_OURS}：不归我们管，不再询问；{PUT_OFF}：以后再定"),
    ("其余各列", "不要改动；系统、远端编号用来认账号"),
    ("单引号", "以等号、加减号、@ 等开头的内容前加一个单引号，以免被当作公式；读回时自动去掉"),
)


def write_csv(system: str, found: Iterable[Row], out: BinaryIO) -> None:
    """UTF-8 with BOM, RFC 4180."""
    out.write(_BOM)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        lines = csv.writer(text, dialect="excel")
        lines.writerow(COLUMNS)
        lines.writerows([neutral(cell) for cell in cells(system, row)] for row in found)
        text.flush()
    finally:
        text.detach()  # the stream is the caller's to close


def write_xlsx(system: str, found: Iterable[Row], out: BinaryIO, now: datetime) -> None:
    """Every cell is text, so that a long number stays what it is."""
    with workbook(out, now, "接管清单") as book:
        write_sheets(book, "接管清单", COLUMNS, (cells(system, row) for row in found))
        write_sheets(book, "说明", {"列": 16.0, "怎么填": 100.0}, KEY)


def cells(system: str, row: Row) -> list[str]:
    """One line, in the order of COLUMNS."""
    score = "" if row.score is None else str(row.score)
    known = (system, KINDS[row.kind], row.external_id, row.name, row.department, row.account, row.remote_id)
    rule = RULES[row.rule] if row.rule else ""
    return [*known, STANDINGS[row.standing], rule, score, "；".join(row.thought_of), row.decision]
