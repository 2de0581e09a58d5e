"""What `doctor` finds in a directory, in the words of its administrators."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.errors import ConnectorError
from connectors.ldap.config import LdapConfig
from connectors.ldap.entry import Tree
from connectors.ldap.line import Lost
from connectors.ldap.messages import Reply
from connectors.ldap.pipeline import Talk
from connectors.ldap.searches import read_entry
from mappings.model import Finding, Kind

Run = Callable[[Callable[[Tree], Sequence[Talk[Any]]]], list[Any]]


def check(config: LdapConfig, run: Run, monotonic: Callable[[], float]) -> Iterator[Finding]:
    """The findings, one after the other; stops at the first that makes the others pointless."""
    try:
        (replies,) = run(lambda tree: [_containers(tree)])
    except ConnectorError as error:
        yield Finding("error", str(error))
        return
    if isinstance(replies, ConnectorError | Lost):
        yield Finding("error", str(replies))
        return
    yield Finding("ok", f"已用服务账号登录 {config.host}:{config.port}")
    for dn, reply in zip((config.people_dn, config.groups_dn), replies, strict=True):
        yield Finding("ok", f"{dn} 可读") if reply.entries else Finding("error", f"{dn} 不存在或服务账号看不到")


def _containers(tree: Tree) -> Talk[list[Reply]]:
    return (yield [read_entry(tree.container(kind), ("1.1",)) for kind in Kind])
