"""How processes on one store agree: who schedules, which tick is whose, the mode of a new system, the pace."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, Engine, text

from mappings.model import Window
from scim_server.clock import Clock, day_start
from scim_server.operate.desk import Desk
from scim_server.operate.waiting import LATE, QUIET, until_idle
from scim_server.settings import Settings, StoreSettings
from scim_server.store import pace, rolls, schedule, targets
from scim_server.store.engine import Unavailable, open_engine, reading
from scim_server.store.leader import SCHEDULES, THERE, Session, is_there, is_worked, keep_out
from scim_server.store.lock import Busy
from scim_server.store.migrate import migrate
from scim_server.store.turns import InTurn
from scim_server.store.writer import Writer
from tests.flows.nodes.sessions import soon, until_nobody_is_there
from tests.servers.postgresql import drop_store, new_store

T = TypeVar("T")

NOW = 1_900_000_000.0
HOUR = 3600.0
_THERE = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE l.locktype = 'advisory' "
    f"AND d.datname = current_database() AND l.objid = {THERE & 0xFFFFFFFF}"
)


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    url = new_store()
    yield url
    drop_store(url)


@pytest.fixture
def postgresql(store: str) -> Iterator[str]:
    """A store on which nobody is any more."""
    yield store
    until_nobody_is_there(store)


@pytest.fixture(params=["sqlite", "postgresql"])
def writing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A writing engine on a store of either kind."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'nodes.db'}"
        migrate(url)
    else:
        url = request.getfixturevalue("postgresql")
    engine = open_engine(url, writing=True)
    yield engine
    engine.dispose()


def at_once(engine: Engine, number: int, do: Callable[[Connection], T]) -> list[T]:
    """What each of so many connections gets that do it at the same moment, a transaction each."""
    gate, got = threading.Barrier(number), list[T]()

    def run() -> None:
        with engine.connect() as connection:
            gate.wait()
            with connection.begin():
                got.append(do(connection))

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == number
    return got


def test_a_tick_is_taken_by_one(writing: Engine) -> None:
    for moment in (NOW, NOW + HOUR, NOW + 3 * HOUR):
        taken = at_once(writing, 4, lambda connection, moment=moment: schedule.take(connection, "a", HOUR, moment))
        assert Counter(taken) == {True: 1, False: 3}
    assert Counter(at_once(writing, 2, lambda c: schedule.take(c, "a", HOUR, NOW + 3.5 * HOUR))) == {False: 2}


def test_a_clock_that_was_far_ahead_does_not_block_a_schedule(writing: Engine) -> None:
    with writing.begin() as connection:
        assert schedule.take(connection, "b", HOUR, NOW + 1000 * HOUR)
        assert schedule.due(connection, "b", HOUR, NOW)
        assert schedule.take(connection, "b", HOUR, NOW)
        assert not schedule.due(connection, "b", HOUR, NOW + 10)


def test_what_belongs_to_a_day_is_done_once_over_three_jumps_of_the_clock(writing: Engine) -> None:
    days = ["2026-03-01", "2026-03-02", "2026-03-01", "2026-03-02", "2026-02-20", "2026-03-02", "2026-03-03"]
    with writing.begin() as connection:
        done = [day for day in days if schedule.take_moment(connection, "c", day_start(day) + 2 * HOUR)]
    assert done == ["2026-03-01", "2026-03-02", "2026-03-03"]


def test_a_clock_that_was_a_year_ahead_does_not_stop_what_belongs_to_a_day(writing: Engine) -> None:
    days = ["2026-03-01", "2027-03-01", "2026-03-02", "2026-03-02", "2026-03-03"]
    with writing.begin() as connection:
        done = [day for day in days if schedule.take_moment(connection, "d", day_start(day) + 2 * HOUR)]
    assert done == ["2026-03-01", "2027-03-01", "2026-03-02", "2026-03-03"]


def test_a_day_that_was_rolled_is_never_rolled_back(writing: Engine) -> None:
    with writing.begin() as connection:
        for day in ("2026-03-02", "2026-03-01"):
            rolls.end_day(connection, day)
        assert rolls.rolled(connection) == "2026-03-02"


def test_of_two_that_decide_a_mode_at_once_one_stands(writing: Engine) -> None:
    said = iter(["enforce", "observe", "observe", "observe"])
    got = at_once(writing, 4, lambda connection: targets.decide(connection, "new", next(said)))
    with writing.begin() as connection:
        assert set(got) == {targets.standing(connection, "new").mode}
        assert targets.decide(connection, "new", "else") == got[0]


def test_what_many_draw_at_once_is_never_more_than_the_window(writing: Engine) -> None:
    minute = Window("call", 50, 60.0)
    got = at_once(writing, 8, lambda connection: pace.draw(connection, "new-paced", {minute: 20}, NOW).calls[minute])
    assert sum(got) == 50


# -- who schedules: PostgreSQL alone has several


def session(url: str, stack: ExitStack, *, scheduling: bool = True) -> Session:
    engine = open_engine(url)
    one = Session(engine, time.monotonic, scheduling=scheduling)
    stack.callback(engine.dispose)
    stack.callback(one.close)
    return one


def test_one_of_all_workers_schedules_and_another_takes_over(postgresql: str) -> None:
    with ExitStack() as stack:
        server = session(postgresql, stack, scheduling=False)
        first, second = session(postgresql, stack), session(postgresql, stack)
        assert [each.leads() for each in (server, first, second)] == [False, True, False]
        first.close()
        soon(second.leads)  # the database learns a little later that the first has hung up
        assert [each.leads() for each in (server, first, second)] == [False, False, True]


def test_a_session_that_the_database_ends_is_taken_over_and_does_not_come_back_as_leader(postgresql: str) -> None:
    with ExitStack() as stack:
        first = session(postgresql, stack)
        assert first.leads()
        second = session(postgresql, stack)
        with reading(open_engine(postgresql)) as connection:
            assert is_worked(connection)
            connection.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = :low"),
                {"low": SCHEDULES & 0xFFFFFFFF},
            )
            soon(second.leads)
        assert not any(first.leads() for _ in range(3))
        assert second.leads()


def test_nobody_starts_in_a_store_that_is_being_moved_and_none_is_moved_that_is_worked(postgresql: str) -> None:
    with ExitStack() as stack:
        one = session(postgresql, stack, scheduling=False)
        with reading(open_engine(postgresql)) as mover:
            assert is_there(mover)
            assert not keep_out(mover)
            one.close()
            soon(lambda: not is_there(mover))
            assert keep_out(mover)
            with pytest.raises(Busy, match="being moved"):
                session(postgresql, stack)
        until_nobody_is_there(postgresql)
        assert session(postgresql, stack).leads()


def test_nothing_is_written_into_a_store_that_is_being_moved(postgresql: str) -> None:
    """The copy tells of one moment: what a server writes after it, whose session was lost, would be in no store."""
    desk = Desk(Settings(store=StoreSettings(url=postgresql)), Clock())
    writer = Writer(open_engine(postgresql, writing=True))
    with ExitStack() as stack:
        stack.callback(writer.close)
        mover = stack.enter_context(reading(open_engine(postgresql)))
        assert keep_out(mover)
        with pytest.raises(Unavailable, match="being moved"):
            desk.run("look", actor="甲", what="states", subject="*")
        with pytest.raises(Unavailable, match="being moved"):
            writer.write(InTurn(lambda connection: None))
        assert until_idle(desk, 0.3) == LATE, "whoever waits for it to be worked is told in time"
        mover.close()
        until_nobody_is_there(postgresql)
        writer.write(InTurn(lambda connection: None))
        desk.run("look", actor="甲", what="states", subject="*")


def test_who_waits_does_not_work_beside_a_worker_and_works_where_there_is_none(postgresql: str) -> None:
    """The day of this store has never been rolled: it is rolled by whoever works."""
    desk = Desk(Settings(store=StoreSettings(url=postgresql)), Clock())
    with reading(open_engine(postgresql)) as onlooker, ExitStack() as stack:
        there: set[int] = set()

        def count(_: int) -> None:
            there.add(onlooker.scalar(_THERE) or 0)

        assert session(postgresql, stack).leads()
        assert until_idle(desk, 0.3, count) == LATE
        assert there == {1}
    assert until_idle(desk, 60.0) == QUIET


def test_on_sqlite_the_one_process_schedules(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'one.db'}"
    migrate(url)
    one = Session(open_engine(url), Clock().monotonic, scheduling=True)
    assert one.leads()
    one.start()
    one.close()
