"""What waits for a word, at its edges: an approval of which nothing is left, a verdict that meets a row under way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from scim_server.store import approvals, batches
from scim_server.store.engine import open_engine
from scim_server.store.guard_tables import approval_rows
from scim_server.store.links import people_held, people_move
from scim_server.store.migrate import migrate
from scim_server.store.tables import links
from scim_server.store.wakes import NEW_LINK
from tests.servers.stores import store_url

NOW = 1_900_000_000.0
BATCH = "a-batch"
ROW = {
    "subject": "s1",
    "held_as": "one two",
    "actions": '[["remove", null]]',
    "article": "三",
    "reason": "离职",
    "wanted": "w",
    "version": 7,
    "department": "A",
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Connection]:
    url = store_url(tmp_path / "waiting.db")
    migrate(url)
    engine = open_engine(url, writing=True)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def linked(store: Connection, owner: str | None) -> None:
    known = {"subject": "s1", "system": "ldap", "kind": "person", "state": "waiting", "batch": BATCH, "desired": 7}
    store.execute(insert(links), NEW_LINK | known | {"owner": owner, "due": NOW + 600})


def test_an_approval_of_which_no_row_is_left_holds_nobody(store: Connection) -> None:
    id = approvals.new(store, "ldap", BATCH, NOW)
    assert not approvals.is_held(store, "ldap")
    store.execute(insert(approval_rows), ROW | {"approval": id})
    assert approvals.is_held(store, "ldap")


@pytest.mark.parametrize(("owner", "desired"), [(None, 7), ("worker-1", 8)])
def test_a_verdict_that_meets_a_row_under_way_makes_it_look_again(
    store: Connection, owner: str | None, desired: int
) -> None:
    """Its pass ends by the verdict that it knew, to wait for ten minutes: S20 makes it due where desired has moved."""
    linked(store, owner)
    store.execute(insert(approval_rows), ROW | {"approval": batches.waiting_room("ldap", BATCH)})
    approvals.permit_batch(store, "ldap", BATCH, NOW)
    row = store.execute(select(links.c.permit, links.c.desired, links.c.due)).one()
    assert tuple(row) == ("one two", desired, NOW)


@pytest.mark.parametrize(("owner", "desired", "state"), [(None, 7, "held"), ("worker-1", 8, "waiting")])
def test_who_was_under_way_when_the_batch_was_held_is_held_when_that_pass_ends(
    store: Connection, owner: str | None, desired: int, state: str
) -> None:
    """It waited for ten minutes for a verdict that had been given, and so did `sync --until-idle`."""
    linked(store, owner)
    store.execute(insert(approval_rows), ROW | {"approval": batches.waiting_room("ldap", BATCH)})
    approvals.hold_batch(store, "ldap", BATCH, approvals.new(store, "ldap", BATCH, NOW))
    row = store.execute(select(links.c.held_as, links.c.desired, links.c.state)).one()
    assert tuple(row) == ("one two", desired, state)


def test_people_who_are_held_are_told_from_those_who_move(store: Connection) -> None:
    linked(store, None)
    assert (people_move(store, "ldap"), people_held(store, "ldap")) == (True, False)
    store.execute(links.update().values(state="held"))
    assert (people_move(store, "ldap"), people_held(store, "ldap")) == (False, True)
