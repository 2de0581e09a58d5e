"""An approval of five thousand people costs no more questions to the store than one of five (S24)."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from scim_server.store import approval_lists, approvals, decisions
from scim_server.store.engine import open_engine
from scim_server.store.guard_tables import approval_rows
from scim_server.store.migrate import migrate
from scim_server.store.tables import links, subjects
from scim_server.store.wakes import NEW_LINK
from tests.servers.stores import store_url

NOW = 1_900_000_000.0
DAY = 86_400.0
MANY = 5_000


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    url = store_url(tmp_path / "many.db")
    migrate(url)
    one = open_engine(url, writing=True)
    yield one
    one.dispose()


def held(connection: Connection, system: str, number: int) -> str:
    """An approval by which so many people are about to be removed; its id."""
    id = approvals.new(connection, system, "a-batch", NOW)
    people = [f"{system}-{each:05}" for each in range(number)]
    known = {"kind": "person", "title": "王二", "created_on": "2026-03-02"}
    connection.execute(insert(subjects), [known | {"subject": each, "key": each} for each in people])
    link = NEW_LINK | {"system": system, "kind": "person", "state": "held", "hold": id, "remote_id": "x"}
    connection.execute(insert(links), [link | {"subject": each, "held_as": f"digest {each}"} for each in people])
    row: dict[str, Any] = {"approval": id, "article": "三", "reason": "已离职", "wanted": "w", "version": 1}
    row |= {"actions": json.dumps([["remove", None]]), "department": "A"}
    connection.execute(insert(approval_rows), [row | {"subject": each, "held_as": f"digest {each}"} for each in people])
    return id


def questions(connection: Connection, do: Callable[[Connection], object]) -> int:
    """How many statements something takes; one that is executed for many rows counts as many."""
    asked: list[int] = []

    def note(_: Any, __: Any, ___: str, parameters: Any, ____: Any, many: bool) -> None:
        asked.append(len(parameters) if many else 1)

    event.listen(connection, "before_cursor_execute", note)
    do(connection)
    event.remove(connection, "before_cursor_execute", note)
    return sum(asked)


@pytest.mark.parametrize("decision", ["approve", "reject", "expire", "list"])
def test_of_many_it_takes_as_few_questions_as_of_few(engine: Engine, decision: str) -> None:
    def decide(id: str) -> Callable[[Connection], object]:
        return {
            "approve": lambda connection: decisions.approve(connection, id, "周主任", NOW),
            "reject": lambda connection: decisions.reject(connection, id, "周主任", "名单有误", NOW),
            "expire": lambda connection: decisions.renew(connection, NOW + DAY),
            "list": lambda connection: approval_lists.shown(connection, id),
        }[decision]

    with engine.begin() as connection:
        few = questions(connection, decide(held(connection, "few", 5)))
        many = questions(connection, decide(held(connection, "many", MANY)))
        assert many == few
        states = dict(connection.execute(links.select().with_only_columns(links.c.state, links.c.permit)).all())
    expected = {"approve": "due"}.get(decision, "held")
    assert set(states) == {expected}
    assert all((permit is not None) is (decision == "approve") for permit in states.values())


def test_all_of_them_move_to_the_next_one_when_it_expires(engine: Engine) -> None:
    with engine.begin() as connection:
        first = held(connection, "many", MANY)
        assert decisions.renew(connection, NOW + DAY) == 1
        following, old = approval_lists.listed(connection)
        assert (old["id"], old["state"], old["people"], old["removals"]) == (first, "expired", MANY, MANY)
        assert (following["state"], following["people"], following["digest"]) == ("open", MANY, old["digest"])
        assert len((approval_lists.shown(connection, following["id"]) or {})["rows"]) == MANY
