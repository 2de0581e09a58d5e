"""Resident memory of the server between 1,000 and 50,000 users.

    python bench/memory.py [--number 50000] [--no-worker]

With the worker, all accounts are made in a private OpenLDAP (without fsync, to be done in minutes).
"""

import argparse
import contextlib
import subprocess
import tempfile
from pathlib import Path

from house import HUAMING, ROOT, Served, directory, person, resident, served
from load import drive, request

FIRST = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=50_000)
    parser.add_argument("--no-worker", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, contextlib.ExitStack() as stack:
        target = None if options.no_worker else stack.enter_context(directory(Path(folder) / "l", DBNOSYNC="1"))
        house = stack.enter_context(served(Path(folder) / "h", target))
        first = _fill(house, 0, FIRST)
        then = _fill(house, FIRST, options.number)
        print(f"{FIRST} users: {first:.1f} MB; {options.number} users: {then:.1f} MB; grown by {then - first:.1f} MB")


def _fill(house: Served, start: int, end: int) -> float:
    """Pushes, reads a page and a few people, waits for the worker; returns MB."""
    posts = [request("POST", "/scim/v2/Users", house.token, person(n)) for n in range(start, end)]
    tally = drive("127.0.0.1", house.port, posts, 16)
    assert set(tally.statuses) == {201}, tally.statuses
    waiting = [*HUAMING, "sync", "--until-idle", "--timeout", "1800", "--config", str(house.config)]
    subprocess.run(waiting, check=True, cwd=ROOT)
    pages = [request("GET", f"/scim/v2/Users?count=200&startIndex={n}", house.token) for n in range(1, FIRST, 50)]
    drive("127.0.0.1", house.port, pages, 8)
    return resident(house.pid)


if __name__ == "__main__":
    main()
