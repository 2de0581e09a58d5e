"""A small roster with facts before a real directory, on a clock that the test moves; judged by the naive evaluator."""

import copy
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from connectors.ldap.connector import SETTLES
from mappings.policy.days import day_before
from scim_server.scim.urns import PATCH_OP, ROSTER_USER, USER
from tests.flows import client as say
from tests.flows.expectation import Expectation, comparable, converged
from tests.policy.naive import Life
from tests.policy.wire.bureau import Bureau
from tests.servers.openldap import OpenLdap

Json = dict[str, Any]
TREE = (
    ("D0", None, "root"),
    ("EDU", "D0", "gov"),
    ("EDU-1", "EDU", "office"),
    ("HEA", "D0", "gov"),
    ("FIN", "D0", "gov"),
)
PLACEHOLDER = "nobody"


class Townsman:
    """One person as the roster has told of him: the document, and what was done beside it."""

    def __init__(self, id: str, user: Json) -> None:
        self.id = id
        self.user = user
        self.marks: dict[str, list[Json]] = {}

    @property
    def facts(self) -> Json:
        facts: Json = self.user[ROSTER_USER]
        return facts

    def mark(self, name: str, start: str, **more: Any) -> None:
        self.marks.setdefault(name, []).append({"start": start, **more})

    def unmark(self, kind: str, today: str, **ended: Any) -> None:
        """The last day is yesterday."""
        self.marks[kind][-1] |= {"end": day_before(today), **ended}


