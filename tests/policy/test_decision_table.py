"""Every acceptance check of the decision table, judged purely: states, departments, articles, anomalies, letters."""

import json
from dataclasses import replace
from typing import Any

import pytest

from mappings.calendar import deadline
from mappings.model import Action
from mappings.policy.decision import RESTORED
from mappings.policy.letters import owed, own
from mappings.policy.states import because, decisions, in_service, serves, states
from tests.policy.table import (
    ROWS,
    TABLE,
    Acceptance,
    acceptances,
    answer,
    calendar,
    example_tree,
    examples,
    readings,
    subject,
)

ACCEPTANCES = acceptances()
CHECKS = [(each, check) for each in ACCEPTANCES for check in each.checks]
LETTERS = [each for each in ACCEPTANCES if each.letter]
CALENDAR = calendar()

# what facts and marks do not say: of these letters the senders and the deadline are judged, not the event
NOT_IN_THE_FACTS = {
    "R206": "needs have no date: the event is the day on which the change was received",
    "R401": "the monthly check is the bureau's own letter, of the day of the check",
    "R403": "the reply is counted from the delivery of the inquiry",
}
# what lies outside the policy of a person
NOT_OF_THE_POLICY = {
    "inquiry": "silence is judged on what the sources of activity tell: article 四",
    "http": "answers of the wire",
    "steps": "the wire's way to the marks",
}


@pytest.mark.parametrize(("given", "check"), CHECKS, ids=[check["id"] for _, check in CHECKS])
def test_check(given: Acceptance, check: dict[str, Any]) -> None:
    standing = states(given.person, check["date"], given.org, given.readings)
    assert answer(standing) == {key: check[key] for key in answer(standing)}
    assert set(check) == {"id", "date", *answer(standing)}


def test_none_is_left_out() -> None:
    """All that the file promises is judged here, or named above."""
    inquiries = [row["id"] for row in ROWS if "inquiry" in row["acceptance"]]
    judged = {"checks": len(CHECKS), "letters": len(LETTERS), "inquiries": len(inquiries), "http": len(TABLE["http"])}
    counts = TABLE["meta"]["counts"]
    assert judged == {key: counts[key] for key in judged}
    assert inquiries == ["R401", "R402", "R401n"]
    keys = {key for row in ROWS for key in row["acceptance"]} | {"http"}
    assert keys == {"title", "groups", "user", "settings", "marks", "checks", "letter", *NOT_OF_THE_POLICY}


@pytest.mark.parametrize("given", LETTERS, ids=str)
def test_letter(given: Acceptance) -> None:
    wanted = given.letter
    assert wanted is not None
    until = deadline(wanted["rule"], wanted["event"], CALENDAR)
    assert (until.due, until.provisional) == (wanted["due"], False)
    if given.id in NOT_IN_THE_FACTS:
        seen = in_service(given.person, wanted["event"], given.org, given.readings)
        assert seen is not None
        if given.id != "R401":  # the bureau writes, not the person's department
            assert list(own(seen, wanted["event"])) == wanted["senders"]
        return
    found = owed(given.person, "2026-12-31", given.org, given.readings)
    matching = [each for each in found if (each.event, list(each.senders)) == (wanted["event"], wanted["senders"])]
    assert [each.rule for each in matching] == [wanted["rule"]]
    if "letter" in given.row:
        assert matching[0].kind == given.row["letter"]["kind"] or given.id == "R404"
        assert given.id == "R404" or matching[0].item == given.row["clause"]


def test_a_letter_is_owed_for_each_fact_and_no_other() -> None:
    """Of every acceptance: the rows say which letters there are besides the one that the table dates."""
    undated = {
        each.id: [(one.item, one.event, one.phase) for one in owed(each.person, "2026-12-31", each.org, each.readings)]
        for each in ACCEPTANCES
        if each.id in ("R204e", "R205n", "R205e", "R205x", "R208", "C04", "C16", "C29", "C36")
    }
    hired = ("一(一)", "2020-01-02", "start")
    assert undated == {
        "R204e": [hired, ("二(四)", "2026-04-01", "start"), ("二(四)", "2026-10-01", "end")],
        "R205n": [hired],
        "R205e": [hired, ("二(五)", "2026-03-18", "start"), ("二(五)", "2026-07-01", "end")],
        "R205x": [hired, ("二(五)", "2026-03-18", "start")],
        "R208": [hired],
        "C04": [hired, ("二(三)", "2026-03-02", "start"), ("二(二)", "2026-05-06", "start")],
        "C16": [hired, ("三(二)", "2026-06-01", "start")],
        "C29": [hired],
        "C36": [],
    }


SENTENCES = [each for each in ACCEPTANCES if "restricted_reason" in each.row and each.row["clause"] != "四"]
ON_REPLY = [each for each in ACCEPTANCES if each.id == "R404s"]


@pytest.mark.parametrize("given", SENTENCES + ON_REPLY, ids=str)
def test_sentences(given: Acceptance) -> None:
    """The exact reason of a row is among what bears on the person on one of its days, with its public face."""
    row = given.row
    wanted = (row["restricted_reason"], row["public_reason"])
    said = [
        each
        for check in given.checks
        for each in decisions(given.person, check["date"], given.org, given.readings)
        if each.restricted.text == wanted[0]["sentence"]
    ]
    if given.id == "R206":  # all three are needed after the change: the sentence belongs to the operation
        assert said == []
        return
    assert said
    faces = {(each.item, each.public.article, each.public.text) for each in said}
    assert faces == {(wanted[0]["article"], wanted[1]["article"], wanted[1]["sentence"])}


