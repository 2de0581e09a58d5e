"""A deliverer that is killed (kill -9) at each step of a delivery: the next one brings the letter, once."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_server.letters.delivery import LEASE
from tests.flows.letters.carrier import PLACES
from tests.flows.letters.postal import PATIENCE, Postal

HUNG = {"look": "coll/sentAffairs", "start": "bpm/process/start"}
MAY_HAVE_LEFT = ("leaving", "answered", "start")


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Postal]:
    one = Postal(tmp_path)
    yield one
    one.close()


def kill_at(post: Postal, place: str) -> None:
    """Starts a deliverer, waits until it is there, and kills it."""
    if place in HUNG:
        post.running.faults([{"match": HUNG[place], "times": 1, "delay_s": 600}])
    asked = json.dumps([post.url, post.settings | {"answer_timeout": 300}, post.time, place])
    command = [sys.executable, "-m", "tests.flows.letters.carrier", asked]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        assert child.stdout.readline().strip() == "begun"
        if place in PLACES:
            assert child.stdout.readline().strip() == place
        else:
            wait_for(post, HUNG[place])
    finally:
        child.kill()
        child.wait()
        post.running.faults([])


def wait_for(post: Postal, path: str) -> None:
    until = time.monotonic() + 120
    while not any(path in each["path"] for each in post.running.requests()):
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("place", [*PLACES, *HUNG])
def test_who_is_killed_leaves_a_letter_that_arrives_once(post: Postal, place: str) -> None:
    drawn = post.draw()
    kill_at(post, place)
    assert post.results(1) == [], "its lease still holds"
    if place in MAY_HAVE_LEFT:
        assert post.results(LEASE) == []
        assert post.state(drawn["id"]) == "unknown"
        assert post.results(PATIENCE - 2) == [], "and then it is left alone for a while"
        assert post.results(3) == ["delivered"]
    else:
        assert post.state(drawn["id"]) == "ready", "nothing has left"
        assert post.results(LEASE) == ["delivered"]
    assert post.state(drawn["id"]) == "delivered"
    assert post.arrived(drawn["doc_number"]) == 1


def test_one_that_is_killed_again_and_again_sends_one_letter(post: Postal) -> None:
    drawn = post.draw()
    for place, found in (("leaving", []), ("start", []), ("answered", ["delivered"])):
        kill_at(post, place)  # the third one had only looked, and seen it there
        assert post.results(LEASE + 1) == found
        post.time += PATIENCE + 1
    assert post.arrived(drawn["doc_number"]) == 1
