"""An upgrade that is killed half way has not happened; the next one does it, and nothing is changed by that (row 6).

HUAMING_FAULT_PEOPLE=100000 in the environment: so many people in the store.
"""

import os
from pathlib import Path

from tests.flows.faults.old_store import SCHEMA, held, old_store
from tests.flows.faults.upgrading import upgrade
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap
from tests.servers.stores import ON_POSTGRESQL, rows

PEOPLE = int(os.environ.get("HUAMING_FAULT_PEOPLE", "300"))
KILLS = 10
FEW = 4  # statements before which nothing is changed yet


def schema(url: str) -> str:
    return str(rows(url, "SELECT version_num FROM alembic_version")[0][0])


def whole(url: str) -> bool:
    return ON_POSTGRESQL or rows(url, "PRAGMA integrity_check") == [("ok",)]


def test_an_upgrade_killed_ten_times_leaves_what_was_there_and_the_next_start_finishes_it(tmp_path: Path) -> None:
    """Row 6: after each of 10 kills the store is as it was, and a server starts on it in the end: data equal."""
    measured = tmp_path / "measured"
    measured.mkdir()
    statements = upgrade(old_store(measured, 1))
    assert statements > KILLS + FEW
    url = old_store(tmp_path, PEOPLE)
    before = held(url)
    assert len(before["resources"]) - 1 >= PEOPLE
    for number in range(KILLS):
        at = FEW + (statements - FEW) * (number + 1) // KILLS
        assert upgrade(url, kill_after=at) == at
        assert (schema(url), whole(url)) == (SCHEMA, True), f"killed after {at} of {statements}"
        assert held(url) == before
    nowhere = OpenLdap("ldap://127.0.0.1:9", "", "", "dc=example,dc=org", "cn=nobody", "nothing", "", "")
    house = Served(tmp_path, nowhere)
    try:
        house.launch("--no-worker")
        house.wait_ready(120)
        assert schema(url) > SCHEMA
    finally:
        house.close()
    assert whole(url)
    assert held(url, before) == before
