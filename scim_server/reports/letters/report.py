"""`huaming report letters`: which letters departments owe (article five), which of ours are not done with, and which
deadlines each department has kept (一 to 四)."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection

from scim_server.reports.letters import deadlines, outgoing
from scim_server.reports.letters.deadlines import Kept
from scim_server.reports.letters.outgoing import OutgoingRow
from scim_server.reports.letters.page import Page, write_html
from scim_server.reports.letters.reading import read_rows
from scim_server.reports.letters.rows import LetterRow, Terms
from scim_server.reports.letters.tables import write_csv, write_json, write_rows, write_totals
from scim_server.reports.letters.tally import Tally
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.tables import write_csv_lines, write_json_records, write_sheet_lines

FORMATS = ("html", "csv", "xlsx", "json")
PARTS = ("owed", "outgoing", "deadlines")
"""What csv and json hold one of; html and xlsx hold all."""


def write_letters(
    connection: Connection, format: str, out: BinaryIO, now: float, terms: Terms, part: str = "owed"
) -> None:
    """Writes the report to `out`, which stays open. `format`: one of FORMATS. `now`: seconds since the epoch.

    The connection should be in a transaction, so that all parts tell of one moment.
    """
    if format == "csv":
        _csv(connection, out, terms, part)
    elif format == "json":
        _json(connection, out, terms, part)
    elif format == "xlsx":
        with workbook(out, datetime.fromtimestamp(now, UTC), "来函报告") as book:
            _sheets(connection, book, terms)
    else:
        page = Page()
        kept = Kept()
        page.read(_counted(read_rows(connection, terms, page.tally.hide), kept))
        kept.read_replies(connection, terms)
        page.deadlines, page.outgoing = kept.rows(), list(_outgoing(connection, terms))
        page.withheld = 0 if terms.restricted else outgoing.withheld(connection)
        write_html(page, out, terms, now)


def _csv(connection: Connection, out: BinaryIO, terms: Terms, part: str) -> None:
    rows = read_rows(connection, terms)
    if part == "outgoing":
        columns = list(outgoing.COLUMNS.values())
        write_csv_lines(columns, map(outgoing.line, _outgoing(connection, terms)), out)
    elif part == "deadlines":
        write_csv_lines(deadlines.COLUMNS, map(deadlines.line, deadlines.all_of(connection, rows, terms)), out)
    else:
        write_csv(rows, out)


def _json(connection: Connection, out: BinaryIO, terms: Terms, part: str) -> None:
    rows = read_rows(connection, terms)
    if part == "outgoing":
        write_json_records(map(asdict, _outgoing(connection, terms)), out)
    elif part == "deadlines":
        write_json_records(map(deadlines.record, deadlines.all_of(connection, rows, terms)), out)
    else:
        write_json(rows, out)


def _sheets(connection: Connection, book: Any, terms: Terms) -> None:
    tally, kept = Tally(), Kept()
    write_rows(book, _tallied(_counted(read_rows(connection, terms), kept), tally))
    write_totals(book, tally)
    lines = map(outgoing.line, _outgoing(connection, terms))
    write_sheet_lines(book, "发函未结", list(outgoing.COLUMNS.values()), lines)
    kept.read_replies(connection, terms)
    write_sheet_lines(book, "时限", deadlines.COLUMNS, map(deadlines.line, kept.rows()))


def _outgoing(connection: Connection, terms: Terms) -> Iterator[OutgoingRow]:
    names = {key: each.name for key, each in terms.org.departments.items()}
    return outgoing.outgoing_rows(connection, names, terms.day, terms.restricted)


def _counted(rows: Iterable[LetterRow], kept: Kept) -> Iterator[LetterRow]:
    for row in rows:
        kept.add(row)
        yield row


def _tallied(rows: Iterable[LetterRow], tally: Tally) -> Iterator[LetterRow]:
    for row in rows:
        tally.add(row)
        yield row
