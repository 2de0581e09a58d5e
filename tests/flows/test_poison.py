"""One record that no directory can hold among two hundred: it is shown, and nobody waits for it."""

import time
from collections.abc import Callable

import ldap3

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.conftest import Houses
from tests.flows.expectation import converged
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap
from tests.servers.tempo import allowed

PEOPLE = 200
WITHIN = 20.0  # seconds from the first push to the last of the others' entries


def _refuse_titles_that_begin_with_x(ldap: OpenLdap) -> None:
    """slapd itself refuses a value: the constraint overlay (slapo-constraint) answers 19."""
    config = ldap.bound("cn=config", ldap.ROOT_PASSWORD)
    load = {"olcModuleLoad": [(ldap3.MODIFY_ADD, ["constraint"])]}
    assert config.modify("cn=module{0},cn=config", load), config.result
    config.search("cn=config", f"(olcSuffix={ldap.BASE_DN})", attributes=["1.1"])
    dn = f"olcOverlay=constraint,{config.response[0]['dn']}"
    rule = {"olcConstraintAttribute": "title regex ^[^X].*$"}
    assert config.add(dn, ["olcOverlayConfig", "olcConstraintConfig"], rule), config.result
    config.unbind()


def test_two_poisoned_records_among_two_hundred(houses: Houses, private_openldap: Callable[..., OpenLdap]) -> None:
    ldap = private_openldap()
    _refuse_titles_that_begin_with_x(ldap)
    house = houses(ldap)
    house.start()
    clerk = Clerk(house)
    office = clerk.group(say.department("办公室", "G01"))
    poison: dict[int, say.Json] = {
        50: {"emails": [{"value": "张三@qu.gov.cn", "type": "work"}]},
        120: {"title": "X光技师"},
    }
    began = time.monotonic()
    ids = [clerk.person(f"p{number}", **{"title": "科员"} | poison.get(number, {})) for number in range(PEOPLE)]
    clerk.enlist(office, *ids)
    bad = {number: clerk.model.users.pop(ids[number]) for number in poison}
    kept = {number: clerk.model.joined.pop(ids[number]) for number in poison}
    house.idle()
    assert time.monotonic() - began < allowed(WITHIN)
    converged(clerk.model, ldap)
    assert house.status()["parked"] == 2
    assert "constraintViolation" in (house.state_of("E-p120")[1] or "")
    operations = house.operations()
    house.idle()
    time.sleep(2)
    assert house.operations() == operations, "a refused row is not tried again by itself"

    for number, body in bad.items():
        clerk.model.users[ids[number]], clerk.model.joined[ids[number]] = body, kept[number]
    clerk.alter(ids[50], emails=[])
    clerk.alter(ids[120], title="技师")
    house.idle()
    clerk.satisfied(ldap)
    clerk.close()


def test_a_chinese_mail_is_parked_with_a_sentence_before_any_call_and_heals_with_the_roster(
    house: Served, clerk: Clerk, openldap: OpenLdap
) -> None:
    a = clerk.add("a", emails=[{"value": "张三@qu.gov.cn", "type": "work"}])
    house.idle()
    state, error = house.state_of("E-a")
    assert state == "parked"
    assert "张三@qu.gov.cn" in (error or "")
    assert house.operations() == []
    house.sweep()
    assert house.operations() == []
    assert house.status()["parked"] == 1
    clerk.change(a, emails=[{"value": "zhangsan@qu.gov.cn", "type": "work"}])
    house.idle()
    entry = openldap.read(f"uid=a,{openldap.people}", "mail")
    assert entry == {"mail": ["zhangsan@qu.gov.cn"]}
    assert house.status()["parked"] == 0


def test_a_mail_that_turns_chinese_leaves_the_entry_as_it_was(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    a = clerk.add("a", title="科员", emails=[{"value": "a@qu.gov.cn", "type": "work"}])
    house.settle()
    clerk.change(a, title="主任", emails=[{"value": "甲@qu.gov.cn", "type": "work"}])
    house.idle()
    entry = openldap.read(f"uid=a,{openldap.people}", "mail", "title")
    assert entry == {"mail": ["a@qu.gov.cn"], "title": ["科员"]}
    assert house.status()["parked"] == 1
