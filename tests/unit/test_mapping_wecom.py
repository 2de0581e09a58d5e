"""What holds of WeCom's mapping for anybody the roster can hold."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import wecom
from mappings.model import (
    AccountState,
    Action,
    Department,
    Kind,
    Memberships,
    Org,
    Person,
    Presence,
    Ref,
)
from mappings.plan import Known, Subject, plan
from mappings.policy.readings import Readings
from mappings.terms import Terms

DAY = "2026-03-02"
TEXT = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")), max_size=150)
NAME = TEXT.filter(lambda text: bool(text.strip()))
DEPARTMENTS = {key: Department(f"s-{key}", key, "办公室", code=key) for key in ("D1", "D2", "D3")}
ORG = Org({**DEPARTMENTS, "P1": Department("s-P1", "P1", "合唱团")})
REFS = {key: Ref(f"s-{key}", Kind.GROUP, key, f"id-{key}") for key in ORG.departments}
MANAGER = Ref("s2", Kind.PERSON, "E2", "E2", "E2")

PEOPLE = st.builds(
    Person,
    subject=st.just("s1"),
    key=NAME | st.from_regex(wecom.USERID, fullmatch=True),
    user_name=NAME,
    formatted=TEXT,
    display_name=TEXT,
    title=TEXT,
    mail=TEXT | st.emails(),
    mobile=TEXT | st.from_regex(r"(\+86 ?)?1\d{2}[- ]?\d{4}[- ]?\d{4}", fullmatch=True),
    active=st.booleans(),
    groups=st.lists(st.sampled_from(["D1", "D2", "P1", "gone"]), unique=True).map(tuple),
    manager=st.none() | st.just(MANAGER),
    created=st.just("2026-01-05"),
    removed=st.none() | st.just(DAY),
)


def terms(keep_days: int = 0, default: str | None = "D3", **more: object) -> Terms:
    """Open to plain users."""
    return Terms(keep_days, Readings(plain=frozenset({"wecom"})), "wecom", default, **more)  # type: ignore[arg-type]


@given(PEOPLE, st.integers(0, 30))
def test_what_is_not_unfit_fits_the_vendors_rules(person: Person, keep_days: int) -> None:
    desired = wecom.desired(person, DAY, ORG, terms(keep_days))
    if desired.unfit is not None or desired.state.presence is Presence.REMOVED:
        return
    assert re.fullmatch(r"[0-9A-Za-z][0-9A-Za-z_\-@.]{0,63}", desired.state.key)
    values = {name: value[0] for name, value in desired.state.attributes.items() if value}
    assert 1 <= len(values["name"]) <= 64
    assert len(values.get("position", "")) <= 128
    assert "mobile" in values or "email" in values
    assert set(values.get("mobile", "1")) <= set("0123456789+-")
    assert 6 <= len(values.get("email", "a@b.cn")) <= 64
    assert values.get("email", "").isascii()


@given(PEOPLE, st.integers(0, 30))
def test_no_value_is_blank_and_no_phone_or_mail_is_ever_sent_empty(person: Person, keep_days: int) -> None:
    attributes = wecom.desired(person, DAY, ORG, terms(keep_days)).state.attributes
    assert all(value.strip() for values in attributes.values() for value in values)
    assert attributes.get("mobile", ("x",)) != ()
    assert attributes.get("email", ("x",)) != ()
    assert attributes.keys() <= wecom.MANAGED


@given(PEOPLE)
def test_memberships_are_departments_and_whoever_has_an_account_has_a_primary_one(person: Person) -> None:
    desired = wecom.desired(person, DAY, ORG, terms())
    memberships = desired.state.memberships
    assert memberships is not None
    assert memberships.concurrent <= {"D1", "D2"}
    assert memberships.primary not in memberships.concurrent
    if person.removed is None:
        first = next((key for key in person.groups if key in DEPARTMENTS), "D3")
        assert memberships.primary == first


@given(PEOPLE, st.integers(0, 30))
def test_what_is_as_desired_yields_no_operation(person: Person, keep_days: int) -> None:
    desired = wecom.desired(person, DAY, ORG, terms(keep_days))
    seen = None if desired.state.presence is Presence.REMOVED else desired.state
    subject = Subject("wecom", Ref("s1", Kind.PERSON, person.key), wecom.MANAGED, REFS, primary=True)
    assert plan(subject, desired, seen, Known(ours=True, locked=True)).operations == ()


@given(PEOPLE)
def test_a_phone_stands_in_no_sentence_and_no_login(person: Person) -> None:
    desired = wecom.desired(person, DAY, ORG, terms())
    if len(person.mobile) > 4 and person.mobile not in person.key + person.formatted + person.title:
        assert person.mobile not in (desired.unfit or "").replace("至多 32 位", "").replace("1 至 64 位", "")


@given(NAME)
def test_two_spellings_of_one_key_reserve_one_userid(key: str) -> None:
    """A userid is the same whatever its letter case, so two subjects may not have both."""
    people = [Person("s1", each, "wang", created="2026-01-05") for each in (key, key.upper(), key.lower())]
    logins = [wecom.desired(person, DAY, ORG, terms()).login for person in people]
    if key.isascii():
        assert len(set(logins)) == 1
    assert logins[0] is not None
    assert logins[0].startswith("userid=")


def test_who_is_kept_after_leaving_is_locked_leaves_further_departments_and_stays_in_his_own() -> None:
    person = Person("s1", "E1", "wang", mobile="13800000001", created="2026-01-05", removed=DAY)
    desired = wecom.desired(person, DAY, ORG, terms(keep_days=30))
    observed = AccountState("E1", Presence.ACTIVE, {}, Memberships("D1", frozenset({"D2", "id-foreign"})))
    subject = Subject("wecom", Ref("s1", Kind.PERSON, "E1", "E1"), wecom.MANAGED, REFS, primary=True)
    operations = plan(subject, desired, observed, Known(ours=True)).operations
    assert [(each.action, each.group and each.group.key) for each in operations] == [
        (Action.LOCK, None),
        (Action.LEAVE, "D2"),
    ]
    assert (desired.unfit, desired.review_on) == (None, "2026-04-01")


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("13800000001", "13800000001"),
        ("+86 138 0000 0001", "13800000001"),
        ("+86-138-0000-0001", "13800000001"),
        ("0086 13800000001", "13800000001"),
        ("(138) 0000-0001", "13800000001"),
        ("+852 9123-4567", "+8529123-4567"),
        ("0898-88888888", "0898-88888888"),
        ("", ""),
    ],
)
def test_a_mobile_number_has_one_spelling(written: str, spelled: str) -> None:
    assert wecom.mobile_number(written) == spelled
    assert wecom.mobile_number(spelled) == spelled


def test_extended_attributes_are_filled_as_configured() -> None:
    person = Person("s1", "E1", "wangfang", mobile="13800000001", title="科员", created="2026-01-05")
    own = wecom.WecomTerms({"工号": "key", "登录名": "user_name", "职级": "title"})
    shown = wecom.desired(person, DAY, ORG, terms(own=own)).state.attributes["extattr"]
    assert sorted(shown) == ["工号=E1", "登录名=wangfang", "职级=科员"]
    assert "extattr" not in wecom.desired(person, DAY, ORG, terms()).state.attributes


def test_a_parent_that_is_there_is_named_by_its_number() -> None:
    below = Department("s-D11", "D11", "人事科", code="D11", kind="office", parent="D1")
    there = wecom.desired_group(below, DAY, ORG, REFS["D1"])
    assert there.state.attributes == {"name": ("人事科",), "parentid": ("id-D1",)}
    assert "parentid" not in wecom.desired_group(below, DAY, ORG, None).state.attributes


@pytest.mark.parametrize("char", sorted(wecom.FORBIDDEN))
def test_a_department_whose_name_cannot_be_is_unfit(char: str) -> None:
    named = Department("s", "D9", f"人事{char}科", code="D9")
    assert char in (wecom.desired_group(named, DAY, ORG, None).unfit or "")
    gone = Department("s", "D9", f"人事{char}科", code="D9", removed=True)
    assert wecom.desired_group(gone, DAY, ORG, None).unfit is None
