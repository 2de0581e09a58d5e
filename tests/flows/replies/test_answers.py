"""What departments answer (R403): noted, corrected, refused; all of a letter or nothing of it."""

from collections.abc import Callable
from typing import Any

import pytest

from scim_server.operate.states import states as lines_of
from scim_server.store.reply_commands import BadReplies
from tests.flows.facts_town import FactsTown
from tests.flows.replies.asked import BY, Asked

LETTER = "崖教函〔2026〕30号"


@pytest.fixture
def town(offices: Callable[..., FactsTown]) -> FactsTown:
    one = offices()
    for name in ("jin", "wang", "li"):
        one.person(name, hired="2020-01-02", department="EDU-1")
    return one


@pytest.fixture
def asked(town: FactsTown) -> Asked:
    about = {"E-jin": ("oa", "wecom"), "E-wang": ("oa", "wecom"), "E-li": ("attendance",)}
    one = Asked(town.bureau).about(about).ready()
    town.bureau.on("2026-07-03")
    return one


def states(town: FactsTown, name: str) -> set[str]:
    return set(town.bureau.states()[f"E-{name}"]["systems"].values())


@pytest.mark.parametrize("answer", ["in-service", "leave", "seconded", "suspended", "not-needed", "other"])
def test_who_is_still_there_stays_as_the_roster_says(town: FactsTown, asked: Asked, answer: str) -> None:
    before = town.bureau.everything()
    told = asked.reply("E-wang", "oa", answer, reason="外出学习", on="2026-07-02")
    assert (told["ruling"], told["answered"]) == (None, [asked.cases["E-wang", "oa"]])
    assert town.bureau.everything() == before, "no lock, whatever the reply says (A13)"
    assert asked.case("E-wang", "oa") == {
        "state": "answered",
        "answer": answer,
        "reason": "外出学习",
        "reply": LETTER,
        "replied_on": "2026-07-02",
        "left_on": None,
        "departure": None,
        "by": BY,
        "ruling": None,
    }
    assert asked.case("E-wang", "wecom")["state"] == "open"


def test_left_closes_the_other_cases_of_the_person_and_takes_effect_at_once(town: FactsTown, asked: Asked) -> None:
    told = asked.reply("E-jin", "wecom", "left", departure="retirement")
    assert sorted(told["answered"]) == sorted([asked.cases["E-jin", "oa"], asked.cases["E-jin", "wecom"]])
    assert states(town, "jin") == {"removed"}
    line = town.bureau.states()["E-jin"]
    assert (line["articles"], line["anomalies"]) == (["三(一)"], ["reply-says-left"])
    assert town.bureau.rows("SELECT active FROM resources WHERE external_id = 'E-jin'") == [(0,)]
    assert states(town, "wang") == states(town, "li") == {"active"}


def test_the_same_once_more_is_nothing_new_and_another_one_is_refused(town: FactsTown, asked: Asked) -> None:
    first = asked.reply("E-jin", "oa", "left")
    everything, case = town.bureau.everything(), asked.case("E-jin", "oa")
    again = asked.reply("E-jin", "oa", "left")
    assert (again["ruling"], again["answered"]) == (first["ruling"], [])
    with pytest.raises(BadReplies, match=f"{LETTER} 答复；更正"):
        asked.reply("E-jin", "oa", "in-service", letter="崖教函〔2026〕31号")
    assert (town.bureau.everything(), asked.case("E-jin", "oa")) == (everything, case)


def test_a_correction_stands_with_its_trace(town: FactsTown, asked: Asked) -> None:
    asked.reply("E-wang", "oa", "in-service")
    told = asked.reply("E-wang", "oa", "left", letter="崖教函〔2026〕31号", correct=True)
    assert states(town, "wang") == {"removed"}
    assert asked.case("E-wang", "wecom")["ruling"] == told["ruling"] == asked.case("E-wang", "oa")["ruling"]
    back = asked.reply("E-wang", "wecom", "in-service", letter="崖教函〔2026〕32号", by="邢局长", correct=True)
    assert (back["ruling"], states(town, "wang")) == (None, {"active"})
    assert {asked.case("E-wang", system)["reply"] for system in ("oa", "wecom")} == {"崖教函〔2026〕32号"}
    assert town.bureau.rows("SELECT ended_by FROM marks WHERE kind = 'reply-says-left'") == [("邢局长",)]
    sealed = "SELECT count(*) FROM trace WHERE kind = 'review' AND subject = :of AND sealed IS NOT NULL"
    assert town.bureau.rows(sealed, of=asked.subject("E-wang")) == [(5,)]
    assert not [said for said in asked.trace() if "wang" in said or "崖教函" in said]


