"""What a reader and a writer wait while everybody changes at midnight (S8).

    python bench/day_roll.py [--number 5000]

The server is this very file with a clock that the bench moves: libfaketime would slow its threads down.

So many people with facts leave the service tomorrow. One client reads users one by one, then another one changes
titles, each first on a quiet server and then while the day is rolled.
"""

import argparse
import itertools
import json
import os
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import uvloop
from house import Served, person, served
from load import Tally, _drive, drive, request

from scim_server.clock import Clock, civil_day

USERS = "/scim/v2/Users"
ROSTER = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:User"
DEPARTMENT = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
DAY = 86_400
QUIET = 5.0  # seconds
MOVED = "HUAMING_BENCH_CLOCK"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=5000)
    number = parser.parse_args().number
    for verb in ("GET", "PATCH"):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            clock = Path(folder) / "clock"
            clock.write_text("0")
            os.environ[MOVED] = str(clock)
            with served(Path(folder) / "h", command=[sys.executable, __file__]) as house:
                _measure(verb, number, house, clock)


def _serve() -> None:
    """`huaming`, on a clock that is so many seconds fast as the file says."""
    from scim_server.operate.serve import serve
    from scim_server.settings import load

    clock = Path(os.environ[MOVED])
    moved = Clock(now=lambda: time.time() + float(clock.read_text() or 0))
    serve(load(sys.argv[-1]), moved, working=True)


def _measure(verb: str, number: int, house: Served, clock: Path) -> None:
    ids = _people(number, house)
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
    change = body | {"Operations": [{"op": "replace", "path": "title", "value": "科员"}]}
    asked = [request(verb, f"{USERS}/{id}", house.token, None if verb == "GET" else change) for id in ids]
    _say(f"{verb}, quiet", _while(house, asked, lambda began: time.monotonic() < began + QUIET))
    clock.write_text(str(DAY))
    began = time.monotonic()
    _say(f"{verb}, rolling", _while(house, asked, lambda _: not _rolled(house)))
    print(f"  {number} people in {time.monotonic() - began:.1f} s", flush=True)


def _people(number: int, house: Served) -> list[str]:
    top = {"schemas": [DEPARTMENT], "externalId": "D0", "displayName": "区教育局"}
    top |= {DEPARTMENT: {"departmentCode": "D0", "kind": "root"}}
    top["schemas"] = ["urn:ietf:params:scim:schemas:core:2.0:Group", DEPARTMENT]
    drive("127.0.0.1", house.port, [request("POST", "/scim/v2/Groups", house.token, top)], 1)
    tomorrow = civil_day(Clock().now() + DAY)
    posts = [request("POST", USERS, house.token, _leaver(each, tomorrow)) for each in range(number)]
    made = drive("127.0.0.1", house.port, posts, 4, keep=True)
    assert made.statuses == {201: number}, (made.statuses, made.bodies[:1])
    print(f"  pushed at {made.rate:.0f}/s", flush=True)
    return [json.loads(each)["id"] for each in made.bodies]


def _leaver(number: int, day: str) -> dict[str, object]:
    post = {"value": "a1", "kind": "primary", "scope": "internal", "department": "D0", "startDate": "2020-01-02"}
    events = [
        {"value": "h1", "type": "hire", "effectiveDate": "2020-01-02"},
        {"value": "e1", "type": "resignation", "effectiveDate": day},
    ]
    facts = {"employmentCategory": "gov-employee", "assignments": [post], "statusEvents": events}
    plain = person(number)
    return plain | {"schemas": [*plain["schemas"], ROSTER], ROSTER: facts}  # type: ignore[misc]


def _while(house: Served, asked: list[bytes], goes_on: object) -> Tally:
    """One client after another request, as long as `goes_on`; the question is put beside it, ten times a second."""
    ended = threading.Event()
    began = time.monotonic()

    def watch() -> None:
        time.sleep(1.2)  # the clock is asked each second
        while goes_on(began):  # type: ignore[operator]
            time.sleep(0.1)
        ended.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    tally = Tally()
    uvloop.run(_drive("127.0.0.1", house.port, _until(ended, asked), 1, tally, False))
    watcher.join()
    return tally


def _until(ended: threading.Event, asked: list[bytes]) -> Iterator[bytes]:
    return itertools.takewhile(lambda _: not ended.is_set(), itertools.cycle(asked))


def _rolled(house: Served) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{house.port}/readyz", timeout=30) as answer:
        return not json.load(answer)["degraded"]


def _say(what: str, tally: Tally) -> None:
    shares = "  ".join(f"p{share * 100:g} {tally.percentile(share):.1f} ms" for share in (0.5, 0.95, 0.99))
    print(f"{what}: {len(tally.seconds)} answers, {shares}, worst {max(tally.seconds) * 1000:.0f} ms", flush=True)


if __name__ == "__main__":
    _serve() if "serve" in sys.argv else main()
