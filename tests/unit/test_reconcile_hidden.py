"""What a system never shows again (a phone at WeCom) is written when it has changed, and not otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors.memory import MemoryAccount, MemoryConnector
from mappings import ldap
from mappings.desired import Desired
from mappings.model import AccountState, Operation, Org, Outcome, Person, Unknown
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room

HIDDEN = frozenset({"mobile"})


class Discreet(MemoryConnector):
    """A directory that takes phones and never shows one."""

    lost = 0

    def _state(self, account: MemoryAccount) -> AccountState:
        seen = super()._state(account)
        return replace(seen, attributes={name: each for name, each in seen.attributes.items() if name not in HIDDEN})

    def apply(self, operation: Operation) -> Outcome:
        outcome = super().apply(operation)
        if self.lost and operation.after is not None and "mobile" in operation.after.attributes:
            self.lost -= 1
            return Unknown("应答丢失")
        return outcome


def _with_phone(person: Person, day: str, org: Org) -> Desired:
    desired = ldap.desired(person, day, org)
    phone = {"mobile": (person.mobile,)} if person.mobile else {}
    return replace(desired, state=replace(desired.state, attributes={**desired.state.attributes, **phone}))


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    capabilities = replace(one.target.capabilities, unreadable=HIDDEN)
    managed = one.target.managed | HIDDEN
    one.target = replace(one.target, person=_with_phone, capabilities=capabilities, managed=managed)
    one.hire(lambda: Discreet(SYSTEM, one.directory))
    yield one
    one.close()


def user(phone: str) -> dict[str, Any]:
    return say.user("a") | {"phoneNumbers": [{"value": phone, "type": "mobile"}]}


def phone(room: Room) -> tuple[str, ...]:
    (account,) = room.directory.accounts.values()
    return account.attributes.get("mobile", ())


def test_a_changed_phone_is_written_once_and_a_sweep_writes_it_no_more(room: Room) -> None:
    a = room.post("User", user("15400000001")).id
    room.work()
    assert phone(room) == ("15400000001",)
    room.put("User", a, user("15400000002"))
    room.work()
    assert phone(room) == ("15400000002",)
    assert room.outcomes() == [("create", "done"), ("update", "done")]
    room.sweep()
    room.work()
    assert room.outcomes() == [("create", "done"), ("update", "done")]


def test_a_phone_whose_answer_was_lost_is_written_again(room: Room) -> None:
    connector = Discreet(SYSTEM, room.directory)
    room.hire(lambda: connector)
    a = room.post("User", user("15400000001")).id
    room.work()
    connector.lost = 1
    room.put("User", a, user("15400000002"))
    room.work()
    room.work_out()
    assert phone(room) == ("15400000002",)
    assert room.link(a).state == "done"
    assert room.outcomes()[1:] == [("update", "lost"), ("update", "already-so")]


def test_a_phone_that_was_taken_away_stays_where_it_is(room: Room) -> None:
    a = room.post("User", user("15400000001")).id
    room.work()
    room.put("User", a, say.user("a"))
    room.work()
    assert phone(room) == ("15400000001",)  # a cleared phone never goes to a system as an empty value (S2)
    assert room.outcomes() == [("create", "done")]


def test_no_phone_stands_in_the_link(room: Room) -> None:
    a = room.post("User", user("15400000001")).id
    room.work()
    assert "15400000001" not in str(tuple(room.link(a)))
