"""Who was at a door last: pages, windows, late uploads, and nobody said to be idle."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Activity, ActivitySource
from connectors.errors import Unreadable
from tests.contract.systems.attendance import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site(doors="", page_size=5) as made:
        for number in (1, 2, 3):
            made.create(number)
        yield made


def _at(site: Site, days: float) -> datetime:
    return datetime.fromtimestamp(site.clock() - days * 86400, UTC)


def _seen(site: Site, days: float = 30) -> dict[str, datetime]:
    report = site.connector.last_seen(_at(site, days), _at(site, 0))
    assert report.never == frozenset()
    assert {(each.source, each.terminal) for each in report.last.values()} <= {("door", "device")}
    assert all(name == each.remote_id for name, each in report.last.items())
    return {each.key: each.at for each in report.last.values()}


def test_the_last_event_of_each_over_many_pages(site: Site) -> None:
    assert isinstance(site.connector, ActivitySource)
    for day in range(20, 0, -1):
        for number in (1, 2):
            site.vendor.put_event(f"E{number}-1", site.clock() - day * 86400 - number)
    assert _seen(site) == {"E1": _at(site, 1 + 1 / 86400), "E2": _at(site, 1 + 2 / 86400)}


def test_what_lies_outside_the_stretch_is_no_evidence(site: Site) -> None:
    site.vendor.put_event("E1-1", site.clock() - 40 * 86400)
    assert _seen(site) == {}


def test_a_stretch_of_more_than_three_months_is_asked_for_in_pieces(site: Site) -> None:
    site.vendor.put_event("E1-1", site.clock() - 190 * 86400)
    site.vendor.put_event("E2-1", site.clock() - 100 * 86400)
    assert _seen(site, 200) == {"E1": _at(site, 190), "E2": _at(site, 100)}


def test_somebody_unknown_at_a_door_is_nobody(site: Site) -> None:
    site.vendor.put_event("", site.clock() - 86400)
    assert _seen(site) == {}


def test_what_a_device_uploads_late_counts_by_when_it_happened(site: Site) -> None:
    site.vendor.put_event("E1-1", site.clock() - 5 * 86400, received=site.clock() - 60)
    assert _seen(site) == {"E1": _at(site, 5)}


def test_an_event_that_is_told_twice_counts_once(site: Site) -> None:
    for _ in range(2):
        site.vendor.put_event("E1-1", site.clock() - 86400, event="same")
    assert _seen(site) == {"E1": _at(site, 1)}


def test_who_was_removed_meanwhile_is_told_as_the_platform_told_it_then(site: Site) -> None:
    site.vendor.put_event("E3-1", site.clock() - 86400)
    site.vendor.delete_person("E3-1")
    (told,) = site.connector.last_seen(_at(site, 30), _at(site, 0)).last.values()
    assert (told.key, told.remote_id) == ("E3", "E3-1")


def test_a_face_proves_and_what_else_names_somebody_is_evidence(site: Site) -> None:
    site.vendor.put_event("E1-1", site.clock() - 86400)
    site.vendor.put_event("E2-1", site.clock() - 86400, kind=197127)
    last = site.connector.last_seen(_at(site, 30), _at(site, 0)).last
    assert last["E1-1"] == Activity("E1", _at(site, 1), "door", "device", "proof", "E1-1")
    assert last["E2-1"].strength == "evidence"


def test_doors_were_watched_as_far_back_as_the_platform_shows_events_and_until_their_lag(site: Site) -> None:
    for days in (20, 11, 2):
        site.vendor.put_event("E1-1", site.clock() - days * 86400)
    (told,) = site.connector.last_seen(_at(site, 30), _at(site, 0)).watched
    assert (told.terminal, told.source, told.since, told.lag) == ("device", "door", _at(site, 20), 3600)
    assert abs(told.until - _at(site, 1 / 24)) < timedelta(seconds=60)
    for days in (31, 29):
        site.vendor.put_event("", site.clock() - days * 86400)
    (told,) = site.connector.last_seen(_at(site, 30), _at(site, 0.5)).watched
    assert (told.since, told.until) == (_at(site, 30), _at(site, 0.5))


def test_a_platform_that_shows_no_event_at_all_has_watched_nothing(site: Site) -> None:
    """A missing grant or a dead door must accuse nobody."""
    assert site.connector.last_seen(_at(site, 30), _at(site, 0)).watched == ()


def test_doors_of_which_nobody_heard_for_longer_than_a_holiday_were_not_watched(site: Site) -> None:
    """A dead upload must accuse nobody: neither a month of it, nor one that begins or ends in the middle."""
    site.vendor.put_event("E1-1", site.clock() - 35 * 86400)
    assert site.connector.last_seen(_at(site, 30), _at(site, 0)).watched == ()
    for days in (24, 20, 8, 1):
        site.vendor.put_event("E1-1", site.clock() - days * 86400)
    told = site.connector.last_seen(_at(site, 30), _at(site, 0)).watched
    assert [each.since for each in told] == [_at(site, 30), _at(site, 8)]
    assert told[0].until == _at(site, 20)
    assert [each.until for each in site.connector.last_seen(_at(site, 30), _at(site, 9)).watched] == [_at(site, 20)]


def test_every_page_is_asked_for_at_the_pace_of_the_quota(site: Site) -> None:
    for day in range(20, 0, -1):
        site.vendor.put_event("E1-1", site.clock() - day * 86400)
    asked: list[tuple[str, int]] = []
    site.connector.last_seen(_at(site, 30), _at(site, 0), lambda *step: asked.append(step))
    assert asked == [("activity", 1)] * 5
    assert set(asked[0]) & site.connector.describe().costs.keys()


def test_a_page_that_does_not_come_makes_no_report(site: Site) -> None:
    for day in range(20, 0, -1):
        site.vendor.put_event("E1-1", site.clock() - day * 86400)
    site.running.faults([{"match": "door/events", "html": True}])
    with pytest.raises(Unreadable):
        site.connector.last_seen(_at(site, 30), _at(site, 0))


def test_the_end_of_the_stretch_is_now_and_nothing_later_is_asked(site: Site) -> None:
    site.connector.last_seen(_at(site, 1), _at(site, 0) + timedelta(0))
    asked = [each for each in site.running.requests() if "door/events" in each["path"]]
    assert len(asked) == 2
    assert all("+08:00" in str(each["body"]) for each in asked)
