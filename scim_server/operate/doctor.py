"""`huaming doctor`: says what will work and what will not; leaves nothing behind."""

from collections.abc import Iterator

from connectors.errors import ConnectorError
from mappings.model import Finding
from scim_server.operate.desk import Desk
from scim_server.reconcile.target import Target
from scim_server.store.targets import standing
from scim_server.store.tokens import list_tokens
from scim_server.systems import targets


def check(desk: Desk) -> Iterator[tuple[str, Finding]]:
    """(where, finding), in the order in which one would look."""
    yield "配置", Finding("ok", f"可用；SCIM 地址 {desk.settings.base_url}")
    yield from (("名册库", each) for each in _store(desk))
    if not desk.settings.systems:
        yield "系统", Finding("warning", "没有配置任何系统，名册变化不会写到任何地方", "[systems.ldap]")
    for target in targets(desk.settings, desk.clock):
        yield from ((target.name, each) for each in _system(desk, target))


def _store(desk: Desk) -> Iterator[Finding]:
    yield Finding("ok", "已建立，结构为本版本")
    with desk.reader() as connection:
        alive = [token for token in list_tokens(connection) if token["revoked"] is None]
    if not any(token["role"] in ("hr", "admin") for token in alive):
        yield Finding("warning", "没有可写的令牌，人事系统无法推送", "huaming token create --role hr --name 人事系统")
    if desk.server() is None:
        yield Finding("warning", "没有正在运行的服务", "huaming serve")
    if desk.settings.policy.model_extra:
        yield Finding("warning", "[policy] 已读取，本版本尚未执行其中的解释")


def _system(desk: Desk, target: Target) -> Iterator[Finding]:
    connector = target.connect()
    try:
        yield from connector.check()
    except ConnectorError as error:
        yield Finding("error", str(error))
    finally:
        connector.close()
    yield from _mode(desk, target)


def _mode(desk: Desk, target: Target) -> Iterator[Finding]:
    with desk.reader() as connection:
        decided = target.mode or standing(connection, target.name).mode
    if decided == "observe":
        yield Finding("warning", "模式为只观察：只读取和比对，不写入任何内容", 'mode = "enforce"')


MARKS = {"ok": "✓", "warning": "!", "error": "✗"}


def lines(where: str, finding: Finding) -> list[str]:
    """A finding as a person reads it, its remedy indented below."""
    return [f"{MARKS[finding.level]} {where}：{finding.text}", *(f"    {line}" for line in finding.remedy.splitlines())]
