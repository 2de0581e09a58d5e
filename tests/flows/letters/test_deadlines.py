"""By when a reply is on time: every worked example, every day of a year, and a calendar that changes in mid-month."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest
from sqlalchemy import Connection, insert

from mappings.policy.readings import Readings
from scim_server.clock import day_start
from scim_server.commands import COMMANDS
from scim_server.letters.duty import Deadlines
from scim_server.store.review_tables import cases
from scim_server.store.settle import Rules
from scim_server.store.turns import InTurn
from tests.flows.letters.registry import BY, CODES, HOUR, Registry, content, letter
from tests.policy.table import HERE

ROWS = list(csv.DictReader((HERE / "deadlines.csv").read_text(encoding="utf-8").splitlines()))
COUNTED = [row for row in ROWS if row["rule"] == "workdays-3"]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Registry]:
    (tmp_path / "plans").mkdir()
    one = Registry(tmp_path, calendar=str(tmp_path / "plans"))
    yield one
    one.close()


def delivered(house: Registry, at: str, **more: Any) -> dict[str, Any]:
    """A letter that was drawn up and delivered at an ISO instant, as the register has it."""
    house.time = datetime.fromisoformat(at).timestamp()
    said = content(more.get("kind", "inquiry"), due=at[:10])  # what it asks for is later, always
    drawn = house.draw(at, day=at[:10], content=said, **more)
    house.run("letter-delivered", id=drawn["id"], at=at, by=BY)
    return house.row(drawn["id"])


def plan(house: Registry, year: int, off: list[str], makeup: tuple[str, ...] = ()) -> None:
    """The notice of a year, as somebody types it."""
    assert house.rules.calendar is not None
    said = f"off = {off}\nmakeup = {list(makeup)}\n"
    (Path(house.rules.calendar) / f"{year}.toml").write_text(said)


def look(house: Registry) -> Deadlines:
    duty = Deadlines(house.writer, house.clock, house.rules)
    duty.look()
    return duty


@pytest.mark.parametrize("row", COUNTED, ids=[f"{row['no']} {row['event'][:16]}" for row in COUNTED])
def test_each_worked_example(house: Registry, row: dict[str, str]) -> None:
    found = delivered(house, row["event"])
    assert (found["due"], found["provisional"]) == (row["due_date"], row["status"] == "provisional")


def test_every_day_of_a_year(house: Registry) -> None:
    """By another calendar than ours, counted here by hand."""
    china = holidays.country_holidays("CN", years=(2026, 2027))
    wanted = {}
    for day in (date(2026, 1, 1) + timedelta(days=number) for number in range(353)):
        later, left = day, 3
        while left:
            later += timedelta(days=1)
            left -= china.is_working_day(later)
        wanted[day.isoformat()] = later.isoformat()
    assert house.writer.write(InTurn(lambda connection: deliver_each(house, connection, list(wanted)))) == wanted


def deliver_each(house: Registry, connection: Connection, days: list[str]) -> dict[str, str]:
    """A letter on each of these days, in one transaction: by when each is to be answered."""
    found = {}
    for day in days:
        house.time = day_start(day) + 9 * HOUR
        asked = letter(day, day=day, content=content(due=day))
        id = COMMANDS["letter-draw"](connection, house.clock, house.rules, asked)["id"]
        said = {"id": id, "at": day, "by": BY}
        found[day] = COMMANDS["letter-delivered"](connection, house.clock, house.rules, said)["due"]
    return found


def test_what_comes_after_closing_time_counts_from_the_next_day(house: Registry) -> None:
    house.rules = Rules(Readings(closing_time="17:30"), CODES)
    assert delivered(house, "2026-07-01T17:30:00+08:00")["due"] == "2026-07-06"
    assert delivered(house, "2026-07-01T17:31:00+08:00")["due"] == "2026-07-07"


def test_a_reminder_and_a_notice_start_no_clock(house: Registry) -> None:
    assert delivered(house, "2026-07-01T09:00:00+08:00", kind="reminder")["due"] is None


def test_a_calendar_that_is_mended_to_what_it_was_settles_what_came_meanwhile(house: Registry) -> None:
    plan(house, 2026, ["2026-01-01"])
    duty = look(house)
    plan(house, 2026, ["kein Tag"])
    found = delivered(house, "2026-07-03T09:00:00+08:00")
    duty.look()
    plan(house, 2026, ["2026-01-01"])
    duty.look()
    row = house.row(found["id"])
    assert (row["due"], row["provisional"]) == ("2026-07-08", False)


def test_a_calendar_that_changes_moves_what_is_open_and_the_trace_tells(house: Registry) -> None:
    open_one = delivered(house, "2026-07-03T09:00:00+08:00")
    answered = delivered(house, "2026-07-03T10:00:00+08:00")
    case(house, answered["id"], "answered")
    duty = look(house)
    steps = len(house.steps())
    assert (open_one["due"], answered["due"]) == ("2026-07-08", "2026-07-08")
    plan(house, 2026, ["2026-01-01", "2026-07-07"])
    duty.look()
    assert (house.row(open_one["id"])["due"], house.row(answered["id"])["due"]) == ("2026-07-09", "2026-07-08")
    (said,) = house.steps()[steps:]
    assert "2026-07-08 → 2026-07-09" in said
    duty.look()
    assert len(house.steps()) == steps + 1, "once"


def test_a_date_never_becomes_earlier(house: Registry) -> None:
    plan(house, 2026, ["2026-01-01", "2026-07-07"])
    found = delivered(house, "2026-07-03T09:00:00+08:00")
    plan(house, 2026, ["2026-01-01"])
    look(house)
    assert (found["due"], house.row(found["id"])["due"]) == ("2026-07-09", "2026-07-09")


def test_a_year_that_becomes_known_settles_what_was_provisional(house: Registry) -> None:
    found = delivered(house, "2026-12-30T09:00:00+08:00")
    assert (found["due"], found["provisional"]) == ("2027-01-05", True)
    plan(house, 2027, ["2027-01-01/2027-01-03", "2027-01-05"])
    look(house)
    row = house.row(found["id"])
    assert (row["due"], row["provisional"]) == ("2027-01-06", False)
    assert "2027-01-05 → 2027-01-06" in house.steps()[-1]


def test_a_letter_with_one_case_open_is_waited_for(house: Registry) -> None:
    found = delivered(house, "2026-07-03T09:00:00+08:00")
    case(house, found["id"], "answered", "a")
    case(house, found["id"], "open", "b")
    plan(house, 2026, ["2026-01-01", "2026-07-07"])
    look(house)
    assert house.row(found["id"])["due"] == "2026-07-09"


def test_a_calendar_that_cannot_be_read_keeps_no_delivery_from_the_record(house: Registry) -> None:
    plan(house, 2026, ["kein Tag"])
    found = delivered(house, "2026-07-03T09:00:00+08:00")
    assert (found["state"], found["provisional"]) == ("delivered", True)
    look(house)
    plan(house, 2026, ["2026-01-01"])
    house.time = day_start("2026-07-04") + 9 * HOUR
    look(house)
    row = house.row(found["id"])
    assert (row["due"], row["provisional"]) == ("2026-07-08", False)


def case(house: Registry, letter: str, state: str, subject: str = "s") -> None:
    """A case of that letter."""
    row = {"id": f"{letter} {subject}", "review": letter, "subject": subject, "system": "oa", "leader": False}
    row |= {"addressees": b"[]", "letter": letter, "state": state}
    house.writer.write(lambda connection: connection.execute(insert(cases), row))
