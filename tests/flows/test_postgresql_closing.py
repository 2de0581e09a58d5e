"""A house whose PostgreSQL has fallen silent closes soon: whoever waits for an answer learns that none will come."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from time import monotonic

import httpx
import psycopg
import pytest

from scim_server.app import House as Whole
from scim_server.settings import Settings
from scim_server.store.outages import Unavailable
from tests.flows.test_postgresql_failover import behind
from tests.scim.house import House, Served, made, user
from tests.servers.faultproxy import FaultProxy
from tests.servers.postgresql import Postgresql

SOON = 25.0  # seconds on a machine that is busy with others; a reader's own patience alone is longer
GENEROUS = 60.0


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def proxy(private_postgresql: Callable[..., Postgresql]) -> Iterator[tuple[FaultProxy, str]]:
    """In front of a cluster; the URL leads through it."""
    cluster = private_postgresql()
    with FaultProxy("127.0.0.1", cluster.port) as one:
        yield one, cluster.url


def took(close: Callable[[], None]) -> float:
    """Seconds until it has closed."""
    began = monotonic()
    thread = Thread(target=close, daemon=True)
    thread.start()
    thread.join(GENEROUS)
    assert not thread.is_alive(), "it never closes"
    return monotonic() - began


@pytest.mark.anyio
async def test_a_house_closes_though_its_store_is_silent(proxy: tuple[FaultProxy, str], tmp_path: Path) -> None:
    """All its threads wait for answers that are swallowed. What was not acknowledged is an error to who asked."""
    between, url = proxy
    house = House(tmp_path, Served(), url=behind(between, url))
    async with house.client("hr") as scim:
        await scim.get("/Users")
        known = await made(scim, "/Users", user("p1"))
        between.set(drop_replies=True)
        asked = [
            *[asyncio.create_task(scim.get(f"/Users/{known['id']}")) for _ in range(6)],
            asyncio.create_task(scim.get("/Users", params={"filter": 'userName sw "p"'})),
            asyncio.create_task(scim.post("/Users", json=user("p2"))),
        ]
        feed = asyncio.create_task(house.feed.unacknowledged("hr", 10))
        await asyncio.sleep(0.5)
        assert not any(task.done() for task in asked)
        assert await asyncio.to_thread(took, house.close) < SOON
        answers = await asyncio.wait_for(asyncio.gather(*asked, feed, return_exceptions=True), GENEROUS)
    said = [each.status_code for each in answers if isinstance(each, httpx.Response)]
    assert set(said) <= {500, 503}
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM resources WHERE name = 'p1'").fetchone() == (1,)


def test_a_whole_house_closes_though_its_store_is_silent(proxy: tuple[FaultProxy, str]) -> None:
    """Session, clock, sealer and watch have connections too, and locks that `close` takes."""
    between, url = proxy
    house = Whole(Settings.model_validate({"store": {"url": behind(between, url)}}), systems=[])
    assert house.worker is not None
    house.worker.start()
    house.watch.start()
    between.set(drop_replies=True)
    with ThreadPoolExecutor(2) as asking:
        asked = [asking.submit(house.figures), asking.submit(house.degraded)]
        written = house.writer.submit(lambda connection: connection.exec_driver_sql("SELECT 1").scalar())
        assert took(house.close) < SOON
        assert written.exception(GENEROUS) is not None
        assert asked[0].result(GENEROUS) is None
        assert isinstance(asked[1].exception(GENEROUS), Unavailable)
