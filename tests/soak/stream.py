"""What happens in a district, told by SCIM: one client thread, its own people, at a rate, as chance has it."""

import copy
import threading
import time
from collections import Counter
from random import Random
from typing import Any

from scim_server.scim.urns import PATCH_OP, ROSTER_GROUP, ROSTER_USER
from tests.flows import client as say
from tests.flows.four.clusters import Official, code
from tests.policy.people import DEPARTMENTS
from tests.soak.hr import Hr, Log, Refusal
from tests.soak.roster import Roster, deleted, end, mark, running, today

Json = dict[str, Any]
LISTS = ("assignments", "statusEvents")
RESTRICTED = ("workSuspended", "outcome")  # of a status event: returned where they are asked for by name
FACTS = ",".join(f"{ROSTER_USER}:{each}" for each in (*LISTS, *(f"statusEvents.{name}" for name in RESTRICTED)))


class Stream(threading.Thread):
    """`counted`: what was told, by kind. `failure`: what ended it before it was told to end."""

    def __init__(self, number: int, roster: Roster, hr: Hr, log: Log, random: Random, rate: float) -> None:
        super().__init__(name=f"hr-{number}")
        self.number, self.roster, self.hr, self.log, self.random = number, roster, hr, log, random
        self.people: list[Official] = []
        self.pause = 1 / rate
        self.enough = threading.Event()
        self.counted: Counter[str] = Counter()
        self.failure: BaseException | None = None
        self.extra: list[str] = []  # departments of this client, which come and go

    def run(self) -> None:
        """Until `enough`."""
        try:
            while not self.enough.is_set():
                began = time.monotonic()
                self._step()
                self.enough.wait(max(0.0, self.pause - (time.monotonic() - began)))
        except BaseException as error:
            self.failure = error
        finally:
            self.hr.close()

    def _step(self) -> None:
        one = self.random.choice(self.people)
        kinds = {
            self.tell: 50,
            self.describe: 12,
            self.rename: 5,
            self.lock: 4,
            self.enlist: 8,
            self.put_back: 4,
            self.delete: 1,
            self.rename_department: 1,
            self.move_department: 0.5,
            self.department: 1,
        }
        (kind,) = self.random.choices(list(kinds), list(kinds.values()))
        if one.id is None:
            kind = self.hire
        elif deleted(one):
            kind = self.hire_again
        try:
            if kind(one):
                self.counted[kind.__name__] += 1
        except Refusal as refusal:
            self.log.refused.append(str(refusal))

    # -- facts

    def hire(self, one: Official) -> bool:
        for _ in range(self.random.randint(2, 6)):
            self._next(one)
        body = copy.deepcopy(one.user)
        one.id = str(self.hr.write("POST", "/Users", body, lambda: self.hr.find("Users", one.key))["id"])
        return True

    def tell(self, one: Official) -> bool:
        """The next facts: a move, a concurrent post, a secondment, a case, its end, a departure, another hire."""
        before = copy.deepcopy(one.user)
        told = [found for _ in range(self.random.randint(1, 3)) if (found := self._next(one))]
        operations = [operation for each in told for operation in each]
        if not operations:
            return self.describe(one)
        try:
            self._patch(one, operations, lambda: self._has_facts(one))
        except Refusal:
            one.user = before
            raise
        return True

    def _next(self, one: Official) -> list[Json]:
        if not one.to_tell:
            return []
        _, name, piece = one.to_tell.pop(0)
        path, known = f"{ROSTER_USER}:{name}", _of(one.facts[name], piece["value"])
        if known is None:
            one.facts[name].append(copy.deepcopy(piece))
            return [{"op": "add", "path": path, "value": [piece]}]
        known |= piece
        place = f'{path}[value eq "{piece["value"]}"]'
        given = ((sub, value) for sub, value in piece.items() if sub != "value")
        return [{"op": "replace", "path": f"{place}.{sub}", "value": value} for sub, value in given]

    def _has_facts(self, one: Official) -> Json | None:
        """Whether the house has all that it was told. Where not, the whole request was not done."""
        body = self.hr.read(f"/Users/{one.id}", attributes=FACTS).json()
        return body if facts_of(body) == facts_of(one.user) else None

    # -- the person

    def describe(self, one: Official) -> bool:
        number = self.random.randrange(10**6)
        values = self.random.choice(
            (
                {"title": f"职务{number}"},
                {"displayName": f"显示{number}"},
                {"emails": [{"value": f"m{number}@yazhou.example", "type": "work"}], "title": f"职务{number}"},
                {"phoneNumbers": [{"value": f"139{self.number:02}{number:06}", "type": "mobile"}]},
            )
        )
        return self._replace(one, values)  # type: ignore[arg-type]

    def rename(self, one: Official) -> bool:
        return self._replace(one, {"userName": f"{one.key.lower()}-{self.random.randrange(10**6)}"})

    def _replace(self, one: Official, values: Json) -> bool:
        self._patch(one, [{"op": "replace", "value": values}], lambda: None)
        one.user |= values
        return True

    def put_back(self, one: Official) -> bool:
        """PUT of what was read changes nothing."""
        body = self.hr.read(f"/Users/{one.id}").json()
        self.hr.write("PUT", f"/Users/{one.id}", body, lambda: None)
        return True

    def lock(self, one: Official) -> bool:
        """The bare lock, or its end."""
        locked = running(one.marks["bareLocks"])
        self._patch(one, [{"op": "replace", "path": "active", "value": bool(locked)}], lambda: None)
        if locked:
            end(locked)
        else:
            mark(one, "bareLocks")
        return True

    def delete(self, one: Official) -> bool:
        def gone() -> Json | None:
            return {} if self.hr.read(f"/Users/{one.id}").status_code == 404 else None

        self.hr.write("DELETE", f"/Users/{one.id}", None, gone)
        mark(one, "deleted")
        return True

    def hire_again(self, one: Official) -> bool:
        one.id = str(self.hr.write("POST", "/Users", one.user, lambda: self.hr.find("Users", one.key))["id"])
        end(running(one.marks["deleted"]))
        return True

    def _patch(self, one: Official, operations: list[Json], done: Any) -> None:
        self.hr.write("PATCH", f"/Users/{one.id}", {"schemas": [PATCH_OP], "Operations": operations}, done)

    # -- departments

    def enlist(self, one: Official) -> bool:
        """A concurrent role by membership, or its end."""
        key = code(one.cluster, self.random.choice(DEPARTMENTS))
        with self.roster.gate:
            lived = self.roster.lived(one)
            alone = self.roster.lived(one, one.marks | {"addedMembers": []})[today()]
        answer = lived[today()]
        added = [each for each in running(one.marks["addedMembers"]) if each["department"] == key]
        there, path = key in (answer["primary"], *answer["concurrent"]), f"/Groups/{self.roster.ids[key]}"
        if there and added and key not in (alone["primary"], *alone["concurrent"]):
            self.hr.write("PATCH", path, say.leave(str(one.id)), lambda: self._member(path, one, False))
            end(added)
        elif not there and not added and answer["systems"]["ldap"] != "removed":
            self.hr.write("PATCH", path, say.join(str(one.id)), lambda: self._member(path, one, True))
            mark(one, "addedMembers", department=key)
        else:
            return False
        return True

    def _member(self, path: str, one: Official, wanted: bool) -> Json | None:
        body = self.hr.read(path).json()
        return body if (one.id in {each["value"] for each in body.get("members", [])}) is wanted else None

    def rename_department(self, one: Official) -> bool:
        with self.roster.gate:
            self._rename(self._office(one))
        return True

    def _rename(self, key: str) -> None:
        body = self.roster.bodies[key]
        name = f"{body['displayName'].split('改')[0]}改{self.random.randrange(10**6)}"
        self.hr.write("PATCH", f"/Groups/{self.roster.ids[key]}", say.replace(displayName=name), lambda: None)
        self.roster.bodies[key] = body | {"displayName": name}

    def move_department(self, one: Official) -> bool:
        """An office goes to another bureau of its cluster."""
        with self.roster.gate:
            key = code(one.cluster, self.random.choice(("DT-EDU-1", "DT-EDU-2", "DT-HEA-1")))
            parent = code(one.cluster, self.random.choice(("DT-EDU", "DT-HEA", "DT-FIN")))
            self._rename(key)  # offices of one name may not lie side by side
            change = {"op": "replace", "path": f"{ROSTER_GROUP}:parent", "value": parent}
            body = {"schemas": [PATCH_OP], "Operations": [change]}
            self.hr.write("PATCH", f"/Groups/{self.roster.ids[key]}", body, lambda: None)
            was = self.roster.bodies[key]
            self.roster.bodies[key] = was | {ROSTER_GROUP: was[ROSTER_GROUP] | {"parent": parent}}
        return True

    def department(self, one: Official) -> bool:
        """A department without anybody comes, or goes."""
        with self.roster.gate:
            if self.extra and self.random.random() < 0.5:
                self._dissolve(self.extra.pop())
                return True
            key = f"X{self.number}-{self.random.randrange(10**6)}"
            body = say.department(f"临时机构{key}", key, "DT-D0", kind="gov")
            found = self.hr.write("POST", "/Groups", body, lambda: self.hr.find("Groups", key))
            self.roster.ids[key], self.roster.bodies[key] = str(found["id"]), body
            self.extra.append(key)
        return True

    def _dissolve(self, key: str) -> None:
        path = f"/Groups/{self.roster.ids.pop(key)}"
        self.hr.write("DELETE", path, None, lambda: {} if self.hr.read(path).status_code == 404 else None)
        del self.roster.bodies[key]

    def _office(self, one: Official) -> str:
        return code(one.cluster, self.random.choice(DEPARTMENTS))


def facts_of(body: Json) -> Json:
    """The lists of facts by the `value` of their elements, nothing empty in them."""
    facts = body.get(ROSTER_USER, {})
    return {
        name: {each["value"]: {sub: v for sub, v in each.items() if v is not None} for each in facts.get(name, [])}
        for name in LISTS
    }


def _of(elements: list[Json], value: str) -> Json | None:
    return next((each for each in elements if each["value"] == value), None)
