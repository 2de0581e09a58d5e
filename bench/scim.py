"""SCIM on SQLite (synchronous=FULL), worker off, side by side with scim2-server, which keeps all in memory.

    python bench/scim.py [--number 2000] [--rounds 5] [--clients 16] [--alone] [--with-worker]

Both are driven by the same client, in turns: a part of the requests to one, the same part to the other. `server` is
the CPU time that our process spent on a request, all its threads. --alone leaves the peer out; with a worker
(--with-worker, which is --alone) a private OpenLDAP is filled meanwhile.
"""

import argparse
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

from house import ROOT, cpu_seconds, directory, free_port, person, served, wait
from load import Tally, drive, request

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
BARS = {
    "create": 2.0,
    "get by id": 3.0,
    "userName eq": 3.0,
    "externalId eq": 3.0,
    "PATCH active": 2.0,
    "page of 100": 30,
}


@dataclass
class Contender:
    """A server under measurement, and the ids of the people it made."""

    name: str
    port: int
    users: str
    token: str
    pid: int
    ids: list[str] = field(default_factory=list)

    def request(self, method: str, path: str = "", body: object | None = None) -> bytes:
        """A request to its /Users."""
        return request(method, self.users + path, self.token, body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--with-worker", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.ExitStack() as stack:
        target = stack.enter_context(directory(Path(folder) / "l")) if options.with_worker else None
        house = stack.enter_context(served(Path(folder) / "h", target, *([] if target else ["--no-worker"])))
        contenders = [Contender("huaming", house.port, "/scim/v2/Users", house.token, house.pid)]
        if not (options.alone or options.with_worker):
            contenders.append(stack.enter_context(_peer()))
        for name, parts in _kinds(contenders, options.number, options.rounds).items():
            _race(name, contenders, parts, options.clients)


@contextlib.contextmanager
def _peer() -> Iterator[Contender]:
    port = free_port()
    server = subprocess.Popen([sys.executable, str(ROOT / "bench" / "peer.py"), str(port)])
    try:
        wait(port)
        yield Contender("scim2-server", port, "/v2/Users", "any", server.pid)
    finally:
        server.terminate()
        server.wait(15)


Part = Sequence[list[bytes]]
"""The requests of one turn, for each contender."""


Make = Callable[[Contender, int, int], bytes]
"""A request from its place among its kind, and a number by chance."""


def _kinds(contenders: list[Contender], number: int, rounds: int) -> Mapping[str, Iterator[Part]]:
    """The kinds in their order; requests that name ids are made when the ids are there."""
    each = number // rounds

    def parts(make: Make, size: int = each) -> Iterator[Part]:
        for turn in range(rounds):
            chance = Random(turn)
            numbers = [(turn * size + place, chance.randrange(number)) for place in range(size)]
            yield [[make(contender, place, any_) for place, any_ in numbers] for contender in contenders]

    page = min(100, number // 2)
    return {
        "create": parts(lambda c, place, _: c.request("POST", "", person(place))),
        "get by id": parts(lambda c, _, any_: c.request("GET", f"/{c.ids[any_]}")),
        "userName eq": parts(lambda c, _, any_: c.request("GET", f"?filter=userName%20eq%20%22p{any_:06}%22")),
        "externalId eq": parts(lambda c, _, any_: c.request("GET", f"?filter=externalId%20eq%20%22Ep{any_:06}%22")),
        "PATCH active": parts(lambda c, place, _: c.request("PATCH", f"/{c.ids[place]}", _patch(place))),
        "page of 100": parts(
            lambda c, _, any_: c.request("GET", f"?count={page}&startIndex={any_ % (number - page + 1) + 1}"),
            max(each // 20, 8),
        ),
    }


def _patch(place: int) -> dict[str, object]:
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "active", "value": bool(place % 2)}]}


def _race(name: str, contenders: list[Contender], parts: Iterator[Part], clients: int) -> None:
    tallies: dict[str, list[Tally]] = {contender.name: [] for contender in contenders}
    spent = 0.0
    for part in parts:
        for contender, requests in zip(contenders, part, strict=True):
            before = cpu_seconds(contender.pid)
            tally = drive("127.0.0.1", contender.port, requests, clients, keep=name == "create")
            tallies[contender.name].append(tally)
            spent += cpu_seconds(contender.pid) - before if contender is contenders[0] else 0.0
            contender.ids += [json.loads(body)["id"] for body in tally.bodies]
    ours = tallies[contenders[0].name]
    print(_line(name, ours, spent, tallies), flush=True)


def _line(name: str, ours: list[Tally], spent: float, tallies: dict[str, list[Tally]]) -> str:
    number = sum(len(tally.seconds) for tally in ours)
    worst = max(tally.percentile(0.99) for tally in ours)
    said = f"{name:14} {_rate(ours):7.0f}/s  p99 {worst:5.1f} ms  server {spent / number * 1e6:5.0f} us"
    for peer in list(tallies.values())[1:]:
        share, bar = _rate(ours) / _rate(peer), BARS[name]
        verdict = "met" if share >= bar else "MISSED"
        said += f"   peer {_rate(peer):6.0f}/s  ratio {share:5.1f}, bar {bar:g}: {verdict}"
    return said + _refused([tally for each in tallies.values() for tally in each])


def _refused(tallies: list[Tally]) -> str:
    bad = sum(count for tally in tallies for status, count in tally.statuses.items() if status >= 300)
    return f"   {bad} NOT ANSWERED AS EXPECTED" if bad else ""


def _rate(tallies: list[Tally]) -> float:
    return median(tally.rate for tally in tallies)


if __name__ == "__main__":
    main()
