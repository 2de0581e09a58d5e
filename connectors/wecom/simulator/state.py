"""What the corp consists of: members, departments, tags, and the indexes over them. Checks nothing."""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from connectors.wecom.simulator.answers import Failure
from connectors.wecom.simulator.corp import Corp

FIRST_ORDER = 100_000_000
UNIQUE = ("mobile", "email", "biz_mail")


@dataclass(slots=True)
class Department:
    """A department. `parent` is 0 for the root; `born` in epoch seconds."""

    id: int
    name: str
    parent: int
    order: int = FIRST_ORDER
    born: float = 0.0


@dataclass(slots=True)
class Member:
    """A member. `order` and `leader` are as long as `department`; `fields` are the plain optional ones that are set."""

    userid: str
    name: str
    seq: int
    department: list[int]
    main: int
    order: list[int]
    leader: list[int]
    fields: dict[str, Any] = field(default_factory=dict)
    extattr: dict[str, dict[str, Any]] = field(default_factory=dict)
    enabled: bool = True
    activated: bool = False
    left: bool = False

    @property
    def status(self) -> int:
        """1 activated, 2 disabled, 4 not activated, 5 left by himself."""
        if self.left:
            return 5
        if not self.enabled:
            return 2
        return 1 if self.activated else 4


@dataclass(slots=True)
class Tag:
    """A tag. `owner` is the secret that made it; `users` are folded userids."""

    id: int
    name: str
    owner: str
    users: dict[str, None] = field(default_factory=dict)
    parties: dict[int, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the members' log."""

    time: int
    userid: str
    oper_type: int


def unique(kind: str, value: str) -> str:
    """What two members may not both have: mobiles without the country's code and dashes, mail without case."""
    if kind == "mobile":
        return re.sub(r"^\+?86(?=1\d{10}$)", "", re.sub(r"[ \-]", "", value))
    return value.casefold()


class World:
    """The corp's state. `invited`: userids that were sent an invitation, each time; `dropped`: fields nobody knows."""

    def __init__(self, corp: Corp) -> None:
        self.corp = corp
        self.members: dict[str, Member] = {}
        self.departments: dict[int, Department] = {}
        self.tags: dict[int, Tag] = {}
        self.acts: list[Act] = []
        self.invited: list[str] = []
        self.dropped: set[str] = set()
        self.created: deque[float] = deque()
        self.misses: deque[float] = deque()
        self.within: dict[int, dict[str, Member]] = {}
        self.children: dict[int, dict[str, Department]] = {}
        self._holders: dict[str, dict[str, str]] = {kind: {} for kind in UNIQUE}
        self._seq = count(1)
        self._last_id = 1
        self.add_department(Department(corp.root_id, corp.root_name, 0))

    def member(self, userid: str) -> Member:
        """The member with that id, whatever its case. Raises Failure 60111."""
        found = self.members.get(userid.casefold())
        if found is None:
            raise Failure(60111)
        return found

    def department(self, number: int, code: int = 60003) -> Department:
        """The department with that id. Raises Failure with the code."""
        found = self.departments.get(number)
        if found is None:
            raise Failure(code)
        return found

    def new_member(self, userid: str, name: str, department: list[int]) -> Member:
        """Adds a member, nothing of whom is set yet."""
        nothing = [0] * len(department)
        member = Member(userid, name, next(self._seq), department, department[0], nothing, list(nothing))
        self.members[userid.casefold()] = member
        self._stand(member)
        return member

    def move(self, member: Member, department: list[int]) -> None:
        """These departments instead of those before; places and leadership in them start anew."""
        for number in member.department:
            del self.within[number][member.userid.casefold()]
        member.department = department
        member.order, member.leader = [0] * len(department), [0] * len(department)
        if member.main not in department:
            member.main = department[0]
        self._stand(member)

    def _stand(self, member: Member) -> None:
        for number in member.department:
            self.within[number][member.userid.casefold()] = member

    def set_field(self, member: Member, kind: str, value: Any) -> None:
        """Sets a plain field; empty is not set. Who holds what must be unique is kept up."""
        holders = self._holders.get(kind)
        if holders is not None and member.fields.get(kind):
            del holders[unique(kind, member.fields[kind])]
        if value in ("", []):
            member.fields.pop(kind, None)
            return
        member.fields[kind] = value
        if holders is not None:
            holders[unique(kind, value)] = member.userid.casefold()

    def holder(self, kind: str, value: str) -> str | None:
        """The folded userid of the member that has this mobile, email or biz_mail."""
        return self._holders[kind].get(unique(kind, value))

    def drop_member(self, member: Member) -> None:
        """Deletes a member, everywhere."""
        key = member.userid.casefold()
        for kind in UNIQUE:
            self.set_field(member, kind, "")
        for number in member.department:
            del self.within[number][key]
        for tag in self.tags.values():
            tag.users.pop(key, None)
        del self.members[key]

    def next_id(self) -> int:
        """A department's id that never was."""
        return self._last_id + 1

    def add_department(self, department: Department) -> None:
        """Adds a department."""
        self.departments[department.id] = department
        self.within[department.id] = {}
        self.children[department.id] = {}
        self._last_id = max(self._last_id, department.id)
        if department.parent:
            self.children[department.parent][department.name] = department

    def place_department(self, department: Department, name: str, parent: int) -> None:
        """Renames a department, or moves it, or both."""
        if department.parent:
            del self.children[department.parent][department.name]
            self.children[parent][name] = department
        department.name, department.parent = name, parent

    def drop_department(self, department: Department) -> None:
        """Deletes a department, everywhere."""
        del self.children[department.parent][department.name]
        del self.departments[department.id], self.within[department.id], self.children[department.id]
        for tag in self.tags.values():
            tag.parties.pop(department.id, None)

    def upward(self, number: int) -> Iterator[Department]:
        """A department and those above it, up to the root."""
        while number:
            department = self.departments[number]
            yield department
            number = department.parent

    def downward(self, number: int) -> Iterator[Department]:
        """A department and all below it."""
        yield self.departments[number]
        for child in self.children[number].values():
            yield from self.downward(child.id)

    def height(self, number: int) -> int:
        """How many levels there are from a department downward, itself included."""
        return 1 + max((self.height(child.id) for child in self.children[number].values()), default=0)

    def path(self, number: int) -> str:
        """The names from below the root down to a department, joined by `/`; empty for the root."""
        names = [department.name for department in self.upward(number) if department.parent]
        return "/".join(reversed(names))
