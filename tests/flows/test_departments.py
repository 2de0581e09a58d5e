"""The tree: parents before children, people after their groups, names that reach everybody, managers."""

import pytest

from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.flows.expectation import Expectation, converged, seen
from tests.flows.house import Served
from tests.flows.test_by_hand import Hands
from tests.servers.openldap import OpenLdap


@pytest.fixture
def model() -> Expectation:
    return Expectation()


@pytest.fixture
def hands(openldap: OpenLdap) -> Hands:
    return Hands(openldap)


def _person(hr: Hr, model: Expectation, name: str, **attributes: object) -> str:
    body = say.user(name, **attributes)
    id = str(hr.post("Users", body)["id"])
    model.user(id, body)
    return id


def _group(hr: Hr, model: Expectation, body: say.Json) -> str:
    id = str(hr.post("Groups", body)["id"])
    model.group(id, body)
    return id


def _settled(house: Served, model: Expectation, ldap: OpenLdap) -> None:
    house.idle()
    assert house.status()["parked"] == 0, house.open_rows()
    converged(model, ldap)
    assert house.plan() == []


def test_a_tree_and_its_people_pushed_while_nothing_is_worked(
    houses: Houses, openldap: OpenLdap, model: Expectation
) -> None:
    house = houses(openldap)
    house.start("--no-worker")
    hr = Hr(house.base, house.secret)
    ids = [_person(hr, model, f"p{number}") for number in range(20)]
    _group(hr, model, say.department("区", "G0", kind="root"))
    for number in range(1, 30):
        above = f"G{number // 2}"
        _group(hr, model, say.department(f"科室{number}", f"G{number}", above, members=(ids[number % 20],)))
    house.terminate()
    house.start()
    _settled(house, model, openldap)
    made = [each["externalId"] for each in house.operations() if each["action"] == "create"]
    for number in range(1, 30):
        assert made.index(f"G{number // 2}") < made.index(f"G{number}"), "a parent is there before its child"
    hr.close()


def test_people_wait_visibly_for_a_group_that_cannot_be_made_and_then_join(
    house: Served, hr: Hr, hands: Hands, model: Expectation, openldap: OpenLdap
) -> None:
    hands.make(hands.group("G0"), "organizationalRole")
    _group(hr, model, say.department("局", "G0", kind="gov"))
    _group(hr, model, say.department("办公室", "G01", "G0"))
    office = _group(hr, model, say.department("一科", "G011", "G01"))
    a = _person(hr, model, "a")
    hr.patch("Groups", office, say.join(a))
    model.join(office, a)
    house.idle(timeout=20)
    assert house.state_of("G0")[0] == "parked"
    assert [house.state_of(key)[0] for key in ("G01", "G011", "E-a")] == ["waiting"] * 3
    assert "一科" in (house.state_of("E-a")[1] or "")
    assert "办公室" in (house.state_of("G011")[1] or "")
    entry = openldap.read(hands.person("a"), "departmentNumber")
    assert entry == {"departmentNumber": ["G011"]}, "the account itself does not wait"

    hands.delete(hands.group("G0"))
    house.command("retry")
    _settled(house, model, openldap)


def test_a_plain_group_is_deleted_with_its_members(
    house: Served, hr: Hr, model: Expectation, openldap: OpenLdap
) -> None:
    ids = [_person(hr, model, f"p{number}") for number in range(30)]
    team = _group(hr, model, say.plain_group("篮球队", "T1", tuple(ids)))
    _group(hr, model, say.department("办公室", "G01", members=tuple(ids[:10])))
    house.settle()
    hr.delete("Groups", team)
    model.remove_group(team)
    for id in ids[:5]:
        hr.delete("Users", id)
        model.remove_user(id)
    _settled(house, model, openldap)


