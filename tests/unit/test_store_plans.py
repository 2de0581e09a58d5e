"""Plans that were shown: kept for a day, the newest twenty, found by a beginning of their digest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from scim_server.store import plans
from scim_server.store.engine import open_engine
from scim_server.store.migrate import migrate
from scim_server.store.plans_tables import plan_rows
from scim_server.store.plans_tables import plans as table
from tests.servers.stores import store_url

NOW = 1_900_000_000.0
ROW = ("d" * 32, "ldap", "E1", "lock", None, True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    url = store_url(tmp_path / "store.db")
    migrate(url)
    engine = open_engine(url, writing=True)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def keep(store: Connection, digest: str, at: float = NOW, id: str = "", pushed: str | None = None) -> None:
    plan = {"id": id or digest, "digest": digest, "by": "root", "system": None, "pushed": pushed}
    plans.keep(store, plan | {"place": 0}, [ROW], at)
    plans.keep(store, plan | {"place": 1}, [ROW], at)


def test_a_plan_comes_in_lots_and_is_read_in_order(store: Connection) -> None:
    keep(store, "a" * 64)
    shown = plans.find(store, "A" * 12, None, NOW)
    assert (shown.digest, shown.by, shown.applied_by) == ("a" * 64, "root", None)
    assert plans.rows_of(store, shown.id) == [plans.ShownRow(*ROW)] * 2


def test_two_plans_of_one_beginning_are_told_apart(store: Connection) -> None:
    keep(store, "b" * 12 + "1" * 52)
    keep(store, "b" * 12 + "2" * 52)
    with pytest.raises(plans.NoSuchPlan, match="更多位"):
        plans.find(store, "b" * 12, None, NOW)
    assert plans.find(store, "b" * 12 + "2", None, NOW).digest.endswith("2")


@pytest.mark.parametrize("digest", ["", "c" * 11, "%" * 12, "c_" * 6])
def test_a_digest_that_is_none_finds_nothing(store: Connection, digest: str) -> None:
    keep(store, "c" * 64)
    with pytest.raises(plans.NoSuchPlan):
        plans.find(store, digest, None, NOW)


def test_the_file_that_a_plan_rests_on_must_be_that_one(store: Connection) -> None:
    keep(store, "d" * 64, pushed="file")
    assert plans.find(store, "d" * 64, "file", NOW).pushed == "file"
    for other in (None, "another"):
        with pytest.raises(plans.NoSuchPlan, match="文件"):
            plans.find(store, "d" * 64, other, NOW)


def test_what_is_old_is_forgotten_and_the_same_plan_kept_once(store: Connection) -> None:
    keep(store, "e" * 64, NOW - plans.KEPT - 1, "old")
    keep(store, "f" * 64, NOW, "first")
    keep(store, "f" * 64, NOW + 1, "second")
    assert list(store.scalars(select(table.c.id))) == ["second"]
    assert store.scalar(select(func.count()).select_from(plan_rows)) == 2


def test_the_newest_twenty_are_kept(store: Connection) -> None:
    for number in range(25):
        keep(store, f"{number:064d}", NOW + number)
    kept = sorted(store.scalars(select(table.c.digest)))
    assert kept == [f"{number:064d}" for number in range(5, 25)]
    assert store.scalar(select(func.count()).select_from(plan_rows)) == 40


def test_who_applies_it_is_noted_once(store: Connection) -> None:
    keep(store, "1" * 64)
    assert plans.applied(store, "1" * 64, "王主任", NOW)
    assert not plans.applied(store, "1" * 64, "王主任", NOW + 1)
    assert plans.applied(store, "1" * 64, "李科长", NOW + 2)
    assert plans.find(store, "1" * 64, None, NOW).applied_by == "李科长"
