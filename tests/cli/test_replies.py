"""`huaming review reply|overdue|notice` and `huaming return`, as a clerk types them."""

import json
from pathlib import Path
from typing import Any

import pytest

from scim_server.clock import Clock, day_start, stamp
from scim_server.operate.desk import Desk
from scim_server.settings import load
from tests.cli.line import Answer, done, inside, refused
from tests.cli.office import HIRED, LONG_AGO, TREE, person
from tests.cli.past import Past
from tests.flows import client as say
from tests.servers.stores import rows, store_url

BY = "符主任"
LETTER = "崖教函〔2026〕30号"
STAY = {"value": "i1", "kind": "attachment", "scope": "inbound", "department": "HEA", "externalOrganization": "省医院"}
STAY |= {"startDate": LONG_AGO, "plannedEndDate": "2025-12-31"}
AWAY = {"value": "s1", "kind": "secondment", "scope": "outbound", "externalOrganization": "省厅"}
AWAY |= {"startDate": LONG_AGO, "plannedEndDate": "2025-12-31", "sendingDepartment": "EDU"}
CAME = HIRED | {"entryRoute": "attachment-in"}
PEOPLE = (
    person("wang", "Z1", "王芳"),
    person("li", "Z2", "李明"),
    person("guest", "Z3", "郭远", assignments=[STAY], statusEvents=[CAME]),
    person("zhao", "Z4", "赵强", posts=(AWAY,)),
)


