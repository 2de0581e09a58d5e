"""What a SCIM service must show, beyond the cases: names of Groups as paths, and one name for one subject."""

from dataclasses import replace

from mappings.model import Department, Org, Person
from mappings.scim import ScimTerms, desired, desired_group
from mappings.terms import TERMS

ROOT = Department("s0", "D00", "崖州区", "D00", "root")
BUREAU = Department("s1", "D01", "区教育局", "D01", "gov", "D00")
OFFICE = Department("s2", "D11", "办公室", "D11", "office", "D01")
ORG = Org({each.key: each for each in (ROOT, BUREAU, OFFICE)})
PATHS = replace(TERMS, own=ScimTerms(paths=True))


def called(department: Department, org: Org = ORG, terms: object = PATHS) -> str:
    state = desired_group(department, "2026-03-02", org, None, terms).state  # type: ignore[arg-type]
    return "".join(state.attributes["displayName"])


def test_a_group_is_called_by_its_path_where_names_must_be_unique() -> None:
    assert [called(each) for each in (ROOT, BUREAU, OFFICE)] == ["崖州区", "区教育局", "区教育局/办公室"]
    assert called(OFFICE, terms=TERMS) == "办公室"


def test_a_path_ends_where_the_tree_does_and_never_goes_round() -> None:
    one = Department("s3", "D31", "甲", "D31", "office", "D32")
    two = Department("s4", "D32", "乙", "D32", "office", "D31")
    assert called(one, Org({"D31": one, "D32": two})) == "乙/甲"
    assert called(replace(OFFICE, parent="gone")) == "办公室"


def test_names_by_which_two_subjects_are_told_to_be_one() -> None:
    person = Person("s9", "E1", "Wang.Fang")
    terms = replace(TERMS, follows="oa", readings=replace(TERMS.readings, plain=frozenset({"oa"})))
    assert desired(person, "2026-03-02", ORG, terms).login == "userName=wang.fang"
    assert desired_group(OFFICE, "2026-03-02", ORG, None).login == "externalId=d11"
