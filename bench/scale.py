"""What size costs, worker off: 100,000 users beside 1,000; groups of 5,000 and 20,000 beside 10.

    python bench/scale.py [--large 100000] [--small 1000] [--rounds 5] [--requests 300]

Two houses are filled and then asked in turns. The bars: from the small one to the large one at most 1.3 times slower,
memory at most 300 MB; a member added to a group of 5,000 at 0.8 of the rate for a group of 10 or better; a group of
20,000 read with excludedAttributes=members as fast as one of 10.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median

from house import Served, person, resident, served
from load import drive, request

BASE = "/scim/v2"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
AT_ONCE = 16


class Town:
    """A house, and the ids of the people in it."""

    def __init__(self, house: Served, size: int) -> None:
        self.house, self.size, self.ids, self.made = house, size, list[str](), 0
        for start in range(0, size, 10_000):
            self.ids += self.add(min(10_000, size - start))

    def add(self, number: int) -> list[str]:
        """Creates so many more people."""
        people = [person(each) for each in range(self.made, self.made + number)]
        self.made += number
        return self.ids_of([self.request("POST", "/Users", each) for each in people], clients=64)

    def ids_of(self, requests: list[bytes], clients: int = AT_ONCE) -> list[str]:
        """The ids in the answers, in the order in which they came."""
        tally = drive("127.0.0.1", self.house.port, requests, clients, keep=True)
        assert set(tally.statuses) <= {200, 201}, tally.statuses
        return [json.loads(body)["id"] for body in tally.bodies]

    def request(self, method: str, path: str, body: object | None = None) -> bytes:
        """A request to this house."""
        return request(method, BASE + path, self.house.token, body)

    def rate(self, requests: list[bytes]) -> float:
        """Answers a second."""
        tally = drive("127.0.0.1", self.house.port, requests, AT_ONCE)
        assert set(tally.statuses) <= {200, 201}, tally.statuses
        return tally.rate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--small", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=300)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        served(Path(folder) / "s", None, "--no-worker") as few,
        served(Path(folder) / "l", None, "--no-worker") as many,
    ):
        small, large = Town(few, options.small), Town(many, options.large)
        _sizes(small, large, options.rounds, options.requests)
        _groups(large, options.rounds, options.requests)
        print(f"memory at {large.made} users: {resident(many.pid):.0f} MB, bar 300", flush=True)


def _sizes(small: Town, large: Town, rounds: int, number: int) -> None:
    kinds: dict[str, Callable[[Town, Random, int], bytes]] = {
        "get by id": lambda town, chance, _: town.request("GET", f"/Users/{chance.choice(town.ids)}"),
        "userName eq": lambda town, chance, _: town.request(
            "GET", f"/Users?filter=userName%20eq%20%22p{chance.randrange(town.size):06}%22"
        ),
        "PATCH": lambda town, chance, place: town.request(
            "PATCH", f"/Users/{chance.choice(town.ids)}", _operation("replace", "title", f"t{place}")
        ),
        "create": lambda town, _, place: town.request("POST", "/Users", person(town.made + place)),
        "first page": lambda town, *_: town.request("GET", "/Users?count=100"),
    }
    for name, make in kinds.items():
        rates: dict[int, list[float]] = {small.size: [], large.size: []}
        for turn in range(rounds):
            for town in (small, large):
                chance = Random(turn)
                rates[town.size].append(town.rate([make(town, chance, place) for place in range(number)]))
                town.made += number if name == "create" else 0
        few, many = (median(each) for each in rates.values())
        print(
            f"{name:12} {few:6.0f}/s at {small.size}  {many:6.0f}/s at {large.size}  {few / many:4.2f} times, bar 1.3",
            flush=True,
        )


def _groups(town: Town, rounds: int, number: int) -> None:
    groups = {size: _group(town, size) for size in (10, 5_000, 20_000)}
    adds: dict[int, list[float]] = {10: [], 5_000: []}
    reads: dict[int, list[float]] = {10: [], 20_000: []}
    for turn in range(rounds):
        for size, rates in adds.items():
            rates.append(_add_and_remove(town, groups[size], town.ids[20_000 + turn * number :][:number]))
        for size, rates in reads.items():
            path = f"/Groups/{groups[size]}?excludedAttributes=members"
            rates.append(town.rate([town.request("GET", path)] * number))
    few, many = (median(each) for each in adds.values())
    print(f"member added {few:6.0f}/s to a group of 10  {many:6.0f}/s of 5000  {many / few:4.2f}, bar 0.8", flush=True)
    few, many = (median(each) for each in reads.values())
    print(f"members left out {few:6.0f}/s of 10  {many:6.0f}/s of 20000  {many / few:4.2f}, bar 1", flush=True)


def _group(town: Town, size: int) -> str:
    body = {"schemas": [GROUP], "displayName": f"g{size}"}
    id = town.ids_of([town.request("POST", "/Groups", body)])[0]
    for start in range(0, size, 1_000):
        members = [{"value": each} for each in town.ids[start : min(start + 1_000, size)]]
        town.ids_of(
            [town.request("PATCH", f"/Groups/{id}?excludedAttributes=members", _operation("add", "members", members))]
        )
    return id


def _add_and_remove(town: Town, group: str, ids: list[str]) -> float:
    """The rate of single adds; what was added goes again, so that the group keeps its size."""
    path = f"/Groups/{group}?excludedAttributes=members"
    rate = town.rate([town.request("PATCH", path, _operation("add", "members", [{"value": id}])) for id in ids])
    gone = [{"value": id} for id in ids]
    town.ids_of([town.request("PATCH", path, _operation("remove", "members", gone))])
    return rate


def _operation(op: str, path: str, value: object) -> dict[str, object]:
    return {"schemas": [PATCH_OP], "Operations": [{"op": op, "path": path, "value": value}]}


if __name__ == "__main__":
    main()
