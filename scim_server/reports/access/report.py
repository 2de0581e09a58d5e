"""`huaming report access`: who is where today, and whether that is right, as somebody must sign it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from sqlalchemy import Connection

from scim_server.reports.access.page import write_html
from scim_server.reports.access.people import titles_of
from scim_server.reports.access.reading import Terms, read_rows
from scim_server.reports.access.rows import AccessRow, columns, line, record
from scim_server.reports.access.tally import DEPARTMENTS, SYSTEMS, Tally
from scim_server.reports.queries import system_rows
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.tables import write_csv_lines, write_json_records, write_sheet_lines

TITLE = "账号权限核对"


def write_access(connection: Connection, form: str, out: BinaryIO, now: float, terms: Terms, scope: str) -> None:
    """Writes the report to `out`, which stays open: html, csv, xlsx or json. `now`: seconds since the epoch.

    `scope`: what it covers, in words. The connection should be in a transaction, so that all parts tell of one moment.
    """
    rows, titles = read_rows(connection, terms), titles_of(terms.org)
    if form == "json":
        write_json_records((record(row, titles) for row in rows), out)
    elif form == "csv":
        write_csv_lines(columns(terms.systems), (line(row, terms.systems, titles) for row in rows), out)
    elif form == "xlsx":
        tally = Tally()
        with workbook(out, datetime.fromtimestamp(now, UTC), TITLE) as book:
            lines = (line(row, terms.systems, titles) for row in _counted(rows, tally))
            write_sheet_lines(book, TITLE, columns(terms.systems), lines)
            write_sheet_lines(book, "各系统", SYSTEMS, tally.by_system())
            write_sheet_lines(book, "各部门", DEPARTMENTS, tally.by_department(titles))
    else:
        states = {each.name: each for each in system_rows(connection, None)}
        write_html(rows, out, terms.systems, states, titles, scope, now)


def _counted(rows: Iterable[AccessRow], tally: Tally) -> Iterator[AccessRow]:
    for row in rows:
        tally.add(row)
        yield row
