"""The doctor in front of 389 Directory Server: its remedies are pasted as they are, and give no more than is needed."""

import subprocess
from pathlib import Path
from typing import Any

import ldap3
import pytest

from connectors.errors import Unreadable
from mappings.model import Done, Finding
from tests.contract.systems.ds389 import Ds389Target
from tests.contract.systems.ldap import PASSWORD, ldap_connector, with_password
from tests.contract.target import Hand
from tests.servers.ds389 import Ds389


def errors(server: Ds389, **changes: Any) -> list[Finding]:
    connector = ldap_connector(server.config(url=server.LDAPS_URL, **changes))
    found = [each for each in connector.check() if each.level == "error"]
    connector.close()
    return found


def paste(server: Ds389, ldif: str, folder: Path) -> None:
    file = folder / "remedy.ldif"
    file.write_text(ldif + "\n", encoding="utf-8")
    who = ["-D", server.ROOT_DN, "-w", server.ROOT_PASSWORD]
    done = subprocess.run(
        ["ldapmodify", "-x", "-H", server.URL, *who, "-f", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("slips", ["none", "slip"])
def test_without_rights_the_remedy_gives_the_least_ones(private_ds389: Any, tmp_path: Path, slips: str) -> None:
    server: Ds389 = private_ds389(RIGHTS="none")
    (error,) = errors(server, initial_password=slips)
    assert "50" in error.text
    paste(server, error.remedy, tmp_path)
    assert errors(server, initial_password=slips) == []
    assert server.dump() == {}
    target = Ds389Target(server)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    hand.connector.close()
    service = server.bound(server.BIND_DN, server.BIND_PASSWORD)
    for dn, name, allowed in (
        (str(state.name), "title", True),
        (str(state.name), "userPassword", slips == "slip"),
        (str(state.name), "aci", False),
        (server.people, "description", False),
        (server.groups, "aci", False),
        (server.BIND_DN, "description", False),
        ("cn=config", "nsslapd-sizelimit", False),
    ):
        done = service.modify(dn, {name: [(ldap3.MODIFY_REPLACE, ["7"])]})
        assert done is allowed, (dn, name, service.result)
    assert not service.add(f"ou=deeper,{server.people}", "organizationalUnit")
    service.unbind()


def test_the_rights_that_our_own_set_up_gives_suffice(ds389: Ds389) -> None:
    assert errors(ds389) == []
    assert ds389.dump() == {}


def test_rights_without_passwords_do_not_pass_for_rights_with_them(ds389: Ds389) -> None:
    (error,) = errors(ds389, initial_password="slip")
    assert "userPassword" in error.text
    assert ds389.dump() == {}


def test_the_check_says_which_server_it_is_and_how_entries_are_known(ds389: Ds389) -> None:
    connector = ldap_connector(ds389.config(url=ds389.LDAPS_URL))
    first = next(iter(connector.check()))
    connector.close()
    assert "389 Directory Server" in first.text
    assert "entryUUID" in first.text


def test_a_place_that_is_not_there_is_named(ds389: Ds389) -> None:
    (error,) = errors(ds389, people="ou=nowhere")
    assert error.text.startswith(f"ou=nowhere,{ds389.BASE_DN}")
    assert "objectClass: organizationalUnit" in error.remedy


def test_a_limit_in_mid_read_is_an_error_and_the_remedy_lifts_it(private_ds389: Any, tmp_path: Path) -> None:
    server: Ds389 = private_ds389()
    target = Ds389Target(server)
    root = server.root()
    database = "cn=config,cn=ldbm database,cn=plugins,cn=config"
    limit = {"nsslapd-pagedlookthroughlimit": [(ldap3.MODIFY_REPLACE, ["30"])]}
    assert root.modify(database, limit), root.result
    root.unbind()
    hand = Hand(target, target.connector())
    assert set(hand.each([hand.creation(number) for number in range(50)])) == {Done()}
    hand.connector.close()
    reader = f"uid=user1,{server.people}"
    with_password(target, reader)
    config = {"bind_dn": reader, "bind_password": PASSWORD, "page_size": 20}
    connector = target.ldap(**config)
    first = connector.observe_all(None)
    assert not first.complete
    with pytest.raises(Unreadable):
        connector.observe_all(first.cursor)
    connector.close()
    limited = next(each for each in errors(server, **config) if "中断" in each.text)
    paste(server, limited.remedy, tmp_path)
    assert not [each for each in errors(server, **config) if "中断" in each.text]
