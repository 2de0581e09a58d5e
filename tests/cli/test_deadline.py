"""`huaming deadline`: working days from the published plans, under the notices that the bureau typed."""

import csv
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest

from mappings.calendar import deadline
from scim_server.settings import BadSettings
from scim_server.workdays import load_calendar, published, unknown_year
from tests.cli.line import done, huaming, inside, refused
from tests.policy.table import HERE

ROWS = list(csv.DictReader((HERE / "deadlines.csv").read_text(encoding="utf-8").splitlines()))

# a notice as one might read for 2027; it moves a day of the December before
NOTICE = """
off = ["2026-12-31/2027-01-03", "2027-02-05/2027-02-11", "2027-04-05", "2027-10-01/2027-10-07"]
makeup = ["2026-12-26", "2027-02-20"]
"""


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without a configuration."""
    monkeypatch.chdir(tmp_path)


def counted(event: str, rule: str, *words: Any) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(done(inside("deadline", "--event", event, "--rule", rule, "--json", *words)))
    return answer


def noticed(folder: Path, **texts: str) -> Path:
    """A configuration whose calendar folder holds these files: y2027 is 2027.toml."""
    plans = folder / "plans"
    plans.mkdir()
    for name, text in texts.items():
        (plans / f"{name.removeprefix('y')}.toml").write_text(text, encoding="utf-8")
    config = folder / "noticed.toml"
    config.write_text(f'[policy]\ncalendar = "{plans}"\n', encoding="utf-8")
    return config


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['no']} {row['clause']} {row['event'][:10]}" for row in ROWS])
def test_worked_example(row: dict[str, str]) -> None:
    assert counted(row["event"], row["rule"]) == {
        "due": row["due_date"],
        "provisional": row["status"] == "provisional",
    }


def test_it_needs_neither_store_nor_configuration(tmp_path: Path) -> None:
    answer = huaming("deadline", "--event", "2026-03-02T17:00Z", "--rule", "workdays-3", "--json", cwd=tmp_path)
    assert json.loads(done(answer)) == {"due": "2026-03-06", "provisional": False}
    assert list(tmp_path.iterdir()) == []


def test_a_person_reads_it_in_chinese() -> None:
    assert done(inside("deadline", "--event", "2026-02-13", "--rule", "workdays-3")) == "2026-02-25（含当日）\n"
    assert "暂定" in done(inside("deadline", "--event", "2027-02-01", "--rule", "monthly"))


@pytest.mark.parametrize("event", ["soon", "2026-02-30", "2026-03-02T25:00", "9999-12-31"])
def test_an_event_that_is_none_is_bad_usage(event: str) -> None:
    assert "--event" in refused(inside("deadline", "--event", event, "--rule", "workdays-3", "--json"), 2)
    refused(inside("deadline", "--event", "2026-03-02", "--rule", "workdays-5"), 2)


def test_a_configuration_that_is_named_must_be_there_and_its_readings_count(tmp_path: Path) -> None:
    assert "gone.toml" in refused(
        inside("deadline", "--event", "2026-03-16", "--rule", "monthly", "--config", "gone.toml"), 2
    )
    here = tmp_path / "huaming.toml"
    here.write_text('[policy]\ncount_start_day = true\nclosing_time = "17:30"\n')
    assert counted("2026-03-16T17:30:00+08:00", "workdays-3")["due"] == "2026-03-18"
    assert counted("2026-03-16T17:31:00+08:00", "workdays-3")["due"] == "2026-03-19"


def test_a_notice_makes_the_next_year_known(tmp_path: Path) -> None:
    config = noticed(tmp_path, y2027=NOTICE)
    assert counted("2026-12-24", "workdays-3") == {"due": "2026-12-29", "provisional": True}
    assert counted("2026-12-24", "workdays-3", "--config", config) == {"due": "2026-12-28", "provisional": False}
    assert counted("2027-02-04", "workdays-3", "--config", config) == {"due": "2027-02-16", "provisional": False}
    assert counted("2027-02-18", "workdays-3", "--config", config)["due"] == "2027-02-22"
    assert counted("2027-12-27", "same-day", "--config", config)["provisional"]


def test_a_notice_stands_in_the_place_of_all_that_was_known_of_its_year(tmp_path: Path) -> None:
    config = noticed(tmp_path, y2026='off = ["2026-01-01"]')
    assert counted("2026-02-16", "same-day", "--config", config)["due"] == "2026-02-16"
    assert counted("2026-02-14", "same-day", "--config", config)["due"] == "2026-02-16"
    assert counted("2025-10-01", "same-day", "--config", config)["due"] == "2025-10-09"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("y2027", "off = [", "2027.toml"),
        ("y2027", 'of = ["2027-01-01"]', "of is unknown"),
        ("y2027", "makeup = []", "off is empty"),
        ("y2027", 'off = "2027-01-01"', "off is no list"),
        ("y2027", 'off = ["2027-13-01"]', "2027.toml"),
        ("y2027", 'off = ["2028-01-01"]', "2028-01-01 is neither"),
        ("y2027", 'off = ["2027-02-11/2027-02-05"]', "no stretch"),
        ("y2027", 'off = ["2027-01-01"]\nmakeup = ["2027-01-04"]', "neither a Saturday nor a Sunday"),
        ("y2027", 'off = ["2027-01-02"]\nmakeup = ["2027-01-02"]', "both off and worked"),
        ("y2029", 'off = ["2029-01-01"]', "2028"),
    ],
)
def test_a_wrong_notice_is_named_and_ends_the_command(tmp_path: Path, name: str, text: str, said: str) -> None:
    config = noticed(tmp_path, **{name: text})
    answer = refused(inside("deadline", "--event", "2026-03-02", "--rule", "monthly", "--config", config), 2)
    assert "[policy] calendar" in answer
    assert said in answer


def test_a_folder_that_is_not_there_is_named() -> None:
    with pytest.raises(BadSettings, match="/nowhere is no folder"):
        load_calendar("/nowhere")


def test_two_libraries_agree_on_every_day_that_both_know() -> None:
    """`holidays` answers any year; it has the worked Saturdays and Sundays of the years compared here."""
    calendar, day, end = published(), date(2015, 1, 1), date(published().last_year, 12, 31)
    other = holidays.country_holidays("CN", years=range(2015, end.year + 1))
    assert end.year >= 2026
    differing = []
    while day <= end:
        if calendar.is_working(day.isoformat()) != other.is_working_day(day):
            differing.append(day)
        day += timedelta(days=1)
    assert differing == []


def test_the_missing_plan_is_asked_for_from_november_on() -> None:
    last = published().last_year
    assert unknown_year(published(), f"{last}-10-31") is None
    assert unknown_year(published(), f"{last}-11-01") == last + 1
    assert unknown_year(published(), f"{last + 1}-01-15") == last + 1


def test_the_copied_sets_are_quick_enough_for_a_loop_over_the_roster() -> None:
    calendar = load_calendar()
    assert calendar is published()  # copied once
    assert deadline("workdays-3", "2026-09-30", calendar).due == "2026-10-10"
