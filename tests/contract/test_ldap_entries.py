"""What only a directory knows: names, placeholders, references by DN, locks that somebody tries to get past."""

import threading
from collections.abc import Iterator
from typing import Any

import ldap3
import pytest

from mappings.model import AccountState, Action, AlreadySo, Done, Kind, Outcome, Presence, Ref, Refused, Retry
from tests.contract.target import Hand, group_ref, operation, ref
from tests.contract.targets import LdapTarget
from tests.servers.openldap import OpenLdap

PASSWORD = "Wan-Fu!2024"
AWKWARD = [
    "a,ou=admins",
    "a+cn=b",
    '"quoted"',
    "back\\slash",
    "<less>;semi",
    "#04",
    "=equals=",
    " leading",
    "trailing ",
    "*()",
    "*)(uid=*",
    "王芳",
    "𠮷野家",
    "x" * 200,
    "汉" * 78,
]


@pytest.fixture(params=["fast", "plain"])
def fast(request: pytest.FixtureRequest) -> bool:
    return str(request.param) == "fast"


@pytest.fixture(params=["openldap", "lean_openldap"])
def target(request: pytest.FixtureRequest, fast: bool) -> LdapTarget:
    return LdapTarget(request.getfixturevalue(request.param), fast=fast)


@pytest.fixture
def hand(target: LdapTarget) -> Iterator[Hand]:
    connector = target.connector()
    yield Hand(target, connector)
    connector.close()


def person(key: str, login: str) -> AccountState:
    return AccountState(
        key, Presence.ACTIVE, {"uid": (login,), "employeeNumber": (key,), "cn": ("王芳",), "sn": ("王",)}
    )


# -- names


@pytest.mark.parametrize("login", AWKWARD)
def test_an_awkward_login_lands_in_its_place_with_its_literal_value(hand: Hand, target: LdapTarget, login: str) -> None:
    made = operation(Action.CREATE, Ref("s", Kind.PERSON, "K"), None, person("K", login))
    assert [hand.connector.apply(made), hand.connector.apply(made)] == [Done(), AlreadySo()]
    entries = target.server.search(target.server.BASE_DN, "(employeeNumber=K)", ldap3.SUBTREE)
    assert [entry["uid"] for entry in entries.values()] == [[login]]
    assert target.server.search(target.server.people).keys() == entries.keys()
    seen = hand.connector.observe(Ref("s", Kind.PERSON, "K"))
    assert seen is not None
    assert seen.attributes["uid"] == (login,)
    group = group_ref(1, hand.create_group(1))
    where = Ref("s", Kind.PERSON, "K", seen.remote_id, seen.name)
    assert hand.connector.apply(operation(Action.JOIN, where, group=group)) == Done()
    assert target.people()["K"].groups == {"D1"}
    assert hand.connector.apply(operation(Action.REMOVE, where, seen, None)) == Done()
    assert target.people() == {}


@pytest.mark.parametrize("key", AWKWARD)
def test_an_awkward_key_finds_its_own_entry_and_no_other(hand: Hand, target: LdapTarget, key: str) -> None:
    hand.create(1)
    key = key.strip()  # caseIgnoreMatch takes no notice of blanks at the ends
    for kind, after in (
        (Kind.PERSON, person(key, "somebody")),
        (Kind.GROUP, AccountState(key, Presence.ACTIVE, {"cn": (key,), "ou": ("科",)})),
    ):
        where = Ref("s", kind, key)
        assert hand.connector.observe(where) is None
        assert hand.connector.apply(operation(Action.CREATE, where, None, after)) == Done()
        seen = hand.connector.observe(where)
        assert seen is not None
        assert seen.key == key
    assert len(target.server.dump()) == 3


def test_a_name_that_the_database_cannot_hold_is_refused_with_a_sentence(hand: Hand, target: LdapTarget) -> None:
    made = operation(Action.CREATE, Ref("s", Kind.PERSON, "K"), None, person("K", "汉" * 200))
    outcome = hand.connector.apply(made)
    assert isinstance(outcome, Refused)
    assert outcome.code == "name-too-long"
    state = hand.create(1)
    assert hand.change(state, 1, uid=("汉" * 200,)) == outcome
    assert target.people().keys() == {"E1"}


