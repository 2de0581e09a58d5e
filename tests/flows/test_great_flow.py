"""Hundreds of people and 40 Groups through kill -9 and restarts of the directory: nothing lost, nothing done twice."""

import random
import threading
import time
from collections import Counter
from typing import Any

import pytest

from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.flows.expectation import Expectation, converged, differences, key_of, told
from tests.flows.house import Served
from tests.flows.push import CHANGES, CLIENTS, PEOPLE, SEED, Push
from tests.servers.openldap import OpenLdap

KILLS = 10 if PEOPLE > 100 else 5
RESTARTS = 2


def _first_groups(hr: Hr, model: Expectation) -> None:
    """The top of the tree, and five teams that everybody joins."""
    bodies = [say.department("区", "G0", kind="root")]
    bodies += [say.department(f"局 {code}", code, "G0", kind="gov") for code in ("G1", "G2")]
    bodies += [say.plain_group(f"协会 {number}") for number in range(5)]
    for body in bodies:
        model.group(hr.post("Groups", body)["id"], body)


def _weather(house: Served, ldap: OpenLdap, clients: list[Push], threads: list[threading.Thread]) -> Counter[str]:
    """Kills and restarts, spread over the progress of the clients."""
    chance = random.Random(SEED)
    whole = CLIENTS * (PEOPLE + CHANGES + 4)
    events = [(whole * (i + chance.random()) / (KILLS + 1), "kill") for i in range(KILLS)]
    events += [(whole * (i + 0.5) / RESTARTS, "restart") for i in range(RESTARTS)]
    done: Counter[str] = Counter()
    for at, event in sorted(events):
        while sum(each.acknowledged for each in clients) < at:
            assert any(thread.is_alive() for thread in threads), [each.failure for each in clients]
            time.sleep(0.005)
        if event == "kill":
            house.kill()
            done["under way"] += house.rows("SELECT count(*) FROM attempts WHERE outcome IS NULL")[0][0]
            house.start()
        else:
            ldap.stop()
            time.sleep(0.3)
            ldap.start()
        done[event] += 1
    return done


@pytest.mark.timeout(240)
def test_everybody_comes_through_kills_and_two_restarts_of_the_directory(houses: Houses, private_openldap: Any) -> None:
    ldap: OpenLdap = private_openldap()
    house = houses(ldap)
    house.start()
    model = Expectation()
    hr = Hr(house.base, house.secret)
    _first_groups(hr, model)

    gate = threading.RLock()
    clients = [Push(number, house, model, gate) for number in range(CLIENTS)]
    threads = [threading.Thread(target=each.run) for each in clients]
    for thread in threads:
        thread.start()
    done = _weather(house, ldap, clients, threads)
    for thread in threads:
        thread.join()
    assert [each.failure for each in clients] == [None] * CLIENTS
    assert (done["kill"], done["restart"]) == (KILLS, RESTARTS)
    assert done["under way"] > 0, "no kill met the worker between an intent and its outcome"
    assert (sum(each.made for each in clients), len(model.groups)) == (CLIENTS * PEOPLE, 40)

    house.idle(timeout=90)
    assert house.status()["parked"] == 0, house.open_rows()
    for want, have in zip(model.roster(), told(hr.everything("Users"), hr.everything("Groups")), strict=True):
        lost = differences(want, have)
        assert not lost, lost[:20]
    converged(model, ldap)

    operations = house.operations()
    assert [each for each in operations if each["outcome"] is None] == []
    assert house.plan() == []
    house.sweep()
    assert len(house.operations()) == len(operations)
    converged(model, ldap)
    _made_once(ldap, model, clients)
    hr.close()


def _made_once(ldap: OpenLdap, model: Expectation, clients: list[Push]) -> None:
    """The access log of the directory shows one successful add a person and a Group, whoever was killed meanwhile."""
    connection = ldap.bound("cn=config", ldap.ROOT_PASSWORD)
    connection.search("cn=accesslog", "(&(reqType=add)(reqResult=0))", attributes=["reqDN", "reqMod"])
    added: Counter[str] = Counter()
    for entry in connection.response:
        mods = [value.decode() for value in entry["raw_attributes"]["reqMod"]]
        values = dict(mod.split(":+ ", 1) for mod in mods if mod.startswith(("employeeNumber:+ ", "cn:+ ")))
        added[values.get("employeeNumber") or values["cn"]] += 1
    connection.unbind()
    assert {key: count for key, count in added.items() if count > 1} == {}
    living = {key_of(id, body) for id, body in (model.users | model.groups).items()}
    assert living - added.keys() == set()
