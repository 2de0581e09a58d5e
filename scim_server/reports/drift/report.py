"""`huaming report drift`: what sweeps found, what was healed and what was left, with the counts of what was read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection

from scim_server.clock import stamp
from scim_server.reports.drift.rows import DriftRow, SweepRow, drift_rows, sweep_rows
from scim_server.reports.drift.words import COUNTS, KINDS, OUTCOMES, SWEEPS, ending, label, sentence, standing
from scim_server.reports.fields import Value
from scim_server.reports.period import Period, local
from scim_server.reports.queries import group_titles
from scim_server.reports.render_html import environment
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.tables import Column, write_csv_lines, write_sheet_lines

TITLE = "巡检报告"
MOST = 1000  # values of one system on the page
COLUMNS = (
    Column("巡检时间（北京时间）", 22),
    Column("系统"),
    Column("类别", 8),
    Column("编号", 18),
    Column("姓名或名称", 18),
    Column("项目", 16),
    Column("发现", 44),
    Column("办法", 18),
    Column("现状", 24),
    Column("恢复时间（北京时间）", 22),
    Column("最早发现（北京时间）", 22),
    Column("原因", 40),
)
SWEEP_COLUMNS = (
    Column("系统"),
    Column("方式", 8),
    Column("开始（北京时间）", 22),
    Column("结束（北京时间）", 22),
    Column("结果", 40),
    *(Column(title) for title in COUNTS.values()),
)


def write_drift(
    connection: Connection, form: str, out: BinaryIO, now: float, period: Period, system: str | None = None
) -> None:
    """Writes the report to `out`, which stays open: html, csv, xlsx or json. `now`: seconds since the epoch.

    Without a period the last sweep of each system. The connection should be in a transaction.
    """
    since, until = (period.since, period.until)
    found, titles = sweep_rows(connection, system, since, until), group_titles(connection)
    rows = drift_rows(connection, found)
    if form == "json":
        _json(found, rows, out)
    elif form == "csv":
        write_csv_lines(COLUMNS, (_line(row, titles) for row in rows), out)
    elif form == "xlsx":
        with workbook(out, datetime.fromtimestamp(now, UTC), TITLE) as book:
            write_sheet_lines(book, "不符", COLUMNS, (_line(row, titles) for row in rows))
            write_sheet_lines(book, "巡检", SWEEP_COLUMNS, map(_sweep_line, found))
    else:
        _html(found, rows, titles, out, now)


def _line(row: DriftRow, titles: Mapping[str, str]) -> list[Value]:
    about: list[Value] = [local(row.time), row.system, KINDS[row.kind], row.external_id, row.name]
    said = [label(row), sentence(row, titles), OUTCOMES[row.outcome], standing(row)]
    return [*about, *said, local(row.healed), local(row.first_seen), row.error or ""]


def _sweep_line(row: SweepRow) -> list[Value]:
    about: list[Value] = [row.system, SWEEPS[row.kind], local(row.began), local(row.ended), ending(row)]
    return [*about, *(row.counts[name] for name in COUNTS)]


def _json(found: Sequence[SweepRow], rows: Iterable[DriftRow], out: BinaryIO) -> None:
    """`{"sweeps": [...], "drift": [...]}`, an object a line."""
    out.write(b'{"sweeps": [')
    out.write(b"".join(b"\n" + orjson.dumps(_sweep_record(each)) + b"," for each in found).rstrip(b","))
    out.write(b'\n],\n"drift": [')
    separator = b"\n"
    for row in rows:
        out.write(separator + orjson.dumps(_record(row)))
        separator = b",\n"
    out.write(b"\n]}\n")


def _sweep_record(row: SweepRow) -> dict[str, Any]:
    about = {"id": row.id, "system": row.system, "kind": row.kind, "reportOnly": bool(row.report_only)}
    return about | {"began": row.began, "ended": row.ended, "outcome": row.outcome, "error": row.error, **row.counts}


def _record(row: DriftRow) -> dict[str, Any]:
    return {
        "sweep": row.sweep,
        "time": row.time,
        "system": row.system,
        "externalId": row.external_id,
        "name": row.name,
        "kind": row.kind,
        "what": row.what,
        "group": row.group or None,
        "found": row.found,
        "policy": row.outcome,
        "firstSeen": row.first_seen,
        "healedAt": row.healed,
        "state": row.state,
    }


def _html(
    found: Sequence[SweepRow], rows: Iterable[DriftRow], titles: Mapping[str, str], out: BinaryIO, now: float
) -> None:
    shown: dict[str, list[DriftRow]] = {}
    numbers: dict[str, int] = {}
    for row in rows:
        numbers[row.system] = numbers.get(row.system, 0) + 1
        if numbers[row.system] <= MOST:
            shown.setdefault(row.system, []).append(row)
    template = environment().get_template("drift.html")
    template.stream(
        made=local(stamp(now)),
        sweeps=found,
        shown=shown,
        numbers=numbers,
        COUNTS=COUNTS,
        SWEEPS=SWEEPS,
        OUTCOMES=OUTCOMES,
        label=label,
        ending=ending,
        standing=standing,
        said=lambda row: sentence(row, titles),
    ).dump(out, encoding="utf-8")
