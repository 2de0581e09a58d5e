"""Which account belongs to whom: every rule, alone on both sides, contradictions, and that nobody is given twice."""

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.correlate import SCORES, STRONG, WEAK, Account, Match, Rule, Standing, Subject, correlate
from mappings.model import AccountState, Presence

AMBIGUOUS, PROPOSED = Standing.AMBIGUOUS, Standing.PROPOSED
ORPHAN, MISSING, LINKED = Standing.ORPHAN, Standing.MISSING, Standing.LINKED


def subject(who: str, /, wanted: bool = True, linked: str | None = None, **said: str) -> Subject:
    return Subject(who, f"E-{who}", who, wanted, _said(said), linked)


def account(id: str, /, **said: str) -> Account:
    return Account(id, AccountState("", Presence.ACTIVE, remote_id=id, name=id), _said(said))


def _said(said: dict[str, str]) -> dict[Rule, frozenset[str]]:
    return {Rule[rule.upper()]: frozenset(values.split()) for rule, values in said.items()}


def told(matches: Iterable[Match]) -> set[tuple[str, str | None, str | None, str]]:
    """(standing, account, subject or the candidates, rule)."""
    return {
        (
            each.standing.value,
            each.account.id if each.account else None,
            each.subject.subject if each.subject else ("|".join(one.subject for one in each.candidates) or None),
            each.rule.value if each.rule else "",
        )
        for each in matches
    }


@pytest.mark.parametrize("rule", [*STRONG, *WEAK])
def test_each_rule_proposes_who_is_alone_on_both_sides(rule: Rule) -> None:
    (match,) = correlate([subject("a", **{rule.name: "1"})], [account("x", **{rule.name: "1"})])
    assert (match.standing, match.rule, match.score) == (PROPOSED, rule, SCORES[rule])
    assert match.certain is (rule in STRONG), "what only a name proposes needs a decision of its own"


@pytest.mark.parametrize("rule", [*STRONG, *WEAK])
def test_two_people_of_one_value_are_namesakes_and_both_are_named(rule: Rule) -> None:
    people = [subject("a", **{rule.name: "1"}), subject("b", **{rule.name: "1"})]
    assert told(correlate(people, [account("x", **{rule.name: "1"})])) == {("ambiguous", "x", "a|b", rule.value)}


@pytest.mark.parametrize("rule", [*STRONG, *WEAK])
def test_two_accounts_of_one_value_are_duplicates_and_both_are_lines(rule: Rule) -> None:
    found = correlate([subject("a", **{rule.name: "1"})], [account(each, **{rule.name: "1"}) for each in "xy"])
    assert told(found) == {("ambiguous", each, "a", rule.value) for each in "xy"}


def test_rules_go_in_order() -> None:
    found = correlate([subject("a", key="1", login="w", mail="m")], [account("x", key="1", login="w", mail="m")])
    assert told(found) == {("proposed", "x", "a", "key")}
    assert list(SCORES.values()) == sorted(SCORES.values(), reverse=True)


def test_a_value_that_several_share_does_not_disturb_a_rule_that_is_clear() -> None:
    people = [subject("a", login="wa", mail="office"), subject("b", login="wb", mail="office")]
    found = correlate(people, [account("x", login="wa", mail="office"), account("y", login="wb", mail="office")])
    assert told(found) == {("proposed", "x", "a", "login"), ("proposed", "y", "b", "login")}


def test_what_one_strong_rule_says_another_must_not_deny() -> None:
    people = [subject("a", login="w", mail="ma"), subject("b", login="z", mail="mb")]
    assert told(correlate(people, [account("x", login="w", mail="mb")])) == {("ambiguous", "x", "a|b", "login")}


def test_a_denial_counts_even_where_the_value_is_shared() -> None:
    people = [subject("a", login="w"), subject("b", mobile="1"), subject("c", mobile="1")]
    found = correlate(people, [account("x", login="w", mobile="1")])
    assert told(found) == {("ambiguous", "x", "a|b|c", "login")}


