"""SCIM on SQLite (synchronous=FULL), worker off: create, get by id, filter eq, PATCH, a page of 100.

    python bench/scim.py [--number 6000] [--clients 16] [--with-worker]

`server` is the CPU time that the server's process spent on a request, all its threads.
With a worker (--with-worker) a private OpenLDAP is filled meanwhile.
"""

import argparse
import contextlib
import json
import tempfile
from pathlib import Path
from random import Random

from house import Served, cpu_seconds, directory, person, served
from load import Tally, drive, request

USERS = "/scim/v2/Users"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=6000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--with-worker", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.ExitStack() as stack:
        target = stack.enter_context(directory(Path(folder) / "l")) if options.with_worker else None
        house = stack.enter_context(served(Path(folder) / "h", target))
        measure(house, options.number, options.clients)


def measure(house: Served, number: int, clients: int) -> None:
    chance = Random(1)

    def run(name: str, requests: list[bytes], keep: bool = False) -> Tally:
        before = cpu_seconds(house.pid)
        tally = drive("127.0.0.1", house.port, requests, clients, keep)
        cost = (cpu_seconds(house.pid) - before) / len(requests) * 1e6
        print(
            f"{name:14} {tally.rate:7.0f}/s  p50 {tally.percentile(0.5):6.1f} ms  p99 {tally.percentile(0.99):6.1f} ms"
            f"  server {cost:6.0f} us  {tally.statuses}",
            flush=True,
        )
        return tally

    made = run("create", [request("POST", USERS, house.token, person(n)) for n in range(number)], keep=True)
    ids = [json.loads(body)["id"] for body in made.bodies]
    chosen = [chance.choice(ids) for _ in range(number)]
    run("get by id", [request("GET", f"{USERS}/{id}", house.token) for id in chosen])
    names = [f"p{chance.randrange(number):06}" for _ in range(number)]
    run("userName eq", [request("GET", f"{USERS}?filter=userName%20eq%20%22{name}%22", house.token) for name in names])
    run(
        "externalId eq",
        [request("GET", f"{USERS}?filter=externalId%20eq%20%22E{name}%22", house.token) for name in names],
    )
    run("PATCH active", [request("PATCH", f"{USERS}/{id}", house.token, _patch(n)) for n, id in enumerate(ids)])
    run(
        "page of 100",
        [
            request("GET", f"{USERS}?count=100&startIndex={chance.randrange(1, number - 99)}", house.token)
            for _ in range(number // 10)
        ],
    )


def _patch(number: int) -> dict[str, object]:
    operation = {"op": "replace", "path": "active", "value": bool(number % 2)}
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}


if __name__ == "__main__":
    main()
