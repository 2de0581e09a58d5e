"""What `doctor` asks of the platform: one sentence a finding, and what to do about it.

Nothing is written. A person made for a test would burn a personId for ever and stand in 「已删除人员」, so that whether
writes are granted is asked with a question that the service itself must refuse (no field at all): the gateway looks
at the grant first. A download is not tried, not even so: without doors it would be one for everybody.
"""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

from connectors.attendance import api
from connectors.attendance.codes import Refusal
from connectors.attendance.events import spelled
from connectors.attendance.place import Place
from connectors.errors import ConnectorError, Unreachable
from mappings.model import Finding

SKEW = timedelta(minutes=5)  # the gateway takes requests within about 15 minutes
NOT_GRANTED = "0x02401008"
CLOCKS = "让本机与平台服务器都使用同一时间源（NTP）；相差超过约 15 分钟时平台拒绝一切请求"
PARTNER = "在平台的 API 网关管理页核对合作方的 Key、Secret 和白名单，与 app_key、app_secret 一致"
REACH = "核对 url（https://主机[:端口]/artemis）、防火墙和 ca_file"
GRANT = "在平台的 API 网关管理页，为合作方授权「{title}」（{path}）"


def check(place: Place) -> Iterator[Finding]:
    """Reach and signature, clocks, root, grants, doors."""
    try:
        answer = place.wire.answer(api.ROOT_ORG, {}, writes=False)
    except ConnectorError as error:
        yield Finding("error", f"连不上考勤平台：{error}", REACH)
        return
    yield from _clocks(place, answer.headers.get("date", ""))
    try:
        root = place.root()
    except ConnectorError as error:
        remedy = REACH if isinstance(error, Unreachable) else f"{PARTNER}；指定了 root_org 的，核对其编号"
        yield Finding("error", f"平台未接受请求或没有根组织：{error}", remedy)
        return
    yield Finding("ok", f"签名有效，根组织为 {root}")
    yield from _grants(place)
    yield from _doors(place)


def _clocks(place: Place, date: str) -> Iterator[Finding]:
    try:
        skew = place.now() - parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return  # the platform tells no time
    if abs(skew) > SKEW:
        yield Finding("warning", f"本机与平台的时钟相差 {abs(skew).total_seconds():.0f} 秒", CLOCKS)


def _grants(place: Place) -> Iterator[Finding]:
    missing = {api.title(path): path for path, body in _questions(place) if _denied(place, path, body)}
    for title, path in missing.items():
        yield Finding("error", f"合作方未获授权：{title}", GRANT.format(title=title, path=path))
    if not missing:
        yield Finding("ok", "所用的接口都已授权")


def _questions(place: Place) -> Iterator[tuple[str, dict[str, object]]]:
    """Reads that cost little, and writes that name nothing."""
    page: dict[str, object] = {"pageNo": 1, "pageSize": 1}
    now = place.now()
    yield api.ORG_LIST, page
    yield api.PERSON_LIST, page
    yield api.PERSON_INFO, {"paramName": "jobNo", "paramValue": ["huaming-doctor"]}
    yield api.ORG_UPDATE, {}
    yield api.PERSON_ADD, {}
    yield api.PERSON_UPDATE, {}
    yield api.PERSON_DELETE, {"personIds": []}
    yield api.FACE_DELETE, {}
    yield api.DOOR_EVENTS, {**page, "startTime": spelled(now - timedelta(minutes=1)), "endTime": spelled(now)}
    if place.config.return_cards:
        yield api.CARD_LIST, page
        yield api.CARD_DELETE, {}
    if place.config.doors:
        door = {
            "resourceIndexCode": place.config.doors[0].code,
            "resourceType": place.config.door_type,
            "channelNos": [place.config.doors[0].channel],
        }
        asked = {"personIds": ["huaming-doctor"], "resourceInfos": [door], "queryType": place.config.door_type}
        yield api.RIGHTS_ITEMS, {**page, **asked}
        yield api.RIGHTS_RATE, {"taskId": "huaming-doctor"}
        yield api.PROGRESS, {"taskId": "huaming-doctor"}
        yield api.RECORD, {**page, "taskId": "huaming-doctor", "resourceInfo": door}
    if place.config.doors and place.config.rights == "person":
        yield api.RIGHTS_DELETE, {}


def _denied(place: Place, path: str, body: dict[str, object]) -> bool:
    try:
        place.wire.tell(path, body)
    except Refusal as refusal:
        return refusal.code == NOT_GRANTED
    except ConnectorError:
        return False  # that it does not answer is no question of grants
    return False


def _doors(place: Place) -> Iterator[Finding]:
    doors = place.config.doors
    if not doors:
        remedy = "在配置中填写 doors（编号:通道号，以逗号分隔）；仅由平台侧配置权限的，不必填写"
        yield Finding("warning", "未配置门禁点：不管理通行权限，新建人员不会出现在门禁设备上", remedy)
        return
    yield Finding("ok", f"管理 {len(doors)} 个门禁点的权限；编号是否存在，首次下发时由平台核对")
