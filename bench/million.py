"""What a million people cost, beside ten thousand: all that is asked of one person, and all that the house looks at.

    python bench/million.py [--people 20000] [--few 2000] [--rounds 40] [--store FOLDER] [--whole]

Two stores with accounts in four systems (`million_town.py`; multiples of 500, 2,000 at least) are asked in turns, in
this process: no target runs and nothing is sent. Printed are the median and the 95th percentile in ms, and the median
of what the process computed, at both sizes; and the ratio of the latter, since other work on the machine lengthens
only the former. The bar: claim, point read, PATCH and `states` a person at most 1.5 times. `--store`: keep the stores
there, and use those that are there. `--whole`: `states` of everybody, by the command. The million: --people 1000000
--few 10000.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from house import HUAMING, resident
from million_town import chosen, days, made
from states import measured

from scim_server.alerts.conditions import Present, conditions
from scim_server.app import House
from scim_server.clock import Clock
from scim_server.operate import approvals, states, status
from scim_server.operate.desk import Desk
from scim_server.reconcile.desire import tasks
from scim_server.settings import load
from scim_server.store import guard, links, progress, sweep_reads
from scim_server.store.engine import reading
from scim_server.store.people import OrgCache
from scim_server.workdays import load_calendar

PICKED, SPREAD = 2_000, 1_900  # people that are asked about; of them, those with whom a batch begins
USERS = "/scim/v2/Users"
BATCH, PAGE, STATES = 64, 500, 500
BARS = {"claim", "GET by id", "userName eq", "externalId eq", "PATCH", "states a person"}
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


class Hall:
    """A house on one of the stores, its threads at rest."""

    def __init__(self, config: Path) -> None:
        self.config, self.settings = config, load(config)
        began = time.process_time()
        self.house = House(self.settings, Clock())
        self.started = time.process_time() - began
        self.desk = Desk(self.settings, self.house.clock)
        self.reader = reading(self.house.engine)
        self.roll, self.orgs = days(self.house), OrgCache()
        self.roll.look()
        self.people = list(chosen(config, PICKED))[:PICKED]
        told = [*HUAMING, "token", "create", "--role", "hr", "--name", f"b{time.time_ns()}", "--config", str(config)]
        made = subprocess.run(told, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent)
        self.token = made.stdout.strip()
        self._backlog()
        some = "SELECT remote_id FROM links WHERE system = 'ldap' AND remote_id IS NOT NULL LIMIT ?"
        self.accounts = [id for (id,) in self.reader.exec_driver_sql(some, (PAGE,))]

    def _backlog(self) -> None:
        """Their rows are due: 8,000, spread over everybody's."""
        rows = [(self.house.clock.now() - 60.0, each[3]) for each in self.people]
        due = "UPDATE links SET due = ?, state = 'due' WHERE subject = ? AND kind = 'person'"
        self.house.writer.write(lambda connection: connection.exec_driver_sql(due, rows))

    def ask(self, method: str, path: str, query: str = "", body: object | None = None) -> None:
        """One request to the application."""
        sent = b"" if body is None else json.dumps(body).encode()
        heads = {"host": "x", "authorization": f"Bearer {self.token}", "content-length": str(len(sent))}
        heads |= {"content-type": "application/scim+json"} if sent else {}
        scope = {"type": "http", "method": method, "path": path, "raw_path": path.encode(), "root_path": ""}
        scope |= {"query_string": query.encode(), "scheme": "http", "http_version": "1.1", "server": ("x", 1)}
        scope |= {"headers": [(name.encode(), value.encode()) for name, value in heads.items()]}
        said: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request", "body": sent, "more_body": False}

        async def send(message: Any) -> None:
            said.append(message)

        loop.run_until_complete(self.house.app(scope, receive, send))
        assert said[0]["status"] == 200, said

    def claim(self, turn: int) -> None:
        """A batch of what is due."""
        now = self.house.clock.now()
        taken = self.house.writer.write(lambda connection: links.claim(connection, "ldap", "bench", BATCH, now))
        assert len(taken) == BATCH, len(taken)

    def back(self) -> None:
        """What was claimed is free again."""
        free = (
            "UPDATE links SET owner = NULL, lease_until = NULL WHERE system = 'ldap' AND owner = 'bench' AND due <= ?"
        )
        self.house.writer.write(lambda one: one.exec_driver_sql(free, (self.house.clock.now(),)))

    def patch(self, turn: int) -> None:
        """A change of one attribute."""
        one = {"op": "replace", "path": "title", "value": f"科员{time.time_ns()}"}
        self.ask("PATCH", f"{USERS}/{self.people[turn][0]}", body={"schemas": [PATCH_OP], "Operations": [one]})

    def desire(self, turn: int) -> None:
        """What a pass over a batch reads of the roster, and what must be."""
        target = self.house.targets[0]
        wanted = [each[3] for each in self.people[turn : turn + BATCH]]
        found = links.those(self.reader, target.name, wanted)
        assert len(tasks(self.reader, target, self.orgs, found, self.house.clock.today())) == BATCH

    def states(self, turn: int) -> None:
        """Lines of `huaming states`."""
        assert sum(1 for _ in islice(states.states(self.desk, self.house.clock.today()), STATES)) == STATES

    def alerts(self, turn: int) -> None:
        """What the watch looks at every two seconds."""
        house, policy = self.house, self.house.policy.fingerprint
        names = [target.name for target in house.targets]
        now = Present(house.clock.now(), house.clock.today(), names, CALENDAR, policy, 600.0)
        with reading(house.engine) as connection:
            list(conditions(connection, now))

    def seal(self, turn: int) -> None:
        """The sealer's look: what the last PATCH has written."""
        self.house.audit.sealer.look()


