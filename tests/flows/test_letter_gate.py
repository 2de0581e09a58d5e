"""A letter gate without a day of its own holds from the day on which it was set (A02), and degraded is what it says."""

from pathlib import Path

from scim_server.app import House
from scim_server.clock import Clock, day_start
from scim_server.settings import Settings
from tests.servers.stores import store_url


def opened(folder: Path, day: str, **policy: str) -> House:
    """A house that is started on that day."""
    settings = Settings.model_validate({"store": {"url": store_url(folder / "huaming.db")}, "policy": policy})
    return House(settings, Clock(now=lambda: day_start(day)))


def gate_from(folder: Path, day: str, **policy: str) -> str | None:
    house = opened(folder, day, **policy)
    try:
        return house.rules.readings.letter_gate_from
    finally:
        house.close()


def test_the_day_on_which_a_gate_was_set_is_kept_until_it_is_taken_away(tmp_path: Path) -> None:
    assert gate_from(tmp_path, "2026-03-01") is None
    assert gate_from(tmp_path, "2026-03-02", letter_gate="open") == "2026-03-02"
    assert gate_from(tmp_path, "2026-03-09", letter_gate="open") == "2026-03-02"
    assert gate_from(tmp_path, "2026-03-10", letter_gate="all") == "2026-03-02"
    assert gate_from(tmp_path, "2026-03-10", letter_gate="all", letter_gate_from="2026-01-01") == "2026-01-01"
    assert gate_from(tmp_path, "2026-03-11", letter_gate="none") is None
    assert gate_from(tmp_path, "2026-03-12", letter_gate="open") == "2026-03-12"


def test_a_house_is_degraded_until_the_day_was_rolled_by_its_own_policy(tmp_path: Path) -> None:
    house = opened(tmp_path, "2026-03-02")
    assert house.degraded()
    assert house.worker is not None
    house.worker.run_due()
    assert not house.degraded()
    house.close()
    house = opened(tmp_path, "2026-03-02", barred_departure="remove")
    assert house.degraded()
    house.close()
