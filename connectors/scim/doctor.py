"""What `doctor` finds in a SCIM service: what it says of itself, and what an account made for a moment shows."""

from collections.abc import Iterator

from connectors.errors import ConnectorError, Denied
from connectors.scim import remedies
from connectors.scim.codes import Declined
from connectors.scim.features import Features
from connectors.scim.memberships import Memberships
from connectors.scim.room import Room
from connectors.scim.trial import Trial
from mappings.model import Finding, Kind


def check(room: Room, memberships: Memberships) -> list[Finding]:
    """All findings; what cannot be proved any more after an error is left out."""
    findings: list[Finding] = []
    try:
        for finding in _steps(room, memberships):
            findings.append(finding)
    except Denied as error:
        findings.append(Finding("error", str(error), remedies.token(room.config)))
    except ConnectorError as error:
        findings.append(Finding("error", str(error), remedies.reach(room.config)))
    except Declined as no:
        findings.append(Finding("error", no.sentence, remedies.REFUSED))
    return findings


def _steps(room: Room, memberships: Memberships) -> Iterator[Finding]:
    if room.config.plain_http:
        text = "凭据和人员信息以明文经过网络（plain_http = true）"
        yield Finding("warning", text, "改用 https://，删去 plain_http")
    for kind, what in ((Kind.PERSON, "用户"), (Kind.GROUP, "组")):
        room.listing(kind).turn()
        yield Finding("ok", f"可以读{what}名单")
    yield from _said(room, room.features)
    if not room.config.trial:
        yield Finding("warning", "没有试写（trial = false），写权限没有验证", "允许短暂建一个试验账号时，删去 trial")
        return
    yield from Trial(room, memberships).findings()
    yield Finding("ok", "不发送密码：登录由该系统的统一登录或管理员安排；SCIM 不提供最近登录时间")


def _said(room: Room, features: Features) -> Iterator[Finding]:
    how = "PATCH" if room.patches else "GET 后 PUT" + ("（带 If-Match）" if features.etag else "")
    yield Finding("ok", f"修改用 {how}，" + ("按条件查询" if room.filters else "不支持筛选，逐页读全名单查找"))
    if not room.patches and not features.etag:
        yield Finding("warning", "整体 PUT 而没有 ETag：别处同时所作的修改可能被覆盖", remedies.PUT)
    if not features.locks:
        yield Finding("error", "用户没有 active 属性，不能锁定账号", remedies.NO_ACTIVE)
    for kind in Kind:
        lacking = sorted(_managed(room, kind) - room.known(kind))
        if lacking:
            yield Finding("ok", f"该系统没有这些属性，不写也不比较：{'、'.join(lacking)}")


def _managed(room: Room, kind: Kind) -> frozenset[str]:
    whole = Features().known(kind) | ({"department"} if kind is Kind.PERSON else set())
    named = {"externalId"} if kind is Kind.GROUP and room.config.group_key != "externalId" else set()
    return frozenset(whole) - set(room.config.unmanaged) - named
