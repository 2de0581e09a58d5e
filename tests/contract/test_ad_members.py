"""Groups of Active Directory: empty, large, and the one that is a member's primary group."""

import ldap3
import pytest

from mappings.model import AccountState, Action, Done, Kind, Pending, Presence, Ref, Refused
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, group_ref, operation
from tests.servers.canned import CannedLdap, entry, message, result, tlv
from tests.servers.samba_ad import SambaAd

SECURITY_GLOBAL = "-2147483646"


@pytest.fixture
def target(samba_ad: SambaAd) -> AdTarget:
    return AdTarget(samba_ad)


def test_a_group_is_a_global_security_group_without_anybody(hand: Hand, target: AdTarget) -> None:
    group = hand.create_group(1)
    found = target.server.read(str(group.name)) or {}
    assert (found["groupType"], found["sAMAccountName"]) == ([SECURITY_GLOBAL], ["D1"])
    assert "member" not in found
    assert group.attributes == {"cn": ("D1",), "ou": ("第1科",)}


def test_a_primary_group_is_no_membership_and_joining_it_is_refused(hand: Hand, target: AdTarget) -> None:
    state, group = hand.create(1), hand.create_group(1)
    hand.do(Action.JOIN, 1, state, group_ref(1, group))
    root = target.server.root()
    root.search(str(group.name), "(objectClass=*)", ldap3.BASE, attributes=["primaryGroupToken"])
    token = root.response[0]["raw_attributes"]["primaryGroupToken"][0]
    assert root.modify(state.name, {"primaryGroupID": [(ldap3.MODIFY_REPLACE, [token])]}), root.result
    root.unbind()
    seen = hand.see(1)
    assert seen.memberships is not None
    assert seen.memberships.concurrent == frozenset()
    assert isinstance(hand.do(Action.JOIN, 1, state, group_ref(1, group)), Refused)


def test_1600_members_are_all_counted_and_each_is_found_in_the_group(private_samba: object) -> None:
    """More than a server gives at once: of values (1,500) as of entries (1,000)."""
    server: SambaAd = private_samba()  # type: ignore[operator]
    server.fill(1600)
    target = AdTarget(server, page_size=5000)  # more than the server gives: it sets the size of its pages itself
    connector = target.ldap()
    group = connector.observe(Ref("big", Kind.GROUP, "big"))
    assert group is not None
    pages, cursor = [], None
    while cursor or not pages:
        pages.append(connector.observe_all(cursor))
        cursor = pages[-1].cursor
    everybody = [account for page in pages for account in page.accounts]
    assert pages[-1].complete
    assert {each.key for each in everybody} == {f"B{number}" for number in range(1600)}
    assert all(each.memberships and each.memberships.concurrent == {group.remote_id} for each in everybody)
    where = Ref("big", Kind.GROUP, "big", group.remote_id, group.name)
    leaves = [
        operation(Action.LEAVE, Ref(each.key, Kind.PERSON, each.key, each.remote_id, each.name), group=where)
        for each in everybody[:50]
    ]
    assert set(connector.apply_each(leaves)) == {Done()}
    pending = connector.apply(operation(Action.REMOVE, where, group))
    connector.close()
    assert isinstance(pending, Pending)
    assert "1550" in pending.state


def ranges(number: int, asked: int) -> bytes:
    """A domain controller whose limit is 2 values: it gives fewer than were asked for."""
    name, values = {0: ("member;range=0-1", 2), 1: ("member;range=2-3", 2), 2: ("member;range=4-*", 1)}[asked]
    return entry_of(number, name, [f"CN=m{asked}{place},DC=x" for place in range(values)])


def entry_of(number: int, name: str, values: list[str]) -> bytes:
    listed = b"".join(tlv(0x04, value.encode()) for value in values)
    attribute = tlv(0x30, tlv(0x04, name.encode()) + tlv(0x31, listed))
    return message(number, tlv(0x64, tlv(0x04, b"CN=D1,OU=groups,DC=x") + tlv(0x30, attribute)))


def test_members_beyond_the_server_s_own_range_are_counted(target: AdTarget) -> None:
    asked: list[int] = []

    def answer(number: int, tag: int) -> bytes:
        place = len(asked)
        asked.append(number)
        if place == 0:
            found = entry(number, "CN=D1,OU=groups,DC=x", objectGUID="0123456789abcdef", cn="D1", objectClass="group")
            return found + result(number, 0x65, 0)
        if place == 1:  # whether our own account is in it
            return result(number, 0x65, 0)
        return ranges(number, place - 2) + result(number, 0x65, 0)

    with CannedLdap(answer, supportedCapabilities="1.2.840.113556.1.4.800") as server:
        url = server.url
        connector = target.ldap(url=url, bind_dn="CN=s,DC=x", bind_password="p", base_dn="DC=x", plaintext=True)
        outcome = connector.apply(operation(Action.REMOVE, group_ref(1)))
        connector.close()
    assert isinstance(outcome, Pending)
    assert "5" in outcome.state
    assert len(asked) == 5


def test_many_operations_on_many_accounts_travel_together(hand: Hand, target: AdTarget) -> None:
    creates = [hand.creation(number) for number in range(25)]
    after = AccountState("D1", Presence.ACTIVE, {"cn": ("D1",)})
    made = operation(Action.CREATE, group_ref(1), None, after)
    joins = [operation(Action.JOIN, each.ref, group=group_ref(1)) for each in creates]
    assert set(hand.each([made, *creates, *joins])) == {Done()}
    assert {key for key, seen in target.people().items() if seen.groups == {"D1"}} == {f"E{n}" for n in range(25)}


@pytest.mark.parametrize("count", [0, 7, 14])
def test_a_page_size_that_divides_evenly_ends_well(hand: Hand, target: AdTarget, count: int) -> None:
    """Samba ends a read of full pages with one more, which is empty."""
    assert set(hand.each([hand.creation(number) for number in range(count)])) <= {Done()}
    accounts, cursor = [], None
    while True:
        page = hand.connector.observe_all(cursor)
        accounts += page.accounts
        cursor = page.cursor
        if cursor is None:
            break
        assert not page.complete
    assert page.complete
    assert len(accounts) == count
