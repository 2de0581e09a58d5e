"""`huaming activity`: exports read in, systems asked, what is on record shown; typed within this process."""

import io
import json
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from connectors.attendance.simulator.vendor import Attendance
from connectors.simulation.running import Running
from mappings.activity import UNKNOWN, span, verdict
from scim_server.store.activity import strangers, watched
from scim_server.store.activity_tables import activity, activity_imports, activity_strangers, activity_watched
from scim_server.store.tables import looks
from scim_server.store.trace_tables import trace
from tests.cli.line import done, inside, refused
from tests.flows.activity_room import ActivityRoom

CHINA = timezone(timedelta(hours=8))
BY = ("--by", "符主任")
JUNE = ("--since", "2026-06-01", "--until", "2026-06-30")
AT = datetime(2026, 6, 30, 17, 31, 5, tzinfo=CHINA)


class Typed(ActivityRoom):
    """Three people with accounts in the OA, the third adopted; and a configuration to type commands with."""

    def __init__(self, folder: Path, now: float) -> None:
        super().__init__(folder, now)
        self.config = folder / "huaming.toml"
        self.folder = folder
        self.configured("")

    def configured(self, systems: str) -> None:
        self.config.write_text(f'[store]\nurl = "{self.url}"\n{systems}', encoding="utf-8")

    def type(self, *words: Any) -> Any:
        return inside("activity", *words, config=self.config)

    def file(self, text: str | bytes, name: str = "export.csv") -> Path:
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode("gb18030"))
        return path

    def take(self, path: Path, *words: Any, terminal: str = "any") -> dict[str, Any]:
        told = done(self.type("import", path, "--system", "oa", "--terminal", terminal, *JUNE, *BY, "--json", *words))
        found: dict[str, Any] = json.loads(told)
        return found

    def refuse(self, path: Path, *words: Any, code: int = 1) -> str:
        """It is refused, and nothing was written."""
        said = refused(self.type("import", path, "--system", "oa", "--terminal", "any", *JUNE, *BY, *words), code)
        tables = (activity, activity_imports, activity_strangers, activity_watched)
        assert [self.rows(table) for table in tables] == [[]] * 4
        return said

    def state(self, number: int) -> str:
        """The verdict of one person's account over June."""
        since, until = datetime(2026, 6, 1, tzinfo=CHINA), datetime(2026, 7, 1, tzinfo=CHINA)
        with self.reader() as reader:
            window = span("oa", watched(reader, "oa"), since, until)
        return verdict(self.known("oa", number) or UNKNOWN, window).state


OA = """
[systems.oa]
url = "http://127.0.0.1:9"
user = "u"
password = "p"
unit = "1"
default_post = "职员"
default_level = "科员"
"""


@pytest.fixture
def room(tmp_path: Path) -> Typed:
    room = Typed(tmp_path, AT.timestamp())
    room.configured(OA)
    room.people("oa", "9001", "9002", "-7723")
    room.users(3)
    room.logins("oa", (2, "old-login"))
    return room


TABLE = "人员编号,姓名,最后登录时间\nE0,王零,2026-06-30 17:31:05\nE1,王一,2026-04-01 08:00:00\nE2,王二,从未登录\n"


def test_an_export_makes_evidence_and_silence(room: Typed) -> None:
    told = room.take(room.file(TABLE))
    assert (told["rows"], told["people"], told["dated"], told["accounts"], told["strangers"]) == (3, 3, 2, 3, [])
    assert [room.state(number) for number in range(3)] == ["operated", "silent", "silent"]
    (evidence,) = room.known("oa", 0).evidence
    assert (evidence.at, evidence.terminal, evidence.source, evidence.strength) == (AT, "any", "export", "proof")
    (stretch,) = room.rows(activity_watched)
    assert (stretch["since"], stretch["until"]) == ("2026-05-31T16:00:00.000Z", "2026-06-30T16:00:00.000Z")
    assert stretch["by"] == "符主任"
    assert [(row["kind"], row["actor"]) for row in room.rows(trace)] == [("activity", "符主任")]


def test_one_terminal_alone_is_no_silence(room: Typed) -> None:
    room.take(room.file(TABLE), terminal="pc")
    assert [room.state(number) for number in range(3)] == ["operated", "no-data", "no-data"]
    room.take(room.file(TABLE.replace("2026-06-30 17:31:05", "")), terminal="mobile")
    assert [room.state(number) for number in range(3)] == ["operated", "silent", "silent"]


def test_rows_are_matched_by_remote_id_key_or_login(room: Typed) -> None:
    told = room.take(
        room.file(
            "登录名,人员ID,工号,登录时间\nU0,,,2026-06-02 08:00:00\n,9002,,2026-06-03 08:00:00\n"
            "old-login,,,2026-06-04 08:00:00\nadmin,,,2026-06-06 08:00:00\nu0,9001,E0,2026-06-01 08:00:00\n"
        )
    )
    assert (told["matched"], told["people"]) == (4, 3)
    assert told["strangers"] == [{"line": 5, "who": ["admin"], "name": ""}]
    days = [room.known("oa", number).evidence[0].at.astimezone(CHINA).day for number in range(3)]
    assert days == [2, 3, 4]
    with room.reader() as reader:
        assert strangers(reader, "oa") == [("admin", datetime(2026, 6, 6, 8, tzinfo=CHINA))]


def test_a_row_that_names_two_people_accuses_neither(room: Typed) -> None:
    told = room.take(room.file("登录名,工号,登录时间\nu0,E1,2026-06-05 08:00:00\n,E2,\n"))
    assert told["doubtful"] == [{"line": 2, "who": ["E1", "u0"], "name": ""}]
    assert [room.state(number) for number in range(3)] == ["operated", "operated", "silent"]
    assert room.known("oa", 0).evidence[0].strength == "evidence"


