"""Working days and deadlines: all of `deadlines.csv`, and what is said of days that no plan covers."""

import csv
import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.calendar import RULES, Calendar, civil_day, deadline
from tests.policy.table import HERE, calendar

CALENDAR = calendar()
ROWS = list(csv.DictReader((HERE / "deadlines.csv").read_text(encoding="utf-8").splitlines()))
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31)).map(date.isoformat)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['no']} {row['clause']} {row['event'][:10]}" for row in ROWS])
def test_worked_example(row: dict[str, str]) -> None:
    found = deadline(row["rule"], civil_day(row["event"]), CALENDAR)
    assert (found.due, found.provisional) == (row["due_date"], row["status"] == "provisional")
    assert date.fromisoformat(found.due).strftime("%a") == row["due_weekday"]


def test_there_are_twenty_of_them() -> None:
    assert [int(row["no"]) for row in ROWS] == list(range(1, 21))
    assert {row["rule"] for row in ROWS} == {"same-day", "workdays-3"}


def test_the_plans_are_whole() -> None:
    """Every worked Saturday and Sunday is one, and each year gives as many days off as its notice."""
    plan = json.loads((HERE / "calendar.json").read_text(encoding="utf-8"))
    assert [day for day in CALENDAR.makeup if date.fromisoformat(day).weekday() < 5] == []
    assert CALENDAR.makeup.isdisjoint(CALENDAR.holidays)
    off = {year: len([day for day in CALENDAR.holidays if day.startswith(year)]) for year in ("2025", "2026")}
    assert off == {"2025": 28, "2026": 33}
    assert plan["makeup"] == sorted(CALENDAR.makeup)


@pytest.mark.parametrize(
    ("event", "day"),
    [
        ("2026-03-02", "2026-03-02"),
        ("2026-03-02T15:59:59Z", "2026-03-02"),
        ("2026-03-02T17:00:00Z", "2026-03-03"),
        ("2026-03-02T23:59:59.999+08:00", "2026-03-02"),
        ("2026-03-02T09:00:00", "2026-03-02"),
        ("2028-02-28T20:00:00+00:00", "2028-02-29"),
    ],
)
def test_the_day_of_an_instant_is_that_of_shanghai(event: str, day: str) -> None:
    assert civil_day(event) == day


def test_what_comes_after_closing_time_counts_the_next_day() -> None:
    assert civil_day("2026-03-02T17:30:00+08:00", "17:30") == "2026-03-02"
    assert civil_day("2026-03-02T17:30:01+08:00", "17:30") == "2026-03-03"


@pytest.mark.parametrize("event", ["2026-02-30", "soon", "2026-3-2", "2026-03-02T25:00:00Z"])
def test_a_day_that_is_none_is_refused(event: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        civil_day(event)


@pytest.mark.parametrize(
    ("rule", "event", "due", "provisional"),
    [
        ("same-day", "2026-12-24", "2026-12-24", False),
        ("same-day", "2026-12-25", "2026-12-25", True),  # later plans have moved the last days of a year
        ("same-day", "2027-01-01", "2027-01-04", True),
        ("workdays-3", "2026-12-21", "2026-12-24", False),
        ("workdays-3", "2026-12-22", "2026-12-25", True),
        ("workdays-3", "2027-04-30", "2027-05-05", True),  # of the statutory days alone May 1 and 2 are assumed
        ("workdays-3", "2027-09-30", "2027-10-06", True),
        ("monthly", "2026-07-01", "2026-07-01", False),
        ("monthly", "2026-07-02", "2026-08-03", False),
        ("monthly", "2026-08-01", "2026-08-03", False),
        ("monthly", "2026-10-01", "2026-10-08", False),
        ("monthly", "2026-02-02", "2026-02-02", False),
        ("monthly", "2026-12-02", "2027-01-04", True),
        ("same-day", "2024-05-06", "2024-05-06", True),  # before the first plan that was passed in
    ],
)
def test_beyond_the_plans(rule: str, event: str, due: str, provisional: bool) -> None:
    found = deadline(rule, event, CALENDAR)
    assert (found.due, found.provisional) == (due, provisional)


def test_the_day_of_the_event_counts_where_the_bureau_reads_it_so() -> None:
    assert deadline("workdays-3", "2026-03-16", CALENDAR, count_start_day=True).due == "2026-03-18"
    assert deadline("workdays-3", "2026-03-14", CALENDAR, count_start_day=True).due == "2026-03-18"
    assert deadline("workdays-3", "2026-03-16", CALENDAR).due == "2026-03-19"


def test_a_day_off_rolls_and_says_so() -> None:
    assert deadline("same-day", "2026-01-02", CALENDAR).rolled
    assert not deadline("same-day", "2026-01-04", CALENDAR).rolled


def test_an_unknown_rule_is_no_rule() -> None:
    with pytest.raises(KeyError):
        deadline("workdays-5", "2026-03-02", CALENDAR)
    assert {deadline(rule, "2026-03-02", CALENDAR).due for rule in RULES} == {"2026-03-02", "2026-03-05"}


@given(DAYS, DAYS, st.sampled_from(RULES))
def test_a_later_event_is_never_due_earlier_and_always_on_a_working_day(one: str, other: str, rule: str) -> None:
    early, late = sorted((one, other))
    dues = deadline(rule, early, CALENDAR).due, deadline(rule, late, CALENDAR).due
    assert dues[0] <= dues[1]
    assert dues[0] >= early
    assert CALENDAR.is_working(dues[0])


@given(DAYS)
def test_three_working_days_lie_between(event: str) -> None:
    due = deadline("workdays-3", event, CALENDAR).due
    at, counted = date.fromisoformat(event), 0
    while at.isoformat() < due:
        at += timedelta(days=1)
        counted += CALENDAR.is_working(at.isoformat())
    assert counted == 3


def test_without_any_plan_every_deadline_is_provisional() -> None:
    bare = Calendar(frozenset(), frozenset(), 1, 0)
    assert deadline("workdays-3", "2026-03-13", bare).provisional
    assert deadline("workdays-3", "2026-03-13", bare).due == "2026-03-18"
