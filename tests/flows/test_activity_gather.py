"""What systems tell of their use comes into the store: whose it is, how late, and what was watched."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connectors.base import Activity, ActivityReport, Asking, Connector
from connectors.errors import Unreachable
from connectors.memory import MemoryConnector, MemoryDirectory
from mappings.activity import DEVICE, PROOF, UNKNOWN, Verdict, span, verdict
from scim_server.review.gather import Gathered, Source, gather
from scim_server.store.activity import strangers, watched
from scim_server.store.activity_tables import activity, activity_never, activity_strangers, activity_watched
from tests.contract.systems.attendance import Site
from tests.contract.systems.wecom import WecomTarget, wecom
from tests.flows.activity_room import ActivityRoom

DAY = 86_400.0
MONTH = timedelta(days=31)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(doors="", page_size=5) as made:
        made.vendor.put_event("", made.clock() - 60 * DAY)  # doors have been there for long
        yield made


@pytest.fixture
def room(site: Site, tmp_path: Path) -> ActivityRoom:
    """Three have an account; the second was adopted and bears another number there."""
    room = ActivityRoom(tmp_path, site.clock())
    room.people("attendance", "E0-1", "old-77", "E2-1", None)
    return room


def passed(site: Site, person: str, days: float) -> float:
    """Somebody was at a door; when."""
    at = float(int(site.clock() - days * DAY))
    site.vendor.put_event(person, at)
    return at


def asked(room: ActivityRoom, site: Site) -> Gathered:
    """Attendance is asked for the last month."""
    return told(room, site.artemis())


def told(room: ActivityRoom, connector: Connector, name: str = "attendance") -> Gathered:
    until = datetime.fromtimestamp(room.now, UTC)
    with room.reader() as reader:
        return gather(Source(name, lambda: connector), reader, until - MONTH, until, room.run, room.clock)


def judged(room: ActivityRoom, system: str, number: int, days: float = 30, back: float = 0) -> Verdict:
    until = datetime.fromtimestamp(room.now - back, UTC)
    with room.reader() as reader:
        window = span(system, watched(reader, system), until - timedelta(days=days), until)
    return verdict(room.known(system, number) or UNKNOWN, window)


def test_evidence_is_of_whose_link_names_the_account_and_the_rest_is_listed_apart(
    room: ActivityRoom, site: Site
) -> None:
    passed(site, "E0-1", 5)
    latest = passed(site, "E0-1", 3)
    passed(site, "old-77", 2)
    alone = passed(site, "nobody-1", 1)
    found = asked(room, site)
    assert (found.evidence, found.strange, found.error) == (2, 1, None)
    (evidence,) = room.known("attendance", 0).evidence
    assert (evidence.terminal, evidence.source, evidence.strength) == (DEVICE, "door", PROOF)
    assert evidence.at.timestamp() == latest
    assert len(room.known("attendance", 1).evidence) == 1
    assert room.known("attendance", 2) is None
    with room.reader() as reader:
        assert strangers(reader, "attendance") == [("nobody-1", datetime.fromtimestamp(alone, UTC))]


def test_who_passed_no_door_is_silent_where_they_were_watched_throughout(room: ActivityRoom, site: Site) -> None:
    for days in (30, 21, 12, 3):
        passed(site, "E0-1", days)
    assert judged(room, "attendance", 2).state == "no-data"
    asked(room, site)
    assert judged(room, "attendance", 0).state == "operated"
    assert judged(room, "attendance", 2).state == "no-data"  # what the doors upload within the hour is not known yet
    assert judged(room, "attendance", 2, days=29, back=3600) == Verdict("silent")


def test_a_second_report_joins_the_first_and_the_later_evidence_stays(room: ActivityRoom, site: Site) -> None:
    passed(site, "E0-1", 3)
    asked(room, site)
    since = room.rows(activity_watched)[0]["since"]
    site.clock.at = room.now = room.now + 10 * DAY
    passed(site, "E0-1", 6)
    newest = passed(site, "E0-1", 0.5)
    asked(room, site)
    asked(room, site)
    (stretch,) = room.rows(activity_watched)
    assert stretch["since"] == since
    assert datetime.fromisoformat(stretch["until"]).timestamp() == room.now - 3600
    (evidence,) = room.known("attendance", 0).evidence
    assert evidence.at.timestamp() == newest
    room.run("activity-record", system="attendance", rows=[["s0", "device", "door", "proof", newest - DAY, 0]])
    assert room.known("attendance", 0).evidence == (evidence,)


def test_a_system_that_fails_in_the_middle_leaves_nothing_and_says_why(room: ActivityRoom, site: Site) -> None:
    for days in range(1, 20):
        passed(site, "E0-1", days)
    site.running.faults([{"match": "door/events", "html": True}])
    found = asked(room, site)
    assert found.error
    assert (room.rows(activity), room.rows(activity_watched)) == ([], [])


def test_a_secret_that_is_not_there_is_told(room: ActivityRoom) -> None:
    def connect() -> Connector:
        raise Unreachable("密钥文件不在")

    now = datetime.fromtimestamp(room.now, UTC)
    with room.reader() as reader:
        found = gather(Source("oa", connect), reader, now - MONTH, now, room.run, room.clock)
    assert found.error == "密钥文件不在"


def test_a_system_without_a_source_tells_nothing(room: ActivityRoom) -> None:
    found = told(room, MemoryConnector("oa", MemoryDirectory()), "oa")
    assert (found.told, found.error, found.watched) == (False, None, ())


class Odd(MemoryConnector):
    """A system whose clock has gone wrong for one of its accounts."""

    report = ActivityReport()

    def last_seen(self, since: datetime, until: datetime, ask: Asking = lambda *_: None) -> ActivityReport:
        return self.report


def test_what_is_dated_in_the_future_is_left_out_and_counted(room: ActivityRoom) -> None:
    at = datetime.fromtimestamp(room.now, UTC)
    odd = Odd("attendance", MemoryDirectory())
    odd.report = ActivityReport(
        {
            "E0-1": Activity("E0", at + timedelta(days=4000), "door", "device", "proof", "E0-1"),
            "E2": Activity("E2", at, "door", "device"),
        }
    )
    found = told(room, odd)
    assert (found.evidence, found.implausible) == (1, 1)
    assert room.known("attendance", 0) is None
    assert room.known("attendance", 2).evidence[0].at.timestamp() == pytest.approx(room.now, abs=0.002)


def test_an_account_that_bears_our_key_counts_only_where_that_person_has_one(room: ActivityRoom) -> None:
    at = datetime.fromtimestamp(room.now - DAY, UTC)
    odd = Odd("attendance", MemoryDirectory())
    odd.report = ActivityReport(
        {
            "E3-9": Activity("E3", at, "door", "device", "proof", "E3-9"),
            "x": Activity("E2", at, "door", "device", "proof", "x"),
        }
    )
    found = told(room, odd)
    assert (found.evidence, found.strange) == (1, 1)
    assert [each["remote_id"] for each in room.rows(activity_strangers)] == ["E3-9"]


@pytest.fixture
def corp(request: pytest.FixtureRequest) -> WecomTarget:
    target: WecomTarget = wecom({})(request)
    for number in range(4):
        target.vendor.put_member(f"E{number}", "人", [1], email=f"e{number}@x.cn")
    for number in (0, 1):
        target.vendor.activate(f"E{number}")
    return target


def test_who_was_never_activated_is_silent_and_who_was_since_is_no_longer(corp: WecomTarget, tmp_path: Path) -> None:
    room = ActivityRoom(tmp_path, float(int(datetime.now(UTC).timestamp()) + 1))
    room.people("wecom", "E0", "E1", "E2", None)
    corp.vendor.activity("E0", room.now - 3 * DAY)
    found = told(room, corp.connector(), "wecom")
    assert (found.evidence, found.never, found.strange, found.watched) == (1, 1, 1, ())
    assert judged(room, "wecom", 0).state == "operated"
    assert judged(room, "wecom", 1).state == "no-data"  # its log shows some uses only
    assert judged(room, "wecom", 2) == Verdict("silent")
    corp.vendor.activate("E2")
    room.now += 60
    told(room, corp.connector(), "wecom")
    assert judged(room, "wecom", 2).state == "no-data"
    assert room.rows(activity_never) == []


def test_a_forgotten_account_that_bears_somebodys_key_accuses_nobody(corp: WecomTarget, tmp_path: Path) -> None:
    """E2 works with another account; that nobody has ever used the one called E2 says nothing of it."""
    room = ActivityRoom(tmp_path, float(int(datetime.now(UTC).timestamp()) + 1))
    room.people("wecom", "E0", "E1", "w2")
    corp.vendor.put_member("w2", "人", [1], email="w2@x.cn")
    corp.vendor.activate("w2")
    told(room, corp.connector(), "wecom")
    assert judged(room, "wecom", 2).state == "no-data"
    assert {"E2", "E3"} <= {each["remote_id"] for each in room.rows(activity_strangers)}
