"""From the first POST to the last read-back in all four systems: OpenLDAP, and the simulated OA, WeCom and attendance.

    python bench/four_systems.py [--number 2000] [--clients 4] [--departments 120] [--rounds 1] [--without oa,wecom]

The departments are there before; then officials are pushed, each with one post, and the clock stops when every
account has been read back as desired. Beside the rate: what each process spent of the two cores, the calls each
vendor was asked, and the largest count in any of its windows. Last, 50 promotions: until the last of the four shows it.
"""

import argparse
import json
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from house import HUAMING, ROOT, Served, Simulated, cpu_seconds, directory, person, served, simulated
from load import drive, request

VENDORS = ("oa", "wecom", "attendance")
GROUPS, USERS = "/scim/v2/Groups", "/scim/v2/Users"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ROSTER_GROUP = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
ROSTER_USER = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--departments", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--without", default="", help="systems to leave out, separated by commas")
    options = parser.parse_args()
    vendors = [each for each in VENDORS if each not in options.without.split(",")]
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder, ExitStack() as stack:
            run(Path(folder), stack, vendors, options)


def run(folder: Path, stack: ExitStack, vendors: list[str], options: argparse.Namespace) -> None:
    played = {kind: stack.enter_context(simulated(kind)) for kind in vendors}
    target = stack.enter_context(directory(folder / "d"))
    tables = {kind: each.table for kind, each in played.items()}
    house = stack.enter_context(served(folder / "h", target, systems=tables))
    pids = {"server": house.pid, "slapd": int(target.env["PID"])} | {kind: each.pid for kind, each in played.items()}
    codes = _departments(house, options.departments)
    spent = {name: cpu_seconds(pid) for name, pid in pids.items()}
    requests = [request("POST", USERS, house.token, official(n, codes[n % len(codes)])) for n in range(options.number)]
    start = time.perf_counter()
    made = drive("127.0.0.1", house.port, requests, options.clients, keep=True)
    assert made.statuses == {201: options.number}, made.statuses
    pushed = time.perf_counter() - start
    _idle(house)
    elapsed = time.perf_counter() - start
    print(
        f"{options.number} people in {1 + len(vendors)} systems: {options.number / elapsed:6.1f} a second", flush=True
    )
    print(f"  pushed in {pushed:.1f} s, all read back after {elapsed:.1f} s")
    for name, pid in pids.items():
        used = cpu_seconds(pid) - spent[name]
        print(f"  {name:10} {used:6.1f} s of CPU, {used / options.number * 1000:5.2f} ms a person")
    _check(played, options.number)
    _promote(house, [json.loads(body)["id"] for body in made.bodies[:50]])


def _departments(house: Served, number: int) -> list[str]:
    """A root, twenty departments, and offices in them; read back everywhere before the people come."""
    bodies = [_group("G00", "崖州区", "root", None)]
    tops = [f"G{n:02}" for n in range(1, min(number, 20) + 1)]
    bodies += [_group(code, f"第{code}局", "gov", "G00") for code in tops]
    offices = [f"{tops[n % len(tops)]}-{n:03}" for n in range(number - len(tops))]
    bodies += [_group(code, f"{code}科", "office", code.split("-")[0]) for code in offices]
    made = drive("127.0.0.1", house.port, [request("POST", GROUPS, house.token, body) for body in bodies], 1)
    assert made.statuses == {201: len(bodies)}, made.statuses
    _idle(house)
    return offices or tops


def _group(code: str, name: str, kind: str, parent: str | None) -> dict:
    own = {"departmentCode": code, "kind": kind} | ({"parent": parent} if parent else {})
    return {"schemas": [GROUP, ROSTER_GROUP], "externalId": code, "displayName": name, ROSTER_GROUP: own}


def official(number: int, department: str) -> dict:
    """Somebody with one post, who needs all four systems."""
    post = {"value": "a1", "kind": "primary", "scope": "internal", "department": department, "startDate": "2026-01-05"}
    hire = {"value": "h1", "type": "hire", "entryRoute": "recruited", "effectiveDate": "2026-01-05"}
    facts = {"employmentCategory": "institutional", "assignments": [post], "statusEvents": [hire]}
    user = person(number, "q")
    schemas = [*user["schemas"], ROSTER_USER]  # type: ignore[misc]
    return user | {"schemas": schemas, ROSTER_USER: facts}


def _idle(house: Served) -> None:
    done = subprocess.run(
        [*HUAMING, "sync", "--until-idle", "--timeout", "600", "--config", str(house.config)], cwd=ROOT, check=False
    )
    assert done.returncode == 0, f"not idle: {done.returncode}"


def _check(played: dict[str, Simulated], number: int) -> None:
    for kind, each in played.items():
        accounts = each.ask("/_sim/accounts")["accounts"]
        assert len(accounts) == number, (kind, len(accounts))
        assert {account["state"] for account in accounts} == {"active"}
        calls = len(each.ask("/_sim/requests")["requests"])
        largest = max((row["largest"] / row["limit"] for row in each.ask("/_sim/windows")["largest"]), default=0.0)
        print(f"  {kind:10} {calls} calls, {calls / number:.1f} a person; fullest window {largest:.0%}")


def _promote(house: Served, ids: list[str]) -> None:
    waits = []
    for number, id in enumerate(ids):
        operation = {"op": "replace", "path": "displayName", "value": f"王提拔{number}"}
        rename = {"op": "replace", "path": "name.formatted", "value": f"王提拔{number}"}
        body = {"schemas": [PATCH], "Operations": [operation, rename]}
        start = time.perf_counter()
        drive("127.0.0.1", house.port, [request("PATCH", f"{USERS}/{id}", house.token, body)], 1)
        _quiet(house)
        waits.append((time.perf_counter() - start) * 1000)
    waits.sort()
    p50, p95 = waits[len(waits) // 2], waits[len(waits) * 95 // 100]
    print(f"  one change until all have it: p50 {p50:.0f} ms, p95 {p95:.0f} ms")


def _quiet(house: Served) -> None:
    """Nothing is due: asked of the house's metrics, which is quicker than a command."""
    while True:
        answer = drive("127.0.0.1", house.port, [request("GET", "/metrics", house.token)], 1, keep=True).bodies[0]
        moving = [line for line in answer.decode().splitlines() if line.startswith("huaming_links{") and _moves(line)]
        if not moving:
            return
        time.sleep(0.005)


def _moves(line: str) -> bool:
    return ('state="due"' in line or 'state="waiting"' in line) and float(line.rsplit(" ", 1)[1]) > 0


if __name__ == "__main__":
    main()
