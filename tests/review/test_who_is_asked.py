"""The pure part: windows, addressees, every inquiry of the decision table, and who waits for a letter."""

from dataclasses import replace
from datetime import datetime

import pytest

from mappings import activity, review
from mappings.activity import Evidence, Known, Watch
from mappings.calendar import deadline
from mappings.facts import Ruling
from mappings.model import Action, Org, Person, Presence
from mappings.policy.readings import Readings
from mappings.review import Account, Routing, State, Window, month_back
from tests.policy.table import GROUPS, Acceptance, acceptances, calendar, tree

OFFICES = Routing("both", "DT-PTY", "DT-GOV")
INQUIRIES = [each for each in acceptances() if "inquiry" in each.row["acceptance"]]
THERE = Account("done", there=True, presence=Presence.ACTIVE)
ACTIVE = State(Presence.ACTIVE)


@pytest.mark.parametrize(
    ("at", "back"),
    [
        ("2026-03-31T09:00:00+08:00", "2026-02-28T09:00:00+08:00"),
        ("2028-03-30T09:00:00+08:00", "2028-02-29T09:00:00+08:00"),
        ("2026-05-31T00:00:00+08:00", "2026-04-30T00:00:00+08:00"),
        ("2026-07-01T09:00:00+08:00", "2026-06-01T09:00:00+08:00"),
        ("2026-01-05T08:30:00+08:00", "2025-12-05T08:30:00+08:00"),
        ("2026-02-28T23:59:59+08:00", "2026-01-28T23:59:59+08:00"),
        ("2026-02-28T17:00:00+00:00", "2026-02-01T01:00:00+08:00"),  # March 1 in Asia/Shanghai
    ],
)
def test_the_window_is_a_rolling_month(at: str, back: str) -> None:
    assert month_back(datetime.fromisoformat(at)) == datetime.fromisoformat(back)


def window_of(at: str) -> Window:
    end = datetime.fromisoformat(at)
    return Window(month_back(end), end)


def test_its_days_are_those_that_it_touches() -> None:
    nine, midnight = window_of("2026-07-01T09:00:00+08:00"), window_of("2026-06-30T16:00:00+00:00")
    assert (nine.first, nine.last) == (midnight.first, midnight.last) == ("2026-06-01", "2026-07-01")


def test_the_table_has_its_inquiries() -> None:
    assert [each.id for each in INQUIRIES] == ["R401", "R402", "R401n"]


@pytest.mark.parametrize("case", INQUIRIES, ids=str)
def test_every_inquiry_of_the_table(case: Acceptance) -> None:
    """Each terminal that the activity names was watched; a system or terminal that it does not name was not."""
    said = case.row["acceptance"]["inquiry"]
    window = window_of(said["check"])
    stood = review.through(case.person, window, case.org, case.readings)
    verdicts = {}
    for system in ("oa", "wecom", "attendance"):
        used = said["activity"].get(system, {})
        span = activity.span(
            system, [Watch(each, "log", window.start, window.end) for each in used], window.start, window.end
        )
        found = tuple(Evidence(each, "log", "proof", datetime.fromisoformat(at)) for each, at in used.items() if at)
        assert review.left_out(review.states(stood, system), THERE) is None
        verdicts[system] = activity.verdict(Known(found), span).state
    assert [system for system, verdict in verdicts.items() if verdict == "silent"] == said["silent"]
    assert [system for system, verdict in verdicts.items() if verdict == "no-data"] == said["noData"]
    asked = review.asked(case.person, review.primary_of(case.person, case.org, stood), case.org, OFFICES)
    assert list(asked.to if said["silent"] else ()) == said["addressees"]


@pytest.mark.parametrize("id", ["R401", "R403"])
def test_whoever_is_asked_is_who_owes_the_reply(id: str) -> None:
    """R403: the department that is asked answers within three working days of the delivery."""
    case = next(each for each in acceptances() if each.id == id)
    stood = review.through(case.person, window_of("2026-07-01T09:00:00+08:00"), case.org, case.readings)
    asked = review.asked(case.person, review.primary_of(case.person, case.org, stood), case.org, OFFICES)
    assert asked.to == ("DT-EDU",)
    assert case.letter is not None
    rule = deadline(case.letter["rule"], case.letter["event"], calendar())
    assert (rule.due, case.letter["senders"]) == (case.letter["due"], ["DT-EDU"] if id == "R403" else ["DT-KX"])