def test_a_ruling_that_somebody_has_ended_is_not_ended_twice(town: FactsTown, asked: Asked) -> None:
    told = asked.reply("E-jin", "oa", "left")
    town.bureau.end_ruling(told["ruling"], "王科长")
    assert states(town, "jin") == {"active"}
    asked.reply("E-jin", "oa", "leave", letter="崖教函〔2026〕31号", correct=True)
    assert town.bureau.rows("SELECT ended_by FROM marks WHERE kind = 'reply-says-left'") == [("王科长",)]


def answers(asked: Asked, *rows: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [
        {"case": asked.cases[f"E-{name}", system], "answer": answer, "reason": "已核实", "where": f"第 {number} 行"}
        for number, (name, system, answer) in enumerate(rows, 2)
    ]


def test_all_answers_of_a_letter_or_none(town: FactsTown, asked: Asked) -> None:
    before = town.bureau.everything()
    rows = answers(asked, ("jin", "oa", "left"), ("wang", "oa", "gone"), ("li", "attendance", "leave"))
    rows[2]["left_on"] = "2026-07-01"
    with pytest.raises(BadReplies) as refused:
        town.bureau.command("cases-reply", answers=rows, letter=LETTER, by=BY)
    lines = str(refused.value).splitlines()
    assert [line.partition("：")[0] for line in lines] == ["第 3 行", "第 4 行"]
    assert "「gone」" in lines[0]
    assert town.bureau.everything() == before
    assert {asked.case(*key)["state"] for key in asked.cases} == {"open"}

    rows = answers(asked, ("jin", "oa", "left"), ("jin", "wecom", "left"), ("li", "attendance", "leave"))
    done = town.bureau.command("cases-reply", answers=rows, letter=LETTER, by=BY)
    assert done["rulings"][0] == done["rulings"][1]
    assert done["rulings"][2] is None
    assert len(done["answered"]) == 3
    assert town.bureau.rows("SELECT count(*) FROM marks WHERE kind = 'reply-says-left'") == [(1,)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("jin", "oa", "left"), ("jin", "wecom", "leave")], "不能另作答复"),
        ([("jin", "oa", "leave"), ("jin", "wecom", "left")], "不能答复已离职"),
        ([("jin", "oa", "leave"), ("jin", "oa", "leave")], "出现两次"),
    ],
)
def test_a_letter_that_contradicts_itself_is_refused(
    town: FactsTown, asked: Asked, rows: list[tuple[str, str, str]], said: str
) -> None:
    with pytest.raises(BadReplies, match=said):
        town.bureau.command("cases-reply", answers=answers(asked, *rows), letter=LETTER, by=BY)
    assert states(town, "jin") == {"active"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reason": "  "}, "原因"),
        ({"answer": "left", "departure": "holiday"}, "离职类型"),
        ({"answer": "left", "left_on": "2026-07-04"}, "晚于复函之日"),
        ({"on": "2026-07-04"}, "尚未到"),
        ({"on": "2026-06-30"}, "早于核查"),
        ({"letter": " "}, "文号"),
        ({"by": ""}, "登记人"),
        ({"case": "0000"}, "0000"),
    ],
)
def test_what_cannot_be_is_said(town: FactsTown, asked: Asked, given: dict[str, Any], said: str) -> None:
    usual = {"case": asked.cases["E-li", "attendance"], "answer": "leave", "reason": "休假", "letter": LETTER, "by": BY}
    with pytest.raises(BadReplies, match=said):
        town.bureau.command("case-reply", **(usual | given))
    assert asked.case("E-li", "attendance")["state"] == "open"


