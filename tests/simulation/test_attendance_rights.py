"""Rights over the wire: what is configured, what the devices hold, and what brings the one to the other."""

from typing import Any

import pytest

from tests.simulation.attendance import DAY, ENCODED, PERSON_DELETE, PERSON_UPDATE
from tests.simulation.attendance_site import ADD, CONFIGURED, DELETE, DOOR, ITEMS, PAGE, RATE, Site, persons
from tests.simulation.clock import Clock


@pytest.fixture
def site(run: Any, clock: Clock) -> Site:
    return Site(run, clock)


def test_adding_a_person_puts_nobody_on_a_device(site: Site) -> None:
    assert site.held() == {}
    assert site.rights() == {"p1": False, "p2": False}


def test_rights_reach_a_device_by_three_steps_that_take_their_time(site: Site) -> None:
    task = site.configure(ADD, wait=False, personDatas=persons("p1", "p2"), resourceInfos=[DOOR])
    began = site.platform.ask(RATE, {"taskId": task})
    assert (began["isFinished"], began["isConfigFinished"], began["successedNum"]) == (False, False, 0)
    site.clock.move(1)
    done = site.platform.ask(RATE, {"taskId": task})
    assert (done["isFinished"], done["isConfigFinished"], done["percent"]) == (True, True, 100)
    assert (done["totalNum"], done["successedNum"], done["failedNum"]) == (2, 2, 0)
    assert site.held() == {}

    under_way = site.download(wait=False)
    assert not under_way["isDownloadFinished"]
    assert under_way["resourceDownloadProgress"][0]["downloadResult"] is None
    assert site.held() == {}
    site.clock.move(2)
    (channel,) = site.progress(under_way["taskId"])["resourceDownloadProgress"]
    assert (channel["isDownloadFinished"], channel["downloadResult"], channel["errorCode"]) == (True, 0, None)
    assert site.held() == {"p1": True, "p2": False}
    assert site.rights() == {"p1": True, "p2": True}
    assert site.details(under_way["taskId"]) == {"p1": "0", "p2": "0"}


def test_a_download_before_the_configuration_has_ended_misses_it(site: Site) -> None:
    site.configure(ADD, wait=False, personDatas=persons("p1"), resourceInfos=[DOOR])
    told = site.download()
    assert told["isDownloadFinished"]
    assert site.details(told["taskId"]) == {}
    assert site.held() == {}
    assert site.details(site.download()["taskId"]) == {"p1": "0"}
    assert site.held() == {"p1": True}


def test_what_two_downloads_bring_at_once_is_in_the_record_of_both(site: Site) -> None:
    site.grant("p1")
    first, second = site.download(wait=False)["taskId"], site.download(wait=False)["taskId"]
    site.clock.move(2)
    assert site.details(first) == site.details(second) == {"p1": "0"}


def test_a_person_without_a_face_where_the_site_asks_for_one(run: Any, clock: Clock) -> None:
    site = Site(run, clock, faceless_downloads=False)
    site.grant("p1", "p2")
    told = site.download()
    (channel,) = told["resourceDownloadProgress"]
    assert (channel["downloadResult"], channel["errorCode"]) == (2, "0x15403013")
    assert site.details(told["taskId"]) == {"p1": "0", "p2": "1"}
    assert site.details(told["taskId"], downloadResult=1) == {"p2": "1"}
    assert site.held() == {"p1": True}

    site.platform.ask("/api/resource/v1/face/single/add", {"personId": "p2", "faceData": ENCODED})
    assert site.details(site.download()["taskId"]) == {"p2": "0"}
    assert site.held() == {"p1": True, "p2": True}

    (cards,) = site.download(1)["resourceDownloadProgress"]
    assert (cards["downloadResult"], cards["errorCode"]) == (0, None)


def test_a_download_tells_only_of_what_has_changed(site: Site) -> None:
    site.grant("p1", "p2")
    site.download()
    assert site.details(site.download()["taskId"]) == {}


@pytest.mark.parametrize(("fails", "result", "error"), [(False, 0, None), (True, 1, "0x15403007")])
def test_a_download_with_nothing_to_do(run: Any, clock: Clock, fails: bool, result: int, error: str | None) -> None:
    site = Site(run, clock, empty_download_fails=fails)
    (channel,) = site.download()["resourceDownloadProgress"]
    assert (channel["downloadResult"], channel["errorCode"]) == (result, error)


def test_taking_rights_away_needs_a_download_too(site: Site) -> None:
    site.grant("p1", "p2")
    site.download()
    site.revoke("p1")
    assert site.rights() == {"p1": True, "p2": True}
    assert site.details(site.download()["taskId"]) == {"p1": "0"}
    assert site.rights() == {"p1": False, "p2": True}


