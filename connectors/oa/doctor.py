"""What `doctor` finds in an OA, in the words of its administrators. Nothing stays behind."""

from collections.abc import Iterator
from contextlib import suppress

from connectors.errors import ConnectorError, Denied
from connectors.oa.catalogue import LEVELS, POSTS, Sort
from connectors.oa.codes import Declined, Ended
from connectors.oa.room import Room
from connectors.oa.wire import Mute
from mappings.model import Finding

NOBODY = "-1"  # no entity has that id: what is written to it proves the grant, and changes nothing
REACH = "检查 [systems.oa] 的 url、网络和证书；OA的REST地址形如 https://主机/seeyon/rest"
USER = "在OA系统管理员的「REST 用户管理」中核对用户名、密码和授权模块，再改 [systems.oa] 的 user、password"
GRANT = "在OA系统管理员的「REST 用户管理」中为该用户授权组织模型的读写接口"
PLACES = "在OA的单位管理员处建立该岗位或职务级别，或改正 default_post、default_level、positions"


def check(room: Room) -> list[Finding]:
    """All findings; what cannot be proved any more after an error is left out."""
    findings: list[Finding] = []
    try:
        for finding in _steps(room):
            findings.append(finding)
    except Denied as error:
        findings.append(Finding("error", str(error), USER))
    except ConnectorError as error:
        findings.append(Finding("error", str(error), REACH))
    return findings


def _steps(room: Room) -> Iterator[Finding]:
    room.wire.prove()
    yield Finding("ok", f"已用REST用户 {room.config.user} 取得令牌")
    yield from _transport(room)
    try:
        root = room.catalogue.root()
    except Denied:
        raise
    except ConnectorError as error:
        yield Finding("error", str(error), "把 [systems.oa] 的 unit 改为OA中单位的名称、编码或编号")
        return
    yield Finding("ok", f"根单位是「{root.name}」")
    for unit in room.catalogue.in_use():
        yield from _posts(room, unit.id)
    yield from _positions(room, root.id)
    yield from _grant(room, root.id)
    yield from _letters(room)
    yield from _open_points(room)


def _transport(room: Room) -> Iterator[Finding]:
    if room.config.plain_http:
        text = "密码和人员信息以明文经过网络（plain_http = true）"
        yield Finding("warning", text, "[systems.oa] 中改用 https://，删去 plain_http")


def _posts(room: Room, unit: str) -> Iterator[Finding]:
    config = room.config
    no = _missing(room, unit, [(config.default_post, config.default_level)])
    yield from (Finding("error", text, PLACES) for text in no)
    if not no:
        where = room.catalogue.unit(unit)
        yield Finding("ok", f"单位「{where.name if where else unit}」中有默认的岗位和职务级别")


def _positions(room: Room, unit: str) -> Iterator[Finding]:
    """What the table of positions names and the root does not have; and one post under two names, never settled."""
    for text in _missing(room, unit, list(room.config.places.values())):
        yield Finding("warning", text, PLACES)
    for sort, index, default in (
        (POSTS, 0, room.config.default_post),
        (LEVELS, 1, room.config.default_level),
    ):
        for text in sorted({default, *(each[index] for each in room.config.places.values() if each[index])}):
            spelled = _spelled_back(room, sort, unit, text)
            if spelled not in (None, text):
                told = f"「{text}」与「{spelled}」在OA中是同一个，会被反复改写"
                yield Finding("error", told, "在 default_post、default_level、positions 中统一写其中一个")


def _spelled_back(room: Room, sort: Sort, unit: str, text: str) -> str | None:
    try:
        return room.catalogue.spell(sort, unit, room.catalogue.resolve(sort, unit, text))
    except Ended:
        return None


def _missing(room: Room, unit: str, pairs: list[tuple[str, str]]) -> list[str]:
    found: dict[str, None] = {}
    for post, level in pairs:
        for sort, text in ((POSTS, post), (LEVELS, level)):
            try:
                if text:
                    room.catalogue.resolve(sort, unit, text)
            except Ended as end:
                found[str(getattr(end.outcome, "text", ""))] = None
    return list(found)


def _grant(room: Room, root: str) -> Iterator[Finding]:
    try:
        room.members(root).turn()
        yield Finding("ok", "可以读取人员名单（包括停用的）")
        room.departments(root).turn()
        for path in ("orgMember", "orgDepartment"):
            _prove_write(room, f"{path}/{NOBODY}/enabled/true")
        yield Finding("ok", "可以写入人员和部门")
    except Denied as error:
        yield Finding("error", str(error), GRANT)


def _prove_write(room: Room, path: str) -> None:
    with suppress(Declined, Mute):  # it was asked in earnest, and there is nobody of that id
        room.wire.write("PUT", path)


def _letters(room: Room) -> Iterator[Finding]:
    login = room.config.login_name
    if not login:
        yield Finding("warning", "没有设置 login_name：不能用OA送达函件", "[systems.oa] 中设 login_name")
        return
    try:
        room.wire.prove(login)
    except Denied as error:
        yield Finding("error", str(error), "[systems.oa] 的 login_name 应为OA中启用的登录名")
        return
    how = f"表单流程 {room.config.letter_template} " if room.config.letter_template else "消息"
    yield Finding("ok", f"函件以 {login} 的名义用{how}送达")


def _open_points(room: Room) -> Iterator[Finding]:
    config = room.config
    told = (
        f"first_page = {config.first_page}，code_shows_locked = {str(config.code_shows_locked).lower()}，"
        f"second_post_name = {config.second_post_name or '自动识别'}"
    )
    yield Finding("ok", f"各版本OA不同之处按此处理：{told}")
    yield Finding("ok", "新账号的密码是随机的，无人知道：请用统一登录，或由OA管理员重置；OA不能提供最近登录时间")
