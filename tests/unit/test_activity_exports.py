"""Exports as consoles write them: encodings, headings, times, and rows that are wrong."""

import io
from datetime import UTC, date, datetime, timedelta, timezone
from zipfile import ZipFile

import openpyxl
import pytest

from scim_server.review.export_columns import BadColumns
from scim_server.review.export_file import BadFile
from scim_server.review.export_times import DAY, MINUTE, moment
from scim_server.review.exports import BadRows, Export, Line, read

CHINA = timezone(timedelta(hours=8))
AT = datetime(2026, 6, 30, 17, 31, 5, tzinfo=CHINA)
NOW = datetime(2026, 7, 1, 9, tzinfo=CHINA)
EXACT = timedelta()


@pytest.mark.parametrize(
    ("cell", "at", "slack"),
    [
        ("2026-06-30 17:31:05", AT, EXACT),
        ("2026/6/30 17:31:05", AT, EXACT),
        ("2026.06.30 17:31:05", AT, EXACT),
        ("2026年6月30日 17时31分05秒", AT, EXACT),
        ("2026年06月30日17:31:05", AT, EXACT),
        ("2026/6/30 星期二 17:31:05", AT, EXACT),
        ("2026-06-30 下午 5:31:05", AT, EXACT),
        ("2026/6/30 5:31:05 PM", AT, EXACT),
        ("２０２６－０６－３０　１７：３１：０５", AT, EXACT),
        ("2026-06-30T17:31:05+08:00", AT, EXACT),
        ("2026-06-30T09:31:05Z", AT, EXACT),
        ("2026-06-30T09:31:05.250Z", AT.replace(microsecond=250_000), EXACT),
        ("2026-06-30 17:31:05.25", AT.replace(microsecond=250_000), EXACT),
        ("20260630173105", AT, EXACT),
        (str(int(AT.timestamp())), AT, EXACT),
        (str(int(AT.timestamp()) * 1000), AT, EXACT),
        (int(AT.timestamp()) * 1000, AT, EXACT),
        (datetime(2026, 6, 30, 17, 31, 5), AT, EXACT),
        (46203 + (17 * 3600 + 31 * 60 + 5) / 86400, AT, EXACT),
        ("2026-06-30 17:31", AT.replace(second=0), MINUTE),
        ("2026年6月30日17时31分", AT.replace(second=0), MINUTE),
        ("2026-06-30", AT.replace(hour=0, minute=0, second=0), DAY),
        ("2026年6月30日", AT.replace(hour=0, minute=0, second=0), DAY),
        ("20260630", AT.replace(hour=0, minute=0, second=0), DAY),
        (date(2026, 6, 30), AT.replace(hour=0, minute=0, second=0), DAY),
        (datetime(2026, 6, 30), AT.replace(hour=0, minute=0, second=0), DAY),
        (46203, AT.replace(hour=0, minute=0, second=0), DAY),
        ("2026-06-30 上午 12:05:00", datetime(2026, 6, 30, 0, 5, tzinfo=CHINA), EXACT),
        ("2026-06-30 中午 12:05:00", datetime(2026, 6, 30, 12, 5, tzinfo=CHINA), EXACT),
    ],
)
def test_a_time_however_it_is_written(cell: object, at: datetime, slack: timedelta) -> None:
    assert moment(cell) == (at, slack)
    found = moment(cell)
    assert found is not None
    assert found[0].tzinfo is UTC


@pytest.mark.parametrize("cell", [None, "", " ", "-", "—", "无", "从未登录", "未登录", "NULL", 0, "0"])
def test_no_time_at_all(cell: object) -> None:
    assert moment(cell) is None


@pytest.mark.parametrize(
    "cell", ["昨天", "2026-13-01", "2026-02-30 10:00", "30/06/2026", "17:31:05", "12", True, "25:61"]
)
def test_what_is_no_time_is_an_error(cell: object) -> None:
    with pytest.raises(ValueError, match=r".*"):
        moment(cell)


