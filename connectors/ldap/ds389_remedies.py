"""What an administrator of 389 Directory Server pastes to mend what `doctor` found: LDIF for `ldapmodify`."""

from typing import TYPE_CHECKING

from connectors.ldap.config import TEST_NAME, LdapConfig
from connectors.ldap.dialect import Remedies
from connectors.ldap.pipeline import Talk
from mappings.model import Finding, Kind

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

LIMITS = (
    "nsSizeLimit",
    "nsPagedSizeLimit",
    "nsLookThroughLimit",
    "nsPagedLookThroughLimit",
    "nsIDListScanLimit",
    "nsPagedIDListScanLimit",
)


def access(tree: "Tree") -> Talk[str]:
    """The least rights of the service account as ACIs; no others are touched."""
    yield from ()
    by = f'userdn="ldap:///{tree.config.bind_dn}"'
    parts = []
    for kind, name in ((Kind.PERSON, "people"), (Kind.GROUP, "groups")):
        whom = f'(targetattr != "userPassword || aci")(targetfilter="(objectClass={tree.shape(kind).object_class})")'
        rights = "allow (read,search,compare,write,add,delete)"
        rules = [f'aci: {whom}(version 3.0; acl "huaming {name}"; {rights} {by};)']
        if kind is Kind.PERSON:
            whose = "*" if tree.config.initial_password == "slip" else TEST_NAME  # noqa: S105
            one = f'(target="ldap:///uid={whose},{tree.container(kind)}")(targetattr="userPassword")'
            rules.append(f'aci: {one}(version 3.0; acl "huaming passwords"; allow (add,write) {by};)')
        read = '(targetattr != "userPassword")(version 3.0; acl "huaming reads"; allow (read,search,compare)'
        rules.append(f"aci: {read} {by};)")
        parts.append("\n".join([f"dn: {tree.container(kind)}", "changetype: modify", "add: aci", *rules]))
    return "\n\n".join(parts)


def limits(config: LdapConfig) -> str:
    """No upper bound on what the service account may read, as LDIF on its own entry."""
    lines = "\n-\n".join(f"replace: {name}\n{name}: -1" for name in LIMITS)
    return f"dn: {config.bind_dn}\nchangetype: modify\n{lines}"


def locks(config: LdapConfig) -> str:
    """The account lock needs no set-up; a right to write it does."""
    return (
        f"ldapsearch … -b 'cn=plugins,cn=config' '(cn=Account*)'（{config.host} 上 nsAccountLock 未生效，请查登录插件）"
    )


def deaf(tree: "Tree") -> Talk[Finding]:
    """389 heeds the attribute by itself, unless a plug-in that binds for it does not."""
    yield from ()
    text = "目录忽略锁定：写入 nsAccountLock: true 后仍能登录；可能由 PAM 或链路插件代为验证密码"
    return Finding("error", text, locks(tree.config))


REMEDIES = Remedies(access, limits, locks, deaf)
