"""`huaming report sync`: what was done to which account, why, and how long it took until it was read back."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, TypeVar

from sqlalchemy import Connection

from scim_server.reports.fields import EndsSessions
from scim_server.reports.page import Page
from scim_server.reports.period import EVER, Period
from scim_server.reports.queries import group_titles, open_rows, sync_rows, system_rows
from scim_server.reports.recount import check
from scim_server.reports.render_csv import write_csv
from scim_server.reports.render_html import write_html
from scim_server.reports.render_json import write_json
from scim_server.reports.render_xlsx import (
    workbook,
    write_key,
    write_kinds,
    write_operations,
    write_standing,
    write_totals,
)
from scim_server.reports.rows import OpenRow, SyncRow
from scim_server.reports.scope import Scope
from scim_server.reports.summary import Summary

_Each = TypeVar("_Each")


def write_sync(  # noqa: PLR0913  the command's options
    connection: Connection,
    format: str,
    out: BinaryIO,
    now: datetime,
    period: Period = EVER,
    system: str | None = None,
    person: str | None = None,
    *,
    ends_sessions: EndsSessions | None = None,
) -> None:
    """Writes the report to `out`, which stays open, while the rows are read: memory does not grow with the record.

    The connection should be in a transaction, as those of `open_engine` are, so that all
    parts tell of one moment. `format` is one of FORMATS; `now` is aware; `person` is an externalId; `ends_sessions`
    tells by system what its Capabilities say about locks (S30). Raises ValueError with a sentence for an unknown
    format, before anything is written.
    """
    if format not in FORMATS:
        raise ValueError(f"没有“{format}”格式，可用：{'、'.join(FORMATS)}")
    scope = Scope(now, period, system, person)
    FORMATS[format](connection, out, scope, ends_sessions or {})


def _csv(connection: Connection, out: BinaryIO, scope: Scope, ends_sessions: EndsSessions) -> None:
    write_csv(_rows(connection, scope), out, ends_sessions)


def _json(connection: Connection, out: BinaryIO, scope: Scope, ends_sessions: EndsSessions) -> None:
    write_json(_rows(connection, scope), out, ends_sessions)


def _xlsx(connection: Connection, out: BinaryIO, scope: Scope, ends_sessions: EndsSessions) -> None:
    summary = Summary()
    with workbook(out, scope.now) as book:
        rows = _counted(_rows(connection, scope), summary.add)
        write_operations(book, rows, ends_sessions, group_titles(connection))
        write_standing(book, _counted(_standing(connection, scope), summary.add_open))
        write_totals(book, summary)
        write_kinds(book, summary, _check(connection, scope, summary))
        write_key(book)


def _html(connection: Connection, out: BinaryIO, scope: Scope, ends_sessions: EndsSessions) -> None:
    page = Page()
    page.read(_rows(connection, scope), _standing(connection, scope))
    states = [] if scope.person else system_rows(connection, scope.system)
    check = _check(connection, scope, page.summary)
    write_html(page, out, scope, states, group_titles(connection), ends_sessions, check)


def _check(connection: Connection, scope: Scope, summary: Summary) -> str | None:
    """The sentence of the recount; of one person's history there is none."""
    if scope.person is not None:
        return None
    return check(connection, summary.by_kind, scope.period, scope.system).sentence


FORMATS: dict[str, Callable[[Connection, BinaryIO, Scope, EndsSessions], None]] = {
    "html": _html,
    "csv": _csv,
    "xlsx": _xlsx,
    "json": _json,
}


def _rows(connection: Connection, scope: Scope) -> Iterator[SyncRow]:
    return sync_rows(connection, scope.period, scope.system, scope.person)


def _standing(connection: Connection, scope: Scope) -> Iterator[OpenRow]:
    return open_rows(connection, scope.system, scope.person)


def _counted(rows: Iterable[_Each], count: Callable[[_Each], None]) -> Iterator[_Each]:
    for row in rows:
        count(row)
        yield row
