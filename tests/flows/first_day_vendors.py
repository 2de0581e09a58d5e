"""The OA, WeCom and attendance before their first day, played by our simulators in threads of this process."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict
from typing import Any

from connectors.attendance.simulator.vendor import Attendance
from connectors.attendance.simulator.world import ROOT
from connectors.oa.simulator.shapes import PROPERTIES
from connectors.oa.simulator.vendor import Oa
from connectors.simulation.running import Running
from connectors.wecom.simulator.corp import Corp
from connectors.wecom.simulator.vendor import WecomVendor
from tests.flows.first_day import Old, OldDepartment
from tests.flows.first_day_systems import Before, Seen, but
from tests.flows.first_day_town import CLUB, Town


class Simulated(Before):
    """A system that one of our simulators plays, in a thread of this process."""

    vendor: Any

    def __init__(self, town: Town, now: Callable[[], float]) -> None:
        super().__init__(town)
        self.running = Running(self.vendor, now)

    def table(self) -> dict[str, Any]:
        return self.vendor.config(self.running.url) | self.own

    def seen(self) -> dict[str, Seen]:
        return {
            row["id"]: Seen(
                row["login"], row["state"] == "active", (row["primary"] or "", *(each for each in row["concurrent"]))
            )
            for row in self.vendor.accounts()
        }

    def close(self) -> None:
        self.running.close()


class OaBefore(Simulated):
    """The OA: codes are empty, or numbers of another scheme."""

    name = "oa"
    heals = ("name", "code")

    def __init__(self, town: Town, now: Callable[[], float]) -> None:
        self.vendor: Oa = Oa()
        super().__init__(town, now)

    def put_department(self, one: OldDepartment) -> str:
        above = int(self.places[one.parent]) if one.parent else None
        code = one.code if one.code.endswith("1") else ("" if one.code.endswith("0") else f"JG-{one.code[1:]}")
        return str(self.vendor.put_department(one.name, above, code=code))

    def put_account(self, one: Old, number: int) -> str:
        home = int(self.place(one) or self.places[CLUB.code])
        other = f"RS{number:05}" if number % 2 else ""
        contact = {"telnumber": one.mobile, "emailaddress": one.mail}
        id = self.vendor.put_member(
            one.name,
            one.login,
            home,
            code=one.staff or other,
            enabled=one.login not in self.town.shut,
            properties=dict.fromkeys(PROPERTIES, "") | contact,
        )
        if one.protected:
            self.protected.append((one.login, str(id), one.login.upper(), other or one.login)[len(self.protected) % 4])
        return str(id)

    def dump(self) -> Any:
        office = self.vendor.office
        kept = (office.units, office.departments, office.posts, office.levels, office.members, office.jobs)
        return deepcopy((*kept, office.managers, office.passwords))

    def raw(self) -> dict[str, Any]:
        there = (each for each in self.vendor.office.members.values() if not each["isAdmin"])
        return {str(each["id"]): deepcopy(each) for each in there}

    def fields(self, raw: Any) -> dict[str, Any]:
        return but(raw, "loginName", "orgDepartmentId", "enabled", "updateTime")

    def wanted(self, key: str) -> dict[str, str]:
        town = self.town
        reached = {"telnumber": town.mobile(key), "emailaddress": town.mail(key)}
        return {"name": town.name(key), "code": key, **reached}

    def shown(self) -> dict[str, dict[str, str]]:
        flat = {id: member | member["properties"] for id, member in self.raw().items()}
        names = ("name", "code", "telnumber", "emailaddress")
        return {id: {name: member.get(name, "") for name in names} for id, member in flat.items()}


class WecomBefore(Simulated):
    """WeCom: userids of another scheme. `readable`: whether it shows mobiles and mails."""

    name = "wecom"
    heals = ("email",)

    def __init__(self, town: Town, now: Callable[[], float], readable: bool) -> None:
        self.vendor: WecomVendor = WecomVendor(Corp(readable=readable))
        super().__init__(town, now)
        self.own = {"readable": readable}
        self.hidden = frozenset() if readable else frozenset({"mobile", "email"})
        self._taken = set[str]()

    def put_department(self, one: OldDepartment) -> str:
        above = int(self.places[one.parent]) if one.parent else None
        return str(self.vendor.put_department(one.name, above))

    def put_account(self, one: Old, number: int) -> str:
        userid = one.login if one.protected else f"wx{number:05}"
        home = self.place(one)
        values = {"mobile": self._once(one.mobile) or f"131{number:08}", "email": self._once(one.mail)}
        given = {name: value for name, value in values.items() if value}  # no member is without a mobile: 60129
        enable = int(one.login not in self.town.shut)
        self.vendor.put_member(userid, one.name, [int(home)] if home else None, enable=enable, **given)
        if one.protected:
            self.protected.append(userid.upper() if number % 2 else userid)
        return userid

    def _once(self, value: str) -> str:
        """No two members have one mobile or mail: the vendor does not let them."""
        folded = value.casefold()
        if folded in self._taken:
            return ""
        self._taken.add(folded)
        return value

    def dump(self) -> Any:
        return self.vendor.members(), self.vendor.departments(), self.vendor.invited()

    def raw(self) -> dict[str, Any]:
        return {each.userid: each for each in self.vendor.members()}

    def fields(self, raw: Any) -> dict[str, Any]:
        return but(asdict(raw), "department", "main", "order", "leader", "enabled")

    def wanted(self, key: str) -> dict[str, str]:
        town = self.town
        return {"name": town.name(key), "mobile": town.mobile(key), "email": town.mail(key)}

    def shown(self) -> dict[str, dict[str, str]]:
        flat = {each.userid: each.fields | {"name": each.name} for each in self.vendor.members()}
        names = ("name", "mobile", "email")
        return {id: {name: fields.get(name, "") for name in names} for id, fields in flat.items()}


class AttendanceBefore(Simulated):
    """The attendance platform: jobNos of another scheme, or none, and neither logins nor mails nor locks."""

    name = "attendance"
    heals = ("personName", "jobNo", "rights")
    hidden = frozenset({"rights"})
    locks = False

    def __init__(self, town: Town, now: Callable[[], float]) -> None:
        self.vendor: Attendance = Attendance(now)
        super().__init__(town, now)
        self.own = {"poll_seconds": 1}

    def put_department(self, one: OldDepartment) -> str:
        code = f"hk{one.code.lower()}"
        self.vendor.put_org(code, one.name, self.places[one.parent] if one.parent else ROOT)
        return code

    def put_account(self, one: Old, number: int) -> str:
        id = f"8c3f{number:06x}"
        job = one.staff or ("" if one.story == "place" else f"A{number:05}")
        self.vendor.put_person(id, one.name, self.place(one) or ROOT, **({"jobNo": job} if job else {}))
        if one.protected:
            self.protected.append((id, job, job.lower())[len(self.protected) % 3])
        return id

    def dump(self) -> Any:
        world, rights = self.vendor.world, self.vendor.rights
        return deepcopy((world.orgs, world.persons, world.faces, world.cards, rights.grants, rights.held))

    def raw(self) -> dict[str, Any]:
        return {each.id: deepcopy(each) for each in self.vendor.world.persons.values()}

    def fields(self, raw: Any) -> dict[str, Any]:
        return but(raw.values, "orgIndexCode")

    def wanted(self, key: str) -> dict[str, str]:
        return {"personName": self.town.name(key), "jobNo": key, "rights": "granted"}

    def shown(self) -> dict[str, dict[str, str]]:
        doors = [self.vendor.on_device(door) for door in self.vendor.world.doors]
        return {
            id: {
                "personName": person.values["personName"],
                "jobNo": person.values.get("jobNo", ""),
                "rights": "granted" if all(id in each for each in doors) else "",
            }
            for id, person in self.raw().items()
        }
