"""The first day at an OpenLDAP in use for years: nobody twice, nobody wrong, and every doubt is a line (S13)."""

import json
from pathlib import Path
from typing import Any

import ldap3
import openpyxl
import pytest

from tests.cli.past import Past
from tests.flows.conftest import Houses
from tests.flows.first_day import Old, OldDepartment, Population, population
from tests.flows.hands import Hands
from tests.flows.house import Served
from tests.servers.openldap import OpenLdap

PEOPLE = 300


class Furnished:
    """A district whose directory is full, before a house that has just been configured."""

    def __init__(self, house: Served, hands: Hands, town: Population) -> None:
        self.house = house
        self.hands = hands
        self.town = town
        self.groups: dict[str, str] = {}  # code -> DN
        self.members: dict[str, list[str]] = {}
        self.dns: dict[str, Old] = {}
        town.furnish(self.put)
        for code, people in self.members.items():
            for dn in people:
                hands.add(self.groups[code], "member", dn)

    def put(self, one: OldDepartment | Old) -> None:
        if isinstance(one, OldDepartment):
            self._department(one)
            return
        values = {"employeeNumber": one.staff, "mail": one.mail}
        dn = self.hands.stranger(one.login, cn=one.name, sn=one.name, **{k: v for k, v in values.items() if v})
        self.dns[dn] = one
        if one.department in self.groups:
            self.members.setdefault(one.department or "", []).append(dn)

    def _department(self, one: OldDepartment) -> None:
        name = one.code if one.code.endswith("1") else f"old-{one.code}"  # some bear their code already
        above = {"seeAlso": self.groups[one.parent]} if one.parent else {}
        nobody = f"cn=nobody,{self.house.directory.BASE_DN}"
        self.groups[one.code] = self.hands.group(name)
        self.hands.make(self.groups[one.code], "groupOfNames", cn=name, ou=one.name, member=nobody, **above)

    def ids(self) -> dict[str, dict[str, list[str]]]:
        """By entryUUID: the entries of people."""
        found = self.house.directory.search(self.house.directory.people, attributes=("*", "entryUUID"))
        return {entry["entryUUID"][0]: entry | {"dn": [dn]} for dn, entry in found.items()}

    def adopt(self, *words: object) -> Any:
        return json.loads(self.house.command("adopt", "--system", "ldap", *map(str, words), "--json").stdout)


@pytest.fixture
def furnished(houses: Houses, openldap: OpenLdap, hands: Hands) -> Furnished:
    town = population(PEOPLE)
    protected = [hands.person(each.login) for each in town.accounts if each.protected]
    house = houses(openldap, protected=protected)
    house.mode = None
    house.write_config()
    past = Past(house.config)
    for group in town.groups:
        past.push("POST", "/Groups", group)
    for person in town.people:
        past.push("POST", "/Users", person)
    past.close()
    return Furnished(house, hands, town)


def test_the_first_day(furnished: Furnished, tmp_path: Path) -> None:
    house, town = furnished.house, furnished.town
    before, whole = furnished.ids(), house.directory.dump()
    uuids = {entry["dn"][0]: uuid for uuid, entry in before.items()}
    truth = {uuids[dn]: old for dn, old in furnished.dns.items()}

    # observing: everything is read and planned, nothing is written
    house.launch()
    house.wait_ready()
    house.wait_for("SELECT 1 FROM systems WHERE mode = 'observe'")
    assert json.loads(house.command("plan", "--json").stdout)["operations"]
    assert house.directory.dump() == whole

    sheet = tmp_path / "接管.xlsx"
    listed = furnished.adopt("--out", sheet)
    people = [row for row in listed["rows"] if row["kind"] == "person"]
    _demand_right(people, truth, town)
    refused = house.run("adopt", "--system", "ldap", "--enforce", "--by", "李科长")
    assert refused.returncode == 1
    assert "没有决定归属" in refused.stderr

    fill(sheet, truth, town)
    decided = furnished.adopt("--xlsx", sheet)
    assert decided["counts"]["ambiguous"] == 0
    assert decided["digest"] != listed["digest"]
    stale = house.run("adopt", "--system", "ldap", "--xlsx", str(sheet), "--accept", listed["digest"], "--by", "李科长")
    assert stale.returncode == 1
    assert house.rows("SELECT 1 FROM links WHERE adopted") == [], "a list that was not shown links nobody"
    done = furnished.adopt("--xlsx", sheet, "--accept", decided["digest"], "--by", "李科长")
    owned = {uuid: old.owner for uuid, old in truth.items() if old.owner}
    assert done == {
        "linked": len(owned) + len(town.departments),
        "disowned": sum(not old.owner and old.story in ("duplicate", "impostor") for old in truth.values()),
    }
    assert house.directory.dump() == whole, "a link is a note in our own book"

    house.command("adopt", "--system", "ldap", "--enforce", "--by", "李科长")
    house.idle(120)
    _demand_converged(furnished, before, owned, truth)
    number = house.rows("SELECT count(*) FROM attempts")
    house.sweep(120)
    assert house.rows("SELECT count(*) FROM attempts") == number, "a second pass has nothing to do"
    assert house.plan() == []


