"""The doctor: says what will not work before it does not work, with what to paste, and leaves nothing behind."""

import subprocess
from pathlib import Path
from typing import Any

import ldap3
import pytest

from mappings.model import Finding
from tests.contract.systems.ldap import LdapTarget, ldap_connector
from tests.servers.openldap import OpenLdap

MODIFY = "olcDatabase={1}mdb,cn=config"


def findings(server: OpenLdap, **changes: Any) -> list[Finding]:
    connector = ldap_connector(server.config(**changes))
    found = list(connector.check())
    connector.close()
    return found


def errors(found: list[Finding]) -> list[Finding]:
    return [each for each in found if each.level == "error"]


def as_config(server: OpenLdap) -> ldap3.Connection:
    return ldap3.Connection(ldap3.Server(server.URL), "cn=config", server.ROOT_PASSWORD, auto_bind=True)


def paste(server: OpenLdap, ldif: str, dn: str, tmp_path: Path) -> None:
    """What an administrator does with a remedy."""
    file = tmp_path / "remedy.ldif"
    file.write_text(ldif + "\n", encoding="utf-8")
    command = ["ldapmodify", "-x", "-H", server.URL, "-D", dn, "-w", server.ROOT_PASSWORD, "-f", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("start_tls", [True, False])
def test_a_good_directory_is_proved_good_and_nothing_stays(openldap: OpenLdap, fast: bool, start_tls: bool) -> None:
    found = findings(openldap, fast=fast, start_tls=start_tls)
    assert [each.level for each in found] == ["ok"] * len(found)
    assert any("锁定后正确的密码被拒绝" in each.text for each in found)
    assert openldap.dump() == {}


def test_what_an_interrupted_check_left_behind_is_known_and_removed(openldap: OpenLdap) -> None:
    root = openldap.root()
    person, group = f"uid=huaming-doctor,{openldap.people}", f"cn=huaming-doctor,{openldap.groups}"
    mark = {"cn": "huaming-doctor", "sn": "huaming-doctor", "employeeNumber": "huaming-doctor"}
    assert root.add(person, "inetOrgPerson", mark | {"uid": "huaming-doctor"})
    assert root.add(group, "groupOfNames", {"member": [person]})
    root.unbind()
    assert errors(findings(openldap)) == []
    assert openldap.dump() == {}


def test_an_entry_of_that_name_that_is_not_ours_stays(openldap: OpenLdap) -> None:
    LdapTarget(openldap).put("E1", "huaming-doctor")
    before = openldap.dump()
    (error,) = errors(findings(openldap))
    assert "huaming-doctor" in error.text
    assert openldap.dump() == before


def test_without_rights_the_remedy_gives_the_least_ones(private_openldap: Any, tmp_path: Path) -> None:
    server: OpenLdap = private_openldap(OVERLAYS="ppolicy")
    config = as_config(server)
    readers = ["{0}to attrs=userPassword by self write by anonymous auth by * none", "{1}to * by users read by * none"]
    assert config.modify(MODIFY, {"olcAccess": [(ldap3.MODIFY_REPLACE, readers)]}), config.result
    config.unbind()
    (error,) = errors(findings(server))
    assert "50" in error.text
    paste(server, error.remedy, "cn=config", tmp_path)
    assert errors(findings(server)) == []
    assert server.dump() == {}
    # the rights are the least: neither a password of somebody else, nor anything beside the two containers
    LdapTarget(server).put("E1", "somebody")
    service = server.bound(server.BIND_DN, server.BIND_PASSWORD)
    dn = f"uid=somebody,{server.people}"
    assert service.modify(dn, {"title": [(ldap3.MODIFY_REPLACE, ["x"])]}), service.result
    for target, change in (
        (dn, {"userPassword": [(ldap3.MODIFY_REPLACE, ["x"])]}),
        (server.people, {"description": [(ldap3.MODIFY_REPLACE, ["x"])]}),
        (f"cn=default,ou=policies,{server.BASE_DN}", {"pwdLockout": [(ldap3.MODIFY_REPLACE, ["FALSE"])]}),
    ):
        assert not service.modify(target, change)
        assert service.result["result"] == 50
    service.unbind()


def test_the_rights_that_our_own_set_up_gives_are_no_more(openldap: OpenLdap) -> None:
    LdapTarget(openldap).put("E1", "somebody")
    service = openldap.bound(openldap.BIND_DN, openldap.BIND_PASSWORD)
    for dn, change in (
        (f"uid=somebody,{openldap.people}", {"userPassword": [(ldap3.MODIFY_REPLACE, ["x"])]}),
        (openldap.groups, {"description": [(ldap3.MODIFY_REPLACE, ["x"])]}),
        (f"cn=huaming,ou=services,{openldap.BASE_DN}", {"description": [(ldap3.MODIFY_REPLACE, ["x"])]}),
    ):
        assert not service.modify(dn, change)
        assert service.result["result"] == 50
    assert not service.delete(openldap.people)
    assert not service.add(f"ou=x,{openldap.BASE_DN}", "organizationalUnit")
    service.unbind()


def test_without_ppolicy_it_says_so_and_how_to_load_it(private_openldap: Any, tmp_path: Path) -> None:
    server: OpenLdap = private_openldap(OVERLAYS="none")
    (error,) = errors(findings(server))
    assert "ppolicy" in error.text
    assert server.dump() == {}
    config, _, data = error.remedy.partition(f"dn: ou=policies,{server.BASE_DN}")
    paste(server, config, "cn=config", tmp_path)
    policy = data.partition("\n\n")[2]  # this directory has its ou=policies already
    paste(server, policy, server.ROOT_DN, tmp_path)
    assert errors(findings(server)) == []


def test_a_policy_that_ignores_locks_is_named_and_mended(private_openldap: Any, tmp_path: Path) -> None:
    server: OpenLdap = private_openldap(OVERLAYS="ppolicy")
    policy = f"cn=default,ou=policies,{server.BASE_DN}"
    root = server.root()
    assert root.modify(policy, {"pwdLockout": [(ldap3.MODIFY_REPLACE, ["FALSE"])]})
    root.unbind()
    (error,) = errors(findings(server))
    assert policy in error.text
    assert server.dump() == {}
    paste(server, error.remedy, server.ROOT_DN, tmp_path)
    assert errors(findings(server)) == []


def test_a_directory_without_a_policy_ignores_locks_too(private_openldap: Any) -> None:
    server: OpenLdap = private_openldap(OVERLAYS="ppolicy")
    root = server.root()
    assert root.delete(f"cn=default,ou=policies,{server.BASE_DN}")
    root.unbind()
    (error,) = errors(findings(server))
    assert "忽略锁定" in error.text
    assert "pwdLockout: TRUE" in error.remedy


def test_missing_containers_are_named_with_their_ldif(openldap: OpenLdap) -> None:
    found = errors(findings(openldap, people="ou=nowhere"))
    assert [each.text.startswith(f"ou=nowhere,{openldap.BASE_DN}") for each in found] == [True]
    assert "objectClass: organizationalUnit" in found[0].remedy


def test_a_wrong_password_is_told_with_the_command_to_try_it(openldap: OpenLdap) -> None:
    (error,) = findings(openldap, bind_password="wrong")
    assert error.level == "error"
    assert "49" in error.text
    assert error.remedy.startswith("ldapwhoami")
    assert "wrong" not in error.text + error.remedy