def test_keys_that_differ_in_letter_case_alone_are_two_people(hand: Hand, target: LdapTarget) -> None:
    upper, lower = Ref("s1", Kind.PERSON, "E1a"), Ref("s2", Kind.PERSON, "e1A")
    assert hand.connector.apply(operation(Action.CREATE, upper, None, person("E1a", "one"))) == Done()
    assert hand.connector.observe(lower) is None
    assert hand.connector.apply(operation(Action.CREATE, lower, None, person("e1A", "two"))) == Done()
    assert hand.connector.apply(operation(Action.LOCK, lower)) == Done()
    assert {key: seen.presence for key, seen in target.people().items()} == {
        "E1a": Presence.ACTIVE,
        "e1A": Presence.LOCKED,
    }


@pytest.mark.parametrize("login", ["", " ", "\0", "a\0b"])
def test_a_login_that_names_nothing_is_refused_and_nothing_is_made(hand: Hand, target: LdapTarget, login: str) -> None:
    made = operation(Action.CREATE, Ref("s", Kind.PERSON, "K"), None, person("K", login))
    outcome = hand.connector.apply(made)
    if isinstance(outcome, Done):
        assert [entry["uid"] for entry in target.server.search(target.server.people).values()] == [[login]]
    else:
        assert isinstance(outcome, Refused)
        assert target.server.dump() == {}


def test_an_attribute_that_is_not_managed_is_never_written(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    before = target.server.dump()
    change = AccountState("E1", Presence.ACTIVE, {"userPassword": ("x",)})
    outcome = hand.connector.apply(operation(Action.UPDATE, ref(1, state), state, change))
    assert isinstance(outcome, Refused)
    assert target.server.dump() == before


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"mail": ("王@例.cn",)}, "21"),
        ({"sn": ()}, "65"),
        ({"manager": ("no dn",)}, "21"),
        ({"employeeNumber": ("E1", "E2")}, "19"),
    ],
)
def test_a_violation_of_the_schema_is_refused_with_its_code(
    hand: Hand, target: LdapTarget, values: dict[str, tuple[str, ...]], code: str
) -> None:
    state = hand.create(1)
    before = target.server.dump()
    outcome = hand.change(state, 1, **values)
    assert isinstance(outcome, Refused)
    assert outcome.code == code
    assert target.server.dump() == before


