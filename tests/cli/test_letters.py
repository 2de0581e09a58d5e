"""`huaming letter` and `huaming report letters`: what is owed, by whom, until when, and what came."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.cli.line import done, inside, refused
from tests.cli.office import CANARY, Office
from tests.cli.test_rulings import rows

DAY = "2026-06-01"
NUMBER = "崖教函〔2026〕12号"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def record(office: Office, *covers: str, kind: str = "change", **options: str) -> str:
    words = ["letter", "record", "--number", NUMBER, "--kind", kind, "--by", "函件登记"]
    words += [word for each in covers for word in ("--covers", each)]
    words += [word for name, value in options.items() for word in (f"--{name}", value)]
    return done(inside(*words, "--config", office.config)).strip()


def report(office: Office, *words: str, form: str = "json", day: str = DAY) -> str:
    return done(inside("report", "letters", "--format", form, "--as-of", day, *words, "--config", office.config))


def owed(office: Office, key: str, *words: str, day: str = DAY) -> list[dict[str, Any]]:
    """The rows of one person, a department each."""
    return [each for each in json.loads(report(office, *words, day=day)) if each["external_id"] == key]


def told(found: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(each["sender"], each["state"], each["sent"]) for each in found]


# what is recorded is recorded today: such a report is asked for a day that is not before it
LATER = "2031-05-01"


def test_what_is_owed_by_whom_and_until_when(office: Office) -> None:
    (home, host) = owed(office, "Z4")
    assert (home["sender"], home["sender_name"], host["sender"]) == ("EDU", "区教育局", "HEA")
    assert (home["article"], home["kind"], home["event"], home["due"]) == (
        "二(三)",
        "change",
        "2026-03-02",
        "2026-03-05",
    )
    assert [each["state"] for each in (home, host)] == ["missing", "missing"]
    assert home["stated"] == "崖教函〔2026〕9号"
    (left,) = owed(office, "Z6")
    assert (left["article"], left["kind"], left["due"]) == ("三", "cancel", "2026-05-09")


def test_before_the_deadline_it_may_still_come(office: Office) -> None:
    assert [each["state"] for each in owed(office, "Z4", day="2026-03-05")] == ["open", "open"]
    assert [each["state"] for each in owed(office, "Z4", day="2026-03-06")] == ["missing", "missing"]
    assert owed(office, "Z4", day="2026-03-01") == []


def test_a_case_of_two_senders_is_open_until_both_have_written(office: Office) -> None:
    record(office, "Z4:s2", sender="EDU", delivered="2026-03-05T23:59:00+08:00")
    home, host = owed(office, "Z4", day=LATER)
    assert told([home, host]) == [("EDU", "on-time", "2026-03-05"), ("HEA", "missing", None)]
    assert (home["number"], home["whole"], host["whole"]) == (NUMBER, "missing", "missing")
    record(office, "Z4:s2", sender="HEA", delivered="2026-03-06T00:00:01+08:00")
    assert told(owed(office, "Z4", day=LATER)) == [("EDU", "on-time", "2026-03-05"), ("HEA", "late", "2026-03-06")]


def test_a_joint_letter_is_of_all_who_owe_it(office: Office) -> None:
    record(office, "Z4:s2", delivered="2026-03-04")
    assert {each["state"] for each in owed(office, "Z4", day=LATER)} == {"on-time"}


def test_one_letter_covers_several_people(office: Office) -> None:
    record(office, "Z4:s2", "Z3:s1", delivered="2026-03-04")
    found = owed(office, "Z3", "--restricted", day=LATER)
    assert [(each["number"], each["state"]) for each in found if each["covers"] == "s1"] == [(NUMBER, "on-time")]


def test_locks_are_listed_for_those_who_may_see_them_all_kinds_alike(office: Office) -> None:
    assert owed(office, "Z2") == owed(office, "Z3") == []
    (suspended,) = owed(office, "Z2", "--restricted")
    assert (suspended["article"], suspended["covers"], suspended["sender"]) == ("二(五)", "c1", "EDU")
    assert rows(office, "SELECT what, subject FROM looks ORDER BY seq DESC LIMIT 1") == [("report letters", "*")]
    page = report(office, form="html")
    assert "另有锁定事项应发函 2 件" in page
    assert "李明" not in page
    for form in ("html", "csv", "json"):
        assert CANARY not in report(office, form=form)
    assert owed(office, "Z6", "--restricted")[0]["stated"] == CANARY  # the number that the roster gives for his letter


def test_what_is_only_assumed_of_the_calendar_makes_nothing_late(office: Office) -> None:
    (found,) = owed(office, "Z9", day="2031-06-01")
    assert (found["provisional"], found["state"], found["kind"]) == (True, "open", "open")
    assert "暂定" in report(office, form="html", day="2031-06-01")


def test_a_gate_opens_with_the_letter_at_once(tmp_path: Path) -> None:
    office = Office(tmp_path, 'letter_gate = "open"\nletter_gate_from = 2019-01-01')

    def active() -> Any:
        return rows(office, "SELECT active FROM resources WHERE external_id = 'Z1'")[0][0]

    assert active() == 0
    record(office, "Z1:h1", kind="open", sender="EDU")
    assert active() == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [("letter", "没有登记在案的来函"), ("slip", "没有待领取的初始口令"), ("leftover", "没有待清除的残余资料")],
)
def test_a_list_that_is_empty_said_nothing(office: Office, command: str, said: str) -> None:
    assert done(inside(command, "list", "--config", office.config)) == f"{said}\n"


def test_the_letters_on_record_are_listed(office: Office) -> None:
    id = record(office, "Z4:s2", "Z3:s1:end", delivered="2026-03-04T10:00:00+08:00", sender="EDU")
    asked = ("letter", "list", "--json", "--config", office.config)
    (found,) = json.loads(done(inside(*asked)))
    assert (found["id"], found["number"], found["sent"], found["covers"]) == (id, NUMBER, "2026-03-04", 2)
    (exact,) = json.loads(done(inside(*asked, "--restricted")))
    assert [(each["externalId"], each["covers"], each["phase"]) for each in exact["covers"]] == [
        ("Z3", "s1", "end"),
        ("Z4", "s2", "start"),
    ]
    said = done(inside("letter", "list", "--config", office.config))
    assert said == f"{NUMBER} EDU 变更函，2026-03-04 送达，涉及2 人（登记：函件登记）\n"


@pytest.mark.parametrize(
    ("covers", "options", "code", "said"),
    [
        ("Z99:s2", {}, 1, "Z99"),
        ("Z4:s9", {}, 1, "a1、s2、h1"),
        ("Z4", {}, 2, "PERSON:VALUE"),
        ("Z4:s2", {"sender": "EDU-1"}, 1, "EDU-1"),
        ("Z4:s2", {"sender": "NOBODY"}, 1, "NOBODY"),
        ("Z4:s2", {"sender": "D00"}, 1, "D00"),
        ("Z4:s2", {"delivered": "soon"}, 2, "--delivered"),
        ("Z4:s2", {"delivered": "2099-01-01"}, 1, "尚未到"),
        ("Z4:s2", {"number": " "}, 2, "--number"),
        ("Z4:s2", {"kind": "note"}, 2, "--kind"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_recorded(
    office: Office, covers: str, options: dict[str, str], code: int, said: str
) -> None:
    given = {"kind": "change", "by": "函件登记"} | options
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    answer = inside("letter", "record", "--number", NUMBER, "--covers", covers, *words, "--config", office.config)
    assert said in refused(answer, code)
    assert rows(office, "SELECT count(*) FROM letters") == [(0,)]


def test_every_format_tells_the_same_and_no_cell_is_a_formula(office: Office, tmp_path: Path) -> None:
    found = json.loads(report(office))
    text = report(office, form="csv")
    assert text.startswith("\ufeff部门代码,应发函部门,")
    lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [line["人员编号"] for line in lines] == [each["external_id"] for each in found]
    assert {line["姓名"] for line in lines} == {"'=钱多", "周伟"}
    assert [line["本部门"] for line in lines] == ["逾期未到"] * 3
    report(office, "--out", str(tmp_path / "letters.xlsx"), form="xlsx")
    book = load_workbook(tmp_path / "letters.xlsx")
    assert book.sheetnames == ["来函", "各单位", "发函未结", "时限"]
    assert [row[0].value for row in book["来函"].iter_rows(min_row=2)] == [each["sender"] for each in found]
    cell = book["来函"].cell(2, 4)
    assert (cell.value, cell.data_type) == ("'=钱多", "s")


def test_each_department_is_told_how_late_it_is(office: Office, tmp_path: Path) -> None:
    record(office, "Z4:s2", sender="EDU", delivered="2026-03-09")
    record(office, "Z6:x1", kind="cancel", sender="EDU", delivered="2026-05-07")
    report(office, "--out", str(tmp_path / "letters.xlsx"), form="xlsx", day=LATER)
    sheet = load_workbook(tmp_path / "letters.xlsx")["各单位"]
    lines = {row[1]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert lines["HEA"] == ("区卫健委", "HEA", 1, 1, 0, 0, 0, 0, "100%")
    assert lines["EDU"] == ("区教育局", "EDU", 2, 0, 1, 0, 1, 0, "50%")
    page = report(office, form="html", day=LATER)
    assert "各单位应发函 3 件" in page
    assert page.index("逾期未到（1 件）") < page.index("逾期送达（1 件）")


def test_a_report_may_begin_later_and_a_day_that_is_none_is_bad_usage(office: Office) -> None:
    assert {each["external_id"] for each in json.loads(report(office, "--since", "2026-05-01"))} == {"Z6"}
    assert "--since" in refused(inside("report", "letters", "--since", "bald", "--config", office.config), 2)
