"""A backup of a store at work comes back elsewhere, and converges with a directory that went on: nothing is doubled."""

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from sqlalchemy import text

from scim_server.clock import Clock
from scim_server.operate.archive import MANIFEST, read_manifest
from scim_server.operate.backup import backup
from scim_server.operate.restore import restore
from scim_server.settings import BadSettings
from scim_server.store import tokens
from scim_server.store.engine import Unusable, open_engine
from scim_server.store.lock import Busy, Holder, StoreLock
from tests.cli.line import inside
from tests.flows import client as say
from tests.flows.backups import put, saved
from tests.flows.engine_room import Room
from tests.servers.stores import only_sqlite


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    folder = tmp_path / "first"
    folder.mkdir()
    one = Room(folder)
    yield one
    one.close()


@only_sqlite
def test_a_restored_store_converges_with_a_directory_that_went_on(room: Room, tmp_path: Path) -> None:
    office = room.post("Group", say.department("教育局", "D1")).id
    known = {name: room.person(name) for name in ("stays", "renamed", "locked", "left", "moved", "twice")}
    room.members(office, add=tuple(known.values()))
    room.worker.run_due()
    room.person("waiting")  # pushed, and not made yet
    file = saved(room, tmp_path)
    room.put("User", known["renamed"], say.user("anew", "E-renamed"))
    room.put("User", known["locked"], say.user("locked") | {"active": False})
    room.members(office, remove=(known["moved"],))
    for name in ("left", "twice"):
        room.delete("User", known[name])
    room.work(1)
    room.person("twice")  # its account is another one by now
    room.work_out()
    went_on = room.accounts()
    assert {"E-waiting", "E-twice"} <= set(went_on)

    done = put(file, tmp_path / "second", room.clock)
    again = Room(tmp_path / "second", directory=room.directory)
    again.time = room.time
    try:
        assert done.looked_at == len(again.rows("SELECT 1 FROM links"))
        again.work_out()
        assert again.rows("SELECT subject, state, error FROM links WHERE state NOT IN ('done', 'gone')") == []
        accounts = again.accounts()
        people = {key for key, each in accounts.items() if each["kind"] == "person"}
        assert people == {f"E-{name}" for name in (*known, "waiting")}
        assert len(again.directory.accounts) == len(accounts), "an account was doubled"
        assert accounts["E-renamed"]["attributes"]["uid"] == ("renamed",)
        assert accounts["E-locked"]["presence"] == "locked", "no door is opened by itself (S12)"
        assert again.rows("SELECT finding FROM links WHERE finding IS NOT NULL") == [("locked-by-hand",)]
        assert all("D1" in accounts[f"E-{name}"]["groups"] for name in known)
        assert again.rows("SELECT count(*) FROM links WHERE owner IS NOT NULL OR creating") == [(0,)]
        said = again.rows("SELECT said FROM trace WHERE kind = 'restore'")
        assert "restored the backup of" in said[0][0]
    finally:
        again.close()


@only_sqlite
def test_a_backup_while_writes_go_on_tells_of_one_moment(room: Room, tmp_path: Path) -> None:
    stop = Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            room.writer.write(lambda connection, each=number: _pair(connection, each))
            number += 1

    writer = Thread(target=write)
    writer.start()
    try:
        files = [tmp_path / f"{each}.backup" for each in range(3)]
        for file in files:
            backup(room.url, file, room.clock)
    finally:
        stop.set()
        writer.join()
    for number, file in enumerate(files):
        put(file, tmp_path / f"place{number}", room.clock)
        engine = open_engine(f"sqlite:///{tmp_path / f'place{number}' / 'room.db'}")
        with engine.connect() as connection:
            pair = [
                connection.scalar(text(f"SELECT count(*) FROM rolls WHERE name LIKE '{each}%'")) for each in ("x", "y")
            ]
        assert pair[0] == pair[1]


def _pair(connection: Any, number: int) -> None:
    """Two rows that are there together or not at all."""
    for letter in "xy":
        row = {"name": f"{letter}{number}", "day": "2030-01-01"}
        connection.execute(text("INSERT INTO rolls (name, day) VALUES (:name, :day)"), row)


