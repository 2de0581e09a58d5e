"""References by DN: groups and managers follow a rename, and forget who is gone."""

from dataclasses import replace

import ldap3
import pytest

from connectors.ldap import names
from mappings.model import AccountState, Action, AlreadySo, Done, Kind, Presence, Ref
from tests.contract.directories import EVERY, directory
from tests.contract.systems.ldap import LdapTarget
from tests.contract.target import Hand, group_ref, operation, ref


@pytest.fixture(params=EVERY)
def target(request: pytest.FixtureRequest) -> LdapTarget:
    return directory(request)


def test_a_rename_is_followed_by_groups_and_managers(hand: Hand, target: LdapTarget) -> None:
    boss, clerk = hand.create(1), hand.create(2)
    group = hand.create_group(1)
    hand.do(Action.JOIN, 1, boss, group_ref(1, group))
    hand.do(Action.JOIN, 2, clerk, group_ref(1, group))
    assert hand.change(clerk, 2, manager=(str(boss.name),)) == Done()
    assert hand.change(boss, 1, uid=("new.boss",)) == Done()
    now = f"uid=new.boss,{target.server.people}"
    assert target.server.members(str(group.name)) == [now, str(clerk.name)]
    assert hand.see(2).attributes["manager"] == (now,)


def test_a_rename_and_the_refint_overlay_do_not_get_in_each_other_s_way(hand: Hand, target: LdapTarget) -> None:
    states = [hand.create(number) for number in range(3)]
    groups = [hand.create_group(number) for number in range(3)]
    for number, state in enumerate(states):
        for place, group in enumerate(groups):
            assert hand.do(Action.JOIN, number, state, group_ref(place, group)) == Done()
    for turn in range(15):
        assert hand.change(hand.see(0), 0, uid=(f"turn{turn}",)) == Done()
        now = f"uid=turn{turn},{target.server.people}"
        wanted = sorted([now, str(states[1].name), str(states[2].name)])
        assert [target.server.members(str(group.name)) for group in groups] == [wanted] * 3


def test_an_account_renamed_by_hand_is_found_though_another_took_its_name(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    root = target.server.root()
    assert root.modify_dn(state.name, "uid=by.hand"), root.result
    root.unbind()
    target.put(None, "user1")
    assert hand.change(state, 1, title=("科长",)) == Done()
    assert hand.do(Action.LOCK, 1, state) == Done()
    people = target.people()
    assert people["E1"].attributes["uid"] == ("by.hand",)
    assert (people["E1"].attributes["title"], people["E1"].presence) == (("科长",), Presence.LOCKED)
    assert "title" not in people["(user1)"].attributes
    assert people["(user1)"].presence is Presence.ACTIVE


def test_a_renamed_group_is_followed_by_its_children(hand: Hand, target: LdapTarget) -> None:
    parent, child = hand.create_group(1), hand.create_group(2)
    link = operation(
        Action.UPDATE, group_ref(2, child), child, AccountState("D2", Presence.ACTIVE, {"seeAlso": (str(parent.name),)})
    )
    assert hand.connector.apply(link) == Done()
    rename = operation(
        Action.UPDATE, group_ref(1, parent), parent, AccountState("D1", Presence.ACTIVE, {"cn": ("N1",)})
    )
    assert hand.connector.apply(rename) == Done()
    after = hand.connector.observe(group_ref(2))
    assert after is not None
    now = f"cn=N1,{target.server.groups}"
    (written,) = after.attributes["seeAlso"]
    assert names.same(written, now)
    # 389's plug-in writes names its own way; to the letter they are as soon as the child is next brought up to date
    exact = AccountState("D2", Presence.ACTIVE, {"seeAlso": (now,)})
    hand.connector.apply(operation(Action.UPDATE, group_ref(2, after), after, exact))
    settled = hand.connector.observe(group_ref(2))
    assert settled is not None
    assert settled.attributes["seeAlso"] == (now,)
    moved = hand.connector.observe(Ref("d1", Kind.GROUP, "N1", parent.remote_id))
    assert moved is not None
    assert moved.remote_id == parent.remote_id


def test_a_removed_account_is_nobody_s_member_and_nobody_s_manager(hand: Hand, target: LdapTarget) -> None:
    boss, clerk = hand.create(1), hand.create(2)
    groups = [hand.create_group(number) for number in (1, 2)]
    for number, group in enumerate(groups, 1):
        hand.do(Action.JOIN, 1, boss, group_ref(number, group))
    hand.do(Action.JOIN, 2, clerk, group_ref(2, groups[1]))
    hand.change(clerk, 2, manager=(str(boss.name),))
    assert hand.do(Action.REMOVE, 1, boss) == Done()
    assert target.server.members(str(groups[0].name)) == target.nobody
    assert target.server.members(str(groups[1].name)) == [str(clerk.name)]
    assert hand.see(2).attributes["manager"] == ()


def test_a_former_address_is_followed_and_forgotten(hand: Hand, target: LdapTarget) -> None:
    """A rename of which nobody told the groups: the next update does, and a removal takes both names out."""
    states = {number: hand.create(number) for number in (1, 2)}
    group = hand.create_group(1)
    for number, state in states.items():
        assert hand.do(Action.JOIN, number, state, group_ref(1, group)) == Done()
    root = target.server.root()
    for number, state in states.items():
        assert root.modify_dn(state.name, f"uid=new{number}"), root.result
    target.server.settle()  # an overlay that runs may follow the renames only after what comes next
    stale = [str(state.name) for state in states.values()]
    root.modify(group.name, {"member": [(ldap3.MODIFY_REPLACE, stale)]})  # as an overlay that was stopped leaves it
    root.unbind()
    bare = AccountState("E1", Presence.ACTIVE)
    mend = replace(ref(1, hand.see(1)), former=states[1].name)
    assert hand.connector.apply(operation(Action.UPDATE, mend, bare, bare)) == Done()
    assert hand.connector.apply(operation(Action.UPDATE, mend, bare, bare)) == AlreadySo()
    gone = replace(ref(2, hand.see(2)), former=states[2].name)
    assert hand.connector.apply(operation(Action.REMOVE, gone, hand.see(2))) == Done()
    assert target.server.members(str(group.name)) == [f"uid=new1,{target.server.people}"]
