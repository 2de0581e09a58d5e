"""The table of positions: which post (岗位) and level (职务级别) a position of the roster means. A CSV file."""

import csv
from collections.abc import Mapping
from pathlib import Path

COLUMNS = ["position", "post", "level"]
LIMIT = 10_000  # rows


def read(path: str) -> Mapping[str, tuple[str, str]]:
    """Position -> (post, level), as names or codes of the OA; an empty cell means the default.

    UTF-8, with or without a byte order mark; the first line is `position,post,level`. Raises ValueError with a
    sentence that names the line.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"读不了 positions 所指的文件 {path}：{error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"positions 文件 {path} 不是 UTF-8 编码") from None
    rows = csv.reader(text.splitlines(), strict=True)
    table: dict[str, tuple[str, str]] = {}
    try:
        for row in rows:
            _take([each.strip() for each in row], table, first=rows.line_num == 1)
    except (csv.Error, ValueError) as error:
        raise ValueError(f"positions 文件 {path} 第 {max(rows.line_num, 1)} 行：{error}") from None
    if rows.line_num == 0:
        raise ValueError(f"positions 文件 {path} 是空的，第 1 行应为 {','.join(COLUMNS)}")
    return table


def _take(cells: list[str], table: dict[str, tuple[str, str]], first: bool) -> None:
    """One line into the table. Raises ValueError."""
    if first and cells != COLUMNS:
        raise ValueError(f"应为 {','.join(COLUMNS)}")
    if first or not any(cells):
        return
    if len(cells) != len(COLUMNS) or not cells[0]:
        raise ValueError("应有职务、岗位、级别三列，职务不能为空")
    if cells[0] in table:
        raise ValueError(f"重复了职务「{cells[0]}」")
    if len(table) == LIMIT:
        raise ValueError(f"超过了 {LIMIT} 条")
    table[cells[0]] = (cells[1], cells[2])
