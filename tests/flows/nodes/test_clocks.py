"""Nodes whose own clocks are wrong by ten minutes: the database's counts, and nobody is worked by two at once."""

import os

from tests.clocks.moved import library
from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.nodes.conftest import Districts
from tests.flows.nodes.recorded import Recorded

CHANGES = int(os.environ.get("HUAMING_NODES_CHANGES", "240"))
PEOPLE = 24


def by_a_wrong_clock(seconds: int) -> dict[str, str]:
    """The environment of a process whose wall clock is wrong by so much."""
    return {
        "LD_PRELOAD": library(),
        "FAKETIME": f"{seconds:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "TZ": "UTC",
    }


def test_clocks_that_are_wrong_let_nobody_be_worked_twice_at_once(districts: Districts) -> None:
    target = Recorded()
    with target.service.running() as url:
        district = districts(mail={"kind": "scim", "url": url, "token": "t", "mode": "enforce", "trial": False})
        server = district.serve()
        workers = [district.work(by_a_wrong_clock(seconds)) for seconds in (-600, 0, 600)]
        hr = Hr(server.base, district.secret)
        people = [hr.add(f"p{number}", title="0") for number in range(PEOPLE)]
        for step in range(CHANGES):
            hr.change(people[step % PEOPLE], title=str(step))
        hr.patch("Users", people[0], say.replace(active=False))
        district.settle(60 + CHANGES / 20)
        hr.close()
        for worker in workers:
            assert worker.terminate()[0] == 0, worker.said()
    assert target.overlapping() == []
    last = {f"E-p{step % PEOPLE}": str(step) for step in range(CHANGES)}
    assert {key: each["title"] for key, each in target.ours.items()} == last
    assert len(target.service.users) == PEOPLE + 1
    assert [key for key, each in target.ours.items() if not each["active"]] == ["E-p0"]
    assert sorted(who for method, who in target.writes if method == "POST") == sorted(target.ours)
    assert district.rows("SELECT subject FROM links WHERE owner IS NOT NULL") == []