@pytest.mark.parametrize(("given", "check"), CHECKS, ids=[check["id"] for _, check in CHECKS])
def test_the_public_face_tells_no_item_of_a_lock_or_departure(given: Acceptance, check: dict[str, Any]) -> None:
    standing = states(given.person, check["date"], given.org, given.readings)
    why = because(given.person, check["date"], given.org, given.readings)
    public = [*standing.reasons.values(), *why.values()]
    confidential = {each.text for each in standing.decisions}
    assert confidential.isdisjoint(each.text for each in public)
    locked = {reason for system, reason in standing.reasons.items() if standing.systems[system] == "locked"}
    assert {reason.article for reason in locked} <= {"二", "plain"}
    assert len(locked) <= 1
    assert why[Action.UNLOCK].article == "二"


# the example shows the exact item of a departure to the public; the table (A29, R301-2) does not, and decides
OVERRULED = {("06_retirement", "2026-04-30"): {"public_articles": ["三"]}}


@pytest.mark.parametrize(("name", "example"), list(examples()))
def test_example(name: str, example: dict[str, Any]) -> None:
    user = example.get("userAfter") or example["request"]["body"]
    org, given = example_tree(example["departments"]), readings({})
    for expected in example["expected"]:
        found = answer(states(subject(user, {}), expected["date"], org, given))
        wanted = {key: expected[key] for key in found if key in expected}
        assert found == found | wanted | OVERRULED.get((name, expected["date"]), {})
    letter = example["letter"]
    due = deadline(letter["deadline"], letter["event"], CALENDAR).due
    senders = [
        list(each.senders) for each in owed(subject(user, {}), "2027-12-31", org) if each.event == letter["event"]
    ]
    assert (due, senders) == (letter["due"], [letter["senders"]])


@pytest.mark.parametrize(
    ("id", "day", "told"),
    [
        ("R204e", "2026-10-01", [("二(四)", "2026-10-01")]),  # the last day of the lock is none without it
        ("R205e", "2026-07-01", [("二(五)", "2026-07-01")]),
        ("C01", "2026-07-01", []),  # back, and suspended: nothing was unlocked, attendance was not opened
        ("C01", "2026-09-01", [("二(四)", "2026-07-01"), ("二(五)", "2026-09-01")]),
        ("C02", "2026-05-01", []),
        ("C11", "2026-07-01", []),
        ("C11", "2026-09-01", [("二(四)", "2026-09-01")]),
        ("C35", "2026-07-06", [("二(四)", "2026-07-06")]),  # the letter came then
    ],
)
def test_an_unlock_is_told_from_its_first_day_and_not_while_another_lock_took_over(
    id: str, day: str, told: list[tuple[str, str]]
) -> None:
    """`explain` said 「解除锁定」 from the last day of the lock, and of people who were locked on."""
    given = next(each for each in ACCEPTANCES if each.id == id)
    found = decisions(given.person, day, given.org, given.readings)
    assert [(each.item, each.since) for each in found if each.public == RESTORED] == told


@pytest.mark.parametrize(("id", "held"), [("C06", True), ("C23", True), ("C20", False), ("R301", False)])
def test_a_departure_that_a_case_held_back_cites_the_reading_that_held_it(id: str, held: bool) -> None:
    given = next(each for each in ACCEPTANCES if each.id == id)
    (told,) = decisions(given.person, given.checks[-1]["date"], given.org, given.readings)
    assert ("A26" in told.readings) is held


def test_nothing_of_a_case_is_told_by_the_public_lists() -> None:
    """One lock looks like another: the public answers of R204, R205, R206b and R208 differ in attendance alone."""
    looks = {}
    for id, day in (("R204", "2026-04-01"), ("R205", "2026-03-18"), ("R206b", "2026-03-20"), ("R208", "2026-03-10")):
        given = next(each for each in ACCEPTANCES if each.id == id)
        found = answer(states(given.person, day, given.org, given.readings))
        told = {key: found[key] for key in ("public_articles", "public_anomalies", "primary", "concurrent")}
        looks[id] = json.dumps(told | {"systems": found["systems"] | {"attendance": None}})
    assert len(set(looks.values())) == 1


def test_another_date_on_the_same_hire_keeps_the_spell_and_a_second_hire_starts_none() -> None:
    """S6, H21."""
    given = next(each for each in ACCEPTANCES if each.id == "R101")
    facts = given.person.facts
    assert facts is not None
    for day in ("2026-03-01", "2026-03-02", "2026-03-09"):
        moved = replace(given.person, facts=replace(facts, events=(replace(facts.events[0], effective=day),)))
        assert states(moved, "2026-03-10", given.org).spell == "h1"
        assert states(moved, "2026-02-27", given.org).review_on == day


def test_who_may_be_added_to_a_department() -> None:
    """S4: somebody with a spell now or to come."""
    may = {
        (each.id, day): serves(each.person, day, each.org, each.readings)
        for each in ACCEPTANCES
        for day in ("2026-02-01", "2026-12-01")
        if each.id in ("R101", "R302", "R108", "C36", "R404s", "C39")
    }
    assert may == {
        ("R101", "2026-02-01"): True,
        ("R101", "2026-12-01"): True,
        ("R302", "2026-02-01"): True,
        ("R302", "2026-12-01"): False,
        ("R108", "2026-02-01"): True,  # left, and hired again in April
        ("R108", "2026-12-01"): True,
        ("C36", "2026-02-01"): False,
        ("C36", "2026-12-01"): False,
        ("R404s", "2026-02-01"): True,
        ("R404s", "2026-12-01"): True,
        ("C39", "2026-02-01"): True,
        ("C39", "2026-12-01"): False,
    }
