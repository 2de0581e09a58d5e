"""`huaming adopt` on a directory that has accounts already."""

import csv
import io
import json
from collections.abc import Iterator

import openpyxl
import pytest

from tests.cli.first_day import BY, FirstDay
from tests.cli.line import done, huaming, inside, refused
from tests.flows.house import Served


@pytest.fixture
def day(house: Served) -> Iterator[FirstDay]:
    one = FirstDay(house)
    yield one
    one.hands.connection.unbind()


def test_the_list_says_of_each_what_it_is(day: FirstDay) -> None:
    whole = day.house.directory.dump()
    answer = day.listed()
    assert answer["system"] == "ldap"
    assert answer["counts"] == {"linked": 0, "proposed": 3, "ambiguous": 1, "orphan": 2, "missing": 1}
    assert (answer["protected"], answer["disowned"]) == (1, 0)
    told = {row["account"] or row["externalId"]: row for row in answer["rows"]}
    named = {
        account.partition(",")[0]: (row["standing"], row["rule"], row["score"], row["externalId"], row["candidates"])
        for account, row in told.items()
    }
    assert named == {
        "uid=WANG": ("proposed", "login", 90, "E-wang", []),
        "uid=liming": ("proposed", "mail", 80, "E-li", []),
        "cn=hr": ("proposed", "path", 80, "D02", []),
        "uid=zq": ("ambiguous", "mail", 80, None, ["E-zhao1", "E-zhao2"]),
        "uid=zhou": ("orphan", "key", 100, None, ["E-zhou"]),
        "uid=printer": ("orphan", None, None, None, []),
        "E-new": ("missing", None, None, "E-new", []),
    }
    assert [row["standing"] for row in answer["rows"]][:2] == ["ambiguous", "proposed"]
    assert day.listed()["digest"] == answer["digest"], "a digest stands for what is there"
    words = done(day.adopt())
    assert f"摘要 {answer['digest'][:16]}" in words
    assert "存疑 人员 赵强 uid=zq,ou=people,dc=example,dc=org；候选 用户zhao1（E-zhao1）、用户zhao2（E-zhao2）" in words
    assert day.house.directory.dump() == whole
    assert day.links() == {}


def test_the_list_is_a_file_in_three_forms(day: FirstDay) -> None:
    folder = day.house.folder
    answer = day.listed()
    for suffix in ("csv", "xlsx", "json"):
        done(day.adopt("--out", folder / f"清单.{suffix}"))
    assert json.loads((folder / "清单.json").read_text("utf-8")) == answer
    rows = list(csv.DictReader(io.StringIO((folder / "清单.csv").read_text("utf-8-sig"))))
    page = openpyxl.load_workbook(folder / "清单.xlsx").worksheets[0]
    cells = [[cell.value or "" for cell in line] for line in page.iter_rows()]
    assert cells == [list(rows[0]), *(list(row.values()) for row in rows)]
    assert [row["远端编号"] for row in rows] == [row["remoteId"] or "" for row in answer["rows"]]
    assert "must end in one of" in refused(day.adopt("--out", folder / "清单.pdf"), 2)


def test_what_was_shown_is_accepted_and_found_again(day: FirstDay) -> None:
    whole, digest = day.house.directory.dump(), day.listed()["digest"]
    assert "--by" in refused(day.adopt("--accept", digest), 2)
    assert "没有" not in done(day.adopt("--accept", digest[:16], *BY))
    uuids = day.uuids
    assert day.links() == {"E-wang": uuids["WANG"], "E-li": uuids["liming"], "D02": uuids["hr"]}
    assert day.house.directory.dump() == whole
    assert day.listed()["counts"] == {"linked": 3, "proposed": 0, "ambiguous": 1, "orphan": 2, "missing": 1}
    assert "不一致" in refused(day.adopt("--accept", digest, *BY), 1)
    assert "邮箱一致，由李科长确认接管「uid=liming,ou=people,dc=example,dc=org」" in done(day.type("explain", "E-li"))
    rows = json.loads(done(day.type("report", "sync", "--format", "json")))
    assert {(row["externalId"], row["action"], row["outcome"]) for row in rows} == {
        (key, "adopt", "done") for key in ("E-wang", "E-li", "D02")
    }
    assert "接管" in done(day.type("report", "sync"))


