"""`huaming report stuck`: what is held, parked or waits too long, why, since when, and what to do next.

The page and the first sheet tell problems, the other formats one row for each account that is stuck.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection

from scim_server.clock import stamp
from scim_server.reports.fields import Value
from scim_server.reports.next_steps import next_step, sentence
from scim_server.reports.period import local, seconds_between, spoken
from scim_server.reports.queries import open_rows, system_rows
from scim_server.reports.render_html import environment
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.rows import OpenRow, Standing
from scim_server.reports.stuck.problems import Problem, Problems
from scim_server.reports.stuck.waiting_approvals import COLUMNS as APPROVALS
from scim_server.reports.stuck.waiting_approvals import Waiting, waiting_approvals
from scim_server.reports.stuck.waiting_approvals import line as approval_line
from scim_server.reports.tables import Column, write_csv_lines, write_json_records, write_sheet_lines
from scim_server.reports.words import STANDINGS

PATIENCE = 3600.0  # seconds for which waiting is nothing to report
TITLE = "未了事项"
COLUMNS = [
    Column("系统", 14),
    Column("类别", 8),
    Column("编号", 18),
    Column("姓名", 18),
    Column("原因", 60),
    Column("自何时（北京时间）", 22),
    Column("已历时", 14),
    Column("已历时（秒）", 14),
    Column("办理", 60),
    Column("命令", 44),
    Column("审批编号", 20),
]
PROBLEMS = [
    Column("系统", 14),
    Column("类别", 8),
    Column("项数", 10),
    Column("原因", 60),
    Column("最早自何时（北京时间）", 22),
    Column("最长历时", 14),
    Column("办理", 60),
    Column("命令", 44),
    Column("举例", 50),
]


def write_stuck(connection: Connection, form: str, out: BinaryIO, now: float, system: str | None = None) -> None:
    """Writes the report to `out`, which stays open: html, csv, xlsx or json. `now`: seconds since the epoch.

    The connection should be in a transaction, so that all parts tell of one moment.
    """
    rows, moment = open_rows(connection, system, late=now - PATIENCE), stamp(now)
    if form == "json":
        write_json_records((record(row, moment) for row in rows), out)
    elif form == "csv":
        write_csv_lines(COLUMNS, (line(row, moment) for row in rows), out)
    elif form == "xlsx":
        with workbook(out, datetime.fromtimestamp(now, UTC), TITLE) as book:
            found = Problems()
            write_sheet_lines(book, TITLE, COLUMNS, (line(row, moment) for row in _noted(rows, found)))
            lines = (problem_line(each, moment) for each in found.worst_first())
            write_sheet_lines(book, "按原因", PROBLEMS, lines)
            waiting = waiting_approvals(connection, system)
            write_sheet_lines(book, "待批", APPROVALS, map(approval_line, waiting))
    else:
        _write_html(connection, rows, out, moment, system)


def _noted(rows: Iterable[OpenRow], found: Problems) -> Iterator[OpenRow]:
    for row in rows:
        found.add(row)
        yield row


def line(row: OpenRow, moment: str) -> list[Value]:
    """One account in Chinese, below COLUMNS. `moment`: now, as a stamp."""
    step, age = next_step(row), age_of(row.since, moment)
    about: list[Value] = [row.system, STANDINGS[row.standing], row.external_id, row.name, sentence(row)]
    return [*about, local(row.since), spoken(age), age, step.text, " ".join(step.command), row.approval]


def problem_line(each: Problem, moment: str) -> list[Value]:
    """One problem in Chinese, below PROBLEMS."""
    about: list[Value] = [each.system, STANDINGS[each.standing], float(each.number), each.sentence]
    examples = "、".join(f"{row.name}（{row.external_id}）" for row in each.examples)
    aged = [local(each.since), spoken(age_of(each.since, moment))]
    return [*about, *aged, each.step.text, " ".join(each.step.command), examples]


def age_of(since: str | None, moment: str) -> float | None:
    """Seconds; None where nobody knows since when."""
    return None if since is None else seconds_between(since, moment)


def record(row: OpenRow, moment: str) -> dict[str, Any]:
    """One account for programs."""
    step = next_step(row)
    return {
        "system": row.system,
        "standing": row.standing.value,
        "externalId": row.external_id,
        "name": row.name,
        "reason": sentence(row),
        "since": row.since,
        "seconds": age_of(row.since, moment),
        "next": step.text,
        "command": " ".join(step.command) or None,
        "approval": row.approval,
    }


def _write_html(
    connection: Connection, rows: Iterable[OpenRow], out: BinaryIO, moment: str, system: str | None
) -> None:
    found = Problems()
    found.read(rows)
    problems = found.worst_first()
    approvals: list[Waiting] = waiting_approvals(connection, system)
    text = (
        environment()
        .get_template("stuck.html")
        .render(
            parts=[(each, [one for one in problems if one.standing is each]) for each in Standing],
            total=sum(each.number for each in problems),
            approvals=approvals,
            states=[each for each in system_rows(connection, system) if each.failing_since],
            scope=system or "全部系统",
            made=local(moment),
            age=lambda since: spoken(age_of(since, moment)),
        )
    )
    out.write(text.encode("utf-8"))
