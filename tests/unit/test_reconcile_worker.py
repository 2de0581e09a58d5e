"""The worker turn by turn: outages, refusals, lost answers, waiting, parking; no threads and no sleep."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from mappings import ldap
from mappings.model import Action, Done, Kind, Operation, Outcome, Presence, Refused
from scim_server.reconcile.backoff import LONGEST, backoff
from scim_server.reconcile.breaker import LIMIT, Breaker
from tests.flows import client as say
from tests.flows.engine_room import BEGIN, SYSTEM, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def test_a_person_becomes_an_account_in_one_turn(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1")).id
    a = room.person("a", title="科员")
    room.members(team, add=(a,))
    room.work()
    account = room.accounts()["E-a"]
    assert (account["attributes"]["title"], account["groups"]) == (("科员",), {"T1"})
    assert {outcome for _, outcome in room.outcomes()} == {"done"}
    room.work()
    assert len(room.outcomes()) == 3


def test_an_outage_opens_the_breaker_and_burns_no_attempts(room: Room) -> None:
    for number in range(20):
        room.person(f"p{number}")
    room.directory.unreachable = True
    room.work()
    assert room.worker.breakers[SYSTEM].open
    assert room.rows("SELECT DISTINCT state, attempts FROM links") == [("due", 0)]
    assert room.rows("SELECT failing_since FROM systems") == [(BEGIN,)]
    room.work(3600)
    assert room.rows("SELECT DISTINCT state, attempts FROM links") == [("due", 0)]
    room.directory.unreachable = False
    room.work(60)
    assert len(room.accounts()) == 20
    assert not room.worker.breakers[SYSTEM].open
    assert room.rows("SELECT failing_since, error FROM systems") == [(None, None)]


def test_a_refused_row_is_parked_and_the_others_go_on(room: Room) -> None:
    ids = {number: room.person(f"p{number}") for number in range(20)}
    room.directory.refused["E-p7"] = Refused("65", "违反对象类规则")
    room.work()
    assert room.accounts().keys() == {f"E-p{number}" for number in range(20) if number != 7}
    row = room.link(ids[7])
    assert (row.state, row.due, row.creating) == ("parked", None, False)
    assert "违反对象类规则" in row.error
    before = len(room.outcomes())
    room.work(24 * 3600)
    assert len(room.outcomes()) == before
    room.directory.refused.clear()
    room.put("User", ids[7], say.user("p7", title="改正"))
    room.work()
    assert room.link(ids[7]).state == "done"


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

    room.hire()
    room.work()
    assert len(room.outcomes()) == made, "what was done is not done again"
    assert {outcome for _, outcome in room.outcomes()} == {"done"}
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


@pytest.mark.parametrize("turned_back", [False, True])
def test_a_name_that_was_reserved_in_vain_is_free_again(room: Room, turned_back: bool) -> None:
    first = room.person("old" if turned_back else "wanted", key="E1")
    if turned_back:
        room.work()
        room.put("User", first, say.user("wanted", "E1"))
    room.directory.refused["E1"] = Refused("68", "同名账号已存在")
    room.work()
    assert room.link(first).state == "parked"
    if turned_back:
        room.put("User", first, say.user("old", "E1"))
    else:
        room.delete("User", first)
    room.work()
    heir = room.person("wanted", key="E2")
    room.work()
    assert room.link(heir).state == "done"
    assert room.rows("SELECT name FROM names WHERE subject = :of", of=heir) == [("uid=wanted",)]


def test_who_waits_for_a_name_is_told_the_number_of_its_holder(room: Room) -> None:
    holder = room.person("wanted", key="E1")
    room.work()
    room.directory.refused["E1"] = Refused("53", "不行")
    room.put("User", holder, say.user("elsewhere", "E1"))
    heir = room.person("wanted", key="E2")
    room.work()
    row = room.link(heir)
    assert (row.state, row.blocker) == ("waiting", holder)
    assert "「E1」" in row.error
    room.directory.refused.clear()
    room.put("User", holder, say.user("elsewhere", "E1", title="主任"))
    room.work()
    assert {each["attributes"]["uid"] for each in room.accounts().values()} == {("elsewhere",), ("wanted",)}


def test_a_person_waits_for_a_group_that_is_refused_and_joins_when_it_is_there(room: Room) -> None:
    team = room.post("Group", say.plain_group("篮球队", "T1"))
    a = room.person("a")
    room.members(team.id, add=(a,))
    room.directory.refused["T1"] = Refused("65", "不行")
    room.work()
    waiting = room.link(a)
    assert (waiting.state, waiting.blocker) == ("waiting", team.subject)
    assert "篮球队" in waiting.error
    assert room.accounts()["E-a"]["groups"] == set(), "the account itself does not wait"
    room.directory.refused.clear()
    room.put("Group", team.id, say.plain_group("篮球一队", "T1"))
    room.work()
    assert room.accounts()["E-a"]["groups"] == {"T1"}
    assert room.link(a).state == "done"


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


def test_a_day_on_which_a_kept_account_ends_is_waited_for(room: Room) -> None:
    room.target = replace(room.target, person=lambda person, day, org: ldap.desired(person, day, org, 30))
    room.hire()
    a = room.person("a")
    room.work()
    room.delete("User", a)
    room.work()
    (account,) = room.directory.accounts.values()
    assert account.presence is Presence.LOCKED
    room.work(29 * 86400)
    assert len(room.directory.accounts) == 1
    room.work(2 * 86400)
    assert room.directory.accounts == {}
    assert room.link(a).state == "gone"


# -- the parts


def test_the_breaker_opens_at_the_fifth_failure_and_lets_one_probe_through_at_a_time() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    assert [breaker.failed("x") for _ in range(LIMIT)] == [False] * (LIMIT - 1) + [True]
    assert breaker.pause() == 5
    now[0] = 5.0
    assert breaker.pause() == 0
    assert breaker.pause() > 0, "the second caller waits for the first one's probe"
    probes = [0.0]
    for _ in range(40):
        assert breaker.failed("x") is False
        now[0] += breaker.pause()
        assert breaker.pause() == 0
        probes.append(now[0])
    assert max(b - a for a, b in itertools.pairwise(probes)) == 30
    assert len([at for at in probes if at <= 60]) <= 30
    assert breaker.succeeded() is True
    assert (breaker.open, breaker.pause(), breaker.error) == (False, 0, None)


def test_a_success_between_failures_keeps_the_breaker_closed() -> None:
    breaker = Breaker(lambda: 0.0)
    for _ in range(LIMIT - 1):
        breaker.failed("x")
    assert breaker.succeeded() is False
    assert breaker.failed("x") is False
    assert not breaker.open


def test_backoff_doubles_with_full_jitter_up_to_an_hour_and_obeys_what_it_is_told() -> None:
    assert [backoff(tries, lambda: 1.0) for tries in range(1, 6)] == [2, 4, 8, 16, 32]
    assert backoff(10_000, lambda: 1.0) == LONGEST
    assert backoff(8, lambda: 0.5) == 128
    assert backoff(8, lambda: 0.0) == 0.1
    assert backoff(8, lambda: 0.0, told=7) == 7