def test_what_others_wrote_into_our_entry_stays(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    root = target.server.root()
    extra = {"mobile": [(ldap3.MODIFY_ADD, ["13800000000"])], "uid": [(ldap3.MODIFY_ADD, ["alias"])]}
    assert root.modify(state.name, extra), root.result
    root.unbind()
    assert hand.change(state, 1, title=("科长",)) == Done()
    (entry,) = target.server.search(target.server.people).values()
    assert (entry["mobile"], entry["uid"], entry["title"]) == (["13800000000"], ["alias", "user1"], ["科长"])
    assert hand.change(hand.see(1), 1, uid=("renamed",)) == Done()
    (entry,) = target.server.search(target.server.people).values()
    assert (entry["mobile"], entry["uid"]) == (["13800000000"], ["renamed"])


# -- references


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
    assert after.attributes["seeAlso"] == (f"cn=N1,{target.server.groups}",)
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
    assert target.server.members(str(groups[0].name)) == [f"cn=nobody,{target.server.BASE_DN}"]
    assert target.server.members(str(groups[1].name)) == [str(clerk.name)]
    assert hand.see(2).attributes["manager"] == ()


# -- the placeholder


def test_the_placeholder_comes_with_emptiness_and_goes_with_the_first_member(hand: Hand, target: LdapTarget) -> None:
    placeholder = f"cn=nobody,{target.server.BASE_DN}"
    state, group = hand.create(1), hand.create_group(1)
    assert target.server.members(str(group.name)) == [placeholder]
    hand.do(Action.JOIN, 1, state, group_ref(1, group))
    assert target.server.members(str(group.name)) == [str(state.name)]
    hand.do(Action.LEAVE, 1, state, group_ref(1, group))
    assert target.server.members(str(group.name)) == [placeholder]


def test_a_placeholder_that_is_a_person_s_entry_is_hidden_from_every_reader(target: LdapTarget) -> None:
    target.put("E9", "nobody")
    connector = target.ldap(placeholder=f"uid=nobody,{target.server.people}")
    hand = Hand(target, connector)
    hand.create_group(1)
    state = hand.create(1)
    assert connector.observe(ref(9)) is None
    assert [each.key for each in connector.observe_all(None).accounts] == ["E1"]
    hand.do(Action.JOIN, 1, state, group_ref(1))
    assert target.people()["E1"].groups == {"D1"}
    connector.close()


def test_a_large_group_is_filled_and_emptied_in_deltas(target: LdapTarget, fast: bool) -> None:
    count, lot = (2500, 1000) if fast else (500, 200)
    connector = target.ldap(members_per_modify=lot)
    hand = Hand(target, connector)
    group = group_ref(1, hand.create_group(1))
    creates = [operation(Action.CREATE, ref(number), None, hand.person(number)) for number in range(count)]
    assert set(connector.apply_each(creates)) == {Done()}
    states = connector.observe_each([ref(number) for number in range(count)])
    seen = [state for state in states if isinstance(state, AccountState)]
    assert len(seen) == count
    joins = [operation(Action.JOIN, ref(number, state), group=group) for number, state in enumerate(seen)]
    assert set(connector.apply_each(joins)) == {Done()}
    assert set(connector.apply_each(joins[: lot + lot // 2])) == {AlreadySo()}
    assert target.server.members(str(group.name)) == sorted(str(state.name) for state in seen)
    leaves = [operation(Action.LEAVE, each.ref, group=group) for each in joins]
    assert set(connector.apply_each(leaves)) == {Done()}
    assert target.server.members(str(group.name)) == [f"cn=nobody,{target.server.BASE_DN}"]
    connector.close()


def test_two_lanes_that_fill_and_empty_one_group_never_lose_it_nor_a_member(target: LdapTarget) -> None:
    hands = [Hand(target, target.connector()) for _ in range(2)]
    group = group_ref(1, hands[0].create_group(1))
    states = [hands[0].create(number) for number in range(4)]
    outcomes: list[Outcome] = []

    def lane(number: int) -> None:
        for _ in range(25):
            for action in (Action.JOIN, Action.LEAVE):
                for mine in (number, number + 2):
                    outcomes.append(hands[number].do(action, mine, states[mine], group))

    lanes = [threading.Thread(target=lane, args=(number,)) for number in range(2)]
    for each in lanes:
        each.start()
    for each in lanes:
        each.join()
    assert {type(each) for each in outcomes} <= {Done, Retry}
    for number, state in enumerate(states):
        hands[0].do(Action.LEAVE, number, state, group)
    assert target.server.members(str(group.name)) == [f"cn=nobody,{target.server.BASE_DN}"]
    assert hands[0].do(Action.JOIN, 1, states[1], group) == Done()
    assert target.server.members(str(group.name)) == [str(states[1].name)]
    for hand in hands:
        hand.connector.close()


def test_one_member_that_the_directory_refuses_does_not_hold_up_the_others(hand: Hand, target: LdapTarget) -> None:
    group = group_ref(1, hand.create_group(1))
    states = {number: hand.create(number) for number in range(5)}
    with_protected = target.ldap(protected=(f"(uid={states[2].attributes['uid'][0]})",))
    joins = [operation(Action.JOIN, ref(number, state), group=group) for number, state in states.items()]
    outcomes = with_protected.apply_each(joins)
    with_protected.close()
    assert [type(each) for each in outcomes] == [Done, Done, Refused, Done, Done]
    assert len(target.server.members(str(group.name))) == 4


# -- locks


def with_password(target: LdapTarget, dn: str) -> None:
    root = target.server.root()
    assert root.modify(dn, {"userPassword": [(ldap3.MODIFY_REPLACE, [PASSWORD])]}), root.result
    root.unbind()


def set_policy(server: OpenLdap, **values: Any) -> None:
    root = server.root()
    policy = f"cn=default,ou=policies,{server.BASE_DN}"
    assert root.modify(policy, {name: [(ldap3.MODIFY_REPLACE, [str(value)])] for name, value in values.items()})
    root.unbind()


@pytest.fixture
def strict(target: LdapTarget) -> Iterator[None]:
    """Three wrong passwords lock for ten minutes."""
    set_policy(target.server, pwdMaxFailure=3, pwdLockoutDuration=600)
    yield
    set_policy(target.server, pwdMaxFailure=0, pwdLockoutDuration=0)


def locked_time(target: LdapTarget, dn: str) -> list[str]:
    return (target.server.read(dn, "pwdAccountLockedTime") or {}).get("pwdAccountLockedTime", [])


def test_a_lock_keeps_the_right_password_out_and_an_unlock_lets_it_in_again(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    stored = (target.server.read(str(state.name), "userPassword") or {})["userPassword"]
    assert target.server.can_bind(str(state.name), PASSWORD)
    hand.do(Action.LOCK, 1, state)
    assert not target.server.can_bind(str(state.name), PASSWORD)
    hand.do(Action.UNLOCK, 1, state)
    assert target.server.can_bind(str(state.name), PASSWORD)
    assert (target.server.read(str(state.name), "userPassword") or {})["userPassword"] == stored


@pytest.mark.usefixtures("strict")
def test_a_lock_by_wrong_passwords_is_not_ours(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    for _ in range(3):
        assert not target.server.can_bind(str(state.name), "wrong")
    (time,) = locked_time(target, str(state.name))
    assert time != "000001010000Z"
    assert hand.see(1).presence is Presence.ACTIVE
    assert hand.do(Action.UNLOCK, 1, state) == AlreadySo()
    assert locked_time(target, str(state.name)) == [time]
    assert not target.server.can_bind(str(state.name), PASSWORD)


@pytest.mark.usefixtures("strict")
def test_our_lock_and_unlock_do_not_end_a_lock_by_wrong_passwords(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    for _ in range(3):
        target.server.can_bind(str(state.name), "wrong")
    before = locked_time(target, str(state.name))
    assert hand.do(Action.LOCK, 1, state) == Done()
    assert hand.see(1).presence is Presence.LOCKED
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert locked_time(target, str(state.name)) == before
    assert not target.server.can_bind(str(state.name), PASSWORD)
    assert hand.see(1).presence is Presence.ACTIVE


@pytest.mark.usefixtures("strict")
def test_fewer_wrong_passwords_than_the_limit_leave_nothing_behind(hand: Hand, target: LdapTarget) -> None:
    state = hand.create(1)
    with_password(target, str(state.name))
    target.server.can_bind(str(state.name), "wrong")
    hand.do(Action.LOCK, 1, state)
    assert hand.do(Action.UNLOCK, 1, state) == Done()
    assert locked_time(target, str(state.name)) == []
    assert target.server.can_bind(str(state.name), PASSWORD)


def test_a_server_without_ppolicy_says_that_it_cannot_lock(bare_openldap: OpenLdap, fast: bool) -> None:
    target = LdapTarget(bare_openldap, fast=fast)
    hand = Hand(target, target.connector())
    state = hand.create(1)
    outcome = hand.do(Action.LOCK, 1, state)
    assert isinstance(outcome, Refused)
    assert outcome.code == "lock-unsupported"
    born = operation(Action.CREATE, ref(2), None, hand.person(2, presence=Presence.LOCKED))
    assert isinstance(hand.connector.apply(born), Refused)
    assert target.people().keys() == {"E1"}
    hand.connector.close()


# -- protected


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


@pytest.mark.parametrize("spelling", ["uid=USER1, OU=people,{base}", "(title=受保护)", "{id}"])
def test_a_protected_entry_is_told_by_name_filter_or_id(hand: Hand, target: LdapTarget, spelling: str) -> None:
    state = hand.create(1, title=("受保护",))
    other = hand.create(2)
    rule = spelling.format(base=target.server.BASE_DN, id=state.remote_id)
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
