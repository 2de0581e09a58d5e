"""The fields of one operation under the names that scripts rely on: the first six are fixed (design: reports)."""

from collections.abc import Mapping

import orjson

from scim_server.reports.rows import SyncRow

# Does a lock end the sessions that are open (S30)? By system; one that is missing does not say.
EndsSessions = Mapping[str, bool | None]
Value = str | float | None

FIELDS: Mapping[str, str] = {
    "time": "操作时间，世界时（UTC）；北京时间另加八小时",
    "system": "系统",
    "externalId": "人员编号或部门代码",
    "action": "操作：create 开通，update 变更，lock 锁定，unlock 解锁，remove 注销，join 加入，leave 退出",
    "article": "依据的条款；plain 为名册推送，not-yet-joined 为尚未入册",
    "outcome": "结果：done 已落实，already-so 原已如此，pending 已受理，retry 未成待重试，refused 被拒绝，"
    "conflict 有冲突，unknown 应答丢失，lost 中断，not-sent 未发出，空白为进行中",
    "name": "姓名或名称",
    "kind": "对象：person 人员，group 部门或群组",
    "group": "加入或退出的部门或群组的代码",
    "groupName": "加入或退出的部门或群组的名称",
    "reason": "事由",
    "detail": "系统的答复",
    "changedAt": "名册变更时间（UTC）",
    "settledAt": "了结时间（UTC）；已落实的为读回核实的时间",
    "seconds": "自名册变更至读回核实的秒数",
    "sessionsEnd": "锁定时，已登录的会话是否随即中断：yes 是，no 否，unknown 未知",
    "before": "变更前（JSON）",
    "after": "变更后（JSON）",
    "id": "操作记录号",
    "cause": "起因的编号：推送、日期更新或命令；空白为系统一侧的差异",
    "causedBy": "推送者",
    "causedAt": "推送时间（UTC）",
    "attempt": "连续第几次尝试（本报告期间内）",
    "policy": "当时所依政策的指纹",
    "readBackAt": "读回核实的时间（UTC）",
}


def record(row: SyncRow, ends_sessions: EndsSessions) -> dict[str, Value]:
    """The fields in their order, `before` and `after` as JSON text."""
    return {
        "time": row.time,
        "system": row.system,
        "externalId": row.external_id,
        "action": row.action,
        "article": row.article,
        "outcome": row.outcome,
        "name": row.name,
        "kind": row.kind,
        "group": row.group_key,
        "groupName": row.group_name,
        "reason": row.reason,
        "detail": row.detail,
        "changedAt": row.changed_at,
        "settledAt": row.settled_at,
        "seconds": row.seconds,
        "sessionsEnd": sessions_end(row, ends_sessions),
        "before": _text(row.before),
        "after": _text(row.after),
        "id": row.id,
        "cause": row.cause,
        "causedBy": row.caused_by,
        "causedAt": row.caused_at,
        "attempt": row.tries,
        "policy": row.policy,
        "readBackAt": row.read_back_at,
    }


def sessions_end(row: SyncRow, ends_sessions: EndsSessions) -> str | None:
    """Yes, no or unknown for a lock (S30); None for anything else."""
    if row.action != "lock":
        return None
    return {True: "yes", False: "no", None: "unknown"}[ends_sessions.get(row.system)]


def state(json: bytes | None) -> dict[str, object] | None:
    """The JSON of `before` or `after`; raises orjson.JSONDecodeError where the record is damaged."""
    return None if json is None else orjson.loads(json)


def _text(json: bytes | None) -> str | None:
    return None if json is None else json.decode("utf-8", "replace")
