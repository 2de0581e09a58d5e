"""`huaming report letters`: which letters departments owe, until when, and who is late (article five)."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from sqlalchemy import Connection

from scim_server.reports.letters.page import Page, write_html
from scim_server.reports.letters.reading import read_rows
from scim_server.reports.letters.rows import LetterRow, Terms
from scim_server.reports.letters.tables import write_csv, write_json, write_rows, write_totals
from scim_server.reports.letters.tally import Tally
from scim_server.reports.render_xlsx import workbook

FORMATS = ("html", "csv", "xlsx", "json")


def write_letters(connection: Connection, format: str, out: BinaryIO, now: float, terms: Terms) -> None:
    """Writes the report to `out`, which stays open. `format`: one of FORMATS. `now`: seconds since the epoch.

    The connection should be in a transaction, so that all parts tell of one moment.
    """
    if format == "csv":
        write_csv(read_rows(connection, terms), out)
    elif format == "json":
        write_json(read_rows(connection, terms), out)
    elif format == "xlsx":
        tally = Tally()
        with workbook(out, datetime.fromtimestamp(now, UTC), "来函报告") as book:
            write_rows(book, _counted(read_rows(connection, terms), tally))
            write_totals(book, tally)
    else:
        page = Page()
        page.read(read_rows(connection, terms, page.tally.hide))
        write_html(page, out, terms, now)


def _counted(rows: Iterable[LetterRow], tally: Tally) -> Iterator[LetterRow]:
    for row in rows:
        tally.add(row)
        yield row
