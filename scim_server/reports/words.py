"""The report's Chinese for the codes of the house."""

from collections.abc import Mapping

from mappings.model import Action, Presence
from mappings.plan import LOCKED_BY_HAND, REMAINS
from scim_server.reports.rows import Standing

ACTIONS: Mapping[str, str] = {
    Action.CREATE: "开通",
    Action.UPDATE: "变更",
    Action.LOCK: "锁定",
    Action.UNLOCK: "解锁",
    Action.REMOVE: "注销",
    Action.JOIN: "加入",
    Action.LEAVE: "退出",
    "adopt": "接管",  # no operation: an account that was there before us was given to its owner (S13)
}

# The figures of SystemSummary.figures(), in the order of the band.
FIGURES = {
    "created": "开通",
    "changed": "变更",
    "locked": "锁定",
    "unlocked": "解锁",
    "removed": "注销",
    "joined": "加入",
    "left": "退出",
    "failed": "失败",
    "parked": "搁置",
    "waiting": "等待",
    "held": "待批",
}

# What stands for an article where the regulation does not speak.
ARTICLES = {
    "plain": "名册推送",
    "not-yet-joined": "尚未入册",
}

OUTCOMES = {
    "done": "已落实",
    "already-so": "原已如此",
    "pending": "已受理",
    "retry": "未成，将重试",
    "refused": "被拒绝",
    "conflict": "有冲突",
    "unknown": "应答丢失",
    "lost": "中断",
    "not-sent": "未发出",
}

STANDINGS = {
    Standing.CONFLICT: "冲突",
    Standing.PARKED: "搁置",
    Standing.FINDING: "待核实",
    Standing.HELD: "待批",
    Standing.WAITING: "等待",
    Standing.LATE: "迟滞",
}

FINDINGS = {
    REMAINS: "账号已注销并读回；平台仍在其「已删除」区域保留残余资料，须由专人在平台控制台彻底清除。",
    LOCKED_BY_HAND: "账号在系统中被人工锁定，而名册要求在用。按规定不自动解锁。",
}

PRESENCES = {
    Presence.ACTIVE: "在用",
    Presence.LOCKED: "锁定",
    Presence.REMOVED: "已注销",
}

# Names of attributes as the systems spell them; one that is missing is shown as it is spelled.
ATTRIBUTES = {
    "cn": "姓名",
    "sn": "姓",
    "givenName": "名",
    "displayName": "显示名",
    "uid": "登录名",
    "mail": "邮箱",
    "title": "职务",
    "ou": "部门",
    "departmentNumber": "部门代码",
    "manager": "直接上级",
    "employeeNumber": "编号",
}

GROUP_ATTRIBUTES = {
    "cn": "代码",
    "ou": "名称",
    "businessCategory": "类别",
    "seeAlso": "上级部门",
}

SESSIONS_END = {
    "yes": "锁定后，已登录的会话随即中断。",
    "no": "锁定后，已登录的会话不会随即中断，至其自行退出或到期为止。",
    "unknown": "锁定后，已登录的会话是否随即中断：无数据。",
}


def action_word(action: str) -> str:
    return ACTIONS.get(action, action)


def outcome_word(outcome: str | None) -> str:
    return "进行中" if outcome is None else OUTCOMES.get(outcome, outcome)


def article_words(article: str) -> str:
    """An article of the regulation in corner brackets; users without facts have none (S1)."""
    return f"「{ARTICLES.get(article, article)}」"


def citation(item: str) -> str:
    """An item as a letter cites it: 二(四) is 第二条第（四）项; anything that is no item stays as it is."""
    if item[:1] not in ("一", "二", "三", "四", "五"):
        return ARTICLES.get(item, item)
    return "、".join(_cited(*each.rstrip(")").partition("(")[::2]) for each in item.split("+"))


def _cited(article: str, item: str) -> str:
    return f"第{article}条第（{item}）项" if item else f"第{article}条"
