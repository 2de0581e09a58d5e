"""Spreadsheets as people in China save them: encodings, formulas, numbers that were mangled, and what is no list."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mappings.correlate import Rule, Standing
from mappings.model import Kind
from scim_server.operate.adopt_filled import BadSheet, Line, read_csv, read_xlsx
from scim_server.operate.adopt_rows import Row
from scim_server.operate.adopt_sheet import COLUMNS, write_csv, write_xlsx

HEAD = "系统,类别,名册编号,账号,远端编号,决定"
LINE = "oa,人员,E1,wang,-6017390838943120001,采用"
READ = Line(2, "oa", "人员", "E1", "wang", "-6017390838943120001", "采用")


def sheet(tmp_path: Path, content: bytes | str) -> Path:
    path = tmp_path / "清单.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_spelling_of_a_file_is_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    text = f"{HEAD}\r\n{LINE}\r\n".replace(",", delimiter)
    assert read_csv(sheet(tmp_path, text.encode(encoding))) == [READ]


@pytest.mark.parametrize(
    "head",
    [
        "externalId,system,remoteId",
        "external_id,System,Remote ID",
        "部门代码,系统,远端编号",
        "externalId or department code,system,remote id",
    ],
)
def test_three_columns_are_enough_and_each_line_decides(tmp_path: Path, head: str) -> None:
    assert read_csv(sheet(tmp_path, f"{head}\nE1,oa,7\n")) == [Line(2, "oa", "", "E1", "", "7", None)]


def test_three_columns_without_a_head_are_read_too(tmp_path: Path) -> None:
    assert read_csv(sheet(tmp_path, "E1,oa,7\n\nE2,oa,8\n")) == [
        Line(1, "oa", "", "E1", "", "7", None),
        Line(3, "oa", "", "E2", "", "8", None),
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "空的"),
        (" \r\n ", "空的"),
        (",,\r\n,,\r\n", "空的"),
        (HEAD, "只有表头"),
        ("姓名,电话\n王芳,139\n", "表头"),
        (b"\x81\x00\x00", "编码"),
        (f'{HEAD}\n"oa,人员', "格式"),
        (f"{HEAD}\noa,人员,E1,wang,6.01739E+18,采用\n", "第 2 行：.*科学计数法"),
        (f"{HEAD}\noa,人员,E1,wang,=1+1,采用\n", "第 2 行：.*公式"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(tmp_path: Path, content: bytes | str, said: str) -> None:
    with pytest.raises(BadSheet, match=said):
        read_csv(sheet(tmp_path, content))


def test_every_fault_has_the_number_of_its_line(tmp_path: Path) -> None:
    bad = "oa,人员,E1,wang,6.01739E+18,采用"
    with pytest.raises(BadSheet) as caught:
        read_csv(sheet(tmp_path, f"{HEAD}\n{LINE}\n{bad}\n{LINE}\n{bad}\n"))
    assert [each.partition("：")[0] for each in caught.value.args] == ["第 3 行", "第 5 行"]


def workbook(tmp_path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    path = tmp_path / "清单.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize(("typed", "read"), [("0012", "0012"), (12, "12"), (12.0, "12"), ("'-7", "-7"), (" 12 ", "12")])
def test_a_cell_of_a_workbook_is_the_number_that_was_typed(tmp_path: Path, typed: Any, read: str) -> None:
    (line,) = read_xlsx(workbook(tmp_path, HEAD.split(","), ["oa", "人员", "E1", "wang", typed, "采用"]))
    assert line.remote_id == read


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("=1+1", "公式"),
        (6017390838943120001, "科学计数法"),
        (6.01739083894312e18, "科学计数法"),
        (date(2026, 1, 2), "日期"),
    ],
)
def test_a_cell_that_is_no_longer_what_it_was_is_refused(tmp_path: Path, typed: Any, said: str) -> None:
    with pytest.raises(BadSheet, match=f"第 2 行：.*{said}"):
        read_xlsx(workbook(tmp_path, HEAD.split(","), ["oa", "人员", "E1", "wang", typed, "采用"]))


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", b"no book at all"])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "清单.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadSheet, match="工作簿"):
        read_xlsx(path)


def row(name: str, remote_id: str) -> Row:
    said = (Kind.PERSON, "E1", name, "教育局", "=cmd|' /C calc'!A0", remote_id)
    return Row(*said, Standing.PROPOSED, Rule.LOGIN, 90, (), ("=HYPERLINK()",), False, "采用")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_written_comes_back_and_no_cell_is_a_formula(tmp_path: Path, suffix: str) -> None:
    rows = [row("=王芳", "-6017390838943120001"), row("＝李明", "0012"), row("'=赵强", "+7")]
    out = io.BytesIO()
    if suffix == "csv":
        write_csv("oa", rows, out)
    else:
        from datetime import UTC, datetime

        write_xlsx("oa", rows, out, datetime(2026, 1, 2, tzinfo=UTC))
    path = tmp_path / f"清单.{suffix}"
    path.write_bytes(out.getvalue())
    lines = read_csv(path) if suffix == "csv" else read_xlsx(path)
    assert [line.remote_id for line in lines] == [each.remote_id for each in rows]
    assert {line.account for line in lines} == {rows[0].account}
    assert {(line.system, line.kind, line.key, line.decision) for line in lines} == {("oa", "人员", "E1", "采用")}
    if suffix == "xlsx":
        page = openpyxl.load_workbook(path).worksheets[0]
        assert [cell.value for cell in page[1]] == list(COLUMNS)
        assert {cell.data_type for line in page.iter_rows() for cell in line} <= {"s", "n"}
    else:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        cells = [cell for line in path.read_text("utf-8-sig").splitlines() for cell in line.split(",")]
        assert not [cell for cell in cells if cell[:1] in "=+-@＝" and cell]
