"""A reply that says "left" (R404, R404s, A14): every account goes, publicly 三, until the roster has more to say."""

import json
from typing import Any

from scim_server.scim.urns import ROSTER_USER
from tests.flows.four.systems import NAMES
from tests.flows.four.town import FourTown
from tests.flows.replies.asked import BY, Asked

ACTIVE, GONE = dict.fromkeys(NAMES, "active"), dict.fromkeys(NAMES, "removed")
REPLY = "崖教函〔2026〕30号"


def test_left_takes_all_four_accounts_and_the_next_push_does_not_bring_them_back(four: FourTown) -> None:
    for name in ("jin", "wang"):
        four.person(name, hired="2020-01-02", department="EDU-1")
    four.judge()
    four.enrol("jin")
    before = four.ids("jin")
    asked = Asked(four.bureau).about({"E-jin": ("oa", "wecom"), "E-wang": ("oa",)}).ready()

    four.on("2026-07-03")
    told = asked.reply("E-jin", "oa", "left", reason="已于5月20日辞职", left_on="2026-05-20", departure="resignation")
    four.people["jin"].mark("rulings", "2026-07-03", kind="reply-says-left", by=BY, departure="resignation")
    four.judge()
    assert (four.states("jin"), four.states("wang")) == (GONE, ACTIVE)
    assert not four.systems.attendance.faces(before["attendance"])
    assert {four.actions("jin", system)[-1] for system in NAMES} == {"remove"}
    said = "SELECT DISTINCT article, reason FROM attempts WHERE key = 'E-jin' AND action = 'remove'"
    assert four.bureau.rows(said) == [("三", "离职，注销账号")]
    _two_faces(four, told["ruling"])
    assert asked.case("E-jin", "wecom")["ruling"] == told["ruling"] == asked.case("E-jin", "oa")["ruling"]
    assert asked.case("E-wang", "oa")["state"] == "open"
    assert [(each["left"], each["left_departments"]) for each in asked.notices()] == [(1, ["部门EDU"])]

    _push_goes_on(four)
    four.correct("jin", "assignments", "a1", endDate="2026-07-02")
    four.tell("jin", "assignments", _post("2026-10-09"))
    four.tell("jin", "statusEvents", _hire("2026-10-09"))
    four.on("2026-10-08")
    assert four.states("jin") == GONE
    four.on("2026-10-09")
    assert four.states("jin") == ACTIVE
    after = four.ids("jin")
    assert all(after[system] != before[system] for system in NAMES if system != "wecom"), "other accounts"


def _two_faces(four: FourTown, ruling: str) -> None:
    """Publicly 三 and no more; `explain` names 四, the reply and its reason."""
    lines = [json.loads(line) for line in four.typed("states", "--as-of", four.bureau.day).splitlines()]
    line: dict[str, Any] = next(each for each in lines if each["externalId"] == "E-jin")
    assert line["articles"] == ["三"]
    why = four.typed("explain", "E-jin", "--as-of", four.bureau.day, "--json")
    assert ("四", "复函称已离职，注销账号，名册待补录") in [(each["item"], each["text"]) for each in why["decisions"]]
    (oa, wecom) = why["cases"]
    assert (oa["reply"], oa["answer"], oa["leftOn"], oa["ruling"]) == (REPLY, "left", "2026-05-20", ruling)
    assert (oa["system"], wecom["system"], wecom["reply"]) == ("oa", "wecom", REPLY)
    text = four.typed("explain", "E-jin", "--as-of", four.bureau.day)
    assert REPLY in text
    assert "已于5月20日辞职" in text
    assert REPLY not in four.typed("report", "sync", "--format", "csv")


def _push_goes_on(four: FourTown) -> None:
    """HR still shows the person: a PUT, a DELETE and a POST, a change; nothing opens."""
    one = four.people["jin"]
    sent = four.bureau.rows("SELECT count(*) FROM attempts")
    four.bureau.ok("PUT", f"/Users/{one.id}", one.user | {"title": "副科长"})
    one.user |= {"title": "副科长"}
    four.on("2026-07-20")
    four.delete("jin")
    four.judge()
    four.post_again("jin")
    four.on("2026-08-31")
    assert four.states("jin") == GONE
    assert four.bureau.rows("SELECT count(*) FROM attempts") == sent


def _hire(day: str) -> dict[str, Any]:
    return {"value": "h2", "type": "hire", "entryRoute": "recruited", "effectiveDate": day}


def _post(day: str) -> dict[str, Any]:
    return {"value": "a2", "kind": "primary", "scope": "internal", "department": "HEA", "startDate": day}


def test_a_reply_that_was_wrong_is_corrected_and_the_accounts_are_made_anew(four: FourTown) -> None:
    four.person("jin", hired="2020-01-02")
    four.judge()
    asked = Asked(four.bureau).about({"E-jin": ("oa", "attendance")}).ready()
    four.on("2026-07-03")
    asked.reply("E-jin", "oa", "left")
    four.people["jin"].mark("rulings", "2026-07-03", kind="reply-says-left", by=BY)
    four.judge()
    assert four.states("jin") == GONE
    four.on("2026-07-06")
    told = asked.reply("E-jin", "oa", "leave", letter="崖教函〔2026〕33号", by="邢局长", correct=True)
    four.people["jin"].unmark("rulings", "2026-07-06", endedBy="邢局长")
    four.judge()
    assert told["ruling"] is None
    assert four.states("jin") == ACTIVE
    assert {asked.case("E-jin", system)["answer"] for system in ("oa", "attendance")} == {"leave"}
    assert [each["left"] for each in asked.notices()] == [0]
    rulings = four.typed("ruling", "list", "--json")
    assert [(each["start"], each["end"], each["endedBy"]) for each in rulings] == [
        ("2026-07-03", "2026-07-05", "邢局长")
    ]
    assert four.people["jin"].user[ROSTER_USER]["statusEvents"][0]["value"] == "h1"
