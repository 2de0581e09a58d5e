"""What an OpenLDAP administrator pastes to mend what `doctor` found: LDIF for `ldapmodify`."""

from typing import TYPE_CHECKING

from connectors.ldap.config import TEST_NAME, LdapConfig
from connectors.ldap.dialect import Remedies
from connectors.ldap.messages import SUBTREE, Equal, Search
from connectors.ldap.pipeline import Talk
from connectors.ldap.remedies import container
from mappings.model import Finding

if TYPE_CHECKING:
    from connectors.ldap.entry import Tree

NUMBER = "# 数据库编号以 ldapsearch -b cn=config '(olcSuffix=*)' dn 所见为准"
DATABASE = f"{NUMBER}\ndn: olcDatabase={{1}}mdb,cn=config\nchangetype: modify"


def access(tree: "Tree") -> Talk[str]:
    """The least rights of the service account as LDIF; everybody else's rules stay as they are (`break`)."""
    yield from ()
    config = tree.config
    by = f'by dn.exact="{config.bind_dn}"'
    people, groups, slips = config.people_dn, config.groups_dn, config.initial_password == "slip"  # noqa: S105
    rules = [
        f'to dn.exact="uid={TEST_NAME},{people}" attrs=userPassword {by} =w by * break',
        f'to dn.onelevel="{people}" attrs=userPassword {by} {"=w" if slips else "none"} by * break',
        *(f'to dn.exact="{each}" attrs=children {by} write by * break' for each in (people, groups)),
        *(f'to dn.exact="{each}" {by} read by * break' for each in (people, groups)),
        *(f'to dn.onelevel="{each}" {by} write by * break' for each in (people, groups)),
    ]
    lines = "\n".join(f"olcAccess: {{{place}}}{rule}" for place, rule in enumerate(rules))
    return f"{DATABASE}\nadd: olcAccess\n{lines}"


def limits(config: LdapConfig) -> str:
    """Pages without an upper bound for the service account, as LDIF."""
    rule = f'{{0}}dn.exact="{config.bind_dn}" size.soft=5000 size.hard=5000 size.pr=1000 size.prtotal=unlimited time=60'
    return f"{DATABASE}\nadd: olcLimits\nolcLimits: {rule}"


def password_policy(config: LdapConfig) -> str:
    """The ppolicy overlay with a policy that obeys locks, as LDIF."""
    policy = f"cn=default,ou=policies,{config.base_dn}"
    return f"""dn: cn=module{{0}},cn=config
changetype: modify
add: olcModuleLoad
olcModuleLoad: ppolicy

{NUMBER}
dn: olcOverlay=ppolicy,olcDatabase={{1}}mdb,cn=config
changetype: add
objectClass: olcOverlayConfig
objectClass: olcPPolicyConfig
olcOverlay: ppolicy
olcPPolicyDefault: {policy}

{container(f"ou=policies,{config.base_dn}")}

dn: {policy}
changetype: add
objectClass: pwdPolicy
objectClass: device
cn: default
pwdAttribute: userPassword
pwdLockout: TRUE
pwdMaxFailure: 0
pwdCheckQuality: 0"""


def obey_locks(policies: list[str]) -> str:
    """`pwdLockout: TRUE` for the policies named, as LDIF."""
    return "\n\n".join(f"dn: {dn}\nchangetype: modify\nreplace: pwdLockout\npwdLockout: TRUE" for dn in policies)


def deaf(tree: "Tree") -> Talk[Finding]:
    """Which policy ignores locks, or that there is none."""
    config = tree.config
    (reply,) = yield [Search(config.base_dn, SUBTREE, Equal("objectClass", "pwdPolicy"), ("pwdLockout",))]
    policies = [found.dn for found in reply.entries if found.texts("pwdLockout") != ("TRUE",)]
    if policies:
        text = f"目录忽略锁定：密码策略 {'、'.join(policies)} 没有设 pwdLockout: TRUE"
        return Finding("error", text, obey_locks(policies))
    text = "目录忽略锁定：没有对人员生效的密码策略（olcPPolicyDefault 或 pwdPolicySubentry）"
    return Finding("error", text, password_policy(config))


REMEDIES = Remedies(access, limits, password_policy, deaf)
