"""A store moves to the other engine and back: whole, compared, no account touched again; or not at all."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import insert, text

from scim_server.clock import Clock
from scim_server.operate.moving import move
from scim_server.store import transfer
from scim_server.store.engine import Unusable, open_engine
from scim_server.store.leader import Session
from scim_server.store.lock import Busy, Holder, StoreLock
from scim_server.store.migrate import migrate
from scim_server.store.tables import looks
from tests.flows import client as say
from tests.flows.engine_room import Room
from tests.flows.house import HUAMING
from tests.flows.nodes.sessions import until_nobody_is_there
from tests.servers.postgresql import drop_store, new_store

KEPT_BACK = (
    "CREATE FUNCTION keep_back() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "PERFORM pg_advisory_xact_lock_shared(1); RETURN NEW; END $$",
    "CREATE TRIGGER keep_back BEFORE INSERT ON looks FOR EACH ROW "
    f"WHEN (NEW.seq > {transfer.BATCH}) EXECUTE FUNCTION keep_back()",
    "SELECT pg_advisory_lock(1)",
)
"""Whoever fills the second batch of `looks` waits for whoever has said this: a copy is killed in the middle of it."""
WAITS = (
    "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
    "WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted"
)


@pytest.fixture
def empty() -> Iterator[str]:
    """The URL of a PostgreSQL that nobody has migrated."""
    url = new_store(empty=True)
    yield url
    drop_store(url)


def lived_in(folder: Path) -> Room:
    """A SQLite store with people, Groups, links and a past."""
    room = Room(folder, url=f"sqlite:///{folder / 'from.db'}")
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    people = [room.person(f"p{number}", title="科员") for number in range(12)]
    room.members(team, add=tuple(people[:7]))
    room.work()
    room.put("User", people[3], say.user("p3", title="主任"))
    room.delete("User", people[5])
    room.work_out()
    with open_engine(room.url, writing=True).begin() as connection:
        rows = [{"at": "2026-11-25T08:00:00.000Z", "actor": "甲", "what": "states", "subject": "*"}] * 2500
        connection.execute(insert(looks), rows)
    room.close()
    return room


def nothing(_: int) -> None:
    """Nobody watches."""


def test_there_and_back_everything_is_as_it_was_and_no_account_is_touched(tmp_path: Path, empty: str) -> None:
    room = lived_in(tmp_path)
    before, attempts = room.accounts(), len(transfer.count(open_engine(room.url)))
    moved = move(room.url, empty, Clock(), nothing)
    assert attempts == len(moved)
    assert {each.table for each in moved if each.rows} >= {"resources", "links", "changes", "members", "looks"}

    there = Room(tmp_path, directory=room.directory, url=empty)
    done = len(there.outcomes())
    there.sweep()
    there.work_out()
    assert (there.accounts(), len(there.outcomes())) == (before, done), "an account was touched again"
    there.person("late")  # numbers go on where they were
    there.work()
    assert "E-late" in there.accounts()
    there.close()

    back = f"sqlite:///{tmp_path / 'back.db'}"
    assert move(empty, back, Clock(), nothing) == transfer.count(open_engine(back))


def test_a_store_that_is_worked_stays_where_it_is(tmp_path: Path, empty: str) -> None:
    url = f"sqlite:///{tmp_path / 'from.db'}"
    migrate(url)
    lock = StoreLock(url)
    lock.take(Holder(os.getpid()))
    with pytest.raises(Busy):
        move(url, empty, Clock(), nothing)
    lock.release()
    migrate(empty)
    engine = open_engine(empty)
    session = Session(engine, time.monotonic, scheduling=False)
    for source, target in ((url, empty), (empty, f"sqlite:///{tmp_path / 'new.db'}")):
        with pytest.raises(Busy, match="stop all of them first"):
            move(source, target, Clock(), nothing)
    session.close()
    until_nobody_is_there(empty)
    with open_engine(empty, writing=True).begin() as connection:
        connection.execute(text("INSERT INTO systems (name) VALUES ('ldap')"))
    with pytest.raises(Unusable, match="in use"):
        move(url, empty, Clock(), nothing)
    with pytest.raises(Unusable, match="names no store"):
        move(f"sqlite:///{tmp_path / 'none.db'}", empty, Clock(), nothing)
    assert not (tmp_path / "none.db").exists()


def test_a_move_that_was_killed_leaves_nothing_that_serves_and_can_be_done_again(tmp_path: Path, empty: str) -> None:
    room = lived_in(tmp_path)
    words = [str(HUAMING), "migrate", "--from", room.url, "--to", "env:TARGET"]
    environment = os.environ | {"TARGET": empty}
    migrate(empty)
    with psycopg.connect(empty, autocommit=True) as keeper:
        for statement in KEPT_BACK:
            keeper.execute(statement)
        process = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        _until_it_waits(keeper, process)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    with psycopg.connect(empty, autocommit=True) as keeper:
        keeper.execute("DROP FUNCTION keep_back CASCADE")  # once what it kept back is over
        assert keeper.execute("SELECT count(*) FROM looks").fetchone() == (transfer.BATCH,)
    with pytest.raises(Unusable, match="incomplete"):
        transfer.demand_whole(open_engine(empty))
    until_nobody_is_there(empty)
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    transfer.demand_whole(open_engine(empty))
    assert transfer.count(open_engine(empty)) == transfer.count(open_engine(room.url))
    secret = empty.partition("@")[0].rpartition(":")[2]
    assert secret == "//hub" or secret not in done.stdout + done.stderr


def _until_it_waits(keeper: "psycopg.Connection[Any]", process: "subprocess.Popen[str]") -> None:
    """Until it stands in the middle of a table; it must not have ended by then."""
    until = time.monotonic() + 120
    while not keeper.execute(WAITS).fetchall():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until, "nothing was written"
        time.sleep(0.01)
