"""Everybody is read once, by whatever way a release leaves open, and half a reading is never complete."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import ConnectorError, Denied, Unreadable
from mappings.model import AccountState, Kind, Memberships, Page, Presence, Ref
from tests.contract.systems.wecom import WecomTarget, wecom

NOT = {
    "list": frozenset(),
    "list_id": frozenset({"user/list"}),
    "simplelist": frozenset({"user/list", "user/list_id"}),
}


def furnished(request: pytest.FixtureRequest, way: str, how: str, **settings: Any) -> WecomTarget:
    """A corp in which one way of reading is the first that is open; `how` others are closed: denied or absent."""
    return wecom({how: NOT[way]}, **settings)(request)


def pages(target: WecomTarget, **settings: Any) -> Iterator[Page]:
    connector = target.wecom(**settings)
    page = connector.observe_all(None)
    yield page
    while page.cursor:
        connector = target.wecom(**settings)  # another lane, or after a restart: the cursor says it all
        page = connector.observe_all(page.cursor)
        yield page


def everybody(target: WecomTarget, **settings: Any) -> list[AccountState]:
    read = list(pages(target, **settings))
    assert [each.complete for each in read] == [False] * (len(read) - 1) + [True]
    return [account for each in read for account in each.accounts]


@pytest.mark.parametrize("how", ["denied", "absent"])
@pytest.mark.parametrize("way", list(NOT))
def test_whoever_is_in_several_departments_is_read_once(request: pytest.FixtureRequest, way: str, how: str) -> None:
    target = furnished(request, way, how)
    one, two = (target.vendor.put_department(name) for name in ("甲", "乙"))
    three = target.vendor.put_department("丙", two)
    for number in range(40):
        places = [[one], [two, one], [three, 1, one], [1]][number % 4]
        target.vendor.put_member(f"e{number:02d}", f"人{number}", places, email=f"e{number}@x.cn")
    target.vendor.put_member("e05", "人5", [two, one], enable=0)
    found = everybody(target)
    assert sorted(each.key for each in found) == [f"e{number:02d}" for number in range(40)]
    told = {each.key: each for each in found}
    assert told["e06"].memberships == Memberships(str(three), frozenset({"1", str(one)}))
    assert told["e05"].presence is Presence.LOCKED
    assert told["e07"].attributes["name"] == ("人7",)
    asked = {each["path"].rpartition("/")[2] for each in target.running.requests() if each["status"] == 200}
    assert way in asked


@pytest.mark.parametrize("way", list(NOT))
def test_a_thousand_people_are_read_in_pages_of_a_hundred(request: pytest.FixtureRequest, way: str) -> None:
    target = furnished(request, way, "denied", page_size=100)
    departments = [target.vendor.put_department(f"第{number}科") for number in range(20)]
    for number in range(1000):
        places = [departments[number % 20], *([departments[0]] if number % 7 == 0 and number % 20 else [])]
        target.vendor.put_member(f"E{number}", f"人{number}", places, email=f"e{number}@x.cn")
    assert {each.key for each in everybody(target)} == {f"E{number}" for number in range(1000)}
    page = target.wecom().observe_all(None)
    assert len(page.accounts) <= 100


@pytest.mark.parametrize("way", list(NOT))
def test_a_tree_with_more_empty_departments_than_one_page_asks_for(request: pytest.FixtureRequest, way: str) -> None:
    target = furnished(request, way, "denied")
    last = [target.vendor.put_department(f"第{number}科") for number in range(120)][-1]
    target.vendor.put_member("E1", "王1", [last], email="e1@x.cn")
    assert [each.key for each in everybody(target)] == ["E1"]


@pytest.mark.parametrize("way", list(NOT))
def test_a_district_in_a_larger_corp_reads_its_own_people_only(request: pytest.FixtureRequest, way: str) -> None:
    target = furnished(request, way, "denied")
    district, elsewhere = target.vendor.put_department("示范区"), target.vendor.put_department("别的区")
    office = target.vendor.put_department("办公室", district)
    target.vendor.put_member("E1", "王1", [elsewhere, office], email="e1@x.cn")
    target.vendor.put_member("E2", "王2", [office], email="e2@x.cn")
    target.vendor.put_member("E3", "王3", [elsewhere], email="e3@x.cn")
    target.vendor.put_member("E4", "王4", [1], email="e4@x.cn")
    found = {each.key: each for each in everybody(target, root_id=district)}
    assert found.keys() == {"E1", "E2"}
    assert found["E1"].memberships == Memberships(str(elsewhere), frozenset({str(office)}))
    assert [each.name for each in target.wecom(root_id=district).departments(None).accounts] == ["办公室"]


@pytest.mark.parametrize("way", list(NOT))
def test_a_tree_that_changes_while_it_is_read_makes_the_reading_incomplete(
    request: pytest.FixtureRequest, way: str
) -> None:
    target = furnished(request, way, "denied")
    one = target.vendor.put_department("甲")
    for number in range(20):
        target.vendor.put_member(f"E{number}", "人", [one], email=f"e{number}@x.cn")
    connector = target.connector()
    page = connector.observe_all(None)
    target.vendor.put_department("乙")
    while page.cursor:
        page = connector.observe_all(page.cursor)
    assert not page.complete


@pytest.mark.parametrize("way", list(NOT))
def test_a_page_that_fails_fails_and_the_next_try_goes_on_from_there(request: pytest.FixtureRequest, way: str) -> None:
    target = furnished(request, way, "denied")
    for number in range(20):
        target.vendor.put_member(f"E{number}", "人", [1], email=f"e{number}@x.cn")
    connector = target.connector()
    first = connector.observe_all(None)
    target.running.faults([{"match": "cgi-bin/", "html": True}])
    with pytest.raises(ConnectorError):
        connector.observe_all(first.cursor)
    target.running.faults([])
    found, page = list(first.accounts), first
    while page.cursor:
        page = connector.observe_all(page.cursor)
        found += page.accounts
    assert page.complete
    assert len({each.key for each in found}) == len(found) == 20


@pytest.mark.parametrize("code", [-1, 45009, 48002, 60011, 60020, 40014, 60003, 99999])
def test_a_reading_that_is_declined_is_never_nobody(request: pytest.FixtureRequest, code: int) -> None:
    target = wecom({})(request)
    target.vendor.put_member("E1", "王1", [1], email="e1@x.cn")
    target.running.faults([{"match": each, "code": code} for each in ("cgi-bin/user", "cgi-bin/department")])
    connector = target.connector()
    for read in (lambda: connector.observe_all(None), lambda: connector.departments(None)):
        with pytest.raises(ConnectorError):
            read()
    if code != 60003:  # of a member it cannot be said
        with pytest.raises(ConnectorError):
            connector.observe(Ref("s1", Kind.PERSON, "E1"))


def test_a_way_that_is_set_is_the_only_one_that_is_tried(request: pytest.FixtureRequest) -> None:
    target = furnished(request, "list_id", "denied", listing="list")
    with pytest.raises(Denied):
        target.connector().observe_all(None)


def test_a_root_that_is_not_there_is_never_an_empty_system(request: pytest.FixtureRequest) -> None:
    target = wecom({}, root_id=999)(request)
    for read in (target.connector().observe_all, target.connector().departments):
        with pytest.raises(Unreadable, match="999"):
            read(None)
