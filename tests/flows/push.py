"""One HR client among others: it writes what chance tells it, logs what was acknowledged, reads back what was not.

HUAMING_FLOW_PEOPLE=1000 in the environment: so many people, pushed by eight clients.
"""

import os
import random
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx

from tests.flows import client as say
from tests.flows.client import Hr, Json
from tests.flows.expectation import Expectation
from tests.flows.house import Served

SEED = 20261125
CLIENTS = 8
PEOPLE = int(os.environ.get("HUAMING_FLOW_PEOPLE", "320")) // CLIENTS  # a client
CHANGES = PEOPLE * 8 // 3  # a client, besides the creations


class Push:
    """One HR client among others. It logs what was acknowledged, and reads back what was not."""

    def __init__(self, number: int, house: Served, model: Expectation, gate: threading.RLock) -> None:
        self.hr = Hr(house.base, house.secret)
        self.random = random.Random(SEED + number)
        self.number = number
        self.model = model
        self.gate = gate  # of the model, which all clients write
        self.mine: list[str] = []
        self.free_names: list[str] = []
        self.groups: list[str] = []  # of this client
        self.own_team = ""  # whose members only this client sets, by PUT
        self.made = 0
        self.acknowledged = 0
        self.failure: BaseException | None = None

    # -- one write, however often it takes

    def write(self, send: Callable[[], httpx.Response], done: Callable[[], Json | None]) -> Json:
        """Sends until it is acknowledged; where the answer was lost, `done` tells whether it was done."""
        for _ in range(200):
            try:
                answer = send()
                if answer.status_code != 503:
                    assert answer.status_code in (200, 201, 204), (answer.request, answer.status_code, answer.text)
                    self.acknowledged += 1
                    return answer.json() if answer.content else {}
            except httpx.TransportError:
                found = self._patiently(done)
                if found is not None:
                    self.acknowledged += 1
                    return found
            time.sleep(0.05)
        raise AssertionError("never acknowledged")

    def _patiently(self, read: Callable[[], Json | None]) -> Json | None:
        for _ in range(600):
            try:
                return read()
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError("the server did not come back")

    def find(self, kind: str, attribute: str, value: str) -> Json | None:
        answer = self.hr.http.get(f"/{kind}", params={"filter": f'{attribute} eq "{value}"'})
        assert answer.status_code == 200, answer.text
        found = answer.json()["Resources"]
        return found[0] if found else None

    def unless(self, kind: str, id: str, holds: Callable[[Json], bool]) -> Json | None:
        """The resource, when it shows what was written."""
        body = self.hr.get(kind, id)
        return body if holds(body) else None

    # -- what a client does

    def run(self) -> None:
        try:
            self.set_up()
            steps = [self.create] * PEOPLE + [self.change] * CHANGES
            self.random.shuffle(steps)
            for step in steps:
                step()
        except BaseException as error:
            self.failure = error
        finally:
            self.hr.close()

    def set_up(self) -> None:
        above = "G1" if self.number % 2 else "G2"
        for level in range(2):
            code = f"G{above[1]}-{self.number}-{level}"
            self.group(say.department(f"科室 {code}", code, above, kind="office"))
            above = code
        self.group(say.plain_group(f"小组 {self.number}", f"T-{self.number}"))
        self.own_team = self.group(say.plain_group(f"专班 {self.number}"))

    def group(self, body: Json) -> str:
        found = self.write(
            lambda: self.hr.http.post("/Groups", json=body),
            lambda: self.find("Groups", "displayName", body["displayName"]),
        )
        with self.gate:
            self.model.group(found["id"], body)
        self.groups.append(found["id"])
        return str(found["id"])

    def create(self) -> None:
        self.made += 1
        mark = f"{self.number}-{self.made}"
        name = self.free_names.pop() if self.free_names and self.random.random() < 0.5 else f"user{mark}"
        body = say.user(name, f"E{mark}", title="科员", displayName=f"甲 {mark}")
        if self.made % 10 == 0:
            del body["externalId"]
        if self.made % 3 == 0:
            body["emails"] = [{"value": f"{mark}@qu.gov.cn", "type": "work"}]
        if self.made % 7 == 0:
            body["active"] = False
        found = self.write(lambda: self.hr.http.post("/Users", json=body), lambda: self.find("Users", "userName", name))
        with self.gate:
            self.model.user(found["id"], body)
        self.mine.append(found["id"])

    def change(self) -> None:
        if not self.mine:
            return self.create_nobody()
        kinds = {
            self.join: 26,
            self.move: 14,
            self.rename: 10,
            self.put: 10,
            self.lock: 12,
            self.manage: 12,
            self.remove: 5,
            self.set_team: 3,
            self.rename_group: 4,
        }
        (kind,) = self.random.choices(list(kinds), list(kinds.values()))
        kind(self.random.choice(self.mine))
        return None

    def create_nobody(self) -> None:
        """There is nobody yet to change: the change goes to a group."""
        self.rename_group("")

    def patch_user(self, id: str, **values: Any) -> None:
        self.write(
            lambda: self.hr.http.patch(f"/Users/{id}", json=say.replace(**values)),
            lambda: self.unless("Users", id, lambda body: all(body[name] == each for name, each in values.items())),
        )
        with self.gate:
            self.model.change(id, **values)

    def rename(self, id: str) -> None:
        self.patch_user(id, userName=f"renamed{self.number}-{self.acknowledged}-{self.random.randrange(10**6)}")

    def lock(self, id: str) -> None:
        self.patch_user(id, active=not self.model.users[id]["active"])

    def put(self, id: str) -> None:
        mark = self.random.randrange(10**6)
        with self.gate:
            body = {name: value for name, value in self.model.users[id].items() if name not in ("active", "emails")}
        body |= {"title": f"职务 {mark}", "displayName": f"乙 {mark}"}
        if mark % 2:
            body["emails"] = [{"value": f"m{mark}@qu.gov.cn", "type": "work"}]
        self.write(
            lambda: self.hr.http.put(f"/Users/{id}", json=body),
            lambda: self.unless("Users", id, lambda found: found["title"] == body["title"]),
        )
        with self.gate:
            self.model.user(id, body)

    def manage(self, id: str) -> None:
        with self.gate:
            somebody = self.random.choice([*self.model.users])
        manager = None if self.random.random() < 0.2 else somebody
        self.write(
            lambda: self.hr.http.patch(f"/Users/{id}", json=say.set_manager(manager)),
            lambda: self.unless("Users", id, lambda body: _manager(body) == manager),
        )
        with self.gate:
            self.model.manage(id, manager)

    def _common_group(self) -> str:
        with self.gate:
            teams = [id for id, body in self.model.groups.items() if not body["displayName"].startswith("专班")]
            return self.random.choice(teams)

    def join(self, id: str) -> None:
        group = self._common_group()
        ids = list(dict.fromkeys([id, *self.random.sample(self.mine, min(len(self.mine), 2))]))
        self.write(
            lambda: self.hr.http.patch(f"/Groups/{group}", json=say.join(*ids)),
            lambda: self.unless("Groups", group, lambda body: set(ids) <= _members(body)),
        )
        with self.gate:
            self.model.join(group, *ids)

    def leave(self, id: str, group: str) -> None:
        self.write(
            lambda: self.hr.http.patch(f"/Groups/{group}", json=say.leave(id)),
            lambda: self.unless("Groups", group, lambda body: id not in _members(body)),
        )
        with self.gate:
            self.model.leave(group, id)

    def move(self, id: str) -> None:
        groups = [group for group in self.model.joined[id] if group != self.own_team]
        if groups:
            self.leave(id, self.random.choice(groups))
        self.join(id)

    def set_team(self, id: str) -> None:
        """PUT of a Group whose members nobody else sets."""
        ids = self.random.sample(self.mine, min(len(self.mine), 6))
        team = self.own_team
        name = self.model.groups[team]["displayName"]
        body = say.plain_group(name, members=tuple(ids))
        self.write(
            lambda: self.hr.http.put(f"/Groups/{team}", json=body),
            lambda: self.unless("Groups", team, lambda found: _members(found) == set(ids)),
        )
        with self.gate:
            self.model.leave(team, *set(self.model.members(team)).difference(ids))
            self.model.join(team, *ids)

    def rename_group(self, _: str) -> None:
        group = self.random.choice(self.groups)
        name = f"{self.model.groups[group]['displayName'].split('·')[0]}·{self.random.randrange(10**6)}"
        self.write(
            lambda: self.hr.http.patch(f"/Groups/{group}", json=say.replace(displayName=name)),
            lambda: self.unless("Groups", group, lambda body: body["displayName"] == name),
        )
        with self.gate:
            self.model.rename_group(group, name)

    def remove(self, id: str) -> None:
        def gone() -> Json | None:
            return {} if self.hr.http.get(f"/Users/{id}").status_code == 404 else None

        self.write(lambda: self.hr.http.delete(f"/Users/{id}"), gone)
        self.mine.remove(id)
        self.free_names.append(self.model.users[id]["userName"])
        with self.gate:
            self.model.remove_user(id)


def _manager(body: Json) -> str | None:
    value: str | None = body.get(say.ENTERPRISE, {}).get("manager", {}).get("value")
    return value


def _members(body: Json) -> set[str]:
    return {each["value"] for each in body.get("members", [])}
