"""What an administrator of Active Directory or Samba AD does to mend what `doctor` found: delegation, as commands."""

from typing import TYPE_CHECKING

from connectors.ldap.config import LdapConfig
from connectors.ldap.dialect import Remedies
from connectors.ldap.messages import ANY, BASE, SUBTREE, Equal, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.sids import sid_text
from mappings.model import Finding, Kind

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

# schemaIDGUIDs of the classes, rightsGuid of "Reset Password" ([MS-ADSC], [MS-ADTS] 5.1.3.2.1)
CLASSES = {
    Kind.PERSON: ("user", "bf967aba-0de6-11d0-a285-00aa003049e2"),
    Kind.GROUP: ("group", "bf967a9c-0de6-11d0-a285-00aa003049e2"),
}
INDEXED = 1  # searchFlags, fATTINDEX
RESET = "00299570-246d-11d0-a768-00aa006e0529"


def access(tree: "Tree") -> Talk[str]:
    """The least rights of the service account: to make, change and delete users and groups, and to set passwords."""
    (reply,) = yield [Search(tree.config.bind_dn, BASE, ANY, ("objectSid", "sAMAccountName"))]
    entry = next(iter(reply.entries), None)
    name = (entry and entry.text("sAMAccountName")) or "服务账号"
    raw = entry.attributes.get("objectsid") if entry else None
    sid = sid_text(raw[0]) if raw else "服务账号的SID"
    trustee = f"{name}@{tree.config.domain}"
    windows = [line for kind in Kind for line in _dsacls(tree.container(kind), kind, trustee)]
    samba = [f"samba-tool dsacl set --objectdn='{tree.container(kind)}' --sddl='{sddl(kind, sid)}'" for kind in Kind]
    return "\n".join(
        ["rem Windows 域控制器上，以域管理员执行：", *windows, "", "# Samba 域控制器上，以 root 执行：", *samba]
    )


def sddl(kind: Kind, sid: str) -> str:
    """The same rights as access control entries ([MS-DTYP] 2.5.1)."""
    _, guid = CLASSES[kind]
    aces = [f"(OA;;CCDC;{guid};;{sid})", f"(OA;CIIO;RPWP;;{guid};{sid})"]
    return "".join(aces + ([f"(OA;CIIO;CR;{RESET};{guid};{sid})"] if kind is Kind.PERSON else []))


def _dsacls(dn: str, kind: Kind, trustee: str) -> list[str]:
    name, _ = CLASSES[kind]
    lines = [f'dsacls "{dn}" /G "{trustee}:CCDC;{name}"', f'dsacls "{dn}" /I:S /G "{trustee}:RPWP;;{name}"']
    return lines + ([f'dsacls "{dn}" /I:S /G "{trustee}:CA;Reset Password;{name}"'] if kind is Kind.PERSON else [])


def limits(config: LdapConfig) -> str:
    """Where the limits of a domain controller are looked at."""
    return 'ntdsutil "ldap policies" connections "connect to server 域控制器" quit "show values" quit quit'


def locks(config: LdapConfig) -> str:
    """How to see what stands in an account's control word."""
    return f"ldapsearch -H {config.url} -D '{config.bind_dn}' -W -b '{config.people_dn}' userAccountControl"


def deaf(tree: "Tree") -> Talk[Finding]:
    """A domain controller heeds ACCOUNTDISABLE; what answers otherwise is none."""
    yield from ()
    text = "目录忽略锁定：userAccountControl 已设为停用，正确的密码仍能登录"
    return Finding("error", text, locks(tree.config))


def advice(tree: "Tree") -> Talk[list[Finding]]:
    """An attribute without an index is searched by reading the whole container."""
    (root,) = yield [Search("", BASE, ANY, ("schemaNamingContext",))]
    schema = next((entry.text("schemaNamingContext") for entry in root.entries), None) or ""
    key = tree.shape(Kind.PERSON).key
    (reply,) = yield [Search(schema, SUBTREE, Equal("lDAPDisplayName", key), ("searchFlags",))]
    for entry in reply.entries:
        flags = entry.text("searchFlags") or "0"
        if flags.isdigit() and not int(flags) & INDEXED:
            text = f"{key} 未建索引：人多时按编号查找会很慢"
            ldif = f"dn: {entry.dn}\nchangetype: modify\nreplace: searchFlags\nsearchFlags: {int(flags) | INDEXED}"
            return [Finding("warning", text, f"# 以架构管理员在架构主机上执行\n{ldif}")]
    return []


REMEDIES = Remedies(access, limits, locks, deaf)
