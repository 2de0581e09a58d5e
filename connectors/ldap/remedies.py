"""What an administrator pastes to mend what `doctor` found, whatever the server: commands, and LDIF."""

from connectors.ldap.config import LdapConfig


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


def _authority(config: LdapConfig) -> str:
    return f" -CAfile {config.ca_file}" if config.ca_file else ""
