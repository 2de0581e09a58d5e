"""The soak: a district lives while everything breaks; in the end all of it must be as if nothing had.

    python -m tests.soak --minutes 5 [--hours H] [--store sqlite|postgresql] [--seed N] [--nodes 3]

A real house (SQLite: one process; PostgreSQL: two servers and `--nodes` workers), a real OpenLDAP and the simulated
systems, each behind a proxy that does harm. Clients tell the roster's life by SCIM and keep what was acknowledged;
faults come one after the other; a person approves what the guard holds. Then the faults end, a sweep runs until
nothing is due, and everything is compared value by value. Exit 1 where any figure misses its bar.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.soak import figures
from tests.soak.approver import Approver, move_organisations
from tests.soak.faults import Fate
from tests.soak.house import House
from tests.soak.hr import Hr, Log
from tests.soak.judge import Finding, Judge
from tests.soak.place import Place
from tests.soak.roster import Roster
from tests.soak.stream import Stream

BAR = 120.0  # seconds from the last fault until converged
CLIENTS = 4


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--hours", type=float, default=0.0, help="instead of minutes")
    parser.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--nodes", type=int, default=3, help="workers on PostgreSQL")
    parser.add_argument("--people", type=int, default=240)
    parser.add_argument("--rate", type=float, default=20.0, help="writes a second, of all clients")
    parser.add_argument("--every", type=float, default=15.0, help="seconds from a fault to the next")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs also when all is well")
    return parser.parse_args()


def main() -> int:
    given = options()
    folder = Path(tempfile.mkdtemp(prefix="soak"))
    place = Place(folder, given.store)
    house = House(folder, place.url, place.tables(), given.nodes)
    try:
        well = all([_shown(each) for each in soak(given, place, house)])
    finally:
        house.kill_all()
        place.close()
    if well and not given.keep:
        shutil.rmtree(folder)
    else:
        print(f"logs and the acknowledged writes: {folder}")
    return 0 if well else 1


def _shown(each: Finding) -> bool:
    """Prints it; whether it holds."""
    print(f"{'ok  ' if each.holds else 'MISS'} | {each.rows:<9} | {each.promise}: {each.figure}", flush=True)
    for line in () if each.holds else each.details:
        print(f"     {line[:1500]}", flush=True)
    return each.holds


def soak(given: argparse.Namespace, place: Place, house: House) -> Iterator[Finding]:
    """The whole of it."""
    secret, log = house.start(), Log(house.folder / "acknowledged.jsonl")
    roster = Roster(given.people, 4, given.seed)
    bases = [node.base for node in house.servers]
    first = Hr(bases, secret, Random(given.seed), log)
    for code, body in roster.bodies.items():
        roster.ids[code] = str(first.write("POST", "/Groups", body, lambda key=code: first.find("Groups", key))["id"])
    streams = _streams(given, roster, bases, secret, log)
    fate, approver = Fate(place, house, Random(given.seed + 1), given.every), Approver(house)
    for thread in (*streams, approver, fate):
        thread.start()
    _live(given, streams, fate, log)
    last, code = time.monotonic(), 3
    house.run("sync", "--until-idle", "--timeout", str(BAR), timeout=700)
    moved = move_organisations(place, roster, house)
    while code == 3 and time.monotonic() - last < 900:
        code = house.run("sync", "--sweep", "--until-idle", "--timeout", "600", timeout=700).returncode
    seconds = time.monotonic() - last
    approver.enough.set()
    approver.join()
    _tell(given, streams, fate, approver, house, log)
    print(f"organisations moved by hand: {moved}; entries edited by hand: {place.hand_edits}")
    yield figures.converged(seconds, code, BAR)
    yield from Judge(place, house, roster, first).findings()
    yield from (_failures(streams, fate), figures.answers(log), figures.memory(house), figures.wrong_ends(house))
    yield figures.drained(house.close())
    yield figures.tracebacks(house)
    first.close()


def _streams(given: argparse.Namespace, roster: Roster, bases: list[str], secret: str, log: Log) -> list[Stream]:
    found = []
    for number in range(CLIENTS):
        chance = Random(given.seed * 100 + number)
        hr = Hr(bases, secret, chance, log)
        found.append(Stream(number, roster, hr, log, chance, given.rate / CLIENTS))
        found[-1].people = roster.people[number::CLIENTS]
    return found


def _live(given: argparse.Namespace, streams: list[Stream], fate: Fate, log: Log) -> None:
    """Until the time is over; what was begun is ended."""
    until, told = time.monotonic() + (given.hours * 60 or given.minutes) * 60, 0
    while time.monotonic() < until and not any(each.failure for each in streams):
        time.sleep(1)
        for line in fate.told[told:]:
            print(f"{line}; {log.acknowledged} writes acknowledged", file=sys.stderr, flush=True)
        told = len(fate.told)
    for stream in streams:
        stream.enough.set()
    fate.enough.set()
    for thread in (fate, *streams):
        thread.join()


def _failures(streams: list[Stream], fate: Fate) -> Finding:
    """What ended a client, and what fate could not do: then the soak has shown less than it says."""
    found = [f"{each.name}: {each.failure!r}" for each in streams if each.failure] + fate.failures
    return Finding("52", "clients and faults that failed", str(len(found)), not found, tuple(found))


def _tell(
    given: argparse.Namespace, streams: list[Stream], fate: Fate, approver: Approver, house: House, log: Log
) -> None:
    told: Counter[str] = sum((each.counted for each in streams), Counter())
    ((attempts,),) = house.rows("SELECT count(*) FROM attempts")
    p95 = statistics.quantiles(log.took, n=20)[-1] if len(log.took) > 20 else 0.0
    print(f"{given.store}, seed {given.seed}: {log.acknowledged} writes acknowledged, p95 {p95 * 1000:.0f} ms, "
          f"{attempts} operations, {house.kills} kills, {len(approver.approved)} approvals of "
          f"{sum(people for _, people in approver.approved)} people")  # fmt: skip
    for name, counted in (("told", told), ("faults", fate.done), ("answers", log.said)):
        print(f"{name}: {json.dumps(dict(sorted(counted.items())), ensure_ascii=False)}")


if __name__ == "__main__":
    raise SystemExit(main())
