"""`huaming letter draft`: what departments owe is drawn up for them, once, each sort with its form."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from scim_server.clock import Clock
from scim_server.scim.urns import ROSTER_USER
from tests.cli.line import done, inside, refused
from tests.cli.office import CASE, HIRED, TREE, Json, event, person, post
from tests.cli.past import Past
from tests.flows import client as say
from tests.servers.stores import rows, store_url

BUREAU = "HEA"
SINCE = "2026-01-01"


def hired(value: str = "h9", day: str = "2026-03-02") -> Json:
    return event(value, "hire", day, entryRoute="recruited")


def moved(**more: Any) -> tuple[Json, Json]:
    """A main post that ended, and the next one."""
    first = post("a1", startDate="2020-01-02", endDate="2026-04-30", position="科员")
    return first, post("a2", **{"startDate": "2026-05-01", "position": "副科长"} | more)


def away(value: str, kind: str = "secondment", **more: Any) -> Json:
    whole = {"kind": kind, "scope": "outbound", "sendingDepartment": "EDU", "externalOrganization": "省教育厅"}
    found = post(value, **{"startDate": "2026-04-01"} | whole | more)
    return {name: text for name, text in found.items() if name != "department"}


MOBILE = {"phoneNumbers": [{"value": "13800000001", "type": "mobile"}]}
LENT = post("s2", kind="attachment", department="HEA", sendingDepartment="EDU", startDate="2026-03-02")
PEOPLE = (
    person("a", "N1", "甲一", assignments=[post(startDate="2026-03-02")], statusEvents=[hired()]) | MOBILE,
    person("b", "N2", "甲二", assignments=[post(startDate="2026-03-03")], statusEvents=[hired("h9", "2026-03-03")]),
    person("c", "I1", "乙", assignments=list(moved(department="EDU")), statusEvents=[HIRED]),
    person("d", "B1", "丙", assignments=list(moved(department="HEA")), statusEvents=[HIRED]),
    person("e", "S1", "丁", posts=(LENT,)),
    person("f", "O1", "戊", posts=(away("s1", plannedEndDate="2026-09-30"),)),
    person("g", "R1", "己", posts=(away("s1", endDate="2026-06-30"),)),
    person("h", "L1", "庚", CASE),
    person("i", "K1", "辛", posts=(post("c2", kind="concurrent", department="HEA", startDate="2026-05-06"),)),
    person("j", "X1", "壬", event("x1", "retirement", "2026-05-06")),
    person("k", "X2", "癸", event("x1", "expulsion", "2026-05-06")),
)


class Drafts:
    """People of every sort in one department; the bureau is another one."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config = folder, folder / "huaming.toml"
        letters = f'[letters]\nbureau = "{BUREAU}"\nfolder = "{folder}"\ncodes = {{ EDU = "崖教函" }}\n'
        store = f'[store]\nurl = "{store_url(folder / "huaming.db")}"\n[sweep]\nat = "off"\n'
        self.config.write_text(store + letters, encoding="utf-8")
        past = Past(self.config).on("2026-01-05")
        for name, code, parent, kind in TREE:
            past.push("POST", "/Groups", say.department(name, code, parent, kind))
        for body in PEOPLE:
            past.push("POST", "/Users", body)
        past.close()

    def type(self, *words: str) -> str:
        return done(inside(*words, "--config", self.config))

    def draft(self, *words: str) -> list[Json]:
        found: list[Json] = json.loads(self.type("letter", "draft", "--since", SINCE, "--json", *words))
        return found

    def text(self, letter: Json) -> str:
        """What its document says."""
        out = self.folder / "letter.docx"
        inside("letter", "render", letter["id"], "--out", out, "--restricted", "--config", self.config)
        whole = Document(str(out))
        cells = (cell.text for table in whole.tables for row in table.rows for cell in row.cells)
        return "\n".join([*(each.text for each in whole.paragraphs), *cells])


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafts]:
    return Drafts(tmp_path_factory.mktemp("drafts"))


def test_without_leave_nothing_is_drawn_up_that_tells_of_a_lock_or_why_somebody_left(drafts: Drafts) -> None:
    found = drafts.draft()
    year = Clock().today()[:4]  # a draft is of the day on which it is drawn up
    assert {each["title"]: (each["number"], each["people"]) for each in found} == {
        "区教育局关于注销壬同志信息化系统账号的函": (f"崖教函〔{year}〕1号", 1),
        "区教育局关于变更乙同志信息化系统账号信息的函": (f"崖教函〔{year}〕2号", 1),
        "区教育局关于变更辛同志信息化系统账号信息的函": (f"崖教函〔{year}〕3号", 1),
        "区教育局关于申请开通甲一等2名同志信息化系统账号的函": (f"崖教函〔{year}〕4号", 2),
        "区教育局、区卫健委关于变更丁同志信息化系统账号信息的函": (f"崖教函〔{year}〕5号", 1),
        "区卫健委关于变更丙同志信息化系统账号信息的函": (f"区卫健委函〔{year}〕1号", 1),
    }
    assert not any(each["restricted"] for each in found)
    assert drafts.draft() == [], "once"


