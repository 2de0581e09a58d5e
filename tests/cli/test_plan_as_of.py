"""`huaming plan --as-of`: what would be done if it were another day, by the public reasons; it writes nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.line import done, inside
from tests.cli.office import CANARY, Office
from tests.cli.test_rulings import rows
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap


@pytest.fixture
def office(tmp_path: Path, openldap: OpenLdap) -> Office:
    """The roster, and a directory in which everybody's account is as on the day on which the test runs."""
    house = Served(tmp_path / "house", openldap)
    house.folder.mkdir()
    house.write_config()
    ldap = house.config.read_text().partition("[systems.ldap]")
    one = Office(tmp_path, "[systems.ldap]" + ldap[2])
    done(inside("sync", "--until-idle", "--timeout", "200", "--config", one.config))
    return one


def plan(office: Office, *words: str) -> list[dict[str, Any]]:
    answer = json.loads(done(inside("plan", "--json", *words, "--config", office.config)))
    assert answer["stuck"] == []
    found: list[dict[str, Any]] = answer["operations"]
    return found


def of(found: list[dict[str, Any]], key: str) -> list[tuple[str, str | None, str]]:
    return [
        (each["action"], each.get("group"), each["reason"]["article"]) for each in found if each["externalId"] == key
    ]


def test_another_day_is_planned_and_nothing_written(office: Office) -> None:
    before = [rows(office, f"SELECT * FROM {table}") for table in ("links", "attempts", "changes", "standings")]
    assert plan(office) == []
    past = plan(office, "--as-of", "2026-02-02")
    assert of(past, "Z2") == [("unlock", None, "二")]
    assert of(past, "Z3") == [("unlock", None, "二")]
    assert [action for action, _, _ in of(past, "Z4")] == ["leave"]
    assert [action for action, group, _ in of(past, "Z6") if group is None] == ["create"]
    early = plan(office, "--as-of", "2019-12-31")
    assert {each["action"] for each in early if "group" not in each} == {"remove"}
    ahead = plan(office, "--as-of", "2031-05-05")
    assert [action for action, group, _ in of(ahead, "Z9") if group is None] == ["create"]
    assert [rows(office, f"SELECT * FROM {table}") for table in ("links", "attempts", "changes", "standings")] == before


def test_the_reasons_are_the_public_ones(office: Office) -> None:
    found = [each for day in ("2026-02-02", "2026-03-10", "2026-05-06") for each in plan(office, "--as-of", day)]
    said = json.dumps(found, ensure_ascii=False)
    assert "二(五)" not in said
    assert "二(四)" not in said
    assert "三(" not in said
    assert CANARY not in said
    assert "二" in {each["reason"]["article"] for each in found}
