"""The sync report on a store in a file: what it says is what is on record."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from scim_server.reports.cells import original
from scim_server.reports.page import Page
from scim_server.reports.queries import open_rows, sync_rows
from scim_server.reports.rows import Standing
from tests.flows.report_record import attempt, busy_days, csv_rows, link, opened, report, subject

FIRST = ["time", "system", "externalId", "action", "article", "outcome"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    with opened(tmp_path / "store.db") as connection:
        yield connection


@pytest.fixture
def busy(store: Connection) -> Connection:
    busy_days(store)
    return store


def test_csv_is_one_row_an_operation_in_the_order_of_time(busy: Connection) -> None:
    raw = report(busy, "csv")
    assert raw.startswith(b"\xef\xbb\xbf" + ",".join(FIRST).encode())
    assert raw.count(b"\r\n") == 9
    rows = csv_rows(busy)
    assert [row["time"] for row in rows] == sorted(row["time"] for row in rows)
    assert [rows[0][name] for name in FIRST] == ["2026-07-01T00:01:00.000Z", "ldap", "1001", "create", "plain", "done"]
    assert (rows[0]["name"], rows[0]["seconds"]) == ("张伟", "2.0")
    assert json.loads(rows[0]["after"])["attributes"]["mail"] == ["z@qu.gov.cn"]
    assert rows[1]["groupName"] == "办公室"
    assert [row["seconds"] for row in rows] == ["2.0", "2.0", "2.0", "", "", "2.0", "", ""]


def test_attempts_of_one_instant_keep_the_order_of_their_ids(store: Connection) -> None:
    for number in (3, 1, 2):
        attempt(store, number, at="2026-07-01T00:00:00.000Z")
    assert [row["id"][:8] for row in csv_rows(store)] == ["00000001", "00000002", "00000003"]


def test_json_carries_the_same_rows_and_the_states_as_objects(busy: Connection) -> None:
    rows = json.loads(report(busy, "json"))
    assert list(rows[0])[:6] == FIRST
    assert [row["id"] for row in rows] == [row["id"] for row in csv_rows(busy)]
    assert rows[0]["after"]["attributes"]["cn"] == ["张伟"]
    assert (rows[7]["outcome"], rows[7]["seconds"], rows[7]["before"]) == (None, None, None)


def test_xlsx_read_back_has_the_rows_the_totals_and_what_stands_open(busy: Connection) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report(busy, "xlsx")))
    assert book.sheetnames == ["操作", "待处理", "汇总", "分类汇总", "说明"]
    sheet = book["操作"]
    header, *rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert header[:6] == FIRST
    assert [row[header.index("id")] for row in rows] == [row["id"] for row in csv_rows(busy)]
    assert rows[0][header.index("seconds")] == 2.0
    assert rows[0][header.index("变更内容")] == "姓名：张伟；邮箱：z@qu.gov.cn"
    assert rows[0][header.index("北京时间")] == "2026-07-01 08:01:00"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == f"A1:AD{len(rows) + 1}"
    open_keys = [(row[0], row[1], row[2]) for row in book["待处理"].iter_rows(min_row=2, values_only=True)]
    assert sorted(open_keys) == [("ldap", "冲突", "1002"), ("ldap", "待核实", "1001"), ("oa", "等待", "G01")]
    head, ldap, _oa = book["汇总"].iter_rows(values_only=True)
    totals = dict(zip(head, ldap, strict=True))
    assert [totals[name] for name in ("系统", "开通", "加入", "失败", "搁置", "操作合计")] == ["ldap", 1, 1, 2, 1, 7]


FORMULAS = [
    "=1+1",
    "+86 10",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠1",
    "'=1",
    '=HYPERLINK("http://x")',
]


def test_no_cell_is_a_formula_and_every_name_comes_back(store: Connection) -> None:
    for number, name in enumerate(FORMULAS):
        subject(store, f"p{number}", name, name)
        attempt(store, number, subject=f"p{number}", key=name, detail=name, reason=name)
    for row, name in zip(csv_rows(store), FORMULAS, strict=True):
        for field in ("name", "externalId", "detail", "reason"):
            assert row[field] == f"'{name}"
            assert original(row[field]) == name
    sheet = openpyxl.load_workbook(io.BytesIO(report(store, "xlsx")))["操作"]
    column = [cell.value for cell in sheet[1]].index("name")
    for cells, name in zip(sheet.iter_rows(min_row=2), FORMULAS, strict=True):
        assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
        assert not any(cell.hyperlink for cell in cells)
        assert original(cells[column].value.replace("_x000D_", "\r")) in (name, name.replace("\r", "\n"))


def test_totals_equal_a_recount(busy: Connection) -> None:
    page = Page()
    page.read(sync_rows(busy), open_rows(busy, None))
    rows = csv_rows(busy)
    for name, system in page.summary.systems.items():
        mine = [row for row in rows if row["system"] == name]
        done = [row["action"] for row in mine if row["outcome"] == "done"]
        failed = [row for row in mine if row["outcome"] in ("refused", "conflict", "unknown", "lost", "retry")]
        figures = system.figures()
        assert system.total == len(mine)
        assert figures["failed"] == len(failed)
        words = ("create", "update", "lock", "unlock", "remove", "join", "leave")
        names = ("created", "changed", "locked", "unlocked", "removed", "joined", "left")
        assert [figures[each] for each in names] == [done.count(word) for word in words]
    assert page.summary.total == len(rows)


def test_an_account_of_others_in_our_place_is_one_conflict(store: Connection) -> None:
    subject(store, "p1", "1001", "张伟")
    link(store, "p1", "parked", error="已有不属于名册的账号占用此编号", finding="foreign")
    assert [row.standing for row in open_rows(store, None)] == [Standing.CONFLICT]


def test_an_operation_whose_subject_is_not_on_record_is_not_lost(store: Connection) -> None:
    attempt(store, 1, subject="gone", key="7777")
    assert [(row["externalId"], row["name"]) for row in csv_rows(store)] == [("7777", "")]


def test_a_group_key_that_two_subjects_bore_doubles_no_row(store: Connection) -> None:
    subject(store, "d1", "G01", "旧办公室", "group")
    subject(store, "d2", "G01", "办公室", "group")
    attempt(store, 1, action="join", group_key="G01")
    assert [row["groupName"] for row in csv_rows(store)] == ["办公室"]


def test_an_unknown_format_is_refused_with_those_there_are(store: Connection) -> None:
    with pytest.raises(ValueError, match="html、csv、xlsx、json"):
        report(store, "pdf")


@pytest.mark.parametrize("name", ["http://a.gov.cn", "mailto:a@gov.cn", "007", "1e5", "TRUE", "2026-07-01"])
def test_text_stays_text_in_a_workbook(store: Connection, name: str) -> None:
    subject(store, "p1", "1001", name)
    attempt(store, 1)
    sheet = openpyxl.load_workbook(io.BytesIO(report(store, "xlsx")))["操作"]
    cell = sheet.cell(2, [cell.value for cell in sheet[1]].index("name") + 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (name, "s", None)