SAID = {
    "区教育局关于注销壬同志": ("因退休", "自2026年5月6日起", "第三条第（一）项", "■政务OA　■政务微信　■无感考勤"),
    "区教育局关于变更乙同志": ("人事科科员调整为副科长", "第二条第（一）项"),
    "区教育局关于变更辛同志": ("增加区卫健委兼任", "因工作需要"),
    "区教育局关于申请开通甲一等2名": ("2026年3月2日、2026年3月3日", "第一条", "行政编制", "13800000001", "甲二"),
    "区教育局、区卫健委": ("挂职到区卫健委工作", "保留其在区教育局的账号信息"),
    "区卫健委关于变更丙同志": ("由区教育局调入我单位，任副科长", "第二条第（二）项"),
}


def test_each_says_what_the_roster_knows(drafts: Drafts) -> None:
    drafts.draft()
    listed = json.loads(drafts.type("letter", "register", "--json"))
    assert {each["state"] for each in listed} == {"draft"}
    for begins, words in SAID.items():
        (one,) = [each for each in listed if each["title"].startswith(begins)]
        said = drafts.text(one)
        assert [word for word in (*words, "区卫健委：", one["number"]) if word not in said] == [], said


HIDDEN = {
    "注销癸": ("开除公职", "第三条第（四）项"),
    "锁定戊等2名": ("省教育厅借调函", "2026-09-30", "锁定政务OA、政务微信账号，注销无感考勤账号"),
    "解除己": ("借调期满，已于2026年7月1日返回", "■政务OA　■政务微信　■无感考勤"),
    "锁定庚": ("暂时停止工作", "请严格控制知悉范围", "■政务OA　■政务微信　□无感考勤"),
}


def test_locks_are_for_those_who_may_know_and_each_look_is_on_record(drafts: Drafts) -> None:
    drafts.draft()
    found = drafts.draft("--restricted")
    assert len(found) == len(HIDDEN)
    assert all(each["restricted"] for each in found)
    for about, words in HIDDEN.items():
        (one,) = [each for each in found if about in each["title"]]
        said = drafts.text(one)
        assert [word for word in words if word not in said] == [], said
        assert "金丝雀" not in said
        out = drafts.folder / "none.docx"
        refused(inside("letter", "render", one["id"], "--out", out, "--config", drafts.config), 1)
        refused(inside("letter", "show", one["number"], "--config", drafts.config), 1)
        assert not out.exists()
    public = drafts.type("letter", "register")
    assert "庚" not in public
    assert "锁定" not in public
    assert "庚" in drafts.type("letter", "register", "--restricted")
    looks = [what for (what,) in rows(store_url(drafts.folder / "huaming.db"), "SELECT what FROM looks")]
    assert {f"letter render {each['id']}" for each in found} <= set(looks)
    assert {"letter draft", "letter register"} <= set(looks)


def test_a_draft_that_is_void_is_drawn_up_anew_with_another_number(drafts: Drafts) -> None:
    drafts.draft()
    (one,) = [each for each in json.loads(drafts.type("letter", "register", "--json")) if "乙" in each["title"]]
    drafts.type("letter", "void", one["number"], "--reason", "职务有误", "--by", "王主任")
    (again,) = drafts.draft("--kind", "change", "--department", "EDU")
    assert (again["title"], again["drawn"]) == (one["title"], True)
    assert again["number"] != one["number"]


def test_a_letter_on_record_or_named_by_the_roster_is_not_drawn_up(drafts: Drafts) -> None:
    fresh = person("z", "N9", "新人", assignments=[post(startDate="2026-03-02")], statusEvents=[hired()])
    stated = person("y", "N8", "旧人", assignments=[post(startDate="2026-03-02")], statusEvents=[hired("h8")])
    stated[ROSTER_USER]["statusEvents"][0]["letterRef"] = "崖教函〔2026〕77号"
    past = Past(drafts.config, "past-2").on("2026-06-02")
    for body in (fresh, stated):
        past.push("POST", "/Users", body)
    past.close()
    drafts.type("letter", "record", "--number", "N", "--kind", "open", "--covers", "N9:h9", "--by", "登记")
    assert drafts.draft("--person", "N9") == drafts.draft("--person", "N8") == []


def test_whoever_is_not_known_is_told_so(drafts: Drafts) -> None:
    """NOPE got 没有应拟而未拟的函件, as if all were done."""
    asked = ("letter", "draft", "--since", SINCE, "--config", drafts.config)
    for key in ("NOPE", "EDU-1", "D00"):
        assert f"{key} 不是可以发函的部门" in refused(inside(*asked, "--department", key), 1)
    assert "名册中从未有过 NOPE" in refused(inside(*asked, "--person", "NOPE"), 1)


