"""The leading worker begins a round when a letter is due, one at a time, and looks cheaply where none is."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from scim_server.clock import Clock
from scim_server.letters.duty import Deliveries
from scim_server.store.register import HAND
from tests.flows.letters.postal import OA, PATIENCE, Postal
from tests.flows.letters.registry import BUREAU, CODES, Registry


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Registry]:
    one = Registry(tmp_path)
    yield one
    one.close()


class Rounds:
    """Rounds that are processes; `script` is what they do."""

    def __init__(self, *command: str) -> None:
        self.command = [sys.executable, *command]
        self.begun: list[subprocess.Popen[bytes]] = []

    def start(self) -> "subprocess.Popen[bytes]":
        self.begun.append(subprocess.Popen(self.command))
        return self.begun[-1]

    def wait(self) -> int:
        return self.begun[-1].wait(120)


def test_a_round_is_begun_by_the_command_that_is_typed(house: Registry, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    config = tmp_path / "huaming.toml"
    letters = f'[letters]\nbureau = "{BUREAU}"\nfolder = "{out}"\ncodes = {{ {BUREAU} = "{CODES[BUREAU]}" }}\n'
    config.write_text(f'[store]\nurl = "{house.url}"\n{letters}')
    rounds = Rounds("-m", "scim_server", "letter", "deliver", "--scheduled", "--config", str(config))
    duty = Deliveries(house.engine, Clock(), HAND, rounds.start)
    duty.look()
    assert rounds.begun == [], "nothing is due"
    drawn = house.draw()
    duty.look()
    duty.look()
    assert len(rounds.begun) == 1, "one at a time"
    assert rounds.wait() == 0
    assert [path.name.split()[0] for path in out.iterdir()] == [drawn["doc_number"]]
    duty.look()
    assert len(rounds.begun) == 1, "it waits for a person now"


def test_what_is_left_alone_begins_no_round_until_its_time(tmp_path: Path) -> None:
    post = Postal(tmp_path)
    rounds = Rounds("-S", "-c", "pass")
    duty = Deliveries(post.engine, post.clock, OA, rounds.start)
    post.draw()
    post.running.faults([{"match": "bpm/process/start", "times": 1, "lost": True}])
    assert post.results() == ["unknown"]
    for seconds, begun in ((1, 0), (PATIENCE - 2, 0), (2, 1)):
        post.time += seconds
        duty.look()
        assert len(rounds.begun) == begun
    post.close()


def test_a_sender_that_is_gone_begins_a_round_too(tmp_path: Path) -> None:
    post = Postal(tmp_path)
    drawn = post.draw()
    asked = {"owner": "gone", "lease": 600.0, "channel": OA, "by": "x"}
    post.run("letter-claim", patience=PATIENCE, passed=[], **asked)
    assert post.run("letter-leave", id=drawn["id"], printed=None, **asked)
    rounds = Rounds("-S", "-c", "pass")
    duty = Deliveries(post.engine, post.clock, OA, rounds.start)
    for seconds, begun in ((599, 0), (2, 1)):
        post.time += seconds
        duty.look()
        assert len(rounds.begun) == begun
    post.close()


def test_a_look_is_one_read(house: Registry) -> None:
    for number in range(30):
        house.run("letter-delivered", id=house.draw(f"k{number}")["id"], at="2026-07-01", by="x")
    said: list[str] = []
    event.listen(house.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
    Deliveries(house.engine, house.clock, OA, Rounds().start).look()
    assert len([each for each in said if "register" in each]) == 1


def test_the_house_ends_a_round_that_runs(house: Registry) -> None:
    rounds = Rounds("-S", "-c", "import time; time.sleep(600)")
    duty = Deliveries(house.engine, house.clock, HAND, rounds.start)
    house.draw()
    duty.look()
    duty.stop()
    assert rounds.begun[0].poll() is not None
    duty.look()
    assert len(rounds.begun) == 1, "the duties may look once more before they end: nobody would end what they begin"
