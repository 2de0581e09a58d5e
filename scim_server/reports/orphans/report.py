"""`huaming report orphans`: accounts that no link names, why they are none of ours, and what the roster thinks (S12).

An account that is still open though its owner has left, or should have none there, is an open door: those come first.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson

from scim_server.clock import stamp
from scim_server.reports.fields import Value
from scim_server.reports.orphans.rows import OrphanRow, Reading
from scim_server.reports.orphans.words import KINDS, NEVER_SWEPT, PRESENCES, SETTLED, THOUGHTS, UNREAD
from scim_server.reports.period import local
from scim_server.reports.render_html import environment
from scim_server.reports.render_xlsx import workbook
from scim_server.reports.tables import Column, write_csv_lines, write_sheet_lines

FORMATS = ("html", "csv", "xlsx", "json")
MOST = 1000  # rows of one kind of thought on the page
TITLE = "无主账号"
COLUMNS = {
    "system": Column("系统"),
    "kind": Column("类别"),
    "name": Column("姓名/名称", 18),
    "login": Column("登录名"),
    "key": Column("编号"),
    "department": Column("部门", 28),
    "account": Column("账号", 40),
    "remote_id": Column("远端编号", 38),
    "presence": Column("状态"),
    "since": Column("何时起"),
    "thought": Column("名册的看法", 28),
    "why": Column("为何不属于名册", 44),
    "candidates": Column("候选", 50),
}
SHOWN = ("name", "login", "department", "account", "presence", "why", "candidates")
READINGS = (
    Column("系统"),
    Column("读取时间（北京时间）", 22),
    Column("读到账号"),
    Column("读到部门"),
    Column("上次完整巡检（北京时间）", 24),
    Column("当时账号"),
    Column("当时部门"),
    Column("当时名册之外", 14),
    Column("说明", 40),
)


def write_orphans(rows: Sequence[OrphanRow], readings: Sequence[Reading], form: str, out: BinaryIO, now: float) -> None:
    """Writes the report to `out`, which stays open. `now`: seconds since the epoch."""
    turn = {thought: place for place, thought in enumerate(THOUGHTS)}
    ordered = sorted(rows, key=lambda row: (turn[row.thought], row.system, row.kind, row.account))
    if form == "csv":
        write_csv_lines([*COLUMNS.values()], (*_unread_lines(readings), *map(line, ordered)), out)
    elif form == "json":
        _json(ordered, readings, out)
    elif form == "xlsx":
        with workbook(out, datetime.fromtimestamp(now, UTC), TITLE) as book:
            write_sheet_lines(book, TITLE, [*COLUMNS.values()], map(line, ordered))
            totals = Counter((row.system, THOUGHTS[row.thought]) for row in ordered)
            columns = (Column("系统", 14), Column("名册的看法", 40), Column("数目", 10))
            write_sheet_lines(book, "汇总", columns, _totals(totals, readings))
            write_sheet_lines(book, "读取", READINGS, map(reading_line, readings))
    else:
        _html(ordered, readings, out, now)


def line(row: OrphanRow) -> list[Value]:
    """One row in Chinese, in the order of COLUMNS."""
    words = {
        "kind": KINDS[row.kind],
        "presence": PRESENCES.get(row.presence, row.presence),
        "thought": THOUGHTS[row.thought],
        "candidates": "；".join(row.candidates),
    }
    return [words[name] if name in words else str(getattr(row, name)) for name in COLUMNS]


def reading_line(one: Reading) -> list[Value]:
    """How a system was read, and the last time that a sweep read it whole."""
    whole = one.whole
    now: list[Value] = [None, None] if one.error else [one.accounts, one.departments]
    then: list[Value] = [local(whole.at), whole.accounts, whole.departments, whole.strange] if whole else [None] * 4
    return [one.system, local(one.at), *now, *then, "；".join(remarks(one))]


def remarks(one: Reading) -> list[str]:
    """What must not be taken for "nothing there" (S30)."""
    unread = [UNREAD.format(error=one.error)] if one.error else []
    return unread if one.whole else [*unread, NEVER_SWEPT]


def _unread_lines(readings: Iterable[Reading]) -> Iterator[list[Value]]:
    for each in readings:
        said = {"system": each.system, "thought": f"未能完整读取：{each.error}"}
        if each.error:
            yield [said.get(name, "") for name in COLUMNS]


def _json(rows: Iterable[OrphanRow], readings: Iterable[Reading], out: BinaryIO) -> None:
    """`{"systems": [...], "orphans": [...]}`, an object a line; of a system that could not be read `error` says why."""
    out.write(b'{"systems": [')
    _objects(map(_read_record, readings), out)
    out.write(b'\n],\n"orphans": [')
    _objects(map(_record, rows), out)
    out.write(b"\n]}\n")


def _objects(records: Iterable[dict[str, Any]], out: BinaryIO) -> None:
    separator = b"\n"
    for record in records:
        out.write(separator + orjson.dumps(record))
        separator = b",\n"


def _read_record(one: Reading) -> dict[str, Any]:
    counts = {"accounts": None, "departments": None} if one.error else asdict(one)
    read = {"readAt": one.at, "accounts": counts["accounts"], "departments": counts["departments"]}
    return {
        "system": one.system,
        **read,
        "lastWholeSweep": asdict(one.whole) if one.whole else None,
        "error": one.error,
    }


def _record(row: OrphanRow) -> dict[str, Any]:
    said = asdict(row) | {"remoteId": row.remote_id, "since": None}
    del said["remote_id"]
    return said


def _totals(totals: Counter[tuple[str, str]], readings: Iterable[Reading]) -> Iterator[list[Value]]:
    for (system, thought), number in sorted(totals.items()):
        yield [system, thought, number]
    for each in readings:
        if each.error:
            yield [each.system, f"未能完整读取：{each.error}", None]


def _html(rows: Sequence[OrphanRow], readings: Sequence[Reading], out: BinaryIO, now: float) -> None:
    parts = [
        (thought, words, [row for row in rows if row.thought == thought])
        for thought, words in THOUGHTS.items()
        if any(row.thought == thought for row in rows)
    ]
    text = (
        environment()
        .get_template("orphans.html")
        .render(
            parts=[(thought, words, len(those), those[:MOST]) for thought, words, those in parts],
            open_parts=[(thought, words, len(those)) for thought, words, those in parts if thought not in SETTLED],
            closed_parts=[(words, len(those)) for thought, words, those in parts if thought in SETTLED],
            number=sum(row.thought not in SETTLED for row in rows),
            readings=readings,
            remarks=remarks,
            made=local(stamp(now)),
            headings=[COLUMNS[name].title for name in SHOWN],
            PRESENCES=PRESENCES,
            KINDS=KINDS,
        )
    )
    out.write(text.encode("utf-8"))