@only_sqlite
def test_a_backup_is_for_its_owner_alone_and_replaces_nothing(room: Room, tmp_path: Path) -> None:
    room.person("a")
    before = os.umask(0)
    try:
        file = saved(room, tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made = read_manifest(file)
    assert made.tables["resources"][0] == 1
    with pytest.raises(Unusable, match="already"):
        backup(room.url, file, room.clock)
    assert [path.name for path in tmp_path.iterdir()] == ["first", "roster.backup"] or len(
        list(tmp_path.iterdir())
    ) == 2


def altered(file: Path, to: Path, **said: Any) -> Path:
    """The same backup with another manifest."""
    with tarfile.open(file) as tar, tarfile.open(to, "w") as out:
        for member in tar.getmembers():
            content = tar.extractfile(member)
            assert content is not None
            body = content.read()
            if member.name == MANIFEST:
                body = json.dumps(json.loads(body) | said).encode()
                member.size = len(body)
            out.addfile(member, io.BytesIO(body))
    return to


@only_sqlite
def test_what_is_refused(room: Room, tmp_path: Path) -> None:
    room.person("a")
    file = saved(room, tmp_path)
    there = tmp_path / "there"
    put(file, there, room.clock)
    held = StoreLock(f"sqlite:///{there / 'room.db'}")
    held.take(Holder(os.getpid()))
    with pytest.raises(Busy):
        put(file, there, room.clock, force=True)
    held.release()
    with pytest.raises(Unusable, match="--force"):
        put(file, there, room.clock)
    new = tmp_path / "new"
    refusals = {
        "newer version": altered(file, tmp_path / "a", schema="9999"),
        "newer": altered(file, tmp_path / "b", format=2),
        "in resources": altered(file, tmp_path / "c", tables=read_manifest(file).tables | {"resources": (1, "0" * 32)}),
        "not: restore it": altered(file, tmp_path / "d", engine="postgresql"),
        "no backup": Path(__file__),
    }
    cut = tmp_path / "e"
    cut.write_bytes(file.read_bytes()[:-60_000])
    for said, bad in refusals.items():
        with pytest.raises(Unusable, match=said):
            put(bad, new, room.clock)
    with pytest.raises(Unusable):
        put(cut, new, room.clock)
    assert [each.name for each in new.iterdir() if not each.name.endswith(".lock")] == []
    kept = put(file, there, room.clock, force=True).kept
    assert kept.exists()


@only_sqlite
def test_whoever_dies_before_all_is_due_again_leaves_what_was_there(room: Room, tmp_path: Path) -> None:
    room.person("a")
    file, there = saved(room, tmp_path), tmp_path / "there"
    put(file, there, room.clock)
    before = sorted(each.name for each in there.iterdir())

    def die() -> float:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        put(file, there, Clock(now=die), force=True)
    assert sorted(each.name for each in there.iterdir()) == before
    with pytest.raises(BadSettings):
        restore(file, f"sqlite:///{there / 'room.db'}", room.clock, ("too short", ()), force=True)
    assert sorted(each.name for each in there.iterdir()) == before


DYING = """
import os, signal, sys
from pathlib import Path
from scim_server.clock import Clock
from scim_server.operate.restore import restore

store, left = Path(sys.argv[2]), int(sys.argv[3])

def watch(event, given):
    global left
    if event in ("os.rename", "os.remove", "os.link") and any(str(each).startswith(str(store)) for each in given):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
restore(Path(sys.argv[1]), f"sqlite:///{store}", Clock(), (None, ()), force=True)
"""


@only_sqlite
def test_at_every_step_of_a_replacement_a_kill_leaves_a_whole_store(room: Room, tmp_path: Path) -> None:
    room.person("a")
    file = saved(room, tmp_path)
    room.person("b")
    store = tmp_path / "there" / "room.db"
    seen, died = [], -9
    while died == -9:
        shutil.rmtree(store.parent, ignore_errors=True)
        store.parent.mkdir()
        for end in ("", "-wal", "-shm"):  # as a server leaves it that was killed: what is new stands in the journal
            shutil.copy(f"{room.url.removeprefix('sqlite:///')}{end}", f"{store}{end}")
        words = [sys.executable, "-c", DYING, str(file), str(store), str(len(seen))]
        died = subprocess.run(words, timeout=60, check=False).returncode
        with open_engine(f"sqlite:///{store}").connect() as connection:
            seen.append(connection.scalar(text("SELECT count(*) FROM resources")))
    assert died == 0
    assert seen == [2] * (len(seen) - 1) + [1], "people before, and after"
    assert len(seen) > 2
    [kept] = store.parent.glob("room.db.replaced-*Z")
    with open_engine(f"sqlite:///{kept}").connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM resources")) == 2


@only_sqlite
def test_owner_and_mode_are_those_of_what_is_replaced(room: Room, tmp_path: Path) -> None:
    room.person("a")
    file, there = saved(room, tmp_path), tmp_path / "there"
    there.mkdir(mode=0o750)
    owner = (12_345, 12_346) if os.getuid() == 0 else (os.getuid(), os.getgid())
    os.chown(there, *owner)
    put(file, there, room.clock)
    store = there / "room.db"
    for path in (store, there / "room.db.lock"):
        assert (path.stat().st_uid, path.stat().st_gid) == owner
    assert stat.S_IMODE(store.stat().st_mode) == 0o640
    store.chmod(0o604)
    put(file, there, room.clock, force=True)
    assert (store.stat().st_uid, store.stat().st_gid, stat.S_IMODE(store.stat().st_mode)) == (*owner, 0o604)


@only_sqlite
def test_a_store_whose_path_reads_like_an_address_is_saved(room: Room, tmp_path: Path) -> None:
    room.person("a")
    odd = tmp_path / "区 #1 ? 100"
    put(saved(room, tmp_path), odd, room.clock)
    backup(f"sqlite:///{odd / 'room.db'}", tmp_path / "again.backup", room.clock)
    assert read_manifest(tmp_path / "again.backup").tables["resources"][0] == 1


@only_sqlite
def test_a_token_that_was_revoked_since_is_good_again_and_the_command_says_so(room: Room, tmp_path: Path) -> None:
    room.writer.write(lambda connection: tokens.create_token(connection, "HR", "hr", room.clock))
    file = saved(room, tmp_path)
    room.writer.write(lambda connection: tokens.revoke_token(connection, "HR", room.clock))
    config, store = tmp_path / "huaming.toml", tmp_path / "again.db"
    config.write_text(f'[store]\nurl = "sqlite:///{store}"\n')
    done = inside("restore", str(file), "--config", config)
    assert done.returncode == 0, done.stderr
    with open_engine(f"sqlite:///{store}").connect() as connection:
        assert [each["revoked"] for each in tokens.list_tokens(connection)] == [None]
    assert "备份之后吊销的令牌又有效" in done.stdout
