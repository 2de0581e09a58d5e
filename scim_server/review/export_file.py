"""The rows of an export, as they stand in the file: CSV in UTF-8, GB18030 or UTF-16, and XLSX.

What a file is its first bytes say, not its name. Nothing in it is run: formulas are read as what they last showed.
"""

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from typing import Any
from zipfile import ZipFile

LARGEST = 200 * 1024 * 1024  # bytes
UNPACKED = 10 * LARGEST  # of a workbook: ten times is usual, a thousand times possible
WIDEST = 1_000  # columns
SAVE_AS = "请在表格程序中打开，另存为 xlsx 或 CSV 后再导入"
Row = Sequence[Any]


class BadFile(Exception):
    """The file cannot be read. The argument is a sentence."""


def sheets(data: bytes) -> Iterator[Iterator[tuple[int, Row]]]:
    """Each sheet as its rows with their numbers in the file, from 1; a CSV is one sheet. Raises BadFile."""
    if data[:4] == b"\xd0\xcf\x11\xe0":
        raise BadFile(f"这是旧式 xls 或加密的文件；{SAVE_AS}")
    if data[:4] == b"PK\x03\x04":
        yield from _workbook(data)
        return
    text, encoding = data[:512].lstrip().lower(), _encoding(data)
    if text.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise BadFile(f"这是网页格式的文件，虽然名为表格；{SAVE_AS}")
    yield _lines(data, encoding)


def _encoding(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise BadFile("既不是 UTF-8 也不是 GB18030 的文本，也不是 xlsx")


def _lines(data: bytes, encoding: str) -> Iterator[tuple[int, Row]]:
    with io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="") as text:
        head = text.read(64 * 1024)
        text.seek(0)
        rows = csv.reader(text, delimiter=_delimiter(head), strict=False)
        try:
            while True:
                line = rows.line_num + 1
                try:
                    yield line, next(rows)
                except StopIteration:
                    return
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadFile(f"第 {rows.line_num + 1} 行读不懂：{error}") from error


def _delimiter(head: str) -> str:
    """Of the usual ones the one that is there most; in a tie the comma."""
    return max((",", "\t", ";"), key=lambda each: (head.count(each), each == ","))


def _workbook(data: bytes) -> Iterator[Iterator[tuple[int, Row]]]:
    book = _book(data)
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                sheet.reset_dimensions()  # some programs write a wrong size
                yield _cells(sheet)
    finally:
        book.close()


def _book(data: bytes) -> Any:
    try:
        if _unpacked(data) <= UNPACKED:
            return _loaded(data)
    except (KeyError, ValueError, OSError) as error:
        raise BadFile(f"打不开这个 xlsx：{error}") from error
    except Exception as error:  # of a broken file zipfile, zlib and the readers of XML each raise their own
        raise BadFile("打不开这个 xlsx：文件不完整，或者不是 xlsx") from error
    raise BadFile(f"这个 xlsx 解压后超过 {UNPACKED // 2**20} MB，请按时间分成几个文件导出")


def _unpacked(data: bytes) -> int:
    """Bytes, as the file itself says: more than it says is not read of it."""
    with ZipFile(io.BytesIO(data)) as packed:
        return sum(each.file_size for each in packed.infolist())


def _loaded(data: bytes) -> Any:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that it does not know
        return openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)


def _cells(sheet: Any) -> Iterator[tuple[int, Row]]:
    try:
        yield from enumerate(sheet.iter_rows(values_only=True, max_col=WIDEST), 1)
    except Exception as error:  # openpyxl fails in many ways on a broken sheet
        raise BadFile(f"工作表「{sheet.title}」读不懂：{error}") from error
