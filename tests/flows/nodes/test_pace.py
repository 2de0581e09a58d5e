"""Three workers on one system of a hundred calls in five seconds: their sum keeps to it, and uses nearly all of it.

What keeps to the window is what they draw. A call may reach the system any time later, as a busy machine pleases.
"""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from scim_server.store.pace import SLOTS
from tests.flows.engine_room import Room
from tests.flows.nodes.conftest import Districts
from tests.flows.nodes.district import District
from tests.flows.nodes.paced import WINDOW
from tests.servers.tempo import allowed

ROOT = Path(__file__).parents[3]
CALLS = 301  # three windows, and what begins the fourth
NOTED = (
    "CREATE TABLE drawn (at float8 NOT NULL, slot bigint NOT NULL, calls integer NOT NULL)",
    "CREATE FUNCTION note_drawn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO drawn VALUES "
    "(extract(epoch FROM clock_timestamp()), NEW.slot, NEW.calls - coalesce(OLD.calls, 0)); RETURN NULL; END $$",
    "CREATE TRIGGER drawn AFTER INSERT OR UPDATE ON pace FOR EACH ROW EXECUTE FUNCTION note_drawn()",
)
"""The database itself writes down who drew how many when."""


def test_three_workers_keep_one_pace(districts: Districts, tmp_path: Path) -> None:
    district = districts()
    room = Room(tmp_path, url=district.url)
    room.time = time.time()  # who is hired in the room's 2030 must have no account yet, by the workers' clock
    for number in range(CALLS // 2 + 1):
        room.person(f"p{number}")
    room.close()
    for statement in NOTED:
        district.rows(statement)
    file = tmp_path / "calls"
    words = [sys.executable, "-m", "tests.flows.nodes.paced", district.url, str(file)]
    workers = [subprocess.Popen(words, cwd=ROOT) for _ in range(3)]
    windows = (CALLS - 1) // WINDOW.calls  # whole ones: the last call taken in begins the next
    try:
        calls = _waited(file)
        most_seconds = allowed(windows * WINDOW.seconds / 0.8)  # nine tenths where nothing else is to be done
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    _demand_drawn(district, calls)
    took = calls[windows * WINDOW.calls] - calls[0]
    print(f"{windows * WINDOW.seconds / took:.0%} of the pace used")
    assert took <= most_seconds


def _demand_drawn(district: District, calls: list[float]) -> None:
    """No stretch of the window's length holds more than it allows, and nobody has called who had not drawn."""
    slots = Counter[int]()
    for slot, number in district.rows("SELECT slot, calls FROM drawn"):
        slots[slot] += number
    touched = SLOTS + 1  # by a stretch as long as the window
    assert max(sum(slots[first + each] for each in range(touched)) for first in list(slots)) <= WINDOW.calls
    drawn = district.rows("SELECT at, calls FROM drawn")
    assert [at for place, at in enumerate(calls) if sum(number for when, number in drawn if when <= at) <= place] == []


def _waited(file: Path) -> list[float]:
    until = time.monotonic() + 240
    while not file.exists() or file.read_text().count("\n") < CALLS:
        assert time.monotonic() < until
        time.sleep(0.2)
    return sorted(float(line) for line in file.read_text().split("\n")[:CALLS])