class FactsTown:
    """Whoever writes here writes to the house and to the expectation."""

    def __init__(self, bureau: Bureau, directory: OpenLdap) -> None:
        self.bureau = bureau
        self.directory = directory
        self.people: dict[str, Townsman] = {}
        self.groups: dict[str, str] = {}
        self.bodies = {code: say.department(f"部门{code}", code, parent, kind) for code, parent, kind in TREE}
        self.judged = 0
        self._answered: dict[str, tuple[str, Json]] = {}

    def found(self) -> None:
        """The departments, parents first."""
        for code, body in self.bodies.items():
            self.groups[code] = self.bureau.ok("POST", "/Groups", body)["id"]

    # -- the roster

    def person(self, name: str, hired: str = "2025-12-01", department: str = "EDU", **facts: Any) -> Townsman:
        """A new person with a post in a department; `facts` instead of those."""
        post = {"value": "a1", "kind": "primary", "scope": "internal", "department": department, "startDate": hired}
        hire = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": hired}
        own = {"employmentCategory": "institutional", "assignments": [post], "statusEvents": [hire]} | facts
        body = say.user(name, title="科员") | {"schemas": [USER, ROSTER_USER], ROSTER_USER: own}
        one = Townsman(self.bureau.ok("POST", "/Users", body)["id"], copy.deepcopy(body))
        self.people[name] = one
        return one

    def tell(self, name: str, attribute: str, *elements: Json) -> None:
        """PATCH add: further assignments or events."""
        one = self.people[name]
        self._patch(one, {"op": "add", "path": f"{ROSTER_USER}:{attribute}", "value": list(elements)})
        one.facts[attribute] += copy.deepcopy(list(elements))

    def correct(self, name: str, attribute: str, value: str, **changed: Any) -> None:
        """PATCH replace of sub-attributes by a value path: an end, another date."""
        one = self.people[name]
        path = f'{ROSTER_USER}:{attribute}[value eq "{value}"]'
        self._patch(one, *({"op": "replace", "path": f"{path}.{sub}", "value": to} for sub, to in changed.items()))
        (element,) = (each for each in one.facts[attribute] if each["value"] == value)
        element |= changed

    def take_back(self, name: str, attribute: str, value: str) -> None:
        """PATCH remove of an element by name: it was wrong."""
        one = self.people[name]
        self._patch(one, {"op": "remove", "path": f'{ROSTER_USER}:{attribute}[value eq "{value}"]'})
        one.facts[attribute] = [each for each in one.facts[attribute] if each["value"] != value]

    def activate(self, name: str, active: bool) -> None:
        """The bare lock, or its end."""
        one = self.people[name]
        self._patch(one, {"op": "replace", "path": "active", "value": active})
        if active:
            one.unmark("bareLocks", self.bureau.day)
        else:
            one.mark("bareLocks", self.bureau.day)

    def delete(self, name: str) -> None:
        self.bureau.ok("DELETE", f"/Users/{self.people[name].id}")
        self.people[name].mark("deleted", self.bureau.day)

    def post_again(self, name: str) -> None:
        one = self.people[name]
        new = self.bureau.ok("POST", "/Users", one.user)["id"]
        assert new != one.id
        one.id = new
        one.unmark("deleted", self.bureau.day)

    def enlist(self, code: str, name: str) -> None:
        """SCIM adds a member to a department."""
        self.bureau.ok("PATCH", f"/Groups/{self.groups[code]}", say.join(self.people[name].id))
        self.people[name].mark("addedMembers", self.bureau.day, department=code)

    def release(self, code: str, name: str) -> None:
        self.bureau.ok("PATCH", f"/Groups/{self.groups[code]}", say.leave(self.people[name].id))
        self.people[name].unmark("addedMembers", self.bureau.day)

    def block(self, name: str, kind: str = "block") -> str:
        """A ruling; its id."""
        ruling = {"kind": kind, "by": "符主任"}
        self.people[name].mark("rulings", self.bureau.day, **ruling)
        return self.bureau.add_ruling(f"E-{name}", ruling)

    def unblock(self, name: str, id: str) -> None:
        self.people[name].unmark("rulings", self.bureau.day, endedBy="邢局长")
        self.bureau.end_ruling(id, "邢局长")

    def _patch(self, one: Townsman, *operations: Json) -> None:
        self.bureau.ok("PATCH", f"/Users/{one.id}", {"schemas": [PATCH_OP], "Operations": list(operations)})

    # -- time

    def on(self, day: str) -> "FactsTown":
        """The day begins; its roll is worked."""
        self.bureau.on(day)
        self.judge()
        return self

    def judge(self) -> None:
        """Works what is due; the whole directory is what the naive evaluator makes of the same facts, today."""
        self.bureau.work()
        if isinstance(self.bureau, Bureau):  # another one's clock does not stand still
            self._look_again()
        converged(self.expectation(), self.directory)
        self.judged += 1

    def _look_again(self) -> None:
        """Works once more when the directory has done what it does after its answer: by its refint it may have taken
        somebody who was hired again out of his groups, in the place of the account that was removed.
        """
        self.directory.settle()
        self.bureau.now += SETTLES
        self.bureau.work()

    def answers(self) -> Mapping[str, Json]:
        """What the naive evaluator says of everybody today."""
        return {name: self._answer(name) for name in self.people}

    def _answer(self, name: str) -> Json:
        """A life is walked through anew only where something of it, or the day, is another than before."""
        one, groups = self.people[name], list(self.bodies.values())
        asked = json.dumps([self.bureau.day, one.user, one.marks, groups])
        if self._answered.get(name, ("", {}))[0] != asked:
            today = date.fromisoformat(self.bureau.day)
            self._answered[name] = asked, dict(Life(one.user, one.marks, groups, {}).walk(today))[today]
        return self._answered[name][1]

    def expectation(self) -> Expectation:
        model = Expectation()
        for code, body in self.bodies.items():
            model.group(self.groups[code], body)
        for name, answer in self.answers().items():
            state, one = answer["systems"]["ldap"], self.people[name]
            if state == "removed":
                continue
            model.user(one.id, one.user)
            model.change(one.id, active=state == "active")
            places = [answer["primary"]] if answer["primary"] else []
            model.join_in_order(one.id, [self.groups[code] for code in [*places, *answer["concurrent"]]])
        return model

    def uuid(self, name: str) -> str:
        """The entryUUID of somebody's entry."""
        (uuid,) = self._entry(name, "entryUUID")["entryUUID"]
        return uuid

    def is_there(self, name: str) -> bool:
        return self.directory.read(f"uid={name},{self.directory.people}") is not None

    def _entry(self, name: str, *attributes: str) -> dict[str, list[str]]:
        entry = self.directory.read(f"uid={name},{self.directory.people}", *attributes)
        assert entry is not None, (name, comparable(self.directory.people))
        return entry

    def operations(self, name: str) -> list[str]:
        """The operations on record for somebody, in their order."""
        question = "SELECT action FROM attempts WHERE key = :key AND outcome IN ('done', 'already-so') ORDER BY id"
        return [action for (action,) in self.bureau.rows(question, key=f"E-{name}")]