def test_a_leader_of_one_office_and_of_both() -> None:
    leader = next(each for each in INQUIRIES if each.id == "R402").person
    org = tree(GROUPS.values())
    assert leader.facts is not None
    found = {}
    for routing in ("both", "own"):
        for level in ("district-party", "district-government", "district-both", "none"):
            one = replace(leader, facts=replace(leader.facts, leader_level=level))
            found[routing, level] = review.asked(one, "DT-EDU-1", org, replace(OFFICES, leaders=routing))
    both = ("DT-PTY", "DT-GOV")
    assert {key: each.to for key, each in found.items()} == {
        ("both", "district-party"): both,
        ("both", "district-government"): both,
        ("both", "district-both"): both,
        ("both", "none"): ("DT-EDU",),
        ("own", "district-party"): ("DT-PTY",),
        ("own", "district-government"): ("DT-GOV",),
        ("own", "district-both"): both,
        ("own", "none"): ("DT-EDU",),
    }
    assert {each.leader for key, each in found.items() if key[1] != "none"} == {True}
    assert {each.department for each in found.values()} == {"DT-EDU"}, "of whom it is, whoever is asked"


def test_nobody_is_asked_of_the_district_itself_nor_of_a_department_that_is_gone() -> None:
    person, org = Person("s", "E1", "e1"), tree(GROUPS.values())
    assert [review.asked(person, key, org, OFFICES).to for key in ("DT-D0", "NONE", None)] == [(), (), ()]
    leader = next(each for each in INQUIRIES if each.id == "R402").person
    assert review.asked(leader, "DT-EDU", org, Routing()).to == ()


@pytest.mark.parametrize("missing", [None, "GONE"])
def test_what_goes_to_both_offices_never_goes_to_one_alone(missing: str | None) -> None:
    """A15: where one is not set, or no department any more, nobody is asked, and the list says so."""
    leader, org = next(each for each in INQUIRIES if each.id == "R402").person, tree(GROUPS.values())
    half = replace(OFFICES, party=missing)
    assert review.asked(leader, "DT-EDU", org, half).to == ()
    assert review.asked(leader, "DT-EDU", org, replace(half, leaders="own")).to == ("DT-GOV",)
    joint = replace(OFFICES, party=OFFICES.government)
    assert review.asked(leader, "DT-EDU", org, joint).to == ("DT-GOV",), "one office may be both"


def test_what_waits_for_its_letter_is_not_opened() -> None:
    """A02: no letter of the opening is on record; no account may exist."""
    case = next(each for each in INQUIRIES if each.id == "R401")
    gated = Readings(letter_gate="open", letter_gate_from="2000-01-01")
    stood = review.through(case.person, window_of("2026-07-01T09:00:00+08:00"), case.org, gated)
    assert review.left_out(review.states(stood, "oa"), THERE) == "not-opened"


def test_a_plain_user_where_the_system_is_open_to_such() -> None:
    window = window_of("2026-07-01T00:00:00+08:00")
    old = Person("s", "E1", "e1", created="2025-01-01")

    def why(person: Person, was_off: bool = False, opened: bool = True) -> str | None:
        states = review.plain_states(person, window, "oa", opened=opened, was_off=was_off)
        return review.left_out(states, THERE)

    block = Ruling("2026-06-03", "2026-06-04", systems=("oa",))
    assert [
        why(old),
        why(replace(old, created="2026-06-02")),
        why(replace(old, removed="2026-06-15")),
        why(replace(old, active=False)),
        why(old, was_off=True),
        why(old, opened=False),
        why(replace(old, marks=replace(old.marks, rulings=(block,)))),
    ] == [None, "new", "removed", "locked", "unlocked", "not-needed", "unlocked"]


@pytest.mark.parametrize(
    ("account", "why"),
    [
        (THERE, None),
        (replace(THERE, sent=[Action.CREATE]), "new"),
        (replace(THERE, sent=[Action.REMOVE, Action.CREATE]), "new"),
        (replace(THERE, sent=[Action.LOCK]), "unlocked"),
        (replace(THERE, protected=True, state="parked"), "protected"),
        (replace(THERE, there=False), "absent"),
        (replace(THERE, state="gone"), "absent"),
        (review.NO_ACCOUNT, "absent"),
        (replace(THERE, presence=Presence.LOCKED), "not-active"),
    ],
)
def test_what_is_on_record_of_an_account(account: Account, why: str | None) -> None:
    assert review.left_out([ACTIVE], account) == why
    assert review.left_out([State(Presence.LOCKED, review.LOCKED)], account) == "locked", "the policy comes first"


def test_no_reason_that_a_lock_could_be_told_from_is_public() -> None:
    shown = {each: review.public(each) for each in review.REASONS}
    hidden = {each for each, face in shown.items() if face == review.NOT_THROUGHOUT}
    assert hidden == {"new", "locked", "unlocked", "removed", "needs-changed", "not-active"}
    assert all(face == each for each, face in shown.items() if each not in hidden)


def test_an_empty_tree_asks_nobody() -> None:
    assert review.asked(Person("s", "E1", "e1"), "DT-EDU", Org(), OFFICES) == ("DT-EDU", "DT-EDU", False, ())
