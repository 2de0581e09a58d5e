"""What `doctor` finds in a directory, in the words of its administrators. Nothing stays behind."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from connectors.errors import ConnectorError, Denied
from connectors.ldap import remedies
from connectors.ldap.ber import PAGED_RESULTS
from connectors.ldap.codes import sentence
from connectors.ldap.config import LdapConfig
from connectors.ldap.dialects import root_dse
from connectors.ldap.entry import Tree
from connectors.ldap.failures import error_of_loss
from connectors.ldap.line import Lost
from connectors.ldap.messages import ONE, Present, Reply, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.proof import Proof
from connectors.ldap.searches import read_entry
from mappings.model import Finding, Kind

Run = Callable[[Callable[[Tree], Sequence[Talk[Any]]]], list[Any]]


def check(config: LdapConfig, run: Run, monotonic: Callable[[], float]) -> list[Finding]:
    """All findings; what cannot be proved any more after an error is left out."""

    def ask(talk: Callable[[Tree], Talk[Any]]) -> Any:
        (result,) = run(lambda tree: [talk(tree)])
        if isinstance(result, Lost):
            raise error_of_loss(result)
        if isinstance(result, ConnectorError):
            raise result
        return result

    findings: list[Finding] = []
    try:
        for finding in _steps(config, ask, monotonic):
            findings.append(finding)
    except Denied as error:
        findings.append(Finding("error", str(error), remedies.bind(config)))
    except ConnectorError as error:
        findings.append(Finding("error", str(error), remedies.reach(config)))
    return findings


def _steps(config: LdapConfig, ask: Callable[..., Any], monotonic: Callable[[], float]) -> Iterator[Finding]:
    yield from ask(_server)
    transport = ask(_transport)
    yield transport
    if transport.level == "error":
        return
    there = [ask(lambda tree, kind=kind: _container(tree, kind)) for kind in Kind]
    yield from there
    if any(each.level == "error" for each in there):
        return
    for kind in Kind:
        yield ask(lambda tree, kind=kind: _readable(tree, kind))
    yield from ask(lambda tree: tree.dialect.advice(tree))
    yield from Proof(config, ask, monotonic).findings()


def _server(tree: Tree) -> Talk[list[Finding]]:
    where, dialect = f"{tree.config.host}:{tree.config.port}", tree.dialect
    root = yield from root_dse()
    findings = [Finding("ok", f"已用服务账号登录 {where}（{dialect.name}，条目以 {dialect.unique_id} 识别）")]
    if root is None or not dialect.recognises(root):
        text = f"认不出 {where} 是哪一种目录，按 {dialect.name} 对待；账号能否锁定以下面的验证为准"
        findings.append(Finding("warning", text))
    if root is not None and PAGED_RESULTS not in root.texts("supportedControl"):
        findings.append(Finding("error", f"{where} 不支持分页读取（RFC 2696），无法可靠地读全", "换用支持分页的目录"))
    return findings


def _transport(tree: Tree) -> Talk[Finding]:
    yield from ()
    config = tree.config
    if tree.dialect.needs_tls and not config.encrypted:
        text = f"连接未加密：{tree.dialect.name} 只在加密连接上接受密码，账号无法建立"
        return Finding("error", text, "[systems.NAME] 中改用 ldaps:// 或 start_tls = true")
    if config.encrypted:
        return Finding("ok", f"连接已加密（{'ldaps' if config.tls_from_start else 'StartTLS'}），证书已校验")
    if config.host in ("localhost", "127.0.0.1", "::1"):
        return Finding("ok", "连接不出本机，未加密")
    text = "密码和人员信息以明文经过网络（plaintext = true）"
    return Finding("warning", text, "[systems.NAME] 中改用 ldaps:// 或 start_tls = true，删去 plaintext")


def _container(tree: Tree, kind: Kind) -> Talk[Finding]:
    dn = tree.container(kind)
    (reply,) = yield [read_entry(dn, ("1.1",))]
    if reply.entries:
        return Finding("ok", f"{dn} 存在并可读")
    access = yield from tree.dialect.remedies.access(tree)
    if reply.code in (0, 32):
        return Finding("error", f"{dn} 不存在，或服务账号看不到", f"{remedies.container(dn)}\n\n{access}")
    return Finding("error", f"{dn} 读不到：{sentence(reply)}", access)


def _readable(tree: Tree, kind: Kind) -> Talk[Finding]:
    """Whether everybody can be read to the last page, which a size limit would end early."""
    dn, count, cookie = tree.container(kind), 0, b""
    while True:
        wanted = Present(tree.shape(kind).key)
        (reply,) = yield [Search(dn, ONE, wanted, ("1.1",), tree.config.page_size, cookie)]
        count, cookie = count + len(reply.entries), reply.cookie
        if reply.code != 0 or not cookie:
            return (yield from _whole(tree, dn, count, reply))


def _whole(tree: Tree, dn: str, count: int, reply: Reply) -> Talk[Finding]:
    if reply.code == 0 and not reply.continued:
        return Finding("ok", f"{dn} 能完整读取，{count} 个条目")
    if reply.code == 0:
        return Finding("warning", f"{dn} 有一部分在别的服务器上（referral），那一部分不读也不写", "")
    mend = tree.dialect.remedies
    remedy = mend.limits(tree.config) if reply.code in (3, 4, 11) else (yield from mend.access(tree))
    return Finding("error", f"{dn} 读了 {count} 个条目后中断：{sentence(reply)}", remedy)
