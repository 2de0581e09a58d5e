"""A served house begins the check of the month by itself, a child that writes through the server's own door."""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import pytest

from scim_server.clock import Clock
from scim_server.workdays import published
from tests.cli.line import HUAMING
from tests.cli.test_review import CONFIG
from tests.review.lives import LEADERS, ORDINARY
from tests.review.month import Month, Soul
from tests.servers.ports import free_ports
from tests.servers.stores import rows

SATURDAY = 5  # of date.weekday()
PATIENCE = 120.0  # seconds, on a machine that has much else to do


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Month, int]]:
    """Two people; nothing is known of any use but that two were never seen."""
    town = Month(tmp_path, [Soul(each, life) for each, life in enumerate((ORDINARY[0], LEADERS[0]))])
    port = free_ports()
    tables = f'[server]\nport = {port}\n[sweep]\nat = "off"\n[policy]\ncalendar = "{working_today(tmp_path)}"\n'
    config = CONFIG.format(url=town.url).replace("[review]", '[review]\nat = "00:00"')
    (tmp_path / "huaming.toml").write_text(tables + config, encoding="utf-8")
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen([HUAMING, "serve", "--config", str(tmp_path / "huaming.toml")], stderr=log)
    try:
        yield town, port
    finally:
        process.terminate()
        process.wait(30)


def working_today(folder: Path) -> Path:
    """A calendar by which today is worked, whatever day it is, and one in January off.

    A notice stands in the place of all that is published of its year: a holiday is worked by it, and a Saturday or
    Sunday, though worked by the published plan, only where the notice says so.
    """
    calendar = folder / "calendar"
    calendar.mkdir()
    today = date.fromisoformat(Clock().today())
    for year in range(min(published().last_year + 1, today.year), today.year + 1):
        worked = [str(today)] if today.year == year and today.weekday() >= SATURDAY else []
        off = f"{year}-01-{'03' if (today.month, today.day) == (1, 1) else '01'}"
        (calendar / f"{year}.toml").write_text(f'off = ["{off}"]\nmakeup = {json.dumps(worked)}\n', encoding="utf-8")
    return calendar


def test_a_house_checks_by_itself_on_a_working_day(house: tuple[Month, int], tmp_path: Path) -> None:
    town, port = house
    until = time.monotonic() + PATIENCE
    while [state for (state,) in rows(town.url, "SELECT state FROM reviews")] != ["open"]:
        assert time.monotonic() < until, (tmp_path / "server.log").read_text(encoding="utf-8")
        time.sleep(0.2)
    assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
    assert rows(town.url, 'SELECT month, "by" FROM reviews') == [(Clock().today()[:7], "clock")]
    assert {system for (system,) in rows(town.url, "SELECT system FROM review_accounts")} == {"oa"}
    assert rows(town.url, "SELECT last FROM schedule WHERE name = 'review'")
