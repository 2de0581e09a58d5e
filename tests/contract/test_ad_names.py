"""Names in Active Directory: a legal login, a DN that holds it, and what is refused before anything is sent."""

import ldap3
import pytest

from connectors.ldap.active_directory import illegal
from mappings.model import AccountState, Action, AlreadySo, Conflict, Done, Kind, Presence, Ref, Refused
from tests.contract.systems.samba_ad import AdTarget
from tests.contract.target import Hand, group_ref, operation, ref
from tests.servers.samba_ad import SambaAd

LEGAL = ["王芳", "𠮷野家", "x" * 20, "o'neil", "a b", "#04", "(a)", "-_.~!&", "汉" * 20]
ILLEGAL = [*'"/\\[]:;|=,+*?<>@', "x" * 21, "𠮷" * 11, "a.", " a", "a ", "a\tb", "a\0", "\u200b"]
KEYS = ["a,ou=admins", "a+cn=b", '"q"', "back\\slash", "<a>;b", "#04", "=e=", "*()", "*)(cn=*", "人事科", "汉" * 64]


@pytest.fixture
def target(samba_ad: SambaAd) -> AdTarget:
    return AdTarget(samba_ad)


def test_a_legal_login_names_the_entry_and_is_read_back(hand: Hand, target: AdTarget) -> None:
    group = group_ref(1, hand.create_group(1))
    for number, login in enumerate(LEGAL):
        state = hand.create(number, login)
        assert state.attributes["uid"] == (login,)
        assert hand.do(Action.JOIN, number, state, group) == Done()
    people = target.people()
    assert [people[f"E{number}"].attributes["uid"] for number in range(len(LEGAL))] == [(each,) for each in LEGAL]
    assert all(each.groups == {"D1"} for each in people.values())


def test_an_illegal_login_is_refused_before_anything_is_sent(target: AdTarget) -> None:
    hand = Hand(target, target.connector())
    state = hand.create(1)
    before = target.people()
    for login in ILLEGAL:
        assert illegal(login)
        for outcome in (
            hand.connector.apply(hand.creation(2, hand.person(2, f"x{login}" if len(login) == 1 else login))),
            hand.change(state, 1, uid=(login,)),
        ):
            assert isinstance(outcome, Refused), login
            assert outcome.code == "login"
            assert "sAMAccountName" in outcome.text
    assert target.people() == before
    hand.connector.close()


@pytest.mark.parametrize(
    ("name", "longest"), [("title", 128), ("sn", 64), ("givenName", 64), ("displayName", 256), ("ou", 64)]
)
def test_a_value_that_is_too_long_is_refused_and_not_shown(
    hand: Hand, target: AdTarget, name: str, longest: int
) -> None:
    state = hand.create(1)
    assert hand.change(state, 1, **{name: ("长" * longest,)}) == Done()
    outcome = hand.change(state, 1, **{name: ("长" * (longest + 1),)})
    assert isinstance(outcome, Refused)
    assert outcome.code == "too-long"
    assert "长长" not in outcome.text
    assert hand.see(1).attributes[name] == ("长" * longest,)


def test_the_limits_are_the_schema_s(samba_ad: SambaAd) -> None:
    shapes = AdTarget(samba_ad).connector()
    shapes.observe_all(None)
    assert shapes._tree
    schema = f"CN=Schema,CN=Configuration,{samba_ad.BASE_DN}"
    found = samba_ad.search(schema, "(rangeUpper=*)", attributes=("lDAPDisplayName", "rangeUpper"))
    limits = {each["lDAPDisplayName"][0]: int(each["rangeUpper"][0]) for each in found.values()}
    for kind in Kind:
        for name, longest in shapes._tree.shape(kind).longest.items():
            assert limits[name] == longest
    shapes.close()


