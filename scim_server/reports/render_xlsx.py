"""The sync report as a workbook: the operations first, then the totals, what stands open, and the key to it all."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from scim_server.reports.differences import differences
from scim_server.reports.fields import FIELDS, EndsSessions, Value, record
from scim_server.reports.next_steps import next_step, sentence
from scim_server.reports.period import local
from scim_server.reports.rows import OpenRow, SyncRow
from scim_server.reports.sheet import write_sheets
from scim_server.reports.summary import Summary, SystemSummary
from scim_server.reports.words import FIGURES, STANDINGS, action_word, article_words, outcome_word

_WIDTHS = {
    "time": 25,
    "externalId": 18,
    "name": 18,
    "groupName": 24,
    "reason": 40,
    "detail": 40,
    "changedAt": 25,
    "settledAt": 25,
    "before": 30,
    "after": 30,
    "id": 38,
    "cause": 38,
    "causedAt": 25,
    "readBackAt": 25,
}
_IN_CHINESE = {"北京时间": 20, "操作": 8, "依据": 16, "结果": 16, "变更内容": 70}
_STANDING = {
    "系统": 14,
    "类别": 8,
    "编号": 18,
    "姓名": 18,
    "原因": 60,
    "自何时（北京时间）": 22,
    "办理": 60,
    "命令": 44,
}
_NOTES = (
    ("失败", "按次计，含其后自动重试成功的；搁置、等待、待批为制表时的存量"),
    ("单引号", "以等号、加减号、@ 等开头的内容前加一个单引号，以免被当作公式"),
)


@contextmanager
def workbook(out: BinaryIO, now: datetime, title: str = "同步报告") -> Iterator[Any]:
    """A workbook that is written to `out` at the end of the block, and not at all when the block fails."""
    with TemporaryDirectory() as rows_under_way:
        options = {"constant_memory": True, "tmpdir": rows_under_way}
        book = Workbook(out, options)
        book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
        yield book
        book.close()


def write_operations(
    book: Any, rows: Iterable[SyncRow], ends_sessions: EndsSessions, group_titles: Mapping[str, str]
) -> None:
    """One row an operation, with the fields under their names and the same in Chinese beside them."""
    widths = {name: _WIDTHS.get(name, 14) for name in FIELDS} | _IN_CHINESE
    lines = ([*record(row, ends_sessions).values(), *_in_chinese(row, group_titles)] for row in rows)
    write_sheets(book, "操作", widths, lines)


def _in_chinese(row: SyncRow, group_titles: Mapping[str, str]) -> list[Value]:
    changed = "；".join(differences(row, group_titles))
    return [local(row.time), action_word(row.action), article_words(row.article), outcome_word(row.outcome), changed]


def write_standing(book: Any, standing: Iterable[OpenRow]) -> None:
    """One row for each that stands open now, with the next step."""
    write_sheets(book, "待处理", _STANDING, map(_standing, standing))


def _standing(row: OpenRow) -> list[Value]:
    step = next_step(row)
    about = [row.system, STANDINGS[row.standing], row.external_id, row.name, sentence(row), local(row.since)]
    return [*about, step.text, " ".join(step.command)]


def write_totals(book: Any, summary: Summary) -> None:
    """One row a system."""
    widths = {"系统": 14.0} | dict.fromkeys(FIGURES.values(), 8.0)
    widths |= {"操作合计": 12, "用时中位（秒）": 18, "九成五不超过（秒）": 22}
    write_sheets(book, "汇总", widths, [_totals(name, summary.systems[name]) for name in sorted(summary.systems)])


def _totals(name: str, system: SystemSummary) -> list[Value]:
    figures = system.figures()
    lags = [None if lag is None else round(lag, 3) for lag in (system.p50, system.p95)]
    return [name, *(figures[figure] for figure in FIGURES), system.total, *lags]


def write_kinds(book: Any, summary: Summary, check: str | None) -> None:
    """One row for each system, action, article and outcome, and what a recount from the trace says."""
    widths = {"系统": 14.0, "操作": 10.0, "依据": 18.0, "结果": 18.0, "项数": 10.0}
    lines: list[list[Value]] = [
        [system, action_word(action), article_words(article), outcome_word(outcome), float(number)]
        for (system, action, article, outcome), number in summary.kinds()
    ]
    write_sheets(book, "分类汇总", widths, [*lines, *([[check]] if check else [])])


def write_key(book: Any) -> None:
    """What each field says."""
    write_sheets(book, "说明", {"列": 16, "含义": 100}, [*FIELDS.items(), *_NOTES])
