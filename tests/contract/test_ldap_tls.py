"""TLS: a certificate that is not good gets no password, and plain text is never a way out."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.errors import Unreachable
from connectors.ldap.config import LdapConfig
from mappings.model import Action, Retry
from tests.contract.systems.ldap import LdapTarget, ldap_connector
from tests.contract.target import Hand, operation, ref
from tests.servers.certificates import Authority, Certificate, TlsServer
from tests.servers.openldap import OpenLdap

SECRET = "geheim-" + "x" * 8
GIVEN: dict[str, Any] = {
    "bind_dn": "cn=huaming,dc=x",
    "bind_password": SECRET,
    "base_dn": "dc=x",
    "connect_timeout": 20,
    "answer_timeout": 20,
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


BAD: dict[str, Any] = {
    "expired": lambda authority: authority.issue("expired", "DNS:localhost,IP:127.0.0.1", days=-1),
    "other-name": lambda authority: authority.issue("other", "DNS:ldap.elsewhere.example,IP:127.0.0.2"),
    "self-signed": lambda authority: authority.self_signed(),
}


@pytest.fixture(scope="module", params=BAD)
def bad(request: pytest.FixtureRequest, authority: Authority) -> Certificate:
    made: Certificate = BAD[request.param](authority)
    return made


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("start_tls", [True, False])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_bad_certificate_gets_no_byte_of_the_password(
    bad: Certificate, start_tls: bool, host: str, fast: bool
) -> None:
    with TlsServer(bad, start_tls) as server:
        scheme = "ldap" if start_tls else "ldaps"
        url = f"{scheme}://{host}:{server.port}"
        ca_file = str(bad.authority)
        connector = ldap_connector(LdapConfig(url=url, start_tls=start_tls, ca_file=ca_file, fast=fast, **GIVEN))
        with pytest.raises(Unreachable, match="证书") as refused:
            connector.observe(ref(1))
        outcome = connector.apply(operation(Action.LOCK, ref(1)))
        findings = list(connector.check())
        told = server.told
    assert isinstance(outcome, Retry)
    assert SECRET.encode() not in told
    assert b"huaming" not in told
    assert "没有发送" in str(refused.value)
    assert [each.level for each in findings] == ["error"]
    assert findings[0].remedy


def test_a_good_certificate_does_get_the_password(authority: Authority) -> None:
    with TlsServer(authority.issue("good", "IP:127.0.0.1"), start_tls=False, hangs_up=True) as server:
        url = f"ldaps://127.0.0.1:{server.port}"
        connector = ldap_connector(LdapConfig(url=url, ca_file=str(authority.certificate), **GIVEN))
        with pytest.raises(Unreachable):
            connector.observe(ref(1))
    assert SECRET.encode() in server.told


def test_the_machine_s_own_authorities_do_not_vouch_for_ours(openldap: OpenLdap) -> None:
    connector = ldap_connector(openldap.config(url=openldap.LDAPS_URL, ca_file=None))
    with pytest.raises(Unreachable, match="证书"):
        connector.observe(ref(1))


def test_a_ca_file_that_is_missing_is_said(openldap: OpenLdap) -> None:
    connector = ldap_connector(openldap.config(url=openldap.LDAPS_URL, ca_file="/nowhere/ca.crt"))
    with pytest.raises(Unreachable, match=r"/nowhere/ca\.crt"):
        connector.observe(ref(1))


def test_a_server_without_starttls_gets_no_password(tmp_path: Path, private_openldap: Any) -> None:
    import ldap3

    server: OpenLdap = private_openldap(OVERLAYS="none")
    config = ldap3.Connection(ldap3.Server(server.URL), "cn=config", server.ROOT_PASSWORD, auto_bind=True)
    assert config.modify(
        "cn=config",
        {"olcTLSCertificateFile": [(ldap3.MODIFY_DELETE, [])], "olcTLSCertificateKeyFile": [(ldap3.MODIFY_DELETE, [])]},
    ), config.result
    config.unbind()
    server.stop()
    server.start()
    connector = ldap_connector(server.config(start_tls=True))
    with pytest.raises(Unreachable):
        connector.observe(ref(1))


@pytest.mark.parametrize("url", ["ldap://ldap.example.cn", "ldap://10.0.0.1:389", "ldap://[2001:db8::1]"])
def test_plain_text_to_another_machine_needs_a_word(url: str) -> None:
    with pytest.raises(ValidationError, match="明文"):
        LdapConfig(url=url, **GIVEN)
    assert LdapConfig(url=url, plaintext=True, **GIVEN)
    assert LdapConfig(url=url, start_tls=True, **GIVEN)
    assert LdapConfig(url=url.replace("ldap:", "ldaps:"), **GIVEN)


@pytest.mark.parametrize("url", ["ldap://localhost", "ldap://127.0.0.1:1389", "ldap://127.8.8.8", "ldap://[::1]"])
def test_plain_text_to_this_machine_needs_none(url: str) -> None:
    assert LdapConfig(url=url, **GIVEN)


def test_both_kinds_of_tls_work_against_a_real_server_by_name_and_by_address(openldap: OpenLdap) -> None:
    for host in ("127.0.0.1", "localhost"):
        for url, start_tls in ((openldap.URL, True), (openldap.LDAPS_URL, False)):
            target = LdapTarget(openldap, url=url.replace("127.0.0.1", host), start_tls=start_tls)
            hand = Hand(target, target.connector())
            openldap.clear()
            assert hand.create(1).key == "E1"
            hand.connector.close()
