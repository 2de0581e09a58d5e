"""`huaming report zero-activity`: the monthly check of 四, what came of it, and its totals counted again."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection

from scim_server.clock import civil_day
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.tables import Column, write_csv_lines, write_sheet_lines
from scim_server.reports.zero_activity import tables
from scim_server.reports.zero_activity.page import write_html
from scim_server.reports.zero_activity.reading import Found, left_out, read

TITLE = "无操作核查"


def write_zero_activity(
    connection: Connection, form: str, out: BinaryIO, now: float, month: str | None, restricted: bool = False
) -> None:
    """Writes the report to `out`, which stays open: html, csv, xlsx or json. `now`: seconds since the epoch.

    `month`: YYYY-MM, by default that of the last check. `restricted`: district leaders, answers and exact reasons too
    (S18). The connection should be in a transaction. Raises NoSuchReview before anything is written.
    """
    found = read(connection, month, civil_day(now), restricted)
    if form == "json":
        _json(found, out)
    elif form == "csv":
        columns = list(tables.case_columns(restricted).values())
        write_csv_lines(columns, (tables.case_line(row, restricted) for row in found.cases), out)
    elif form == "xlsx":
        with workbook(out, datetime.fromtimestamp(now, UTC), TITLE) as book:
            _sheets(book, found)
            lines = map(tables.left_out_line, left_out(connection, found.review.id, restricted))
            write_sheet_lines(book, "未列入", tables.LEFT_OUT_COLUMNS, lines)
    else:
        write_html(found, out, now)


def _sheets(book: Any, found: Found) -> None:
    seen = found.restricted
    systems, departments = map(tables.system_line, found.systems), found.departments
    reasons = (line for row in found.systems for line in tables.reason_lines(row))
    cases = (tables.case_line(row, seen) for row in found.cases)
    write_sheet_lines(book, "核查", [Column("项目"), Column("内容", 80)], tables.head_lines(found))
    write_sheet_lines(book, "各系统", tables.SYSTEM_COLUMNS, systems)
    write_sheet_lines(book, "不在核查之列", tables.REASON_COLUMNS, reasons)
    write_sheet_lines(
        book, "各单位", tables.DEPARTMENT_COLUMNS, (tables.department_line(each, seen) for each in departments)
    )
    write_sheet_lines(book, "无操作账号", list(tables.case_columns(seen).values()), cases)
    write_sheet_lines(book, "无人对应", tables.STRANGER_COLUMNS, map(tables.stranger_line, found.strangers))


def _json(found: Found, out: BinaryIO) -> None:
    """`{"review", "systems", "departments", "cases", "strangers", "withheld", "recount"}`; an object a line."""
    seen = found.restricted
    out.write(b'{"review": ' + orjson.dumps(tables.head(found)))
    _objects("systems", map(tables.system_record, found.systems), out)
    _objects("departments", (tables.department_record(each, seen) for each in found.departments), out)
    _objects("cases", (tables.case_record(row, seen) for row in found.cases), out)
    strange = ({"system": each.system, "remoteId": each.remote_id, "at": each.at} for each in found.strangers)
    _objects("strangers", strange, out)
    rest = {"withheld": found.withheld, "recount": _recount(found)}
    out.write(b",\n" + orjson.dumps(rest)[1:] + b"\n")


def _recount(found: Found) -> dict[str, Any] | None:
    if found.recount is None:
        return None
    reported, counted = found.recount.accounts
    said = {"agrees": found.recount.agrees, "reported": reported, "counted": counted}
    return said | {"sentence": found.recount.sentence(found.restricted)}


def _objects(name: str, records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    out.write(f',\n"{name}": ['.encode())
    separator = b"\n"
    for record in records:
        out.write(separator + orjson.dumps(record))
        separator = b",\n"
    out.write(b"\n]")
