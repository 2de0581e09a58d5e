"""Three workers on one system of a hundred calls in five seconds: their sum keeps to it, and uses nearly all of it."""

import subprocess
import sys
import time
from pathlib import Path

from tests.flows.engine_room import Room
from tests.flows.nodes.conftest import Districts
from tests.flows.nodes.paced import WINDOW

ROOT = Path(__file__).parents[3]
BURST = 2  # calls: what was drawn in a slot may reach the system a little later
CALLS = 301  # three windows, and what begins the fourth


def test_three_workers_keep_one_pace(districts: Districts, tmp_path: Path) -> None:
    district = districts()
    room = Room(tmp_path, url=district.url)
    room.time = time.time()  # who is hired in the room's 2030 must have no account yet, by the workers' clock
    for number in range(CALLS // 2 + 1):
        room.person(f"p{number}")
    room.close()
    file = tmp_path / "calls"
    words = [sys.executable, "-m", "tests.flows.nodes.paced", district.url, str(file)]
    workers = [subprocess.Popen(words, cwd=ROOT) for _ in range(3)]
    try:
        calls = _waited(file)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    most = max(sum(at <= each < at + WINDOW.seconds for each in calls) for at in calls)
    windows = (CALLS - 1) // WINDOW.calls  # whole ones: the last call taken in begins the next
    used = windows * WINDOW.seconds / (calls[windows * WINDOW.calls] - calls[0])
    print(f"at most {most} calls in a window, {used:.0%} of the pace used")
    assert most <= WINDOW.calls + BURST, most
    assert used >= 0.8, used  # nine tenths where nothing else is to be done


def _waited(file: Path) -> list[float]:
    until = time.monotonic() + 240
    while not file.exists() or file.read_text().count("\n") < CALLS:
        assert time.monotonic() < until
        time.sleep(0.2)
    return sorted(float(line) for line in file.read_text().split("\n")[:CALLS])
