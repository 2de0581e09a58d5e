"""The single writer: groups commit together, one offender fails alone, a failed COMMIT fails them all (S19)."""

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, insert, text, update
from sqlalchemy.exc import IntegrityError

from scim_server.store.engine import Unavailable, open_engine
from scim_server.store.prepared import LOT
from scim_server.store.writer import Missed, Step, Writer
from tests.servers.stores import only_sqlite, store_url

things = Table("things", MetaData(), Column("id", Integer, primary_key=True), Column("name", Text, nullable=False))
ADD = insert(things)
NAME = update(things).where(things.c.id == text(":of")).values(name=text(":name"))


@pytest.fixture
def url(tmp_path: Path) -> str:
    return store_url(tmp_path / "things.db", empty=True)


@pytest.fixture
def writer(url: str) -> Iterator[Writer]:
    engine = open_engine(url, writing=True)
    things.metadata.create_all(engine)
    one = Writer(engine)
    yield one
    one.close()


def add(*ids: int, expect: int | None = None) -> list[Step]:
    rows = [{"id": id, "name": str(id)} for id in ids]
    return [Step(ADD, rows, len(ids) if expect is None else expect)]


def there(url: str) -> set[int]:
    with open_engine(url).connect() as connection:
        return {id for (id,) in connection.execute(text("SELECT id FROM things"))}


class Held:
    """Keeps the writer busy, so that what is submitted meanwhile becomes one group."""

    def __init__(self, writer: Writer) -> None:
        self._open, entered = threading.Event(), threading.Event()

        def hold(_: Connection) -> None:
            entered.set()
            self._open.wait(10)

        writer.submit(hold)
        assert entered.wait(10)

    def __enter__(self) -> None: ...

    def __exit__(self, *_: Any) -> None:
        self._open.set()


def commits(writer: Writer) -> list[int]:
    """Counts commits from here on."""
    seen: list[int] = []
    writer.on_commit = lambda: seen.append(1)
    return seen


def test_what_has_gathered_is_one_commit_and_everybody_waits_for_it(writer: Writer, url: str) -> None:
    seen = commits(writer)
    with Held(writer):
        answers = [writer.submit(add(number)) for number in range(50)]
        assert not any(answer.done() for answer in answers)
    for answer in answers:
        answer.result(10)
    assert there(url) == set(range(50))
    writer.close()  # a commit is counted after those who wait for it are answered: once it was asked for too early
    assert len(seen) == 2


def test_one_offender_in_a_merged_group_fails_alone(writer: Writer, url: str) -> None:
    writer.write(add(7))
    with Held(writer):
        answers = {number: writer.submit(add(number)) for number in range(20)}
    for number, answer in answers.items():
        if number == 7:
            with pytest.raises(IntegrityError):
                answer.result(10)
        else:
            answer.result(10)
    assert there(url) == set(range(20))


def test_a_version_that_has_moved_fails_alone(writer: Writer, url: str) -> None:
    writer.write(add(1, 2))
    with Held(writer):
        right = writer.submit([Step(NAME, [{"of": 1, "name": "right"}], 1)])
        stale = writer.submit([Step(NAME, [{"of": 99, "name": "stale"}], 1), *add(3)])
        other = writer.submit([Step(NAME, [{"of": 2, "name": "other"}], 1)])
    right.result(10)
    other.result(10)
    with pytest.raises(Missed):
        stale.result(10)
    assert there(url) == {1, 2}, "nothing of the offender is there, not even what would have fitted"
    with open_engine(url).connect() as connection:
        assert [name for (name,) in connection.execute(text("SELECT name FROM things ORDER BY id"))] == [
            "right",
            "other",
        ]


def test_a_failing_function_fails_alone_and_undoes_what_it_did(writer: Writer, url: str) -> None:
    def half(connection: Connection) -> None:
        connection.execute(ADD, [{"id": 100, "name": "half"}])
        raise LookupError("after the first half")

    with Held(writer):
        before, failing, after = writer.submit(add(1)), writer.submit(half), writer.submit(add(2))
    before.result(10)
    after.result(10)
    with pytest.raises(LookupError):
        failing.result(10)
    assert there(url) == {1, 2}


