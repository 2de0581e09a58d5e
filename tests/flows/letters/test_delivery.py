"""Letters by the OA: each arrives once, whatever becomes of the answers, and the delivery starts the reply's clock."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from scim_server.alerts import cases
from scim_server.clock import day_start, stamp
from scim_server.store.register import NotNow
from tests.flows.letters.postal import PATIENCE, Postal
from tests.flows.letters.registry import BY, DAY, HOUR, content

START = "bpm/process/start"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Postal]:
    one = Postal(tmp_path)
    yield one
    one.close()


def test_a_letter_arrives_with_its_document_and_starts_the_clock(post: Postal) -> None:
    drawn = post.draw()
    assert post.results() == ["delivered"]
    (process,) = post.office.processes()
    row = post.row(drawn["id"])
    assert (row["state"], row["delivered"], row["due"], row["provisional"]) == (
        "delivered",
        stamp(post.time),
        "2026-07-06",
        False,
    )
    assert len(process["attachments"]) == 1
    assert drawn["doc_number"] in process["subject"]
    assert "收函EDU" in str(process["data"])
    assert post.results(PATIENCE) == []


def test_letters_go_out_in_the_order_of_their_numbers(post: Postal) -> None:
    numbers = [post.draw(f"k{number}")["doc_number"] for number in range(4)]
    assert post.results() == ["delivered"] * 4
    assert [each["subject"].split("（")[-1].strip("）") for each in post.office.processes()] == numbers


def test_drafts_and_void_letters_stay(post: Postal) -> None:
    post.draw("draft", kind="cancel")
    post.run("letter-void", id=post.draw("void")["id"], by=BY, reason="不发")
    assert post.results() == []


@pytest.mark.parametrize("fault", [{"lost": True}, {"html": True}, {"cut": True}, {"status": 500}, {"delay_s": 600}])
def test_after_a_lost_answer_it_is_looked_up_before_anything_is_sent(post: Postal, fault: dict[str, Any]) -> None:
    drawn = post.draw()
    post.running.faults([{"match": START, "times": 1, **fault}])
    assert post.results(answer_timeout=3) == ["unknown"]
    assert post.state(drawn["id"]) == "unknown"
    assert post.results(PATIENCE - 1) == [], "it is left alone for a while"
    assert post.results(2) == ["delivered"]
    assert post.arrived(drawn["doc_number"]) == 1


def test_what_was_found_in_the_oa_counts_from_when_it_was_sent(post: Postal) -> None:
    post.time = day_start(DAY) + 23.9 * HOUR
    drawn = post.draw()
    post.running.faults([{"match": START, "times": 1, "lost": True}])
    sent = post.time
    assert post.results() == ["unknown"]
    assert post.results(PATIENCE + 1) == ["delivered"]
    row = post.row(drawn["id"])
    assert (row["delivered"], row["due"]) == (stamp(sent), "2026-07-06"), "not from the day after, when it was found"


@pytest.mark.parametrize("form", [True, False])
def test_the_register_keeps_the_date_that_a_letter_bore_when_it_left(tmp_path: Path, form: bool) -> None:
    """Not the one of the day on which it was found, nor that of its draft."""
    post = Postal(tmp_path, form)
    drawn = post.draw()
    post.time = day_start("2026-07-02") + 23.9 * HOUR
    post.running.faults([{"match": START if form else "message/loginName", "times": 1, "lost": True}])
    assert post.results() == ["unknown"]
    assert orjson.loads(post.row(drawn["id"])["content"])["due"] == "2026-07-07"
    assert post.results(PATIENCE + 1) == ["delivered"]
    row = post.row(drawn["id"])
    assert orjson.loads(row["content"])["due"] == "2026-07-07"
    assert row["due"] == ("2026-07-07" if form else "2026-07-08"), "of a message the OA does not tell when it came"
    post.close()


def test_a_letter_that_goes_out_a_day_later_bears_a_later_date(post: Postal) -> None:
    drawn = post.draw()
    post.time = day_start("2026-07-02") + 9 * HOUR
    assert post.results() == ["delivered"]
    row = post.row(drawn["id"])
    assert (row["due"], orjson.loads(row["content"])["due"]) == ("2026-07-07", "2026-07-07")


def test_a_reminder_that_goes_out_late_asks_for_no_day_that_is_gone(post: Postal) -> None:
    said = {
        name: value for name, value in content().items() if name in ("sender", "doc_number", "addressees", "bureau")
    }
    said |= {"kind": "reminder", "day": DAY, "inquiry": "崖科工信函〔2026〕9号", "was_due": "2026-06-29"}
    drawn = post.draw("reminder", kind="reminder", content=said | {"due": "2026-07-06"})
    post.time = day_start("2026-07-10") + 9 * HOUR
    assert post.results() == ["delivered"]
    row = post.row(drawn["id"])
    assert (row["due"], orjson.loads(row["content"])["due"]) == (None, "2026-07-15")


def test_an_oa_that_is_away_is_left_alone_and_costs_no_letter(post: Postal) -> None:
    drawn = [post.draw(f"k{number}") for number in range(3)]
    away = "http://127.0.0.1:1/seeyon/rest"
    assert post.results(url=away) == ["waiting"], "the others are not tried"
    assert post.results(1) == []
    assert post.results(61) == ["delivered"] * 3
    assert [post.arrived(each["doc_number"]) for each in drawn] == [1, 1, 1]


@pytest.mark.parametrize("after", [0, 900])
def test_busy_at_the_last_step_is_looked_up_too(post: Postal, after: int) -> None:
    """503 may come from a proxy in front of an OA that has started the process all the same."""
    drawn = post.draw()
    post.running.faults([{"match": START, "times": 1, "status": 503, "retry_after": after}])
    assert post.results() == ["unknown"]
    assert post.results(PATIENCE + 1) == ["delivered"]
    assert post.arrived(drawn["doc_number"]) == 1


def test_a_letter_that_is_refused_waits_for_a_person_and_keeps_no_other_waiting(post: Postal) -> None:
    post.office.put_department("空", code="EMPTY")
    first, other = post.draw("one"), post.draw("two", addressees=["HEA"])
    post.running.faults([{"match": START, "times": 1, "code": 500}])
    assert post.results() == ["parked", "delivered"]
    row = post.row(first["id"])
    assert row["state"] == "ready"
    assert row["error"]
    assert alerted(post) == [("letters", "有 1 件函未能送达，须由人处理；请查 huaming letter register。")]
    assert post.results(30 * 86_400) == []
    post.run("letter-again", id=first["id"], by=BY)
    assert post.results() == ["delivered"]
    assert [post.arrived(each["doc_number"]) for each in (first, other)] == [1, 1]
    assert alerted(post) == []


def alerted(post: Postal) -> list[tuple[str, str]]:
    with post.engine.connect() as connection:
        found = list(cases.conditions(connection, DAY, post.time))
    return [(each.kind, each.text) for each in found if each.kind == "letters"]


def test_a_department_that_the_oa_does_not_have_yet_is_waited_for(post: Postal) -> None:
    drawn = post.draw(addressees=["EDU", "KGX"])
    assert post.results() == ["waiting"]
    assert "KGX" in post.row(drawn["id"])["error"]
    assert post.office.processes() == [], "both or none"
    post.place({"KGX": post.office.put_department("科工信", code="KGX")})
    post.office.put_member("收函", "desk-kgx", post.office.put_department("x", code="x"), code="R")
    assert post.results(3601) == ["parked"], "nobody is there who could get it"


def test_two_offices_get_one_process(post: Postal) -> None:
    drawn = post.draw(addressees=["EDU", "HEA"], kind="leaders-inquiry", restricted=True)
    assert post.results() == ["delivered"]
    (process,) = post.office.processes()
    assert all(name in str(process["data"]) for name in ("收函EDU", "收函HEA"))
    assert post.row(drawn["id"])["due"] == "2026-07-06"


def test_by_message_the_text_says_everything(tmp_path: Path) -> None:
    post = Postal(tmp_path, form=False)
    drawn = post.draw(addressees=["EDU", "HEA"])
    post.running.faults([{"match": "message/loginName", "times": 1, "lost": True}])
    assert post.results() == ["unknown"]
    assert post.results(PATIENCE + 1) == ["delivered"]
    assert sorted(login for login, _ in post.office.messages()) == ["desk-edu", "desk-hea"]
    (_, text), _ = post.office.messages()
    assert all(word in text for word in (drawn["doc_number"], "张三", "2026年7月6日"))
    post.close()


# by hand


def test_nobody_says_that_a_letter_came_before_it_was_written_or_will_come(post: Postal) -> None:
    drawn = post.draw()
    for at in ("2026-06-30T09:00:00+08:00", "2026-07-01T10:00:00+08:00"):
        with pytest.raises(NotNow):
            post.run("letter-delivered", id=drawn["id"], at=at, by=BY)
    with pytest.raises(ValueError, match="Invalid isoformat"):
        post.run("letter-delivered", id=drawn["id"], at="昨天", by=BY)
    told = post.run("letter-delivered", id=drawn["id"], at=DAY, by=BY)
    assert (told["due"], told["delivered"]) == ("2026-07-06", "2026-06-30T16:00:00.000Z")
    assert post.results() == [], "and then it is not sent"
    with pytest.raises(NotNow, match="状态为「已送达」，不能登记送达"):
        post.run("letter-delivered", id=drawn["id"], at=DAY, by=BY)


def test_the_trace_tells_each_step_without_a_name(post: Postal) -> None:
    post.draw()
    post.running.faults([{"match": START, "times": 1, "lost": True}])
    post.results()
    post.results(PATIENCE + 1)
    said = post.steps()
    assert [
        word for word in ("拟稿编号", "经 oa 发送", "送达结果不明", "已送达") if any(word in each for each in said)
    ] == [
        "拟稿编号",
        "经 oa 发送",
        "送达结果不明",
        "已送达",
    ]
    assert "张三" not in "".join(said)


def test_a_content_that_cannot_be_drawn_waits_for_a_person(post: Postal) -> None:
    broken, whole = post.draw("one", content={"kind": "inquiry"}), post.draw("two")
    assert post.results() == ["parked", "delivered"]
    assert post.arrived(broken["doc_number"]) == 0
    assert post.arrived(whole["doc_number"]) == 1
