"""What is protected is never written, by push, sweep or replay; each try is on record, and the row waits (S16)."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryAccount
from mappings.model import Kind
from scim_server.reports import queries
from scim_server.reports.summary import SystemSummary
from tests.flows import client as say
from tests.flows.ward import Ward

CHIEF = "A000"


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Six people; the account of one of them has been protected since it was made."""
    made = Ward(tmp_path, {"A": 6})
    made.directory.protected = {f"E-{CHIEF}"}
    yield made
    made.close()


def account(ward: Ward) -> MemoryAccount:
    (found,) = ward.directory.find(Kind.PERSON, f"E-{CHIEF}")
    return found


def tries(ward: Ward) -> list[tuple[Any, ...]]:
    """(action, outcome, what the connector said) of everything that was sent to it since it is protected."""
    rows = ward.rows("SELECT action, outcome, detail FROM attempts WHERE key = :key ORDER BY id", key=f"E-{CHIEF}")
    return [row for row in rows if row[0] not in ("create", "join")]


def summed(ward: Ward) -> SystemSummary:
    """As `report sync` counts."""
    whole = SystemSummary()
    with ward.engine.connect() as connection:
        for row in queries.sync_rows(connection):
            whole.add(row)
    return whole


@pytest.mark.parametrize("change", ["lock", "remove", "update", "leave", "login"])
def test_a_push_writes_nothing_and_the_try_is_told(ward: Ward, change: str) -> None:
    before = asdict(account(ward))
    id = ward.ids[CHIEF]
    if change == "lock":
        ward.lock(CHIEF)
    elif change == "remove":
        ward.leaves(CHIEF)
    elif change == "leave":
        ward.members(ward.groups["A"], remove=(id,))
    else:
        named = say.user("chief", f"E-{CHIEF}") if change == "login" else say.user(CHIEF, title="主任")
        ward.put("User", id, named)
    ward.work()
    assert asdict(account(ward)) == before
    ((action, outcome, said),) = tries(ward)
    assert (action, outcome) == ("update" if change == "login" else change, "refused")
    assert said.startswith("protected")
    assert "受保护" in said
    link = ward.link(id)
    assert (link.state, link.due) == ("parked", None)
    assert "受保护" in link.error
    assert (summed(ward).protected, summed(ward).failures) == (1, 1)
    ward.work(24 * 3600)
    assert len(tries(ward)) == 1


def test_neither_sweep_nor_retry_nor_approval_nor_restart_writes_it(ward: Ward) -> None:
    before = asdict(account(ward))
    for name in ward.of("A"):
        ward.lock(name)
    ward.work()
    assert ward.states["held"] == 1, "five of a department may be locked an hour"
    ward.approve(ward.open["id"])
    ward.work()
    for again in (ward.sweep, lambda: ward.writer.write(ward.retry), ward.hire):
        again()
        ward.work(60)
    assert asdict(account(ward)) == before
    assert ward.gone(ward.of("A")) == 5
    found = tries(ward)
    assert {outcome for _, outcome, _ in found} == {"refused"}
    assert len(found) == 3, "the push, the sweep and the retry, each once"
    assert summed(ward).protected == 3
    assert ward.link(ward.ids[CHIEF]).state == "parked"
