"""Who has used WeCom: the log's evidence, who was never activated, and silence where it cannot tell (S30)."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Activity, ActivityReport, ActivitySource
from connectors.errors import ConnectorError
from tests.contract.systems.wecom import SINCE_2022, WecomTarget, wecom


@pytest.fixture(params=[{}, SINCE_2022], ids=["today", "since-2022"])
def target(request: pytest.FixtureRequest) -> WecomTarget:
    target = wecom(request.param)(request)
    for number in range(20):
        target.vendor.put_member(f"E{number}", "人", [1], email=f"e{number}@x.cn")
    for number in range(10):
        target.vendor.activate(f"E{number}")
    return target


NOW = datetime.now(UTC).replace(microsecond=0)
MONTH = NOW - timedelta(days=30)
UNUSED = frozenset(f"E{number}" for number in range(10, 20))


def used(target: WecomTarget, userid: str, at: datetime, kind: int = 4) -> None:
    target.vendor.activity(userid, at.timestamp(), kind)


def test_the_latest_evidence_of_each_within_a_month_is_told_from_several_calls(target: WecomTarget) -> None:
    connector = target.connector()
    assert isinstance(connector, ActivitySource)
    for days in (40, 29, 20, 8, 1):
        used(target, "E1", NOW - timedelta(days=days))
    used(target, "E2", NOW - timedelta(days=15), 13)
    report = connector.last_seen(MONTH, NOW)
    assert report.last == {
        "E1": Activity("E1", NOW - timedelta(days=1), "login", "any", "proof", "E1"),
        "E2": Activity("E2", NOW - timedelta(days=15), "login", "any", "proof", "E2"),
    }
    assert report.never == UNUSED
    calls = [each for each in target.running.requests() if each["path"].endswith("member_oper_log/list")]
    assert len(calls) == 5
    assert {each["status"] for each in calls} == {200}


def test_more_lines_than_one_call_gives_are_all_read(target: WecomTarget) -> None:
    for minute in range(1000):
        used(target, f"E{minute % 10}", NOW - timedelta(days=2, minutes=minute))
    report = target.connector().last_seen(MONTH, NOW)
    assert set(report.last) == {f"E{number}" for number in range(10)}


def test_the_log_shows_some_uses_only_so_that_no_terminal_is_watched_by_it(target: WecomTarget) -> None:
    used(target, "E1", NOW - timedelta(days=3), 6)
    report = target.connector().last_seen(MONTH, NOW)
    assert report.watched == ()
    assert (report.last["E1"].terminal, report.last["E1"].strength) == ("mobile", "evidence")


def test_the_log_is_read_at_its_own_pace(target: WecomTarget) -> None:
    asked: list[tuple[str, int]] = []
    target.connector().last_seen(MONTH, NOW, lambda *step: asked.append(step))
    assert asked.count(("activity", 1)) == 5
    assert sum(number for step, number in asked if step == "observe") == 20
    (window,) = [
        each for each in target.connector().describe().windows if "oper_log" in each.verb and each.seconds == 60
    ]
    assert window.calls == 600


def test_what_others_do_to_an_account_is_no_use_of_it(target: WecomTarget) -> None:
    for kind in (9, 21, 11):
        used(target, "E1", NOW - timedelta(days=3), kind)
    assert target.connector().last_seen(MONTH, NOW).last == {}


def test_a_question_that_goes_back_too_far_is_answered_as_far_as_the_log_goes(target: WecomTarget) -> None:
    used(target, "E1", NOW - timedelta(days=100))
    report = target.connector().last_seen(NOW - timedelta(days=400), NOW)
    assert set(report.last) == {"E1"}


def test_without_a_secret_for_the_log_only_the_never_activated_are_told(target: WecomTarget) -> None:
    used(target, "E1", NOW - timedelta(days=3))
    connector = target.wecom(activity_secret=None)
    assert connector.last_seen(MONTH, NOW) == ActivityReport({}, UNUSED)


def test_a_log_that_cannot_be_read_is_an_error_and_no_silence(target: WecomTarget) -> None:
    target.running.faults([{"match": "member_oper_log", "code": 48002}])
    with pytest.raises(ConnectorError):
        target.connector().last_seen(MONTH, NOW)
