"""`huaming report sync`: four formats, to stdout alone or into a file."""

import csv
import io
import json
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.cli.line import HUAMING, done, inside, refused
from tests.cli.town import Town
from tests.servers.stores import store_url


def report(town: Town, *words: object, code: int = 0) -> bytes:
    command = [str(HUAMING), "report", "sync", *map(str, words), "--config", str(town.house.config)]
    answer = subprocess.run(command, capture_output=True, timeout=60, check=False)
    assert answer.returncode == code, answer.stderr
    assert (answer.stderr == b"") is (code == 0)
    assert b"Traceback" not in answer.stderr
    return answer.stdout


def operations(town: Town) -> set[tuple[str, str]]:
    rows = town.house.rows("SELECT key, action FROM attempts")
    assert rows
    return {(key, action) for key, action in rows}


def test_json_is_a_row_an_operation(town: Town) -> None:
    rows = json.loads(report(town, "--format", "json"))
    assert {(row["externalId"], row["action"]) for row in rows} == operations(town)
    assert list(rows[0])[:6] == ["time", "system", "externalId", "action", "article", "outcome"]
    assert len(rows) == town.house.rows("SELECT count(*) FROM attempts")[0][0]


def test_csv_to_stdout_and_into_a_file_are_the_same(town: Town, tmp_path: Path) -> None:
    out = tmp_path / "报告.csv"
    text = report(town, "--format", "csv")
    assert report(town, "--format", "csv", "--out", out) == b""
    assert out.read_bytes() == text
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert {(row["externalId"], row["action"]) for row in rows} == operations(town)


def test_xlsx_to_stdout_opens(town: Town) -> None:
    book = openpyxl.load_workbook(io.BytesIO(report(town, "--format", "xlsx")), read_only=True)
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {"E1", "E2", "E3"} <= cells


def test_html_is_the_form_without_a_choice(town: Town) -> None:
    page = report(town).decode()
    assert page.startswith("<!DOCTYPE html>")
    assert "王芳" in page
    assert "钱多@教育.中国" in page, "what stands open is told with its reason"


def test_a_period_and_a_person_narrow_it(town: Town) -> None:
    assert json.loads(report(town, "--format", "json", "--since", "2099-01-01")) == []
    rows = json.loads(report(town, "--format", "json", "--person", "E2", "--since", "2001-01-01"))
    assert {row["externalId"] for row in rows} == {"E2"}


@pytest.mark.parametrize("name", ["sync", "drift"])
def test_a_system_that_never_was_is_refused_and_one_that_was_is_told_of(town: Town, name: str) -> None:
    typo = inside("report", name, "--system", "ldpa", config=town.house.config)
    assert "no system named ldpa" in refused(typo, 2)
    assert typo.stdout == ""
    without = town.house.config.with_name(f"without-{name}.toml")
    without.write_text(f"[store]\nurl = '{store_url(town.house.store)}'\n")
    past = inside("report", name, "--system", "ldap", "--format", "json", config=without)
    told = json.loads(done(past))
    assert told == {"sweeps": [], "drift": []} if name == "drift" else {row["system"] for row in told} == {"ldap"}


@pytest.mark.parametrize(("words", "code"), [(("--since", "gestern"), 2), (("--out", "/nowhere/at/all/report.csv"), 1)])
def test_what_cannot_be_is_refused_and_leaves_no_file(
    town: Town, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    given = () if "--out" in words else ("--out", tmp_path / "report.csv")
    assert report(town, "--format", "csv", *words, *given, code=code) == b""
    assert list(tmp_path.iterdir()) == []