def test_a_function_is_done_in_its_place_and_its_answer_comes_back(writer: Writer) -> None:
    def count(connection: Connection) -> Any:
        return connection.execute(text("SELECT count(*) FROM things")).scalar()

    with Held(writer):
        one, between, two = writer.submit(add(1)), writer.submit(count), writer.submit(add(2))
    one.result(10)
    two.result(10)
    assert between.result(10) == 1


@only_sqlite
def test_a_store_locked_by_another_fails_the_whole_group_and_the_next_one_is_written(writer: Writer, url: str) -> None:
    """Unavailable, not an answer that says done; afterwards the writer goes on by itself."""
    writer.write(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=50") and None)
    other = open_engine(url, writing=True).connect()
    writer.write(add(0))
    with other.begin():
        refused = [writer.submit(add(number)) for number in range(10, 15)]
        for answer in refused:
            with pytest.raises(Unavailable):
                answer.result(30)
    other.close()
    writer.write(add(20))
    assert there(url) == {0, 20}


def test_the_event_loop_is_answered_after_the_commit(writer: Writer, url: str) -> None:
    async def both() -> None:
        await asyncio.gather(*(writer.commit(add(number)) for number in range(30)))
        with pytest.raises(IntegrityError):
            await writer.commit(add(3))

    asyncio.run(both())
    assert there(url) == set(range(30))


def test_closing_commits_what_is_queued_and_refuses_what_comes_later(writer: Writer, url: str) -> None:
    with Held(writer):
        answers = [writer.submit(add(number)) for number in range(10)]
        closing = threading.Thread(target=writer.close)
        closing.start()
    closing.join(10)
    for answer in answers:
        answer.result(1)
    assert there(url) == set(range(10))
    with pytest.raises(Unavailable):
        writer.submit(add(99))


DISK_FULL = """
import resource, signal, sys
from sqlalchemy import text
from scim_server.store.engine import Unavailable, open_engine
from scim_server.store.prepared import LOT
from scim_server.store.writer import Step, Writer
from tests.unit.test_writer import ADD, add, things

url = sys.argv[1]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
engine = open_engine(url, writing=True)
things.metadata.create_all(engine)
writer = Writer(engine)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
acknowledged, refused = set(), set()
for number in range(400):
    try:
        writer.write([Step(ADD, [{"id": number, "name": "x" * 4000}], 1)])
        acknowledged.add(number)
    except Unavailable:
        refused.add(number)
assert refused, "the disk never was full"
with open_engine(url).connect() as reader:
    there = {id for (id,) in reader.execute(text("SELECT id FROM things"))}
assert there == acknowledged, (there ^ acknowledged)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
writer.write(add(1000))
with open_engine(url).connect() as reader:
    there = {id for (id,) in reader.execute(text("SELECT id FROM things"))}
    assert reader.execute(text("PRAGMA integrity_check")).scalar() == "ok"
assert there == acknowledged | {1000}
writer.close()
print(len(acknowledged), len(refused))
"""


@only_sqlite
def test_a_full_disk_refuses_and_loses_nothing_and_is_written_again_when_there_is_room(url: str) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", DISK_FULL, url]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    acknowledged, refused = map(int, done.stdout.split())
    assert acknowledged > 0
    assert refused > 0


def test_many_rows_go_out_in_lots_and_are_counted_together(writer: Writer, url: str) -> None:
    """A driver that waits for all of them as for one answer would be cut off in the middle of a large write."""
    writer.write(add(*range(LOT + 1)))
    assert len(there(url)) == LOT + 1
    with pytest.raises(Missed):
        writer.write(add(*range(LOT + 1, 2 * LOT + 3), expect=LOT))
    assert len(there(url)) == LOT + 1
