"""Row 37: no cell of a report is read as a formula, and every name comes back: lifecycle, access, stuck, drift.

The sync report: tests/flows/test_report_sync.py; each beginning by itself: tests/unit/test_report_cells.py.
"""

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from mappings.model import Refused
from scim_server.reports.cells import original
from scim_server.reports.drift.report import write_drift
from scim_server.reports.period import Period
from tests.flows import client as say
from tests.flows.engine_room import Room
from tests.flows.report_town import ReportTown
from tests.flows.sweep_room import SweptRoom

FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
NAMES = (
    '=HYPERLINK("http://x")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "'=1",
    "=cmd|' /C calc'!A1",
)

Written = Callable[[str], bytes]


def peopled(room: Room) -> None:
    """People and Groups that are called so, each with an externalId of that beginning."""
    for number, name in enumerate(NAMES):
        named = {"formatted": name, "familyName": name}
        body = say.user(f"u{number}", f"{name}{number}", title=name, displayName=name) | {"name": named}
        room.post("User", body)
        room.post("Group", say.plain_group(f"{name} {number}", f"{name}G{number}"))
    room.work_out()


def lived(folder: Path, report: str) -> tuple[Room, Written]:
    if report == "drift":
        swept = SweptRoom(folder)
        peopled(swept)
        for each in swept.directory.accounts.values():
            each.attributes["title"] = (f"{NAMES[0]} 手改",)
        swept.swept()
        return swept, lambda form: _drift(swept, form)
    town = ReportTown(folder)
    if report == "stuck":
        town.directory.refused = {f"{name}{n}": Refused(name, f"{name} 不合要求") for n, name in enumerate(NAMES)}
    peopled(town)
    return town, getattr(town, report)


def _drift(room: SweptRoom, form: str) -> bytes:
    out = io.BytesIO()
    with room.engine.begin() as connection:
        write_drift(connection, form, out, room.time, Period())
    return out.getvalue()


@pytest.mark.parametrize("report", ["lifecycle", "access", "stuck", "drift"])
def test_no_cell_is_a_formula_and_every_name_comes_back(tmp_path: Path, report: str) -> None:
    room, written = lived(tmp_path, report)
    try:
        cells = [
            cell for line in csv.reader(io.StringIO(written("csv").decode("utf-8-sig"), newline="")) for cell in line
        ]
        assert [cell for cell in cells if FORMULA.match(cell)] == []
        assert {f"{name}{n}" for n, name in enumerate(NAMES)} <= set(map(original, cells)), "a name is lost"
        book = openpyxl.load_workbook(io.BytesIO(written("xlsx")))
        there = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
        assert {cell.data_type for cell in there} == {"s"}
        assert [cell for cell in there if cell.hyperlink] == []
        assert [cell.value for cell in there if FORMULA.match(cell.value)] == []
        assert {f"{name}{n}" for n, name in enumerate(NAMES)} <= {original(cell.value) for cell in there}
        assert b'href="http://x' not in written("html")
    finally:
        room.close()
