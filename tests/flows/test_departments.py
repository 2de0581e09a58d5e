"""The tree: parents before children, people after their groups, names that reach everybody, managers."""

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.conftest import Houses
from tests.flows.expectation import seen
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap


def test_a_tree_and_its_people_pushed_while_nothing_is_worked(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    house.start("--no-worker")
    clerk = Clerk(house)
    ids = [clerk.person(f"p{number}") for number in range(20)]
    clerk.group(say.department("区", "G0", kind="root"))
    for number in range(1, 30):
        above = f"G{number // 2}"
        clerk.group(say.department(f"科室{number}", f"G{number}", above, members=(ids[number % 20],)))
    house.terminate()
    house.start()
    clerk.satisfied(openldap)
    made = [each["externalId"] for each in house.operations() if each["action"] == "create"]
    for number in range(1, 30):
        assert made.index(f"G{number // 2}") < made.index(f"G{number}"), "a parent is there before its child"
    clerk.close()


def test_people_wait_visibly_for_a_group_that_cannot_be_made_and_then_join(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    hands.make(hands.group("G0"), "organizationalRole")
    clerk.group(say.department("局", "G0", kind="gov"))
    clerk.group(say.department("办公室", "G01", "G0"))
    office = clerk.group(say.department("一科", "G011", "G01"))
    a = clerk.person("a")
    clerk.enlist(office, a)
    house.idle()
    assert house.state_of("G0")[0] == "parked"
    assert [house.state_of(key)[0] for key in ("G01", "G011", "E-a")] == ["waiting"] * 3
    assert "一科" in (house.state_of("E-a")[1] or "")
    assert "办公室" in (house.state_of("G011")[1] or "")
    entry = openldap.read(hands.person("a"), "departmentNumber")
    assert entry == {"departmentNumber": ["G011"]}, "the account itself does not wait"

    hands.delete(hands.group("G0"))
    house.command("retry")
    clerk.satisfied(openldap)


def test_a_plain_group_is_deleted_with_its_members(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    ids = [clerk.person(f"p{number}") for number in range(30)]
    team = clerk.group(say.plain_group("篮球队", "T1", tuple(ids)))
    clerk.group(say.department("办公室", "G01", members=tuple(ids[:10])))
    house.settle()
    clerk.dissolve(team)
    for id in ids[:5]:
        clerk.dismiss(id)
    clerk.satisfied(openldap)


def test_a_group_goes_with_members_that_nobody_knows_only_after_a_person_has_cleared_them(
    house: Served, clerk: Clerk, hands: Hands, openldap: OpenLdap
) -> None:
    team = clerk.group(say.plain_group("篮球队", "T1", (clerk.person("a"),)))
    house.settle()
    stranger = hands.stranger("guest", employeeNumber="X1")
    hands.add(hands.group("T1"), "member", stranger)
    clerk.dissolve(team)
    assert house.wait_state("T1", "waiting")
    assert openldap.members(hands.group("T1")) == [stranger]
    hands.delete(stranger)
    house.settle()
    clerk.satisfied(openldap)


def test_a_renamed_department_reaches_its_people(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    ids = [clerk.person(f"p{number}") for number in range(70)]
    office = clerk.group(say.department("办公室", "G01", members=tuple(ids)))
    clerk.group(say.department("二科", "G02", members=tuple(ids[:10])))
    house.settle()
    clerk.rename_group(office, "综合科")
    clerk.satisfied(openldap)
    clerk.release(office, *ids[:3])  # the second becomes the primary department
    clerk.satisfied(openldap)


def test_a_plain_group_that_becomes_a_department_is_its_peoples_department(
    house: Served, clerk: Clerk, openldap: OpenLdap
) -> None:
    ids = [clerk.person(f"p{number}") for number in range(5)]
    team = clerk.group(say.plain_group("筹备组", "G07", tuple(ids)))
    house.settle()
    body = say.department("筹备组", "G07", members=tuple(ids))
    clerk.put("Groups", team, body)
    clerk.model.group(team, body)
    clerk.satisfied(openldap)


def test_a_manager_is_set_before_and_renamed_and_deleted(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    house.start("--no-worker")
    clerk = Clerk(house)
    ids = [clerk.person(f"p{number}") for number in range(60)]
    boss = clerk.person("boss", emails=[{"value": "局长@qu.gov.cn", "type": "work"}])
    deputy = clerk.person("deputy", manager=boss)
    for id in ids:
        clerk.patch("Users", id, say.set_manager(boss))
    house.terminate()
    house.start()
    house.idle()
    assert house.state_of("E-boss")[0] == "parked"
    assert not any("manager" in entry for entry in seen(openldap).values())

    for id in ids:
        clerk.model.manage(id, boss)
    clerk.alter(boss, emails=[])
    clerk.satisfied(openldap)
    clerk.alter(boss, userName="chief")
    clerk.satisfied(openldap)
    for id in ids[:30]:
        clerk.manage(id, deputy)
    clerk.dismiss(boss)
    clerk.satisfied(openldap)
    clerk.close()


def test_without_overlays_references_are_kept_right_by_the_house(houses: Houses, lean_openldap: OpenLdap) -> None:
    house = houses(lean_openldap)
    house.start()
    clerk = Clerk(house)
    boss = clerk.person("boss")
    ids = [clerk.person(f"p{number}", manager=boss) for number in range(20)]
    clerk.group(say.department("办公室", "G01", members=(boss, *ids)))
    house.settle()
    clerk.alter(boss, userName="chief")
    for id in ids[:5]:
        clerk.alter(id, userName=f"new-{id[-8:]}")
    clerk.satisfied(lean_openldap)
    for id in (boss, ids[7]):
        clerk.dismiss(id)
    clerk.satisfied(lean_openldap)
    clerk.close()


def test_a_rename_that_was_left_half_done_leaves_no_member_by_the_old_name(
    houses: Houses, lean_openldap: OpenLdap
) -> None:
    """The entry has its new name, the answer was lost, and nobody has told the groups: so it is after a crash there."""
    house = houses(lean_openldap)
    house.start()
    clerk = Clerk(house)
    stays, leaves = clerk.person("stays"), clerk.person("leaves")
    clerk.group(say.department("办公室", "G01", members=(stays, leaves)))
    clerk.group(say.plain_group("篮球队", "T1", members=(stays, leaves)))
    house.settle()
    hands = Hands(lean_openldap)
    for name in ("stays", "leaves"):
        hands.rename(hands.person(name), f"uid=new-{name}")
    clerk.alter(stays, userName="new-stays")
    clerk.dismiss(leaves)
    clerk.satisfied(lean_openldap)
    assert lean_openldap.members(hands.group("T1")) == [hands.person("new-stays")]
    before = len(house.operations())
    house.sweep()
    assert len(house.operations()) == before
    clerk.close()
