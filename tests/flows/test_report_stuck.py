"""The report of open matters: one problem for many rows is one line, with its age and the next step."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from mappings.model import Refused
from scim_server.store import decisions
from scim_server.store.approvals import new
from scim_server.store.cause import Cause, because
from tests.flows.report_record import Text
from tests.flows.report_town import ReportTown, lines


@pytest.fixture
def town(tmp_path: Path) -> Iterator[ReportTown]:
    one = ReportTown(tmp_path)
    yield one
    one.close()


def refused(town: ReportTown, number: int) -> None:
    """Each with a sentence of their own about one and the same thing."""
    for each in range(number):
        town.directory.refused[f"E-p{each}"] = Refused(
            "19", f"属性 mail 的值「p{each}@区.中国」不合语法（uid=p{each}）"
        )
        town.person(f"p{each}")
    town.work_out()


def test_one_problem_of_many_people_is_one_line_with_examples(town: ReportTown) -> None:
    refused(town, 12)
    town.time += 7200
    words = " ".join(Text(town.stuck("html")).words.split())
    assert "共 12 项未了：搁置 12 项。" in words
    assert "12 项，" not in words.split("搁置（")[1].split("）")[0], "one cause"
    assert words.count("不合语法") == 1
    assert "等 12 项" in words
    assert "huaming retry --system memory" in words
    assert "2 小时" in words
    rows = json.loads(town.stuck("json"))
    assert {row["command"] for row in rows} == {f"huaming retry --system memory --person E-p{n}" for n in range(12)}
    assert all(row["seconds"] >= 7200 for row in rows)
    assert len(lines(town.stuck("csv"))) == 12
    book = openpyxl.load_workbook(io.BytesIO(town.stuck("xlsx")))
    assert book.sheetnames == ["未了事项", "按原因", "待批"]
    (problem,) = book["按原因"].iter_rows(min_row=2, values_only=True)
    assert problem[:3] == ("memory", "搁置", 12)


def test_who_waits_is_told_after_an_hour_and_what_is_due_too(town: ReportTown) -> None:
    town.directory.unreachable = True
    town.person("late")
    town.work(5)
    assert json.loads(town.stuck("json")) == []
    assert "目前没有未了的事项" in Text(town.stuck("html")).words
    town.time += 3700
    told = {(row["externalId"], row["standing"]) for row in json.loads(town.stuck("json"))}
    assert ("E-late", "late") in told
    assert "没有应答" in Text(town.stuck("html")).words


def test_an_open_approval_says_who_may_decide(town: ReportTown) -> None:
    """Thirty people removed in one push are more than the guard lets pass."""
    ids = [town.person(f"p{number}") for number in range(30)]
    town.work_out()
    with because(Cause(request="push-1", batch="push-1")):
        for id in ids:
            town.delete("User", id)
    town.work(5)
    town.work(60)
    held = [row for row in json.loads(town.stuck("json")) if row["standing"] == "held"]
    assert held, town.rows("SELECT state, count(*) FROM links GROUP BY state")
    (approval,) = {row["approval"] for row in held}
    words = " ".join(Text(town.stuck("html")).words.split())
    assert "除 test 以外的负责人" in words
    assert f"huaming approvals approve {approval}" in words
    assert {row["command"] for row in held} == {f"huaming approvals show {approval}"}
    with town.engine.begin() as connection:
        decisions.reject(connection, approval, "周主任", "名单有误", town.time)
    rejected = [row for row in json.loads(town.stuck("json")) if row["standing"] == "held"]
    assert len(rejected) == len(held)
    assert {row["command"] for row in rejected} == {None}, "nobody can approve it any more"
    assert all("更正名册" in row["next"] for row in rejected)


def test_an_approval_that_nobody_caused_may_be_decided_by_anybody(town: ReportTown) -> None:
    with town.engine.begin() as connection:
        new(connection, "memory", None, town.time)
    assert "任何有权的负责人" in Text(town.stuck("html")).words
