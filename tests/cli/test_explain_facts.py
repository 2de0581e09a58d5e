"""`huaming explain` of people with facts: facts, items, readings, states, letters; and why not."""

import getpass
import json
from typing import Any

import pytest

from mappings.facts import Facts, StatusEvent
from mappings.model import Org, Person
from mappings.policy.readings import DEFAULT
from mappings.policy.states import standing
from scim_server.operate.reading import Frame
from scim_server.operate.verdict import reasons
from scim_server.settings import Settings
from tests.cli.line import done, inside
from tests.cli.office import CANARY, Office
from tests.servers.stores import rows, store_url


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def told(office: Office, key: str, day: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(
        done(inside("explain", key, "--as-of", day, "--json", "--config", office.config))
    )
    return answer


def read(office: Office, key: str, day: str) -> str:
    return done(inside("explain", key, "--as-of", day, "--config", office.config))


def test_a_suspension_is_told_with_its_item_its_ground_and_its_readings(office: Office) -> None:
    answer = told(office, "Z2", "2026-03-10")
    assert answer["systems"] == {"ldap": "locked", "oa": "locked", "wecom": "locked", "attendance": "active"}
    assert answer["articles"] == ["二(五)"]
    (because,) = answer["because"]["oa"]
    assert (because["item"], because["basis"], because["since"]) == ("二(五)", "c1", "2026-03-02")
    assert {"A01", "A06", "A07"} <= set(because["readings"])
    untouched = [(each["item"], each["text"]) for each in answer["because"]["attendance"]]
    assert untouched == [("一(一)", "新录用在编人员报到，开通账号"), ("二(五)", "该项锁定未及此系统，不动")]
    assert {point[:3] for point in answer["readings"]} >= {"A01", "A06", "A07"}
    assert [(each["type"], each["value"]) for each in answer["roster"]["events"]] == [
        ("hire", "h1"),
        ("investigation", "c1"),
    ]


def test_why_attendance_is_not_there(office: Office) -> None:
    assert told(office, "Z3", "2026-04-02")["because"]["attendance"][0]["item"] == "二(四)"
    assert told(office, "Z5", "2026-04-02")["because"]["attendance"][0]["text"] == "未录使用需求，非在编人员按不需要计"
    assert told(office, "Z6", "2026-05-06")["because"]["attendance"][0]["item"] == "三(一)"
    assert told(office, "Z1", "2019-12-31")["because"]["attendance"][0]["item"] == "not-yet-joined"


def test_the_day_on_which_it_changes_by_itself_is_told(office: Office) -> None:
    assert told(office, "Z6", "2026-03-02")["reviewOn"] == "2026-05-06"
    assert told(office, "Z1", "2026-03-02")["reviewOn"] is None
    assert "secondment-overdue" in told(office, "Z3", "2026-10-01")["anomalies"]


def test_an_account_that_is_kept_for_some_days_is_told_with_the_day_on_which_it_goes(office: Office) -> None:
    """It said 「锁定：退休，注销账号」 and that nothing changed by itself any more."""
    keeping = office.folder / "keeping.toml"
    table = '[systems.ldap]\nurl = "ldap://127.0.0.1:9"\nbind_dn = "cn=h"\nbind_password = "h"\nbase_dn = "dc=h"'
    keeping.write_text(f'{office.config.read_text(encoding="utf-8")}\n{table}\nremove = "disable:30"\n', "utf-8")
    for day, state, texts, turn in (
        ("2026-05-06", "locked", ["退休，注销账号", "保留期内先锁定，2026-06-05 注销"], "2026-06-05"),
        ("2026-06-05", "removed", ["退休，注销账号"], None),
    ):
        answer = json.loads(done(inside("explain", "Z6", "--as-of", day, "--json", "--config", keeping)))
        assert (answer["systems"]["ldap"], answer["reviewOn"]) == (state, turn)
        assert [each["text"] for each in answer["because"]["ldap"]] == texts
        assert [each["text"] for each in answer["because"]["oa"]] == ["退休，注销账号"]


def test_why_somebody_of_whom_nothing_is_needed_is_not_in_the_directory() -> None:
    person = Person("s1", "E1", "feng", facts=Facts("other", events=(StatusEvent("h1", "hire", "2026-03-02"),)))
    seen = Frame(Settings(), DEFAULT, Org())
    (because,) = reasons(person, "2026-03-02", standing(person, "2026-03-02", seen.org), seen)["ldap"]
    assert because.text == "政务OA、政务微信、无感考勤均不需要，目录随之不设账号"
    assert because.readings == ("A01", "A05")


def test_a_person_reads_it_in_chinese(office: Office) -> None:
    said = read(office, "Z3", "2026-10-09")
    for line in (
        "赵强（Z3），2026-10-09\n",
        "事实：行政编制\n",
        "事实：2026-04-01 起 借调（到区外） 省教育厅，计划至 2026-09-30（s1）\n",
        "条款：二(四)（第二条第（四）项）借调、挂职到区外，锁定政务OA、政务微信账号，注销无感考勤账号"
        "（自 2026-04-01，依据 s1，解释 A01、A04、A08）\n",
        "应有状态：政务OA 锁定：二(四) ",
        "应有状态：无感考勤 不应有账号：二(四) ",
        "部门：主岗 EDU-1；兼任 无\n",
        "待核：借调、挂职超过计划结束日（secondment-overdue）\n",
        "来函：二(四) 变更函，区教育局，事由日 2026-04-01，期限 2026-04-07：逾期未到\n",
        "解释：A04 借调、挂职到区外，锁定还是注销：",
    ):
        assert line in said
    assert "{" not in said
    assert "None" not in said


def test_nobody_reads_who_investigates(office: Office) -> None:
    assert CANARY not in read(office, "Z2", "2026-03-10")
    assert CANARY not in json.dumps(told(office, "Z2", "2026-03-10"), ensure_ascii=False)


def test_each_look_is_on_record(office: Office) -> None:
    told(office, "Z2", "2026-03-10")
    assert looks(office)[-1] == (getpass.getuser(), "explain", "Z2")


def looks(office: Office) -> list[tuple[Any, ...]]:
    asked = "SELECT l.actor, l.what, coalesce(s.key, l.subject) FROM looks l LEFT JOIN subjects s USING (subject)"
    return rows(store_url(office.folder / "huaming.db"), f"{asked} ORDER BY l.seq")


def test_states_tell_the_public_face_and_the_exact_one_on_record(office: Office) -> None:
    def lines(*words: str) -> dict[str, Any]:
        said = done(inside("states", "--as-of", "2026-04-02", *words, "--config", office.config))
        return {each["externalId"]: each for each in map(json.loads, said.splitlines())}

    before = looks(office)
    public = lines()
    assert looks(office) == before
    assert [public[key]["articles"] for key in ("Z2", "Z3")] == [["二"], ["二"]]
    assert CANARY not in json.dumps(public, ensure_ascii=False)
    exact = lines("--restricted")
    assert [exact[key]["articles"] for key in ("Z2", "Z3")] == [["二(五)"], ["二(四)"]]
    assert looks(office) == [*before, (getpass.getuser(), "states", "*")]
    assert exact["P1"]["articles"] == ["plain"]
    assert exact["Z4"]["concurrent"] == ["HEA"]
