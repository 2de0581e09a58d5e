"""What is written through the JSON API: the same commands as on the command line, in the name of the token."""

from tests.console.asker import Asker

BY = "hr-console"


def by_of(console: Asker, table: str, id: str, column: str = "by") -> str:
    return str(console.town.rows(f'SELECT "{column}" FROM {table} WHERE id = ?', id)[0][0])


def test_a_reply(own_console: Asker) -> None:
    id = own_console.town.case("E4", "wecom")
    body = {"answer": "in-service", "reason": "在岗", "letter": "崖卫函〔2026〕4号", "on": "2026-07-06"}
    one = own_console.post(f"/cases/{id}/reply", body)
    assert (one["state"], one["time"], one["by"], one["answer"]) == ("answered", "on-time", BY, None)
    assert own_console.get(f"/cases/{id}", restricted="true")["answer"] == "in-service"
    again = own_console.post(f"/cases/{id}/reply", body | {"answer": "leave"}, status=409)
    assert "更正须注明" in again["detail"]
    own_console.post(f"/cases/{id}/reply", body | {"answer": "leave", "correct": True})
    assert own_console.get(f"/cases/{id}", restricted="true")["answer"] == "leave"
    own_console.post("/cases/none/reply", body, status=404)


def test_a_reply_that_says_left_takes_the_accounts(own_console: Asker) -> None:
    id = own_console.town.case("E4", "wecom")
    body = {"answer": "left", "reason": "已辞职", "letter": "崖卫函〔2026〕5号", "departure": "resignation"}
    own_console.post(f"/cases/{id}/reply", body | {"leftOn": "2026-07-03"}, "admin")
    subject = own_console.town.subject("E4")
    assert own_console.town.rows("SELECT oa, wecom FROM standings WHERE subject = ?", subject) == [
        ("removed", "removed")
    ]
    (ruling,) = own_console.town.rows("SELECT kind, by FROM marks WHERE subject = ?", subject)
    assert ruling == ("reply-says-left", "admin-console")
    whole = own_console.get(f"/cases/{id}", restricted="true")
    assert (whole["ruling"] is not None, whole["leftOn"], whole["departure"]) == (True, "2026-07-03", "resignation")


def test_the_notice_goes_out_once_the_instruction_is_on_record(own_console: Asker) -> None:
    instruction = {"number": "崖府批〔2026〕7号", "on": "2026-07-08", "instructedBy": "区政府"}
    refused = own_console.post("/reviews/2026-07/instruction", instruction, status=409)
    assert "还没有拟出通报" in refused["detail"]
    own_console.post("/reviews/2026-06/instruction", instruction, status=404)
    left = {"answer": "left", "reason": "已辞职", "letter": "崖卫函〔2026〕5号"}
    own_console.post(f"/cases/{own_console.town.case('E4', 'wecom')}/reply", left)
    (draft,) = own_console.get("/letters", kind="notice")["items"]
    assert (draft["state"], draft["instruction"]) == ("draft", None)
    early = own_console.post("/reviews/2026-07/instruction", instruction | {"on": "2026-07-09"}, status=409)
    assert "尚未到" in early["detail"]
    notice = own_console.post("/reviews/2026-07/instruction", instruction)
    assert (notice["id"], notice["state"]) == (draft["id"], "ready")
    assert notice["instruction"] == {"number": "崖府批〔2026〕7号", "on": "2026-07-08", "by": "区政府"}
    own_console.post("/reviews/2026-07/instruction", instruction, status=409)
    own_console.ask("GET", f"/letters/{draft['id']}/document", "auditor")


