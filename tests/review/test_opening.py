"""Opening a check: once a month, by one of two, and on from where it was broken off."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from scim_server.clock import day_start
from scim_server.operate.desk import Refused
from scim_server.operate.review import NotNow, Opening
from scim_server.operate.review_lots import LOT
from scim_server.operate.review_shown import listed, shown
from scim_server.settings import BadSettings
from scim_server.store.reviews import NoSuchReview
from tests.review.month import NINE, Month, Soul, souls
from tests.servers.stores import rows

FEW = 160
DAY = 86_400.0


def few(number: int) -> list[Soul]:
    return souls(number, departments=3)


@pytest.fixture
def month(tmp_path: Path) -> Month:
    return Month(tmp_path, few(FEW))


def opened(town: Month, **given: Any) -> Any:
    return Opening(town.desk, given.pop("by", "王主任")).open(given.pop("month", None), given.pop("at", None), **given)


def everything(month: Month) -> dict[str, list[Any]]:
    """What a check leaves behind, without the ids of its own."""
    people = {one.subject: one.key for one in month.people}
    found = rows(
        month.url, "SELECT subject, system, verdict, reason, last_at, terminal, department FROM review_accounts"
    )
    asked = rows(
        month.url,
        "SELECT c.subject, c.system, c.addressees, r.kind FROM cases c LEFT JOIN register r ON r.id = c.letter",
    )
    letters = rows(month.url, "SELECT number, content FROM register")
    return {
        "accounts": sorted(((people[row[0]], *row[1:]) for row in found), key=repr),
        "cases": sorted(((people[of], system, bytes(to), kind) for of, system, to, kind in asked), key=repr),
        "letters": sorted(number for number, _ in letters),
        "people": sorted(each["number"] for _, said in letters for each in json.loads(said)["accounts"]),
        "strangers": sorted(rows(month.url, "SELECT system, remote_id FROM review_strangers")),
    }


def test_a_second_one_of_the_month_finds_it_open(month: Month) -> None:
    first = opened(month)
    before = everything(month)
    second = opened(month, by="李科员")
    assert (first.begun, first.went_on, first.letters > 0) == (True, True, True)
    assert (second.begun, second.went_on, second.letters, second.review.by) == (False, False, 0, "王主任")
    assert everything(month) == before


class Broken(Exception):
    """Somebody has pulled the plug."""


def test_one_that_was_broken_off_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """It dies after a lot, in the days between the systems tell of more use: what was found stays as it was found."""
    whole, broken = Month(tmp_path / "a", few(1600)), Month(tmp_path / "b", few(1600))
    opened(whole)

    def pull(number: int) -> None:
        if number >= LOT:
            raise Broken

    with pytest.raises(Broken):
        Opening(broken.desk, "王主任", pull).open(None, None)
    assert listed(broken.desk)[0]["state"] == "gathering"
    assert 0 < rows(broken.url, "SELECT count(DISTINCT subject) FROM review_accounts")[0][0] == LOT
    broken.time = NINE + 2 * DAY
    done = opened(broken, by="李科员")
    assert (done.begun, done.went_on, done.review.state) == (False, True, "open")
    assert everything(broken) == everything(whole)


def test_two_at_once_are_one(tmp_path: Path) -> None:
    alone, twice = Month(tmp_path / "a", few(600)), Month(tmp_path / "b", few(600))
    opened(alone)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda by: Opening(twice.desk, by).open(None, None), ("王主任", "李科员")))
    assert sorted(each.begun for each in done) == [False, True]
    assert everything(twice) == everything(alone)
    assert rows(twice.url, "SELECT count(*) FROM reviews") == [(1,)]


def test_only_the_present_month_may_be_begun_and_what_was_begun_is_finished_later(month: Month) -> None:
    for other in ("2026-06", "2026-08"):
        with pytest.raises(NotNow, match="2026-07"):
            opened(month, month=other)
    assert opened(month, month="2026-07", lettering=False).unsaid == "按要求未拟函"
    month.time = day_start("2026-08-03") + 9 * 3600
    late = opened(month, month="2026-07")
    assert late.letters > 0, "the letters that were left out"
    assert late.review.at == "2026-06-30T16:00:00.000Z"


def test_the_instant_is_midnight_or_as_said_and_neither_to_come_nor_of_another_month(month: Month) -> None:
    for wrong in (NINE + 60, day_start("2026-06-30")):
        with pytest.raises(NotNow, match="时刻"):
            opened(month, at=wrong)
    nine = opened(month, at=NINE)
    assert (nine.review.window_start, nine.review.at) == ("2026-06-01T01:00:00.000Z", "2026-07-01T01:00:00.000Z")
    (content,) = rows(month.url, "SELECT content FROM register WHERE number = 1")[0]
    assert json.loads(content)["window_end"] == "2026-07-01"
    with pytest.raises(NotNow, match="时刻已定为 2026-07-01 09:00:00，不能另定"):
        opened(month, at=NINE - 60)


def test_an_inquiry_that_was_made_void_is_drawn_again_by_the_next_opening(month: Month) -> None:
    """Its number stays taken; whoever has answered meanwhile is not asked again."""
    opened(month)
    before = everything(month)
    (id, number), *_ = rows(month.url, "SELECT id, doc_number FROM register ORDER BY number")
    month.desk.run("letter-void", id=id, by="王主任", reason="发错单位")
    assert opened(month).letters == 1
    again = everything(month)
    assert again["cases"] == before["cases"]
    assert len(again["letters"]) == len(before["letters"]) + 1
    assert rows(month.url, "SELECT count(*) FROM register WHERE state = 'void' AND doc_number = '" + number + "'") == [
        (1,)
    ]
    assert rows(
        month.url, "SELECT count(*) FROM cases c JOIN register r ON r.id = c.letter WHERE r.state = 'void'"
    ) == [(0,)]


def test_without_a_bureau_there_are_cases_and_no_letters(tmp_path: Path) -> None:
    month = Month(tmp_path, few(FEW), letters={})
    done = opened(month)
    assert "bureau" in (done.unsaid or "")
    assert everything(month)["cases"]
    assert rows(month.url, "SELECT count(*) FROM register") == [(0,)]


def test_a_bureau_that_is_none_is_refused_before_anything_is_begun(tmp_path: Path) -> None:
    for wrong in ("B01-1", "D0", "NONE"):
        month = Month(tmp_path / wrong, few(2), letters={"bureau": wrong, "folder": "x"})
        with pytest.raises(BadSettings, match="bureau"):
            opened(month)
        assert listed(month.desk) == []


def test_leaders_of_their_own_offices_and_of_none(tmp_path: Path) -> None:
    own = Month(tmp_path / "own", few(FEW * 3), review={"leader_routing": "own"})
    opened(own)
    levels = {one.subject: one.life.facts.get("leaderLevel") for one in own.people}
    asked = {
        (levels[of], tuple(json.loads(to)))
        for of, to in rows(own.url, "SELECT subject, addressees FROM cases WHERE leader")
    }
    assert asked == {
        ("district-party", ("PTY",)), ("district-government", ("GOV",)), ("district-both", ("PTY", "GOV")),
    }  # fmt: skip
    none = Month(tmp_path / "none", few(FEW * 3), review={"leader_offices": {}})
    opened(none)
    assert {json.loads(to)[0:1] == [] for (to,) in rows(none.url, "SELECT addressees FROM cases WHERE leader")} == {
        True
    }


def test_it_is_closed_once_by_a_name_and_with_open_cases_by_force_alone(month: Month) -> None:
    desk = month.desk
    with pytest.raises(Refused, match="NoSuchReview"):
        desk.run("review-close", month="2026-07", by="王主任")
    opened(month)
    number = len(everything(month)["cases"])
    with pytest.raises(Refused) as still:
        desk.run("review-close", month="2026-07", by="王主任")
    assert still.value.args == ("StillOpen", str(number))
    assert listed(desk)[0]["state"] == "open", "what was refused has changed nothing"
    given = {"month": "2026-07", "by": "王主任", "force": True, "reason": "系统停用"}
    assert desk.run("review-close", **given) == number
    said = listed(desk)[0]
    assert (said["state"], said["closedBy"], said["cases"]["open"], said["cases"]["closed"]) == (
        "closed",
        "王主任",
        0,
        number,
    )
    with pytest.raises(Refused, match="NotOpen"):
        desk.run("review-close", **given)
    with pytest.raises(NotNow, match="了结"):
        opened(month)
    told = [
        said
        for (said,) in rows(month.url, "SELECT said FROM trace WHERE kind = 'review' AND said IS NOT NULL ORDER BY seq")
    ]
    assert [each.partition(" ")[2][:4] for each in told] == ["核查开始", "核查完成", "核查了结"]
    sealed = rows(month.url, "SELECT count(DISTINCT subject) FROM trace WHERE kind = 'review' AND subject IS NOT NULL")
    assert sealed == rows(month.url, "SELECT count(DISTINCT subject) FROM cases")
    with pytest.raises(NoSuchReview):
        shown(desk, "2026-06", restricted=False)


def test_what_is_overdue_is_told_once_its_deadline_is_past_and_certain(month: Month) -> None:
    opened(month)
    sql = "UPDATE register SET delivered = '2026-07-01T02:00:00.000Z', due = '2026-07-06', provisional = "
    for provisional, day, late in (
        ("FALSE", "2026-07-06", False),
        ("FALSE", "2026-07-07", True),
        ("TRUE", "2026-07-07", False),
    ):
        month.write(lambda connection, flag=provisional: connection.exec_driver_sql(sql + flag))
        month.time = datetime.fromisoformat(f"{day}T10:00:00+08:00").timestamp()
        said = shown(month.desk, "2026-07", restricted=True)["list"]
        assert {each["overdue"] for each in said if each["letter"]} == {late}
        assert not any(each["overdue"] for each in said if not each["letter"])
