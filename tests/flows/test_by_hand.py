"""What people do in the directory by hand: ours is healed at the sweep, nobody else's is touched, no door is opened."""

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.expectation import LOCKED, seen
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap


def test_entries_of_ours_that_were_changed_are_healed(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    people = {name: clerk.person(name, title="科员", displayName=name) for name in ("a", "b", "c", "d", "e", "f")}
    office = clerk.group(say.department("办公室", "G01", members=tuple(people.values())))
    clerk.group(say.plain_group("篮球队", "T1"))
    assert office
    house.settle()
    hands.set(hands.person("a"), "title", "局长")
    hands.set(hands.person("a"), "displayName")
    hands.add(hands.person("b"), "mail", "b@evil.example")
    hands.take(hands.group("G01"), "member", hands.person("c"))
    hands.add(hands.group("T1"), "member", hands.person("d"))
    hands.set(hands.person("e"), "employeeNumber", "SOMEBODY-ELSE")
    hands.rename(hands.person("f"), "uid=root")
    hands.set(hands.group("G01"), "ou", "别的名字")
    house.sweep()
    clerk.satisfied(openldap)
    drift = [each for each in house.operations() if each["reason"].endswith("予以恢复")]
    assert {each["externalId"] for each in drift} == {"E-a", "E-b", "E-c", "E-d", "E-e", "E-f", "G01"}
    before = len(house.operations())
    house.sweep()
    assert len(house.operations()) == before


def test_attributes_and_members_that_are_not_ours_are_kept(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    a = clerk.add("a")
    clerk.office("办公室", "G01", members=(a,))
    house.settle()
    hands.set(hands.person("a"), "telephoneNumber", "010-1")
    hands.set(hands.person("a"), "description", "手工备注")
    hands.make(hands.group("vpn"), "groupOfNames", member=hands.person("a"))
    stranger = hands.stranger("guest", employeeNumber="X1")
    hands.add(hands.group("G01"), "member", stranger)
    before = openldap.read(hands.person("guest"))
    clerk.change(a, title="主任")
    house.sweep()
    entry = openldap.read(hands.person("a"))
    assert entry is not None
    assert (entry["title"], entry["telephoneNumber"], entry["description"]) == (["主任"], ["010-1"], ["手工备注"])
    assert openldap.members(hands.group("G01")) == [hands.person("a"), stranger]
    assert openldap.members(hands.group("vpn")) == [hands.person("a")]
    assert openldap.read(hands.person("guest")) == before
    assert house.plan() == []


def test_an_entry_deleted_by_hand_is_made_again(house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap) -> None:
    boss = clerk.person("boss")
    ids = [clerk.person(name, manager=boss) for name in ("a", "b")]
    locked = clerk.person("locked", active=False)
    clerk.group(say.department("办公室", "G01", members=(boss, *ids, locked)))
    house.settle()
    for name in ("boss", "a", "locked"):
        hands.delete(hands.person(name))
    house.sweep()
    clerk.satisfied(openldap)
    assert house.plan() == []


def test_a_group_deleted_by_hand_is_made_again_with_its_members(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    ids = [clerk.person(f"m{number}") for number in range(12)]
    clerk.group(say.department("局", "G0", kind="gov"))
    clerk.group(say.department("办公室", "G01", "G0", members=tuple(ids)))
    clerk.group(say.plain_group("篮球队", "T1", members=tuple(ids[:4])))
    house.settle()
    for key in ("G0", "G01", "T1"):
        hands.delete(hands.group(key))
    house.sweep()
    clerk.satisfied(openldap)
    assert house.plan() == []


def test_locked_by_hand_stays_locked_and_is_told(house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap) -> None:
    a = clerk.add("a")
    house.settle()
    hands.set(hands.person("a"), "pwdAccountLockedTime", LOCKED)
    clerk.change(a, title="主任")
    house.sweep()
    entry = openldap.read(hands.person("a"), "title", "pwdAccountLockedTime")
    assert entry == {"title": ["主任"], "pwdAccountLockedTime": [LOCKED]}
    assert house.link("E-a")["finding"] == "locked-by-hand"
    assert "人工锁定" in house.command("explain", "E-a").stdout
    assert house.plan() == []
    page = house.command("report", "sync", "--format", "html").stdout
    assert "待核实" in page
    assert "E-a" in page
    hands.set(hands.person("a"), "pwdAccountLockedTime")
    house.sweep()
    assert house.link("E-a")["finding"] is None


def test_unlocked_by_hand_while_the_roster_says_locked_is_locked_again(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    a = clerk.add("a", active=False)
    house.settle()
    hands.set(hands.person("a"), "pwdAccountLockedTime")
    house.sweep()
    assert openldap.read(hands.person("a"), "pwdAccountLockedTime") == {"pwdAccountLockedTime": [LOCKED]}
    clerk.change(a, active=True)
    house.settle()
    assert openldap.read(hands.person("a"), "pwdAccountLockedTime") == {"pwdAccountLockedTime": []}


def test_a_foreign_entry_on_our_name_is_untouched_until_a_person_clears_it(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    stranger = hands.stranger("taken")
    carries_key = hands.stranger("elsewhere", employeeNumber="E-wanted")
    before = seen(openldap)
    clerk.add("taken")
    clerk.add("wanted")
    clerk.add("free")
    house.idle()
    assert house.status()["parked"] == 2
    assert stranger in (house.state_of("E-taken")[1] or "")
    assert carries_key in (house.state_of("E-wanted")[1] or "")
    after = seen(openldap)
    assert before.items() <= after.items()
    assert len(after) == len(before) + 1
    house.sweep()
    assert house.status()["parked"] == 2
    assert seen(openldap) == after

    for dn in (stranger, carries_key):
        hands.delete(dn)
    assert house.command("retry").stdout.strip() == "2"
    house.idle()
    assert house.status()["parked"] == 0
    for name in ("taken", "wanted"):
        entry = openldap.read(hands.person(name), "employeeNumber")
        assert entry == {"employeeNumber": [f"E-{name}"]}


def test_a_foreign_entry_with_the_key_of_a_removed_user_is_never_deleted(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    a = clerk.add("a")
    house.settle()
    hands.delete(hands.person("a"))
    stranger = hands.stranger("other", employeeNumber="E-a")
    clerk.delete("Users", a)
    house.idle()
    house.sweep()
    assert openldap.read(stranger) is not None
    assert house.plan() == []
