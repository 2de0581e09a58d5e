"""`huaming policy`: the regulation as it is read here, told by the policy itself."""

import json
from pathlib import Path
from typing import Any

import pytest

from mappings.policy import chains
from mappings.policy.readings import POINTS
from scim_server.operate.specimens import SPECIMENS
from tests.cli.line import done, inside, refused
from tests.cli.office import Office
from tests.cli.test_rulings import rows
from tests.policy.table import ROWS
from tests.servers.stores import store_url

DEADLINES = {"same_day": "same-day", "three_working_days": "workdays-3"}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A house without systems."""
    return configured(tmp_path, "")


def configured(folder: Path, policy: str) -> Path:
    path = folder / "huaming.toml"
    path.write_text(f'[store]\nurl = "{store_url(folder / "huaming.db")}"\n[policy]\n{policy}\n', encoding="utf-8")
    return path


def table(config: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(done(inside("policy", "table", "--json", "--config", config)))
    return rows


def test_every_item_of_every_chain_is_in_the_table_once(config: Path) -> None:
    articles = [each.__name__ for chain in vars(chains).values() if isinstance(chain, tuple) for each in chain]
    rows = table(config)
    assert len(rows) == len(articles) == len(set(articles))
    assert set(SPECIMENS) == set(articles)
    assert all(row["applies"] for row in rows)


def test_its_items_are_those_of_the_decision_table(config: Path) -> None:
    wanted = {row["clause"] for row in ROWS if row["id"].startswith("R") and not row["id"].startswith("R40")}
    found = {row["item"] for row in table(config)}
    assert {each for one in wanted for each in one.split("+")} - {"四"} <= {
        each for one in found for each in one.split("+")
    }
    assert "四" in found


@pytest.mark.parametrize(
    ("text", "effect", "letters"),
    [
        (
            "借调、挂职到区外，锁定",
            "active>locked active>locked active>locked active>removed",
            ["change workdays-3 所在部门"],
        ),
        (
            "立案审查调查并暂时停止工作",
            "active>locked active>locked active>locked active>active",
            ["change workdays-3 所在部门"],
        ),
        ("退休", "active>removed active>removed active>removed active>removed", ["cancel workdays-3 所在部门"]),
        ("新录用在编人员", "removed>active removed>active removed>active removed>active", ["open same-day 所在部门"]),
        (
            "区内借调、挂职，",
            "active>active active>active active>active active>active",
            ["change workdays-3 所在部门 另一部门（接收、借入）"],
        ),
        ("管理员裁定", "active>locked active>locked active>locked active>active", []),
    ],
)
def test_what_an_item_does_and_demands(config: Path, text: str, effect: str, letters: list[str]) -> None:
    (row,) = [row for row in table(config) if row["text"].startswith(text)]
    assert " ".join(">".join(both) for both in row["effect"].values()) == effect
    assert [" ".join([each["kind"], each["rule"], *each["senders"]]) for each in row["letters"]] == letters


def test_a_person_reads_it_like_the_regulation(config: Path) -> None:
    said = done(inside("policy", "table", "--config", config))
    assert "  二(四)（第二条第（四）项）借调、挂职到区外，锁定政务OA、政务微信账号，注销无感考勤账号\n" in said
    assert "账号：目录锁定；政务OA锁定；政务微信锁定；无感考勤注销\n" in said
    assert "来函：变更函，所在部门，三个工作日内\n" in said
    assert said.index("一、开通") < said.index("二、变更") < said.index("三、四、注销")
    assert "{" not in said


def test_the_table_follows_the_readings_that_are_set(tmp_path: Path) -> None:
    said = 'internal_secondment_senders = "home"\nbarred_departure = "remove"\n'
    said += 'letter_gate = "open"\nletter_gate_from = 2026-12-01'
    rows = {row["text"]: row for row in table(configured(tmp_path, said))}
    assert rows["区内借调、挂职，账号作兼任处理"]["letters"][0]["senders"] == ["所在部门"]
    assert not rows["立案审查调查期间依法不得办理离职手续，账号锁定"]["applies"]
    assert rows["新录用在编人员报到，开通账号"]["effect"]["oa"] == ["removed", "removed"]


def test_the_doctor_shows_every_point_with_its_value_and_how_far_the_calendar_reaches(tmp_path: Path) -> None:
    config = configured(tmp_path, "count_start_day = true")
    said = done(inside("doctor", "--config", config))
    assert [point.id for point in POINTS if f"✓ 办法：{point.id} " not in said] == []
    assert "（本处改设 count_start_day = true）" in said
    assert "（现设 closing_time = 24:00）" in said
    assert "日历：节假日安排已知至 " in said


# comparing


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


def compared(office: Office, folder: Path, policy: str, day: str) -> dict[str, Any]:
    other = folder / "other.toml"
    other.write_text(f"[policy]\n{policy}\n", encoding="utf-8")
    said = done(inside("policy", "compare", "--with", other, "--as-of", day, "--json", "--config", office.config))
    return {each["externalId"]: each["changes"] for each in map(json.loads, said.splitlines())}


def test_another_policy_names_whom_it_would_change_and_writes_nothing(office: Office, tmp_path: Path) -> None:
    before = everything(office)
    gate = 'letter_gate = "all"\nletter_gate_from = 2026-01-01'
    assert compared(office, tmp_path, gate, "2026-03-03") == {
        "Z4": {"concurrent": [["HEA"], []], "anomalies": [[], ["change-waits-for-letter"]]},
    }
    assert everything(office) == before


def test_the_same_policy_changes_nobody(office: Office, tmp_path: Path) -> None:
    assert compared(office, tmp_path, "", "2026-03-03") == {}
    words = ("policy", "compare", "--with", tmp_path / "other.toml", "--as-of", "2026-03-03", "--config", office.config)
    assert done(inside(*words)) == "没有人因此改变\n"


def test_a_person_reads_the_difference(office: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[policy]\nletter_gate = "open"\nletter_gate_from = 2019-01-01\n')
    words = ("policy", "compare", "--with", other, "--as-of", "2026-03-02", "--config", office.config)
    said = done(inside(*words)).splitlines()
    assert "王芳（Z1）：目录 在用→已注销；" in said[0]
    assert "主岗部门 EDU-1→无" in said[0]
    assert not [line for line in said if "（P1）" in line]


def test_another_file_that_is_wrong_is_named(office: Office, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[policy]\nletter_gate = "some"\n')
    answer = inside("policy", "compare", "--with", other, "--config", office.config)
    assert "policy.letter_gate" in refused(answer, 2)


def everything(office: Office) -> list[tuple[Any, ...]]:
    return [
        each
        for table in ("resources", "members", "standings", "changes")
        for each in rows(office, f"SELECT * FROM {table}")
    ]