def test_a_decision_before_a_planned_end(own_console: Asker) -> None:
    one = own_console.post("/returns/r-out/decision", {"choice": "extended", "until": "2026-12-31", "note": "续借"})
    assert (one["state"], one["choice"], one["until"], one["by"]) == ("decided", "extended", "2026-12-31", BY)
    assert own_console.get("/returns/r-in")["note"] is None
    for body, status in (
        ({"choice": "extended"}, 400),
        ({"choice": "back", "until": "2026-12-31"}, 400),
        ({"choice": "departed"}, 400),
        ({"choice": "departed", "departure": "gone"}, 400),
        ({"choice": "extended", "until": "2026-02-30"}, 400),
    ):
        own_console.post("/returns/r-in/decision", body, status=status)
    assert own_console.get("/returns/r-in")["state"] == "open"
    own_console.post("/returns/none/decision", {"choice": "back"}, status=404)


def test_a_delivery_starts_the_clock(own_console: Asker) -> None:
    id = own_console.town.letters["LEADERS"]
    one = own_console.post(f"/letters/{id}/delivered", {"at": "2026-07-08T08:30:00+08:00"})
    assert (one["state"], one["due"], one["deliveredBy"]) == ("delivered", "2026-07-13", BY)
    assert one["delivered"] == "2026-07-08T00:30:00.000Z"
    own_console.post(f"/letters/{id}/delivered", {"at": "2026-07-08T08:30:00+08:00"}, status=409)
    own_console.post("/letters/none/delivered", {"at": "2026-07-08T08:30:00+08:00"}, status=404)
    future = own_console.post(
        f"/letters/{own_console.town.letters['inside']}/delivered", {"at": "2026-07-09T08:30:00+08:00"}, status=409
    )
    assert "尚未到" in future["detail"]


def test_a_void_letter_keeps_its_number(own_console: Asker) -> None:
    id = own_console.town.letters["LEADERS"]
    one = own_console.post(f"/letters/{id}/void", {"reason": "发错单位"})
    assert (one["state"], one["number"]) == ("void", "崖科工信函〔2026〕3号")
    own_console.post(f"/letters/{id}/void", {"reason": "再次"}, status=409)
    own_console.post("/letters/none/void", {"reason": "无"}, status=404)
    assert own_console.town.rows("SELECT actor FROM trace WHERE kind = 'letter' AND said LIKE ?", "%作废")[-1] == (BY,)


def test_the_end_of_a_check(own_console: Asker) -> None:
    still = own_console.post("/reviews/2026-07/close", {}, status=409)
    assert "尚有 2 件未复函" in still["detail"]
    own_console.post("/reviews/2026-07/close", {"force": True}, status=400)
    one = own_console.post("/reviews/2026-07/close", {"force": True, "reason": "年终"})
    assert (one["state"], one["closedBy"], one["cases"]) == ("closed", BY, {"open": 0, "answered": 2, "closed": 2})
    own_console.post("/reviews/2026-07/close", {}, status=409)
    own_console.post("/reviews/2026-06/close", {}, status=404)


def test_nobody_signs_for_another(own_console: Asker) -> None:
    """The name is the token's: a body that brings one is refused, and changes nothing."""
    town = own_console.town
    for path, body in (
        (f"/cases/{town.case('E4', 'wecom')}/reply", {"answer": "leave", "reason": "休假", "letter": "x"}),
        ("/returns/r-in/decision", {"choice": "back"}),
        (f"/letters/{town.letters['LEADERS']}/void", {"reason": "发错"}),
        (f"/letters/{town.letters['LEADERS']}/delivered", {"at": "2026-07-08T08:30:00+08:00"}),
        ("/reviews/2026-07/close", {"force": True, "reason": "x"}),
        ("/reviews/2026-07/instruction", {"number": "1", "on": "2026-07-08", "instructedBy": "x"}),
    ):
        said = own_console.post(path, body | {"by": "王主任"}, status=400)
        assert said["errors"] == [{"pointer": "/by", "detail": "没有这一项"}]
    assert by_of(own_console, "cases", town.case("E4", "wecom")) == "None"
    assert own_console.get("/returns/r-in")["state"] == "open"
