"""HR systems that push to several servers at once, and keep what was acknowledged as what must be."""

import random
import threading
import time
from collections.abc import Sequence
from itertools import count

import httpx

from tests.flows import client as say
from tests.flows.client import Hr, Json
from tests.flows.expectation import Expectation

BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
BUSY = 150.0  # seconds; whoever stands still in a transaction is ended after 60 (`store.postgresql`)


class Pushing:
    """`clients` threads make `number` changes in all, each to people of its own, each request by another server.

    `bulk`: changes a request. `pause`: seconds between two; then they go on after that number until it is `enough`.
    """

    def __init__(
        self, bases: Sequence[str], secret: str, number: int, people: int, bulk: int, pause: float | None = None
    ) -> None:
        clients = 6
        self.expected = Expectation()
        self._bulk = bulk
        self._bases = bases
        self._secret = secret
        self._people = people // clients
        self._share = number // clients
        self.made = 0
        self.failures: list[BaseException] = []
        self._enough = threading.Event()
        if pause is None:
            self._enough.set()
        self._pause = pause or 0.0
        first = Hr(bases[0], secret)
        self.teams = [first.team(f"队{number}", f"T{number}") for number in range(4)]
        for place, id in enumerate(self.teams):
            self.expected.group(id, say.plain_group(f"队{place}", f"T{place}"))
        first.close()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(clients)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def enough(self) -> None:
        """They end with the number that was asked for."""
        self._enough.set()

    def join(self) -> Expectation:
        for thread in self._threads:
            thread.join()
        if self.failures:
            raise self.failures[0]
        return self.expected

    def _run(self, number: int) -> None:
        chance = random.Random(number)
        servers = [Hr(base, self._secret) for base in self._bases]
        try:
            ids = [self._hire(servers[0], f"c{number}p{place}") for place in range(self._people)]
            for hr in servers:
                hr.http.timeout = httpx.Timeout(60)  # the machine may be busy with others
            for step in count(0, self._bulk):
                if step >= self._share - len(ids) and self._enough.wait(self._pause):
                    break
                changes = [self._change(chance, chance.choice(ids), step + place) for place in range(self._bulk)]
                self._push(servers[step // self._bulk % len(servers)], changes)
        except BaseException as error:
            self.failures.append(error)
        finally:
            for hr in servers:
                hr.close()

    def _hire(self, hr: Hr, name: str) -> str:
        body = say.user(name, title="0")
        id = str(hr.post("Users", body)["id"])
        self.expected.user(id, body)
        self.made += 1
        return id

    def _push(self, hr: Hr, changes: Sequence[tuple[str, Json]]) -> None:
        """All of it in its order, again while the store is busy: whoever stands still amid a transaction has rows."""
        until = time.monotonic() + BUSY
        while "503" in (statuses := self._statuses(hr, changes)):
            assert set(statuses) <= {"200", "503"}, statuses
            assert time.monotonic() < until, statuses
        assert statuses == ["200"] * len(changes), statuses
        self.made += len(changes)

    def _statuses(self, hr: Hr, changes: Sequence[tuple[str, Json]]) -> list[str]:
        operations = [{"method": "PATCH", "path": path, "data": body} for path, body in changes]
        answer = hr.http.post("/Bulk", json={"schemas": [BULK], "Operations": operations}, timeout=120)
        if answer.status_code == 503:
            return ["503"]
        assert answer.status_code == 200, answer.text
        return [each["status"] for each in answer.json()["Operations"]]

    def _change(self, chance: random.Random, id: str, step: int) -> tuple[str, Json]:
        kind, team = chance.random(), chance.choice(self.teams)
        if kind < 0.7:
            self.expected.change(id, title=str(step))
            return f"/Users/{id}", say.replace(title=str(step))
        if kind < 0.8:
            active = not self.expected.users[id]["active"]
            self.expected.change(id, active=active)
            return f"/Users/{id}", say.replace(active=active)
        if kind < 0.9:
            self.expected.join(team, id)
            return f"/Groups/{team}", say.join(id)
        self.expected.leave(team, id)
        return f"/Groups/{team}", say.leave(id)