CALENDAR = load_calendar(None)
Measure = Callable[[Hall, int], object]
MEASURES: dict[str, Measure] = {
    "claim": Hall.claim,
    "GET by id": lambda hall, turn: hall.ask("GET", f"{USERS}/{hall.people[turn][0]}"),
    "userName eq": lambda hall, turn: hall.ask("GET", USERS, f"filter=userName%20eq%20%22{hall.people[turn][1]}%22"),
    "externalId eq": lambda hall, turn: hall.ask(
        "GET", USERS, f"filter=externalId%20eq%20%22{hall.people[turn][2]}%22"
    ),
    "PATCH": Hall.patch,
    "states a person": Hall.states,
    "first page of 100": lambda hall, turn: hall.ask("GET", USERS, "count=100"),
    "a batch desired": Hall.desire,
    "the seal of a PATCH": Hall.seal,
    "the day's look": lambda hall, turn: hall.roll.look(),
    "alerts' look": Hall.alerts,
    "/metrics": lambda hall, turn: hall.ask("GET", "/metrics"),
    "/readyz": lambda hall, turn: hall.ask("GET", "/readyz"),
    "status": lambda hall, turn: status.status(hall.desk),
    "sync's look": lambda hall, turn: progress.unsettled(hall.reader, ["ldap", "oa"], hall.house.clock.now()),
    "whether anything is due": lambda hall, turn: links.any_due(hall.reader, "ldap", 0.0),
    "whether people move": lambda hall, turn: links.people_move(hall.reader, "wecom"),
    "leases of a start": lambda hall, turn: hall.house.writer.write(
        lambda connection: links.void_leases(connection, ("oa", hall.house.clock.now()))
    ),
    "approvals": lambda hall, turn: approvals.listed(hall.desk),
    "a page of accounts": lambda hall, turn: sweep_reads.by_remote_id(hall.reader, "ldap", hall.accounts),
    "the guard's census": lambda hall, turn: guard.linked(hall.reader, "ldap"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--few", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--whole", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        halls = [Hall(made(options.store or Path(folder), number)) for number in (options.few, options.people)]
        few, many = (hall.started for hall in halls)
        print(f"{'a start':24} {few * 1000:9.0f} ms computed {many * 1000:9.0f} ms", flush=True)
        for name, measure in MEASURES.items():
            print(_line(name, *_taken(halls, measure, options.rounds)), flush=True)
        print(f"memory of this process, both stores: {resident(os.getpid()):.0f} MB")
        for hall in halls:
            hall.house.close()
        if options.whole:
            for number, hall in zip((options.few, options.people), halls, strict=True):
                seconds, first, last, lines = measured([*HUAMING, "states", "--config", str(hall.config)])
                assert lines == number, lines
                print(f"states of {lines}: {seconds / lines * 1e6:.0f} us each, RSS {first:.0f} to {last:.0f} MB")


def _taken(halls: Sequence[Hall], measure: Measure, rounds: int) -> tuple[list[list[float]], list[list[float]]]:
    """Seconds that passed and seconds that this process computed, of each hall, in turns."""
    passed, computed = [list[float]() for _ in halls], [list[float]() for _ in halls]
    for turn in range(rounds):
        for place, hall in enumerate(halls):
            began, before = time.perf_counter(), time.process_time()
            measure(hall, turn * 41 % SPREAD)
            passed[place].append(time.perf_counter() - began)
            computed[place].append(time.process_time() - before)
            if measure is Hall.claim:
                hall.back()
    return passed, computed


def _line(name: str, passed: list[list[float]], computed: list[list[float]]) -> str:
    said = "".join(
        f"  {median(wall) * 1e3:9.2f} p95 {sorted(wall)[len(wall) * 95 // 100] * 1e3:9.2f} cpu {median(cpu) * 1e3:8.2f}"
        for wall, cpu in zip(passed, computed, strict=True)
    )
    ratio = median(computed[1]) / median(computed[0])
    bar = f", bar 1.5: {'met' if ratio <= 1.5 else 'MISSED'}" if name in BARS else ""
    return f"{name:24}{said}  {ratio:5.2f} times{bar}"


loop = asyncio.new_event_loop()

if __name__ == "__main__":
    main()
