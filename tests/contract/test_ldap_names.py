"""Names and values in a directory: each lands in its place, to the letter, or is refused."""

import ldap3
import pytest

from mappings.model import AccountState, Action, AlreadySo, Done, Kind, Presence, Ref, Refused
from tests.contract.directories import EVERY, directory
from tests.contract.systems.ldap import LdapTarget
from tests.contract.target import Hand, group_ref, operation, ref

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


@pytest.fixture(params=EVERY)
def target(request: pytest.FixtureRequest) -> LdapTarget:
    return directory(request)


def person(key: str, login: str) -> AccountState:
    return AccountState(
        key, Presence.ACTIVE, {"uid": (login,), "employeeNumber": (key,), "cn": ("王芳",), "sn": ("王",)}
    )


@pytest.mark.parametrize("login", AWKWARD)
def test_an_awkward_login_lands_in_its_place_with_its_literal_value(hand: Hand, target: LdapTarget, login: str) -> None:
    made = operation(Action.CREATE, Ref("s", Kind.PERSON, "K"), None, person("K", login))
    if not target.takes(login):
        assert isinstance(hand.connector.apply(made), Refused)
        assert target.people() == {}
        return
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
    assert outcome.code == target.too_long
    state = hand.create(1)
    again = hand.change(state, 1, uid=("汉" * 200,))
    assert isinstance(again, Refused)
    assert again.code == target.too_long
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
    ("values", "codes"),
    [
        ({"mail": ("王@例.cn",)}, {"21"}),
        ({"sn": ()}, {"65"}),
        ({"manager": ("no dn",)}, {"21"}),
        ({"employeeNumber": ("E1", "E2")}, {"19", "65"}),  # OpenLDAP's code, and 389's
    ],
)
def test_a_violation_of_the_schema_is_refused_with_its_code(
    hand: Hand, target: LdapTarget, values: dict[str, tuple[str, ...]], codes: set[str]
) -> None:
    state = hand.create(1)
    before = target.server.dump()
    outcome = hand.change(state, 1, **values)
    assert isinstance(outcome, Refused)
    assert outcome.code in codes
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
