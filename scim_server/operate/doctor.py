"""`huaming doctor`: says what will work and what will not; leaves nothing behind."""

from collections.abc import Iterator

from connectors.errors import ConnectorError
from mappings.model import Finding
from scim_server.letters.editions import check as check_texts
from scim_server.letters.errors import TextError
from scim_server.operate.desk import Desk
from scim_server.operate.points import points
from scim_server.reconcile.target import Target
from scim_server.store.engine import several_nodes
from scim_server.store.leader import is_there
from scim_server.store.people import read_org
from scim_server.store.targets import standing
from scim_server.store.tokens import list_tokens
from scim_server.store.vault import checked
from scim_server.systems import targets
from scim_server.workdays import load_calendar, unknown_year


def check(desk: Desk) -> Iterator[tuple[str, Finding]]:
    """(where, finding), in the order in which one would look."""
    yield "配置", Finding("ok", f"可用；SCIM 地址 {desk.settings.base_url}")
    yield from (("名册库", each) for each in _store(desk))
    yield from (("办法", Finding("ok", each)) for each in points(desk.readings()))
    yield "日历", _calendar(desk)
    yield from (("函件", each) for each in _wordings(desk))
    yield from (("核查", each) for each in _offices(desk))
    if not desk.settings.systems:
        yield "系统", Finding("warning", "没有配置任何系统，名册变化不会写到任何地方", "[systems.ldap]")
    for target in targets(desk.settings, desk.clock, desk.readings()):
        yield from ((target.name, each) for each in _system(desk, target))


def _store(desk: Desk) -> Iterator[Finding]:
    yield Finding("ok", "已建立，结构为本版本")
    with desk.reader() as connection:
        alive = [token for token in list_tokens(connection) if token["revoked"] is None]
    if not any(token["role"] in ("hr", "admin") for token in alive):
        yield Finding("warning", "没有可写的令牌，人事系统无法推送", "huaming token create --role hr --name 人事系统")
    if not _is_running(desk):
        yield Finding("warning", "没有正在运行的服务", "huaming serve")
    yield _audit(desk)


def _wordings(desk: Desk) -> Iterator[Finding]:
    """Whether letters can be worded as the bureau's own files say."""
    folder = desk.settings.letters.wordings
    if folder is None:
        return
    try:
        check_texts(folder)
    except TextError as error:
        yield Finding("error", f"[letters] texts 不可用，函件不能生成：{error}")
        return
    yield Finding("ok", f"函件文字以 {folder} 中的为先")


def _offices(desk: Desk) -> Iterator[Finding]:
    """Whether the bureau can write, and whether leaders' offices can be asked (四, A15)."""
    settings = desk.settings
    if settings.letters.bureau is None:
        return
    with desk.reader() as connection:
        org = read_org(connection)
    asked = {"[letters] bureau": settings.letters.bureau}
    offices = settings.review.leader_offices
    asked |= {f"[review] leader_offices.{name}": offices.get(name, "") for name in ("party", "government")}
    for name, key in asked.items():
        if key not in org.departments:
            text = f"{name}「{key}」不在花名册中" if key else f"{name} 没有配置，涉及区领导的账号无处可问"
            yield Finding("warning", text)


def _is_running(desk: Desk) -> bool:
    """On PostgreSQL it may be on another machine."""
    if not several_nodes(desk.settings.store.url):
        return desk.server() is not None
    with desk.reader() as connection:
        return is_there(connection)


def _audit(desk: Desk) -> Finding:
    """Whose hand the trace is safe from (S26); a key that cannot be used stops whatever writes. Raises BadSettings."""
    audit = desk.settings.audit
    checked(audit.secrets)
    if audit.key is None:
        text = "留痕的密钥存在库内：能改库的人也能重算封印，个人资料抹除后仍可能由旧备份恢复"
        return Finding("warning", text, '[audit]\nkey = "file:/etc/huaming/audit.key"    # openssl rand -hex 32')
    return Finding("ok", f"留痕由库外密钥密封，保存 {audit.retention_days} 天；huaming verify 核对")


def _system(desk: Desk, target: Target) -> Iterator[Finding]:
    connector = target.connect()
    try:
        yield from connector.check()
        yield from _first_passwords(target)
    except ConnectorError as error:
        yield Finding("error", str(error))
    finally:
        connector.close()
    yield from _mode(desk, target)


def _first_passwords(target: Target) -> Iterator[Finding]:
    """What it means there that new accounts get a password from the hub, or none (S15)."""
    if not target.takes_passwords:
        return
    if target.slip_key:
        yield Finding("ok", "新账号有一次性初始口令：huaming slip list 查看待领取者，领取一次即销毁，七日后作废")
    else:
        text = "新账号没有口令，只能经统一身份认证登录；须由本系统发放初始口令的，设 initial_password"
        yield Finding("ok", text, 'initial_password = "slip"')


def _mode(desk: Desk, target: Target) -> Iterator[Finding]:
    with desk.reader() as connection:
        decided = target.mode or standing(connection, target.name).mode
    if decided == "observe":
        # in the file it would overrule that somebody has to decide whose the accounts are (S13)
        remedy = (
            f"huaming adopt --system {target.name} --enforce --by 姓名" if target.mode is None else 'mode = "enforce"'
        )
        yield Finding("warning", "模式为只观察：只读取和比对，不写入任何内容", remedy)


def _calendar(desk: Desk) -> Finding:
    """How far working days are known; a plan that is missing is asked for from November on."""
    calendar = load_calendar(desk.settings.policy.calendar)
    known = f"节假日安排已知至 {calendar.last_year} 年，其后的期限为暂定"
    missing = unknown_year(calendar, desk.clock.today())
    if missing is None:
        return Finding("ok", known)
    return Finding("warning", f"{known}；{missing} 年的安排尚未录入", f"[policy] calendar 所指目录中的 {missing}.toml")


MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


def lines(where: str, finding: Finding) -> list[str]:
    """A finding as a person reads it, its remedy indented below."""
    return [f"{MARKS[finding.level]} {where}：{finding.text}", *(f"    {line}" for line in finding.remedy.splitlines())]
