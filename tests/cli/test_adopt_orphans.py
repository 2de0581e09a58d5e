"""`huaming report orphans`: what no link names, read now; a system without a whole list is said to be one."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from tests.cli.first_day import BY, FirstDay
from tests.cli.line import done, inside
from tests.flows.house import Served


@pytest.fixture
def day(house: Served) -> Iterator[FirstDay]:
    one = FirstDay(house)
    yield one
    one.hands.connection.unbind()


def test_orphans_are_told_and_the_open_doors_first(day: FirstDay) -> None:
    told = json.loads(done(day.type("report", "orphans", "--format", "json")))
    (read,), rows = told["systems"], told["orphans"]
    assert (read["accounts"], read["departments"], read["error"]) == (6, 1, None)
    assert read["lastWholeSweep"] is None
    assert [(row["account"].partition(",")[0], row["thought"]) for row in rows] == [
        ("uid=zhou", "left"),
        ("cn=hr", "candidate"),
        ("uid=WANG", "candidate"),
        ("uid=liming", "candidate"),
        ("uid=zq", "candidate"),
        ("uid=printer", "nobody"),
        ("uid=root", "protected"),
    ]
    why = {row["account"].partition(",")[0]: row["why"] for row in rows}
    assert "账号仍在" in why["uid=zhou"]
    assert why["uid=printer"] == "没有关联，也没有编号"
    assert why["uid=root"].startswith("受保护")
    assert rows[0]["remoteId"] == day.uuids["zhou"]
    assert rows[0]["since"] is None
    text = done(day.type("report", "orphans", "--format", "csv")).removeprefix("\ufeff")
    lines = list(csv.DictReader(io.StringIO(text)))
    assert lines[0]["名册的看法"] == "按名册不应有的账号，仍可使用"
    assert {line["何时起"] for line in lines} == {"无数据"}
    page = done(day.type("report", "orphans", "--system", "ldap"))
    assert page.startswith("<!DOCTYPE html>")
    assert "无主账号 6 个" in page
    assert "受保护，不作改动 1 个" in page
    assert "从未完整巡检过" in page
    out = day.house.folder / "无主.xlsx"
    done(day.type("report", "orphans", "--format", "xlsx", "--out", out))
    cells = [cell.value for sheet in openpyxl.load_workbook(out) for line in sheet.iter_rows() for cell in line]
    assert "按名册不应有的账号，仍可使用" in cells
    path = day.file(f",ldap,{day.uuids['printer']},非我方")
    done(day.adopt("--csv", path, "--accept", day.listed("--csv", path)["digest"], *BY))
    done(day.type("sync", "--sweep", "--report-only"))
    told = json.loads(done(day.type("report", "orphans", "--format", "json")))
    left = {row["account"].partition(",")[0]: row for row in told["orphans"]}
    assert {rdn for rdn, row in left.items() if row["thought"] not in ("disowned", "protected")} == {
        "uid=zhou",
        "uid=zq",
    }
    assert "由李科长声明非我方" in left["uid=printer"]["why"]
    whole = told["systems"][0]["lastWholeSweep"]
    assert (whole["accounts"], whole["departments"], whole["strange"]) == (6, 1, 4)


def test_an_empty_report_says_that_it_is_empty(house: Served) -> None:
    assert "没有无主账号。" in done(inside("report", "orphans", config=_written(house)))
    told = json.loads(done(inside("report", "orphans", "--format", "json", config=house.config)))
    assert told["orphans"] == []
    assert told["systems"][0]["accounts"] == 0


def _written(house: Served) -> Path:
    house.write_config()
    return house.config


@pytest.mark.parametrize("form", ["html", "csv", "json"])
def test_a_system_that_cannot_be_read_is_said_to_be_one(lone: Served, form: str) -> None:
    answer = inside("report", "orphans", "--format", form, config=lone.config)
    assert answer.returncode == 1
    assert "ldap 未能完整读取" in answer.stderr
    said = answer.stdout.removeprefix("\ufeff")
    if form == "json":
        told = json.loads(said)
        assert told["orphans"] == []
        assert [(each["accounts"], bool(each["error"])) for each in told["systems"]] == [(None, True)]
    else:
        assert "未能完整读取" in said
        assert "没有无主账号。" not in said.replace("已读取的系统中没有无主账号。", "")
