"""Claims and finishes: one holder a row, a lost lease changes nothing, and who waits is woken (S20)."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from mappings.model import Kind, Ref
from scim_server.store import finish as finishing
from scim_server.store import links, wakes
from scim_server.store.finish import Finish
from scim_server.store.links import Claim
from scim_server.store.progress import counts, unsettled
from tests.flows import client as say
from tests.flows.engine_room import BEGIN, SYSTEM, Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    one = Room(tmp_path)
    yield one
    one.close()


def claim(room: Room, owner: str, size: int = 10, at: float = BEGIN) -> list[Claim]:
    found: list[Claim] = room.writer.write(lambda connection: links.claim(connection, SYSTEM, owner, size, at))
    return found


def finish(room: Room, *ends: Finish, at: float = BEGIN) -> None:
    room.writer.write(lambda connection: finishing.finish(connection, ends, at))


def done(one: Claim, **changes: Any) -> Finish:
    return replace(Finish(one, "done", None, settled=True, remote_id="r", name="n", stirred=True), **changes)


def test_a_claimed_row_is_nobody_elses_until_its_lease_has_run_out(room: Room) -> None:
    room.person("a")
    (first,) = claim(room, "one")
    assert claim(room, "two") == []
    assert claim(room, "two", at=BEGIN + links.LEASE - 1) == []
    (second,) = claim(room, "two", at=BEGIN + links.LEASE)
    assert (second.subject, second.epoch) == (first.subject, first.epoch + 1)


def test_a_claim_takes_the_oldest_and_no_more_than_asked(room: Room) -> None:
    subjects = []
    for number in range(5):
        room.time += 1
        subjects.append(room.person(f"p{number}"))
    assert [each.subject for each in claim(room, "one", 2, room.time)] == subjects[:2]
    assert [each.subject for each in claim(room, "two", 9, room.time)] == subjects[2:]


def test_a_finish_with_a_lost_lease_changes_nothing_and_makes_the_row_due(room: Room) -> None:
    room.person("a")
    (late,) = claim(room, "one")
    (holder,) = claim(room, "two", at=BEGIN + links.LEASE)
    finish(room, done(holder, remote_id="true", name="true"), at=BEGIN + 61)
    settled = room.link(holder.subject)
    assert (settled.state, settled.remote_id, settled.due) == ("done", "true", None)

    finish(room, done(late, remote_id="false", name="false", error="false"), at=BEGIN + 62)
    row = room.link(holder.subject)
    assert (row.remote_id, row.name, row.error, row.applied) == ("true", "true", None, settled.applied)
    assert (row.state, row.due, row.desired) == ("due", BEGIN + 62, settled.desired + 1)


def test_a_finish_with_a_lost_lease_does_not_take_the_row_from_its_holder(room: Room) -> None:
    room.person("a")
    (late,) = claim(room, "one")
    (holder,) = claim(room, "two", at=BEGIN + links.LEASE)
    finish(room, done(late), at=BEGIN + 61)
    assert room.link(late.subject).owner == "two"
    assert claim(room, "three", at=BEGIN + 62) == []
    finish(room, done(holder), at=BEGIN + 63)
    assert room.link(late.subject).state == "due", "what the late one may have done is looked at once more"


def test_a_write_during_a_pass_leaves_the_row_due(room: Room) -> None:
    id = room.person("a")
    (one,) = claim(room, "one")
    room.put("User", id, say.user("a", title="主任"))
    finish(room, done(one, state="parked", error="too late"))
    row = room.link(one.subject)
    assert (row.state, row.due, row.error, row.applied) == ("due", BEGIN, None, 1)
    assert row.desired > row.applied
    assert row.owner is None


def test_twenty_changes_before_a_claim_are_one_pass(room: Room) -> None:
    id = room.person("a")
    for number in range(20):
        room.put("User", id, say.user("a", title=str(number)))
    room.work()
    assert room.outcomes() == [("create", "done")]


def test_leases_are_renewed_only_by_their_holder(room: Room) -> None:
    room.person("a")
    claims = claim(room, "one")
    held = room.writer.write(lambda connection: links.renew(connection, claims, BEGIN + 100))
    assert held == 1
    claim(room, "two", at=BEGIN + 100)
    assert room.writer.write(lambda connection: links.renew(connection, claims, BEGIN + 200)) == 0


def test_a_start_voids_the_leases_of_the_dead(room: Room) -> None:
    room.person("a")
    claim(room, "dead")
    room.writer.write(links.void_leases)
    assert len(claim(room, "living")) == 1


def test_who_waits_is_woken_when_the_blocker_is_done(room: Room) -> None:
    group = room.post("Group", say.plain_group("组", "T1")).subject
    person = room.person("a")
    rows = {each.subject: each for each in claim(room, "one")}
    finish(room, replace(done(rows[person]), state="waiting", settled=False, blocker=group, due=BEGIN + 60))
    assert room.link(person).due == BEGIN + 60
    finish(room, done(rows[group]), at=BEGIN + 1)
    assert room.link(person).due == BEGIN + 1


def test_who_begins_to_wait_after_the_blocker_was_done_does_not_sleep(room: Room) -> None:
    group = room.post("Group", say.plain_group("组", "T1")).subject
    person = room.person("a")
    rows = {each.subject: each for each in claim(room, "one")}
    finish(room, done(rows[group]))
    late = replace(done(rows[person]), state="waiting", settled=False, blocker=group, due=BEGIN + 60)
    finish(room, late, at=BEGIN + 1)
    assert room.link(person).due == BEGIN + 1


@pytest.mark.parametrize(("remote_id", "state"), [("r", "due"), ("another", "done")])
def test_a_group_in_doubt_looks_again_where_its_link_is_still_the_one_that_failed(
    room: Room, remote_id: str, state: str
) -> None:
    group = room.post("Group", say.plain_group("组", "T1")).subject
    person = room.person("a")
    rows = {each.subject: each for each in claim(room, "one")}
    finish(room, done(rows[group]))
    doubted = Ref(group, Kind.GROUP, "T1", remote_id)
    finish(room, replace(done(rows[person]), state="waiting", settled=False, blocker=group, doubted=doubted))
    assert room.link(group).state == state


def test_what_waits_for_a_parked_row_at_any_distance_is_at_rest(room: Room) -> None:
    chain = [room.person(f"p{number}") for number in range(4)]
    rows = {each.subject: each for each in claim(room, "one")}
    finish(room, replace(done(rows[chain[0]]), state="parked", settled=False))
    for above, below in itertools.pairwise(chain):
        waiting = replace(done(rows[below]), state="waiting", settled=False, blocker=above, due=BEGIN + 60)
        finish(room, waiting)
    with room.engine.connect() as connection:
        assert counts(connection)[SYSTEM] == {"due": 0, "parked": 1, "held": 0, "waiting": 3}
        assert unsettled(connection, [SYSTEM], 0.0) == 0
    room.writer.write(lambda connection: wakes.retry(connection, BEGIN, None, None))
    with room.engine.connect() as connection:
        assert unsettled(connection, [SYSTEM], 0.0) == 4


def test_a_new_system_gives_everybody_a_row_once(room: Room) -> None:
    room.person("a")
    gone = room.person("b")
    room.delete("User", gone)
    for expected in (1, 0):
        made = room.writer.write(lambda connection: links.ensure_links(connection, "new", BEGIN))
        assert made == expected
