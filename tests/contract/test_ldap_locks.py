"""Locks that somebody tries to get past, and those that wrong passwords make."""

from collections.abc import Iterator
from typing import Any

import ldap3
import pytest

from mappings.model import Action, AlreadySo, Done, Presence, Refused
from tests.contract.systems.ldap import PASSWORD, LdapTarget, with_password
from tests.contract.target import Hand, operation, ref
from tests.servers.openldap import OpenLdap


@pytest.fixture
def target(directory: LdapTarget) -> LdapTarget:
    return directory


def set_policy(server: OpenLdap, **values: Any) -> None:
    root = server.root()
    policy = f"cn=default,ou=policies,{server.BASE_DN}"
    assert root.modify(policy, {name: [(ldap3.MODIFY_REPLACE, [str(value)])] for name, value in values.items()})
    root.unbind()


@pytest.fixture
def strict(target: LdapTarget) -> Iterator[None]:
    """Three wrong passwords lock for ten minutes."""
    set_policy(target.server, pwdMaxFailure=3, pwdLockoutDuration=600)
    yield
    set_policy(target.server, pwdMaxFailure=0, pwdLockoutDuration=0)


def locked_time(target: LdapTarget, dn: str) -> list[str]:
    return (target.server.read(dn, "pwdAccountLockedTime") or {}).get("pwdAccountLockedTime", [])


def test_a_lock_keeps_the_right_password_out_and_an_unlock_lets_it_in_again(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    stored = (target.server.read(str(state.name), "userPassword") or {})["userPassword"]
    assert target.server.can_bind(str(state.name), PASSWORD)
    hand.do(Action.LOCK, 1, state)
    assert not target.server.can_bind(str(state.name), PASSWORD)
    hand.do(Action.UNLOCK, 1, state)
    assert target.server.can_bind(str(state.name), PASSWORD)
    assert (target.server.read(str(state.name), "userPassword") or {})["userPassword"] == stored


@pytest.mark.usefixtures("strict")
def test_a_lock_by_wrong_passwords_is_not_ours(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    for _ in range(3):
        assert not target.server.can_bind(str(state.name), "wrong")
    (time,) = locked_time(target, str(state.name))
    assert time != "000001010000Z"
    assert hand.see(1).presence is Presence.ACTIVE
    assert hand.do(Action.UNLOCK, 1, state) == AlreadySo()
    assert locked_time(target, str(state.name)) == [time]
    assert not target.server.can_bind(str(state.name), PASSWORD)


@pytest.mark.usefixtures("strict")
def test_our_lock_and_unlock_do_not_end_a_lock_by_wrong_passwords(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    for _ in range(3):
        target.server.can_bind(str(state.name), "wrong")
    before = locked_time(target, str(state.name))
    assert hand.do(Action.LOCK, 1, state) == Done()
    assert hand.see(1).presence is Presence.LOCKED
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert locked_time(target, str(state.name)) == before
    assert not target.server.can_bind(str(state.name), PASSWORD)
    assert hand.see(1).presence is Presence.ACTIVE


@pytest.mark.usefixtures("strict")
def test_fewer_wrong_passwords_than_the_limit_leave_nothing_behind(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    target.server.can_bind(str(state.name), "wrong")
    hand.do(Action.LOCK, 1, state)
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert locked_time(target, str(state.name)) == []
    assert target.server.can_bind(str(state.name), PASSWORD)


def test_a_server_without_ppolicy_says_that_it_cannot_lock(bare_openldap: OpenLdap, fast: bool) -> None:
    target = LdapTarget(bare_openldap, fast=fast)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    outcome = hand.do(Action.LOCK, 1, state)
    assert isinstance(outcome, Refused)
    assert outcome.code == "lock-unsupported"
    born = operation(Action.CREATE, ref(2), None, hand.person(2, presence=Presence.LOCKED))
    assert isinstance(hand.connector.apply(born), Refused)
    assert target.people().keys() == {"E1"}
    hand.connector.close()
