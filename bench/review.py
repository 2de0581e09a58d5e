"""`huaming review open` for 100,000 people in three systems: seconds on one core, resident memory on the way.

    python bench/review.py [--number 100000] [--silent 47]

The roster is that of bench/states.py, with a link and evidence of use in each of three systems. One account in
so many was not used in the month; every terminal was watched. Nothing answers at the systems' addresses: what is
measured is the check, its cases and its letters. Bars: two minutes, memory flat from the first thousands on.
"""

import argparse
import os
import resource
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from house import HUAMING, ROOT, resident
from states import fill

SYSTEMS = {"oa": ("pc", "mobile"), "wecom": ("pc", "mobile"), "attendance": ("device",)}
LOT = 20_000
DAY = 86_400.0
CONFIG = """
[store]
url = "sqlite:///{folder}/huaming.db"
[letters]
bureau = "D004"
folder = "{folder}/letters"
[systems.oa]
url = "http://127.0.0.1:9"
user = "huaming"
password = "x"
unit = "u"
default_post = "p"
default_level = "l"
[systems.wecom]
url = "http://127.0.0.1:9"
corp_id = "w"
secret = "x"
[systems.attendance]
url = "http://127.0.0.1:9"
app_key = "k"
app_secret = "x"
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--silent", type=int, default=47, help="one account in so many")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        config = Path(folder) / "huaming.toml"
        config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
        began = time.monotonic()
        fill(f"sqlite:///{folder}/huaming.db", options.number)
        furnish(f"sqlite:///{folder}/huaming.db", options.silent)
        print(f"filled with {options.number} people in {time.monotonic() - began:.0f} s")
        seconds, first, most, said = measured([*HUAMING, "review", "open", "--config", str(config)])
        spent = resource.getrusage(resource.RUSAGE_CHILDREN)
        busy = spent.ru_utime + spent.ru_stime
        print(f"review open: {seconds:.1f} s on one core, {busy:.1f} s of it at work")
        print(f"RSS {first:.0f} MB after a fifth of it, {most:.0f} MB at most")
        print(said, end="")


def measured(command: list[str]) -> tuple[float, float, float, str]:
    """(seconds, MB after a fifth of them, the most MB, what it printed); the command has one core."""
    core = str(min(os.sched_getaffinity(0)))
    began, sizes = time.monotonic(), list[float]()
    process = subprocess.Popen(["taskset", "-c", core, *command], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    watching = threading.Thread(target=_watch, args=(process, sizes))
    watching.start()
    said, _ = process.communicate()
    assert process.returncode == 0, process.returncode
    seconds = time.monotonic() - began
    watching.join()
    return seconds, sizes[len(sizes) // 5], max(sizes), said


def _watch(process: "subprocess.Popen[str]", sizes: list[float]) -> None:
    while process.poll() is None:
        try:
            sizes.append(resident(process.pid))
        except (OSError, IndexError):
            return
        time.sleep(0.1)


# -- what is known of their use


def furnish(url: str, silent: int) -> None:
    """Links that are settled, evidence, and the stretches that were watched."""
    from sqlalchemy import insert

    from scim_server.store.activity_tables import activity, activity_watched
    from scim_server.store.engine import open_engine
    from scim_server.store.tables import links

    engine = open_engine(url, writing=True)
    with engine.begin() as connection:
        for system, subjects in _people(connection):
            connection.execute(insert(links), [_link(system, each) for each in subjects])
            used = [each for number, each in enumerate(subjects) if number % silent]
            connection.execute(insert(activity), [_use(system, each) for each in used])
        connection.execute(insert(activity_watched), list(_watched()))
    engine.dispose()


def _people(connection: Any) -> Iterator[tuple[str, list[str]]]:
    from scim_server.store.people import all_subjects

    for lot in all_subjects(connection, "person", LOT):
        for system in SYSTEMS:
            yield system, lot


def _link(system: str, subject: str) -> dict[str, Any]:
    from scim_server.store.wakes import NEW_LINK

    there = {"applied": 1, "state": "done", "remote_id": f"{system}-{subject}", "name": subject, "presence": "active"}
    return NEW_LINK | {"subject": subject, "system": system, "kind": "person"} | there


def _use(system: str, subject: str) -> dict[str, Any]:
    from scim_server.clock import stamp

    now = time.time()
    said = {"source": "log", "strength": "proof", "at": stamp(now - 5 * DAY), "slack": 0.0, "recorded": stamp(now)}
    return {"system": system, "subject": subject, "terminal": SYSTEMS[system][-1], **said}


def _watched() -> Iterator[dict[str, Any]]:
    from scim_server.clock import stamp

    now = time.time()
    span = {"since": stamp(now - 40 * DAY), "until": stamp(now), "lag": 0.0, "recorded": stamp(now), "by": None}
    for system, terminals in SYSTEMS.items():
        for terminal in terminals:
            yield {"id": f"{system} {terminal}", "system": system, "terminal": terminal, "source": "log", **span}


if __name__ == "__main__":
    main()
