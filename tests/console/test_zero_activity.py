"""`huaming report zero-activity`: what the check found, what came of it, and nothing of what is not for everybody."""

import io
import json
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from scim_server.reports.zero_activity.report import write_zero_activity
from scim_server.store.review_tables import review_accounts, reviews
from scim_server.store.reviews import NoSuchReview
from tests.cli.line import done, inside, refused
from tests.console.town import CANARY, ConsoleTown
from tests.flows.report_record import Text
from tests.flows.report_town import lines


def report(town: ConsoleTown, form: str = "json", month: str | None = None, restricted: bool = False) -> bytes:
    out = io.BytesIO()
    with town.house.engine.begin() as connection:
        write_zero_activity(connection, form, out, town.time, month, restricted)
    return out.getvalue()


def told(town: ConsoleTown, restricted: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(report(town, restricted=restricted))
    return found


def test_each_system_with_what_was_found_and_what_was_left_out(town: ConsoleTown) -> None:
    found = told(town)
    assert (found["review"]["month"], found["review"]["state"]) == ("2026-07", "open")
    assert (found["review"]["windowStart"], found["review"]["at"]) == (
        "2026-05-31T16:00:00.000Z",
        "2026-06-30T16:00:00.000Z",
    )
    figures = ("system", "checked", "operated", "silent", "noData", "excluded", "reasons")
    assert [tuple(each[name] for name in figures) for each in found["systems"]] == [
        ("attendance", 0, 0, 0, 5, 2, {"not-throughout": 2}),
        ("oa", 4, 1, 3, 0, 3, {"not-throughout": 3}),
        ("wecom", 3, 2, 1, 0, 4, {"not-throughout": 4}),
    ]
    assert found["systems"][0]["watched"] == {"device": False}
    exact = {each["system"]: each["reasons"] for each in told(town, restricted=True)["systems"]}
    assert exact == {
        "attendance": {"needs-changed": 1, "removed": 1},
        "oa": {"locked": 2, "removed": 1},
        "wecom": {"locked": 2, "new": 1, "removed": 1},
    }


def test_no_data_says_what_was_not_watched(town: ConsoleTown) -> None:
    words = Text(report(town, "html")).words
    assert "attendance：考勤设备未全程监测，无操作记录的记为「无数据」，不发函" in words
    systems = load_workbook(io.BytesIO(report(town, "xlsx")))["各系统"]
    assert [cell.value for cell in next(systems.iter_rows(min_row=2))] == [
        *("attendance", 0, 0, 0, 5, 2),
        "考勤设备未全程监测",
    ]


def test_cases_by_department_with_letters_and_their_time(town: ConsoleTown) -> None:
    found = told(town)
    rows = {each["name"]: each for each in found["departments"]}
    assert list(rows) == ["区卫健委", "区领导", "区教育局"]  # what is missing first
    names = ("people", "cases", "open", "answered", "onTime", "late", "missing", "waiting")
    assert {name: tuple(row[each] for each in names) for name, row in rows.items()} == {
        "区卫健委": (1, 2, 1, 1, 1, 0, 1, 0),
        "区教育局": (1, 1, 0, 1, 0, 1, 0, 0),
        "区领导": (1, 1, 1, 0, 0, 0, 0, 0),
    }
    assert rows["区教育局"]["letters"] == ["崖科工信函〔2026〕1号"]
    assert (rows["区领导"]["letters"], rows["区领导"]["department"]) == ([], None)
    cases = {(each["externalId"], each["system"]): each for each in found["cases"]}
    assert {key: (each["state"], each["time"], each["due"], each["repliedOn"]) for key, each in cases.items()} == {
        ("E1", "oa"): ("answered", "late", "2026-07-06", "2026-07-07"),
        ("E4", "oa"): ("answered", "on-time", "2026-07-06", "2026-07-06"),
        ("E4", "wecom"): ("open", "missing", "2026-07-06", None),
    }
    assert cases["E1", "oa"]["office"] == "人事科"


def test_leaders_and_answers_are_for_some_only(town: ConsoleTown) -> None:
    found = told(town)
    assert found["withheld"] == 1
    assert all("answer" not in each and "reason" not in each for each in found["cases"])
    whole = {each["externalId"]: each for each in told(town, restricted=True)["cases"]}
    assert whole["L1"]["addressees"] == ["区委办", "区政府办"]
    assert (whole["L1"]["department"], whole["L1"]["departmentName"], whole["L1"]["time"]) == (None, "区领导", None)
    assert (whole["E1"]["answer"], whole["E1"]["reply"]) == ("suspended", "崖教函〔2026〕9号")


@pytest.mark.parametrize("form", ["json", "csv", "html"])
def test_no_face_for_everybody_tells_of_a_lock(town: ConsoleTown, form: str) -> None:
    said = report(town, form).decode("utf-8-sig")
    for word in (
        "locked",
        "unlocked",
        "suspended",
        "removed",
        "锁定",
        "停止工作",
        CANARY,
        "陈区长",
        "L1",
        "〔2026〕3号",
    ):
        assert word not in said, word
    whole = report(town, form, restricted=True).decode("utf-8-sig")
    assert "陈区长" in whole
    assert CANARY in whole


def test_nor_does_the_workbook(town: ConsoleTown) -> None:
    def cells(restricted: bool) -> str:
        book = load_workbook(io.BytesIO(report(town, "xlsx", restricted=restricted)))
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)

    public, whole = cells(restricted=False), cells(restricted=True)
    for word in ("已锁定", "停止工作", CANARY, "窗口内新开通", "已离职注销", "崖卫函"):
        assert word not in public, word
        assert word in whole, word


