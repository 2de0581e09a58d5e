"""What the house asks of its store, each by an index: a roster of a million must cost what one of ten does.

SQLite tells every statement that it runs, and its planner how it would find the rows.
"""

import asyncio
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from mappings.calendar import Calendar
from scim_server.alerts.conditions import Present, conditions
from scim_server.clock import civil_day
from scim_server.scim.urns import ROSTER_USER
from scim_server.store import (
    attempts,
    decisions,
    figures,
    guard,
    links,
    overdue,
    people,
    plans,
    progress,
    returns,
    rolls,
    sweep_reads,
)
from scim_server.store.engine import reading
from scim_server.store.plans import ShownRow
from tests.flows import client as say
from tests.flows.engine_room import BEGIN, SYSTEM, Room
from tests.servers.stores import ON_POSTGRESQL

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="asks SQLite's planner")

GROWS = (
    "resources|subjects|members|changes|links|names|attempts|trace|seals|standings|posts|reserved|marks|subject_keys"
    "|register|cases|review_accounts|return_cases"
)
FEW = "links_moving|links_stuck|links_hold|links_unweighed|attempts_open"  # in these stands what is under way alone
OF_A_SYSTEM = "sqlite_autoindex_links_1|links_due|links_remote_id|attempts_open"
_SCAN = re.compile(rf"SCAN ({GROWS})\b(?!.*\b(?:{FEW})\b)")
_ALL_OF_IT = re.compile(rf"SEARCH \w+ .*INDEX (?:{OF_A_SYSTEM}) \(system=\?(?: AND due>\?)?\)$")
_FIRST = re.compile(r"\bmin\(|ORDER BY[^)]*LIMIT", re.DOTALL)  # the first of an index is read, not all of it


class Told:
    """Every statement that any connection of this test has run."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def listen(self, connection: sqlite3.Connection, _: object) -> None:
        connection.set_trace_callback(self.statements.append)

    def of(self, ask: Callable[[], object]) -> list[str]:
        """What it runs."""
        self.statements.clear()
        ask()
        return list(dict.fromkeys(self.statements))


@pytest.fixture
def told() -> Iterator[Told]:
    one = Told()
    event.listen(Engine, "connect", one.listen)
    yield one
    event.remove(Engine, "connect", one.listen)


@pytest.fixture
def room(told: Told, tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def scans(room: Room, statements: list[str]) -> list[tuple[str, str]]:
    """(step, statement) of each that reads all of what grows with the roster."""
    found = []
    with room.engine.connect() as connection:
        for statement in statements:
            if not statement.lstrip().upper().startswith(("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")):
                continue
            for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement.replace("%", "%%")):
                if _SCAN.search(row.detail) or (_ALL_OF_IT.search(row.detail) and not _FIRST.search(statement)):
                    found.append((row.detail, statement))
    return found


def test_what_is_looked_at_again_and_again_is_found_by_an_index(room: Room, told: Told) -> None:
    room.person("a")
    room.work()
    now, day = room.time, room.clock.today()
    known = Calendar(frozenset(), frozenset(), 2020, 2099)
    present = Present(now, day, [SYSTEM], known, "policy-1", 600.0)
    with reading(room.engine) as connection:
        looks: list[Callable[[], object]] = [
            lambda: figures.read(connection, [SYSTEM], now),
            lambda: list(conditions(connection, present)),
            lambda: overdue.late(connection, day),
            lambda: returns.near(connection, day),
            lambda: returns.asked_about(connection),
            lambda: rolls.state(connection, day, "policy-1"),
            lambda: progress.unsettled(connection, [SYSTEM], now),
            lambda: progress.any_held(connection, [SYSTEM]),
            lambda: links.any_due(connection, SYSTEM, now),
            lambda: links.people_move(connection, SYSTEM),
            lambda: links.with_due(connection, [SYSTEM], now),
            lambda: guard.of_the_hour(connection, SYSTEM, now),
            lambda: attempts.still_open(connection, SYSTEM, ["a", "b"]),
            lambda: plans.done_since(connection, [ShownRow("d", SYSTEM, "E-a", "create", None, False)], now),
            lambda: people.read_org(connection),
            lambda: sweep_reads.by_remote_id(connection, SYSTEM, ["1", "2"]),
            lambda: people.linked_to(connection, SYSTEM, ["1", "2"]),
            lambda: people.group_accounts(connection, SYSTEM, keys=["T1"], remote_ids=["1"]),
            lambda: room.writer.write(lambda writing: links.void_leases(writing, (SYSTEM, now))),
            lambda: room.writer.write(lambda writing: decisions.renew(writing, now)),
            room.work,
        ]
        asked = [(look, told.of(look)) for look in looks]
    assert all(statements for _, statements in asked)
    assert scans(room, [statement for _, statements in asked for statement in statements]) == []


def test_a_life_is_found_by_indexes(room: Room, told: Told) -> None:
    """Of a department and two people, from POST to DELETE: the roster, the policy, the pass, the day roll."""
    statements = told.of(lambda: live(room))
    assert len(statements) > 100
    assert scans(room, statements) == []


def live(room: Room) -> None:
    home = room.post("Group", say.department("区教育局", "D0", kind="root")).id
    chief = room.person("b")
    plain = room.person("a")
    room.post("User", official("c", "D0"))
    room.members(home, add=(plain,))
    room.work()
    assert asyncio.run(room.roster.find("User", "name", "a")) is not None
    assert asyncio.run(room.roster.find("User", "external_id", "E-a")) is not None
    room.put("User", plain, say.user("a", title="科员", manager=chief))
    room.work_out()
    room.work(86_400)
    room.delete("User", chief)
    room.delete("User", plain)
    room.work_out()


def official(name: str, department: str) -> say.Json:
    """Somebody with facts, whose concurrent post ends tomorrow."""
    kinds = {"primary": {}, "concurrent": {"endDate": civil_day(BEGIN)}}
    posts = [
        {"value": kind, "kind": kind, "scope": "internal", "department": department, "startDate": "2020-01-02", **end}
        for kind, end in kinds.items()
    ]
    hired = {"value": "h1", "type": "hire", "effectiveDate": "2020-01-02"}
    facts = {"employmentCategory": "gov-employee", "assignments": posts, "statusEvents": [hired]}
    return say.user(name) | {"schemas": [say.USER, ROSTER_USER], ROSTER_USER: facts}