def test_the_same_file_is_told_and_not_doubled(room: Typed) -> None:
    path = room.file(TABLE)
    first = room.take(path)
    again = room.take(path)
    assert again["id"] is None
    assert again["already"].endswith("符主任")
    assert "由 符主任 导入，没有重复导入" in done(
        room.type("import", path, "--system", "oa", "--terminal", "any", *JUNE, *BY)
    )
    assert [row["id"] for row in room.rows(activity_imports)] == [first["id"]]
    assert len(room.rows(activity_watched)) == 1


def test_a_file_with_wrong_rows_leaves_nothing_and_names_them(room: Typed) -> None:
    said = room.refuse(room.file(TABLE + "E0,王零,昨天\n,王,2026-06-01\n"))
    assert "第 5 行" in said
    assert "第 6 行" in said
    assert "未导入任何一行" in said


def test_a_file_of_something_else_is_refused_with_the_reason(room: Typed) -> None:
    assert "--key" in room.refuse(room.file("甲,乙\n1,2\n"))
    assert "xls" in room.refuse(room.file(b"\xd0\xcf\x11\xe0" + b"\0" * 600, "export.xls"))
    assert "没有一行是 oa 中" in room.refuse(room.file(TABLE.replace("E", "X")))
    assert "empty" in room.refuse(room.file(TABLE), "--since", "2026-07-01", code=2)


def test_a_terminal_that_the_system_has_not_is_bad_usage(room: Typed) -> None:
    said = ("--system", "oa", "--terminal", "device", *JUNE, *BY)
    assert "it has: pc, mobile, any" in refused(room.type("import", room.file(TABLE), *said), 2)
    assert room.rows(activity) == []


def test_a_workbook_that_is_half_there_is_told_in_a_sentence(room: Typed) -> None:
    book, whole = openpyxl.Workbook(), io.BytesIO()
    book.save(whole)
    assert "文件不完整" in room.refuse(room.file(whole.getvalue()[:2000], "half.xlsx"))


def test_a_file_that_names_few_silences_the_rest_only_when_told_so(room: Typed) -> None:
    few = room.file("工号,登录时间\nE0,2026-06-30 17:31:05\n")
    assert "--complete" in room.refuse(few)
    room.take(few, "--complete")
    assert [room.state(number) for number in range(3)] == ["operated", "silent", "silent"]


def test_a_workbook_with_columns_of_its_own(room: Typed) -> None:
    book = openpyxl.Workbook()
    for row in (["人", "上线"], ["E0", datetime(2026, 6, 30, 17, 31, 5)], ["E1", "2026年6月1日"], ["E2", None]):
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    room.take(room.file(data.getvalue(), "export.xlsx"), "--key", "人", "--at", "上线")
    assert [room.state(number) for number in range(3)] == ["operated", "operated", "silent"]


def test_a_wrong_import_is_withdrawn_and_may_be_read_in_again(room: Typed) -> None:
    path = room.file(TABLE)
    id = room.take(path)["id"]
    done(room.type("withdraw", id, *BY))
    assert [room.state(number) for number in range(3)] == ["operated", "no-data", "no-data"]
    assert "没有编号" in refused(room.type("withdraw", id, *BY), 1)
    assert room.take(path)["id"] != id


def test_what_is_on_record_is_shown_and_a_look_at_a_person_recorded(room: Typed) -> None:
    assert done(room.type("show")).splitlines() == [
        "oa：无数据",
        "  电脑、手机：没有完整记录，不作无操作认定（无数据）",
    ]
    assert done(room.type("show", "--person", "E0")) == "oa：无数据\n"
    room.take(room.file(TABLE), terminal="pc")
    lines = done(room.type("show")).splitlines()
    assert lines[0] == "oa：有记录 2 人，最近一次 2026-06-30 17:31"
    assert lines[1].startswith("  电脑（export）：完整记录 2026-06-01 00:00 至 2026-07-01 00:00，符主任 导入 ")
    assert lines[2] == "  手机：没有完整记录，不作无操作认定（无数据）"
    assert done(room.type("show", "--person", "E0")) == "oa：2026-06-30 17:31，电脑，export，确有使用\n"
    (told,) = json.loads(done(room.type("show", "--person", "E0", "--json")))
    assert told["evidence"][0]["at"] == "2026-06-30T09:31:05.000Z"
    assert {(row["what"], row["subject"]) for row in room.rows(looks)} == {("activity", "s0")}
    assert "从未有过" in refused(room.type("show", "--person", "E99"), 1)


ATTENDANCE = """
[systems.attendance]
url = "{url}"
app_key = "{app_key}"
app_secret = "{app_secret}"
default_department = "D"
"""


def test_systems_are_asked_and_one_that_does_not_answer_keeps_none_from_it(room: Typed) -> None:
    vendor = Attendance(time.time)
    with closing(Running(vendor, time.time)) as running:
        room.configured(OA + ATTENDANCE.format(**vendor.config(running.url)))
        found = {each["system"]: each for each in json.loads(done(room.type("gather", "--json")))}
        assert (found["oa"]["source"], found["attendance"]["source"]) == (False, True)
        assert found["attendance"]["watched"] == []
        assert "无数据" in done(room.type("gather", "--system", "oa"))
    gone = room.type("gather")
    assert gone.returncode == 1
    assert "attendance：未能读取" in gone.stderr
    assert "oa：无数据" in gone.stdout
    assert "no system" in refused(room.type("gather", "--system", "canteen"), 2)