def test_a_server_that_runs_writes_the_links(day: FirstDay) -> None:
    day.house.launch()
    day.house.wait_ready()
    day.house.wait_for("SELECT 1 FROM systems WHERE mode = 'observe'")
    digest = json.loads(done(huaming("adopt", "--system", "ldap", "--json", "--config", day.house.config)))["digest"]
    done(huaming("adopt", "--system", "ldap", "--accept", digest, *BY, "--config", day.house.config))
    assert len(day.links()) == 3
    path = day.file(*(f",ldap,{day.uuids[name]},非我方" for name in ("zq", "zhou", "printer")))
    closed = ("adopt", "--system", "ldap", "--csv", path, "--config", day.house.config)
    digest = json.loads(done(huaming(*closed, "--json")))["digest"]
    done(huaming(*closed, "--accept", digest, *BY))
    done(huaming("adopt", "--system", "ldap", "--enforce", *BY, "--config", day.house.config))
    day.house.idle()
    directory = day.house.directory
    entries = directory.search(directory.people, attributes=("uid", "entryUUID"))
    found = {entry["uid"][0]: entry["entryUUID"][0] for entry in entries.values()}
    assert found["wang"] == day.uuids["WANG"]
    assert found["li"] == day.uuids["liming"]
    assert {"root", "printer", "zhou", "zq"} <= found.keys()
    assert found.keys() == {"wang", "li", "root", "printer", "zhou", "zq", "new", "zhao1", "zhao2"}


def test_a_filled_in_sheet_wins_over_the_rules(day: FirstDay) -> None:
    uuids = day.uuids
    path = day.file(
        f"E-new,ldap,{uuids['WANG']},采用",  # the rule says E-wang
        f",ldap,{uuids['zq']},E-zhao2",
        f",ldap,{uuids['printer']},非我方",
        f",ldap,{uuids['liming']},待定",
        "E-wang,ldap,,",
        f",ldap,{uuids['zhou']},",
    )
    answer = day.listed("--csv", path)
    assert answer["counts"] == {"linked": 0, "proposed": 4, "ambiguous": 0, "orphan": 1, "missing": 2}
    done(day.adopt("--csv", path, "--accept", answer["digest"], *BY))
    assert day.links() == {"E-new": uuids["WANG"], "E-zhao2": uuids["zq"], "D02": uuids["hr"]}
    assert day.house.rows('SELECT title, "by" FROM disowned') == [("uid=printer,ou=people,dc=example,dc=org", "李科长")]
    assert day.listed()["counts"]["proposed"] == 1, "what was put off is still asked about"


def test_three_columns_give_accounts_to_people(day: FirstDay) -> None:
    path = day.house.folder / "三列.csv"
    path.write_text(f"externalId,system,remoteId\nE-zhao1,ldap,{day.uuids['zq']}\nD02,ldap,{day.uuids['hr']}\n")
    answer = day.listed("--csv", path)
    done(day.adopt("--csv", path, "--accept", answer["digest"], *BY))
    assert day.links()["E-zhao1"] == day.uuids["zq"]
    assert day.links()["D02"] == day.uuids["hr"]


