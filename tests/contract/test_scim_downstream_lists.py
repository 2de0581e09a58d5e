"""SCIM services as they are: filters that are not what they seem, counts that lie, members told in three ways."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import Unreadable
from mappings.model import Action, AlreadySo, Conflict, Done, Memberships
from tests.contract.odd_link import Linked, do, everybody, group, links, person, wanted
from tests.servers.odd_scim import OddScim


@pytest.fixture
def linked() -> Iterator[Linked]:
    with links() as link:
        yield link


# -- filters


@pytest.mark.parametrize("filters", ["heeded", "refused", "ignored", "silent", "404"])
def test_whoever_is_there_is_found_and_who_is_not_is_absent_whatever_becomes_of_filters(
    linked: Linked, filters: Any
) -> None:
    service = OddScim(filters=filters, cap=3)
    for number in range(8):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    connector = linked(service)
    found = connector.observe(person(5))
    assert found is not None
    assert (found.key, found.attributes["userName"]) == ("E5", ("u5",))
    assert connector.observe(person(99)) is None
    assert do(connector, Action.CREATE, person(5), wanted(5)) == AlreadySo()
    assert do(connector, Action.CREATE, person(20), wanted(20, userName="u5")) == Conflict(
        "u5", "SCIM 系统中另有账号使用这个登录名（userName）"
    )
    assert len(service.users) == 8


def test_a_filter_on_a_key_that_the_service_silently_does_not_know_makes_no_second_account(linked: Linked) -> None:
    service = OddScim(filterable=frozenset({"userName"}))
    service.put(userName="another", externalId="E5")
    assert do(linked(service), Action.CREATE, person(5), wanted(5)) == AlreadySo()
    assert len(service.users) == 1


def test_a_proved_filter_is_asked_alone(linked: Linked) -> None:
    service = OddScim()
    for number in range(8):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    connector = linked(service)
    connector.observe(person(1))
    before = len(service.asked)
    assert connector.observe(group(1)) is None
    assert connector.observe(person(9)) is None
    users = [each for each in service.asked[before:] if each.path == "/Users"]
    assert [each.query.get("filter") for each in users] == ['externalId eq "E9"']


def test_a_key_is_the_same_only_letter_by_letter(linked: Linked) -> None:
    service = OddScim(filters="ignored")
    service.put(userName="x", externalId="e1")
    assert linked(service).observe(person(1)) is None


# -- lists


@pytest.mark.parametrize("people", [0, 1, 3, 4, 8, 9])
@pytest.mark.parametrize("beyond", ["empty", "400", "again"])
def test_a_list_is_whole_however_few_come_at_once(linked: Linked, people: int, beyond: Any) -> None:
    service = OddScim(cap=3, beyond=beyond)
    for number in range(people):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    assert everybody(linked(service)) == ([f"E{number}" for number in range(people)], True)


def test_a_count_of_the_page_at_hand_does_not_end_the_list(linked: Linked) -> None:
    service = OddScim(counts="page")
    for number in range(11):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    assert everybody(linked(service)) == ([f"E{number}" for number in range(11)], True)


def test_a_service_that_gives_all_at_once_is_read_whole(linked: Linked) -> None:
    service = OddScim(pages=False)
    for number in range(3):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    assert everybody(linked(service)) == (["E0", "E1", "E2"], True)


def test_a_service_that_shows_its_first_page_for_ever_is_never_complete(linked: Linked) -> None:
    service = OddScim(pages=False, cap=3)
    for number in range(9):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    keys, complete = everybody(linked(service))
    assert (sorted(keys), complete) == (["E0", "E1", "E2"], False)


@pytest.mark.parametrize("change", ["deleted", "made"])
def test_a_list_that_moved_while_it_was_read_is_not_complete(linked: Linked, change: str) -> None:
    service = OddScim()
    ids = [service.put(userName=f"u{number}", externalId=f"E{number}") for number in range(8)]
    connector = linked(service)
    page = connector.observe_all(None)
    if change == "deleted":
        del service.users[ids[0]]
    else:
        service.put(userName="new")
    while page.cursor:
        page = connector.observe_all(page.cursor)
    assert not page.complete


def test_a_list_in_which_somebody_comes_twice_is_not_complete(linked: Linked) -> None:
    service = OddScim(counts="page")
    for number in range(11):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    connector = linked(service)
    page = connector.observe_all(None)
    id = service.put(userName="new", externalId="E99")
    service.users = {id: service.users.pop(id), **service.users}  # in front of all others: the next page moves by one
    found = [each.key for each in page.accounts]
    while page.cursor:
        page = connector.observe_all(page.cursor)
        found += [each.key for each in page.accounts]
    assert not page.complete
    assert len(found) == len(set(found))


def test_a_list_that_shows_fewer_than_it_counts_is_not_complete(linked: Linked) -> None:
    service = OddScim(hidden=2)
    for number in range(6):
        service.put(userName=f"u{number}", externalId=f"E{number}")
    keys, complete = everybody(linked(service, memberships="user"))
    assert (len(keys), complete) == (6, False)


def test_a_cursor_of_another_read_is_refused(linked: Linked) -> None:
    service = OddScim()
    for number in range(9):
        service.put(userName=f"u{number}")
    connector = linked(service)
    cursor = connector.observe_all(None).cursor
    connector.observe_all(cursor)
    with pytest.raises(Unreadable):
        connector.observe_all(cursor)


# -- who is in a group


@pytest.mark.parametrize("shows_groups", [True, False])
@pytest.mark.parametrize("lists_members", [True, False])
@pytest.mark.parametrize("filters", ["heeded", "refused", "ignored", "silent"])
def test_memberships_are_read_in_whichever_way_the_service_tells_them(
    linked: Linked, shows_groups: bool, lists_members: bool, filters: Any
) -> None:
    service = OddScim(shows_groups=shows_groups, lists_members=lists_members, filters=filters)
    ids = [service.put(userName=f"u{number}", externalId=f"E{number}") for number in range(3)]
    service.group(displayName="空")
    one = service.group(ids[0], ids[1], displayName="一")
    two = service.group(ids[1], displayName="二")
    connector = linked(service)
    groups = [connector.observe(person(number)) for number in range(3)]
    expected = [frozenset({one}), frozenset({one, two}), frozenset()]
    assert [each and each.memberships for each in groups] == [Memberships(concurrent=each) for each in expected]
    page = connector.observe_all(None)
    assert [each.memberships for each in page.accounts] == [Memberships(concurrent=each) for each in expected]


def test_a_member_that_is_deleted_does_not_mislead(linked: Linked) -> None:
    service = OddScim()
    id = service.put(userName="u1", externalId="E1")
    service.group("gone", displayName="一")
    two = service.group("gone", id, displayName="二")
    found = linked(service).observe(person(1))
    assert found is not None
    assert found.memberships == Memberships(concurrent=frozenset({two}))


def test_an_indirect_membership_is_none(linked: Linked) -> None:
    service = OddScim()
    service.put(userName="u1", externalId="E1", groups=[{"value": "9", "type": "indirect"}, {"value": "8"}])
    found = linked(service, memberships="user").observe(person(1))
    assert found is not None
    assert found.memberships == Memberships(concurrent=frozenset({"8"}))


@pytest.mark.parametrize("members", ["patch", "put"])
def test_joining_and_leaving_leaves_the_others_where_they_are(linked: Linked, members: str) -> None:
    service = OddScim(etag=True)
    id, other = service.put(userName="u1", externalId="E1"), service.put(userName="u2", externalId="E2")
    held = service.group(other, "nested", displayName="一", externalId="D1")
    connector = linked(service, members=members)
    steps = [Action.JOIN, Action.JOIN, Action.LEAVE, Action.LEAVE]
    outcomes = [do(connector, each, person(1, id), None, group(1, held)) for each in steps]
    assert outcomes == [Done(), AlreadySo(), Done(), AlreadySo()]
    assert [each["value"] for each in service.groups[held]["members"]] == [other, "nested"]
