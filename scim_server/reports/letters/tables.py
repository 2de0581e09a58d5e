"""The letters report as CSV, JSON and workbook: one row for each department that owes a letter."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any, BinaryIO

import orjson

from scim_server.reports.cells import neutral
from scim_server.reports.letters.rows import FIELDS, KINDS, STATES, LetterRow
from scim_server.reports.letters.tally import HEADINGS, Tally, totals
from scim_server.reports.sheet import write_sheets

_BOM = b"\xef\xbb\xbf"
_WIDTHS = {"sender_name": 26, "name": 14, "article": 14, "number": 26, "stated": 26, "covers": 22}
PHASES = {"start": "开始", "end": "结束"}


def write_csv(rows: Iterable[LetterRow], out: BinaryIO) -> None:
    """UTF-8 with BOM, RFC 4180, headings in Chinese."""
    out.write(_BOM)
    text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=False)
    try:
        lines = csv.writer(text, dialect="excel")
        lines.writerow(FIELDS.values())
        for row in rows:
            lines.writerow([neutral(cell) for cell in cells(row)])
        text.flush()
    finally:
        text.detach()  # the stream is the caller's to close


def write_json(rows: Iterable[LetterRow], out: BinaryIO) -> None:
    """An array, an object a row on a line of its own, with the codes of the house."""
    out.write(b"[")
    separator = b"\n"
    for row in rows:
        out.write(separator + orjson.dumps(asdict(row)))
        separator = b",\n"
    out.write(b"\n]\n")


def write_rows(book: Any, rows: Iterable[LetterRow]) -> None:
    """The sheet of the letters."""
    widths = {title: float(_WIDTHS.get(name, 12)) for name, title in FIELDS.items()}
    write_sheets(book, "来函", widths, (list(cells(row)) for row in rows))


def write_totals(book: Any, tally: Tally) -> None:
    """The sheet of the departments."""
    widths = {title: float(width) for title, width in HEADINGS.items()}
    write_sheets(book, "各单位", widths, [totals(each) for each in tally.worst_first()])


def cells(row: LetterRow) -> Iterator[str]:
    """One row in Chinese, in the order of FIELDS."""
    words = {
        "kind": KINDS[row.kind],
        "provisional": "是" if row.provisional else "",
        "state": STATES[row.state],
        "whole": STATES[row.whole],
        "sent": row.sent or "",
        "phase": PHASES[row.phase],
    }
    yield from (words[name] if name in words else str(getattr(row, name)) for name in FIELDS)
