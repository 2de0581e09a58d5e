"""A lock is a lock: slapd itself refuses the right password, and the password outlives it."""

from tests.flows.clerk import Clerk
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

SECRET = "正确的密码-8f3a"


def test_a_locked_account_refuses_its_password_and_an_unlocked_one_takes_it_again(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    a = clerk.add("a", title="科员")
    b = clerk.add("b")
    house.settle()
    for name in ("a", "b"):
        hands.set(hands.person(name), "userPassword", SECRET)
    kept = openldap.read(hands.person("a"), "userPassword", "pwdChangedTime")
    assert kept is not None
    assert kept["userPassword"]
    assert openldap.can_bind(hands.person("a"), SECRET)

    clerk.change(a, active=False)
    clerk.change(a, title="主任")
    house.settle()
    assert not openldap.can_bind(hands.person("a"), SECRET)
    assert openldap.can_bind(hands.person("b"), SECRET)
    assert openldap.read(hands.person("a"), "userPassword", "pwdChangedTime") == kept
    clerk.change(a, userName="a2")
    house.settle()
    assert not openldap.can_bind(hands.person("a2"), SECRET)

    clerk.change(a, active=True)
    house.settle()
    assert openldap.can_bind(hands.person("a2"), SECRET)
    assert openldap.read(hands.person("a2"), "userPassword", "pwdChangedTime") == kept
    clerk.delete("Users", b)
    house.settle()
    assert not openldap.can_bind(hands.person("b"), SECRET)
    assert "userPassword" not in str(house.operations())


def test_a_password_reset_that_opens_a_lock_is_closed_again_by_the_sweep(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    clerk.add("a", active=False)
    house.settle()
    assert [each["action"] for each in house.operations()] == ["create"], "it was born locked"
    hands.set(hands.person("a"), "userPassword", SECRET)  # ppolicy takes the lock away with it
    assert openldap.can_bind(hands.person("a"), SECRET)
    house.sweep()
    assert not openldap.can_bind(hands.person("a"), SECRET)
    assert [each["action"] for each in house.operations()] == ["create", "lock"]
