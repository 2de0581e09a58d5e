"""One download at a time for all lanes, and how long each waits until the next look."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors.attendance.config import AttendanceConfig
from connectors.attendance.downloads import Downloads, shared_downloads


class Platform:
    """Downloads that end when a test says so."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.ended: set[str] = set()

    def begin(self) -> str:
        self.begun.append(f"d{len(self.begun) + 1}")
        return self.begun[-1]

    def over(self, download: str) -> bool:
        return download in self.ended


def _bringing(downloads: Downloads, platform: Platform, ready: float, now: float) -> str:
    return downloads.bringing([ready], now, platform.begin, platform.over)[ready]


def test_one_runs_at_a_time_and_the_next_one_brings_all_who_waited() -> None:
    downloads, platform = Downloads(), Platform()
    assert _bringing(downloads, platform, 10, 10) == "d1"
    assert downloads.bringing([11, 12], 12, platform.begin, platform.over) == {11: "", 12: ""}
    assert _bringing(downloads, platform, 9, 13) == "d1"  # it began after this was ready
    platform.ended.add("d1")
    assert downloads.bringing([11, 12], 14, platform.begin, platform.over) == {11: "d2", 12: "d2"}
    assert _bringing(downloads, platform, 13, 15) == "d2"
    assert platform.begun == ["d1", "d2"]


def test_what_became_ready_at_the_very_start_of_a_download_may_not_be_in_it() -> None:
    downloads, platform = Downloads(), Platform()
    _bringing(downloads, platform, 10, 10)
    assert _bringing(downloads, platform, 10, 10) == ""


def test_one_that_could_not_be_begun_leaves_all_as_it_was() -> None:
    downloads, platform = Downloads(), Platform()

    def refuse() -> str:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        downloads.bringing([1], 1, refuse, platform.over)
    assert _bringing(downloads, platform, 1, 2) == "d1"


def test_after_a_restart_the_one_that_still_runs_is_waited_for() -> None:
    downloads, platform = Downloads(), Platform()
    downloads.under_way("old")
    assert _bringing(downloads, platform, 5, 6) == ""
    platform.ended.add("old")
    assert _bringing(downloads, platform, 5, 7) == "d1"


def test_one_that_the_platform_has_forgotten_is_nobodys() -> None:
    downloads, platform = Downloads(), Platform()
    _bringing(downloads, platform, 1, 2)
    downloads.forget("another")
    assert _bringing(downloads, platform, 1, 3) == "d1"
    downloads.forget("d1")
    assert _bringing(downloads, platform, 1, 3) == "d2"


def test_twenty_lanes_at_once_begin_one() -> None:
    downloads, platform = Downloads(), Platform()
    with ThreadPoolExecutor(20) as threads:
        told = [*threads.map(lambda number: _bringing(downloads, platform, 1 + number / 100, 2), range(20))]
    assert (set(told), platform.begun) == ({"d1"}, ["d1"])


def test_the_looks_are_further_and_further_apart_and_thousands_are_not_looked_at_each_ten_seconds() -> None:
    downloads = Downloads()
    assert [downloads.patience(looks, 10, 100) for looks in range(7)] == [0.5, 1, 2, 4, 8, 10, 10]
    assert downloads.patience(10_000, 10, 100) == 10
    for _ in range(3000):
        downloads.patience(9, 10, 100)
    assert 29 < downloads.patience(9, 10, 100) < 31  # a hundred people a second at most
    assert downloads.patience(0, 10, 100) == 0.5  # the first look is soon all the same
    assert downloads.patience(9, 10, 1000) == 10  # and who was told to wait has been looked at by then


def test_all_lanes_of_one_application_share_them_and_no_other() -> None:
    table = {"url": "http://127.0.0.1:9/artemis", "app_key": "k", "app_secret": "s", "doors": "a:1,b:1"}
    mine = shared_downloads(AttendanceConfig.model_validate(table))
    assert shared_downloads(AttendanceConfig.model_validate(table | {"page_size": 3})) is mine
    for change in ({"app_key": "other"}, {"doors": "a:1"}, {"tag_id": "t"}, {"url": "http://127.0.0.1:8/artemis"}):
        assert shared_downloads(AttendanceConfig.model_validate(table | change)) is not mine
