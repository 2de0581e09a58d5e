"""How long the trace is kept, that it survives a crash, and that nothing is done which it cannot hold (S26, row 51)."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_server.clock import stamp
from scim_server.reconcile.audit import DAY, Audit
from scim_server.settings import Audit as Settings
from scim_server.store import retention, trace
from tests.flows.trace_room import KEY, TraceRoom, named, town
from tests.servers.stores import only_sqlite


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TraceRoom]:
    one = town(tmp_path)
    yield one
    one.close()


def test_old_rows_are_cut_off_by_the_day_and_the_chain_begins_behind_them(room: TraceRoom) -> None:
    first = room.verify().head
    room.time += 200 * DAY
    young = room.person("young")
    room.work()
    room.seal()
    audit = Audit(Settings(retention_days=183), room.engine, room.writer, room.clock)
    audit.retain()
    audit.close()
    room.seal()
    found = room.verify()
    assert found.ok
    assert found.begins_after == 3
    assert room.rows("SELECT kind, subject, outcome FROM trace ORDER BY seq") == [
        ("intent", young, None),
        ("end", None, "done"),
        ("cut", None, None),
    ]
    assert room.rows("SELECT subject FROM attempts") == [(young,)]
    with room.engine.connect() as connection:
        assert [each.number for each in trace.recount(connection)] == [1]
    assert first is not None
    assert room.verify(first).ok  # the head that was cut off is where the chain begins
    assert named(room.tampered("UPDATE trace_begin SET attempts_until = '2099'")) == [("lots", "altered", "3")]
    assert ("lots", "removed", "1") in named(room.tampered("DELETE FROM trace_begin"))


def test_the_head_always_stays(room: TraceRoom) -> None:
    before = stamp(room.time + 400 * DAY)
    while room.writer.write(lambda connection: retention.cut(connection, before, "王主任", before)):
        pass
    assert room.rows("SELECT number FROM seal_lots") == [(3,)]
    assert room.verify().ok
    room.person("late")
    room.work()
    room.seal()
    assert room.verify().ok


def test_a_key_of_the_house_follows_another(room: TraceRoom) -> None:
    room.use(KEY)
    room.person("late")
    room.work()
    room.seal()
    assert room.verify(key=KEY).ok
    room.use(None)
    assert [kind for _, kind, _ in room.faults()] != []


ROOT = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from tests.flows.trace_room import TraceRoom
room = TraceRoom(Path(sys.argv[1]))
for number in range(100_000):
    room.person(f"k{number}")
    room.work()
    if number % 3 == 0:
        room.seal()
    print(number, flush=True)
"""


@only_sqlite
@pytest.mark.parametrize("people", [11])
def test_kill_9_at_any_moment_leaves_a_trace_that_verifies(tmp_path: Path, people: int) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for _ in range(people):
        assert child.stdout.readline()
    child.send_signal(signal.SIGKILL)
    child.wait()
    room = TraceRoom(tmp_path)
    assert room.rows("SELECT count(*) FROM trace")[0][0] > 0
    assert room.verify().ok
    room.seal()
    assert room.verify().ok
    assert room.verify().unsealed == 0
    room.close()


DISK_FULL = """
import resource, sys
from pathlib import Path
from scim_server.store.engine import Unavailable
from tests.flows.trace_room import TraceRoom

folder = Path(sys.argv[1])
room = TraceRoom(folder)
for number in range(60):
    room.person(f"p{number}")
room.seal()
size = max(path.stat().st_size for path in folder.glob("room.db*"))
refused = 0
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30_000, resource.RLIM_INFINITY))
for _ in range(20):
    try:
        room.work(15)
    except Unavailable:
        refused += 1
    traced = {key for (key,) in room.rows(
        "SELECT attempts.key FROM trace JOIN attempts ON attempts.id = trace.attempt WHERE trace.kind = 'intent'"
    )}
    assert set(room.accounts()) <= traced, "somebody was made without a trace"
assert refused, "the disk never was full"
made = len(room.accounts())
assert made < 60
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
room.hire()
room.work_out()
assert len(room.accounts()) == 60
room.seal()
assert room.verify().ok
room.close()
print(made, refused)
"""


@only_sqlite
def test_while_the_disk_is_full_nothing_is_done_that_is_not_traced(tmp_path: Path) -> None:
    command = [sys.executable, "-c", DISK_FULL, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
