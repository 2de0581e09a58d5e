"""The sync report as CSV: UTF-8 with BOM, so that spreadsheet programs read Chinese, and RFC 4180."""

import csv
import io
from collections.abc import Iterable
from typing import BinaryIO

from scim_server.reports.cells import neutral
from scim_server.reports.fields import FIELDS, EndsSessions, Value, record
from scim_server.reports.rows import SyncRow

_BOM = b"\xef\xbb\xbf"


def write_csv(rows: Iterable[SyncRow], out: BinaryIO, ends_sessions: EndsSessions) -> None:
    """One line an operation, below a header with the names of the fields."""
    out.write(_BOM)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        lines = csv.writer(text, dialect="excel")
        lines.writerow(FIELDS)
        for row in rows:
            lines.writerow([_cell(value) for value in record(row, ends_sessions).values()])
        text.flush()
    finally:
        text.detach()  # the stream is the caller's to close


def _cell(value: Value) -> str | float:
    if value is None:
        return ""
    return neutral(value) if isinstance(value, str) else value
