"""Names: reserved until free in the directory, given on, spelled in every way, and never outside their place."""

import pytest

from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.flows.expectation import Expectation, converged
from tests.flows.house import Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap


@pytest.fixture
def model() -> Expectation:
    return Expectation()


def _new(hr: Hr, model: Expectation, name: str, key: str | None = None) -> str:
    body = say.user(name, key)
    id = str(hr.post("Users", body)["id"])
    model.user(id, body)
    return id


def _rename(hr: Hr, model: Expectation, id: str, name: str) -> None:
    hr.change(id, userName=name)
    model.change(id, userName=name)


def _settled(house: Served, model: Expectation, ldap: OpenLdap) -> None:
    house.idle()
    assert house.status()["parked"] == 0, house.open_rows()
    converged(model, ldap)
    assert house.plan() == []


def test_a_name_that_a_removed_account_holds_while_the_directory_is_down_is_given_on(
    houses: Houses, openldap: OpenLdap, proxy: FaultProxy, model: Expectation
) -> None:
    house = houses(openldap, proxy=proxy)
    house.start()
    hr = Hr(house.base, house.secret)
    first = _new(hr, model, "shared", "E-first")
    house.settle()
    proxy.set(refuse=True)
    proxy.cut()
    hr.delete("Users", first)
    model.remove_user(first)
    _new(hr, model, "SHARED", "E-second")
    house.wait_for(
        "SELECT 1 FROM links l JOIN subjects s USING (subject) WHERE s.key = 'E-second' AND error LIKE '%连%'"
    )
    proxy.clear()
    _settled(house, model, openldap)
    hr.close()


def test_waiting_for_a_name_tells_the_holder(house: Served, hr: Hr, model: Expectation, openldap: OpenLdap) -> None:
    _new(hr, model, "holder", "E-holder")
    house.settle()
    holder = next(iter(model.users))
    hr.change(holder, userName="elsewhere", emails=[{"value": "甲@qu.gov.cn", "type": "work"}])
    _new(hr, model, "holder", "E-newcomer")
    house.idle()
    state, error = house.state_of("E-newcomer")
    assert state == "waiting", "the holder is parked with its old name in the directory"
    assert "E-holder" in (error or "")
    hr.change(holder, emails=[])
    model.change(holder, userName="elsewhere")
    _settled(house, model, openldap)


def test_a_name_that_is_given_on_in_one_breath(house: Served, hr: Hr, model: Expectation, openldap: OpenLdap) -> None:
    chain = [_new(hr, model, f"n{number}") for number in range(6)]
    house.settle()
    _rename(hr, model, chain[-1], "free")
    for number in reversed(range(5)):
        _rename(hr, model, chain[number], f"n{number + 1}")
    _settled(house, model, openldap)


def test_two_names_are_swapped_through_a_third(house: Served, hr: Hr, model: Expectation, openldap: OpenLdap) -> None:
    a, b = _new(hr, model, "left"), _new(hr, model, "right")
    house.settle()
    for id, name in ((a, "third"), (b, "left"), (a, "right")):
        _rename(hr, model, id, name)
        house.settle()
    _settled(house, model, openldap)


def test_a_name_that_was_reserved_in_vain_is_free_again(
    house: Served, hr: Hr, model: Expectation, openldap: OpenLdap
) -> None:
    root = openldap.root()
    stranger = f"uid=taken,{openldap.people}"
    assert root.add(stranger, ["inetOrgPerson"], {"cn": "x", "sn": "x"})
    never_made = hr.add("taken", "E-never-made")
    turned_back = _new(hr, model, "old")
    house.settle()
    assert root.add(f"uid=taken2,{openldap.people}", ["inetOrgPerson"], {"cn": "x", "sn": "x"})
    hr.change(turned_back, userName="taken2")
    house.idle()
    assert house.status()["parked"] == 2
    hr.delete("Users", never_made)
    _rename(hr, model, turned_back, "old")
    house.idle()
    root.delete(stranger)
    root.delete(f"uid=taken2,{openldap.people}")
    root.unbind()
    house.command("retry")
    _new(hr, model, "taken", "E-heir")
    _new(hr, model, "taken2", "E-heir2")
    _settled(house, model, openldap)


def test_case_alone_is_changed(house: Served, hr: Hr, model: Expectation, openldap: OpenLdap) -> None:
    a = _new(hr, model, "zhangsan")
    body = say.department("办公室", "G01", members=(a,))
    model.group(hr.post("Groups", body)["id"], body)
    house.settle()
    before = openldap.read(f"uid=zhangsan,{openldap.people}", "entryUUID")
    _rename(hr, model, a, "ZhangSan")
    _settled(house, model, openldap)
    (dn,) = [dn for dn in openldap.search(openldap.people) if "zhang" in dn.lower()]
    assert dn == f"uid=ZhangSan,{openldap.people}"
    assert openldap.read(dn, "entryUUID") == before


ODD = (
    "a,ou=admins",
    'quote"d',
    "plus+uid=root",
    "back\\slash",
    "<angle>;semi=equal",
    "#04",
    "*)(uid=*",
    "(&(objectClass=*))",
    "two words",
    "张三",
    "欧阳·明月",
    "𠮷野家𪚥",
    "é́",
    "x" * 128,
    "\\2c",
    "cn=nobody,dc=example,dc=org",
)


def test_names_with_every_metacharacter_stay_in_their_place(
    house: Served, hr: Hr, model: Expectation, openldap: OpenLdap
) -> None:
    boss = _new(hr, model, ODD[0], "E-boss")
    ids = [boss, *(_new(hr, model, name, f"E{number}-{name}"[:60]) for number, name in enumerate(ODD[1:]))]
    for id in ids[1:]:
        hr.patch("Users", id, say.set_manager(boss))
        model.manage(id, boss)
    for number, name in enumerate(ODD):
        body = say.plain_group(f"组{name}", f"T{number}{name}"[:60], tuple(ids[: number + 1]))
        model.group(hr.post("Groups", body)["id"], body)
    _settled(house, model, openldap)
    for number, id in enumerate(ids):
        _rename(hr, model, id, f"{ODD[number][:120]}#{number}")
    _settled(house, model, openldap)
    for id in ids:
        hr.change(id, active=False)
        model.change(id, active=False)
        if id != boss:
            hr.delete("Users", id)
            model.remove_user(id)
    _settled(house, model, openldap)


def test_the_same_number_comes_back_before_the_old_account_is_gone(
    houses: Houses, openldap: OpenLdap, model: Expectation
) -> None:
    house = houses(openldap)
    house.start()
    hr = Hr(house.base, house.secret)
    old = [_new(hr, model, f"p{number}") for number in range(8)]
    staying = _new(hr, model, "staying")
    body = say.plain_group("篮球队", "T1", (*old, staying))
    team = hr.post("Groups", body)["id"]
    model.group(team, body)
    house.settle()
    house.terminate()
    house.start("--no-worker")
    for number, id in enumerate(old):
        hr.delete("Users", id)
        model.remove_user(id)
        _new(hr, model, f"p{number}" if number % 2 else f"other{number}", f"E-p{number}")
    hr.delete("Groups", team)
    model.remove_group(team)
    body = say.plain_group("新篮球队", "T1", tuple(model.users))
    model.group(hr.post("Groups", body)["id"], body)
    house.terminate()
    house.start()
    _settled(house, model, openldap)
    removed = [each for each in house.operations() if each["action"] == "remove"]
    assert [each["outcome"] for each in removed if each["outcome"] != "pending"] == ["done"] * 9
    hr.close()
