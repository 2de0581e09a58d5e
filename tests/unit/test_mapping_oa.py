"""What holds of the OA's mapping for anybody the roster can hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import oa
from mappings.facts import Assignment, Facts, StatusEvent
from mappings.model import Department, Kind, Memberships, Org, Person, Presence, Ref
from mappings.naming import fold
from mappings.oa import OaTerms
from mappings.policy.readings import Readings
from mappings.terms import Terms

DAY = "2026-03-02"
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")), max_size=20)
NAME = TEXT.filter(lambda text: bool(text.strip()))
KEY = st.text("ABCabc0123456789-._", min_size=1, max_size=12)
ORG = Org(
    {
        "D0": Department("s-D0", "D0", "崖州区", "D0", "root"),
        "D1": Department("s-D1", "D1", "区教育局", "D1", "gov", "D0"),
        "D2": Department("s-D2", "D2", "人事科", "D2", "office", "D1"),
        "D3": Department("s-D3", "D3", "办公室", "D3", "office", "D1"),
        "P1": Department("s-P1", "P1", "合唱团"),
    }
)
OWN = OaTerms("科员", "科员级", {"局长": ("局长岗", "正科级"), "会计": ("会计岗", "")}, frozenset({"gov"}))
OPEN = Readings(plain=frozenset({"ldap", "oa"}))
TERMS = Terms(readings=OPEN, follows="oa", own=OWN)

PEOPLE = st.builds(
    Person,
    subject=st.just("s1"),
    key=KEY,
    user_name=NAME,
    formatted=TEXT,
    display_name=TEXT,
    title=st.sampled_from(["", "局长", "会计", "门卫"]),
    mail=TEXT,
    mobile=TEXT,
    active=st.booleans(),
    groups=st.lists(st.sampled_from(["D2", "D3", "P1"]), unique=True).map(tuple),
    created=st.just("2026-01-05"),
    removed=st.none() | st.just(DAY),
)


def person(*assignments: Assignment, **more: str) -> Person:
    hired = StatusEvent("h1", "hire", "2020-01-02", entry_route="recruited")
    facts = Facts("administrative", assignments=assignments, events=(hired,))
    return Person("s1", "E1", "wangfang", formatted="王芳", facts=facts, created="2020-01-02", **more)


def post(value: str, department: str, position: str = "", kind: str = "primary") -> Assignment:
    return Assignment(value, kind, "internal", "2020-01-02", department=department, position=position)


@given(PEOPLE, st.integers(0, 30))
def test_no_value_is_blank_and_what_a_member_must_have_is_there(person: Person, keep_days: int) -> None:
    terms = Terms(keep_days, OPEN, "oa", own=OWN)
    attributes = oa.desired(person, DAY, ORG, terms).state.attributes
    assert [name for name, values in attributes.items() if len(values) != 1 or not values[0].strip()] == []
    assert {"loginName", "name", "code"} <= attributes.keys() <= oa.PERSON_ATTRIBUTES


@given(PEOPLE)
def test_a_plain_group_is_nothing_and_the_primary_is_not_among_the_concurrent(person: Person) -> None:
    memberships = oa.desired(person, DAY, ORG, TERMS).state.memberships
    assert memberships is not None
    assert "P1" not in memberships.concurrent
    assert memberships.primary not in memberships.concurrent


@given(PEOPLE)
def test_only_who_must_be_active_can_be_unfit(person: Person) -> None:
    desired = oa.desired(person, DAY, ORG, TERMS)
    homeless = not {"D2", "D3"} & set(person.groups)
    assert (desired.unfit is not None) is (desired.state.presence is Presence.ACTIVE and homeless)


@given(NAME)
def test_two_spellings_of_one_login_reserve_one_name(name: str) -> None:
    logins = {oa.desired(Person("s", "E", each), DAY, ORG, TERMS).login for each in (name, fold(name))}
    assert len(logins) == 1
    assert next(iter(logins)).startswith("login=")  # type: ignore[union-attr]


def test_a_plain_user_has_no_account_unless_the_oa_is_open_to_them() -> None:
    plain = Person("s1", "E1", "a", groups=("D2",), created="2026-01-05")
    assert oa.desired(plain, DAY, ORG, Terms(follows="oa", own=OWN)).state.presence is Presence.REMOVED
    assert oa.desired(plain, DAY, ORG, TERMS).state.presence is Presence.ACTIVE


@pytest.mark.parametrize(
    ("position", "title", "post_", "level"),
    [
        ("局长", "门卫", "局长岗", "正科级"),
        ("会计", "", "会计岗", "科员级"),
        ("", "局长", "局长岗", "正科级"),
        ("门卫", "局长", "科员", "科员级"),
        (" 局长 ", "", "局长岗", "正科级"),
    ],
)
def test_the_position_of_the_primary_post_gives_post_and_level(
    position: str, title: str, post_: str, level: str
) -> None:
    someone = person(post("a1", "D2", position), post("c1", "D3", "会计", "concurrent"), title=title)
    state = oa.desired(someone, DAY, ORG, TERMS).state
    assert (state.attributes["post"], state.attributes["level"]) == ((post_,), (level,))
    assert state.memberships == Memberships("D2", frozenset({"D3"}))


def test_a_phone_and_a_mail_that_the_roster_lacks_are_not_managed() -> None:
    bare = oa.desired(person(post("a1", "D2")), DAY, ORG, TERMS).state.attributes
    assert {"telnumber", "emailaddress"} & bare.keys() == set()
    full = oa.desired(person(post("a1", "D2"), mobile="13800000000", mail="a@b.cn"), DAY, ORG, TERMS).state.attributes
    assert (full["telnumber"], full["emailaddress"]) == (("13800000000",), ("a@b.cn",))


def test_an_unfit_sentence_shows_no_phone() -> None:
    unfit = oa.desired(person(post("a1", "D1"), mobile="13800000000"), DAY, ORG, TERMS).unfit
    assert unfit is not None
    assert "13800000000" not in unfit


@pytest.mark.parametrize("department", ["D0", "D1"])
def test_nobody_lives_in_a_unit_itself(department: str) -> None:
    unfit = oa.desired(person(post("a1", department)), DAY, ORG, TERMS).unfit
    assert unfit is not None
    assert f"「{ORG.departments[department].name}」" in unfit
    further = oa.desired(person(post("a1", "D2"), post("c1", department, kind="concurrent")), DAY, ORG, TERMS)
    assert further.unfit is not None


def test_without_unit_kinds_a_bureau_is_a_department_and_may_have_people() -> None:
    terms = Terms(readings=OPEN, follows="oa", own=OaTerms("科员", "科员级"))
    desired = oa.desired(person(post("a1", "D1")), DAY, ORG, terms)
    assert (desired.unfit, desired.state.memberships) == (None, Memberships("D1", frozenset()))


def test_who_has_no_department_goes_to_the_default_one() -> None:
    plain = Person("s1", "E1", "a", created="2026-01-05")
    assert oa.desired(plain, DAY, ORG, TERMS).unfit is not None
    terms = Terms(readings=OPEN, follows="oa", own=OWN, default_department="D3")
    desired = oa.desired(plain, DAY, ORG, terms)
    assert (desired.unfit, desired.state.memberships) == (None, Memberships("D3", frozenset()))
    later = Terms(readings=OPEN, follows="oa", own=OWN, default_department="D9")
    assert oa.desired(plain, DAY, ORG, later).unfit is not None


@pytest.mark.parametrize("key", ["E/1", "E%31", "E;1", "E?1", "E#1", "E\\1"])
def test_a_code_that_no_path_can_hold_parks_the_row(key: str) -> None:
    plain = Person("s1", key, "a", groups=("D2",), created="2026-01-05")
    assert oa.desired(plain, DAY, ORG, TERMS).unfit is not None
    department = Department("s", key, "科", key, "office", "D0")
    assert oa.desired_group(department, DAY, ORG, None, TERMS).unfit is not None


PARENT = Ref("s-D1", Kind.GROUP, "D1", "-5476327415902942726")


def test_a_department_lies_below_its_parent_and_a_unit_below_nothing_of_ours() -> None:
    office = oa.desired_group(ORG.departments["D2"], DAY, ORG, PARENT, TERMS)
    assert office.state.attributes == {
        "name": ("人事科",),
        "code": ("D2",),
        "kind": ("department",),
        "superior": ("-5476327415902942726",),
    }
    assert office.login == "code=d2"
    unit = oa.desired_group(ORG.departments["D1"], DAY, ORG, PARENT, TERMS)
    assert unit.state.attributes == {"name": ("区教育局",), "code": ("D1",), "kind": ("unit",)}


def test_the_root_is_nothing_but_addressed_and_a_plain_group_is_nothing() -> None:
    root = oa.desired_group(ORG.departments["D0"], DAY, ORG, None, TERMS)
    assert (root.state.presence, root.state.attributes) == (Presence.ACTIVE, {})
    assert oa.desired_group(ORG.departments["P1"], DAY, ORG, None, TERMS).state.presence is Presence.REMOVED


def test_a_parent_that_is_not_there_yet_is_not_the_root() -> None:
    waiting = oa.desired_group(ORG.departments["D2"], DAY, ORG, None, TERMS)
    assert waiting.state.attributes["superior"] == ()
    alone = oa.desired_group(Department("s", "D8", "某科", "D8", "office"), DAY, ORG, None, TERMS)
    assert "superior" not in alone.state.attributes


def test_who_has_left_and_is_kept_stays_where_the_account_is() -> None:
    hired = StatusEvent("h1", "hire", "2020-01-02", entry_route="recruited")
    gone = StatusEvent("x1", "resignation", "2026-03-01")
    facts = Facts("administrative", assignments=(post("a1", "D2", "局长"),), events=(hired, gone))
    left = Person("s1", "E1", "wangfang", formatted="王芳", facts=facts, created="2020-01-02")
    desired = oa.desired(left, DAY, ORG, Terms(30, OPEN, "oa", own=OWN))
    assert (desired.state.presence, desired.spell, desired.unfit) == (Presence.LOCKED, "h1", None)
    assert desired.state.memberships == Memberships(None, frozenset())
    assert {"post", "level"} & desired.state.attributes.keys() == set()
    assert desired.review_on == "2026-03-31"
