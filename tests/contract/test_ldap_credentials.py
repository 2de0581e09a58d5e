"""First passwords (S15): by the server's own policy, and in no text."""

from collections.abc import Callable, Iterator
from typing import Any

import ldap3
import pytest

from connectors.base import Credentials
from mappings.model import Action, Done, Presence, Refused, Retry, Unknown
from tests.contract.systems.ds389 import Ds389Target
from tests.contract.systems.ldap import LdapTarget
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, ref
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap

SECRET = "Chu-Shi!4711 口令"
WEAK = "x1"
WHERE: dict[str, type[LdapTarget]] = {"openldap": LdapTarget, "ds389": Ds389Target, "samba_ad": AdTarget}


@pytest.fixture(params=WHERE)
def target(request: pytest.FixtureRequest, fast: bool) -> Iterator[LdapTarget]:
    """A server whose service account may set passwords, and whose policy demands a new one at the first log-in."""
    server: OpenLdap = request.getfixturevalue(request.param)
    undo = PREPARED[request.param](server)
    yield WHERE[request.param](server, fast=fast, url=server.LDAPS_URL)
    undo()


def replace(server: OpenLdap, who: str, dn: str, **values: str | list[str]) -> None:
    connection = server.bound(who, server.ROOT_PASSWORD)
    changes = {
        name: [(ldap3.MODIFY_REPLACE, [each] if isinstance(each, str) else each)] for name, each in values.items()
    }
    assert connection.modify(dn, changes), connection.result
    connection.unbind()


def openldap_prepared(server: OpenLdap) -> Callable[[], None]:
    policy = f"cn=default,ou=policies,{server.BASE_DN}"
    config = server.bound("cn=config", server.ROOT_PASSWORD)
    config.search("cn=config", f"(olcSuffix={server.BASE_DN})", attributes=["olcAccess"])
    database, rules = config.response[0]["dn"], config.response[0]["attributes"]["olcAccess"]
    config.unbind()
    by = f'by dn.exact="{server.BIND_DN}"'
    rule = f'{{0}}to dn.onelevel="{server.people}" attrs=userPassword {by} =w by self write by anonymous auth by * none'
    replace(server, "cn=config", database, olcAccess=[rule, *(each.partition("}")[2] for each in rules)])
    strict = {"pwdMustChange": "TRUE", "pwdMinLength": "8", "pwdCheckQuality": "2"}
    replace(server, server.ROOT_DN, policy, **strict)

    def undo() -> None:
        replace(server, server.ROOT_DN, policy, pwdMustChange="FALSE", pwdMinLength=[], pwdCheckQuality="0")
        replace(server, "cn=config", database, olcAccess=rules)

    return undo


def ds389_prepared(server: OpenLdap) -> Callable[[], None]:
    root = server.root()
    rule = f'(targetattr="userPassword")(version 3.0; acl "slips"; allow (write) userdn="ldap:///{server.BIND_DN}";)'
    assert root.modify(server.people, {"aci": [(ldap3.MODIFY_ADD, [rule])]}), root.result
    replace(server, server.ROOT_DN, "cn=config", passwordMustChange="on", passwordCheckSyntax="on")

    def undo() -> None:
        root.modify(server.people, {"aci": [(ldap3.MODIFY_DELETE, [rule])]})
        root.unbind()
        replace(server, server.ROOT_DN, "cn=config", passwordMustChange="off", passwordCheckSyntax="off")

    return undo


PREPARED: dict[str, Callable[[OpenLdap], Callable[[], None]]] = {
    "openldap": openldap_prepared,
    "ds389": ds389_prepared,
    "samba_ad": lambda server: lambda: None,
}


def set_initial(hand: Hand, *given: Any) -> Any:
    assert isinstance(hand.connector, Credentials)
    return hand.connector.set_initial(*given)


def must_change(target: LdapTarget, dn: str, password: str) -> bool:
    """Whether the server lets this password in for nothing but a change of it."""
    server = target.server
    if isinstance(target, AdTarget):
        connection = server.bound(dn, password)
        assert not connection.bound
        return "data 773" in connection.result["message"]
    connection = server.bound(dn, password)
    assert connection.bound, connection.result
    connection.search(server.BASE_DN, "(objectClass=*)", ldap3.BASE, attributes=["1.1"])
    allowed = connection.result["result"] == 0
    connection.unbind()
    return not allowed


def test_it_lets_in_and_must_be_changed_at_once(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    assert not target.server.can_bind(str(state.name), SECRET)
    assert set_initial(hand, ref(1, state), SECRET) == Done()
    assert must_change(target, str(state.name), SECRET)
    assert hand.see(1).presence is state.presence
    stored = (target.server.read(str(state.name), "userPassword", "unicodePwd") or {}).get("userPassword", [])
    assert all(each.startswith("{") and SECRET not in each for each in stored)  # the server hashes it


def test_a_weak_one_is_refused_in_a_sentence_without_it(hand: Hand) -> None:
    state = hand.create(1)
    outcome = set_initial(hand, ref(1, state), WEAK)
    assert isinstance(outcome, Refused)
    assert outcome.code == "password-refused"
    assert WEAK not in outcome.text


def test_a_locked_account_stays_locked_though_openldap_ends_locks_with_a_new_password(
    hand: Hand, target: LdapTarget
) -> None:
    state = hand.create(1)
    hand.do(Action.LOCK, 1, state)
    assert set_initial(hand, ref(1, state), SECRET) == Done()
    assert not target.server.can_bind(str(state.name), SECRET)
    assert hand.see(1).presence is Presence.LOCKED


def test_who_is_not_there_or_protected_gets_none(hand: Hand, target: LdapTarget) -> None:
    assert isinstance(set_initial(hand, ref(1), SECRET), Retry)
    state = hand.create(1)
    guarded = Hand(target, target.protect("E1"))
    outcome = set_initial(guarded, ref(1, state), SECRET)
    guarded.connector.close()
    assert isinstance(outcome, Refused)
    assert outcome.code == "protected"
    assert not target.server.can_bind(str(state.name), SECRET)


def test_a_lost_answer_is_unknown_and_no_text_has_the_password(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with FaultProxy(*target.server.address(secure=True)) as proxy:
        connector = target.ldap(url=f"ldaps://127.0.0.1:{proxy.port}")
        connector.observe_all(None)
        proxy.set(lose_from=2)  # it finds the account first
        outcome = connector.set_initial(ref(1, state), SECRET)
        connector.close()
    assert isinstance(outcome, Unknown)
    assert SECRET not in repr(outcome)


def test_without_the_right_it_is_refused_and_says_where_to_look(openldap: OpenLdap) -> None:
    target = LdapTarget(openldap, url=openldap.LDAPS_URL)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    outcome = set_initial(hand, ref(1, state), SECRET)
    hand.connector.close()
    assert isinstance(outcome, Refused)
    assert "huaming doctor" in outcome.text