def test_a_group_goes_with_members_that_nobody_knows_only_after_a_person_has_cleared_them(
    house: Served, hr: Hr, hands: Hands, model: Expectation, openldap: OpenLdap
) -> None:
    team = _group(hr, model, say.plain_group("篮球队", "T1", (_person(hr, model, "a"),)))
    house.settle()
    stranger = hands.stranger("guest", employeeNumber="X1")
    hands.add(hands.group("T1"), "member", stranger)
    hr.delete("Groups", team)
    model.remove_group(team)
    assert house.wait_state("T1", "waiting")
    assert openldap.members(hands.group("T1")) == [stranger]
    hands.delete(stranger)
    house.settle()
    converged(model, openldap)


def test_a_renamed_department_reaches_its_people(house: Served, hr: Hr, model: Expectation, openldap: OpenLdap) -> None:
    ids = [_person(hr, model, f"p{number}") for number in range(70)]
    office = _group(hr, model, say.department("办公室", "G01", members=tuple(ids)))
    _group(hr, model, say.department("二科", "G02", members=tuple(ids[:10])))
    house.settle()
    hr.patch("Groups", office, say.replace(displayName="综合科"))
    model.rename_group(office, "综合科")
    _settled(house, model, openldap)
    hr.patch("Groups", office, say.leave(*ids[:3]))  # the second becomes the primary department
    model.leave(office, *ids[:3])
    _settled(house, model, openldap)


def test_a_plain_group_that_becomes_a_department_is_its_peoples_department(
    house: Served, hr: Hr, model: Expectation, openldap: OpenLdap
) -> None:
    ids = [_person(hr, model, f"p{number}") for number in range(5)]
    team = _group(hr, model, say.plain_group("筹备组", "G07", tuple(ids)))
    house.settle()
    body = say.department("筹备组", "G07", members=tuple(ids))
    hr.put("Groups", team, body)
    model.group(team, body)
    _settled(house, model, openldap)


def test_a_manager_is_set_before_and_renamed_and_deleted(
    houses: Houses, openldap: OpenLdap, model: Expectation
) -> None:
    house = houses(openldap)
    house.start("--no-worker")
    hr = Hr(house.base, house.secret)
    ids = [_person(hr, model, f"p{number}") for number in range(60)]
    boss = _person(hr, model, "boss", emails=[{"value": "局长@qu.gov.cn", "type": "work"}])
    deputy = _person(hr, model, "deputy", manager=boss)
    for id in ids:
        hr.patch("Users", id, say.set_manager(boss))
    house.terminate()
    house.start()
    house.idle()
    assert house.state_of("E-boss")[0] == "parked"
    assert not any("manager" in entry for entry in seen(openldap).values())

    for id in ids:
        model.manage(id, boss)
    hr.change(boss, emails=[])
    model.change(boss, emails=[])
    _settled(house, model, openldap)
    hr.change(boss, userName="chief")
    model.change(boss, userName="chief")
    _settled(house, model, openldap)
    for id in ids[:30]:
        hr.patch("Users", id, say.set_manager(deputy))
        model.manage(id, deputy)
    hr.delete("Users", boss)
    model.remove_user(boss)
    _settled(house, model, openldap)
    hr.close()


def test_without_overlays_references_are_kept_right_by_the_house(
    houses: Houses, lean_openldap: OpenLdap, model: Expectation
) -> None:
    house = houses(lean_openldap)
    house.start()
    hr = Hr(house.base, house.secret)
    boss = _person(hr, model, "boss")
    ids = [_person(hr, model, f"p{number}", manager=boss) for number in range(20)]
    _group(hr, model, say.department("办公室", "G01", members=(boss, *ids)))
    house.settle()
    hr.change(boss, userName="chief")
    model.change(boss, userName="chief")
    for id in ids[:5]:
        hr.change(id, userName=f"new-{id[-8:]}")
        model.change(id, userName=f"new-{id[-8:]}")
    _settled(house, model, lean_openldap)
    for id in (boss, ids[7]):
        hr.delete("Users", id)
        model.remove_user(id)
    _settled(house, model, lean_openldap)
    hr.close()