def test_a_deleted_person_stays_on_the_device_until_a_download(site: Site) -> None:
    site.grant("p1")
    site.download()
    site.platform.ask(PERSON_DELETE, {"personIds": ["p1"]})
    assert site.held() == {"p1": True}
    site.download()
    assert site.held() == {}


def test_a_deleted_face_stays_on_the_device_until_a_download(site: Site) -> None:
    site.grant("p1")
    site.download()
    (face,) = site.platform.vendor.faces("p1")
    site.platform.ask("/api/resource/v1/face/single/delete", {"faceId": face.id})
    assert site.held() == {"p1": True}
    site.download()
    assert site.held() == {"p1": False}


def test_rights_of_an_organisation_move_with_its_persons(site: Site) -> None:
    site.grant("G1", kind="org")
    site.download()
    assert site.rights() == {"p1": True, "p2": True}
    site.platform.ask(PERSON_UPDATE, {"personId": "p1", "orgIndexCode": "OFF"})
    assert site.rights()["p1"]
    site.download()
    assert site.rights() == {"p1": False, "p2": True}
    site.platform.ask(PERSON_UPDATE, {"personId": "p1", "orgIndexCode": "G1"})
    site.download()
    assert site.rights() == {"p1": True, "p2": True}


def test_one_person_of_an_organisation_keeps_what_it_gives(site: Site) -> None:
    """Taking a person's own setting away does not lock him where his organisation has the right."""
    site.grant("G1", kind="org")
    site.download()
    site.revoke("p1")
    site.download()
    assert site.rights()["p1"]


def test_a_right_may_end_and_the_later_setting_holds(site: Site) -> None:
    site.grant("p1", startTime=site.platform.time(-DAY), endTime=site.platform.time(DAY))
    site.download()
    assert site.rights()["p1"]
    site.clock.move(DAY)
    assert not site.rights()["p1"]
    site.grant("p1")
    site.download()
    assert site.rights()["p1"]
    site.grant("p1", startTime=site.platform.time(-DAY), endTime=site.platform.time())
    site.download()
    assert not site.rights()["p1"]
    assert site.held() == {"p1": True}


def test_the_latest_of_a_persons_and_his_organisations_settings_holds(site: Site) -> None:
    past = {"startTime": site.platform.time(-DAY), "endTime": site.platform.time()}
    site.grant("p1", startTime=site.platform.time(-DAY), endTime=site.platform.time(DAY))
    site.grant("G1", kind="org", **past)
    site.download()
    assert not site.rights()["p1"]
    site.grant("p1")
    site.download()
    assert site.rights() == {"p1": True, "p2": False}


def test_settings_of_another_application_stay(site: Site) -> None:
    body = {"personDatas": persons("p1"), "resourceInfos": [DOOR]}
    task = site.platform.ask(ADD, body, tagId="visitors")["taskId"]
    site.clock.move(1)
    assert site.platform.code(RATE, {"taskId": task}) == "0x15405001"
    assert site.platform.ask(RATE, {"taskId": task}, tagId="visitors")["isFinished"]
    site.revoke("p1")
    site.download()
    assert site.rights()["p1"]


def test_what_is_configured_and_what_still_has_to_be_brought(site: Site) -> None:
    site.grant("p1")
    site.grant("G1", kind="org")

    def items() -> dict[str, int]:
        body = {"personIds": ["p1", "p2"], "queryType": "door", "resourceInfos": [DOOR], **PAGE}
        return {row["personId"]: row["personStatus"] for row in site.platform.ask(ITEMS, body)["list"]}

    def configured(kind: str, code: str) -> int:
        body = {"personDataIds": [code], "personDataType": kind, "resourceDataType": "resource", **PAGE}
        total: int = site.platform.ask(CONFIGURED, body)["total"]
        return total

    assert (configured("person", "p1"), configured("person", "p2"), configured("org", "G1")) == (1, 0, 1)
    assert items() == {"p1": 0, "p2": 0}
    site.download()
    assert items() == {"p1": 3, "p2": 3}
    site.configure(DELETE, resourceInfos=[DOOR])
    assert items() == {"p1": 2, "p2": 2}
    site.download()
    assert items() == {}


def test_rights_given_by_hand_are_on_the_device(site: Site) -> None:
    site.platform.vendor.grant("org", "G1", "door-1")
    assert site.rights() == {"p1": True, "p2": True}
    assert site.held() == {"p1": True, "p2": False}
