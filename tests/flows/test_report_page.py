"""The sync report as a page: what a reader sees, and that nothing on it is more than text."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Connection

from scim_server.store.system_tables import systems
from tests.flows.report_record import Text, attempt, busy_days, csv_rows, link, opened, report, subject

SCRIPT = "<script>alert('x')</script>&\"'"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    with opened(tmp_path / "store.db") as connection:
        yield connection


@pytest.fixture
def busy(store: Connection) -> Connection:
    busy_days(store)
    return store


def test_a_damaged_state_costs_no_report(store: Connection) -> None:
    attempt(store, 1, after=b"{cut")
    assert json.loads(report(store, "json"))[0]["after"] == {"unreadable": "{cut"}
    assert csv_rows(store)[0]["after"] == "{cut"
    assert "变更内容无法读取" in Text(report(store, "html")).words


def test_markup_in_names_errors_and_options_is_text_on_the_page(store: Connection) -> None:
    subject(store, "p1", SCRIPT, SCRIPT)
    state = json.dumps({"attributes": {SCRIPT: [SCRIPT]}, "groups": [SCRIPT]}).encode()
    attempt(store, 1, key=SCRIPT, detail=SCRIPT, reason=SCRIPT, article=SCRIPT, system=SCRIPT, after=state)
    attempt(store, 2, key=SCRIPT, action=SCRIPT, outcome=SCRIPT, group_key=SCRIPT)
    link(store, "p1", "parked", error=SCRIPT, finding=SCRIPT)
    for options in ({}, {"person": SCRIPT}):
        page = report(store, "html", **options)
        assert b"<script" not in page
        text = Text(page)
        assert text.elements.isdisjoint({"script", "img", "link", "iframe", "a", "form"})
        assert not any(name.startswith("on") or name in ("href", "src") for name in text.attributes)
        assert text.words.count(SCRIPT) >= 8


def test_the_page_tells_totals_open_matters_and_every_operation(busy: Connection) -> None:
    words = " ".join(Text(report(busy, "html", ends_sessions={"oa": False})).words.split())
    assert "同步报告" in words
    assert "有记录以来 至 制表时" in words
    assert "2026-07-14 09:32:07（北京时间）" in words
    assert "本期共 8 项操作，已落实 4 项，失败 2 项。" in words
    assert "目前有 3 项未了：冲突 1 项，待核实 1 项，等待 1 项。" in words
    assert "huaming retry --system ldap --person 1002" in words
    assert "登录名「oy」已由他人使用" in words
    assert "（所等：张伟）" in words
    assert "「二」人员状态变动，账号暂停使用" in words
    assert "锁定后，已登录的会话不会随即中断" in words
    assert "本系统处于观察方式" in words
    assert "加入“办公室”（G01）" in words
    assert words.count("历时 2 秒") == 4


def test_what_a_system_does_not_tell_about_sessions_is_said(busy: Connection) -> None:
    assert "是否随即中断：无数据" in Text(report(busy, "html")).words
    assert [row["sessionsEnd"] for row in csv_rows(busy) if row["action"] == "lock"] == ["unknown"]
    assert [row["sessionsEnd"] for row in csv_rows(busy, ends_sessions={"oa": True})] == ["", "", "yes", *[""] * 5]


def test_a_system_that_does_not_answer_stands_in_its_part(busy: Connection) -> None:
    busy.execute(
        systems.update().where(systems.c.name == "ldap").values(failing_since=1783991527.0, error="连接被拒绝")
    )
    assert "自 2026-07-14 09:12:07 起系统没有应答" in Text(report(busy, "html")).words


def test_since_and_system_choose_the_rows(busy: Connection) -> None:
    assert len(csv_rows(busy, since="2026-07-01")) == 8
    assert len(csv_rows(busy, since="2026-07-01T08:04")) == 5
    assert csv_rows(busy, since="2026-07-02") == []
    assert [row["action"] for row in csv_rows(busy, system="oa")] == ["lock"]
    words = Text(report(busy, "html", system="oa")).words
    assert "登录名「oy」" not in words
    assert "wecom" not in words


def test_a_person_is_told_in_order_over_all_systems_and_under_an_old_number_too(busy: Connection) -> None:
    attempt(busy, 9, key="0999", action="remove")
    ids = [row["id"][:8] for row in csv_rows(busy, person="1001")]
    assert ids == [f"{number:08d}" for number in (1, 2, 3, 6, 7, 8, 9)]
    assert [row["id"][:8] for row in csv_rows(busy, person="0999")] == ids
    words = Text(report(busy, "html", person="1001")).words
    assert "张伟的账号经历" in words
    assert "欧阳明月" not in words
    places = [words.index(f"08:0{number}:00") for number in (1, 2, 3, 6, 7, 8)]
    assert places == sorted(places)
    assert "记录中没有编号为“9999”的操作" in Text(report(busy, "html", person="9999")).words


def test_an_empty_store_gives_a_whole_report(store: Connection) -> None:
    assert csv_rows(store) == []
    assert json.loads(report(store, "json")) == []
    assert openpyxl.load_workbook(io.BytesIO(report(store, "xlsx")))["操作"].max_row == 1
    words = Text(report(store, "html")).words
    assert "本期没有操作。目前没有需要处理的事项。" in words
