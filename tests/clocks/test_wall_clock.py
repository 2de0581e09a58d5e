"""The wall clock moved under the running process: over midnight, a weekend, a year of downtime, and backwards."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from tests.clocks.moved import MovedBureau
from tests.flows.facts_town import FactsTown
from tests.flows.house import Served
from tests.flows.test_facts_flow import event, post
from tests.servers.openldap import OpenLdap
from tests.servers.postgresql import Postgresql
from tests.servers.tempo import allowed

NOTICED = 10.0  # seconds within which a clock that was set is noticed (design: wait)


@pytest.fixture
def bureau(tmp_path: Path, openldap: OpenLdap, private_postgresql: Callable[..., Postgresql]) -> Iterator[MovedBureau]:
    """A house that has just been started on the evening of a Sunday in March."""
    one = MovedBureau(Served(tmp_path, openldap), "2026-03-01", 22, private_postgresql)
    one.house.start()
    yield one
    one.close()


def told(bureau: MovedBureau, openldap: OpenLdap) -> FactsTown:
    """People whose lives turn on the coming night, over the next weekend and in the year after."""
    town = FactsTown(bureau, openldap)  # type: ignore[arg-type]
    town.found()
    town.person("joiner", hired="2026-03-02")
    town.person("leaver")
    town.tell("leaver", "statusEvents", event("e1", "retirement", "2026-03-07"))
    town.person("lent")
    away = post("s1", "secondment", "2026-03-09", sendingDepartment="EDU", endDate="2026-05-31")
    town.tell("lent", "assignments", away)
    town.person("mover")
    town.correct("mover", "assignments", "a1", endDate="2026-03-07")
    town.tell("mover", "assignments", post("a2", "primary", "2026-03-08", "HEA"))
    town.person("returner")
    town.tell("returner", "statusEvents", event("e1", "resignation", "2026-08-01"), event("h2", "hire", "2026-10-01"))
    town.tell("returner", "assignments", post("a2", "primary", "2026-10-01", "FIN"))
    town.person("locked")
    town.tell("locked", "statusEvents", event("e1", "other-lock", "2026-05-01", endDate="2026-06-30"))
    town.judge()
    return town


def test_midnight_a_weekend_and_a_year(bureau: MovedBureau, openldap: OpenLdap) -> None:
    town = told(bureau, openldap)
    assert not town.is_there("joiner")
    bureau.set("2026-03-01", 23.9995)  # not quite two seconds before midnight
    until = time.monotonic() + allowed(NOTICED)
    while not town.is_there("joiner"):
        assert time.monotonic() < until, "midnight passed unnoticed"
        time.sleep(0.1)
    town.judge()
    bureau.set("2026-03-07", 12)
    town.judge()
    bureau.set("2026-03-09", 8)
    town.judge()
    assert town.operations("joiner") == ["create", "join"]
    assert town.operations("leaver")[-1] == "remove"
    assert town.operations("lent")[-1] == "lock"
    assert sorted(town.operations("mover")[2:]) == ["join", "leave", "update"]
    before = {name: town.operations(name) for name in town.people}
    bureau.house.terminate()
    bureau.set("2027-03-01", 9)
    bureau.house.start()
    town.judge()
    after = {name: town.operations(name)[len(before[name]) :] for name in town.people}
    assert [name for name, more in after.items() if more] == ["lent", "returner"]
    assert after["lent"] == ["unlock"]
    assert [each for each in after["returner"] if each != "leave"] == ["remove", "create", "join"]
    town.judge()
    assert {name: town.operations(name)[len(before[name]) :] for name in town.people} == after, "each of them once"


def test_a_clock_before_the_last_rolled_day_rolls_nothing_and_is_told(bureau: MovedBureau, openldap: OpenLdap) -> None:
    town = told(bureau, openldap)
    bureau.set("2026-03-09", 8)
    town.judge()
    before, changes = openldap.dump(), bureau.rows("SELECT max(seq) FROM changes")
    bureau.set("2026-03-01", 9)
    until = time.monotonic() + allowed(NOTICED)
    while "2026-03-09 has been rolled" not in bureau.house.said():
        assert time.monotonic() < until, bureau.house.said()[-500:]
        time.sleep(0.2)
    assert openldap.dump() == before
    assert bureau.rows("SELECT max(seq) FROM changes") == changes
    assert httpx.get(f"{bureau.house.base}/readyz").status_code == 200
