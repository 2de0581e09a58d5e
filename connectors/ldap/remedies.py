"""What an administrator pastes to mend what `doctor` found: commands, and LDIF for `ldapmodify`."""

from connectors.ldap.config import LdapConfig

TEST_NAME = "huaming-doctor"
NUMBER = "# 数据库编号以 ldapsearch -b cn=config '(olcSuffix=*)' dn 所见为准"
DATABASE = f"{NUMBER}\ndn: olcDatabase={{1}}mdb,cn=config\nchangetype: modify"


def reach(config: LdapConfig) -> str:
    """How to see for oneself whether the server answers and what its certificate says."""
    if config.tls_from_start:
        return f"openssl s_client -connect {config.host}:{config.port} -verify_hostname {config.host}" + _authority(
            config
        )
    return f'ldapsearch -x -H {config.url} -s base -b ""' + (" -ZZ" if config.start_tls else "")


def bind(config: LdapConfig) -> str:
    """How to see for oneself whether the service account gets in."""
    return f"ldapwhoami -x -H {config.url}{' -ZZ' if config.start_tls else ''} -D '{config.bind_dn}' -W"


def container(dn: str) -> str:
    """A container as LDIF."""
    name = dn.split(",", 1)[0].partition("=")[2]
    return f"dn: {dn}\nchangetype: add\nobjectClass: organizationalUnit\nou: {name}"


def access(config: LdapConfig) -> str:
    """The least rights of the service account as LDIF; everybody else's rules stay as they are (`break`)."""
    by = f'by dn.exact="{config.bind_dn}"'
    people, groups = config.people_dn, config.groups_dn
    rules = [
        f'to dn.exact="uid={TEST_NAME},{people}" attrs=userPassword {by} =w by * break',
        f'to dn.onelevel="{people}" attrs=userPassword {by} none by * break',
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


def _authority(config: LdapConfig) -> str:
    return f" -CAfile {config.ca_file}" if config.ca_file else ""
