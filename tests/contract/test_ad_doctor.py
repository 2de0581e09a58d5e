"""The doctor in front of a domain controller: what it prints is typed as it is, and gives no more than is needed."""

from typing import Any

import ldap3

from mappings.model import Finding
from tests.contract.systems.ldap import ldap_connector
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand
from tests.servers.samba_ad import SambaAd


def findings(server: SambaAd, **changes: Any) -> list[Finding]:
    connector = ldap_connector(server.config(**changes))
    found = list(connector.check())
    connector.close()
    return found


def errors(server: SambaAd, **changes: Any) -> list[Finding]:
    return [each for each in findings(server, **changes) if each.level == "error"]


def typed(remedy: str) -> list[str]:
    """The commands of a remedy that are Samba's."""
    return [line for line in remedy.splitlines() if line.startswith("samba-tool")]


def test_without_rights_the_remedy_delegates_the_least_ones(private_samba: Any) -> None:
    server: SambaAd = private_samba(RIGHTS="none")
    (error,) = errors(server)
    assert "50" in error.text
    for right in ("CCDC;user", "RPWP;;user", "CA;Reset Password;user", "CCDC;group", "RPWP;;group"):
        assert f'huaming@ad.example.org:{right}"' in error.remedy
    for command in typed(error.remedy):
        server.tool(command)
    assert errors(server) == []
    assert server.dump().keys() == set()
    target = AdTarget(server)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    hand.connector.close()
    service = server.bound(server.BIND_DN, server.BIND_PASSWORD)
    for dn, name, allowed in (
        (str(state.name), "title", True),
        (str(state.name), "nTSecurityDescriptor", False),
        (server.people, "description", False),
        (server.ROOT_DN, "title", False),
        (f"CN=Domain Admins,CN=Users,{server.BASE_DN}", "description", False),
    ):
        done = service.modify(dn, {name: [(ldap3.MODIFY_REPLACE, ["x"])]})
        assert done is allowed, (dn, name, service.result)
    assert not service.add(f"OU=deeper,{server.people}", "organizationalUnit")
    assert not service.add(f"CN=pc1,{server.people}", "computer", {"sAMAccountName": "pc1$"})
    service.unbind()


def test_the_rights_that_our_own_set_up_gives_suffice_and_nothing_stays(samba_ad: SambaAd) -> None:
    assert errors(samba_ad) == []
    assert samba_ad.dump() == {}


def test_a_key_without_an_index_is_told_with_what_to_paste(samba_ad: SambaAd) -> None:
    (warning,) = [each for each in findings(samba_ad) if each.level == "warning"]
    assert "employeeNumber" in warning.text
    assert "searchFlags: 1" in warning.remedy


def test_a_server_that_talks_in_the_clear_is_an_error_with_the_way_out(samba_ad: SambaAd) -> None:
    (error,) = errors(samba_ad, url=samba_ad.URL)
    assert error.remedy
    assert errors(samba_ad, url=samba_ad.URL, start_tls=True) == []


def test_a_place_that_is_not_there_is_named(samba_ad: SambaAd) -> None:
    (error,) = errors(samba_ad, groups="OU=nowhere")
    assert error.text.startswith(f"OU=nowhere,{samba_ad.BASE_DN}")
    assert "objectClass: organizationalUnit" in error.remedy