def test_one_bad_line_refuses_the_whole_sheet_and_every_fault_is_told(day: FirstDay) -> None:
    uuids = day.uuids
    done(day.adopt("--accept", day.listed()["digest"], *BY))
    linked = day.links()
    path = day.file(
        f"E-zhao1,ldap,{uuids['zq']},采用",
        f"E-nobody,ldap,{uuids['printer']},采用",
        "E-new,ldap,00000000-0000-0000-0000-000000000000,采用",
        f"E-zhao2,ldap,{uuids['zq']},采用",
        f"E-zhao1,ldap,{uuids['zhou']},采用",
        f"E-new,ldap,{uuids['root']},采用",
        f"E-new,ldap,{uuids['WANG']},采用",
        f"E-li,ldap,{uuids['printer']},采用",
        f",oa,{uuids['printer']},非我方",
        f",ldap,{uuids['hr']},非我方",
        "E-new,ldap,,采用",
        f",ldap,{uuids['printer']},采用",
        encoding="utf-8-sig",
    )
    said = refused(day.adopt("--csv", path), 2).removeprefix("huaming: ").splitlines()
    words = (
        "第 3 行：名册中没有编号为「E-nobody」的人员",
        "第 4 行：系统里没有远端编号为",
        "第 5 行：账号「uid=zq,ou=people,dc=example,dc=org」在第 2 行已经出现过",
        "第 6 行：「E-zhao1」在第 2 行已经出现过",
        "第 7 行：账号「uid=root,ou=people,dc=example,dc=org」受保护",
        "第 8 行：账号「uid=WANG,ou=people,dc=example,dc=org」已经关联到「E-wang」",
        "第 9 行：",
        "第 10 行：没有配置名为「oa」的系统",
        "第 11 行：账号「cn=hr,ou=groups,dc=example,dc=org」已经关联，不能声明为非我方",
        "第 12 行：这一行没有账号",
        "第 13 行：",
        "未作任何改动",
    )
    assert len(said) == len(words), said
    for line, beginning in zip(said, words, strict=True):
        assert line.startswith(beginning)
    assert day.links() == linked
    assert day.house.rows("SELECT 1 FROM disowned") == []


@pytest.mark.parametrize("content", ["", "名册编号,系统,远端编号,决定\r\n", "%PDF-1.7", "PK"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_is_no_sheet_is_refused_before_the_system_is_asked(lone: Served, content: str, suffix: str) -> None:
    path = lone.folder / f"空.{suffix}"
    path.write_text(content)
    words = ("adopt", "--system", "ldap", f"--{suffix}", path)
    assert "未作任何改动" in refused(inside(*words, config=lone.config), 2)


def test_nothing_is_enforced_while_anything_is_in_doubt(day: FirstDay) -> None:
    assert "4 个账号或部门没有决定归属" in refused(day.adopt("--enforce", *BY), 1)
    path = day.file(f",ldap,{day.uuids['zq']},非我方")
    done(day.adopt("--csv", path, "--accept", day.listed("--csv", path)["digest"], *BY))
    assert "ldap 现为写入" in done(day.adopt("--enforce", *BY))
    assert day.house.rows("SELECT mode FROM systems") == [("enforce",)]
    assert "ldap 现为只读" in done(day.adopt("--observe", *BY))
    assert day.house.rows("SELECT mode FROM systems") == [("observe",)]
    assert day.house.rows("SELECT actor, what FROM looks WHERE what LIKE 'mode%' ORDER BY seq") == [
        ("李科长", "mode enforce: ldap"),
        ("李科长", "mode observe: ldap"),
    ]


def test_the_file_has_the_last_word_on_the_mode(day: FirstDay) -> None:
    day.house.mode = "enforce"
    day.house.write_config()
    assert "配置文件写明 ldap mode = enforce" in refused(day.adopt("--observe", *BY), 1)


def test_differences_are_told_and_left(day: FirstDay) -> None:
    done(day.adopt("--accept", day.listed()["digest"], *BY))
    told = json.loads(done(day.adopt("--differences", "--json")))
    assert ("E-li", "employeeNumber", ["E-li"], []) in [
        (each["externalId"], each["attribute"], each["roster"], each["system"]) for each in told
    ]
    assert "uid" not in {each["attribute"] for each in told if each["externalId"] == "E-li"}, "the login is healed"
    assert f"共 {len(told)} 处不同" in done(day.adopt("--differences"))
    day.house.settings["heal"] = ["employeeNumber"]
    day.house.write_config()
    assert "employeeNumber" not in done(day.adopt("--differences"))


@pytest.mark.parametrize(
    "words",
    [
        ("--accept", "x", "--enforce", *BY),
        ("--enforce", "--by", " "),
        ("--csv", "/nowhere/at/all.csv"),
        ("--accept", "x"),
        ("--observe",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_typed_is_refused(day: FirstDay, words: tuple[str, ...]) -> None:
    refused(day.adopt(*words), 2)


def test_a_system_that_is_not_configured_or_does_not_answer_has_no_list(lone: Served) -> None:
    assert "no system named oa" in refused(inside("adopt", "--system", "oa", config=lone.config), 2)
    refused(inside("adopt", "--system", "ldap", config=lone.config), 1)
