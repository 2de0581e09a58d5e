"""Calls drawn from a vendor's windows: never more in any stretch of a window, and nearly all of it used."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection

from mappings.model import Window
from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.pace import draw, left
from tests.servers.stores import store_url

MINUTE = Window("user/get", 100, 60.0)
HOUR = Window("user/get", 1000, 3600.0)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    url = store_url(tmp_path_factory.mktemp("pace") / "pace.db")
    migrate(url)
    engine = open_engine(url, writing=True)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def connection(store: Connection) -> Iterator[Connection]:
    with store.begin() as begun:
        yield store
        begun.rollback()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(some.lists(some.tuples(some.floats(0.0, 9.0), some.integers(1, 60)), max_size=60))
def test_no_stretch_of_a_window_ever_holds_more_than_it_allows(
    connection: Connection, asked: list[tuple[float, int]]
) -> None:
    connection.exec_driver_sql("DELETE FROM pace")
    now, made = 1_000_000.0, list[tuple[float, int]]()
    for pause, number in asked:
        now += pause
        made.append((now, draw(connection, "wecom", {MINUTE: number}, now).calls[MINUTE]))
    for moment, _ in made:
        assert sum(calls for at, calls in made if moment <= at < moment + MINUTE.seconds) <= MINUTE.calls


def test_one_who_always_asks_gets_nine_tenths(connection: Connection) -> None:
    got = sum(draw(connection, "wecom", {MINUTE: 10}, 1_000_000.0 + second).calls[MINUTE] for second in range(660))
    assert got >= 11 * MINUTE.calls * 0.9


def test_what_is_short_says_when_to_ask_again(connection: Connection) -> None:
    assert draw(connection, "wecom", {MINUTE: 100}, 1_000_000.0).wait == 0.0
    now = 1_000_000.0
    while (drawn := draw(connection, "wecom", {MINUTE: 1}, now)).calls[MINUTE] == 0:
        assert 0 < drawn.wait <= MINUTE.seconds / 20
        now += drawn.wait
    assert 60 <= now - 1_000_000.0 <= 70


def test_windows_and_systems_are_counted_apart(connection: Connection) -> None:
    assert draw(connection, "wecom", {MINUTE: 100, HOUR: 100}, 1_000_000.0).calls == {MINUTE: 100, HOUR: 100}
    assert draw(connection, "wecom", {MINUTE: 1, HOUR: 1}, 1_000_000.0).calls == {MINUTE: 0, HOUR: 1}
    assert left(connection, "wecom", HOUR, 1_000_000.0) == 899
    assert left(connection, "wecom-2", MINUTE, 1_000_000.0) == 100
