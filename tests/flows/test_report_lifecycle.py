"""The lifecycle report on real lives: what happened, from where to where, and when the system had it."""

import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from scim_server.reports.period import period_of
from tests.flows import client as say
from tests.flows.days_town import lives
from tests.flows.report_record import Text
from tests.flows.report_town import ReportTown, lines, one_life

FORMS = ("html", "csv", "xlsx", "json")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[ReportTown]:
    one = ReportTown(tmp_path)
    yield one
    one.close()


def test_one_life_is_told_step_by_step_with_the_push_and_the_read_back(town: ReportTown) -> None:
    one_life(town)
    rows = town.happened()
    steps = [(row["kind"], row["from"], row["to"], row["article"], row["request"]) for row in rows]
    assert steps == [
        ("joined", None, "A", "一(一)", "push-0"),
        ("moved", "A", "B", "二(二)", "push-1"),
        ("seconded", None, "A", "二(三)", "push-2"),
        ("locked", "active", "locked", "二", "push-3"),
        ("restored", "locked", "active", "二", "push-4"),
        ("returned", "A", None, "二(二)", "push-5"),
        ("left", "B", None, "三", "push-6"),
    ]
    arrivals = [row["systems"]["memory"] for row in rows]
    assert [(each["state"], each["seconds"], each["failures"]) for each in arrivals] == [("read-back", 5.0, 0)] * 7
    assert {(row["externalId"], row["actor"]) for row in rows} == {("E-life", "test")}


def test_why_somebody_was_locked_is_in_no_format(town: ReportTown) -> None:
    one_life(town)
    for form in FORMS:
        raw = town.lifecycle(form)
        if form == "xlsx":
            book = openpyxl.load_workbook(io.BytesIO(raw))
            raw = repr([list(sheet.iter_rows(values_only=True)) for sheet in book]).encode()
        for word in ("investigation", "立案", "审查", "cleared", "二(五)", "resignation", "辞职", "三(二)"):
            assert word.encode() not in raw, (form, word)


def test_what_the_clock_brings_is_told_on_its_day(town: ReportTown) -> None:
    lives(town)
    town.work()
    town.night_by_night("2026-03-20")
    march = town.happened(period_of("2026-03-03", None))
    assert [(row["externalId"], row["kind"], row["actor"]) for row in march] == [
        ("E-comes", "joined", "clock"),
        ("E-goes", "left", "clock"),
        ("E-away", "locked", "clock"),
        ("E-away", "restored", "clock"),
        ("E-lent", "locked", "clock"),
        ("E-twice", "left", "clock"),
        ("E-twice", "joined", "clock"),
    ]
    assert [row["department"] for row in march] == ["A", "A", "A", "A", "A", "A", "B"]
    assert len(town.happened(period_of("2026-03-07", "2026-03-09"))) == 2
    assert town.happened(period_of(None, None, "2026-04")) == []


def test_plain_users_are_placed_moved_and_lent_by_their_groups(town: ReportTown) -> None:
    id = town.person("plain")
    town.work(5)
    a, b = town.group("A"), town.group("B")
    choir = town.post("Group", say.plain_group("合唱团", "P1")).id
    for change in (
        lambda: town.members(a, add=(id,)),
        lambda: town.members(b, add=(id,)),
        lambda: town.members(a, remove=(id,)),
        lambda: town.members(choir, add=(id,)),
        lambda: town.put("User", id, say.user("plain", active=False)),
        lambda: town.delete("User", id),
    ):
        change()
        town.time += 4
        town.work(1)
    told = [(row["kind"], row["from"], row["to"]) for row in town.happened()]
    assert told == [
        ("joined", None, None),
        ("placed", None, "A"),
        ("seconded", None, "B"),
        ("moved", "A", "B"),
        ("locked", "active", "locked"),
        ("left", "B", None),
    ]
    begun = town.happened()[3]["time"]
    first, *_ = town.happened(period_of(begun, None))
    assert (first["kind"], first["from"]) == ("moved", "A")
    assert {row["article"] for row in town.happened()} == {"plain"}


def test_what_no_system_has_yet_is_said(town: ReportTown) -> None:
    town.directory.unreachable = True
    town.person("new")
    town.work(5)
    (row,) = town.happened()
    assert row["systems"]["memory"] == {"state": "due", "readBackAt": None, "seconds": None, "failures": 0}
    assert "待推送" in Text(town.lifecycle("html")).words


def test_totals_of_the_page_and_the_workbook_are_those_of_the_rows(town: ReportTown) -> None:
    one_life(town)
    words = " ".join(Text(town.lifecycle("html")).words.split())
    assert "本期共 7 项变动：入职 1 项，离职 1 项，调动 1 项，兼任、借调 1 项，兼任、借调结束 1 项，锁定 1 项" in words
    assert "与留痕核对：一致（报告 7 项，留痕 7 项）" in words
    book = openpyxl.load_workbook(io.BytesIO(town.lifecycle("xlsx")))
    assert book.sheetnames == ["人员变动", "按部门", "按条款", "各系统"]
    head, *rows = book["按部门"].iter_rows(values_only=True)
    by_department = {row[1]: row[head.index("合计")] for row in rows}
    told = lines(town.lifecycle("csv"))
    assert by_department == Counter(line["部门代码"] for line in told)
    assert all(line["条款"].startswith("「") for line in told)
    assert {line["memory 未成次数"] for line in told} == {"0"}


def test_a_read_back_that_the_trace_does_not_know_is_named(town: ReportTown) -> None:
    one_life(town)
    with town.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM trace WHERE kind = 'end' AND seq = (SELECT max(seq) FROM trace)")
    assert "与留痕核对：不一致（报告 7 项，留痕 6 项：memory 已读回 7，留痕 6）" in Text(town.lifecycle("html")).words


def test_a_name_that_is_a_formula_or_markup_is_text(town: ReportTown) -> None:
    town.post("User", say.user("evil") | {"name": {"formatted": "=1+1<script>", "familyName": "x"}})
    town.work(5)
    assert lines(town.lifecycle("csv"))[0]["姓名"] == "'=1+1<script>"
    assert b"<script" not in town.lifecycle("html")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_happened_is_a_whole_report(town: ReportTown, form: str) -> None:
    raw = town.lifecycle(form)
    if form == "html":
        assert "本期没有人员变动" in Text(raw).words
    elif form == "xlsx":
        assert openpyxl.load_workbook(io.BytesIO(raw))["人员变动"].max_row == 1
    else:
        assert len(raw.splitlines()) == (1 if form == "csv" else 2)
