"""Entries that are never written, however they are told (S16)."""

import pytest

from mappings.model import Action, Done, Presence, Refused
from tests.contract.directories import EVERY, directory
from tests.contract.systems.ldap import PASSWORD, LdapTarget, with_password
from tests.contract.target import Hand, group_ref, operation, ref


@pytest.fixture(params=EVERY)
def target(request: pytest.FixtureRequest) -> LdapTarget:
    return directory(request)


def test_the_bind_account_and_its_groups_are_always_protected(target: LdapTarget) -> None:
    server = target.server
    target.put("E1", "service")
    mine = f"uid=service,{server.people}"
    with_password(target, mine)
    root = server.root()
    group = f"cn=D1,{server.groups}"
    assert root.add(group, "groupOfNames", {"member": [mine]}), root.result
    root.unbind()
    connector = target.ldap(bind_dn=mine, bind_password=PASSWORD)
    hand = Hand(target, connector)
    before = server.dump()
    outcomes = [hand.do(action, 1) for action in (Action.LOCK, Action.REMOVE)]
    outcomes.append(hand.do(Action.JOIN, 1, None, group_ref(1)))
    outcomes.append(connector.apply(operation(Action.REMOVE, group_ref(1))))
    assert [isinstance(each, Refused) and each.code for each in outcomes] == ["protected"] * 4
    assert server.dump() == before
    connector.close()


def test_nobody_is_made_or_renamed_into_a_protected_name(target: LdapTarget) -> None:
    connector = target.ldap(protected=(f"UID=root, ou=people,{target.server.BASE_DN}",))
    hand = Hand(target, connector)
    made = connector.apply(operation(Action.CREATE, ref(1), None, hand.person(1, "Root")))
    state = hand.create(1)
    renamed = hand.change(state, 1, uid=("root",))
    assert [isinstance(each, Refused) and each.code for each in (made, renamed)] == ["protected"] * 2
    assert target.people()["E1"].attributes["uid"] == ("user1",)
    connector.close()


@pytest.mark.parametrize("spelling", ["uid=USER1, OU=people,{base}", "(title=受保护)", "{id}", "{{{capitals}}}"])
def test_a_protected_entry_is_told_by_name_filter_or_id(hand: Hand, target: LdapTarget, spelling: str) -> None:
    state = hand.create(1, title=("受保护",))
    other = hand.create(2)
    rule = spelling.format(base=target.server.BASE_DN, id=state.remote_id, capitals=str(state.remote_id).upper())
    connector = target.ldap(protected=(rule,))
    guarded = Hand(target, connector)
    assert isinstance(guarded.do(Action.LOCK, 1, state), Refused)
    assert guarded.do(Action.LOCK, 2, other) == Done()
    assert target.people()["E1"].presence is Presence.ACTIVE
    connector.close()


def test_a_member_of_a_protected_group_is_neither_renamed_nor_removed(hand: Hand, target: LdapTarget) -> None:
    state, group = hand.create(1), hand.create_group(1)
    hand.do(Action.JOIN, 1, state, group_ref(1, group))
    connector = target.ldap(protected=(str(group.name),))
    guarded = Hand(target, connector)
    before = target.server.dump()
    assert isinstance(guarded.do(Action.REMOVE, 1, state), Refused)
    assert isinstance(guarded.change(state, 1, uid=("renamed",)), Refused)
    assert target.server.dump() == before
    connector.close()


def test_what_is_protected_is_told_of_many_at_once(target: LdapTarget) -> None:
    hand = Hand(target, target.connector())
    people = {number: hand.create(number, title=("系统管理员",) if number == 2 else ()) for number in range(20)}
    dn, id = str(people[3].name), str(people[4].remote_id)
    connector = target.ldap(protected=(dn.upper(), id.upper(), "(title=系统管理员)"), page_size=7)
    told = connector.protects(list(people.values()))
    assert [number for number, each in zip(people, told, strict=True) if each] == [2, 3, 4]
    connector.close()
    hand.connector.close()


def test_a_group_of_the_bind_account_is_told_to_be_protected(target: LdapTarget) -> None:
    hand = Hand(target, target.connector())
    target.put("E1", "service")
    group = hand.create_group(1)
    other = hand.create_group(2)
    seen = hand.see(1)
    hand.do(Action.JOIN, 1, seen, group_ref(1, group))
    with_password(target, str(seen.name))
    connector = target.ldap(bind_dn=str(seen.name), bind_password=PASSWORD)
    assert connector.protects([seen, group, other]) == [True, True, False]
    connector.close()
    hand.connector.close()
