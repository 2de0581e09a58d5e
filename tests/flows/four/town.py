"""A small roster with facts before all four systems; after every step each of them is looked at, whole."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scim_server.scim.urns import ROSTER_USER, USER
from tests.cli.line import inside
from tests.flows import client as say
from tests.flows.facts_town import FactsTown, Townsman
from tests.flows.four.moving_bureau import MovingBureau
from tests.flows.four.systems import NAMES, VENDORS, FourSystems
from tests.flows.four.wanted import Wanted
from tests.servers.stores import store_url

Json = dict[str, Any]
ByHand = Callable[[Wanted], None]


class FourTown(FactsTown):
    """Whoever writes here writes to the house and to the expectation.

    `by_hand`: what administrators did in a system that is to stay. `faces`: ids by personId. `home`: the default.
    """

    def __init__(self, bureau: MovingBureau, systems: FourSystems, home: str | None = None) -> None:
        super().__init__(bureau, systems.directory)
        self.bureau: MovingBureau = bureau
        self.systems = systems
        self.home = home
        self.by_hand: list[ByHand] = []
        self.faces: dict[str, str] = {}

    def person(self, name: str, hired: str = "2025-12-01", department: str = "EDU", **facts: Any) -> Townsman:
        """A new person with a post in a department, a mobile and a mail; `facts` instead of the usual ones."""
        post = {"value": "a1", "kind": "primary", "scope": "internal", "department": department, "startDate": hired}
        hire = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": hired}
        own = {"employmentCategory": "institutional", "assignments": [post], "statusEvents": [hire]} | facts
        return self.enter(name, self.reached(name) | {"schemas": [USER, ROSTER_USER], ROSTER_USER: own})

    def reached(self, name: str) -> Json:
        """A plain User with a mobile and a mail."""
        mobile = {"value": f"138{len(self.people):08}", "type": "mobile"}
        mail = {"value": f"{name}@yazhou.example", "type": "work"}
        return say.user(name, phoneNumbers=[mobile], emails=[mail])

    def enter(self, name: str, body: Json) -> Townsman:
        """POST."""
        one = Townsman(self.bureau.ok("POST", "/Users", body)["id"], copy.deepcopy(body))
        self.people[name] = one
        return one

    def change(self, name: str, **values: Any) -> None:
        """PATCH of top-level attributes."""
        self.bureau.ok("PATCH", f"/Users/{self.people[name].id}", say.replace(**values))
        self.people[name].user |= values

    def rename_department(self, code: str, name: str) -> None:
        self.bureau.ok("PATCH", f"/Groups/{self.groups[code]}", say.replace(displayName=name))
        self.bodies[code] = self.bodies[code] | {"displayName": name}

    def move_department(self, code: str, parent: str) -> None:
        change = {"op": "replace", "path": f"{say.DEPARTMENT}:parent", "value": parent}
        body = {"schemas": [say.PATCH], "Operations": [change]}
        self.bureau.ok("PATCH", f"/Groups/{self.groups[code]}", body)
        own = self.bodies[code][say.DEPARTMENT] | {"parent": parent}
        self.bodies[code] = self.bodies[code] | {say.DEPARTMENT: own}

    def enrol(self, name: str) -> str:
        """A face, at the terminal; the personId."""
        person = self.ids(name)["attendance"]
        self.faces[person] = self.systems.attendance.put_face(person)
        return person

    # -- what stands in the systems

    def judge(self) -> None:
        """Works what is due; all four are what the second evaluator makes of the same facts."""
        self.bureau.work()
        self.compare()

    def compare(self) -> None:
        found = self.wanted().differences(self.systems)
        assert found == [], "\n".join(found[:20])
        self.judged += 1

    def wanted(self) -> Wanted:
        model = Wanted(self.bodies, {code: self.path(code) for code in self.bodies}, self.home)
        persons = self.systems.ids("attendance")
        for name, answer in self.answers().items():
            model.person(self.people[name].user, answer, face=persons.get(f"E-{name}") in self.faces)
        for each in self.by_hand:
            each(model)
        return model

    def path(self, code: str) -> str:
        """The names from below the root down."""
        parent = self.bodies[code][say.DEPARTMENT].get("parent")
        return "/".join(filter(None, (self.path(parent), self.bodies[code]["displayName"]))) if parent else ""

    def everything(self) -> Json:
        """All that stands anywhere, with the systems' own ids; the same again: nothing is different."""
        found: Json = {system: self.systems.accounts(system) for system in VENDORS}
        found |= {f"departments of {system}": self.systems.departments(system) for system in VENDORS}
        found |= {f"ids of {system}": self.systems.ids(system) for system in NAMES}
        return found | {"ldap": self.systems.entries(), "doors": self.systems.doors()}

    def ids(self, name: str) -> dict[str, str]:
        """The id of somebody's account by system, where there is one."""
        found = {system: self.systems.ids(system).get(f"E-{name}") for system in NAMES}
        return {system: id for system, id in found.items() if id is not None}

    def states(self, name: str) -> dict[str, str]:
        """Somebody's state in each system, as it stands there."""
        key = f"E-{name}"
        rows = {system: self.systems.accounts(system).get(key) for system in VENDORS}
        found = {system: row["state"] if row else "removed" for system, row in rows.items()}
        entry = self.directory.read(f"uid={name},{self.directory.people}", "pwdAccountLockedTime")
        return {
            "ldap": "removed" if entry is None else "locked" if entry.get("pwdAccountLockedTime") else "active"
        } | found

    def places(self, system: str, name: str) -> tuple[str | None, list[str]]:
        """The primary department and the further ones, as they stand in a simulator."""
        row = self.systems.accounts(system)[f"E-{name}"]
        return row["primary"], row["concurrent"]

    def teams(self, name: str) -> list[str]:
        """The codes of the Groups whose entry in the directory names somebody."""
        dn = f"uid={name},{self.directory.people}"
        found = self.directory.search(self.directory.groups, f"(member={dn})", attributes=("cn",))
        return sorted(entry["cn"][0] for entry in found.values())

    def actions(self, name: str, system: str) -> list[str]:
        """What was done to somebody's account in a system, in its order."""
        question = "SELECT action FROM attempts WHERE key = :key AND system = :of AND outcome = 'done' ORDER BY id"
        return [action for (action,) in self.bureau.rows(question, key=f"E-{name}", of=system)]

    def link(self, name: str, system: str) -> tuple[str, str | None, str | None]:
        """(state, error, finding) of a person's or a department's row."""
        question = "SELECT l.state, l.error, l.finding FROM links l JOIN subjects USING (subject) "
        where = "WHERE key IN (:name, :key) AND system = :of"
        (row,) = self.bureau.rows(question + where, name=name, key=f"E-{name}", of=system)
        return row  # type: ignore[return-value]

    # -- what a person of the house types

    def typed(self, *arguments: str) -> Any:
        """`huaming ...` on the same store; what it wrote, as JSON where it is."""
        file = Path(self.bureau.store).with_name("huaming.toml")
        file.write_text(_toml(self.bureau), encoding="utf-8")
        said = inside(*arguments, "--config", file)
        assert said.returncode == 0, (arguments, said.stdout, said.stderr)
        return json.loads(said.stdout) if "json" in arguments or "--json" in arguments else said.stdout


def _toml(bureau: MovingBureau) -> str:
    lines = [f'[store]\nurl = "{store_url(bureau.store)}"\n[sweep]\nat = "off"\n']
    for name, system in bureau.settings.systems.items():
        given = system.model_dump(exclude_none=True, exclude={"protected", "heal"})
        lines += [f"[systems.{name}]", *(f"{key} = {json.dumps(value)}" for key, value in given.items())]
    return "\n".join(lines)