def test_a_person_whom_two_accounts_claim_by_different_rules_is_a_duplicate() -> None:
    found = correlate([subject("a", login="w", mail="m")], [account("x", login="w"), account("y", mail="m")])
    assert told(found) == {("ambiguous", "x", "a", "login"), ("ambiguous", "y", "a", "mail")}


def test_one_who_is_linked_has_an_account_and_whatever_else_carries_the_mail_is_asked_about() -> None:
    people = [subject("a", linked="x", mail="m")]
    found = correlate(people, [account("x", mail="m"), account("y", mail="m")])
    assert told(found) == {("linked", "x", "a", ""), ("ambiguous", "y", "a", "mail")}


def test_a_link_to_an_account_that_has_gone_leaves_its_person_free() -> None:
    found = correlate([subject("a", linked="gone", key="1")], [account("x", key="1")])
    assert told(found) == {("proposed", "x", "a", "key")}


def test_who_has_left_is_thought_of_and_gets_nothing() -> None:
    found = correlate([subject("a", wanted=False, key="1")], [account("x", key="1")])
    assert told(found) == {("orphan", "x", "a", "key")}


def test_a_number_that_somebody_in_service_has_now_is_no_longer_that_of_one_who_left() -> None:
    people = [subject("old", wanted=False, mobile="1"), subject("new", mobile="1")]
    assert told(correlate(people, [account("x", mobile="1")])) == {("proposed", "x", "new", "mobile")}


def test_an_account_of_one_who_left_with_the_mail_of_one_in_service_is_asked_about() -> None:
    people = [subject("old", wanted=False, key="1", mail="m1"), subject("new", mail="m2")]
    found = correlate(people, [account("x", key="1", mail="m2")])
    assert told(found) == {("ambiguous", "x", "new|old", "key")}


def test_of_two_mails_the_one_of_a_person_in_service_never_gives_the_account_to_one_who_left() -> None:
    people = [subject("old", wanted=False, login="w", mail="m1"), subject("b", mail="m2"), subject("c", mail="m2")]
    found = correlate(people, [account("x", login="w", mail="m1 m2")])
    assert told(found) == {("ambiguous", "x", "b|c|old", "login")}


def test_names_are_asked_about_those_whom_no_other_rule_knows() -> None:
    people = [subject("a", login="w", name="王芳"), subject("b", name="王芳")]
    found = correlate(people, [account("x", login="w", name="王芳"), account("y", name="王芳")])
    assert told(found) == {("proposed", "x", "a", "login"), ("proposed", "y", "b", "name")}


def test_a_namesake_of_somebody_who_has_an_account_is_an_orphan_that_names_them() -> None:
    found = correlate([subject("a", login="w", name="王芳")], [account("x", login="w"), account("y", name="王芳")])
    assert told(found) == {("proposed", "x", "a", "login"), ("orphan", "y", "a", "name")}


def test_a_name_gives_no_account_of_somebody_who_left_to_a_namesake() -> None:
    people = [subject("old", wanted=False, key="1", name="王芳"), subject("new", name="王芳")]
    found = correlate(people, [account("x", key="1", name="王芳")])
    assert told(found) == {("orphan", "x", "old", "key"), ("missing", None, "new", "")}


def test_a_namesake_elsewhere_is_named_beside_whom_the_department_names() -> None:
    """An account may sit in the wrong department: who decides must see whom else it may belong to."""
    people = [subject("a", place="王芳@D1", name="王芳"), subject("b", place="王芳@D2", name="王芳")]
    proposed, missing = correlate(people, [account("x", place="王芳@D1", name="王芳")])
    assert (proposed.standing, proposed.subject, proposed.candidates) == (PROPOSED, people[0], (people[1],))
    assert (missing.standing, missing.subject) == (MISSING, people[1])
    both = [account(id, place="王芳@D1", name="王芳") for id in "xy"]
    assert told(correlate(people, both)) == {("ambiguous", id, "a|b", "name+department") for id in "xy"}
    has_one = [people[0], subject("b", linked="y", place="王芳@D2", name="王芳")]
    (alone, *_) = [each for each in correlate(has_one, [*both]) if each.standing is PROPOSED]
    assert alone.candidates == (), "who has an account already is not meant"


