"""An invented roster through a year, judged by two evaluators that share no code; order, and days to come."""

import os
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from mappings.model import Person
from mappings.policy.days import day_after
from mappings.policy.letters import owed
from mappings.policy.states import standing, states
from tests.policy.naive import Life
from tests.policy.people import DEPARTMENTS, Invented, invented, shuffled
from tests.policy.table import GROUPS, TABLE, Acceptance, acceptances, answer, days, readings, subject, tree

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
BEGIN = date(2025, 11, 1)  # what happens before the year is part of the lives
PEOPLE = int(os.environ.get("PEOPLE", "300"))  # PEOPLE=5000 make test ARGS="-k no_difference_on_any_day"
LOTS = 10
ORG = tree(GROUPS.values())


def person_of(number: int) -> tuple[Invented, Person]:
    one = invented(number, BEGIN, LAST)
    return one, subject(one.user, one.marks)


@pytest.mark.parametrize("lot", range(LOTS))
def test_no_difference_on_any_day_of_the_year(lot: int) -> None:
    compared = 0
    for number in range(lot, PEOPLE, LOTS):
        one, person = person_of(number)
        given = readings({"settings": one.settings})
        for day, expected in Life(one.user, one.marks, GROUPS.values(), one.settings).walk(LAST):
            if day >= FIRST:
                found = answer(standing(person, day.isoformat(), ORG, given))
                assert found == expected, (number, day, one)
                compared += 1
    assert compared > 300 * PEOPLE // LOTS


@pytest.mark.parametrize("given", acceptances(), ids=str)
def test_the_second_evaluator_knows_the_table_too(given: Acceptance) -> None:
    acceptance = given.row["acceptance"]
    settings, groups = acceptance.get("settings") or {}, [GROUPS[key] for key in acceptance["groups"]]
    last = date.fromisoformat(max(check["date"] for check in given.checks))
    first = date.fromisoformat(min(check["date"] for check in given.checks))
    lived = dict(Life(acceptance["user"], acceptance.get("marks") or {}, groups, settings).walk(last, first))
    for check in given.checks:
        found = lived[date.fromisoformat(check["date"])]
        assert found == {key: check[key] for key in found}, check["id"]


def test_the_roster_is_crowded_enough() -> None:
    """Every anomaly, every article and every pair of locks occurs, or the comparison would prove little."""
    seen = Counter[str]()
    for number in range(PEOPLE):
        one, person = person_of(number)
        given = readings({"settings": one.settings})
        for day in days(FIRST.isoformat(), LAST.isoformat()):
            if day[8:] in ("01", "11", "21"):
                found = standing(person, day, ORG, given)
                seen.update([*found.anomalies, "+".join(found.articles), *found.articles])
                seen["spell again"] += found.spell not in (None, *_first_hire(person))
    wanted = {*TABLE["anomalies"], "plain", "spell again", "二(五)+二(四)", "二(五)+二(六)", "二(六)+二(四)"}
    wanted |= {f"三({item})" for item in "一二三四五六七"} | {"一"}
    assert {name for name in wanted if seen[name] < 5} == set()


def _first_hire(person: Person) -> list[str]:
    hires = [each for each in person.facts.events if each.type == "hire"] if person.facts else []
    return [each.value for each in sorted(hires, key=lambda each: (each.effective, each.value))[:1]]


@pytest.mark.parametrize("seed", range(20))
def test_the_same_facts_in_another_order_give_the_same_end(seed: int) -> None:
    for number in range(seed, PEOPLE, 20):
        one, person = person_of(number)
        given, other = readings({"settings": one.settings}), shuffled(one, seed)
        again = subject(other.user, other.marks)
        for month in range(1, 13):
            day = f"2026-{month:02}-{seed + 1:02}"
            if person.facts is not None:  # of a plain user the order of joining is a fact itself
                assert states(person, day, ORG, given) == states(again, day, ORG, given), (number, day)
                assert owed(person, day, ORG, given) == owed(again, day, ORG, given), (number, day)


def test_facts_that_are_told_twice_or_late_change_nothing_but_the_day_of_telling() -> None:
    """A fact acts on its date: told one by one in any order, the last answer is that of all of them."""
    for number in range(0, PEOPLE, 7):
        _, person = person_of(number)
        if person.facts is None:
            continue
        facts = person.facts
        told = replace(person, facts=replace(facts, assignments=(), events=()))
        for fact in Random(number).sample([*facts.assignments, *facts.events], len(facts.assignments + facts.events)):
            known = told.facts
            assert known is not None
            if fact in facts.assignments:
                known = replace(known, assignments=(*known.assignments, fact))
            else:
                known = replace(known, events=(*known.events, fact))
            told = replace(told, facts=known)
        assert states(told, "2026-12-31", ORG) == states(person, "2026-12-31", ORG)


@pytest.mark.parametrize("lot", range(LOTS))
def test_the_answer_changes_by_itself_on_the_day_that_was_announced_and_on_no_other(lot: int) -> None:
    for number in range(lot, PEOPLE // 3, LOTS):
        one, person = person_of(number)
        given = readings({"settings": one.settings})
        day, announced, before = "2025-12-31", None, None
        while day <= "2027-03-31":
            now = standing(person, day, ORG, given)
            if before is None or now != before:
                assert before is None or day == announced, (number, day, announced)
                announced, before = states(person, day, ORG, given).review_on, now
            else:
                assert day != announced, (number, day)
            day = day_after(day)


def test_a_day_that_is_announced_is_the_next_one_from_any_day() -> None:
    for number in range(40):
        one, person = person_of(number)
        given = readings({"settings": one.settings})
        for day in days("2026-03-01", "2026-03-31"):
            review = states(person, day, ORG, given).review_on
            if review is not None:
                eve = (date.fromisoformat(review) - timedelta(days=1)).isoformat()
                looks = [standing(person, each, ORG, given) for each in (day, eve, review)]
                assert looks[0] == looks[1] != looks[2]


def test_the_departments_of_an_invented_person_are_in_the_tree() -> None:
    assert set(DEPARTMENTS) <= set(ORG.departments)
