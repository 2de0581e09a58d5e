"""What the directory's mapping makes of people with facts: the policy's answer, no more than its public face."""

import re
from dataclasses import replace

import pytest

from mappings import ldap
from mappings.desired import Desired
from mappings.facts import Facts, Ruling
from mappings.model import Kind, Memberships, Person, Presence, Ref
from mappings.plan import Known, Subject, plan
from mappings.policy.states import decisions, states
from mappings.terms import Terms
from tests.policy.people import invented
from tests.policy.table import GROUPS, Acceptance, acceptances, subject, tree
from tests.policy.test_second_evaluator import BEGIN, LAST, ORG

CANARY = "金丝雀"
DAYS = [f"2026-{month:02}-{day:02}" for month in range(1, 13) for day in (1, 11, 21)]
REFS = {key: Ref(f"s-{key}", Kind.GROUP, key, f"id-{key}") for key in GROUPS}


def people() -> list[Person]:
    found = (invented(number, BEGIN, LAST) for number in range(120))
    return [replace(subject(one.user, one.marks), user_name=f"n{i}") for i, one in enumerate(found)]


@pytest.mark.parametrize("day", DAYS[::5])
def test_the_directory_shows_what_the_policy_says(day: str) -> None:
    for person in people():
        standing, desired = states(person, day, ORG), ldap.desired(person, day, ORG)
        if person.facts is None:
            continue
        assert desired.state.presence is standing.systems["ldap"]
        assert (desired.spell, desired.review_on) == (standing.spell, standing.review_on)
        departments = {*standing.concurrent, *([standing.primary] if standing.primary else [])}
        assert desired.state.memberships == Memberships(None, frozenset(departments))
        assert desired.state.attributes["departmentNumber"] == ((standing.primary,) if standing.primary else ())


@pytest.mark.parametrize("day", DAYS[::5])
def test_what_is_as_desired_yields_no_operation(day: str) -> None:
    for person in people():
        desired = ldap.desired(person, day, ORG)
        seen = None if desired.state.presence is Presence.REMOVED else desired.state
        known = Known(ours=True, locked=desired.state.presence is Presence.LOCKED, spell=desired.spell)
        ref = Ref(person.subject, Kind.PERSON, person.key)
        assert plan(Subject("ldap", ref, ldap.MANAGED, REFS), desired, seen, known).operations == ()


def test_somebody_who_left_stays_locked_for_the_days_that_are_kept_and_not_one_more() -> None:
    kept = 0
    for person in people():
        for day in DAYS:
            standing, desired = states(person, day, ORG), ldap.desired(person, day, ORG, Terms(40))
            if person.facts is None or standing.left_on is None:
                continue
            if desired.state.presence is Presence.LOCKED:
                kept += 1
                assert desired.review_on is not None
                assert desired.spell == standing.left_spell
                assert ldap.desired(person, desired.review_on, ORG, Terms(40)) != desired
            assert desired.state.memberships == Memberships()
    assert kept > 100


def test_nothing_confidential_reaches_the_directory() -> None:
    """Canaries in every field of a fact, and no exact item or restricted sentence of a lock or departure."""
    for person in people():
        for day in DAYS:
            desired = ldap.desired(_with_canaries(person), day, ORG)
            assert CANARY not in repr(desired), (person.key, day)
            restricted = {each.text for each in decisions(person, day, ORG) if each.public.text != each.text}
            assert restricted.isdisjoint(_sentences(desired))
            assert [each for each in _articles(desired) if re.match(r"二\([四五]\)|三\(|四", each)] == []


def _with_canaries(person: Person) -> Person:
    if person.facts is None:
        return person
    facts, marks = person.facts, person.marks
    posts = (
        replace(each, external_organization=CANARY, position=CANARY, letter_ref=CANARY, value=f"{CANARY}{each.value}")
        for each in facts.assignments
    )
    events = (
        replace(
            each, reason=CANARY, letter_ref=CANARY, value=each.value if each.type == "hire" else f"{CANARY}{each.value}"
        )
        for each in facts.events
    )
    told = Facts(facts.category, CANARY, facts.needs, tuple(posts), tuple(events))
    rulings: tuple[Ruling, ...] = tuple(replace(each, by=CANARY, ended_by=CANARY) for each in marks.rulings)
    return replace(person, facts=told, marks=replace(marks, rulings=rulings))


def _sentences(desired: Desired) -> set[str]:
    return {desired.reason.text, *(each.text for each in desired.because.values())}


def _articles(desired: Desired) -> set[str]:
    return {desired.reason.article, *(each.article for each in desired.because.values())}


@pytest.mark.parametrize("given", acceptances(), ids=str)
def test_the_presence_of_every_check(given: Acceptance) -> None:
    for check in given.checks:
        person = replace(given.person, active=False) if given.person.facts else given.person
        if person.facts is None:
            continue  # of a plain user the mapping asks the present, not the marks
        desired = ldap.desired(person, check["date"], given.org, Terms(readings=given.readings))
        assert desired.state.presence == check["systems"]["ldap"]
        assert desired.spell == check["spell"]


def test_the_tree_of_the_table_is_whole() -> None:
    assert set(tree(GROUPS.values()).departments) == set(GROUPS)
