"""What holds of the directory's mapping for anybody the roster can hold."""

from hypothesis import given
from hypothesis import strategies as st

from mappings import ldap
from mappings.model import Department, Kind, Memberships, Org, Person, Ref
from mappings.naming import fold
from mappings.plan import Known, Subject, plan
from mappings.terms import Terms

TEXT = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")), max_size=20)
NAME = TEXT.filter(lambda text: bool(text.strip()))
ORG = Org({key: Department(f"s-{key}", key, "办公室", code=key) for key in ("D1", "D2")})
MANAGER = Ref("s2", Kind.PERSON, "E2", "id-2", "uid=b,ou=people")

PEOPLE = st.builds(
    Person,
    subject=st.just("s1"),
    key=NAME,
    user_name=NAME,
    formatted=TEXT,
    family_name=TEXT,
    given_name=TEXT,
    display_name=TEXT,
    title=TEXT,
    mail=TEXT,
    active=st.booleans(),
    groups=st.lists(st.sampled_from(["D1", "D2", "P1"]), unique=True).map(tuple),
    manager=st.none() | st.just(MANAGER),
    created=st.just("2026-01-05"),
    removed=st.none() | st.just("2026-03-02"),
)


@given(PEOPLE, st.integers(0, 30))
def test_no_value_is_blank_and_what_an_entry_must_have_is_there(person: Person, keep_days: int) -> None:
    attributes = ldap.desired(person, "2026-03-02", ORG, Terms(keep_days)).state.attributes
    assert [name for name, values in attributes.items() for value in values if not value.strip()] == []
    assert all(len(attributes[name]) == 1 for name in ("uid", "employeeNumber", "cn", "sn"))
    assert ldap.PERSON_ATTRIBUTES - {"mail"} <= attributes.keys() <= ldap.PERSON_ATTRIBUTES


@given(PEOPLE)
def test_a_mail_that_is_written_fits_the_directory(person: Person) -> None:
    desired = ldap.desired(person, "2026-03-02", ORG)
    assert all(mail.isascii() for mail in desired.state.attributes.get("mail", ()))
    assert (desired.unfit is None) is (person.removed is not None or person.mail.isascii())


@given(PEOPLE, st.integers(0, 30))
def test_what_is_as_desired_yields_no_operation(person: Person, keep_days: int) -> None:
    desired = ldap.desired(person, "2026-03-02", ORG, Terms(keep_days))
    subject = Subject("ldap", Ref("s1", Kind.PERSON, person.key), ldap.MANAGED, {"D1": Ref("s-D1", Kind.GROUP, "D1")})
    seen = None if desired.state.presence == "removed" else desired.state
    assert plan(subject, desired, seen, Known(ours=True, locked=True)).operations == ()


@given(NAME)
def test_two_spellings_of_one_login_reserve_one_name(name: str) -> None:
    logins = {ldap.desired(Person("s", "E", each), "2026-03-02", ORG).login for each in (name, fold(name))}
    assert len(logins) == 1


def test_every_group_joined_is_desired_and_none_is_called_primary() -> None:
    person = Person("s1", "E1", "a", groups=("P1", "D2", "D1"))
    assert ldap.desired(person, "2026-03-02", ORG).state.memberships == Memberships(None, frozenset({"P1", "D1", "D2"}))


def test_a_parent_is_named_by_the_address_of_its_entry() -> None:
    parent = Ref("s-D1", Kind.GROUP, "D1", "id-1", "cn=D1,ou=groups")
    wanted = ldap.desired_group(Department("s-D3", "D3", "人事科", "D3", "office", "D1"), "2026-03-02", ORG, parent)
    assert wanted.state.attributes == {
        "cn": ("D3",),
        "ou": ("人事科",),
        "businessCategory": ("office",),
        "seeAlso": ("cn=D1,ou=groups",),
    }
    assert wanted.login == "cn=d3"