def test_a_check_that_gathers_or_is_closed_takes_no_reply(town: FactsTown, asked: Asked) -> None:
    town.bureau.command("review-close", month=asked.month, by=BY, force=True, reason="另行处理")
    with pytest.raises(BadReplies, match="已了结"):
        asked.reply("E-jin", "oa", "left")
    assert states(town, "jin") == {"active"}
    town.bureau.on("2026-08-03")
    early = Asked(town.bureau, "2026-08", "2026-08-03T01:00:00.000Z").about({"E-jin": ("oa",)})
    ((case,),) = town.bureau.rows("SELECT id FROM cases WHERE review = :of", of=early.id)
    with pytest.raises(BadReplies, match="尚未完成"):
        town.bureau.command("case-reply", case=case, answer="left", reason="离职", letter=LETTER, by=BY)


@pytest.mark.parametrize(("channel", "state"), [("oa", "void"), ("hand", "ready")])
def test_a_check_that_is_closed_sends_no_letter_any_more(
    town: FactsTown, asked: Asked, channel: str, state: str
) -> None:
    """It went out all the same, and the reply to it was refused. What people bring may have come already."""
    asked.write("EDU", delivered=None)
    claim = {"owner": "node", "lease": 60.0, "patience": 60.0, "channel": channel, "by": BY, "passed": []}
    if channel == "hand":
        id = town.bureau.command("letter-claim", **claim)["id"]
        assert town.bureau.command("letter-saved", id=id, owner="node", by=BY, printed=None)
    town.bureau.command("review-close", month=asked.month, by=BY, force=True, reason="另行处理")
    assert town.bureau.command("letter-claim", **claim) is None
    assert town.bureau.rows("SELECT state FROM register") == [(state,)]


def test_a_plain_user_who_has_left_goes_too(town: FactsTown, asked: Asked) -> None:
    from tests.flows import client as say

    town.bureau.ok("POST", "/Users", say.user("plain"))
    town.bureau.on("2026-08-03")
    august = Asked(town.bureau, "2026-08", "2026-08-03T01:00:00.000Z").about({"E-plain": ("oa",)}).ready()
    august.reply("E-plain", "oa", "left")
    assert town.bureau.states()["E-plain"]["systems"]["ldap"] == "removed"


@pytest.mark.parametrize("anew", ["2026-08-04", "2026-08-06"])
def test_a_plain_user_who_is_deleted_and_made_anew_is_under_the_reply(town: FactsTown, asked: Asked, anew: str) -> None:
    """A14, S28: whether the roster did so before the reply was entered or after it; a correction gives all back."""
    from tests.flows import client as say

    def directory() -> list[str]:
        """Who was deleted has a line of his own, before that of whoever was made since."""
        lines = lines_of(town.bureau.desk, town.bureau.day)
        return [each["systems"]["ldap"] for each in lines if each["externalId"] == "E-plain"]

    def make() -> str:
        return str(town.bureau.ok("POST", "/Users", say.user("plain"))["id"])

    first = make()
    town.bureau.on("2026-08-03")
    august = Asked(town.bureau, "2026-08", "2026-08-03T01:00:00.000Z").about({"E-plain": ("oa",)}).ready()
    for day in ("2026-08-04", "2026-08-05", "2026-08-06"):
        town.bureau.on(day)
        if day == anew:
            town.bureau.ok("DELETE", f"/Users/{first}")
            make()
        if day == "2026-08-05":
            august.reply("E-plain", "oa", "left")
    assert directory() == ["removed", "removed"]
    august.reply("E-plain", "oa", "in-service", correct=True)
    assert directory() == ["removed", "active"]


def test_what_a_reply_says_of_somebody_goes_with_the_erasure(town: FactsTown, asked: Asked) -> None:
    asked.reply("E-jin", "oa", "left", reason="因病去世", left_on="2026-06-01", departure="death")
    town.delete("jin")
    town.bureau.command("erase", person="E-jin", by="邢局长")
    case = asked.case("E-jin", "oa")
    assert (case["answer"], case["reason"], case["left_on"], case["departure"]) == ("left", None, None, None)
    assert [each["left"] for each in asked.notices()] == [1]
