"""What the worker makes of a connector that dies, loses answers, falls silent, lies or breaks."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from mappings.model import Action, Done, Kind, Operation, Outcome, Presence
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


@pytest.mark.parametrize("lost", [1, 2, 5])
def test_a_lost_answer_is_read_back_and_never_repeated_blindly(room: Room, lost: int) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    ids = [room.person(f"p{number}") for number in range(6)]
    room.members(team, add=tuple(ids))
    room.directory.lost = lost
    room.work_out()
    assert len(room.directory.accounts) == 7
    assert {outcome for _, outcome in room.outcomes()} <= {"done", "already-so", "not-sent"}
    room.directory.lost = lost
    for id in ids:
        room.put("User", id, say.user(f"p{ids.index(id)}", active=False))
    room.work_out()
    people = [each for each in room.directory.accounts.values() if each.kind is Kind.PERSON]
    assert {each.presence for each in people} == {Presence.LOCKED}


class Dies(MemoryConnector):
    """Does what it is told, and dies before it can say so."""

    def apply(self, operation: Operation) -> Outcome:
        super().apply(operation)
        raise KeyboardInterrupt


class DiesBefore(MemoryConnector):
    """Dies before it does anything."""

    def apply(self, operation: Operation) -> Outcome:
        raise KeyboardInterrupt


def test_of_two_creations_whose_workers_died_one_alone_was_done(room: Room) -> None:
    """Before the second was sent nobody was there, so it was not the first that made the account."""
    room.person("a")
    for dying in (DiesBefore, Dies):
        room.hire(lambda dying=dying: dying(SYSTEM, room.directory))  # type: ignore[misc]
        with pytest.raises(KeyboardInterrupt):
            room.work()
        room.outlive()
    assert room.outcomes() == [("create", None), ("create", None)]
    room.hire()
    room.work()
    assert room.outcomes() == [("create", "lost"), ("create", "done")]
    assert len(room.directory.accounts) == 1


@pytest.mark.parametrize("dies_at", ["create", "rename", "lock", "join", "remove"])
def test_a_worker_that_died_after_its_call_is_taken_over(room: Room, dies_at: str) -> None:
    """The intent is on record and the effect is there, the outcome is not: it is settled by what is read."""
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    room.work()
    a = ""
    if dies_at != "create":
        a = room.person("a")
        room.work()
    writes: dict[str, Callable[[], object]] = {
        "create": lambda: room.person("a"),
        "rename": lambda: room.put("User", a, say.user("a2", "E-a")),
        "lock": lambda: room.put("User", a, say.user("a", active=False)),
        "join": lambda: room.members(team, add=(a,)),
        "remove": lambda: room.delete("User", a),
    }
    writes[dies_at]()
    room.hire(lambda: Dies(SYSTEM, room.directory))
    with pytest.raises(KeyboardInterrupt):
        room.work()
    assert [outcome for _, outcome in room.outcomes()][-1] is None
    made = len(room.outcomes())

    room.outlive()
    room.hire()
    room.work()
    # who names the former address is looked for again after a rename, for the worker may have died before
    more = [("update", "already-so")] if dies_at == "rename" else []
    assert room.outcomes()[made:] == more, "what was done is not done again"
    assert {outcome for _, outcome in room.outcomes()[:made]} == {"done"}
    (row,) = room.rows("SELECT state, creating, owner FROM links WHERE kind = 'person'")
    assert row == ("gone" if dies_at == "remove" else "done", False, None)
    people = [each for each in room.directory.accounts.values() if each.kind is Kind.PERSON]
    assert len(people) == (0 if dies_at == "remove" else 1)


class FallsSilent(MemoryConnector):
    """Locks, says so, and is not to be reached when that is to be read back."""

    def apply(self, operation: Operation) -> Outcome:
        outcome = super().apply(operation)
        self.directory.unreachable = operation.action is Action.LOCK
        return outcome


def test_a_lock_that_could_not_be_read_back_is_still_ours_to_open(room: Room) -> None:
    a = room.person("a")
    room.work()
    room.hire(lambda: FallsSilent(SYSTEM, room.directory))
    room.put("User", a, say.user("a", active=False))
    room.work()
    assert (room.link(a).state, room.link(a).locking) == ("due", True)
    room.directory.unreachable = False
    room.work(60)
    assert room.link(a).state == "done"
    room.put("User", a, say.user("a", active=True))
    room.work()
    (account,) = room.directory.accounts.values()
    assert account.presence is Presence.ACTIVE, "our own lock passed for one made by hand"
    assert room.link(a).finding is None


class Breaks(MemoryConnector):
    """Has a defect that one person brings out."""

    def apply(self, operation: Operation) -> Outcome:
        if operation.ref.key == "E-p5":
            raise ZeroDivisionError
        return super().apply(operation)


def test_a_defect_that_one_row_brings_out_parks_that_row_alone(room: Room) -> None:
    room.hire(lambda: Breaks(SYSTEM, room.directory))
    ids = {number: room.person(f"p{number}") for number in range(8)}  # one batch
    room.work_out()
    states = {number: room.link(id).state for number, id in ids.items()}
    assert states == dict.fromkeys(range(8), "done") | {5: "parked"}
    assert "内部错误" in room.link(ids[5]).error
    assert room.link(ids[5]).creating, "the intent is on record: the account may be there"
    assert len(room.directory.accounts) == 7


def test_after_a_lost_answer_nothing_more_is_sent_before_it_was_read(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    a = room.person("a")
    room.work()
    room.put("User", a, say.user("a", title="主任"))
    room.members(team, add=(a,))
    room.directory.lost = 1
    room.work()
    assert room.outcomes()[2:] == [("update", "done"), ("join", "not-sent"), ("join", "done")]


class SaysDone(MemoryConnector):
    """Says that it updated, and did not."""

    def apply(self, operation: Operation) -> Outcome:
        return Done() if operation.action is Action.UPDATE else super().apply(operation)


def test_what_never_reads_back_as_written_is_parked_after_five_tries(room: Room) -> None:
    room.hire(lambda: SaysDone(SYSTEM, room.directory))
    a = room.person("a")
    room.work()
    room.put("User", a, say.user("a", title="主任"))
    room.work_out()
    row = room.link(a)
    assert (row.state, row.attempts) == ("parked", 5)
    assert "读回" in row.error
    assert room.outcomes() == [("create", "done"), *[("update", "lost")] * 5]