def test_the_workbook_has_every_account_of_which_nothing_is_said(town: ConsoleTown) -> None:
    sheet = load_workbook(io.BytesIO(report(town, "xlsx", restricted=True)))["未列入"]
    found = {(row[0], row[1]): (row[4], row[5]) for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert found["oa", "E2"] == ("不在核查之列", "已锁定")
    assert found["attendance", "E1"] == ("无数据", "")
    assert len(found) == 14


def test_tables_for_spreadsheets(town: ConsoleTown) -> None:
    found = lines(report(town, "csv"))
    assert [(each["人员编号"], each["系统"], each["时限"]) for each in found] == [
        ("E1", "oa", "逾期复函"),
        ("E4", "oa", "按时"),
        ("E4", "wecom", "逾期未复"),
    ]
    assert found[1]["姓名"] == "'=钱多"
    assert found[0]["最后操作（北京时间）"] == "2026-04-02 09:00:00"


def test_accounts_without_a_person_stand_apart(town: ConsoleTown) -> None:
    assert told(town)["strangers"] == [{"system": "oa", "remoteId": "stray-1", "at": None}]
    assert "没有关联到人员的账号，单独列出，不发函" in Text(report(town, "html")).words


def test_totals_are_counted_again_from_the_rows(town: ConsoleTown) -> None:
    counted = town.rows("SELECT count(*) FROM review_accounts")[0][0]
    assert told(town)["recount"] == {
        "agrees": True,
        "reported": counted,
        "counted": counted,
        "sentence": f"与逐户记录核对：一致（核查 {counted:,} 个账号，逐户记录 {counted:,} 个）。",
    }


def test_what_differs_is_named(own_town: ConsoleTown) -> None:
    mine = update(review_accounts).where(
        review_accounts.c.subject == own_town.subject("E1"), review_accounts.c.system == "oa"
    )
    own_town._wait(own_town.house.writer.commit(lambda connection: connection.execute(mine.values(verdict="operated"))))
    found = told(own_town, restricted=True)["recount"]
    assert found["agrees"] is False
    assert "oa 有操作 报告 1，记录 2" in found["sentence"]
    assert "oa 无操作 2，核查事项 3" in found["sentence"]
    assert "不一致" in Text(report(own_town, "html")).words


def test_a_check_that_is_not_whole_has_no_totals(own_town: ConsoleTown) -> None:
    still = update(reviews).values(state="gathering", counts=b"{}", watched=b"{}")
    own_town._wait(own_town.house.writer.commit(lambda connection: connection.execute(still)))
    found = told(own_town)
    assert (found["systems"], found["recount"]) == ([], None)
    assert "核查尚未完成" in Text(report(own_town, "html")).words


def test_nobody_is_told_of_a_check_that_was_not(town: ConsoleTown) -> None:
    with pytest.raises(NoSuchReview):
        report(town, month="2026-06")


def test_the_command(town: ConsoleTown) -> None:
    typed = ("report", "zero-activity", "--format", "json", "--config", town.config)
    assert json.loads(done(inside(*typed, "--month", "2026-07")))["withheld"] == 1
    before = len(town.looks())
    assert json.loads(done(inside(*typed, "--restricted")))["withheld"] == 0
    assert [what for _, what, _ in town.looks()[before:]] == ["report zero-activity"]
    assert "没有 2026-06 的核查" in refused(inside(*typed, "--month", "2026-06"), 1)
    assert "YYYY-MM" in refused(inside(*typed, "--month", "2026-6"), 2)
