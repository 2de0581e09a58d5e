"""Letters owed: by whom, from which day; and whether they came on time (article 五, A02, A03)."""

from dataclasses import replace
from typing import Any

import pytest

from mappings.facts import AddedMember, Letter, Marks, Ruling, Span
from mappings.model import Person
from mappings.policy.letters import Owed, needs_letter, owed
from mappings.policy.punctuality import Case, case
from mappings.policy.readings import DEFAULT, Readings
from tests.policy.table import GROUPS, acceptances, calendar, tree

ORG = tree(GROUPS.values())
CALENDAR = calendar()
LATER = "2026-12-31"


def of(id: str, marks: Marks | None = None, **changed: Any) -> Person:
    """The person of a row, with other marks or facts."""
    person = next(each.person for each in acceptances() if each.id == id)
    facts = person.facts
    assert facts is not None
    return replace(person, facts=replace(facts, **changed), marks=marks or person.marks)


def lines(person: Person, day: str = LATER, readings: Readings = DEFAULT) -> list[tuple[str, str, str, list[str]]]:
    found = owed(person, day, ORG, readings)
    return [(each.item, each.phase, each.event, list(each.senders)) for each in found]


def the(person: Person, item: str, phase: str = "start", day: str = LATER) -> Owed:
    return next(each for each in owed(person, day, ORG) if (each.item, each.phase) == (item, phase))


def standing(person: Person, letter: Owed, day: str) -> Case:
    return case(letter, person.marks, day, CALENDAR)


HIRED = ("一(一)", "start", "2020-01-02", ["DT-EDU"])


def test_nothing_is_owed_before_its_day() -> None:
    assert lines(of("R204"), "2026-03-31") == [HIRED]
    assert lines(of("R204"), "2026-04-01") == [HIRED, ("二(四)", "start", "2026-04-01", ["DT-EDU"])]
    assert lines(of("R101"), "2026-03-01") == []


def test_home_alone_writes_where_the_bureau_reads_it_so() -> None:
    home = Readings(internal_secondment_senders="home")
    assert lines(of("R203"), readings=home) == [HIRED, ("二(三)", "start", "2026-03-02", ["DT-EDU"])]


def test_every_spell_has_its_opening_and_its_cancellation() -> None:
    assert lines(of("R108")) == [
        HIRED,
        ("二(六)", "start", "2024-01-01", ["DT-EDU"]),
        ("三(二)", "start", "2026-01-31", ["DT-EDU"]),
        ("一", "start", "2026-04-01", ["DT-FIN"]),
    ]
    assert [line[:3] for line in lines(of("C19"))] == [
        ("一(一)", "start", "2024-01-02"),
        ("一", "start", "2026-06-01"),
        ("三(七)", "start", "2026-06-01"),
    ]


def test_a_suspension_that_goes_on_in_a_new_spell_has_had_its_letter() -> None:
    assert [line[:3] for line in lines(of("C18"))] == [
        ("一(二)", "start", "2025-01-02"),
        ("二(五)", "start", "2026-03-02"),
        ("三(七)", "start", "2026-04-01"),
        ("一", "start", "2026-05-06"),
        ("二(五)", "end", "2026-07-01"),
    ]


def test_what_was_to_come_after_a_departure_is_owed_no_more() -> None:
    assert [line[0] for line in lines(of("C05"))] == ["一(一)", "二(四)", "三(一)"]
    assert [line[0] for line in lines(of("C10"))] == ["一(一)", "二(四)", "三(六)"]


def test_a_held_exit_is_owed_from_the_day_on_which_it_takes_effect() -> None:
    assert "三(一)" not in [line[0] for line in lines(of("C06"), "2026-06-30")]
    assert the(of("C06"), "三(一)").event == "2026-07-01"


def test_a_deletion_that_was_taken_back_is_owed_no_letter() -> None:
    assert the(of("C29"), "三(七)", day="2026-03-10").event == "2026-03-10"
    assert lines(of("C29")) == [HIRED]


def test_the_letter_of_a_departure_that_came_by_reply_may_name_the_one_that_the_roster_shows() -> None:
    person = of("C31")
    letter = the(person, "三(七)")
    assert (letter.event, set(letter.covers)) == ("2026-07-03", {"reply-says-left from 2026-07-03", "x1"})
    told = replace(person, marks=replace(person.marks, letters=(Letter("x1", "cancel", "2026-07-22"),)))
    assert standing(told, letter, LATER).state == "late"


def test_nothing_is_owed_for_a_block_and_nothing_by_a_plain_user() -> None:
    assert lines(of("R208")) == [HIRED]
    plain = next(each.person for each in acceptances() if each.id == "C36")
    assert lines(plain) == []


def test_needs_have_no_date_in_the_facts() -> None:
    letter = needs_letter(of("R206"), "2026-03-20", ORG)
    assert letter is not None
    assert (letter.item, letter.event, letter.senders, letter.rule) == (
        "二(六)",
        "2026-03-20",
        ("DT-KX",),
        "workdays-3",
    )
    assert needs_letter(of("R206"), "2026-03-01", ORG) is None
    assert needs_letter(of("R302"), "2026-10-01", ORG) is None


