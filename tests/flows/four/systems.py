"""The four systems of a flow: the real OpenLDAP, and the simulated OA, WeCom and attendance, each on a port of its own.

What stands in them is read past their interfaces, whole: a dump has everybody and everything that is there.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from connectors.attendance.simulator.vendor import Attendance
from connectors.attendance.simulator.world import ROOT
from connectors.oa.simulator.accounts import path_of
from connectors.oa.simulator.vendor import Oa
from connectors.simulation.running import Running
from connectors.wecom.simulator.vendor import WecomVendor
from tests.flows.expectation import Dn, Entry, seen
from tests.servers.openldap import OpenLdap

Json = dict[str, Any]
VENDORS = ("oa", "wecom", "attendance")
NAMES = ("ldap", *VENDORS)
# what a call that changes nothing ends in; whatever is not known here counts as a write
WECOM_READS = ("gettoken", "/get", "/list", "/simplelist", "/list_id", "/getuserid", "/get_userid_by_email")
ATTENDANCE_READS = (
    *("/rootOrg", "/orgInfo", "/orgList", "/subOrgList", "/personInfo", "/personList", "/cardList"),
    *("/rate/search", "/list/search", "/task/progress", "/detail/search", "/oauth/token", "/door/events"),
)


class FourSystems:
    """All four. `now`: the clock that the simulators live by, in epoch seconds."""

    def __init__(self, directory: OpenLdap, now: Callable[[], float]) -> None:
        self.directory = directory
        self.oa, self.wecom, self.attendance = Oa(), WecomVendor(), Attendance(now)
        players = {"oa": self.oa, "wecom": self.wecom, "attendance": self.attendance}
        self.running = {name: Running(player, now) for name, player in players.items()}

    def close(self) -> None:
        for each in self.running.values():
            each.close()

    def tables(self, **changes: Mapping[str, Any]) -> dict[str, Json]:
        """The tables of `[systems]` that link a house to them; `changes`: further keys by system."""
        ldap = {
            "url": self.directory.URL,
            "bind_dn": self.directory.BIND_DN,
            "bind_password": self.directory.BIND_PASSWORD,
            "base_dn": self.directory.BASE_DN,
        }
        tables: dict[str, Json] = {"ldap": ldap}
        tables |= {name: dict(each.vendor.config(each.url)) for name, each in self.running.items()}
        tables["attendance"]["calls_per_minute"] = self.attendance.switches.calls_a_minute
        return {name: table | {"mode": "enforce"} | changes.get(name, {}) for name, table in tables.items()}

    # -- whole dumps

    def accounts(self, system: str) -> dict[str, Json]:
        """Every account of a simulator by key, as `/_sim/accounts` shows it, the vendor's own id left out."""
        rows = [dict(row) for row in self.running[system].vendor.accounts()]
        twice = [key for key, times in Counter(row["key"] for row in rows).items() if times > 1]
        assert twice == [], (system, twice)
        found = {row["key"]: {name: value for name, value in row.items() if name != "id"} for row in rows}
        return {key: row | self._reached(system, row) for key, row in found.items()}

    def _reached(self, system: str, row: Json) -> Json:
        """Mobile and mail, where a system keeps them."""
        if system == "oa":
            member = self.oa.member(row["login"])
            beside = member["properties"] if member else {}
            return {"mobile": beside.get("telnumber"), "mail": beside.get("emailaddress")}
        found = self.wecom.member(row["key"]) if system == "wecom" else None
        return {"mobile": found.fields.get("mobile"), "mail": found.fields.get("email")} if found else {}

    def entries(self) -> dict[Dn, Entry]:
        """Everything below ou=people and ou=groups, as the root DN sees it."""
        return seen(self.directory)

    def departments(self, system: str) -> list[str]:
        """The path of every department of a simulator, sorted."""
        if system == "wecom":
            return sorted(self.wecom.departments())
        if system == "oa":
            there = self.oa.office.departments.values()
            return sorted(path_of(self.oa.office, each["id"]) for each in there if not each["isDeleted"])
        world = self.attendance.world
        there = [org for org in world.orgs.values() if not org.deleted and org.code != ROOT]
        return sorted("/".join(above.name for above in world.line(org.code)[1:]) for org in there)

    def ids(self, system: str) -> dict[str, str]:
        """Of everybody the id that the system gave itself, by key: another one is another account."""
        if system != "ldap":
            return {row["key"]: row["id"] for row in self.running[system].vendor.accounts()}
        found = self.directory.search(
            self.directory.people, "(employeeNumber=*)", attributes=("employeeNumber", "entryUUID")
        )
        return {entry["employeeNumber"][0]: entry["entryUUID"][0] for entry in found.values()}

    def doors(self) -> dict[str, set[str]]:
        """Whom each door lets pass now: keys, or the personId of somebody who is not there any more."""
        keys = {row["id"]: row["key"] for row in self.attendance.accounts()}
        return {
            door: {keys.get(person, person) for person in self.attendance.on_device(door)}
            for door in self.attendance.world.doors
        }

    # -- what was asked of them

    def calls(self, system: str) -> list[Json]:
        return self.running[system].requests()

    def writes(self) -> dict[str, Any]:
        """What differs once anything is written anywhere: writes by method and path, change numbers of entries."""
        found: dict[str, Any] = {}
        for system in VENDORS:
            asked = (f"{call['method']} {call['path']}" for call in self.calls(system) if is_write(system, call))
            found[system] = Counter(asked)
        everything = self.directory.search(self.directory.BASE_DN, scope="SUBTREE", attributes=("entryCSN",))
        return found | {"ldap": {dn: entry["entryCSN"] for dn, entry in everything.items()}}


def is_write(system: str, call: Mapping[str, Any]) -> bool:
    """Whether a call may have changed anything."""
    path: str = call["path"]
    if system == "oa":
        return call["method"] != "GET" and not path.endswith("/token")
    return not path.endswith(WECOM_READS if system == "wecom" else ATTENDANCE_READS)


def attempts(rows: Callable[..., list[Any]]) -> list[Any]:
    """Every attempt on record: system, key, action, group, article, reason, outcome, detail."""
    return rows(
        "SELECT system, key, action, group_key, article, reason, outcome, detail, changed_at, settled_at "
        "FROM attempts ORDER BY id"
    )