def test_whom_an_ambiguous_account_may_belong_to_is_not_passed_over_by_their_name() -> None:
    """Once the account of one who was in dispute was nobody's, and its owner was made a second one."""
    people = [subject("a", mail="m", name="王芳"), subject("b", mail="m")]
    found = correlate(people, [account("x", mail="m"), account("y", name="王芳")])
    assert told(found) == {("ambiguous", "x", "a|b", "mail"), ("ambiguous", "y", "a", "name")}


def test_who_may_be_meant_by_an_ambiguous_account_is_not_missing() -> None:
    people = [subject("a", mail="m"), subject("b", mail="m"), subject("c")]
    found = correlate(people, [account("x", mail="m")])
    assert told(found) == {("ambiguous", "x", "a|b", "mail"), ("missing", None, "c", "")}


def test_a_decision_wins_and_what_it_leaves_is_sorted_anew() -> None:
    people = [subject("a", mail="m", name="n"), subject("b", mail="m", name="n")]
    found = correlate(people, [account("x", mail="m"), account("y", mail="m")], {"x": "b"})
    assert told(found) == {("proposed", "x", "b", "decided"), ("ambiguous", "y", "a|b", "mail")}
    found = correlate(people, [account("x", key="?")], {"x": "b"})
    assert told(found) == {("proposed", "x", "b", "decided"), ("missing", None, "a", "")}


values = st.dictionaries(
    st.sampled_from([*STRONG, *WEAK]), st.frozensets(st.sampled_from("1234"), min_size=1, max_size=2), max_size=5
)
people = st.lists(st.tuples(st.booleans(), st.sampled_from([None, "x0", "x1"]), values), max_size=6)
accounts = st.lists(values, max_size=6)
decisions = st.dictionaries(st.sampled_from(["x0", "x2"]), st.sampled_from(["s0", "s3"]), max_size=2)


@settings(max_examples=400, deadline=None)
@given(people, accounts, decisions)
def test_nobody_is_given_two_accounts_and_no_account_to_two(
    people: list[tuple[bool, str | None, dict[Rule, frozenset[str]]]],
    accounts: list[dict[Rule, frozenset[str]]],
    decided: dict[str, str],
) -> None:
    linked: set[str | None] = {None}
    subjects = []
    for number, (wanted, link, said) in enumerate(people):
        once = None if link in linked else link
        linked.add(once)
        subjects.append(Subject(f"s{number}", f"E{number}", "", wanted, said, once))
    there = [Account(f"x{n}", AccountState("", Presence.ACTIVE), said) for n, said in enumerate(accounts)]
    found = correlate(subjects, there, decided)
    seen = [each.account.id for each in found if each.account]
    owners = [each.subject.subject for each in found if each.subject]
    assert sorted(seen) == sorted(each.id for each in there), "every account is one line"
    assert len(owners) == len(set(owners)), "nobody has two lines"
    for each in found:
        if each.certain and each.rule is not Rule.DECIDED:
            assert each.account
            assert each.subject
            assert each.subject.wanted
            _demand_alone(each, subjects, there)
    disputed = {one.subject for each in found if each.standing is AMBIGUOUS for one in each.candidates}
    assert {each.subject for each in subjects if each.wanted} <= set(owners) | disputed, "nobody is forgotten"


def _demand_alone(match: Match, subjects: list[Subject], there: list[Account]) -> None:
    """By the rule named, some value is borne by these two alone among those who are wanted."""
    assert match.rule
    assert match.account
    assert match.subject
    shared = match.account.said[match.rule] & match.subject.said[match.rule]
    alone = [
        value
        for value in shared
        if sum(value in each.said.get(match.rule, ()) for each in subjects if each.wanted) == 1
        and sum(value in each.said.get(match.rule, ()) for each in there) == 1
    ]
    assert alone


def test_thirty_thousand_accounts_are_sorted_in_one_walk() -> None:
    number = 30_000
    people = [subject(f"s{n}", key=str(n), name=f"n{n % 900}") for n in range(number)]
    found = correlate(people, [account(f"x{n}", key=str(n), name=f"n{n % 900}") for n in range(number)])
    assert len(found) == number
    assert {each.standing for each in found} == {PROPOSED}
