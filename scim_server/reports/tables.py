"""One table in the formats of spreadsheets and programs: what every report of rows has in common."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO, NamedTuple

import orjson

from scim_server.reports.cells import neutral
from scim_server.reports.fields import Value
from scim_server.reports.sheet import write_sheets

_BOM = b"\xef\xbb\xbf"  # spreadsheet programs read Chinese by it


class Column(NamedTuple):
    """A heading in Chinese, and its width in half-width characters."""

    title: str
    width: float = 12.0


def write_csv_lines(columns: Sequence[Column], lines: Iterable[Sequence[Value]], out: BinaryIO) -> None:
    """UTF-8 with BOM, RFC 4180; nothing in it is a formula. `out` stays open."""
    out.write(_BOM)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        writer = csv.writer(text, dialect="excel")
        writer.writerow([column.title for column in columns])
        for line in lines:
            writer.writerow([_cell(value) for value in line])
        text.flush()
    finally:
        text.detach()


def write_json_records(records: Iterable[Mapping[str, Any]], out: BinaryIO) -> None:
    """One array, an object a record on a line of its own."""
    out.write(b"[")
    separator = b"\n"
    for record in records:
        out.write(separator + orjson.dumps(record))
        separator = b",\n"
    out.write(b"\n]\n")


def write_sheet_lines(book: Any, name: str, columns: Sequence[Column], lines: Iterable[Sequence[Value]]) -> None:
    """Below one header, on as many sheets as they need."""
    write_sheets(book, name, {column.title: column.width for column in columns}, lines)


def _cell(value: Value) -> str | float:
    if value is None:
        return ""
    if isinstance(value, str):
        return neutral(value)
    return int(value) if float(value).is_integer() else value  # a number of people has no decimals
