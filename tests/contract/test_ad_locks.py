"""Disabled accounts of Active Directory: they stay out, the other bits stay as they are, lockouts are not ours."""

from collections.abc import Iterator

import ldap3
import pytest

from mappings.model import Action, AlreadySo, Done, Presence
from tests.contract.systems.ldap import PASSWORD
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, ref
from tests.servers.samba_ad import SambaAd

NEVER_EXPIRES, SMARTCARD, DISABLED, NORMAL = 0x10000, 0x40000, 0x2, 0x200


@pytest.fixture
def target(samba_ad: SambaAd) -> AdTarget:
    return AdTarget(samba_ad)


def set_values(target: AdTarget, dn: str, **values: str) -> None:
    root = target.server.root()
    assert root.modify(dn, {name: [(ldap3.MODIFY_REPLACE, [each])] for name, each in values.items()}), root.result
    root.unbind()


def with_password(target: AdTarget, dn: str) -> None:
    root = target.server.root()
    assert root.modify(dn, {"unicodePwd": [(ldap3.MODIFY_REPLACE, [f'"{PASSWORD}"'.encode("utf-16-le")])]}), root.result
    root.unbind()


def value(target: AdTarget, dn: str, name: str) -> str:
    return (target.server.read(dn, name) or {})[name][0]


def test_a_lock_keeps_the_right_password_out_and_an_unlock_lets_it_in_again(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    set_at = value(target, str(state.name), "pwdLastSet")
    assert target.server.can_bind(str(state.name), PASSWORD)
    assert hand.do(Action.LOCK, 1, state) == Done()
    assert not target.server.can_bind(str(state.name), PASSWORD)
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert target.server.can_bind(str(state.name), PASSWORD)
    assert value(target, str(state.name), "pwdLastSet") == set_at


def test_the_other_bits_stay(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    bits = NORMAL | NEVER_EXPIRES | SMARTCARD
    set_values(target, str(state.name), userAccountControl=str(bits))
    hand.do(Action.LOCK, 1, state)
    assert value(target, str(state.name), "userAccountControl") == str(bits | DISABLED)
    hand.do(Action.UNLOCK, 1, state)
    assert value(target, str(state.name), "userAccountControl") == str(bits)


@pytest.fixture
def strict(target: AdTarget) -> Iterator[None]:
    """Three wrong passwords lock for half an hour."""
    domain = target.server.BASE_DN
    set_values(target, domain, lockoutThreshold="3")
    yield
    set_values(target, domain, lockoutThreshold="0")


@pytest.mark.usefixtures("strict")
def test_a_lock_by_wrong_passwords_is_neither_read_nor_cleared(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    for _ in range(4):
        assert not target.server.can_bind(str(state.name), "wrong")
    locked_at = value(target, str(state.name), "lockoutTime")
    assert int(locked_at)
    assert not target.server.can_bind(str(state.name), PASSWORD)
    assert hand.see(1).presence is Presence.ACTIVE
    assert hand.do(Action.UNLOCK, 1, state) == AlreadySo()
    assert [hand.do(Action.LOCK, 1, state), hand.do(Action.UNLOCK, 1, state)] == [Done(), Done()]
    assert value(target, str(state.name), "lockoutTime") == locked_at
    assert not target.server.can_bind(str(state.name), PASSWORD)


def test_an_account_that_is_due_for_a_new_password_is_not_locked(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    set_values(target, str(state.name), pwdLastSet="0")
    seen = hand.connector.observe(ref(1, state))
    assert seen is not None
    assert seen.presence is Presence.ACTIVE
