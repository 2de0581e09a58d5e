"""A PostgreSQL that restarts, fails over or loses connections, under load: nothing acknowledged is lost or doubled."""

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic

import psycopg
import pytest

from scim_server.store.postgresql import SERVING, WRITING
from tests.flows.postgresql_load import load_on
from tests.servers.faultproxy import FaultProxy
from tests.servers.postgresql import Postgresql
from tests.servers.tempo import allowed

Private = Callable[..., Postgresql]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def behind(proxy: FaultProxy, url: str) -> str:
    """The same database, reached through the proxy."""
    return re.sub(r"@127\.0\.0\.1:\d+/", f"@127.0.0.1:{proxy.port}/", url)


@pytest.mark.anyio
async def test_five_restarts_fast_and_immediate(private_postgresql: Private, tmp_path: Path) -> None:
    """Reliability 26: writes again within five seconds of its being ready, and nobody does anything."""
    cluster = private_postgresql(DURABLE="1")
    assert cluster.folder
    assert (cluster.folder / "data").stat().st_uid != 0  # never as root, whoever runs the tests
    async with load_on(cluster.url, tmp_path) as load:
        await load.until_acknowledged()
        for mode in ("fast", "immediate", "fast", "immediate", "immediate"):
            await asyncio.to_thread(cluster.stop, mode)
            await asyncio.to_thread(cluster.start)
            assert await load.until_acknowledged() <= allowed(5)
    load.check(cluster.url)


@pytest.mark.anyio
async def test_failover_to_a_synchronous_standby(private_postgresql: Private, tmp_path: Path) -> None:
    """Reliability 27: the house finds the new primary by itself within thirty seconds."""
    primary = private_postgresql(DURABLE="1", SYNCHRONOUS="*")
    standby = private_postgresql(DURABLE="1", STANDBY_OF=str(primary.folder), SYNCHRONOUS="")
    hosts = f"@127.0.0.1:{primary.port},127.0.0.1:{standby.port}/hub?target_session_attrs=read-write"
    url = re.sub(r"@.*$", hosts, primary.url)
    async with load_on(url, tmp_path) as load:
        await load.until_acknowledged(100)
        await asyncio.to_thread(primary.stop, "immediate")
        await asyncio.to_thread(standby.promote)
        assert await load.until_acknowledged() <= allowed(30)
    load.check(standby.url)


@pytest.mark.anyio
async def test_connections_dropped_within_transactions(private_postgresql: Private, tmp_path: Path) -> None:
    """Reliability 28: what was surely not committed is done again, the rest is told, nothing is done twice."""
    cluster = private_postgresql(DURABLE="1")
    with FaultProxy("127.0.0.1", cluster.port) as proxy:
        async with load_on(behind(proxy, cluster.url), tmp_path) as load:
            await load.until_acknowledged()
            for place in range(40):
                proxy.cut()
                await asyncio.sleep(0.02 + 0.003 * place)
            assert await load.until_acknowledged() <= allowed(10)
            proxy.set(drop_replies=True)  # what was under way is committed, and nobody is told
            await asyncio.sleep(0.5)
            proxy.clear()
            # a read for others gives up a lost answer after so long, and a write after that
            assert await load.until_acknowledged() <= allowed(SERVING + WRITING)
    load.check(cluster.url)


@pytest.mark.anyio
async def test_more_connections_than_there_are(private_postgresql: Private, tmp_path: Path) -> None:
    """Reliability 28: who gets no connection is told to come again, and served when there is one."""
    cluster = private_postgresql(MAX_CONN="24")
    async with load_on(cluster.url, tmp_path) as load:
        await load.until_acknowledged()
        hogs: list[psycopg.Connection] = []
        with suppress(psycopg.OperationalError):
            while True:
                hogs.append(await asyncio.to_thread(psycopg.connect, cluster.url))
        began, before = monotonic(), load.said[503]
        cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'huaming'"
        hogs[0].execute(cut)
        greedy = []
        with suppress(psycopg.OperationalError):
            while True:  # they take what the house has lost
                greedy.append(await asyncio.to_thread(psycopg.connect, cluster.url))
        while load.said[503] == before and monotonic() - began < 60:
            await asyncio.sleep(0.02)
        for each in [*hogs, *greedy]:
            each.close()
        assert await load.until_acknowledged() <= allowed(10)
    load.check(cluster.url)
