"""The 通报 (A17): one draft a check, true to the replies, without names; it waits for the government's instruction."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from scim_server.letters.content import CONTENT
from scim_server.letters.titles import title
from scim_server.operate import replies
from scim_server.operate.review_shown import shown
from scim_server.reports.zero_activity.reading import read
from scim_server.store.notices import NoSuchNotice
from scim_server.store.register import NotNow
from tests.flows.facts_town import FactsTown
from tests.flows.replies.asked import BY, Asked

INSTRUCTED = {"number": "崖府办批〔2026〕5号", "on": "2026-07-10", "instructed_by": "陈区长", "by": BY}


@pytest.fixture
def town(offices: Callable[..., FactsTown]) -> FactsTown:
    one = offices()
    for name, department in (("jin", "EDU-1"), ("wang", "EDU"), ("li", "HEA"), ("zhao", "HEA"), ("sun", "FIN")):
        one.person(name, hired="2020-01-02", department=department)
    return one


@pytest.fixture
def asked(town: FactsTown) -> Asked:
    one = Asked(town.bureau).about({"E-jin": ("oa", "wecom"), "E-wang": ("oa",)}, busy=7)
    one.about({"E-li": ("oa",), "E-zhao": ("oa",)}, "HEA").about({"E-sun": ("oa",)}, "FIN", busy=3).ready()
    for department in ("EDU", "HEA", "FIN"):
        one.write(department, "2026-07-01T08:30:00+08:00")
    town.bureau.on("2026-07-03")
    return one


def only(asked: Asked) -> dict[str, Any]:
    (notice,) = asked.notices()
    return notice


def figures(asked: Asked) -> tuple[int, ...]:
    notice = only(asked)
    return tuple(notice[name] for name in ("total", "silent", "departments", "on_time", "late", "none", "left"))


def test_whose_office_wrote_within_three_working_days_of_the_departure_is_blamed_of_nothing(asked: Asked) -> None:
    """Whoever had left, however lately, was published as one whose office had not written in time."""
    asked.reply("E-li", "oa", "left", left_on="2026-06-30", departure="resignation")  # the third working day is today
    assert (only(asked)["left"], only(asked)["left_departments"]) == (0, [])
    asked.reply("E-jin", "oa", "left", left_on="2026-06-29", departure="resignation")
    assert (only(asked)["left"], only(asked)["left_departments"]) == (1, ["部门EDU"])


def test_it_is_drawn_once_somebody_has_left_and_follows_the_replies(town: FactsTown, asked: Asked) -> None:
    assert asked.reply("E-wang", "oa", "leave")["notice"] is None
    assert asked.notices() == []
    number = asked.reply("E-jin", "oa", "left")["notice"]
    assert number == only(asked)["doc_number"]
    assert figures(asked) == (16, 6, 3, 1, 0, 2, 1)
    asked.reply("E-li", "oa", "left", on="2026-07-03")
    assert figures(asked) == (16, 6, 3, 1, 0, 2, 2), "of 区卫健委 one account is still asked about"
    town.bureau.on("2026-07-07")
    assert asked.reply("E-zhao", "oa", "in-service")["notice"] == number
    assert figures(asked) == (16, 6, 3, 1, 1, 1, 2), "a day late"
    assert only(asked)["left_departments"] == ["部门EDU", "部门HEA"]
    assert not any(name in orjson.dumps(asked.notices()).decode() for name in ("jin", "wang", "E-"))
    ((key, row_title, addressees),) = town.bureau.rows(
        "SELECT key, title, addressees FROM register WHERE kind = 'notice'"
    )
    content = CONTENT.validate_python({name: only(asked)[name] for name in CONTENT_OF})
    assert (key, row_title) == (f"notice {asked.id}", title(content))
    assert orjson.loads(addressees) == ["EDU", "FIN", "HEA"]


def test_a_department_that_has_been_merged_away_is_called_what_it_was_called(town: FactsTown, asked: Asked) -> None:
    asked.reply("E-li", "oa", "left")
    for name, ends in (("li", "2026-07-02"), ("zhao", "2026-07-02")):
        town.correct(name, "assignments", "a1", endDate=ends)
    post = {"value": "a2", "kind": "primary", "scope": "internal", "department": "FIN", "startDate": "2026-07-03"}
    town.tell("zhao", "assignments", post)
    town.bureau.ok("DELETE", f"/Groups/{town.groups['HEA']}")
    asked.reply("E-zhao", "oa", "leave")
    assert only(asked)["left_departments"] == ["部门HEA"]
    assert figures(asked)[2:] == (3, 1, 0, 2, 1), "it has answered, whoever did so for it"
    said = shown(town.bureau.desk, asked.month, restricted=True)
    assert {name for each in said["list"] for name in each["addressees"]} == {"部门EDU", "部门HEA", "部门FIN"}
    with town.bureau.house.engine.connect() as connection:
        assert {each.name for each in read(connection, asked.month, "2026-07-03", True).departments} == {
            "部门EDU", "部门HEA", "部门FIN"
        }  # fmt: skip
    town.bureau.on("2026-07-31")
    late, _ = replies.late(town.bureau.desk, town.bureau.day)
    assert {row["name"] for row in late} == {"部门EDU", "部门FIN"}


CONTENT_OF = (
    *("kind", "sender", "doc_number", "day", "addressees", "contact", "phone", "bureau", "period", "total", "silent"),
    *("departments", "on_time", "late", "none", "left", "left_departments"),
)


def test_it_goes_out_after_the_instruction_and_not_before(town: FactsTown, asked: Asked) -> None:
    asked.reply("E-jin", "oa", "left")
    ((id,),) = town.bureau.rows("SELECT id FROM register WHERE kind = 'notice'")
    town.bureau.on("2026-07-13")
    with pytest.raises(NotNow):
        town.bureau.command("letter-delivered", id=id, at="2026-07-13T08:00:00+08:00", by=BY)
    claim = {"owner": "node", "lease": 60.0, "patience": 60.0, "channel": "hand", "by": BY}
    assert town.bureau.command("letter-claim", **claim, passed=[]) is None, "nobody sends a draft"
    with pytest.raises(NotNow, match="尚未到"):
        town.bureau.command("notice-instruct", id=id, **(INSTRUCTED | {"on": "2026-07-14"}))
    told = town.bureau.command("notice-instruct", id=id, **INSTRUCTED)
    assert told["content"]["left"] == 1
    assert (only(asked)["state"], only(asked)["day"]) == ("ready", "2026-07-13")
    assert town.bureau.command("letter-claim", **claim, passed=[])["id"] == id
    with pytest.raises(NotNow, match="已登记过批示"):
        town.bureau.command("notice-instruct", id=id, **INSTRUCTED)
    assert asked.reply("E-li", "oa", "left")["notice"] is None
    assert only(asked)["left"] == 1, "what was approved is not changed any more"
    assert any("登记区政府批示 崖府办批〔2026〕5号" in said for said in asked.trace())


def test_a_void_notice_stays_and_another_reply_draws_the_next_one(town: FactsTown, asked: Asked) -> None:
    asked.reply("E-jin", "oa", "left")
    ((id,),) = town.bureau.rows("SELECT id FROM register WHERE kind = 'notice'")
    town.bureau.command("letter-void", id=id, by=BY, reason="重拟")
    with pytest.raises(NotNow, match="已作废"):
        town.bureau.command("notice-instruct", id=id, **(INSTRUCTED | {"on": "2026-07-03"}))
    asked.reply("E-li", "oa", "left")
    assert [(each["state"], each["left"]) for each in asked.notices()] == [("void", 1), ("draft", 2)]


def test_an_instruction_needs_a_notice(town: FactsTown, asked: Asked) -> None:
    for id in ("0000", asked.letters["EDU"]):
        with pytest.raises(NoSuchNotice):
            town.bureau.command("notice-instruct", id=id, **(INSTRUCTED | {"on": "2026-07-03"}))


def test_who_was_taken_back_is_not_told_of(town: FactsTown, asked: Asked) -> None:
    told = asked.reply("E-jin", "oa", "left")
    asked.reply("E-li", "oa", "left")
    town.bureau.end_ruling(told["ruling"], "邢局长")
    asked.reply("E-sun", "oa", "leave")
    assert (only(asked)["left"], only(asked)["left_departments"]) == (1, ["部门HEA"])
