"""Locks in 389 Directory Server: they refuse binds; what wrong passwords and roles lock is not ours."""

from collections.abc import Iterator
from time import monotonic, sleep

import ldap3
import pytest

from connectors.ldap import names
from mappings.model import Action, AlreadySo, Done, Presence, Refused
from tests.contract.systems.ds389 import Ds389Target
from tests.contract.systems.ldap import PASSWORD, with_password
from tests.contract.target import Hand, ref
from tests.servers.ds389 import Ds389

LOCKED_OUT = ("passwordRetryCount", "accountUnlockTime")


@pytest.fixture
def target(ds389: Ds389, fast: bool) -> Ds389Target:
    return Ds389Target(ds389, fast=fast)


def test_a_lock_keeps_the_right_password_out_and_an_unlock_lets_it_in_again(hand: Hand, target: Ds389Target) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    stored = (target.server.read(str(state.name), "userPassword") or {})["userPassword"]
    assert target.server.can_bind(str(state.name), PASSWORD)
    assert hand.do(Action.LOCK, 1, state) == Done()
    assert not target.server.can_bind(str(state.name), PASSWORD)
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert target.server.can_bind(str(state.name), PASSWORD)
    after = target.server.read(str(state.name), "userPassword", "nsAccountLock") or {}
    assert (after["userPassword"], after.get("nsAccountLock", [])) == (stored, [])


def test_an_account_that_is_created_locked_refuses_the_right_password(hand: Hand, target: Ds389Target) -> None:
    assert hand.connector.apply(hand.creation(1, hand.person(1, presence=Presence.LOCKED))) == Done()
    state = hand.see(1)
    with_password(target, str(state.name))
    assert not target.server.can_bind(str(state.name), PASSWORD)
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert target.server.can_bind(str(state.name), PASSWORD)


@pytest.mark.parametrize("spelling", ["TRUE", "True"])
def test_a_lock_by_hand_in_another_spelling_is_one(hand: Hand, target: Ds389Target, spelling: str) -> None:
    state = hand.create(1)
    set_values(target.server, str(state.name), nsAccountLock=spelling)
    assert hand.see(1).presence is Presence.LOCKED
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert hand.see(1).presence is Presence.ACTIVE


def test_a_false_that_somebody_wrote_is_no_lock(hand: Hand, target: Ds389Target) -> None:
    state = hand.create(1)
    set_values(target.server, str(state.name), nsAccountLock="false")
    assert hand.see(1).presence is Presence.ACTIVE
    assert hand.do(Action.UNLOCK, 1, state) == AlreadySo()
    assert [hand.do(Action.LOCK, 1, state), hand.do(Action.UNLOCK, 1, state)] == [Done(), Done()]


def set_values(server: Ds389, dn: str, **values: str) -> None:
    root = server.root()
    changes = {name: [(ldap3.MODIFY_REPLACE, [value] if value else [])] for name, value in values.items()}
    assert root.modify(dn, changes), root.result
    root.unbind()


@pytest.fixture
def strict(target: Ds389Target) -> Iterator[None]:
    """Three wrong passwords lock for an hour."""
    set_values(target.server, "cn=config", passwordLockout="on", passwordMaxFailure="3", passwordLockoutDuration="3600")
    yield
    set_values(target.server, "cn=config", passwordLockout="off", passwordMaxFailure="3")


@pytest.mark.usefixtures("strict")
def test_a_lock_by_wrong_passwords_is_not_ours_and_outlives_our_lock(hand: Hand, target: Ds389Target) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    for _ in range(4):
        assert not target.server.can_bind(str(state.name), "wrong")
    before = target.server.read(str(state.name), *LOCKED_OUT)
    assert before
    assert before.keys() == set(LOCKED_OUT)
    assert hand.see(1).presence is Presence.ACTIVE
    assert hand.do(Action.UNLOCK, 1, state) == AlreadySo()
    assert [hand.do(Action.LOCK, 1, state), hand.do(Action.UNLOCK, 1, state)] == [Done(), Done()]
    assert target.server.read(str(state.name), *LOCKED_OUT) == before
    assert not target.server.can_bind(str(state.name), PASSWORD)


@pytest.fixture
def disabling_role(target: Ds389Target) -> Iterator[str]:
    """The role by which the old tools lock: its members get nsAccountLock from a class of service."""
    base = target.server.BASE_DN
    managed, nested, place = (
        f"cn={name},{base}" for name in ("nsManagedDisabledRole", "nsDisabledRole", "nsAccountInactivationTmp")
    )
    role = ["LDAPsubentry", "nsRoleDefinition"]
    service = ["LDAPsubentry", "cosSuperDefinition", "cosClassicDefinition"]
    template = names.child("cn", nested, place)
    entries = {
        managed: ([*role, "nsSimpleRoleDefinition", "nsManagedRoleDefinition"], {}),
        nested: ([*role, "nsComplexRoleDefinition", "nsNestedRoleDefinition"], {"nsRoleDN": managed}),
        place: (["nsContainer"], {}),
        template: (["extensibleObject", "costemplate", "ldapsubentry"], {"nsAccountLock": "true", "cosPriority": "0"}),
        f"cn=nsAccountInactivation_cos,{base}": (
            service,
            {"cosTemplateDn": place, "cosSpecifier": "nsRole", "cosAttribute": "nsAccountLock operational"},
        ),
    }
    root = target.server.root()
    for dn, (classes, values) in entries.items():
        assert root.add(dn, classes, values), root.result
    yield managed
    for dn in reversed(entries):
        root.delete(dn)
    root.unbind()


def test_a_lock_by_a_role_is_read_and_not_claimed_to_be_lifted(
    hand: Hand, target: Ds389Target, disabling_role: str
) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    set_values(target.server, str(state.name), nsRoleDN=disabling_role)
    # the server works classes of service out in the background, later where it has much to do;
    # what it has kept of an entry meanwhile it forgets when the class is written again
    for again in range(30):
        end = monotonic() + 2
        while hand.see(1).presence is not Presence.LOCKED and monotonic() < end:
            sleep(0.05)
        if hand.see(1).presence is Presence.LOCKED:
            break
        service = f"cn=nsAccountInactivation_cos,{target.server.BASE_DN}"
        set_values(target.server, service, description=f"written {again}")
    assert hand.see(1).presence is Presence.LOCKED
    assert not target.server.can_bind(str(state.name), PASSWORD)
    outcome = hand.do(Action.UNLOCK, 1, state)
    assert isinstance(outcome, Refused)
    assert outcome.code == "locked-by-role"
    assert "nsManagedDisabledRole" in outcome.text
    assert hand.see(1).presence is Presence.LOCKED
    set_values(target.server, str(state.name), nsRoleDN="")
    seen = hand.connector.observe(ref(1, state))
    assert seen is not None
    assert seen.presence is Presence.ACTIVE
    assert target.server.can_bind(str(state.name), PASSWORD)
