"""A sweep of a directory in which somebody has edited everything by hand: found, healed by the policy, foreign kept."""

import json
from copy import deepcopy
from typing import Any

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.conftest import Houses
from tests.flows.expectation import LOCKED, Dn, Entry, comparable, seen
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

PEOPLE = 120
OFFICES = 6


def test_one_sweep_finds_every_kind_of_edit_and_heals_what_the_policy_says(
    houses: Houses, openldap: OpenLdap, hands: Hands
) -> None:
    house = houses(openldap)
    house.further["systems.ldap.drift"] = {"title": "report"}
    house.start()
    clerk = Clerk(house)
    _town(clerk)
    clerk.satisfied(openldap)
    before = seen(openldap)
    _edits(hands)
    stays = _what_stays(hands, before, openldap)
    house.sweep()
    told = _told(house)
    assert {(row["externalId"], row["what"], row["found"], row["policy"]) for row in told["drift"]} == FOUND
    (sweep,) = told["sweeps"]
    assert (sweep["accounts"], sweep["departments"], sweep["outcome"]) == (PEOPLE - 1, OFFICES + 2, "complete")
    assert (sweep["strange"], sweep["missing"]) == (2, 2)
    assert {row["externalId"] for row in told["drift"] if row["policy"] == "heal" and not row["healedAt"]} == set()
    assert seen(openldap) == stays
    assert house.status()["parked"] == 0
    causes = dict(house.rows("SELECT cause, count(*) FROM attempts WHERE cause LIKE 'sweep:%' GROUP BY cause"))
    assert set(causes) == {f"sweep:{sweep['id']}"}
    house.sweep()
    left = {(row["externalId"], row["what"]) for row in _told(house)["drift"]}
    assert left == {(key, what) for key, what, _, policy in FOUND if policy == "report"}
    assert seen(openldap) == stays
    clerk.close()


FOUND = {
    ("E-p10", "mail", "other", "heal"),
    ("E-p11", "title", "other", "report"),
    ("E-p12", "displayName", "other", "heal"),
    ("E-p13", "missing", "gone", "heal"),
    ("E-p14", "missing", "gone", "heal"),
    ("E-p15", "uid", "other", "heal"),
    ("E-p16", "memberships", "absent", "heal"),
    ("E-p17", "memberships", "extra", "heal"),
    ("E-p18", "presence", "locked", "report"),
    ("E-p19", "employeeNumber", "other", "heal"),
    ("E-p110", "presence", "active", "heal"),
    ("T1", "ou", "other", "heal"),
    ("G05", "cn", "other", "heal"),
}


def _town(clerk: Clerk) -> None:
    """Offices of twenty, a club of ten; one is locked."""
    ids = [
        clerk.person(f"p{number}", title="科员", displayName=f"p{number}", active=number != 110)
        for number in range(PEOPLE)
    ]
    for office in range(OFFICES):
        clerk.group(say.department(f"办公室{office}", f"G0{office}", members=tuple(ids[office::OFFICES])))
    clerk.group(say.plain_group("篮球队", "T1", members=tuple(ids[:10])))


def _edits(hands: Hands) -> None:
    hands.add(hands.person("p10"), "mail", "x@evil.example")
    hands.set(hands.person("p11"), "title", "局长")
    hands.set(hands.person("p12"), "displayName")
    hands.delete(hands.person("p13"))
    hands.delete(hands.person("p14"))
    hands.rename(hands.person("p15"), "uid=root")
    hands.take(hands.group("G04"), "member", hands.person("p16"))
    hands.add(hands.group("T1"), "member", hands.person("p17"))
    hands.set(hands.person("p18"), "pwdAccountLockedTime", LOCKED)
    hands.set(hands.person("p19"), "employeeNumber", "X19")
    hands.set(hands.person("p110"), "pwdAccountLockedTime")
    hands.set(hands.group("T1"), "ou", "别的名字")
    hands.rename(hands.group("G05"), "cn=X05")
    hands.set(hands.person("p0"), "telephoneNumber", "010-1")
    guest = hands.stranger("guest", employeeNumber="X1")
    hands.add(hands.group("G00"), "member", guest)
    hands.make(hands.group("vpn"), "groupOfNames", member=hands.person("p0"))


def _what_stays(hands: Hands, before: dict[Dn, Entry], ldap: OpenLdap) -> dict[Dn, Entry]:
    """What is only reported, what opens no door, and what is nobody's of ours."""
    now, stays = seen(ldap), deepcopy(before)
    for dn in (hands.person("guest"), hands.group("vpn")):
        stays[comparable(dn)] = now[comparable(dn)]
    stays[comparable(hands.person("p0"))]["telephoneNumber"] = ["010-1"]
    stays[comparable(hands.person("p11"))]["title"] = ["局长"]
    stays[comparable(hands.person("p18"))]["pwdAccountLockedTime"] = [LOCKED]
    office = stays[comparable(hands.group("G00"))]
    office["member"] = sorted([*office["member"], str(comparable(hands.person("guest")))])
    return stays


def _told(house: Served) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(house.command("report", "drift", "--format", "json").stdout)
    return told
