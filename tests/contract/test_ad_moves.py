"""Entries that somebody moved or deleted in Active Directory: an objectGUID is found wherever it is."""

from collections.abc import Iterator

import ldap3
import pytest

from connectors.ldap.ad_remedies import sddl
from mappings.model import Action, AlreadySo, Conflict, Done, Kind, Presence, Ref, Refused
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, group_ref, operation, ref
from tests.servers.samba_ad import SambaAd


@pytest.fixture
def target(samba_ad: SambaAd) -> AdTarget:
    return AdTarget(samba_ad)


@pytest.fixture
def elsewhere(target: AdTarget) -> Iterator[str]:
    """A place of the administrators', in which our service account may do what it may in ou=people."""
    server = target.server
    root, place = server.root(), f"OU=elsewhere,{server.BASE_DN}"
    assert root.add(place, "organizationalUnit"), root.result
    server.tool(f"samba-tool dsacl set --objectdn={place} --sddl='{sddl(Kind.PERSON, server.sid_of(server.BIND_DN))}'")
    yield place
    root.search(place, "(objectClass=user)", attributes=["cn"])
    for each in [found["dn"] for found in root.response if found["type"] == "searchResEntry"]:
        root.delete(each)
    assert root.delete(place), root.result
    root.unbind()


def move(target: AdTarget, dn: str, place: str) -> None:
    root = target.server.root()
    assert root.modify_dn(dn, dn.partition(",")[0], new_superior=place), root.result
    root.unbind()


def test_a_moved_account_is_found_written_and_renamed_where_it_is(hand: Hand, target: AdTarget, elsewhere: str) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    move(target, str(state.name), elsewhere)
    seen = hand.connector.observe(ref(1, state))
    assert seen is not None
    assert (seen.name, seen.remote_id) == (f"CN=user1,{elsewhere}", state.remote_id)
    assert hand.rename(state, 1, "王二") == Done()
    assert hand.do(Action.JOIN, 1, state, group) == Done()
    assert hand.do(Action.LOCK, 1, state) == Done()
    assert hand.change(seen, 1, uid=("renamed",)) == Done()
    after = hand.connector.observe(ref(1, state))
    assert after is not None
    assert after.name == f"CN=renamed,{elsewhere}"
    assert (after.presence, after.attributes["displayName"]) == (Presence.LOCKED, ("王二",))
    assert after.memberships is not None
    assert after.memberships.concurrent == {group.remote_id}
    assert hand.do(Action.REMOVE, 1, after) == Done()
    assert hand.connector.observe(ref(1, state)) is None


def test_an_account_moved_out_of_reach_is_there_and_refused(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    users = f"CN=Users,{target.server.BASE_DN}"
    move(target, str(state.name), users)
    try:
        seen = hand.connector.observe(ref(1, state))
        assert seen is not None
        assert seen.name == f"CN=user1,{users}"
        outcome = hand.do(Action.LOCK, 1, seen)
        assert isinstance(outcome, Refused)
        assert outcome.code == "50"
        assert isinstance(hand.connector.apply(hand.creation(1)), Conflict)  # its login is taken: never a second one
    finally:
        move(target, f"CN=user1,{users}", target.server.people)
    assert hand.see(1) == state


def test_a_deleted_account_is_gone_though_the_server_keeps_it(hand: Hand, target: AdTarget) -> None:
    state, group = hand.create(1), group_ref(1, hand.create_group(1))
    hand.do(Action.JOIN, 1, state, group)
    target.delete("E1")
    bin_dn = f"CN=Deleted Objects,{target.server.BASE_DN}"
    root = target.server.root()
    root.search(bin_dn, "(isDeleted=TRUE)", attributes=["cn"], controls=[("1.2.840.113556.1.4.417", True, None)])
    assert any("user1" in each["dn"] for each in root.response if each["type"] == "searchResEntry")
    root.unbind()
    assert hand.connector.observe(ref(1, state)) is None
    assert hand.do(Action.REMOVE, 1, state) == AlreadySo()
    assert hand.create(1).remote_id != state.remote_id


@pytest.mark.parametrize("strange", ["0f0e0d0c-0b0a-4908-8706-050403020100", "no id at all", "41f56c2a", ">(cn=*)"])
def test_an_id_of_another_server_finds_nobody_and_the_key_tells(hand: Hand, strange: str) -> None:
    where = Ref("s1", Kind.PERSON, "E1", strange)
    assert hand.connector.observe(where) is None
    state = hand.create(1)
    assert hand.connector.observe(where) == state
    assert isinstance(hand.connector.apply(operation(Action.LOCK, where)), Conflict)


def test_an_id_of_a_group_is_no_person_s(hand: Hand) -> None:
    group = hand.create_group(1)
    assert hand.connector.observe(Ref("s1", Kind.PERSON, "E1", group.remote_id)) is None


def test_a_protected_account_is_told_by_its_id(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    for rule in (str(state.remote_id), f"cn=USER1, OU=people,{target.server.BASE_DN}", "(sAMAccountName=user1)"):
        guarded = Hand(target, target.ldap(protected=(rule,)))
        outcome = guarded.do(Action.LOCK, 1, state)
        assert isinstance(outcome, Refused)
        assert outcome.code == "protected"
        guarded.connector.close()
    assert target.people()["E1"].presence is Presence.ACTIVE


def test_our_own_service_account_is_never_written(target: AdTarget) -> None:
    server = target.server
    root = server.root()
    values = {"employeeNumber": [(ldap3.MODIFY_REPLACE, ["E1"])]}
    assert root.modify(server.BIND_DN, values), root.result
    try:
        connector = target.ldap(people="OU=services")
        outcome = Hand(target, connector).do(Action.LOCK, 1)
        assert isinstance(outcome, Refused)
        assert outcome.code == "protected"
        connector.close()
    finally:
        root.modify(server.BIND_DN, {"employeeNumber": [(ldap3.MODIFY_REPLACE, [])]})
        root.unbind()
