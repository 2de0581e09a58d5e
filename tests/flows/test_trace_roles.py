"""PostgreSQL: the product's role adds to the trace and takes nothing away; two sealers never fork the chain (S26)."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from scim_server.clock import stamp
from scim_server.reconcile.sealer import Sealer
from scim_server.store import retention
from scim_server.store.engine import open_engine, reading
from scim_server.store.erasure import erase
from scim_server.store.sealing import Horizon
from scim_server.store.writer import Writer
from tests.flows.trace_room import TraceRoom, town
from tests.servers.stores import ON_POSTGRESQL

pytestmark = pytest.mark.skipif(not ON_POSTGRESQL, reason="about the roles and transactions of PostgreSQL")

GRANTS = Path(__file__).parents[2] / "deploy" / "postgresql" / "grants.sql"
ROLE = "huaming_product"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[TraceRoom]:
    one = town(tmp_path)
    yield one
    one.close()


@pytest.fixture
def product(room: TraceRoom) -> Iterator[TraceRoom]:
    """The same store, worked by the product's role."""
    with psycopg.connect(room.url, autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(ROLE)))
    command = ["psql", "-q", "-v", "ON_ERROR_STOP=1", "-v", f"product={ROLE}", "-f", str(GRANTS), room.url]
    subprocess.run(command, check=True, capture_output=True)
    owner, room.url = room.url, _as(room.url)
    room.engine = open_engine(room.url)
    room.use(None)
    yield room
    room.url = owner


def _as(url: str) -> str:
    told = psycopg.conninfo.conninfo_to_dict(url) | {"user": ROLE}
    told.pop("password", None)
    name = told.pop("dbname")
    return f"postgresql:///{name}?" + "&".join(f"{key}={value}" for key, value in told.items())


def test_the_product_works_and_cannot_touch_what_it_has_traced(product: TraceRoom) -> None:
    with product.engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == ROLE
    product.person("late")
    product.work()
    product.seal()
    assert product.verify().ok
    statements = [
        "UPDATE trace SET outcome = 'done'",
        "DELETE FROM trace",
        "TRUNCATE trace",
        "UPDATE seals SET seal = bound",
        "DELETE FROM seals",
        "UPDATE seal_lots SET at = ''",
        "DELETE FROM seal_lots",
        "INSERT INTO trace_begin SELECT 1, '', 0, hash, hash, '', NULL, NULL FROM seal_lots LIMIT 1",
        "UPDATE changes SET actor = 'nobody'",
        "DELETE FROM changes",
    ]
    for each in statements:
        with pytest.raises(ProgrammingError, match="permission denied"):
            product.by_hand(each)
    assert product.verify().ok


def test_the_product_erases_and_the_owner_cuts(product: TraceRoom, room: TraceRoom) -> None:
    assert product.writer.write(lambda connection: erase(connection, "E-p1", "王主任", product.time)) > 0
    product.seal()
    assert product.verify().ok
    with product.engine.connect() as connection:
        assert not retention.may_cut(connection)
    before = stamp(product.time + 1)
    with pytest.raises(ProgrammingError, match="permission denied"):
        product.writer.write(lambda connection: retention.cut(connection, before, "huaming", before))


def test_the_owner_cuts(room: TraceRoom) -> None:
    room.person("late")
    room.work()
    room.seal()
    before = stamp(room.time + 1)
    assert room.writer.write(lambda connection: retention.cut(connection, before, "owner", before)) > 0
    assert room.verify().ok


def test_two_sealers_at_once_never_fork_the_chain(room: TraceRoom) -> None:
    writers = [Writer(open_engine(room.url, writing=True)) for _ in range(2)]
    sealers = [Sealer(room.engine, writer, room.clock) for writer in writers]
    for turn in range(10):
        room.person(f"more{turn}")
        room.work()
        with ThreadPoolExecutor(2) as threads:
            list(threads.map(lambda sealer: sealer.seal(), sealers))
    while any(sealer.seal() for sealer in sealers):
        pass
    for sealer, writer in zip(sealers, writers, strict=True):
        sealer.close()
        writer.close()
    verdict = room.verify()
    assert verdict.ok
    assert verdict.unsealed == 0


def test_nothing_is_sealed_above_a_transaction_that_is_open(room: TraceRoom) -> None:
    """Its rows have lower numbers than what others commit meanwhile."""
    one = "INSERT INTO trace (at, kind, actor, said) VALUES ('2030', 'ruling', 'a', 'a')"
    slow = open_engine(room.url, writing=True).connect()
    slow.execute(text(one))
    room.by_hand(one)
    late = room.rows("SELECT max(seq) FROM trace")[0][0]
    reader = room.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    horizon = Horizon(reader)
    assert [horizon.reached().trace < late - 1 for _ in range(5)] == [True] * 5
    slow.commit()
    slow.close()
    assert horizon.reached().trace == late
    reader.close()
    room.seal()
    assert room.verify().ok
    assert room.verify().unsealed == 0


def test_a_number_that_was_issued_before_its_row_is_written_holds_up_the_seals(room: TraceRoom) -> None:
    """A row gets its number a moment before it is written: its transaction counts as open by then."""
    reader = room.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    horizon, before = Horizon(reader), room.rows("SELECT last_value FROM trace_seq_seq")[0][0]
    gate = psycopg.connect(room.url, autocommit=True)  # what is under way waits for it, however slow the machine is
    gate.execute("SELECT pg_advisory_lock(7)")
    with ThreadPoolExecutor(1) as thread, gate:
        slow = thread.submit(
            room.by_hand,
            "INSERT INTO trace (seq, at, kind, actor, said) "
            "SELECT nextval('trace_seq_seq'), '2030', 'ruling', 'a', pg_advisory_xact_lock(7)::text",
        )
        while room.rows("SELECT last_value FROM trace_seq_seq")[0][0] == before and not slow.done():
            pass
        room.by_hand("INSERT INTO trace (at, kind, actor, said) VALUES ('2030', 'ruling', 'b', 'b')")
        reached = [horizon.reached().trace for _ in range(5)]
        assert not slow.done(), "the slow one has to be under way still"
        assert max(reached) <= before
        gate.execute("SELECT pg_advisory_unlock(7)")
        slow.result()
    assert horizon.reached().trace == before + 2
    reader.close()
    room.seal()
    assert room.verify().ok


def test_what_a_database_had_issued_before_it_crashed_is_not_sealed_over(room: TraceRoom) -> None:
    """Numbers that went to transactions it has lost are issued again: the last lot of them may still be open."""
    one = "INSERT INTO trace (at, kind, actor, said) VALUES ('2030', 'ruling', 'a', 'a')"
    horizon = Horizon(reading(room.engine))
    room.rows("SELECT setval('trace_seq_seq', (SELECT max(seq) + 20 FROM trace))")
    issued = horizon.reached().trace
    room.rows("SELECT setval('trace_seq_seq', (SELECT max(seq) FROM trace))")
    room.rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
              "AND datname = current_database()")  # fmt: skip
    slow = open_engine(room.url, writing=True).connect()
    slow.execute(text(one))
    room.by_hand(one)
    late = room.rows("SELECT max(seq) FROM trace")[0][0]
    assert late < issued
    assert [horizon.reached().trace < late - 1 for _ in range(5)] == [True] * 5
    slow.commit()
    slow.close()
    assert horizon.reached().trace == late
