"""What PostgreSQL needs besides SQL: turns, one migration of several, time of its own, rows that are settled."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep, time

import psycopg
import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, Text, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from scim_server.clock import Clock
from scim_server.store.database_clock import database_time, measured
from scim_server.store.deadline import unhurried
from scim_server.store.engine import Unavailable, Unusable, named, open_engine, reading
from scim_server.store.lasting import sentence
from scim_server.store.migrate import migrate
from scim_server.store.standstill import end_still
from scim_server.store.tables import changes, metadata
from scim_server.store.turns import InTurn, take_turn
from scim_server.store.writer import Step, Writer
from tests.servers.postgresql import drop_store, new_store

SOON = 30.0
CHANGE = {"at": "", "actor": "", "action": "", "type": "", "resource_id": "", "subject": "", "version": 1}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    made = new_store()
    yield made
    drop_store(made)


@pytest.fixture(scope="module")
def engine(url: str) -> Engine:
    return open_engine(url, writing=True)


def test_nodes_that_start_at_once_migrate_once() -> None:
    url = new_store(empty=True)
    try:
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(migrate, url) for _ in range(4)]:
                done.result(SOON)
        with open_engine(url).connect() as connection:
            assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
            assert set(inspect(connection).get_table_names()) - {"alembic_version"} == set(metadata.tables)
    finally:
        drop_store(url)


def test_a_newer_schema_is_refused() -> None:
    url = new_store()
    try:
        with open_engine(url, writing=True).begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(Unusable, match="a newer version of Huaming"):
            migrate(url)
    finally:
        drop_store(url)


def test_every_text_compares_by_its_bytes(engine: Engine) -> None:
    asked = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
    )
    with engine.connect() as connection:
        assert connection.execute(text(asked)).all() == []


def test_numbers_of_changes_are_the_order_of_the_commits(engine: Engine) -> None:
    """Whoever has seen a number never misses a lower one, though nobody takes the turn by himself here."""
    with engine.connect() as first, ThreadPoolExecutor(1) as pool:
        begun = first.begin()
        lower = first.scalar(insert(changes).returning(changes.c.seq), CHANGE)

        def second() -> int:
            with engine.begin() as connection:
                number: int = connection.scalar(insert(changes).returning(changes.c.seq), CHANGE)
                return number

        higher = pool.submit(second)
        with engine.connect() as watcher:
            waits = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
            assert until(lambda: watcher.scalar(waits) == 1 or watcher.rollback())
            assert watcher.scalar(select(changes.c.seq).where(changes.c.seq >= lower)) is None
        begun.commit()
        assert higher.result(SOON) > lower


def test_two_writers_in_turn_do_not_stand_in_each_others_way(engine: Engine, url: str) -> None:
    """Both add to one counter, read and then written: in turn, none is lost."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counter (number bigint)"))
        connection.execute(text("INSERT INTO counter VALUES (0)"))

    def add(connection: object) -> None:
        number = connection.scalar(text("SELECT number FROM counter"))  # type: ignore[attr-defined]
        connection.execute(text("UPDATE counter SET number = :next"), {"next": number + 1})  # type: ignore[attr-defined]

    writers = [Writer(open_engine(url, writing=True)) for _ in range(2)]
    for done in [writer.submit(InTurn(add)) for _ in range(100) for writer in writers]:
        done.result(SOON)
    for writer in writers:
        writer.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT number FROM counter")) == 200


def test_groups_that_undo_each_other_are_done_again(engine: Engine, url: str) -> None:
    """Two nodes lock the same rows in opposite orders; the database ends one, and it is done again as a whole."""
    pair = Table("pair", MetaData(), Column("id", Integer, primary_key=True), Column("hits", Integer))
    pair.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(pair), [{"id": 1, "hits": 0}, {"id": 2, "hits": 0}])
    hit = text("UPDATE pair SET hits = hits + 1 WHERE id = :of")
    met = threading.Barrier(2, timeout=SOON)
    first_time = [True, True]

    def crossing(node: int):  # type: ignore[no-untyped-def]
        def body(connection) -> None:  # type: ignore[no-untyped-def]
            connection.execute(hit, {"of": 1 + node})
            if first_time[node]:
                first_time[node] = False
                met.wait()
            connection.execute(hit, {"of": 2 - node})

        return body

    writers = [Writer(open_engine(url, writing=True)) for _ in range(2)]
    for done in [writer.submit(crossing(node)) for node, writer in enumerate(writers)]:
        done.result(SOON)
    for writer in writers:
        writer.close()
    with engine.connect() as connection:
        assert connection.execute(select(pair.c.hits).order_by(pair.c.id)).scalars().all() == [2, 2]


def test_the_databases_time_counts(engine: Engine, url: str) -> None:
    """Whatever the machine says; a clock that a test hands in stays."""
    found = database_time(engine, Clock())
    assert found is not None
    with reading(engine) as connection:
        told = float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")))
    assert abs(found.clock.now() - told) < 5
    assert abs(measured(url, Clock()).now() - found.clock.now()) < 5
    found.refresh()
    assert abs(found.clock.now() - time()) < 5
    found.close()
    fixed = Clock(now=lambda: 7.0)
    assert database_time(engine, fixed) is None
    assert measured(url, fixed) is fixed


