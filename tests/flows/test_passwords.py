"""A lock is a lock: slapd itself refuses the right password, and the password outlives it."""

import pytest

from tests.flows.client import Hr
from tests.flows.house import Served
from tests.flows.test_by_hand import Hands
from tests.servers.openldap import OpenLdap

SECRET = "正确的密码-8f3a"


@pytest.fixture
def hands(openldap: OpenLdap) -> Hands:
    return Hands(openldap)


def test_a_locked_account_refuses_its_password_and_an_unlocked_one_takes_it_again(
    house: Served, hr: Hr, hands: Hands, openldap: OpenLdap
) -> None:
    a = hr.add("a", title="科员")
    b = hr.add("b")
    house.settle()
    for name in ("a", "b"):
        hands.set(hands.person(name), "userPassword", SECRET)
    kept = openldap.read(hands.person("a"), "userPassword", "pwdChangedTime")
    assert kept is not None
    assert kept["userPassword"]
    assert openldap.can_bind(hands.person("a"), SECRET)

    hr.change(a, active=False)
    hr.change(a, title="主任")
    house.settle()
    assert not openldap.can_bind(hands.person("a"), SECRET)
    assert openldap.can_bind(hands.person("b"), SECRET)
    assert openldap.read(hands.person("a"), "userPassword", "pwdChangedTime") == kept
    hr.change(a, userName="a2")
    house.settle()
    assert not openldap.can_bind(hands.person("a2"), SECRET)

    hr.change(a, active=True)
    house.settle()
    assert openldap.can_bind(hands.person("a2"), SECRET)
    assert openldap.read(hands.person("a2"), "userPassword", "pwdChangedTime") == kept
    hr.delete("Users", b)
    house.settle()
    assert not openldap.can_bind(hands.person("b"), SECRET)
    assert "userPassword" not in str(house.operations())


def test_a_password_reset_that_opens_a_lock_is_closed_again_by_the_sweep(
    house: Served, hr: Hr, hands: Hands, openldap: OpenLdap
) -> None:
    hr.add("a", active=False)
    house.settle()
    assert [each["action"] for each in house.operations()] == ["create"], "it was born locked"
    hands.set(hands.person("a"), "userPassword", SECRET)  # ppolicy takes the lock away with it
    assert openldap.can_bind(hands.person("a"), SECRET)
    house.sweep()
    assert not openldap.can_bind(hands.person("a"), SECRET)
    assert [each["action"] for each in house.operations()] == ["create", "lock"]
