"""The Chinese of the monthly check and of what departments answer, for the codes of the house."""

from collections.abc import Mapping

from mappings import review

REVIEWS = {"gathering": "核查未完", "open": "待复函", "closed": "已了结"}
CASES = {"open": "待复", "answered": "已复", "closed": "了结"}
TERMINALS = {"pc": "电脑端", "mobile": "手机端", "device": "考勤设备", "any": "任一端"}
VERDICTS = {"operated": "有操作", "silent": "无操作", "no-data": "无数据", "excluded": "不在核查之列"}
REASONS: Mapping[str, str] = {
    review.NEW: "窗口内新开通",
    review.LOCKED: "已锁定",
    review.UNLOCKED: "窗口内曾锁定",
    review.REMOVED: "已离职注销",
    review.NOT_NEEDED: "不需该系统",
    review.NEEDS_CHANGED: "窗口内需求有变",
    review.NOT_OPENED: "尚未开通",
    review.PROTECTED: "受保护账号",
    review.ABSENT: "该系统无此账号",
    review.PARKED: "同步搁置，状态不明",
    review.HELD: "待批，状态不明",
    review.NOT_ACTIVE: "系统中并未启用",
    review.NOT_THROUGHOUT: "窗口内未全程启用",
}
TIMES = {"on-time": "按时", "late": "逾期复函", "missing": "逾期未复", "open": "未到期"}
"""Of a reply; while the letter is not delivered there is no word for it."""
ANSWERS = {
    "in-service": "在岗未使用",
    "leave": "休假、学习",
    "seconded": "借调、挂职",
    "suspended": "停止工作",
    "left": "已离职",
    "not-needed": "不再需要",
    "other": "其他",
}


def reason(code: str | None) -> str:
    """Why an account is left out."""
    return REASONS.get(code, code) if code else ""


def unwatched(terminals: Mapping[str, bool]) -> str:
    """What was not watched over the whole window (S30); empty where all of it was."""
    missing = "、".join(TERMINALS.get(name, name) for name, whole in terminals.items() if not whole)
    return f"{missing}未全程监测" if missing else ""