TABLE = "人员编号,姓名,最后登录时间\nE1,王一,2026-06-30 17:31:05\nE2,王二,\n"
LINES = [
    Line(2, (("key", "E1"),), "王一", AT.timestamp(), 0.0),
    Line(3, (("key", "E2"),), "王二", None, 0.0),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_csv_in_any_encoding(encoding: str) -> None:
    assert read(TABLE.encode(encoding), NOW) == Export(LINES)


@pytest.mark.parametrize("delimiter", ["\t", ";"])
def test_a_csv_with_other_separators(delimiter: str) -> None:
    assert read(TABLE.replace(",", delimiter).encode(), NOW) == Export(LINES)


def workbook(*rows: list[object], others: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for name in others:
        book.create_sheet(name, 0).append(["说明", "本表由系统导出"])
    for row in rows:
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def test_a_sheet_with_dates_as_cells_titles_above_and_a_count_below() -> None:
    data = workbook(
        ["政务OA用户登录情况统计表"],
        [],
        ["序号", "工号 ", "登录名", "姓名", "最后登录时间（北京时间）"],
        [1, 1001, "wangyi", "王一", datetime(2026, 6, 30, 17, 31, 5)],
        [2, 1002.0, "wanger", "王二", "从未登录"],
        [None, None, None, None, None],
        ["合计", 2],
        others=("说明",),
    )
    assert read(data, NOW).lines == [
        Line(4, (("key", "1001"), ("login", "wangyi")), "王一", AT.timestamp(), 0.0),
        Line(5, (("key", "1002"), ("login", "wanger")), "王二", None, 0.0),
    ]


def test_a_day_in_a_sheet_is_some_time_on_that_day() -> None:
    """It comes back as its midnight, and who was there in the evening was not there after a check's hour."""
    (line,) = read(workbook(["工号", "最后登录时间"], [1001, date(2026, 6, 30)]), NOW).lines
    assert (line.at, line.slack) == (datetime(2026, 6, 30, tzinfo=CHINA).timestamp(), DAY.total_seconds())


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("broken", [b"<a>", b""])
def test_a_broken_workbook_is_told_in_a_sentence(part: str, broken: bytes) -> None:
    """It ended with a traceback."""
    made = io.BytesIO()
    with ZipFile(io.BytesIO(workbook(["工号", "最后登录时间"]))) as whole, ZipFile(made, "w") as changed:
        for name in whole.namelist():
            changed.writestr(name, broken if name == part else whole.read(name))
    with pytest.raises(BadFile, match=r"打不开|读不懂"):
        read(made.getvalue(), NOW)


def test_the_most_telling_time_counts_unless_another_is_named() -> None:
    table = "账号,登录时间,最后操作时间\nu1,2026-06-01 08:00:00,2026-06-30 17:31:05\n".encode()
    assert read(table, NOW).lines[0].at == AT.timestamp()
    named = read(table, NOW, at="登录时间").lines[0].at
    assert named == datetime(2026, 6, 1, 8, tzinfo=CHINA).timestamp()


def test_columns_that_a_person_names() -> None:
    table = "人,何时\nE1,2026-06-30 17:31:05\n".encode()
    with pytest.raises(BadColumns, match="--key"):
        read(table, NOW)
    assert read(table, NOW, key="人", at="何时").lines[0].who == (("id", "E1"),)


def test_two_columns_of_one_name_are_not_guessed_at() -> None:
    with pytest.raises(BadColumns, match="2 列"):
        read("工号,登录时间,登录时间\nE1,2026-06-30,2026-06-29\n".encode(), NOW)


def test_every_row_that_is_wrong_is_told_by_its_number() -> None:
    table = TABLE + ",王三,2026-06-30\nE4,王四,昨天\nE5,王五,2027-01-01 00:00:00\n"
    with pytest.raises(BadRows) as wrong:
        read(table.encode(), NOW)
    assert wrong.value.number == 3
    assert [each.partition("：")[0] for each in wrong.value.told] == ["第 4 行", "第 5 行", "第 6 行"]
    assert "昨天" in wrong.value.told[1]
    assert "在将来" in wrong.value.told[2]


def test_not_more_errors_than_a_person_reads() -> None:
    table = "工号,登录时间\n" + "E1,昨天\n" * 500
    with pytest.raises(BadRows) as wrong:
        read(table.encode(), NOW)
    assert (wrong.value.number, len(wrong.value.told)) == (500, 20)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "xls"),
        (b"<html><table><tr><td>a</td></tr></table></html>", "网页"),
        (b"PK\x03\x04" + b"\0" * 100, "打不开"),
        (bytes(range(128, 256)) * 4, "GB18030"),
        ("工号,登录时间\n".encode(), "没有一行"),
    ],
)
def test_a_file_that_is_something_else_is_told(data: bytes, says: str) -> None:
    with pytest.raises(BadFile, match=says):
        read(data, NOW)


def test_a_workbook_that_would_fill_the_memory_is_not_unpacked() -> None:
    data = bytearray(workbook(["工号", "最后登录时间"]))
    first = data.index(b"PK\x01\x02")  # of the list of its parts; how long the part is stands 24 bytes on
    data[first + 24 : first + 28] = (3_000_000_000).to_bytes(4, "little")
    with pytest.raises(BadFile, match="解压后超过 2000 MB"):
        read(bytes(data), NOW)


@pytest.mark.parametrize("data", [b"", b"\n\n\n", b"a,b\n1,2\n"])
def test_a_file_without_headings_is_told(data: bytes) -> None:
    with pytest.raises(BadColumns):
        read(data, NOW)


def test_cells_with_separators_quotes_and_line_breaks_are_one_cell() -> None:
    table = '工号,姓名,备注,登录时间\r\n"E1","王,一","说 ""好""\n第二行",2026-06-30 17:31:05\r\n'
    (line,) = read(table.encode("gb18030"), NOW).lines
    assert (line.who, line.name, line.at) == ((("key", "E1"),), "王,一", AT.timestamp())


def test_a_month_at_a_door_holds_whoever_passes_once() -> None:
    """Millions of rows of some thousand people must fit into memory."""
    said = "人员编号,姓名,通行时间\n" + "".join(f"E{number % 2},王芳,2026-06-0{number}\n" for number in range(1, 7))
    lines = read(said.encode(), NOW).lines
    assert [line.who for line in lines] == [(("key", f"E{number % 2}"),) for number in range(1, 7)]
    assert len({id(line.who) for line in lines}) == 2
    assert len({id(line.name) for line in lines}) == 1
