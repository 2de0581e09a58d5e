"""Reading a directory whole: pages, limits, and what is never taken for the whole."""

import itertools
from typing import Any

import ldap3
import pytest

from connectors.errors import Denied, Unreadable
from connectors.ldap.connector import LdapConnector
from mappings.model import AccountState, Action, Done, Retry
from tests.contract.systems.ldap import LdapTarget
from tests.contract.target import Hand, operation, ref
from tests.servers.openldap import OpenLdap

PASSWORD = "leser-1234"


@pytest.fixture(params=["fast", "plain"])
def fast(request: pytest.FixtureRequest) -> bool:
    return str(request.param) == "fast"


@pytest.fixture
def target(openldap: OpenLdap, fast: bool) -> LdapTarget:
    return LdapTarget(openldap, fast=fast)


def fill(target: LdapTarget, count: int) -> None:
    connector = target.ldap(fast=True)
    hand = Hand(target, connector)
    creates = [operation(Action.CREATE, ref(number), None, hand.person(number)) for number in range(count)]
    assert set(connector.apply_each(creates)) == {Done()}
    connector.close()


def everybody(connector: LdapConnector) -> list[AccountState]:
    accounts: list[AccountState] = []
    cursor = None
    while True:
        page = connector.observe_all(cursor)
        accounts += page.accounts
        cursor = page.cursor
        if not cursor:
            assert page.complete
            return accounts


def test_1200_people_are_read_in_pages(target: LdapTarget) -> None:
    fill(target, 1200)
    connector = target.ldap(page_size=500)
    pages = []
    cursor = None
    while cursor or not pages:
        pages.append(connector.observe_all(cursor))
        cursor = pages[-1].cursor
    assert [len(page.accounts) for page in pages] == [500, 500, 200]
    assert [page.complete for page in pages] == [False, False, True]
    assert len({account.key for page in pages for account in page.accounts}) == 1200
    connector.close()


def test_a_page_size_that_divides_evenly_ends_well(target: LdapTarget) -> None:
    fill(target, 20)
    connector = target.ldap(page_size=10)
    assert len(everybody(connector)) == 20
    connector.close()


def reader(target: LdapTarget) -> dict[str, Any]:
    """An ordinary account, for which the server's size limit holds."""
    dn = f"uid=reader,{target.server.people}"
    root = target.server.root()
    values = {"uid": "reader", "cn": "reader", "sn": "r", "userPassword": PASSWORD}
    assert root.add(dn, "inetOrgPerson", values), root.result
    root.unbind()
    return {"bind_dn": dn, "bind_password": PASSWORD}


def test_a_size_limit_in_mid_read_is_an_error_and_never_the_end(private_openldap: Any, fast: bool) -> None:
    target = LdapTarget(private_openldap(OVERLAYS="none", SIZELIMIT="30"), fast=fast)
    fill(target, 50)
    connector = target.ldap(page_size=20, **reader(target))
    first = connector.observe_all(None)
    assert len(first.accounts) == 20
    assert not first.complete
    with pytest.raises(Unreadable):
        connector.observe_all(first.cursor)
    limited = [each for each in connector.check() if each.level == "error"]
    assert "olcLimits" in limited[0].remedy
    connector.close()


def test_the_service_account_has_no_such_limit(private_openldap: Any) -> None:
    target = LdapTarget(private_openldap(OVERLAYS="none", SIZELIMIT="30"))
    fill(target, 50)
    connector = target.ldap(page_size=20)
    assert len(everybody(connector)) == 50
    connector.close()


def test_a_read_that_was_cut_cannot_be_gone_on_with_on_another_line(target: LdapTarget) -> None:
    fill(target, 30)
    connector = target.ldap(page_size=10)
    first = connector.observe_all(None)
    connector.close()
    with pytest.raises(Unreadable):
        connector.observe_all(first.cursor)
    connector.observe(ref(1))
    with pytest.raises(Unreadable):
        connector.observe_all(first.cursor)
    assert len(everybody(connector)) == 30
    connector.close()


@pytest.mark.parametrize("cursor", ["", "x", "1.1", "1.1.@@@", "a.b.c"])
def test_a_cursor_that_is_none_is_an_error_or_the_beginning(target: LdapTarget, cursor: str) -> None:
    connector = target.ldap()
    if cursor:
        with pytest.raises(Unreadable):
            connector.observe_all(cursor)
    else:
        assert connector.observe_all(cursor).complete
    connector.close()


def test_writing_between_two_pages_does_not_disturb_the_reading(target: LdapTarget) -> None:
    fill(target, 25)
    connector = target.ldap(page_size=10)
    hand = Hand(target, connector)
    first = connector.observe_all(None)
    hand.create(100)
    assert connector.observe(ref(3)) is not None
    second = connector.observe_all(first.cursor)
    third = connector.observe_all(second.cursor)
    keys = {account.key for account in itertools.chain(first.accounts, second.accounts, third.accounts)}
    assert {f"E{number}" for number in range(25)} <= keys
    assert third.complete
    connector.close()


def test_a_container_that_the_account_may_not_read_is_not_an_empty_one(private_openldap: Any, fast: bool) -> None:
    server: OpenLdap = private_openldap(OVERLAYS="none")
    target = LdapTarget(server, fast=fast)
    fill(target, 3)
    config = ldap3.Connection(ldap3.Server(server.URL), "cn=config", server.ROOT_PASSWORD, auto_bind=True)
    rule = f'{{0}}to dn.subtree="{server.people}" by * none'
    assert config.modify("olcDatabase={1}mdb,cn=config", {"olcAccess": [(ldap3.MODIFY_ADD, [rule])]}), config.result
    config.unbind()
    connector = target.ldap()
    with pytest.raises((Unreadable, Denied)):
        connector.observe(ref(1))
    with pytest.raises((Unreadable, Denied)):
        connector.observe_all(None)
    outcome = Hand(target, connector).do(Action.REMOVE, 1)
    assert isinstance(outcome, Retry)
    connector.close()


def test_what_stands_deeper_or_beside_the_container_is_not_ours(target: LdapTarget) -> None:
    root = target.server.root()
    base, people = target.server.BASE_DN, target.server.people
    values = {"cn": "a", "sn": "a", "employeeNumber": "E1"}
    assert root.add(f"ou=deeper,{people}", "organizationalUnit")
    assert root.add(f"uid=deep,ou=deeper,{people}", "inetOrgPerson", values | {"uid": "deep"})
    assert root.add(f"uid=beside,ou=policies,{base}", "inetOrgPerson", values | {"uid": "beside"})
    try:
        connector = target.ldap()
        assert connector.observe(ref(1)) is None
        assert connector.observe_all(None).accounts == ()
        connector.close()
    finally:
        root.delete(f"uid=beside,ou=policies,{base}")
        root.unbind()
