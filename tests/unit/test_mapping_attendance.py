"""What holds of the attendance mapping for anybody the roster can hold."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import attendance
from mappings.model import Department, Kind, Memberships, Org, Person, Presence, Ref
from mappings.naming import fold
from mappings.plan import Known, Subject, plan
from mappings.policy.readings import Readings
from mappings.terms import Terms

DAY = "2026-03-02"
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")), max_size=40)
NAME = TEXT.filter(lambda text: bool(text.strip()))
ORG = Org(
    {
        "D0": Department("s-D0", "D0", "某区", code="D0", kind="root"),
        "D1": Department("s-D1", "D1", "办公室", code="D1", parent="D0"),
        "D2": Department("s-D2", "D2", "人事科", code="D2", parent="D1"),
        "P1": Department("s-P1", "P1", "合唱团"),
    }
)
OPEN = Terms(readings=Readings(plain=frozenset({"attendance"})), follows="attendance")

PEOPLE = st.builds(
    Person,
    subject=st.just("s1"),
    key=NAME,
    user_name=NAME,
    formatted=TEXT,
    display_name=TEXT,
    mobile=st.just("13800000000"),
    mail=st.just("a@example.cn"),
    active=st.booleans(),
    groups=st.lists(st.sampled_from(["D1", "D2", "P1", "X"]), unique=True).map(tuple),
    created=st.just("2026-01-05"),
    removed=st.none() | st.just(DAY),
)


@given(PEOPLE)
def test_only_name_number_and_rights_are_ever_said(person: Person) -> None:
    state = attendance.desired(person, DAY, ORG, OPEN).state
    assert state.attributes.keys() == attendance.PERSON_ATTRIBUTES
    assert not {"13800000000", "a@example.cn"} & {value for values in state.attributes.values() for value in values}
    assert state.attributes["rights"] == ("granted",)


@given(PEOPLE, st.integers(0, 30))
def test_nobody_is_ever_locked_or_kept(person: Person, keep_days: int) -> None:
    desired = attendance.desired(person, DAY, ORG, replace(OPEN, keep_days=keep_days))
    assert desired.state.presence is (Presence.ACTIVE if person.active and person.removed is None else Presence.REMOVED)
    assert desired.review_on is None


@given(PEOPLE)
def test_closed_to_users_without_facts_unless_told_otherwise(person: Person) -> None:
    assert attendance.desired(person, DAY, ORG, Terms(follows="attendance")).state.presence is Presence.REMOVED


@given(PEOPLE)
def test_who_must_be_there_lives_in_one_department_or_is_unfit(person: Person) -> None:
    desired = attendance.desired(person, DAY, ORG, OPEN)
    memberships = desired.state.memberships
    assert memberships is not None
    assert memberships.concurrent == frozenset()
    assert memberships.primary in (None, "D1", "D2")
    if desired.state.presence is Presence.ACTIVE and memberships.primary is None:
        assert desired.unfit is not None
        assert "default_department" in desired.unfit
    if desired.state.presence is Presence.REMOVED:
        assert desired.unfit is None


@given(PEOPLE)
def test_what_is_as_desired_yields_no_operation(person: Person) -> None:
    desired = attendance.desired(person, DAY, ORG, OPEN)
    groups = {key: Ref(f"s-{key}", Kind.GROUP, key) for key in ORG.departments}
    subject = Subject("attendance", Ref("s1", Kind.PERSON, person.key), attendance.MANAGED, groups, primary=True)
    seen = None if desired.state.presence is Presence.REMOVED else desired.state
    assert plan(subject, desired, seen, Known(ours=True)).operations == ()


@given(NAME)
def test_two_spellings_of_one_key_reserve_one_number(key: str) -> None:
    logins = {attendance.desired(Person("s", each, "a"), DAY, ORG, OPEN).login for each in (key, fold(key))}
    assert len(logins) == 1


def test_who_has_no_department_goes_to_the_default_one() -> None:
    person = Person("s1", "E1", "wang")
    desired = attendance.desired(person, DAY, ORG, replace(OPEN, default_department="D1"))
    assert (desired.state.memberships, desired.unfit) == (Memberships("D1"), None)
    assert attendance.desired(person, DAY, ORG, replace(OPEN, default_department="D9")).unfit


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"key": "E 1"}, "E 1"),
        ({"key": "工号1"}, "工号1"),
        ({"key": "E" * 33}, "E" * 33),
        ({"formatted": "长" * 33}, "长" * 33),
        ({"formatted": '王"芳"'}, '王"芳"'),
    ],
)
def test_a_value_that_the_platform_cannot_hold_is_named(changes: dict[str, str], named: str) -> None:
    person = replace(Person("s1", "E1", "wang", formatted="王芳", groups=("D1",)), **changes)
    unfit = attendance.desired(person, DAY, ORG, OPEN).unfit
    assert unfit is not None
    assert named in unfit
    assert attendance.desired(replace(person, active=False), DAY, ORG, OPEN).unfit is None


def test_a_department_below_the_root_names_no_parent() -> None:
    root = Ref("s-D0", Kind.GROUP, "D0", "root000000", root=True)
    for parent in (root, None):
        state = attendance.desired_group(ORG.departments["D1"], DAY, ORG, parent).state
        assert state.attributes == {"orgName": ("办公室",), "parent": ()}


def test_a_department_names_its_parent_once_that_is_there() -> None:
    parent = Ref("s-D1", Kind.GROUP, "D1", "org-77")
    known = attendance.desired_group(ORG.departments["D2"], DAY, ORG, parent)
    assert known.state.attributes == {"orgName": ("人事科",), "parent": ("org-77",)}
    assert known.login == "org=d2"
    waiting = attendance.desired_group(ORG.departments["D2"], DAY, ORG, None)
    assert waiting.state.attributes == {"orgName": ("人事科",)}


def test_a_plain_group_is_nothing_and_the_root_says_nothing() -> None:
    assert attendance.desired_group(ORG.departments["P1"], DAY, ORG, None).state.presence is Presence.REMOVED
    assert attendance.desired_group(ORG.departments["D0"], DAY, ORG, None).state.attributes == {}
