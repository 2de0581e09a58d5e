"""Names: reserved until free in the directory, given on, spelled in every way, and never outside their place."""

from tests.flows import client as say
from tests.flows.clerk import Clerk
from tests.flows.conftest import Houses
from tests.flows.house import Served
from tests.servers.faultproxy import FaultProxy
from tests.servers.openldap import OpenLdap


def test_a_name_that_a_removed_account_holds_while_the_directory_is_down_is_given_on(
    houses: Houses, openldap: OpenLdap, proxy: FaultProxy
) -> None:
    house = houses(openldap, proxy=proxy)
    house.start()
    clerk = Clerk(house)
    first = clerk.person("shared", "E-first")
    house.settle()
    proxy.set(refuse=True)
    proxy.cut()
    clerk.dismiss(first)
    clerk.person("SHARED", "E-second")
    house.wait_for(
        "SELECT 1 FROM links l JOIN subjects s USING (subject) WHERE s.key = 'E-second' AND error LIKE '%连%'"
    )
    proxy.clear()
    clerk.satisfied(openldap)
    clerk.close()


def test_waiting_for_a_name_tells_the_holder(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    holder = clerk.person("holder", "E-holder")
    house.settle()
    clerk.change(holder, userName="elsewhere", emails=[{"value": "甲@qu.gov.cn", "type": "work"}])
    clerk.person("holder", "E-newcomer")
    house.idle()
    state, error = house.state_of("E-newcomer")
    assert state == "waiting", "the holder is parked with its old name in the directory"
    assert "E-holder" in (error or "")
    clerk.model.change(holder, userName="elsewhere")
    clerk.alter(holder, emails=[])
    clerk.satisfied(openldap)


def test_a_name_that_is_given_on_in_one_breath(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    chain = [clerk.person(f"n{number}") for number in range(6)]
    house.settle()
    clerk.alter(chain[-1], userName="free")
    for number in reversed(range(5)):
        clerk.alter(chain[number], userName=f"n{number + 1}")
    clerk.satisfied(openldap)


def test_two_names_are_swapped_through_a_third(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    a, b = clerk.person("left"), clerk.person("right")
    house.settle()
    for id, name in ((a, "third"), (b, "left"), (a, "right")):
        clerk.alter(id, userName=name)
        house.settle()
    clerk.satisfied(openldap)


def test_a_name_that_was_reserved_in_vain_is_free_again(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    root = openldap.root()
    stranger = f"uid=taken,{openldap.people}"
    assert root.add(stranger, ["inetOrgPerson"], {"cn": "x", "sn": "x"})
    never_made = clerk.add("taken", "E-never-made")
    turned_back = clerk.person("old")
    house.settle()
    assert root.add(f"uid=taken2,{openldap.people}", ["inetOrgPerson"], {"cn": "x", "sn": "x"})
    clerk.change(turned_back, userName="taken2")
    house.idle()
    assert house.status()["parked"] == 2
    clerk.delete("Users", never_made)
    clerk.alter(turned_back, userName="old")
    house.idle()
    root.delete(stranger)
    root.delete(f"uid=taken2,{openldap.people}")
    root.unbind()
    house.command("retry")
    clerk.person("taken", "E-heir")
    clerk.person("taken2", "E-heir2")
    clerk.satisfied(openldap)


def test_case_alone_is_changed(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    a = clerk.person("zhangsan")
    clerk.group(say.department("办公室", "G01", members=(a,)))
    house.settle()
    before = openldap.read(f"uid=zhangsan,{openldap.people}", "entryUUID")
    clerk.alter(a, userName="ZhangSan")
    clerk.satisfied(openldap)
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


def test_names_with_every_metacharacter_stay_in_their_place(house: Served, clerk: Clerk, openldap: OpenLdap) -> None:
    boss = clerk.person(ODD[0], "E-boss")
    ids = [boss, *(clerk.person(name, f"E{number}-{name}"[:60]) for number, name in enumerate(ODD[1:]))]
    for id in ids[1:]:
        clerk.manage(id, boss)
    for number, name in enumerate(ODD):
        clerk.group(say.plain_group(f"组{name}", f"T{number}{name}"[:60], tuple(ids[: number + 1])))
    clerk.satisfied(openldap)
    for number, id in enumerate(ids):
        clerk.alter(id, userName=f"{ODD[number][:120]}#{number}")
    clerk.satisfied(openldap)
    for id in ids:
        clerk.alter(id, active=False)
        if id != boss:
            clerk.dismiss(id)
    clerk.satisfied(openldap)


def test_the_same_number_comes_back_before_the_old_account_is_gone(houses: Houses, openldap: OpenLdap) -> None:
    house = houses(openldap)
    house.start()
    clerk = Clerk(house)
    old = [clerk.person(f"p{number}") for number in range(8)]
    staying = clerk.person("staying")
    team = clerk.group(say.plain_group("篮球队", "T1", (*old, staying)))
    house.settle()
    house.terminate()
    house.start("--no-worker")
    for number, id in enumerate(old):
        clerk.dismiss(id)
        clerk.person(f"p{number}" if number % 2 else f"other{number}", f"E-p{number}")
    clerk.dissolve(team)
    clerk.group(say.plain_group("新篮球队", "T1", tuple(clerk.model.users)))
    house.terminate()
    house.start()
    clerk.satisfied(openldap)
    removed = [each for each in house.operations() if each["action"] == "remove"]
    assert [each["outcome"] for each in removed if each["outcome"] != "pending"] == ["done"] * 9
    clerk.close()
