"""The monthly check as lines of tables, in Chinese, and as records with the codes of the house."""

from collections.abc import Iterator, Mapping
from typing import Any

from scim_server.reports.fields import Value
from scim_server.reports.letters.words import STATES
from scim_server.reports.period import local
from scim_server.reports.tables import Column
from scim_server.reports.zero_activity.reading import Found
from scim_server.reports.zero_activity.rows import LEADERS, CaseRow, DepartmentRow, LeftOut, Stranger, SystemRow
from scim_server.reports.zero_activity.words import (
    ANSWERS,
    CASES,
    REVIEWS,
    TERMINALS,
    TIMES,
    VERDICTS,
    reason,
    unwatched,
)

CASE_COLUMNS = {
    "department_name": Column("单位", 24),
    "department": Column("单位代码", 14),
    "addressees": Column("主送", 26),
    "name": Column("姓名", 14),
    "external_id": Column("人员编号", 18),
    "office": Column("科室", 20),
    "system": Column("系统"),
    "last_at": Column("最后操作（北京时间）", 22),
    "terminal": Column("终端", 10),
    "letter": Column("核查函文号", 26),
    "letter_state": Column("函件", 14),
    "delivered": Column("送达（北京时间）", 22),
    "due": Column("复函期限", 12),
    "provisional": Column("期限暂定", 10),
    "state": Column("事项", 8),
    "replied_on": Column("复函日", 12),
    "time": Column("时限", 10),
}
ANSWER_COLUMNS = {"reply": Column("复函文号", 26), "answer": Column("答复", 14), "reason": Column("原因", 40)}
"""In the restricted face only."""
SYSTEM_COLUMNS = [
    Column("系统"),
    Column("核查账号", 10),
    Column("有操作", 10),
    Column("无操作", 10),
    Column("无数据", 10),
    Column("不在核查之列", 14),
    Column("监测", 30),
]
REASON_COLUMNS = [Column("系统"), Column("原因", 24), Column("账号", 10)]
DEPARTMENT_COLUMNS = [
    Column("单位", 24),
    Column("单位代码", 14),
    Column("使用人", 8),
    Column("账号", 8),
    Column("核查函文号", 30),
    *(Column(word, 8) for word in CASES.values()),
    *(Column(word, 10) for word in TIMES.values()),
]
STRANGER_COLUMNS = [Column("系统"), Column("账号", 26), Column("最后操作（北京时间）", 22)]
LEFT_OUT_COLUMNS = [
    Column("系统"),
    Column("人员编号", 18),
    Column("姓名", 14),
    Column("单位代码", 14),
    Column("结论", 14),
    Column("原因", 24),
]


def case_columns(restricted: bool) -> Mapping[str, Column]:
    """Of one face."""
    return CASE_COLUMNS | ANSWER_COLUMNS if restricted else CASE_COLUMNS


def case_line(row: CaseRow, restricted: bool) -> list[Value]:
    """One case in Chinese."""
    words: dict[str, Value] = {
        "department": "" if row.leader else row.department,
        "addressees": "、".join(row.addressees),
        "last_at": local(row.last_at) or "无记录",
        "terminal": TERMINALS.get(row.terminal or "", row.terminal),
        "letter_state": STATES.get(row.letter_state or "", "未拟函"),
        "delivered": local(row.delivered),
        "provisional": "是" if row.provisional else "",
        "state": CASES[row.state],
        "time": TIMES[row.time] if row.time else "",
        "answer": ANSWERS.get(row.answer or "", row.answer),
    }
    return [words[name] if name in words else getattr(row, name) for name in case_columns(restricted)]


def system_line(row: SystemRow) -> list[Value]:
    """One system."""
    counted = [float(each) for each in (row.checked, row.operated, row.silent, row.no_data, row.excluded)]
    return [row.system, *counted, unwatched(row.watched) or "全程监测"]


def reason_lines(row: SystemRow) -> Iterator[list[Value]]:
    """Why accounts of a system were left out, the most frequent reason first."""
    for code, number in row.reasons.items():
        yield [row.system, reason(code), float(number)]


def department_line(row: DepartmentRow, restricted: bool) -> list[Value]:
    """One department."""
    shown = restricted or row.key != LEADERS
    about: list[Value] = [row.name, "" if row.key == LEADERS else row.key, float(len(row.people)), float(row.cases)]
    states = [float(row.states[state]) for state in CASES]
    return [*about, "、".join(row.letters) if shown else "", *states, *(float(row.times[time]) for time in TIMES)]


def stranger_line(row: Stranger) -> list[Value]:
    """One account without a person."""
    return [row.system, row.remote_id, local(row.at) or "无记录"]


def left_out_line(row: LeftOut) -> list[Value]:
    """One account of which nothing is said."""
    why = "" if row.verdict == "no-data" else reason(row.reason)
    return [row.system, row.external_id, row.name, row.department, VERDICTS[row.verdict], why]


def head(found: Found) -> dict[str, Any]:
    """The check itself. Stamps in UTC."""
    review = found.review
    return {
        "month": review.month,
        "at": review.at,
        "windowStart": review.window_start,
        "state": review.state,
        "by": review.by,
        "closed": review.closed,
        "closedBy": review.closed_by,
        "restricted": found.restricted,
    }


def head_lines(found: Found) -> Iterator[list[Value]]:
    """The same for a sheet of notes."""
    review = found.review
    yield ["月份", review.month]
    yield ["窗口", f"{local(review.window_start)} 至 {local(review.at)}（北京时间）"]
    yield ["状态", REVIEWS[review.state]]
    yield ["核对", found.recount.sentence(found.restricted) if found.recount else "核查尚未完成，没有合计"]
    if found.withheld:
        yield ["知悉范围", f"另有涉及区领导的账号 {found.withheld:,} 个，不在此列"]
    yield ["无数据", "没有全程监测的系统或终端，无操作记录的账号记为无数据，不发函"]


def system_record(row: SystemRow) -> dict[str, Any]:
    """With the codes of the house."""
    figures = {"checked": row.checked, "operated": row.operated, "silent": row.silent, "noData": row.no_data}
    named = {"excluded": row.excluded, "reasons": dict(row.reasons), "watched": dict(row.watched)}
    return {"system": row.system} | figures | named


def department_record(row: DepartmentRow, restricted: bool) -> dict[str, Any]:
    """With the codes of the house; `department` None: district leaders, or nobody to ask, as `name` says."""
    shown = restricted or row.key != LEADERS
    return {
        "department": None if row.key in (LEADERS, "") else row.key,
        "name": row.name,
        "people": len(row.people),
        "cases": row.cases,
        "letters": list(row.letters) if shown else [],
        **{state: row.states[state] for state in CASES},
        "onTime": row.times["on-time"],
        "late": row.times["late"],
        "missing": row.times["missing"],
        "waiting": row.times["open"],
    }


def case_record(row: CaseRow, restricted: bool) -> dict[str, Any]:
    """With the codes of the house."""
    told = {
        "case": row.id,
        "system": row.system,
        "externalId": row.external_id,
        "name": row.name,
        "department": None if row.leader or not row.department else row.department,
        "departmentName": row.department_name,
        "office": row.office,
        "leader": row.leader,
        "addressees": list(row.addressees),
        "lastAt": row.last_at,
        "terminal": row.terminal,
        "letter": row.letter,
        "letterState": row.letter_state,
        "delivered": row.delivered,
        "due": row.due,
        "provisional": row.provisional,
        "state": row.state,
        "repliedOn": row.replied_on,
        "time": row.time,
    }
    return told | ({"reply": row.reply, "answer": row.answer, "reason": row.reason} if restricted else {})
