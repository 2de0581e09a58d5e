"""The drift report's Chinese."""

from collections.abc import Mapping

from scim_server.reports.drift.rows import DriftRow, SweepRow
from scim_server.reports.words import ATTRIBUTES, GROUP_ATTRIBUTES

KINDS = {"person": "人员", "group": "部门"}
SWEEPS = {"scheduled": "定时", "asked": "人工"}
ENDS = {"running": "进行中", "complete": "完整", "partial": "不完整", "interrupted": "中断"}
OUTCOMES = {"heal": "予以恢复", "report": "仅报告", "grace": "宽限期满后恢复"}
COUNTS = {
    "accounts": "读到账号",
    "departments": "读到部门",
    "members": "读到成员关系",
    "compared": "比对",
    "differences": "不符",
    "healing": "予以恢复",
    "remaining": "仅报告",
    "graced": "宽限期内",
    "missing": "账号缺失",
    "strange": "名册之外",
    "orphans": "其中带名册编号",
}
_MOVING = {"due": "待恢复", "waiting": "待恢复", "held": "待批", "parked": "搁置"}
_OTHERS = {
    "name": "姓名",
    "loginName": "登录名",
    "code": "编号",
    "mobile": "手机",
    "position": "职务",
    "userName": "登录名",
}


def label(row: DriftRow) -> str:
    """What is other than the roster says."""
    if row.what in ("presence", "memberships", "missing", "address"):
        return {"presence": "状态", "memberships": "成员关系", "missing": "账号", "address": "位置"}[row.what]
    known: Mapping[str, str] = GROUP_ATTRIBUTES if row.kind == "group" else {**_OTHERS, **ATTRIBUTES}
    return known.get(row.what, row.what)


def sentence(row: DriftRow, titles: Mapping[str, str]) -> str:
    """What was found there."""
    group = f"“{titles[row.group]}”（{row.group}）" if row.group in titles else f"“{row.group}”"
    said = {
        ("memberships", "extra"): f"多在{group}中，名册没有这一成员关系",
        ("memberships", "absent"): f"不在{group}中，名册要求在",
        ("memberships", "other"): f"主要部门不是{group}",
        ("presence", "locked"): "被锁定，名册要求在用",
        ("presence", "active"): "可用，名册要求锁定或注销",
        ("missing", "gone"): "账号不在了" if row.kind == "person" else "部门不在了",
        ("missing", "replaced"): "原账号不在了，同编号处另有不属于名册的账号",
        ("address", "other"): "条目的名称变动，引用它的组须一并更正",
    }
    return said.get((row.what, row.found), f"{label(row)}与名册不符")


def standing(row: DriftRow) -> str:
    """What has become of it."""
    if row.healed:
        return "已恢复并读回"
    if row.what == "presence" and row.found == "locked":
        return "保留：按规定不自动解锁"
    if row.outcome == "report":
        return "保留原状"
    if row.state in ("done", "gone", None):
        return "宽限期内" if row.outcome == "grace" else "复查时已相符"
    return _MOVING.get(row.state, row.state)


def ending(row: SweepRow) -> str:
    """How a sweep ended."""
    said = ENDS[row.outcome]
    said = f"{said}，只报告不恢复" if row.report_only else said
    return f"{said}：{row.error}" if row.error else said
