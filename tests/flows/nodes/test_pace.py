"""Three workers on one system of twenty calls a second: their sum keeps to it, and uses nearly all of it."""

import subprocess
import sys
import time
from pathlib import Path

import psycopg

from tests.flows.engine_room import Room
from tests.flows.nodes.conftest import Districts
from tests.flows.nodes.paced import RATE

ROOT = Path(__file__).parents[3]
BURST = 2  # calls: what was drawn in a slot may reach the system a little later
CALLS = 300


def test_three_workers_keep_one_pace(districts: Districts, tmp_path: Path) -> None:
    district = districts()
    room = Room(tmp_path, url=district.url)
    for number in range(CALLS // 2):
        room.person(f"p{number}")
    room.close()
    with psycopg.connect(district.url) as connection:
        connection.execute("UPDATE links SET due = extract(epoch FROM now()) - 1")  # the room's clock is not ours
    file = tmp_path / "calls"
    words = [sys.executable, "-m", "tests.flows.nodes.paced", district.url, str(file)]
    workers = [subprocess.Popen(words, cwd=ROOT) for _ in range(3)]
    try:
        calls = _waited(file)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    most = max(sum(at <= each < at + 1.0 for each in calls) for at in calls)
    assert most <= RATE + BURST, most
    used = (len(calls) - 1) / (calls[-1] - calls[0]) / RATE
    print(f"at most {most} calls in a second, {used:.0%} of the pace used")
    assert used >= 0.9, used


def _waited(file: Path) -> list[float]:
    until = time.monotonic() + 240
    while not file.exists() or file.read_text().count("\n") < CALLS:
        assert time.monotonic() < until
        time.sleep(0.2)
    return sorted(float(line) for line in file.read_text().split("\n")[:CALLS])
