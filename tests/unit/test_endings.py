"""Which planned ends somebody has to decide about: those that the roster leaves open, of somebody in service."""

from typing import Any

import pytest

from mappings.facts import NO_MARKS, Assignment, Facts, Marks, Ruling, StatusEvent
from mappings.model import Department, Org, Person
from mappings.policy.endings import endings, first_end

DAY, END = "2026-09-20", "2026-09-30"
ORG = Org(
    {
        key: Department(f"s-{key}", key, key, key, kind, parent)
        for key, parent, kind in (("D0", None, "root"), ("EDU", "D0", "gov"), ("EDU-1", "EDU", "office"))
    }
)
HOME = Assignment("a1", "primary", "internal", "2020-01-02", department="EDU-1")
HIRE = StatusEvent("h1", "hire", "2020-01-02", entry_route="recruited")


def away(**more: Any) -> Assignment:
    usual: dict[str, Any] = {"planned_end": END, "sending_department": "EDU-1", "external_organization": "省厅"}
    return Assignment("s1", "secondment", "outbound", **({"start": "2026-04-01"} | usual | more))


def case(**more: Any) -> StatusEvent:
    usual: dict[str, Any] = {"value": "c1", "type": "investigation", "effective": "2026-04-01", "work_suspended": True}
    return StatusEvent(**(usual | {"end": END} | more))


def found(*told: Assignment | StatusEvent, hire: StatusEvent = HIRE, marks: Marks = NO_MARKS) -> list[tuple[str, ...]]:
    posts = tuple(each for each in told if isinstance(each, Assignment))
    events = tuple(each for each in told if isinstance(each, StatusEvent))
    home = () if hire.entry_route == "secondment-in" else (HOME,)
    facts = Facts("administrative", assignments=(*home, *posts), events=(hire, *events))
    person = Person("p", "E1", "login", "name", created="2020-01-02", facts=facts, marks=marks)
    those = endings(person, DAY, ORG)
    if those:
        assert first_end(facts, DAY) == min(each.planned_end for each in those), "who has one is found by it"
    return [(each.kind, each.fact, each.planned_end, each.department or "") for each in those]


def test_of_a_posting_outside_its_own_department_decides() -> None:
    assert found(away()) == [("outbound", "s1", END, "EDU")]


def test_of_a_stay_from_outside_the_host_decides() -> None:
    stay = Assignment("i1", "secondment", "inbound", "2026-04-01", department="EDU-1", planned_end=END)
    hire = StatusEvent("h1", "hire", "2026-04-01", entry_route="secondment-in")
    assert found(stay, hire=hire) == [("inbound", "i1", END, "EDU")]


@pytest.mark.parametrize("outcome", [None, "expulsion", "judicial-referral"])
def test_of_a_suspension_that_no_outcome_in_the_post_has_ended(outcome: str | None) -> None:
    assert found(case(outcome=outcome)) == [("lock", "c1", END, "EDU")]


def test_of_another_lock_until_its_day() -> None:
    lock = StatusEvent("o1", "other-lock", "2026-04-01", end=END)
    assert found(lock) == [("lock", "o1", END, "EDU")]
    assert found(StatusEvent("o1", "other-lock", "2026-04-01", end="2026-09-19")) == [], "it is over"


def test_past_ones_stay_until_the_roster_shows_more() -> None:
    assert found(away(planned_end="2026-05-01")) == [("outbound", "s1", "2026-05-01", "EDU")]
    assert found(case(end="2026-05-01")) == [("lock", "c1", "2026-05-01", "EDU")]


@pytest.mark.parametrize(
    "told",
    [
        away(end=END),
        away(planned_end=None),
        away(start="2026-09-21"),
        away(relation_transferred=True),
        Assignment("s1", "secondment", "internal", "2026-04-01", department="EDU", planned_end=END),
        case(end=None),
        case(work_suspended=False),
        case(outcome="cleared"),
        case(effective="2026-09-21"),
        StatusEvent("o1", "other-lock", "2026-04-01"),
    ],
)
def test_nobody_decides_about_what_has_its_end_or_has_none(told: Assignment | StatusEvent) -> None:
    assert found(told) == []


def test_nobody_decides_about_somebody_who_has_left() -> None:
    assert found(away(), StatusEvent("x1", "resignation", "2026-09-01")) == []
    assert found(away(), marks=Marks(rulings=(Ruling("2026-09-01", None, "reply-says-left", "符主任"),))) == []


def test_nor_before_the_hire_or_of_a_spell_that_is_over() -> None:
    assert found(away(), hire=StatusEvent("h1", "hire", "2026-09-21", entry_route="recruited")) == []
    again = StatusEvent("h2", "hire", "2026-09-10", entry_route="recruited")
    assert found(away(), StatusEvent("x1", "resignation", "2026-09-01"), again) == []
