"""The access report on a lived-in town: who is where, against what must be, a sheet a department."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from scim_server.operate.reading import Frame
from scim_server.operate.states import state_of
from scim_server.reports.access.reading import Terms, read_rows
from scim_server.settings import Settings, SystemSettings
from scim_server.store.people import read_org
from tests.flows import client as say
from tests.flows.days_town import away, event, hired
from tests.flows.engine_room import SYSTEM
from tests.flows.report_record import Text
from tests.flows.report_town import ReportTown, lines


@pytest.fixture
def town(tmp_path: Path) -> Iterator[ReportTown]:
    """stays and lent in A, helps in A and B, plain in B, left gone, late not made yet."""
    one = ReportTown(tmp_path)
    post, hire = hired("2020-01-02")
    one.tell("stays", [post], [hire])
    one.tell("lent", [post, away("2026-03-01")], [hire])
    one.tell("helps", [post, post | {"value": "a9", "kind": "concurrent", "department": "B"}], [hire])
    one.tell("left", [post], [hire])
    plain = one.person("plain")
    one.members(one.group("B"), add=(plain,))
    one.work(5)
    one.tell("left", [post], [hire, event("e1", "resignation", "2026-03-02")])
    one.work(5)
    yield one
    one.close()


def people(town: ReportTown, **options: Any) -> dict[str, dict[str, Any]]:
    return {row["externalId"]: row for row in json.loads(town.access("json", **options))}


def test_everybody_with_an_account_is_listed_with_what_was_read_and_what_must_be(town: ReportTown) -> None:
    found = people(town)
    assert sorted(found) == ["E-helps", "E-lent", "E-plain", "E-stays"]
    places = {key: (row["department"], row["concurrent"], row["articles"]) for key, row in found.items()}
    assert places["E-helps"] == ("A", ["B"], ["一"])
    assert places["E-lent"] == ("A", [], ["二"]), "the public face of a lock"
    assert places["E-plain"] == ("B", [], ["plain"])
    told = {key: row["systems"]["memory"] for key, row in found.items()}
    assert [told["E-lent"][name] for name in ("required", "seen", "verdict")] == ["locked", "locked", "agrees"]
    assert told["E-stays"]["since"] == told["E-stays"]["readBackAt"] == "2026-03-02T01:00:05.000Z"


def test_who_has_left_and_still_has_an_account_comes_first(town: ReportTown) -> None:
    town.directory.unreachable = True
    post, hire = hired("2020-01-02")
    town.tell("stays", [post], [hire, event("e1", "resignation", "2026-03-02")])
    town.work(5)
    rows = json.loads(town.access("json"))
    assert (rows[0]["externalId"], rows[0]["left"], rows[0]["department"]) == ("E-stays", True, "A")
    assert [rows[0]["systems"]["memory"][name] for name in ("required", "seen", "verdict")] == [
        "removed",
        "active",
        "moving",
    ]
    words = " ".join(Text(town.access("html")).words.split())
    assert "其中已离职或不应再有账号的 1 人" in words
    assert "现无部门的人员" in words
    assert "自 2026-03-02" in words, "the system is away, since when"


def test_who_has_left_and_has_no_account_is_not_asked_for_one_that_would_be_kept(town: ReportTown) -> None:
    """With `remove = "disable:30"` none is made for him, and none is missing."""
    kept = Settings.model_construct(systems={SYSTEM: SystemSettings(kind="ldap", remove="disable:30")})
    with town.engine.begin() as connection:
        seen, day = Frame(kept, town.rules.readings, read_org(connection)), town.clock.today()
        terms = Terms(lambda person: state_of(person, day, seen), [SYSTEM], seen.org, day)
        found = {row.external_id: row.accounts[0].required for row in read_rows(connection, terms)}
    assert found == dict.fromkeys(("E-helps", "E-plain", "E-stays"), "active") | {"E-lent": "locked"}


def test_what_was_never_read_and_what_was_locked_by_hand_is_said(town: ReportTown) -> None:
    account = next(each for each in town.directory.accounts.values() if each.key == "E-stays")
    account.presence = type(account.presence)("locked")
    town.sweep()
    town.work(5)
    town.directory.unreachable = True
    town.person("new")
    town.work(5)
    found = people(town)
    assert found["E-stays"]["systems"]["memory"]["verdict"] == "by-hand"
    assert [found["E-new"]["systems"]["memory"][name] for name in ("seen", "verdict", "since")] == [
        None,
        "unread",
        None,
    ]
    assert "未读取" in Text(town.access("html")).words


def test_a_department_is_it_and_what_is_below_and_who_helps_there(town: ReportTown) -> None:
    assert sorted(people(town, department="B")) == ["E-helps", "E-plain"]
    assert sorted(people(town, department="A")) == ["E-helps", "E-lent", "E-stays"]
    assert len(people(town, department="D0")) == 4
    with pytest.raises(LookupError):
        town.access("json", "nowhere")


def test_the_page_is_a_sheet_a_department_to_be_signed(town: ReportTown) -> None:
    page = town.access("html")
    words = " ".join(Text(page).words.split())
    assert words.count("核对人：") == 2
    assert "共 4 人；账号均与应有状态一致。" in words
    assert b"<!-- sheets -->" not in page
    assert page.rstrip().endswith(b"</html>")


def test_the_table_formats_say_the_same(town: ReportTown) -> None:
    rows = lines(town.access("csv"))
    assert {row["编号"]: row["memory 核对"] for row in rows} == dict.fromkeys(people(town), "一致")
    book = openpyxl.load_workbook(io.BytesIO(town.access("xlsx")))
    assert book.sheetnames == ["账号权限核对", "各系统", "各部门"]
    assert [row[:4] for row in book["各部门"].iter_rows(min_row=2, values_only=True)] == [
        ("A", "A", 3, 0),
        ("B", "B", 1, 0),
    ]


def test_names_are_text_and_nothing_else(town: ReportTown) -> None:
    town.post("User", say.user("evil") | {"name": {"formatted": "=1+1<!-- sheets --><script>", "familyName": "x"}})
    town.work(5)
    assert "'=1+1<!-- sheets --><script>" in [row["姓名"] for row in lines(town.access("csv"))]
    page = town.access("html")
    assert b"<script" not in page
    assert "=1+1<!-- sheets --><script>" in Text(page).words


def test_nobody_is_a_whole_report(tmp_path: Path) -> None:
    town = ReportTown(tmp_path)
    assert json.loads(town.access("json")) == []
    assert "范围内没有账号" in Text(town.access("html")).words
    town.close()
