"""What an administrator of the OA does by hand, past the REST interface; and what people find in their boxes."""

from threading import RLock
from typing import Any

from connectors.oa.simulator import departments, jobs, managers, members, posts
from connectors.oa.simulator.office import ROLES, Office, by_login, file
from connectors.oa.simulator.posts import LEVELS, POSTS, Ranks
from connectors.oa.simulator.shapes import Entity
from connectors.oa.simulator.switches import Switches

POST_NAMES = ("科员", "副科长", "科长", "主任科员")
LEVEL_NAMES = ("科员", "副科级", "正科级", "副处级", "正处级")
TEMPLATE, TABLE = "HUAMING01", "formmain_0124"


class ByHand:
    """Every method takes the lock. Ids are numbers; what cannot be raises the vendor's Refusal or Absent."""

    lock: RLock
    office: Office
    switches: Switches

    def found(self) -> None:
        """What is there from the start: the unit, the built-in account that letters are sent by, a template."""
        unit = self.put_unit(self.switches.unit_name, self.switches.unit_code)
        sender = self.office.ids.next()
        person = members.BLANK | {"id": sender, "name": "花名册", "loginName": self.switches.sender}
        times = {"createTime": self.office.now_ms, "updateTime": self.office.now_ms}
        person |= {"orgAccountId": unit, "orgDepartmentId": -1, "orgPostId": -1, "orgLevelId": -1}
        self.office.members[sender] = person | {"isAdmin": True, "isDeleted": False} | times
        file(self.office, self.office.members[sender])
        self.put_template(TEMPLATE, "花名册通知", TABLE)

    def put_unit(self, name: str, code: str = "", above: int | None = None) -> int:
        """A further unit, with posts and levels of its own."""
        with self.lock:
            ident = self.office.ids.next()
            head = self.office.units[above]["path"] if above else "0000"
            self.office.units[ident] = {
                "id": ident,
                "orgAccountId": ident,
                "name": name,
                "shortName": name,
                "code": code,
                "superior": above if above else -1,
                "path": f"{head}{len(self.office.units) + 1:04d}",
                "sortId": len(self.office.units) + 1,
                "enabled": True,
                "isDeleted": False,
                "isGroup": False,
                "type": "Account",
                "createTime": self.office.now_ms,
                "updateTime": self.office.now_ms,
            }
            for names, ranks in ((POST_NAMES, POSTS), (LEVEL_NAMES, LEVELS)):
                for number, each in enumerate(names, 1):
                    body = {"orgAccountId": ident, "name": each, "code": f"{number:02d}", "sortId": number}
                    posts.create(self.office, ranks, body)
            return ident

    def put_post(self, name: str, unit: int | None = None, code: str = "") -> int:
        """A further post."""
        return self._put_rank(POSTS, name, unit, code)

    def put_level(self, name: str, unit: int | None = None, code: str = "") -> int:
        """A further level."""
        return self._put_rank(LEVELS, name, unit, code)

    def put_department(self, name: str, above: int | None = None, unit: int | None = None, **fields: Any) -> int:
        """A department, below another or right below the unit."""
        with self.lock:
            home = self._unit(unit)
            body = {"orgAccountId": home, "superior": above if above is not None else home, "name": name}
            return int(departments.create(self.office, body | fields)["id"])

    def change_department(self, ident: int, **fields: Any) -> None:
        """Another name, another place, disabled, … by hand."""
        with self.lock:
            kept = {name: value for name, value in self.office.departments[ident].items() if name in departments.BLANK}
            named = {name: self.office.departments[ident][name] for name in ("id", "name", "orgAccountId", "superior")}
            departments.update(self.office, kept | named | fields)

    def delete_department(self, ident: int) -> None:
        """Deletes a department that is empty."""
        with self.lock:
            departments.delete(self.office, ident)

    def put_member(self, name: str, login: str, department: int, **fields: Any) -> int:
        """A person, with the first post and level of the department's unit unless others are given."""
        with self.lock:
            unit = self.office.departments[department]["orgAccountId"]
            ranks = {each.field: posts.of_unit(self.office, each, unit)[0]["id"] for each in (POSTS, LEVELS)}
            body = {"orgAccountId": unit, "orgDepartmentId": department, "name": name, "loginName": login}
            return int(members.create(self.office, ranks | body | fields)["id"])

    def change_member(self, ident: int, **fields: Any) -> None:
        """Other values for some of a person's fields; `properties` one by one."""
        with self.lock:
            kept = self.office.members[ident]
            held = {name: kept[name] for name in (*members.BLANK, "id", "name", "loginName")}
            held |= {name: kept[name] for name in ("orgAccountId", "orgDepartmentId", "orgPostId", "orgLevelId")}
            second = [{self.switches.written_second_post: each["deptId"], **each} for each in kept["second_post"]]
            held["second_post"] = second
            contact = kept["properties"] | fields.pop("properties", {})
            members.update(self.office, held | fields | {"properties": contact})

    def delete_member(self, ident: int) -> None:
        """Deletes a person, logically, as the interface does."""
        with self.lock:
            members.delete(self.office, ident)

    def put_job(self, member: int, department: int, post: int | None = None) -> int:
        """A job in another unit."""
        with self.lock:
            unit = self.office.departments[department]["orgAccountId"]
            first = posts.of_unit(self.office, POSTS, unit)[0]["id"]
            body = {"cMemberId": member, "cAccountId": unit, "cDeptId": department, "cPostId": post or first}
            return int(jobs.create(self.office, body)["id"])

    def put_in_charge(self, department: int, role: int, *people: int) -> None:
        """Who holds a role of a department: 0 主管, 1 分管领导, 2 管理员, 3 公文收发员."""
        with self.lock:
            self.office.managers.setdefault(department, {})[ROLES[role]] = list(people)

    def put_template(self, code: str, name: str, table: str, fields: frozenset[str] = frozenset()) -> None:
        """A form; without fields it takes any."""
        with self.lock:
            self.office.templates[code] = {"name": name, "table": table, "fields": fields, "lists": frozenset()}

    def member(self, login: str) -> Entity | None:
        """The person of that login as the interface shows it."""
        with self.lock:
            kept = by_login(self.office, login)
            return members.shown(self.office, kept) if kept else None

    def department(self, ident: int) -> Entity:
        """A department as the interface shows it, deleted ones too."""
        with self.lock:
            return departments.shown(self.office, self.office.departments[ident])

    def in_charge(self, department: int) -> Entity:
        """The roles of a department as the interface shows them."""
        with self.lock:
            return managers.shown(self.office, self.office.departments[department])

    def messages(self) -> list[tuple[str, str]]:
        """The messages that arrived, oldest first: the receiver's login and the text."""
        with self.lock:
            return [
                (self.office.members[each["receiverId"]]["loginName"], each["messageContent"])
                for each in self.office.messages
            ]

    def processes(self) -> list[Entity]:
        """The processes that were started, oldest first: subject, data, attachments, state, …"""
        with self.lock:
            return [dict(each) for each in self.office.processes]

    def _put_rank(self, ranks: Ranks, name: str, unit: int | None, code: str) -> int:
        with self.lock:
            body = {"orgAccountId": self._unit(unit), "name": name, "code": code}
            return int(posts.create(self.office, ranks, body)["id"])

    def _unit(self, unit: int | None) -> int:
        return int(self.office.home()["id"]) if unit is None else unit
