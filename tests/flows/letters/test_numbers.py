"""300 letters from eight at once: a number each, no gap and no double, whatever is undone meanwhile."""

import multiprocessing
import os
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from scim_server.clock import Clock
from scim_server.commands import COMMANDS
from scim_server.operate.desk import Desk
from scim_server.settings import load
from scim_server.store.engine import open_engine
from scim_server.store.settle import Rules
from tests.cli.line import HUAMING
from tests.flows.letters.registry import BUREAU, CODES, Registry, letter
from tests.servers.ports import free_ports
from tests.servers.postgresql import drop_store, new_store
from tests.servers.stores import only_sqlite, rows, store_url

EIGHT, LETTERS, SHARED = 8, 300, 4


def keys(clerk: int) -> list[str]:
    """A clerk's share of 296 letters, and four that all of them draw up."""
    return [f"shared {number}" for number in range(SHARED)] + [f"{clerk} {number}" for number in range(37)]


class Undone(Exception):
    """Somebody has changed their mind."""


def draw_up(url: str, clerk: int, together: Any, told: Any) -> None:
    """In a process of its own. Every fourth transaction is undone after it has taken its number, and done again."""
    engine, clock, drawn = open_engine(url, writing=True), Clock(), []
    rules = Rules(codes=CODES)
    together.wait(120)
    for number, key in enumerate(keys(clerk)):
        for again in (True, False)[number % 4 != 0 :]:
            with suppress(Undone), engine.begin() as connection:
                found = COMMANDS["letter-draw"](connection, clock, rules, letter(key))
                if again:
                    raise Undone
        drawn.append(found)
    told.put(drawn)


def demand_whole(url: str, letters: int) -> None:
    """The series of the bureau runs from 1 to the last, and the register has each number once."""
    numbers = [number for (number,) in rows(url, "SELECT number FROM register ORDER BY number")]
    assert numbers == list(range(1, letters + 1))
    assert rows(url, "SELECT sender, last FROM letter_series") == [(BUREAU, letters)]
    documents = {text for (text,) in rows(url, "SELECT doc_number FROM register")}
    assert documents == {f"{CODES[BUREAU]}〔2026〕{number}号" for number in numbers}


@pytest.fixture
def postgresql(tmp_path: Path) -> Iterator[str]:
    url = new_store()
    yield url
    drop_store(url)


def test_from_eight_processes_on_postgresql(postgresql: str, tmp_path: Path) -> None:
    Registry(tmp_path, url=postgresql).close()
    context = multiprocessing.get_context("forkserver")  # a fork of ours would take along what our threads have locked
    context.set_forkserver_preload([__name__])
    together, told = context.Barrier(EIGHT), context.Queue()
    clerks = [context.Process(target=draw_up, args=(postgresql, each, together, told)) for each in range(EIGHT)]
    for each in clerks:
        each.start()
    said = [each for _ in clerks for each in told.get(timeout=250)]
    for each in clerks:
        each.join(60)
    assert [each.exitcode for each in clerks] == [0] * EIGHT
    assert len({each["id"] for each in said}) == LETTERS
    assert sum(each["drawn"] for each in said) == LETTERS, "each was drawn up by one of them"
    demand_whole(postgresql, LETTERS)


CONFIG = """
[server]
port = {port}
[store]
url = "{url}"
[letters]
folder = "{folder}"
codes = {{ {bureau} = "{code}" }}
"""


@only_sqlite
def test_from_eight_clients_of_one_server_on_sqlite(tmp_path: Path) -> None:
    url, config, port = store_url(tmp_path / "room.db"), tmp_path / "huaming.toml", free_ports()
    Registry(tmp_path, url=url).close()
    config.write_text(CONFIG.format(url=url, port=port, folder=tmp_path, bureau=BUREAU, code=CODES[BUREAU]))
    with (tmp_path / "log").open("wb") as log:
        command = [str(HUAMING), "serve", "--no-worker", "--config", str(config)]
        server = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ)
    try:
        desk = Desk(load(config), Clock())
        until = time.monotonic() + 120
        while not answers(port):
            assert server.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < until
        assert desk.server() is not None
        told = list(ThreadPoolExecutor(EIGHT).map(draw_lot, [config] * EIGHT, range(EIGHT)))
    finally:
        server.terminate()
        server.wait(60)
    letters = len({id for lot in told for id in lot})
    assert letters == LETTERS
    demand_whole(url, LETTERS)


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=5).status_code == 200
    except httpx.TransportError:
        time.sleep(0.05)
        return False


def draw_lot(config: Path, client: int) -> list[str]:
    """A third of what a client asks for is refused."""
    desk, found = Desk(load(config), Clock()), []
    for number, key in enumerate(keys(client)):
        if number % 3 == 0:
            with pytest.raises(Exception, match=r"IntegrityError|TypeError|NoSuchSender"):
                desk.run("letter-draw", **letter(f"bad {client} {number}", **BAD[number % len(BAD)]))
        found.append(str(desk.run("letter-draw", **letter(key))["id"]))
    return found


BAD: list[dict[str, Any]] = [{"title": None}, {"sender": "NONE"}, {"people": [None]}]