def test_an_awkward_key_of_a_group_lands_in_its_place(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    for key in KEYS:
        where = Ref("d", Kind.GROUP, key)
        after = AccountState(key, Presence.ACTIVE, {"cn": (key,), "ou": ("科",), "businessCategory": ("机关",)})
        made = operation(Action.CREATE, where, None, after)
        assert [hand.connector.apply(made), hand.connector.apply(made)] == [Done(), AlreadySo()]
        seen = hand.connector.observe(where)
        assert seen is not None
        assert seen.key == key
        assert seen.attributes == {"cn": (key,), "ou": ("科",)}  # what the class has not is not read
        group = Ref("d", Kind.GROUP, key, seen.remote_id, seen.name)
        assert hand.connector.apply(operation(Action.JOIN, ref(1, state), group=group)) == Done()
    assert target.people()["E1"].groups == set(KEYS)
    long = AccountState("汉" * 65, Presence.ACTIVE, {"cn": ("汉" * 65,)})
    refused = hand.connector.apply(operation(Action.CREATE, Ref("d", Kind.GROUP, long.key), None, long))
    assert isinstance(refused, Refused)


def test_a_login_or_principal_name_of_somebody_elsewhere_in_the_domain_is_a_conflict(
    hand: Hand, target: AdTarget
) -> None:
    outcome = hand.connector.apply(hand.creation(1, hand.person(1, "ADMINISTRATOR")))
    assert isinstance(outcome, Conflict)
    assert outcome.holder == target.server.ROOT_DN
    target.put(None, "stranger")
    root = target.server.root()
    taken = {"userPrincipalName": [(ldap3.MODIFY_REPLACE, ["user1@ad.example.org"])]}
    assert root.modify(f"CN=stranger,{target.server.people}", taken), root.result
    root.unbind()
    outcome = hand.connector.apply(hand.creation(1))
    assert isinstance(outcome, Conflict)
    assert outcome.holder == f"CN=stranger,{target.server.people}"
    assert target.people().keys() == {"(stranger)"}


def test_an_entry_that_was_renamed_in_a_console_keeps_that_name_and_its_principal_suffix(
    hand: Hand, target: AdTarget
) -> None:
    state = hand.create(1)
    root = target.server.root()
    assert root.modify_dn(state.name, "CN=王芳（人事）"), root.result
    named = f"CN=王芳（人事）,{target.server.people}"
    suffix = {"userPrincipalName": [(ldap3.MODIFY_REPLACE, ["user1@example.cn"])]}
    assert root.modify(named, suffix), root.result
    root.unbind()
    assert hand.see(1).attributes == state.attributes
    assert hand.change(hand.see(1), 1, uid=("wang.fang",)) == Done()
    (found,) = target.server.search(target.server.people, "(objectClass=user)").items()
    assert found[0] == named
    assert found[1]["sAMAccountName"] == ["wang.fang"]
    assert found[1]["userPrincipalName"] == ["wang.fang@example.cn"]
    assert hand.connector.apply(hand.creation(1, hand.person(1, "wang.fang"))) == AlreadySo()


def test_a_new_login_takes_the_entry_s_name_along(hand: Hand, target: AdTarget) -> None:
    state = hand.create(1)
    assert hand.change(state, 1, uid=("renamed",)) == Done()
    (found,) = target.server.search(target.server.people, "(objectClass=user)").items()
    assert found[0] == f"CN=renamed,{target.server.people}"
    assert found[1]["userPrincipalName"] == ["renamed@ad.example.org"]


def test_a_login_whose_entry_name_another_has_is_a_conflict_and_nothing_is_half_done(
    hand: Hand, target: AdTarget
) -> None:
    state = hand.create(1)
    target.put(None, "other")
    root = target.server.root()
    renamed = {"sAMAccountName": [(ldap3.MODIFY_REPLACE, ["elsewhere"])]}
    assert root.modify(f"CN=other,{target.server.people}", renamed), root.result
    root.unbind()
    before = target.people()
    outcome = hand.change(state, 1, uid=("other",))
    assert isinstance(outcome, Conflict)
    assert outcome.holder == f"CN=other,{target.server.people}"
    assert target.people() == before


def test_a_computer_is_nobody(hand: Hand, target: AdTarget) -> None:
    root = target.server.root()
    values = {"sAMAccountName": "pc1$", "userAccountControl": "4096", "employeeNumber": "E1"}
    assert root.add(f"CN=pc1,{target.server.people}", "computer", values), root.result
    root.unbind()
    page = hand.connector.observe_all(None)
    assert (page.accounts, page.complete) == ((), True)