def test_an_office_never_writes() -> None:
    senders = {sender for each in acceptances() for one in owed(each.person, LATER, each.org) for sender in one.senders}
    assert senders
    assert [key for key in senders if ORG.departments[key].kind in ("office", "root")] == []


def test_the_public_face_of_a_letter_tells_no_item_of_a_lock_or_departure() -> None:
    found = [one for each in acceptances() for one in owed(each.person, LATER, each.org)]
    faces = {(one.item, one.public) for one in found if one.lock or one.kind == "cancel"}
    assert {public for _, public in faces} == {"二", "三"}
    assert {item for item, _ in faces} >= {"二(四)", "二(五)", "二(六)", "三(一)", "三(六)", "三(七)"}
    assert {one.public for one in found if one.item == "二(三)"} == {"二(三)"}


@pytest.mark.parametrize(
    ("recorded", "sent", "day", "state"),
    [
        (None, None, "2026-04-07", "open"),
        (None, None, "2026-04-08", "missing"),
        ("2026-03-30", None, "2026-03-31", "on-time"),
        ("2026-04-07", None, "2026-04-07", "on-time"),
        ("2026-04-08", None, "2026-04-08", "late"),
        ("2026-04-08", None, "2026-04-07", "open"),  # not on record yet
        ("2026-04-09", "2026-04-07", "2026-04-09", "on-time"),  # sent in time, recorded later
    ],
)
def test_on_time_late_missing(recorded: str | None, sent: str | None, day: str, state: str) -> None:
    letters = (Letter("s1", "change", recorded, sent=sent),) if recorded else ()
    person = of("R204", Marks(letters=letters))
    assert standing(person, the(person, "二(四)"), day).state == state


def test_the_letter_of_an_end_is_not_that_of_the_start() -> None:
    person = of("R204e", Marks(letters=(Letter("s1", "change", "2026-04-02"),)))
    assert standing(person, the(person, "二(四)"), LATER).state == "on-time"
    assert standing(person, the(person, "二(四)", "end"), LATER).state == "missing"


@pytest.mark.parametrize(
    ("letters", "day", "shares", "state"),
    [
        ((), "2026-03-05", ["open", "open"], "open"),
        ((), "2026-03-06", ["missing", "missing"], "missing"),
        ((Letter("s1", "change", "2026-03-04", senders=("DT-EDU",)),), "2026-03-05", ["on-time", "open"], "open"),
        ((Letter("s1", "change", "2026-03-04", senders=("DT-EDU",)),), "2026-03-06", ["on-time", "missing"], "missing"),
        ((Letter("s1", "change", "2026-03-04"),), "2026-03-06", ["on-time", "on-time"], "on-time"),
        (
            (
                Letter("s1", "change", "2026-03-09", senders=("DT-HEA",)),
                Letter("s1", "change", "2026-03-04", senders=("DT-EDU",)),
            ),
            "2026-03-09",
            ["on-time", "late"],
            "late",
        ),
    ],
)
def test_two_senders(letters: tuple[Letter, ...], day: str, shares: list[str], state: str) -> None:
    """Open until both are in, each judged by itself; a joint letter is both."""
    person = of("R203", Marks(letters=letters))
    found = standing(person, the(person, "二(三)"), day)
    assert [share.sender for share in found.shares] == ["DT-EDU", "DT-HEA"]
    assert [share.state for share in found.shares] == shares
    assert found.state == state


def test_nothing_is_late_by_a_provisional_deadline() -> None:
    locked = Marks(bare_locks=(Span("2026-12-30"),))
    person = of("R204", locked, assignments=of("R101").facts.assignments)  # type: ignore[union-attr]
    letter = the(person, "二(六)")
    found = standing(person, letter, "2027-06-01")
    assert (found.deadline.due, found.deadline.provisional, found.state) == ("2027-01-05", True, "open")


def test_the_letter_of_an_added_member_is_on_the_mark() -> None:
    def member(letter_on: str | None) -> Person:
        return of("R205n", Marks(added_members=(AddedMember("2026-03-16", None, "DT-FIN", letter_on=letter_on),)))

    assert standing(member("2026-03-19"), the(member(None), "二(六)"), LATER).state == "on-time"
    assert standing(member("2026-03-20"), the(member(None), "二(六)"), LATER).state == "late"
    assert standing(member(None), the(member(None), "二(六)"), LATER).state == "missing"


def test_a_reply_that_tells_of_a_death_is_cancelled_as_a_death() -> None:
    person = of("R205n", Marks(rulings=(Ruling("2026-07-03", None, "reply-says-left", "符主任", departure="death"),)))
    assert lines(person)[-1] == ("三(三)", "start", "2026-07-03", ["DT-EDU"])
