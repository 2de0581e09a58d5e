"""The drift report in its four forms: what was found, what became of it, with the counts of what was read."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mappings.model import Kind, Presence
from scim_server.reports.drift.report import COLUMNS, SWEEP_COLUMNS, write_drift
from scim_server.reports.period import Period
from tests.flows import client as say
from tests.flows.sweep_room import SweptRoom


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One was healed, one is only reported, one was locked by hand, one stands in a group too many."""
    folder: Path = tmp_path_factory.mktemp("drift")
    one = SweptRoom(folder)
    one.govern("mail")
    for name in "abcd":
        one.person(name, title="科员")
    one.post("Group", say.plain_group("=篮球队", "T1"))
    one.work_out()
    one.account("a").attributes["title"] = ("局长",)
    one.account("b").attributes["mail"] = ("x@evil.example",)
    one.account("c").presence = Presence.LOCKED
    one.account("d").groups.add(one.account("T1", Kind.GROUP).remote_id)
    one.directory.put(Kind.PERSON, "X", "stranger")
    one.swept()
    one.work_out()
    yield one
    one.close()


def written(room: SweptRoom, form: str, period: Period | None = None) -> bytes:
    out = io.BytesIO()
    with room.engine.begin() as connection:
        write_drift(connection, form, out, room.time, period or Period())
    return out.getvalue()


STANDING = {
    "E-a": "已恢复并读回",
    "E-b": "保留原状",
    "E-c": "保留：按规定不自动解锁",
    "E-d": "已恢复并读回",
}


def test_json_has_the_sweep_with_its_counts_and_a_record_a_value(room: SweptRoom) -> None:
    told = json.loads(written(room, "json"))
    (sweep,) = told["sweeps"]
    assert (sweep["outcome"], sweep["accounts"], sweep["departments"], sweep["strange"]) == ("complete", 5, 1, 1)
    assert (sweep["differences"], sweep["healing"], sweep["remaining"]) == (4, 2, 2)
    rows = {row["externalId"]: row for row in told["drift"]}
    assert {key: (row["what"], row["found"], row["policy"]) for key, row in rows.items()} == {
        "E-a": ("title", "other", "heal"),
        "E-b": ("mail", "other", "report"),
        "E-c": ("presence", "locked", "report"),
        "E-d": ("memberships", "extra", "heal"),
    }
    assert {key for key, row in rows.items() if row["healedAt"]} == {"E-a", "E-d"}
    assert "evil" not in json.dumps(told), "the report names no value"


def test_csv_and_xlsx_say_the_same_in_chinese_and_nothing_is_a_formula(room: SweptRoom) -> None:
    lines = list(csv.DictReader(io.StringIO(written(room, "csv").decode("utf-8-sig"))))
    assert {line["编号"]: line["现状"] for line in lines} == STANDING
    book = openpyxl.load_workbook(io.BytesIO(written(room, "xlsx")))
    rows = list(book["不符"].values)
    assert rows[0] == tuple(column.title for column in COLUMNS)
    assert {row[3]: row[8] for row in rows[1:]} == STANDING
    assert next(iter(book["巡检"].values)) == tuple(column.title for column in SWEEP_COLUMNS)
    cells = [str(cell) for line in lines for cell in line.values()]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_page_tells_a_person(room: SweptRoom) -> None:
    page = written(room, "html").decode()
    for words in ("巡检报告", "memory 不符 4 项", "多在“=篮球队”（T1）中", "职务与名册不符", *STANDING.values()):
        assert words in page
    assert "<script" not in page


def test_a_period_without_a_sweep_has_none(room: SweptRoom) -> None:
    told = json.loads(written(room, "json", Period(until="2020-01-01T00:00:00.000Z")))
    assert told == {"sweeps": [], "drift": []}