class Counter:
    """A roster, a check of this month about two people, and what is typed there. `cases`: ids by (number, system)."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "huaming.toml"
        self.url = store_url(folder / "huaming.db")
        tables = f'[store]\nurl = "{self.url}"\n[sweep]\nat = "off"\n[letters]\nbureau = "HEA"\nfolder = "letters"\n'
        self.config.write_text(tables, encoding="utf-8")
        past = Past(self.config).on("2026-01-05")
        for name, code, parent, kind in TREE:
            past.push("POST", "/Groups", say.department(name, code, parent, kind))
        for body in PEOPLE:
            past.push("POST", "/Users", body)
        past.close()
        self.desk = Desk(load(self.config), Clock())
        self.cases = self._check({"Z1": ("oa", "wecom"), "Z2": ("oa",)})

    def _check(self, silent: dict[str, tuple[str, ...]]) -> dict[tuple[str, str], str]:
        today = Clock().today()
        self.month, at = today[:7], stamp(day_start(today))
        self.desk.run("review-begin", month=self.month, at=at, window_start=at, by=BY)
        ((review,),) = self.rows("SELECT id FROM reviews")
        subjects = dict(self.rows("SELECT key, subject FROM subjects"))
        people = [[subjects[key], "EDU", "EDU-1", False, ["EDU"]] for key in silent]
        found = [[subjects[key], each, "silent", None, None, None] for key, those in silent.items() for each in those]
        self.desk.run("review-lot", review=review, people=people, found=found)
        self.desk.run("review-ready", review=review, month=self.month, by=BY, systems=[], watched={}, counts={})
        those = self.rows("SELECT key, system, cases.id FROM cases JOIN subjects ON subjects.subject = cases.subject")
        return {(key, system): id for key, system, id in those}

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        return rows(self.url, statement)

    def type(self, *words: str) -> Answer:
        return inside(*words, "--config", self.config)

    def reply(self, *words: str) -> Answer:
        return self.type("review", "reply", *words, "--letter", LETTER, "--by", BY)

    def states(self, key: str) -> set[str]:
        lines = map(json.loads, done(self.type("states")).splitlines())
        return set(next(each for each in lines if each["externalId"] == key)["systems"].values())


@pytest.fixture
def counter(tmp_path: Path) -> Counter:
    return Counter(tmp_path)


def test_left_and_the_notice_that_waits_for_its_instruction(counter: Counter) -> None:
    said = done(counter.reply(counter.cases["Z1", "oa"], "--left", "--reason", "已辞职", "--left-on", "2026-01-05"))
    assert "裁定" in said
    assert "第三条" in said
    assert "区卫健委函" in said
    assert counter.states("Z1") == {"removed"}
    assert LETTER in done(counter.type("explain", "Z1"))
    shown = json.loads(done(counter.type("review", "notice", counter.month, "--json")))
    assert (shown["state"], shown["instruction"], shown["content"]["left"]) == ("draft", None, 1)
    assert "的通报（草稿）：尚未登记区政府批示，不得印发" in done(counter.type("review", "notice", counter.month))
    refused(counter.type("review", "notice", counter.month, "--instruction", "批〔2026〕5号", "--by", BY), 2)
    whole = ("--instruction", "批〔2026〕5号", "--instructed-by", "陈区长", "--by", BY, "--on")
    assert "尚未到" in refused(counter.type("review", "notice", counter.month, *whole, "2999-01-01"), 1)
    assert "可以印发" in done(counter.type("review", "notice", counter.month, *whole, "2026-01-06"))
    assert "已登记过批示" in refused(counter.type("review", "notice", counter.month, *whole, "2026-01-06"), 1)
    assert "没有通报稿" in refused(counter.type("review", "notice", "2020-01"), 1)


def test_several_cases_and_what_is_owed_besides(counter: Counter) -> None:
    both = [counter.cases["Z1", "oa"], counter.cases["Z2", "oa"]]
    told = json.loads(done(counter.reply(*both, "--still-here", "--reason", "在岗", "--json")))
    assert (sorted(told["answered"]), told["rulings"], told["notice"]) == (sorted(both), [None, None], None)
    assert "已于" in refused(counter.reply(both[0], "--leave", "--reason", "休假"), 1)
    said = done(counter.reply(both[0], "--seconded", "--reason", "借调省厅", "--correct"))
    assert "第二条第（三）项" in said
    assert "第（四）项" in said
    assert counter.states("Z1") == {"active"}


def test_a_letters_cases_at_once(counter: Counter) -> None:
    content = {"kind": "inquiry", "doc_number": ""}
    usual = {"sender": "HEA", "addressees": ["EDU"], "title": "函", "day": "2026-01-05", "by": BY}
    drawn = counter.desk.run("letter-draw", key="k", kind="inquiry", content=content, **usual)
    counter.desk.run("review-asked", letter=drawn["id"], cases=list(counter.cases.values()))
    done(counter.reply("--letter-id", drawn["doc_number"], "--leave", "--reason", "集中培训"))
    assert counter.rows("SELECT DISTINCT state, answer FROM cases") == [("answered", "leave")]
    assert "没有待答复的事项" in refused(counter.reply("--letter-id", drawn["id"], "--leave", "--reason", "培训"), 1)


def test_a_file_of_answers_all_or_nothing(counter: Counter) -> None:
    file = counter.folder / "answers.csv"
    good = f"{counter.cases['Z1', 'oa']},已离职,已退休,2026-01-05\n"
    file.write_text(f"事项编号,答复,原因,日期\n{good}nobody,在岗未使用,在岗,\n", encoding="gb18030")
    assert "第 3 行：没有编号为 nobody" in refused(counter.reply("--file", str(file)), 1)
    file.write_text(f"事项编号,答复,原因,日期\n{good}{counter.cases['Z2', 'oa']},去向不明,在岗,\n", encoding="utf-8")
    assert "第 3 行：没有「去向不明」" in refused(counter.reply("--file", str(file)), 1)
    assert counter.rows("SELECT DISTINCT state FROM cases") == [("open",)]
    file.write_text(f"事项编号,答复,原因,日期\n{good}{counter.cases['Z2', 'oa']},在岗未使用,在岗,\n", encoding="utf-8")
    done(counter.reply("--file", str(file)))
    assert counter.rows("SELECT DISTINCT state FROM cases") == [("answered",)]
    assert (counter.states("Z1"), counter.states("Z2")) == ({"removed"}, {"active"})


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("CASE",),
        ("CASE", "--left"),
        ("CASE", "--reason", "在岗"),
        ("CASE", "--letter-id", "x", "--left", "--reason", "x"),
        ("--file", "answers.csv", "--left", "--reason", "x"),
        ("CASE", "--still-here", "--left", "--reason", "x"),
        ("CASE", "--left", "--still-here", "--reason", "x"),
        ("--file", "absent.csv"),
        ("CASE", "--left", "--reason", "x", "--on", "5月20日"),
        ("CASE", "--left", "--reason", "x", "--departure", "holiday"),
    ],
)
def test_what_does_not_go_together_is_bad_usage(counter: Counter, words: tuple[str, ...]) -> None:
    refused(counter.reply(*(counter.cases["Z1", "oa"] if each == "CASE" else each for each in words)), 2)
    assert counter.rows("SELECT DISTINCT state FROM cases") == [("open",)]


def test_whose_reply_is_overdue(counter: Counter) -> None:
    assert done(counter.type("review", "overdue", "--json")).strip() == "[]"
    assert done(counter.type("review", "overdue", "--as-of", "2026-01-06")).strip() == "没有逾期未复的函"
    refused(counter.type("review", "overdue", "--as-of", "gestern"), 2)


def test_what_is_to_be_decided_before_an_end(counter: Counter) -> None:
    listed = done(counter.type("return", "list"))
    assert "郭远（Z3，区卫健委）从区外来 i1，计划至 2025-12-31，已过计划结束日：待决定" in listed
    assert "另有 1 件" in listed
    assert "赵强" not in listed
    exact = json.loads(done(counter.type("return", "list", "--restricted", "--json")))
    ids = {each["externalId"]: each["id"] for each in exact}
    assert set(ids) == {"Z3", "Z4"}
    refused(counter.type("return", "decide", ids["Z3"], "--by", BY), 2)
    refused(counter.type("return", "decide", ids["Z3"], "--extended", "--by", BY), 2)
    refused(counter.type("return", "decide", ids["Z3"], "--back", "--departed", "death", "--by", BY), 2)
    refused(counter.type("return", "decide", ids["Z3"], "--back", "--extended", "--until", "2099-12-31", "--by", BY), 2)
    refused(counter.type("return", "decide", ids["Z3"], "--extended", "--until", "morgen", "--by", BY), 2)
    said = refused(counter.type("return", "decide", ids["Z3"], "--extended", "--until", "2025-12-31", "--by", BY), 1)
    assert "须晚于" in said
    assert "0000" in refused(counter.type("return", "decide", "0000", "--back", "--by", BY), 1)
    told = done(counter.type("return", "decide", ids["Z3"], "--back", "--note", "月底返回", "--by", BY))
    assert "录入实际结束日" in told
    assert "符主任决定返回（月底返回）" in done(counter.type("return", "list", "--restricted"))
    assert "符主任决定返回；名册应" in done(counter.type("return", "list")), "a note may say anything"
    gone = ("return", "decide", ids["Z4"], "--departed", "transfer-out", "--by", BY, "--json")
    assert "第三条第（六）项" in json.loads(done(counter.type(*gone)))["owed"]
    assert (counter.states("Z3"), counter.states("Z4")) == ({"active"}, {"locked", "removed"})
    assert "到期待决定" not in done(counter.type("status"))
    assert "已过计划结束日而名册未反映 2 件" in done(counter.type("status"))


def test_why_a_guest_left_is_not_told_in_the_public_list(counter: Counter) -> None:
    """S18: one sentence for every departure; the type, its item and the note are for limited readers."""
    (guest,) = [
        each for each in json.loads(done(counter.type("return", "list", "--json"))) if each["externalId"] == "Z3"
    ]
    said = ("--departed", "dismissal", "--note", "年度考核不合格", "--by", BY)
    assert "第三条第（" in done(counter.type("return", "decide", guest["id"], *said))
    for words in ((), ("--json",)):
        public = done(counter.type("return", "list", *words))
        assert "离职" in public or "departed" in public
        for secret in ("辞退", "dismissal", "考核", "第三条第（"):
            assert secret not in public
        exact = done(counter.type("return", "list", "--restricted", *words))
        assert "考核" in exact
        assert "第三条第（" in exact
