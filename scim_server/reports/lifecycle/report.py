"""`huaming report lifecycle`: who came, moved, was locked and went in a period, and when each system had it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import BinaryIO

from sqlalchemy import Connection

from scim_server.reports.lifecycle.departments import Departments
from scim_server.reports.lifecycle.page import Page, write_html
from scim_server.reports.lifecycle.reading import read_rows, system_names
from scim_server.reports.lifecycle.rows import LifecycleRow, columns, line, record
from scim_server.reports.lifecycle.tally import ARRIVALS, ARTICLES, HEADINGS, Tally
from scim_server.reports.period import Period
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.tables import write_csv_lines, write_json_records, write_sheet_lines

TITLE = "人员变动"


def write_lifecycle(connection: Connection, form: str, out: BinaryIO, now: float, period: Period) -> None:
    """Writes the report to `out`, which stays open: html, csv, xlsx or json. `now`: seconds since the epoch.

    The connection should be in a transaction, so that all parts tell of one moment.
    """
    departments = Departments.read(connection)
    rows, titles = read_rows(connection, period, departments), departments.titles
    if form == "json":
        write_json_records((record(row, titles) for row in rows), out)
    elif form == "csv":
        systems = system_names(connection)
        write_csv_lines(columns(systems), (line(row, systems, titles) for row in rows), out)
    elif form == "xlsx":
        tally, systems = Tally(), system_names(connection)
        with workbook(out, datetime.fromtimestamp(now, UTC), TITLE) as book:
            lines = (line(row, systems, titles) for row in _counted(rows, tally))
            write_sheet_lines(book, TITLE, columns(systems), lines)
            write_sheet_lines(book, "按部门", HEADINGS, tally.by_department(titles))
            write_sheet_lines(book, "按条款", ARTICLES, tally.by_article())
            write_sheet_lines(book, "各系统", ARRIVALS, [*tally.by_system(), [tally.check.sentence]])
    else:
        page = Page()
        page.read(rows)
        write_html(page, out, period, titles, now)


def _counted(rows: Iterable[LifecycleRow], tally: Tally) -> Iterator[LifecycleRow]:
    for row in rows:
        tally.add(row)
        yield row