def test_a_reader_whose_connection_was_cut_reads_again(engine: Engine, url: str) -> None:
    """What it reads is what is committed now, not the moment at which it came back."""
    reader = reading(open_engine(url))
    pid = reader.scalar(text("SELECT pg_backend_pid()"))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    assert reader.scalar(text("SELECT pg_backend_pid()")) != pid
    before = reader.scalar(text("SELECT count(*) FROM policies"))
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO policies (fingerprint, readings, settled) VALUES ('f', '{}', '')"))
    assert reader.scalar(text("SELECT count(*) FROM policies")) == before + 1
    reader.close()


def test_a_reader_streams_what_is_long_and_sees_one_moment_of_it(engine: Engine, url: str) -> None:
    """It is in no transaction, where PostgreSQL knows no cursor that is not kept beyond it."""
    numbers = Table("numbers", MetaData(), Column("number", Integer))
    numbers.create(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO numbers SELECT generate_series(1, 1000)"))
    asked = select(numbers.c.number).order_by(numbers.c.number).execution_options(yield_per=100)
    with reading(open_engine(url)) as reader:
        rows = reader.execute(asked).scalars()
        assert next(rows) == 1
        with engine.begin() as connection:
            connection.execute(numbers.delete())
        kept = text("SELECT count(*) FROM pg_cursors WHERE is_holdable")
        assert reader.scalar(kept) == 1, "the server sends lot by lot"
        assert list(rows) == list(range(2, 1001))
        assert reader.scalar(kept) == 0, "nothing of it stays on the server"
        assert reader.execute(asked).all() == []


def test_a_writer_whose_connection_was_cut_writes_on(engine: Engine, url: str) -> None:
    writer = Writer(open_engine(url, writing=True))
    pid = writer.write(lambda connection: connection.scalar(text("SELECT pg_backend_pid()")))
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    writer.write([Step(insert(changes), [CHANGE], 1)])
    writer.close()


def test_a_store_that_is_not_there_is_named_without_its_password() -> None:
    url = "postgresql://hub:geheim@127.0.0.1:9,127.0.0.1:10/hub?target_session_attrs=read-write"
    with pytest.raises(Unusable) as failed:
        migrate(url)
    assert "geheim" not in str(failed.value)
    assert named(url) == "postgresql://127.0.0.1:9,127.0.0.1:10/hub"


def test_only_the_transaction_that_asks_for_it_may_take_long(engine: Engine) -> None:
    slow = text("SELECT pg_sleep(0.3)")
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout = '50ms'"))
        connection.commit()
        with connection.begin():
            unhurried(connection)
            connection.execute(slow)
        with pytest.raises(OperationalError, match="timeout"):
            connection.execute(slow)


def test_who_stands_still_in_the_middle_of_a_batch_holds_no_lock_for_ever(engine: Engine, url: str) -> None:
    """The database itself would wait for the rest of it, whatever the timeouts say; who is loading is left alone."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE locked (id int); INSERT INTO locked VALUES (1)")
        connection.execute("CREATE TABLE loaded (id int)")
    still, loading = (psycopg.connect(url) for _ in range(2))
    still.execute("SET statement_timeout = '200ms'; SET idle_in_transaction_session_timeout = '200ms'")
    with loading.cursor().copy("/* of a night */ COPY loaded FROM STDIN") as copy:
        copy.write("1\n")
        still.pgconn.enter_pipeline_mode()
        still.pgconn.send_query_params(b"UPDATE locked SET id = 2", [])
        still.pgconn.send_flush_request()
        still.pgconn.flush()
        looker = reading(engine)
        waits = text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid AND wait_event = 'ClientRead'")
        assert until(lambda: looker.scalar(waits, {"pid": still.info.backend_pid}) == 1)
        sleep(1)
        assert end_still(looker) == 0, "it may still go on"
        assert end_still(looker, 0.5) == 1
        assert until(lambda: looker.scalar(waits, {"pid": still.info.backend_pid}) == 0)
    loading.commit()
    with psycopg.connect(url) as connection:
        connection.execute("SET statement_timeout = '30s'")
        assert connection.execute("UPDATE locked SET id = 3").rowcount == 1
        assert connection.execute("SELECT count(*) FROM loaded").fetchone() == (1,)
    for each in (still, loading):
        each.close()
    looker.close()


def test_what_is_told_of_an_error_quotes_nobody(engine: Engine) -> None:
    people = Table("people", MetaData(), Column("name", Text, primary_key=True))
    people.create(engine)
    with engine.connect() as connection:
        connection.execute(insert(people), {"name": "Zhang Wei"})
        with pytest.raises(IntegrityError) as failed:
            connection.execute(insert(people), {"name": "Zhang Wei"})
    assert "Zhang" in str(failed.value.orig)
    assert sentence(failed.value) == 'duplicate key value violates unique constraint "people_pkey"'


def test_whoever_takes_a_turn_keeps_it_to_the_end(engine: Engine) -> None:
    with engine.connect() as one, engine.connect() as other:
        with one.begin():
            take_turn(one)
            assert not other.scalar(text("SELECT pg_try_advisory_xact_lock(125823003944306)"))
            other.rollback()
        assert other.scalar(text("SELECT pg_try_advisory_xact_lock(125823003944306)"))


def until(look) -> bool:  # type: ignore[no-untyped-def]
    end = monotonic() + SOON
    while monotonic() < end:
        if look():
            return True
        threading.Event().wait(0.02)
    return False


def test_whoever_reads_for_the_first_time_while_the_store_is_away_is_told_so() -> None:
    """A thread that opens its first connection during a restart answers 503, like one that has lost its own."""
    with pytest.raises(Unavailable, match="cannot be read"):
        reading(open_engine("postgresql://hub:hub@127.0.0.1:1/hub"))
