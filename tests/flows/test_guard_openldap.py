"""A roster that misses thirty percent, before a real directory: held, rejected for ever, approved whole (S23, S24)."""

import json
from typing import Any

import httpx
import pytest

from scim_server.clock import Clock, civil_day
from scim_server.scim.urns import BULK_REQUEST, PATCH_OP, ROSTER_USER, USER
from tests.cli.line import Answer, done, inside, refused
from tests.flows import client as say
from tests.flows.client import Hr
from tests.flows.conftest import Houses
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

NUMBER, MISSING = 120, 36
HIRED = "2025-12-01"


class Town:
    """A hundred and twenty people by one house's command line, and one with facts."""

    def __init__(self, house: Served) -> None:
        self.house, self.directory = house, house.directory
        self.hr = Hr(house.base, house.secret)
        self.ids: dict[str, str] = {}

    def bulk(self, *operations: dict[str, Any]) -> list[dict[str, Any]]:
        """One Bulk request, all of which is done."""
        body = {"schemas": [BULK_REQUEST], "Operations": operations}
        answer: httpx.Response = self.hr.http.post("/Bulk", json=body, timeout=60)
        answered: list[dict[str, Any]] = answer.json()["Operations"]
        assert {each["status"] for each in answered} <= {"201", "204"}, answer.text
        return answered

    def found(self) -> None:
        names = [f"p{each:03}" for each in range(NUMBER)]
        made = self.bulk(
            *({"method": "POST", "path": "/Users", "bulkId": name, "data": say.user(name)} for name in names)
        )
        self.ids = {each["bulkId"]: each["location"].rpartition("/")[2] for each in made}
        self.hr.post("Groups", say.department("区", "D0", None, "root"))
        self.hr.post("Groups", say.department("局", "A", "D0", "gov"))
        post = {"value": "a1", "kind": "primary", "scope": "internal", "department": "A", "startDate": HIRED}
        hire = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": HIRED}
        facts = {"employmentCategory": "institutional", "assignments": [post], "statusEvents": [hire]}
        body = say.user("li") | {"schemas": [USER, ROSTER_USER], ROSTER_USER: facts}
        self.ids["li"] = self.hr.post("Users", body)["id"]

    def misses(self, names: list[str]) -> None:
        self.bulk(*({"method": "DELETE", "path": f"/Users/{self.ids[name]}"} for name in names))

    def suspend(self, name: str) -> None:
        case = {
            "value": "c1",
            "type": "investigation",
            "effectiveDate": civil_day(Clock().now()),
            "workSuspended": True,
        }
        told = {"op": "add", "path": f"{ROSTER_USER}:statusEvents", "value": [case]}
        self.hr.patch("Users", self.ids[name], {"schemas": [PATCH_OP], "Operations": [told]})

    def waits(self) -> None:
        """`sync --until-idle` ends with 3: held, and nothing else is due."""
        answer = self.typed("sync", "--until-idle", "--timeout", "200")
        assert answer.returncode == 3, (answer.returncode, answer.stderr, self.house.open_rows())

    def typed(self, *words: str) -> Answer:
        return inside(*words, config=self.house.config)

    def approvals(self) -> list[dict[str, Any]]:
        """What waits for a decision."""
        found: list[dict[str, Any]] = json.loads(done(self.typed("approvals", "list", "--open", "--json")))
        return found

    def counts(self) -> dict[str, int]:
        """`status`, the numbers of rows."""
        said = json.loads(done(self.typed("status", "--json")))["systems"]["ldap"]
        return {each: said[each] for each in ("due", "parked", "held", "waiting")}

    def entries(self) -> dict[str, dict[str, list[str]]]:
        """All that the directory says of them, operational attributes too: a write that changes nothing would show."""
        return self.directory.search(self.directory.people, attributes=("*", "+"))

    def there(self) -> set[str]:
        """Who has an entry, by uid."""
        found = self.directory.search(self.directory.people, "(employeeNumber=*)", attributes=("uid",))
        return {uid for entry in found.values() for uid in entry["uid"]}


@pytest.fixture
def town(houses: Houses, openldap: OpenLdap) -> Town:
    house = houses(openldap)
    house.guard = {}  # as it is without a setting: twenty of a system an hour
    house.start()
    one = Town(house)
    one.found()
    house.settle()
    return one


def test_a_roster_that_misses_thirty_percent(town: Town) -> None:
    before = town.entries()
    names = sorted(set(town.ids) - {"li"})
    first, second = names[:MISSING], names[MISSING : 2 * MISSING]

    town.misses(first)
    town.waits()
    assert town.entries() == before
    (held,) = town.approvals()
    assert held.keys() >= {"id", "digest", "system", "locks", "removals", "state"}
    assert (held["system"], held["locks"], held["removals"], held["state"]) == ("ldap", 0, MISSING, "open")
    assert town.counts() == {"due": 0, "parked": 0, "held": MISSING, "waiting": 0}

    town.suspend("li")
    town.waits()
    after = town.entries()
    assert [dn for dn in before if before[dn] != after[dn]] == [f"uid=li,{town.directory.people}"]

    assert "hr" in refused(town.typed("approvals", "reject", held["id"], "--by", "hr"), 1)
    done(town.typed("approvals", "reject", held["id"], "--by", "周主任", "--reason", "名单有误"))
    assert town.typed("sync", "--sweep", "--until-idle").returncode == 3
    town.house.kill()
    town.house.launch()
    town.house.wait_ready(90)
    town.waits()
    assert town.entries() == after

    town.misses(second)
    town.waits()
    (held,) = town.approvals()
    assert held["removals"] == MISSING
    done(town.typed("approvals", "approve", held["id"], "--by", "周主任", "--digest", held["digest"][:8]))
    town.waits()
    assert town.there() == set(town.ids) - set(second)
    assert (town.approvals(), town.counts()["held"]) == ([], MISSING)
    town.hr.close()
