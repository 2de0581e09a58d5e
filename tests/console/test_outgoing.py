"""`huaming report letters`: letters of the house that are not done with, and deadlines kept and missed, 一 to 四."""

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook

from mappings.policy.punctuality import reply
from mappings.policy.readings import DEFAULT
from scim_server.reports.letters.report import write_letters
from scim_server.reports.letters.rows import IN_FORCE, Terms
from scim_server.store.people import read_org
from scim_server.workdays import load_calendar
from tests.cli.line import done, inside, refused
from tests.console.content import change
from tests.console.town import ConsoleTown
from tests.flows.report_record import Text
from tests.flows.report_town import lines


def report(
    town: ConsoleTown,
    form: str = "json",
    part: str = "owed",
    day: str = "2026-07-08",
    restricted: bool = False,
    since: str = IN_FORCE,
) -> bytes:
    out = io.BytesIO()
    with town.house.engine.begin() as connection:
        terms = Terms(day, read_org(connection), DEFAULT, load_calendar(), since, restricted)
        write_letters(connection, form, out, town.time, terms, part)
    return out.getvalue()


def told(town: ConsoleTown, part: str, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(report(town, "json", part, **more))
    return found


def test_letters_of_ours_that_are_not_done_with(town: ConsoleTown) -> None:
    names = ("number", "standing", "sender_name", "addressees", "due", "open_cases")
    assert [tuple(each[name] for name in names) for each in told(town, "outgoing")] == [
        ("区教育局函〔2026〕1号", "draft", "区教育局", ["区科工信局"], None, 0),
        ("区教育局函〔2026〕3号", "draft", "区教育局", ["区科工信局"], None, 0),
        ("崖科工信函〔2026〕2号", "overdue", "区科工信局", ["区卫健委"], "2026-07-06", 1),
    ]
    whole = {each["number"]: each["standing"] for each in told(town, "outgoing", restricted=True)}
    assert (len(whole), whole["崖科工信函〔2026〕3号"], whole["区教育局函〔2026〕2号"]) == (5, "undelivered", "draft")
    assert told(town, "outgoing", day="2026-07-06")[-1]["standing"] == "waiting"


def test_drafts_and_what_is_not_known_stand_among_them(own_town: ConsoleTown) -> None:
    subject = own_town.subject("E2")
    said = {"kind": "change", "sender": "EDU", "addressees": ["KGX"], "title": "关于变更账号的函", "day": "2026-07-08"}
    drawn = own_town.run(
        "letter-draw",
        key="c1",
        **said,
        restricted=False,
        content=change("inside", subject),
        review=None,
        people=[],
        by="x",
    )
    assert [each["standing"] for each in told(own_town, "outgoing")] == ["draft", "draft", "draft", "overdue"]
    own_town.run("letter-void", id=drawn["id"], by="x", reason="不发")
    assert [each["standing"] for each in told(own_town, "outgoing")] == ["draft", "draft", "overdue"]


FOUR = [("EDU", "四", 0, 1, 0, 0), ("HEA", "四", 0, 0, 1, 0)]


def kept(town: ConsoleTown, **more: Any) -> list[tuple[Any, ...]]:
    names = ("department", "article", "on_time", "late", "missing", "open")
    return [tuple(each[name] for name in names) for each in told(town, "deadlines", **more)]


def test_replies_are_counted_by_the_department_that_was_asked(town: ConsoleTown) -> None:
    assert [each for each in kept(town) if each[1] == "四"] == FOUR
    assert [each for each in kept(town, day="2026-07-06") if each[1] == "四"] == [
        ("EDU", "四", 0, 0, 0, 1),
        ("HEA", "四", 0, 0, 0, 1),
    ]
    assert [each for each in kept(town, day="2026-06-30") if each[1] == "四"] == []
    assert [each for each in kept(town, since="2026-07-02") if each[1] == "四"] == []


def test_what_is_owed_is_counted_under_its_article(town: ConsoleTown) -> None:
    rows = told(town, "owed")
    expected: dict[tuple[str, str], dict[str, int]] = {}
    for each in rows:
        counted = expected.setdefault(
            (each["sender"], {"open": "一", "change": "二", "cancel": "三"}[each["kind"]]), {}
        )
        counted[each["state"]] = counted.get(each["state"], 0) + 1
    found = {(each[0], each[1]): each[2:] for each in kept(town) if each[1] != "四"}
    states = ("on-time", "late", "missing", "open")
    assert found == {key: tuple(each.get(state, 0) for state in states) for key, each in expected.items()}
    assert ("EDU", "三") in found
    assert ("EDU", "二") not in found  # a suspension and a posting outside: locks are for some only
    assert ("EDU", "二") in {(each[0], each[1]) for each in kept(town, restricted=True)}


def test_the_leaders_letter_counts_for_each_of_both_offices_once_it_is_delivered(own_town: ConsoleTown) -> None:
    own_town.run("letter-delivered", id=own_town.letters["LEADERS"], at="2026-07-08T08:00:00+08:00", by="x")
    assert [each for each in kept(own_town) if each[1] == "四"] == FOUR
    whole = [each for each in kept(own_town, restricted=True) if each[1] == "四"]
    assert whole == [*FOUR[:1], ("GOV", "四", 0, 0, 0, 1), *FOUR[1:], ("PTY", "四", 0, 0, 0, 1)]


def test_a_check_that_is_closed_by_force_leaves_its_replies_missing(own_town: ConsoleTown) -> None:
    own_town.run("review-close", month="2026-07", by="x", force=True, reason="年终")
    assert [each for each in kept(own_town) if each[1] == "四"] == FOUR


def test_the_page_and_the_workbook_have_all_parts(town: ConsoleTown) -> None:
    words = Text(report(town, "html")).words
    for said in ("各单位时限（一至四）", "发函逾期未复（1 件）", "崖科工信函〔2026〕2号", "限制知悉的未结函件 2 件"):
        assert said in words
    assert "崖科工信函〔2026〕3号" not in words
    book = load_workbook(io.BytesIO(report(town, "xlsx")))
    assert book.sheetnames == ["来函", "各单位", "发函未结", "时限"]
    assert [cell.value for cell in book["发函未结"][4]][:3] == ["逾期未复", "崖科工信函〔2026〕2号", "核查函"]
    assert "李明" not in words
    headings = [cell.value for cell in book["时限"][1]]
    rows = {
        row[1]: dict(zip(headings, row, strict=True))
        for row in book["时限"].iter_rows(values_only=True)
        if row[2] == "四"
    }
    assert (rows["EDU"]["逾期送达"], rows["HEA"]["逾期未到"], rows["EDU"]["逾期率"]) == (1, 1, "100%")


def test_csv_and_json_hold_one_part(town: ConsoleTown) -> None:
    typed = ("report", "letters", "--as-of", "2026-07-08", "--config", town.config)
    assert [each["状态"] for each in lines(report(town, "csv", "outgoing"))] == ["草稿", "草稿", "逾期未复"]
    assert {each["条款"] for each in lines(report(town, "csv", "deadlines"))} == {"一", "三", "四"}
    assert json.loads(done(inside(*typed, "--format", "json", "--part", "outgoing"))) == told(town, "outgoing")
    assert json.loads(done(inside(*typed, "--format", "json", "--part", "deadlines"))) == told(town, "deadlines")
    assert json.loads(done(inside(*typed, "--format", "json"))) == told(town, "owed")
    assert "holds all parts" in refused(inside(*typed, "--part", "owed"), 2)


@pytest.mark.parametrize(
    ("due", "provisional", "came", "day", "state"),
    [
        (None, False, None, "2026-07-08", None),  # not delivered: no clock runs
        (None, False, "2026-07-02", "2026-07-08", "on-time"),
        ("2026-07-06", False, None, "2026-07-06", "open"),
        ("2026-07-06", False, None, "2026-07-07", "missing"),
        ("2026-07-06", True, None, "2026-07-20", "open"),
        ("2026-07-06", False, "2026-07-06", "2026-07-20", "on-time"),
        ("2026-07-06", False, "2026-07-07", "2026-07-20", "late"),
        ("2026-07-06", True, "2026-07-07", "2026-07-20", "on-time"),
        ("2026-07-06", False, "2026-07-10", "2026-07-09", "missing"),  # as it stood the day before
    ],
)
def test_when_a_reply_is_on_time(due: str | None, provisional: bool, came: str | None, day: str, state: str) -> None:
    assert reply(due, provisional, came, day) == state
