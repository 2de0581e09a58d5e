"""`huaming states`: what every account must be on a day, for days that were and days to come."""

import json
import subprocess
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from scim_server.clock import Clock
from scim_server.operate import states as room
from scim_server.operate.desk import Desk
from scim_server.settings import load
from tests.cli.line import HUAMING, done, huaming, refused
from tests.cli.past import Past
from tests.flows import client as say
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

KEYS = ["externalId", "systems", "primary", "concurrent", "articles", "anomalies"]
FAR = "2099-01-01"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """王 was locked from 10 to 20 January and again on the evening of the 25th; 李 left on 1 February; 周 is locked."""
    nowhere = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=huaming", "nothing", "", "")
    house = Served(tmp_path_factory.mktemp("past"), nowhere)
    house.write_config()
    past = Past(house.config)

    def switch(id: str, active: bool) -> None:
        past.push("PATCH", f"/Users/{id}", say.replace(active=active))

    past.on("2026-01-05")
    wang = past.push("POST", "/Users", say.user("wang", "E2"))["id"]
    li = past.push("POST", "/Users", say.user("li", "E1"))["id"]
    zhou = past.on("2026-01-06", hour=0).push("POST", "/Users", say.user("zhou", "E3", active=False))["id"]
    past.push("POST", "/Groups", say.plain_group("合唱团", "P01", (wang,)))
    for code in ("D03", "D02", "D01"):
        past.push("POST", "/Groups", say.department(f"科室{code}", code, members=(wang, zhou)))
    past.on("2026-01-10")
    switch(wang, False)
    past.on("2026-01-20")
    switch(wang, True)
    past.on("2026-01-25", hour=23.99)
    switch(wang, False)
    past.on("2026-01-26", hour=0.01)
    switch(wang, True)
    past.on("2026-02-01").push("DELETE", f"/Users/{li}")
    past.close()
    return house.config


def states(config: Path, *words: str) -> list[dict[str, Any]]:
    """The lines, each of which is JSON by itself."""
    return [json.loads(line) for line in done(huaming("states", *words, "--config", config)).splitlines()]


def on(config: Path, day: str) -> dict[str, dict[str, Any]]:
    """The same lines by externalId, without a process of their own."""
    return {each["externalId"]: each for each in room.states(Desk(load(config), Clock()), day)}


def test_a_line_has_the_fixed_keys_and_its_lists_are_sorted(config: Path) -> None:
    lines = {each["externalId"]: each for each in states(config)}
    assert [list(each) for each in lines.values()] == [KEYS] * 3
    assert lines["E2"] == {
        "externalId": "E2",
        "systems": {"ldap": "active", "oa": "removed", "wecom": "removed", "attendance": "removed"},
        "primary": "D03",
        "concurrent": ["D01", "D02"],
        "articles": ["plain"],
        "anomalies": [],
    }
    assert lines["E3"]["systems"]["ldap"] == "locked"
    assert lines["E3"]["concurrent"] == ["D01", "D02"]
    assert (lines["E1"]["systems"]["ldap"], lines["E1"]["primary"], lines["E1"]["concurrent"]) == ("removed", None, [])


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-01-04", {"E1": "removed", "E2": "removed", "E3": "removed"}),
        ("2026-01-05", {"E1": "active", "E2": "active", "E3": "removed"}),
        ("2026-01-06", {"E1": "active", "E2": "active", "E3": "locked"}),
        ("2026-01-10", {"E1": "active", "E2": "locked", "E3": "locked"}),
        ("2026-01-20", {"E1": "active", "E2": "active", "E3": "locked"}),
        ("2026-01-25", {"E1": "active", "E2": "locked", "E3": "locked"}),
        ("2026-01-31", {"E1": "active", "E2": "active", "E3": "locked"}),
        ("2026-02-01", {"E1": "removed", "E2": "active", "E3": "locked"}),
        (FAR, {"E1": "removed", "E2": "active", "E3": "locked"}),
    ],
)
def test_a_day_shows_what_held_at_its_end(config: Path, day: str, expected: dict[str, str]) -> None:
    assert {key: each["systems"]["ldap"] for key, each in on(config, day).items()} == expected


def test_who_is_not_yet_there_is_told_apart_from_who_has_left(config: Path) -> None:
    lines = states(config, "--as-of", "2026-01-04")
    assert [(each["articles"], each["systems"]["ldap"]) for each in lines] == [(["not-yet-joined"], "removed")] * 3


def test_a_system_that_keeps_removed_accounts_shows_them_locked_until_the_day(config: Path, tmp_path: Path) -> None:
    text = config.read_text().replace("[systems.ldap]", '[systems.ldap]\nremove = "disable:30"')
    text += '\n[systems.annex]\nkind = "oa"\nplain = true\n'
    keeping = tmp_path / "keeping.toml"
    keeping.write_text(text)
    found = {day: on(keeping, day)["E1"]["systems"] for day in ("2026-03-02", "2026-03-03")}
    assert [found[day]["ldap"] for day in found] == ["locked", "removed"]
    assert [found[day]["annex"] for day in found] == ["removed", "removed"]


def test_a_reader_that_has_read_enough_is_no_error(config: Path) -> None:
    line = f"{quote(str(HUAMING))} states --config {quote(str(config))} | true"
    answer = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert answer.stderr == ""


def test_a_day_that_is_none_is_bad_usage(config: Path) -> None:
    assert "--as-of" in refused(huaming("states", "--as-of", "gestern", "--config", config), 2)
