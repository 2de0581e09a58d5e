"""What a sweep rests on: a complete read shows of an account what a look at it alone shows (S17)."""

from connectors.base import Connector, MemberLists
from mappings.model import AccountState, Action, Memberships, Page
from scim_server.reconcile.read_back import compared, digest_of
from tests.contract.target import Hand, group_ref


def _all(read: "object", first: Page) -> list[AccountState]:
    found, page = list(first.accounts), first
    while page.cursor:
        page = read(page.cursor)  # type: ignore[operator]
        found += page.accounts
    assert page.complete
    return found


def _everybody(connector: Connector) -> list[AccountState]:
    read = connector.observe_bare if isinstance(connector, MemberLists) else connector.observe_all
    return _all(read, read(None))


def test_who_was_read_with_all_others_has_the_digest_of_who_was_looked_at(hand: Hand) -> None:
    group = group_ref(1, hand.create_group(1))
    seen = {f"E{number}": hand.create(number) for number in range(3)}
    if hand.can(Action.JOIN):
        hand.do(Action.JOIN, 1, seen["E1"], group)
        seen["E1"] = hand.see(1)
    if hand.can(Action.LOCK):
        hand.do(Action.LOCK, 2, seen["E2"])
        seen["E2"] = hand.see(2)
    names = compared(hand.capabilities.managed, hand.capabilities)
    read = {each.key: each for each in _everybody(hand.connector)}
    assert {key: digest_of(read[key], names) for key in seen} == {
        key: digest_of(state, names) for key, state in seen.items()
    }
    if not isinstance(hand.connector, MemberLists):
        assert {key: read[key].memberships for key in seen} == {key: state.memberships for key, state in seen.items()}


def test_groups_that_tell_their_members_name_them_as_accounts_are_named(hand: Hand) -> None:
    if not isinstance(hand.connector, MemberLists):
        return
    made = hand.create_group(1)
    states = {number: hand.create(number) for number in range(3)}
    for number in (0, 2):
        hand.do(Action.JOIN, number, states[number], group_ref(1, made))
    (group,) = _all(hand.connector.departments, hand.connector.departments(None))
    names: list[str] = []
    cursor: str | None = None
    while True:
        page = hand.connector.members(group, cursor)
        names += page.names
        cursor = page.cursor
        if cursor is None:
            break
    assert sorted(names) == sorted(str(states[number].name) for number in (0, 2))
    assert all(each.memberships in (None, Memberships()) for each in _everybody(hand.connector))