def _demand_right(people: list[dict[str, Any]], truth: dict[str, Old], town: Population) -> None:
    """Who is certain is right, every doubt is a line with the right one among the candidates, nobody is forgotten."""
    rows = {row["remoteId"]: row for row in people if row["remoteId"]}
    for uuid, old in truth.items():
        row = rows.pop(uuid, None)
        if old.protected:
            assert row is None, "a protected account is nobody's business"
            continue
        assert row is not None, old
        certain = row["standing"] == "proposed" and row["score"] > 50
        assert certain is (old.story in ("login", "staff", "mail")), (old, row)
        if certain:
            assert row["externalId"] == old.owner, (old, row)
        if old.story in ("namesake", "duplicate", "crossed"):
            assert row["standing"] == "ambiguous", (old, row)
            assert old.owner is None or old.owner in row["candidates"], (old, row)
        if old.story in ("place", "impostor"):
            assert (row["standing"], row["rule"]) == ("proposed", "name+department"), (old, row)
        if old.story == "left":
            assert row["standing"] == "orphan"
            assert row["left"] is bool(row["candidates"])
    assert rows == {}
    missing = {row["externalId"] for row in people if row["standing"] == "missing"}
    assert missing <= town.without


def fill(sheet: Path, truth: dict[str, Old], town: Population) -> None:
    """A clerk who knows everybody decides what needs a decision, in the spreadsheet."""
    book = openpyxl.load_workbook(sheet)
    page = book.worksheets[0]
    head = {cell.value: cell.column for cell in page[1]}
    for row in range(2, page.max_row + 1):
        said = {name: page.cell(row, column).value for name, column in head.items()}
        if said["类别"] == "人员" and (said["判断"] == "存疑" or said["规则"] == "姓名和部门一致"):
            page.cell(row, head["决定"]).value = town.decision(truth[said["远端编号"]])
    book.save(sheet)


def _demand_converged(
    furnished: Furnished, before: dict[str, Any], owned: dict[str, str | None], truth: dict[str, Old]
) -> None:
    house, town = furnished.house, furnished.town
    after = furnished.ids()
    logins = {each["externalId"]: each["userName"] for each in town.people}
    assert before.keys() <= after.keys(), "no account that was there has gone, or was made anew"
    for uuid, key in owned.items():
        assert after[uuid]["uid"] == [logins[str(key)]], "the login is healed"
        assert after[uuid]["cn"] == before[uuid]["cn"], "and what nobody asked to heal stays as it was"
    made = {entry["employeeNumber"][0] for uuid, entry in after.items() if uuid not in before}
    assert made == town.without, "an account is made for those who had none, and for nobody else"
    for uuid, old in truth.items():
        if not old.owner:
            assert after[uuid] == before[uuid], "what is not ours stays untouched"
    created = {row[0] for row in house.rows("SELECT key FROM attempts WHERE action = 'create' AND outcome = 'done'")}
    assert created == town.without | {"D00", "G00-2"}, "of the departments the two that were not there"
    _demand_members(furnished, after)
    uuid = next(each for each, old in truth.items() if old.story == "namesake")
    told = house.command("explain", str(owned[uuid])).stdout
    assert "人工指定，由李科长确认接管" in told


def _demand_members(furnished: Furnished, after: dict[str, Any]) -> None:
    """Everybody stands in the entry of their department, whichever entry that is."""
    directory: OpenLdap = furnished.house.directory
    groups = directory.search(directory.groups, "(objectClass=groupOfNames)", ldap3.LEVEL)
    assert len(groups) == len(furnished.town.departments) + 2
    members = {member for entry in groups.values() for member in entry["member"]}
    strangers = {dn for dn, old in furnished.dns.items() if not old.owner}
    assert {entry["dn"][0] for entry in after.values()} - strangers <= members