def test_who_has_two_matters_of_one_sort_is_one_person_in_each_letter(drafts: Drafts) -> None:
    """One letter about both said 等2名同志 of one."""
    both = (post(value, kind="concurrent", department="HEA", startDate="2026-05-06") for value in ("c3", "c4"))
    past = Past(drafts.config, "past-3").on("2026-06-03")
    past.push("POST", "/Users", person("t", "T1", "双", posts=tuple(both)))
    past.close()
    found = drafts.draft("--person", "T1")
    assert [each["title"] for each in found] == ["区教育局关于变更双同志信息化系统账号信息的函"] * 2
    assert [each["people"] for each in found] == [1, 1]
    assert drafts.draft("--person", "T1") == []


def test_a_department_that_is_gone_writes_no_letter_and_keeps_no_other_from_it(drafts: Drafts) -> None:
    """It stopped everybody's drafts with a KeyError."""
    past = Past(drafts.config, "past-4").on("2026-06-04")
    gone = past.push("POST", "/Groups", say.department("撤销局", "OLD", "D00", "gov"))["id"]
    there = post(department="OLD", endDate="2026-04-30")
    past.push("POST", "/Users", person("u", "G1", "末", event("x1", "retirement", "2026-05-01"), assignments=[there]))
    past.push("DELETE", f"/Groups/{gone}")
    past.close()
    told = inside("letter", "draft", "--since", SINCE, "--person", "G1", "--json", "--config", drafts.config)
    (one,) = [each for each in json.loads(told.stdout) if each["sender"] == "OLD" and each["kind"] == "cancel"]
    assert (told.returncode, one["number"], one["drawn"]) == (1, None, False)
    assert one["error"] == "名册中已没有部门 OLD，应由承接其职责的部门发函"


def guest(**more: Any) -> Json:
    """From outside, and gone home."""
    whole = {"kind": "attachment", "scope": "inbound", "externalOrganization": "市教育局"}
    return post(**whole | {"department": "EDU", "startDate": "2026-03-02", "endDate": "2026-05-31"} | more)


def test_a_role_in_an_office_names_its_department(drafts: Drafts) -> None:
    """It said 增加办公室兼任: of which department, nobody could tell."""
    past = Past(drafts.config, "past-6").on("2026-01-05")
    past.push("POST", "/Groups", say.department("办公室", "HEA-1", "HEA", "office"))
    role = post("c5", kind="concurrent", department="HEA-1", startDate="2026-05-06", position="副主任")
    past.push("POST", "/Users", person("q", "T4", "兼", posts=(role,)))
    past.close()
    (one,) = drafts.draft("--person", "T4")
    assert "增加区卫健委办公室兼任副主任" in drafts.text(one)


def test_that_a_main_post_ended_with_the_next_one_is_no_term(drafts: Drafts) -> None:
    """The application of who joined and was moved soon after gave 期限 2026-03-19."""
    first, then = (
        post(startDate="2026-03-02", endDate="2026-03-19"),
        post("a2", startDate="2026-03-20", position="科长"),
    )
    stay = person("s", "T3", "约", assignments=[first], statusEvents=[hired()], employmentCategory="outsourced")
    past = Past(drafts.config, "past-5").on("2026-01-05")
    past.push("POST", "/Users", person("r", "T2", "动", assignments=[first, then], statusEvents=[hired()]))
    past.push("POST", "/Users", stay)
    past.close()
    (own,), (contracted,) = (drafts.draft("--person", key, "--kind", "open") for key in ("T2", "T3"))
    assert "期限" not in drafts.text(own)
    assert "期限\n2026-03-19" in drafts.text(contracted)


OUTSOURCED = {"employmentCategory": "outsourced", "accessNeeds": {"oa": True, "wecom": True, "attendance": False}}
SORTED = (
    (
        person("v", "V1", "包", assignments=[post(startDate="2026-03-02")], statusEvents=[hired()], **OUTSOURCED),
        "open",
        "第一条第（二）项、第（四）项",
    ),
    (
        person("w", "V2", "客", assignments=[guest()], statusEvents=[hired() | {"entryRoute": "attachment-in"}]),
        "cancel",
        "因挂职期满返回原单位，自2026年6月1日起",
    ),
    (
        person("x", "V3", "转", posts=(away("s1", relationTransferred=True),)),
        "cancel",
        "因借调到省教育厅且人事关系转出，自2026年4月1日起",
    ),
)


@pytest.mark.parametrize(("body", "kind", "said"), SORTED, ids=["two items", "gone home", "posted away"])
def test_what_a_letter_gives_as_its_ground(drafts: Drafts, body: Json, kind: str, said: str) -> None:
    """一(二)+一(四) was no item and stopped its letter for everybody; guests who went home were 调任."""
    past = Past(drafts.config, f"past-{body['externalId']}").on("2026-01-05")
    past.push("POST", "/Users", body)
    past.close()
    (one,) = drafts.draft("--person", body["externalId"], "--kind", kind)
    assert said in drafts.text(one)
