"""What docs/decisions/0011 decided where the table leaves a choice: one small life for each line of it."""

from dataclasses import dataclass, field

import pytest

from mappings.facts import AccessNeeds, AddedMember, Assignment, Facts, Letter, Marks, Ruling, Span, StatusEvent
from mappings.model import Person
from mappings.policy.days import NEVER, day_after, day_before, days_after
from mappings.policy.readings import DEFAULT, Readings
from mappings.policy.states import states
from tests.policy.table import GROUPS, tree

ORG = tree(GROUPS.values())
ALL = Readings(letter_gate="all", letter_gate_from="2026-01-01")
MAIN = Assignment("a1", "primary", "internal", "2026-01-05", department="DT-EDU")
HIRE = StatusEvent("h1", "hire", "2026-01-05", entry_route="recruited")
GUEST = StatusEvent("h1", "hire", "2026-01-05", entry_route="secondment-in")


def event(type: str, day: str, end: str | None = None, value: str = "e1", **more: object) -> StatusEvent:
    return StatusEvent(value, type, day, end, **more)  # type: ignore[arg-type]


def case(day: str, end: str | None = None, outcome: str | None = None, suspended: bool = True) -> StatusEvent:
    return event("investigation", day, end, "i1", work_suspended=suspended, outcome=outcome)


def outside(start: str, end: str | None = None, kind: str = "secondment", away: bool = False) -> Assignment:
    return Assignment("s1", kind, "outbound", start, end, sending_department="DT-EDU", relation_transferred=away)


def post(
    value: str, start: str, end: str | None = None, kind: str = "primary", department: str = "DT-FIN"
) -> Assignment:
    scope = "inbound" if kind in ("secondment", "attachment") else "internal"
    return Assignment(value, kind, scope, start, end, department=department)


@dataclass
class Life:
    """What is said of somebody, and `looks`: day -> (LDAP, attendance, articles, anomalies)."""

    looks: dict[str, str]
    events: tuple[StatusEvent, ...] = (HIRE,)
    posts: tuple[Assignment, ...] = (MAIN,)
    marks: Marks = field(default_factory=Marks)
    category: str = "administrative"
    readings: Readings = DEFAULT


HIRED_AGAIN = event("hire", "2026-05-06", value="h2", entry_route="recruited")
NEXT_POST = post("a2", "2026-05-06")
LEFT = event("resignation", "2026-04-01", value="x1")

