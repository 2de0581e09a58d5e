"""Door events over the wire."""

from typing import Any

import pytest

from tests.simulation.attendance import DAY, HOUR, PERSON_ADD, PERSON_DELETE, Platform, person
from tests.simulation.clock import Clock

SEARCH = "/api/acs/v2/door/events"
SUBSCRIBE = "/api/eventService/v1/eventSubscriptionByEventTypes"
UNSUBSCRIBE = "/api/eventService/v1/eventUnSubscriptionByEventTypes"
FACE_PASSED = 196893


@pytest.fixture
def platform(run: Any, clock: Clock) -> Platform:
    made = Platform(run, clock)
    made.ask(PERSON_ADD, person("王小明", personId="p1", jobNo="77"))
    made.ask(PERSON_ADD, person("李小红", personId="p2", jobNo="78"))
    return made


def window(platform: Platform, back: float = 7 * DAY, ahead: float = 0, **more: Any) -> dict[str, Any]:
    times = {"startTime": platform.time(-back), "endTime": platform.time(ahead)}
    return {**times, "pageNo": 1, "pageSize": 1000, **more}


def found(platform: Platform, **more: Any) -> list[str]:
    return [row["eventId"] for row in platform.ask(SEARCH, window(platform, **more))["list"]]


def test_an_event_says_who_where_and_when(platform: Platform, clock: Clock) -> None:
    platform.vendor.put_event("p1", clock() - HOUR, event="e1")
    (row,) = platform.ask(SEARCH, window(platform))["list"]
    assert (row["eventId"], row["eventType"], row["inAndOutType"]) == ("e1", FACE_PASSED, 1)
    assert (row["personId"], row["personName"], row["jobNo"]) == ("p1", "王小明", "77")
    assert (row["orgIndexCode"], row["doorIndexCode"]) == ("root000000", "door-1")
    assert row["eventTime"] == row["receiveTime"] == platform.time(-HOUR)
    assert row["eventTime"].endswith("+08:00")


@pytest.mark.parametrize("fraction", [0.0, 0.123, 0.1234, 0.1239994, 0.1239997, 0.9999997])
def test_an_instant_is_shown_as_it_is_kept(platform: Platform, clock: Clock, fraction: float) -> None:
    """In the last half microsecond of a millisecond the next one was shown."""
    clock.at = 1_780_000_000 + fraction
    platform.vendor.put_event("p1", clock(), event="e1")
    (row,) = platform.ask(SEARCH, window(platform))["list"]
    assert row["eventTime"] == platform.time()


def test_a_stranger_and_a_deleted_person_leave_events_too(platform: Platform, clock: Clock) -> None:
    platform.vendor.put_event("", clock() - HOUR, event="stranger", kind=197151)
    platform.vendor.put_event("p1", clock() - 60, event="e1")
    platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    rows = {row["eventId"]: row["personId"] for row in platform.ask(SEARCH, window(platform))["list"]}
    assert rows == {"stranger": None, "e1": "p1"}


def test_a_late_upload_appears_when_it_is_received(platform: Platform, clock: Clock) -> None:
    platform.vendor.put_event("p1", clock() - 2 * DAY, received=clock() + HOUR, event="late")
    platform.vendor.put_event("p1", clock() - DAY, event="usual")
    assert found(platform) == ["usual"]
    clock.move(HOUR)
    assert found(platform) == ["usual", "late"]

    since = {"receiveStartTime": platform.time(-60), "receiveEndTime": platform.time()}
    (row,) = platform.ask(SEARCH, window(platform, **since))["list"]
    assert row["eventId"] == "late"
    assert row["receiveTime"] == platform.time()
    assert row["eventTime"] == platform.time(-2 * DAY - HOUR)


def test_a_late_upload_moves_the_pages(platform: Platform, clock: Clock) -> None:
    """Who reads by pages in the order of event times meets one row twice and misses none, or the other way round."""
    for number in range(4):
        platform.vendor.put_event("p1", clock() - (5 - number) * HOUR, event=f"e{number}")
    order = {"sort": "eventTime", "order": "asc", "pageSize": 2}
    body = window(platform, ahead=DAY, **order)
    first = [row["eventId"] for row in platform.ask(SEARCH, body)["list"]]
    platform.vendor.put_event("p2", clock() - 5.5 * HOUR, received=clock(), event="late")
    told = platform.ask(SEARCH, {**body, "pageNo": 2})
    assert (first, [row["eventId"] for row in told["list"]], told["total"]) == (["e0", "e1"], ["e1", "e2"], 5)


