"""No reply (A13): listed by department, told without names, reminded of once where that is wanted; never a lock."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from scim_server.alerts.cases import conditions
from scim_server.letters.content import CONTENT
from scim_server.letters.titles import title
from scim_server.operate import replies
from scim_server.review.reminding import Reminding
from scim_server.store import overdue
from scim_server.store.register_tables import register
from scim_server.store.returns import past
from tests.flows.facts_town import FactsTown
from tests.flows.replies.asked import BY, Asked

Offices = Callable[..., FactsTown]


@pytest.fixture
def town(offices: Offices) -> FactsTown:
    one = offices()
    for name, department in (("jin", "EDU-1"), ("wang", "EDU"), ("li", "HEA")):
        one.person(name, hired="2020-01-02", department=department)
    return one


@pytest.fixture
def asked(town: FactsTown) -> Iterator[Asked]:
    """Delivered on Wednesday 1 July and Friday 3 July 2026: due on Monday the 6th and Wednesday the 8th."""
    one = Asked(town.bureau).about({"E-jin": ("oa", "wecom"), "E-wang": ("oa",)}).about({"E-li": ("oa",)}, "HEA")
    one.ready().write("EDU", "2026-07-01T08:30:00+08:00")
    town.bureau.on("2026-07-03")
    one.write("HEA", "2026-07-03T08:30:00+08:00", due="2026-07-08")
    return one


def late(town: FactsTown, day: str | None = None) -> list[tuple[str, str, int]]:
    return [
        (row["department"], row["due"], row["cases"])
        for row in replies.late(town.bureau.desk, day or town.bureau.day)[0]
    ]


def told(town: FactsTown) -> list[tuple[str, str]]:
    with town.bureau.house.engine.connect() as connection:
        return [(each.kind, each.about) for each in conditions(connection, town.bureau.day, town.bureau.now)]


def test_overdue_from_the_day_after_until_the_last_account_is_answered(town: FactsTown, asked: Asked) -> None:
    for day, expected in (("2026-07-06", []), ("2026-07-07", [("EDU", "2026-07-06", 3)])):
        town.bureau.on(day)
        assert late(town) == expected
    asked.reply("E-jin", "oa", "left")
    assert late(town) == [("EDU", "2026-07-06", 1)]
    town.bureau.on("2026-07-09")
    assert late(town) == [("EDU", "2026-07-06", 1), ("HEA", "2026-07-08", 1)]
    assert told(town) == [("deadline", "reply 2026-07-06"), ("deadline", "reply 2026-07-08")]
    asked.reply("E-wang", "oa", "leave", on="2026-07-08")
    assert late(town) == [("HEA", "2026-07-08", 1)]
    town.bureau.command("review-close", month=asked.month, by=BY, force=True, reason="另行处理")
    assert (late(town), told(town)) == ([], [])
    assert late(town, "2026-07-07") == [("EDU", "2026-07-06", 1)], "jin's answer came that day, wang's a day later"
    assert late(town, "2026-07-06") == []


def test_a_letter_about_leaders_is_counted_and_not_listed(town: FactsTown, asked: Asked) -> None:
    """A15: that it exists is for limited readers; each look is on record."""
    with town.bureau.house.engine.begin() as connection:
        mine = register.c.id == asked.letters["HEA"]
        connection.execute(update(register).where(mine).values(restricted=True))
    town.bureau.on("2026-07-09")
    found, hidden = replies.late(town.bureau.desk, town.bureau.day)
    assert ([row["department"] for row in found], hidden) == (["EDU"], 1)
    assert town.bureau.rows("SELECT what FROM looks") == []
    found, hidden = replies.late(town.bureau.desk, town.bureau.day, restricted=True)
    assert ([row["department"] for row in found], hidden) == (["EDU", "HEA"], 0)
    assert town.bureau.rows("SELECT what FROM looks") == [("review overdue",)]


def test_what_is_told_names_nobody(town: FactsTown, asked: Asked) -> None:
    town.bureau.on("2026-07-09")
    with town.bureau.house.engine.connect() as connection:
        said = [each.text for each in conditions(connection, "2026-07-09", town.bureau.now)]
        assert overdue.dues(connection, "2026-07-09") == {"2026-07-06": 1, "2026-07-08": 1}
        assert past(connection, "2026-07-09") == {}
    assert said[0] == "期限为 2026-07-06 的核查函有 1 件逾期未复函；请查 huaming review overdue。"
    assert not any(name in text for text in said for name in ("jin", "wang", "部门"))


def test_a_deadline_that_the_calendar_may_still_move_is_never_late(offices: Offices) -> None:
    """Delivered in the last week of the last year whose plan is published."""
    town = offices("2026-12-28")
    town.person("jin", hired="2020-01-02")
    asked = Asked(town.bureau, "2026-12", "2026-12-01T01:00:00.000Z").about({"E-jin": ("oa",)}).ready()
    asked.write("EDU", "2026-12-28T08:30:00+08:00", due="2026-12-31")
    ((provisional,),) = town.bureau.rows("SELECT provisional FROM register")
    assert provisional
    town.bureau.on("2027-01-20")
    assert (late(town), told(town)) == ([], [])


def test_month_after_month_without_a_reply_the_accounts_stay_active(town: FactsTown, asked: Asked) -> None:
    """A13, R403-1: no automatic lock, whatever is overdue."""
    assert set(town.bureau.states()["E-jin"]["systems"].values()) == {"active"}
    for month, day in (("2026-08", "2026-08-03"), ("2026-09", "2026-09-01"), ("2026-10", "2026-10-09")):
        town.bureau.on(day)
        again = Asked(town.bureau, month, f"{day}T01:00:00.000Z").about({"E-jin": ("oa", "wecom")}).ready()
        again.write("EDU", f"{day}T08:30:00+08:00", due=day)
    town.bureau.on("2026-12-01")
    assert [due for _, due, _ in late(town)][:2] == ["2026-07-06", "2026-08-06"]
    for name in ("jin", "wang", "li"):
        line = town.bureau.states()[f"E-{name}"]
        assert set(line["systems"].values()) == {"active"}, name
        assert line["anomalies"] == []
    assert town.bureau.rows("SELECT count(*) FROM marks") == [(0,)]
    assert town.bureau.rows("SELECT count(*) FROM changes WHERE action = 'settle'") == [(0,)]


# -- reminders


@pytest.fixture
def reminding(town: FactsTown) -> Reminding:
    house = town.bureau.house
    return Reminding(house.engine, house.writer, house.clock, house.rules, house.settings.review)


def reminders(town: FactsTown) -> list[tuple[Any, ...]]:
    question = "SELECT key, day, addressees, state FROM register WHERE kind = 'reminder' ORDER BY id"
    return [(key, day, orjson.loads(to), state) for key, day, to, state in town.bureau.rows(question)]


def test_it_is_drawn_on_the_first_working_day_after_and_once(
    town: FactsTown, asked: Asked, reminding: Reminding
) -> None:
    edu, hea = (f"reminder {asked.letters[department]}" for department in ("EDU", "HEA"))
    for day, hour in (("2026-07-06", 23), ("2026-07-07", 8.9)):
        town.bureau.on(day, hour)
        reminding.look()
        assert reminders(town) == []
    town.bureau.on("2026-07-07", 9)
    for _ in range(3):
        reminding.look()
    assert reminders(town) == [(edu, "2026-07-07", ["EDU"], "ready")]
    town.bureau.on("2026-07-08")
    asked.reply("E-li", "oa", "leave")
    town.bureau.on("2026-07-31")
    reminding.look()
    assert reminders(town) == [(edu, "2026-07-07", ["EDU"], "ready")], hea
    ((content, row_title),) = town.bureau.rows("SELECT content, title FROM register WHERE kind = 'reminder'")
    letter = CONTENT.validate_json(content)
    assert letter.kind == "reminder"
    assert (letter.was_due, letter.due, letter.inquiry) == ("2026-07-06", "2026-07-10", "崖科工信函〔2026〕1号")
    assert row_title == title(letter)
    assert [row["reminder"] for row in replies.late(town.bureau.desk, "2026-07-31")[0]] == ["崖科工信函〔2026〕3号"]


def test_nobody_has_been_reminded_by_a_letter_that_is_void(town: FactsTown, asked: Asked, reminding: Reminding) -> None:
    """The list said 已催 of it."""
    town.bureau.on("2026-07-07", 9)
    reminding.look()
    ((id,),) = town.bureau.rows("SELECT id FROM register WHERE kind = 'reminder'")
    town.bureau.command("letter-void", id=id, by=BY, reason="电话已催")
    found = replies.late(town.bureau.desk, "2026-07-31")[0]
    assert {row["reminder"] for row in found} == {None}
    assert not any("已催" in replies.late_line(row) for row in found)
    reminding.look()
    assert [state for *_, state in reminders(town)] == ["void"], "nor is another one drawn"


def test_a_reminder_tells_how_many_accounts_are_left_of_a_letter_that_was_answered_in_part(
    town: FactsTown, asked: Asked, reminding: Reminding
) -> None:
    asked.reply("E-jin", "oa", "leave")
    town.bureau.on("2026-07-09", 9)
    reminding.look()
    told = dict(town.bureau.rows("SELECT key, content FROM register WHERE kind = 'reminder'"))
    left = {key: orjson.loads(content)["open_accounts"] for key, content in told.items()}
    assert left == {f"reminder {asked.letters['EDU']}": 2, f"reminder {asked.letters['HEA']}": 0}


def test_a_reminder_that_has_not_left_is_void_once_everything_is_answered(
    town: FactsTown, asked: Asked, reminding: Reminding
) -> None:
    town.bureau.on("2026-07-07", 9)
    reminding.look()
    mine = [key for key in asked.cases if town.bureau.rows(
        "SELECT 1 FROM cases WHERE id = :id AND letter = :letter", id=asked.cases[key], letter=asked.letters["EDU"]
    )]  # fmt: skip
    for person, system in mine[:-1]:
        asked.reply(person, system, "leave")
    assert [state for *_, state in reminders(town)] == ["ready"]
    asked.reply(*mine[-1], "leave")
    assert [state for *_, state in reminders(town)] == ["void"]
    reminding.look()
    assert len(reminders(town)) == 1


def test_a_weekend_is_no_working_day_and_a_reply_in_time_is_not_reminded_of(
    town: FactsTown, asked: Asked, reminding: Reminding
) -> None:
    """Due on Friday: reminded of on Monday."""
    town.bureau.command("review-close", month=asked.month, by=BY, force=True, reason="另行处理")
    town.bureau.on("2026-08-03")
    august = Asked(town.bureau, "2026-08", "2026-08-03T00:00:00.000Z").about({"E-jin": ("oa",)}).ready()
    town.bureau.on("2026-08-04")
    august.write("EDU", "2026-08-04T08:30:00+08:00", due="2026-08-07")
    for day in ("2026-08-08", "2026-08-09"):
        town.bureau.on(day, 12)
        reminding.look()
    assert reminders(town) == []
    town.bureau.on("2026-08-10", 9)
    reminding.look()
    assert [day for _, day, _, _ in reminders(town)] == ["2026-08-10"]


@pytest.mark.parametrize("remind", [True, False])
def test_it_is_a_duty_only_where_the_bureau_wants_it(offices: Offices, remind: bool) -> None:
    town = offices(review={"remind": remind})
    names = [each.name for each in town.bureau.house._review_duties()]
    assert names == [*(["reminders"] if remind else []), "returns"]


def test_two_nodes_that_look_at_once_remind_once(town: FactsTown, asked: Asked, tmp_path: Path) -> None:
    """Each has read that nobody was reminded before the other writes."""
    town.bureau.on("2026-07-07")
    first = town.bureau.command("reminders-draw", by=BY)
    assert (len(first), town.bureau.command("reminders-draw", by=BY)) == (1, [])
    assert len(reminders(town)) == 1