LIVES = {
    "a deletion counts as long as it stands, whatever hire is dated after it": Life(
        {"2026-05-05": "removed removed 三(七) no-reason", "2026-05-06": "removed removed 三(七) no-reason"},
        (HIRE, HIRED_AGAIN),
        (MAIN, NEXT_POST),
        Marks(deleted=(Span("2026-04-01"),)),
    ),
    "a deletion before the report day": Life(
        {"2026-01-04": "removed removed not-yet-joined", "2026-01-05": "removed removed 三(七) no-reason"},
        marks=Marks(deleted=(Span("2025-12-01"),)),
    ),
    "a deletion that ended the day before the hire begins a new spell": Life(
        {"2026-05-06": "active active 一"},
        (HIRE, HIRED_AGAIN),
        (MAIN, NEXT_POST),
        Marks(deleted=(Span("2026-04-01", "2026-05-05"),)),
    ),
    "a deletion that ended two days before the hire does not": Life(
        {"2026-05-05": "active active 一", "2026-05-06": "active active 一 hire-without-departure several-primary"},
        (HIRE, HIRED_AGAIN),
        (MAIN, NEXT_POST),
        Marks(deleted=(Span("2026-04-01", "2026-05-04"),)),
    ),
    "a lock from between two spells belongs to the next": Life(
        {
            "2026-04-20": "removed removed 三(二)",
            "2026-05-06": "locked active 二(六)",
            "2026-06-01": "active active 一",
        },
        (HIRE, LEFT, HIRED_AGAIN, event("other-lock", "2026-04-10", "2026-05-31", "l1")),
        (MAIN, NEXT_POST),
    ),
    "a lock from the spell before is dead": Life(
        {"2026-03-31": "locked active 二(六)", "2026-05-06": "active active 一"},
        (HIRE, LEFT, HIRED_AGAIN, event("other-lock", "2026-03-31", "2026-05-31", "l1")),
        (MAIN, NEXT_POST),
    ),
    "a departure on the first report day": Life(
        {"2026-01-05": "removed removed 三(二)"}, (HIRE, event("resignation", "2026-01-05"))
    ),
    "a departure on the day of the second hire, the first spell long over": Life(
        {"2026-05-05": "removed removed 三(二)", "2026-05-06": "removed removed 三(五)"},
        (HIRE, LEFT, HIRED_AGAIN, event("dismissal", "2026-05-06")),
        (MAIN, NEXT_POST),
    ),
    "a reply that says left is not ended by a hire that follows no departure": Life(
        {
            "2026-04-01": "locked active 二(五) exit-barred-during-investigation reply-says-left",
            "2026-05-06": "locked active 二(五) exit-barred-during-investigation hire-without-departure "
            "reply-says-left",
        },
        (HIRE, case("2026-03-02", suspended=False), HIRED_AGAIN),
        marks=Marks(rulings=(Ruling("2026-04-01", None, "reply-says-left"),)),
    ),
    "a reply of the day of the first hire is ended by it": Life(
        {"2026-01-05": "active active 一"}, marks=Marks(rulings=(Ruling("2026-01-05", None, "reply-says-left"),))
    ),
    "an inbound person who comes back under a suspension gets no attendance": Life(
        {
            "2026-03-31": "locked active 二(五)",
            "2026-04-01": "removed removed 三(六)",
            "2026-05-06": "locked removed 二(五)",
            "2026-06-01": "active active 一",
        },
        (GUEST, case("2026-03-02", "2026-05-31", "cleared")),
        (post("a1", "2026-01-05", "2026-03-31", "secondment"), post("a2", "2026-05-06", None, "secondment")),
    ),
    "an opening whose letter comes during a suspension opens no attendance": Life(
        {
            "2026-01-12": "removed removed 二(五) opening-waits-for-letter",
            "2026-01-19": "locked removed 二(五)",
            "2026-02-01": "active active 一",
        },
        (HIRE, case("2026-01-12", "2026-01-31", "cleared")),
        marks=Marks(letters=(Letter("h1", "open", "2026-01-19"), Letter("i1", "change", "2026-01-31", "end"))),
        readings=ALL,
    ),
    "of departures of one day the lower item tells": Life(
        {"2026-04-01": "removed removed 三(二)"},
        (HIRE, event("dismissal", "2026-04-01", value="a"), event("resignation", "2026-04-01", value="b")),
        marks=Marks(deleted=(Span("2026-04-01"),)),
    ),
    "going home yields to any other departure": Life(
        {"2026-04-01": "removed removed 三(六)", "2026-04-20": "removed removed 三(二)"},
        (GUEST, event("resignation", "2026-04-20")),
        (post("a1", "2026-01-05", "2026-03-31", "attachment"),),
    ),
    "a post of any kind outside counts": Life(
        {"2026-03-02": "locked removed 二(四)"}, posts=(MAIN, outside("2026-03-02", None, "concurrent"))
    ),
    "a posting with the relation transferred that is open on the first report day": Life(
        {"2026-01-05": "removed removed 三(六)"}, posts=(MAIN, outside("2025-06-02", None, away=True))
    ),
    "one that ended before it": Life(
        {"2026-01-05": "active active 一"}, posts=(MAIN, outside("2025-06-02", "2025-12-31", away=True))
    ),
    "a block that names OA locks OA alone": Life(
        {"2026-03-02": "active active 二(六)"},
        marks=Marks(rulings=(Ruling("2026-03-02", None, "block", systems=("oa",)),)),
    ),
    "a case that ended without an outcome is raised without suspension too, and still bars": Life(
        {
            "2026-03-31": "active active 一 investigation-ended-without-outcome",
            "2026-04-01": "locked active 二(五) exit-barred-during-investigation investigation-ended-without-outcome",
        },
        (HIRE, case("2026-02-02", "2026-03-02", suspended=False), LEFT),
    ),
    "with barred_departure = remove nothing is held": Life(
        {"2026-04-01": "removed removed 三(二)"},
        (HIRE, case("2026-03-02"), LEFT),
        readings=Readings(barred_departure="remove"),
    ),
    "a block, a deletion and a reply give back what they took, under a suspension too": Life(
        {
            "2026-03-02": "locked active 二(五)",
            "2026-03-10": "removed removed 三(七) no-reason",
            "2026-03-12": "locked active 二(五)",
        },
        (HIRE, case("2026-03-02")),
        marks=Marks(deleted=(Span("2026-03-10", "2026-03-11"),)),
        category="gov-employee",
    ),
    "a roster that writes 9999-12-31 for open": Life(
        {"2026-03-02": "locked removed 二(四)", "2026-03-01": "active active 一"},
        posts=(post("a1", "2026-01-05", "9999-12-31"), outside("2026-03-02", "9999-12-31")),
    ),
    "somebody of whom nothing is needed": Life(
        {"2026-03-02": "removed removed 一 needs-missing"}, category="outsourced"
    ),
}


@pytest.mark.parametrize("name", LIVES)
def test_life(name: str) -> None:
    life = LIVES[name]
    person = Person(
        "s1", "E1", "a", facts=Facts(life.category, assignments=life.posts, events=life.events), marks=life.marks
    )
    for day, expected in life.looks.items():
        found = states(person, day, ORG, life.readings)
        said = [found.systems["ldap"], found.systems["attendance"], *found.articles, *found.anomalies]
        assert " ".join(said) == expected, day


@pytest.mark.parametrize(
    ("day", "concurrent", "anomalies"),
    [
        ("2026-03-02", (), ("change-waits-for-letter", "concurrent-without-letter")),
        ("2026-03-09", ("DT-FIN",), ()),
    ],
)
def test_an_added_member_waits_for_its_letter_too(
    day: str, concurrent: tuple[str, ...], anomalies: tuple[str, ...]
) -> None:
    added = AddedMember("2026-03-02", None, "DT-FIN", letter_on="2026-03-09")
    marks = Marks(added_members=(added,), letters=(Letter("h1", "open", "2026-01-05"),))
    found = states(
        Person("s1", "E1", "a", facts=Facts("other", "none", AccessNeeds(oa=True), (MAIN,), (HIRE,)), marks=marks),
        day,
        ORG,
        ALL,
    )
    assert (found.concurrent, found.anomalies) == (concurrent, anomalies)


def test_days_at_the_ends_of_the_calendar() -> None:
    assert day_after("9999-12-31") == NEVER > "9999-12-31"
    assert day_before(NEVER) == "9999-12-31"
    assert day_before("0001-01-01") < "0001-01-01"
    assert days_after("9999-12-01", 31) == NEVER
    assert (day_after("2028-02-28"), day_before("2028-03-01")) == ("2028-02-29", "2028-02-29")