def test_events_are_paged_and_sorted(platform: Platform, clock: Clock) -> None:
    for number in range(25):
        platform.vendor.put_event(("p1", "p2")[number % 2], clock() - number * 60, event=f"e{number:02}")
    pages = [found(platform, pageNo=number, pageSize=10) for number in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert [each for page in pages for each in page] == [f"e{number:02}" for number in range(25)]
    assert found(platform, sort="eventTime", order="asc")[0] == "e24"
    assert found(platform, sort="personName", order="asc")[:2] == ["e01", "e03"]


def test_conditions_hold_together(platform: Platform, clock: Clock) -> None:
    platform.vendor.put_event("p1", clock() - 10, door="door-1", event="a")
    platform.vendor.put_event("p2", clock() - 20, door="door-2", event="b")
    platform.vendor.put_event("p2", clock() - 30, door="door-2", kind=198914, event="c")
    assert found(platform, eventTypes=[FACE_PASSED]) == ["a", "b"]
    assert found(platform, eventTypes=[]) == ["a", "b", "c"]
    assert found(platform, doorIndexCodes=["door-2"], eventTypes=[FACE_PASSED]) == ["b"]
    assert found(platform, personName="小红") == ["b", "c"]
    assert found(platform, back=15) == ["a"]


def test_there_is_no_condition_on_the_persons_id(platform: Platform) -> None:
    for name in ("personId", "personIds"):
        assert platform.code(SEARCH, window(platform, **{name: "p1"})) == "0x00072003"


def test_a_window_is_at_most_three_months(platform: Platform, clock: Clock) -> None:
    clock.at = 1_780_000_000.0  # 2026-05-29: three months before are 89 days
    assert platform.code(SEARCH, window(platform, back=89 * DAY)) == "0"
    assert platform.code(SEARCH, window(platform, back=93 * DAY)) == "0x00072002"
    received = {"receiveStartTime": platform.time(-93 * DAY), "receiveEndTime": platform.time()}
    assert platform.code(SEARCH, window(platform, **received)) == "0x00072002"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"startTime": None}, "0x00072001"),
        ({"endTime": None}, "0x00072001"),
        ({"pageSize": 1001}, "0x00072002"),
        ({"startTime": "2026-05-06T12:00:00"}, "0x00072003"),
        ({"startTime": "2026-05-06 12:00:00+08:00"}, "0x00072003"),
        ({"startTime": "2026-13-06T12:00:00+08:00"}, "0x00072003"),
        ({"startTime": 1780000000}, "0x00072003"),
        ({"receiveStartTime": "2026-05-06T12:00:00+08:00"}, "0x00072001"),
        ({"eventTypes": [str(FACE_PASSED)]}, "0x00072003"),
        ({"doorIndexCodes": ["d"] * 11}, "0x00072002"),
        ({"sort": "doorName"}, "0x00072002"),
        ({"order": "up"}, "0x00072002"),
    ],
)
def test_a_wrong_question_is_refused(platform: Platform, more: dict[str, Any], code: str) -> None:
    assert platform.code(SEARCH, window(platform, **more)) == code


def test_the_end_comes_after_the_start(platform: Platform) -> None:
    assert platform.code(SEARCH, window(platform, back=-DAY)) == "0x00072002"


@pytest.mark.parametrize(("refused", "code"), [(True, "0x00072003"), (False, "0")])
def test_a_time_in_z(run: Any, clock: Clock, refused: bool, code: str) -> None:
    platform = Platform(run, clock, zulu_refused=refused)
    times = {"startTime": "2026-05-06T12:00:00Z", "endTime": "2026-05-07T12:00:00Z"}
    assert platform.code(SEARCH, window(platform, **times)) == code
    offset = {name: value.replace("Z", ".000+08:00") for name, value in times.items()}
    assert platform.code(SEARCH, window(platform, **offset)) == "0"


def test_a_subscription_is_accepted(platform: Platform) -> None:
    body = {"eventTypes": [FACE_PASSED], "eventDest": "http://hub.example/eventRcv", "subType": 0, "eventLvl": [1]}
    platform.ask(SUBSCRIBE, body)
    assert platform.vendor.world.subscriptions == {FACE_PASSED: "http://hub.example/eventRcv"}
    assert platform.code(SUBSCRIBE, {**body, "eventDest": "hub.example"}) == "0x00072003"
    assert platform.code(SUBSCRIBE, {"eventDest": "http://hub.example"}) == "0x00072001"
    platform.ask(UNSUBSCRIBE, {"eventTypes": [FACE_PASSED]})
    assert platform.vendor.world.subscriptions == {}
