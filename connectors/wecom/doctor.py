"""What `doctor` shows of 政务微信: will it work, and if not, what to do about it.

The right to write is proved by deleting a member that does not exist: the vendor says 60111 to who may, and
48002 or 60020 to who may not. So a check takes no seat, no invitation and none of the month's creations.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from connectors.errors import ConnectorError
from connectors.wecom import codes, remedies
from connectors.wecom.config import WecomConfig
from connectors.wecom.lookup import below_department, get_department, get_member
from connectors.wecom.roll import Roll
from connectors.wecom.wire import Wire
from mappings.model import Finding

NOBODY = "huaming-doctor"  # a userid that no member has
LOG = "security/member_oper_log/list"


def check(wire: Wire, log: Wire | None, config: WecomConfig, now: Callable[[], datetime]) -> list[Finding]:
    """All findings; what cannot be proved any more after an error is left out."""
    findings: list[Finding] = []
    try:
        findings.extend(_settings(config))
        for finding in _steps(wire, config):
            findings.append(finding)
        findings.append(_log(log, config, now))
    except codes.Rights as error:
        findings.append(Finding("error", str(error), remedies.by_code(error.code, config)))
    except ConnectorError as error:
        findings.append(Finding("error", str(error), remedies.reach(config)))
    return findings


def _settings(config: WecomConfig) -> Iterator[Finding]:
    if config.plain_http:
        text = "Secret 和人员信息可能以明文经过网络（plain_http = true）"
        yield Finding("warning", text, "[systems.wecom] 中改用 https://，删去 plain_http")
    if config.to_invite:
        text = "每创建一名成员，政务微信都会给本人发邀请（to_invite = true）"
        yield Finding("warning", text, "不需要时删去 to_invite")
    if config.seats is None:
        text = "未设 seats，每月创建成员的上限（席位数的 3 倍）无从事先核对"
        yield Finding("warning", text, "[systems.wecom] 中填写 seats = 席位数")


def _steps(wire: Wire, config: WecomConfig) -> Iterator[Finding]:
    wire.proves_token()
    yield Finding("ok", f"已用 corp_id {config.corp_id} 取得 access_token")
    if config.reading_secret is not None:
        reads = _reads(wire)
        yield reads
        if reads.level == "error":
            return
    root = get_department(wire, config.root_id)
    if root is None:
        yield Finding("error", f"根部门 {config.root_id} 不存在", remedies.root(config))
        return
    yield Finding("ok", f"根部门 {config.root_id} 是「{root.name}」")
    Roll(wire, config.model_copy(update={"page_size": 1})).sheet(None)
    yield Finding("ok", f"成员可读，本单位下有 {len(below_department(wire, config.root_id)) - 1} 个部门")
    yield _writes(wire)
    if not config.readable:
        yield Finding("ok", "手机号、邮箱只写不读：在政务微信中被改动看不出来，也不算作差异")


def _reads(wire: Wire) -> Finding:
    try:
        wire.proves_reading()
    except codes.Rights as error:
        return Finding("error", f"reading_secret 不能用：{error}", remedies.READING)
    return Finding("ok", "通讯录用 reading_secret 的应用来读，用 secret 来写")


def _writes(wire: Wire) -> Finding:
    if get_member(wire, NOBODY) is not None:
        text = f"有一名成员的 userid 是 {NOBODY}，写权限没有验证"
        return Finding("warning", text, f"{remedies.CONSOLE} → 通讯录：删除该成员后再查")
    reply = wire.tell("user/delete", {"userid": NOBODY})
    if reply.code in (codes.NO_USER, codes.OK):
        return Finding("ok", "这个 Secret 可以写通讯录")
    return Finding("error", f"写通讯录被拒绝：{codes.sentence(reply.code)}", remedies.BY_CODE[codes.NOT_ALLOWED])


def _log(log: Wire | None, config: WecomConfig, now: Callable[[], datetime]) -> Finding:
    if log is None:
        text = "未设 activity_secret：使用情况只知道谁从未激活，其余为「无数据」"
        return Finding("warning", text, remedies.LOG)
    day = {"start_time": int((now() - timedelta(days=1)).timestamp()), "end_time": int(now().timestamp()), "limit": 1}
    try:
        log.ask(LOG, body=day)
    except codes.Rights as error:
        return Finding("warning", f"成员操作记录读不了：{error}", remedies.LOG)
    return Finding("ok", "成员操作记录可读：有记录说明用过，没有记录不说明没用")
