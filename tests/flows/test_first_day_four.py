"""The first day in four systems at once that have been in use for years: nobody twice, nobody wrong (S13).

`bench/first_day.py` lives through the same day with 5,000 people.
"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.first_day_office import Office
from tests.flows.first_day_steps import Day
from tests.flows.first_day_town import town
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

PEOPLE = 200

Days = Callable[..., Day]


@pytest.fixture
def days(tmp_path: Path, furnished: Served, openldap: OpenLdap) -> Iterator[Days]:
    """A factory of the one day: `days(readable=True)`, where WeCom shows mobiles and mails."""
    offices: list[Office] = []

    def make(readable: bool) -> Day:
        offices.append(Office(tmp_path, town(PEOPLE), openldap, time.time, readable, furnished))
        return Day(offices[0])

    yield make
    for each in offices:
        each.close()


@pytest.mark.timeout(900)
def test_the_first_day_in_four_systems(days: Days) -> None:
    """WeCom hides mobiles and mails, as it does today, and attendance has none: names and departments are all there."""
    day = days(readable=False)
    day.observe()
    for system in day.office.systems:
        shown = day.list(system)
        digest = day.decide(system)
        if system == "oa":
            day.refused(system, shown)
        day.accept(system, digest)
    assert all(min(counts["ambiguous"], counts["orphan"]) > 2 for counts in day.figures.lists.values())
    assert {system: sum(lines) > PEOPLE / 2 for system, lines in day.figures.decided.items()} == {
        "ldap": False,
        "oa": False,
        "wecom": True,
        "attendance": True,
    }
    day.enforce()
    day.sweep("with what is refused")
    day.report()
    day.heal()
    day.sweep("with nothing to do")
    key = next(iter(day.office.systems["wecom"].owned))
    told = day.office.house.command("explain", key).stdout
    assert told.count("，由李科长确认接管「") == 4
    assert "wecom 接管" in told


@pytest.mark.timeout(900)
def test_mobiles_that_wecom_shows_spare_nearly_every_decision(days: Days) -> None:
    day = days(readable=True)
    day.observe()
    linked = day.accept_certain("wecom", day.list("wecom"))
    assert day.list("wecom"), "what is left is a list of its own"
    day.accept("wecom", day.decide("wecom"), linked)
    assert sum(day.figures.decided["wecom"]) < PEOPLE / 8
