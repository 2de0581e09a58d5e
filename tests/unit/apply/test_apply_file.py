"""A file of requests that is applied is pushed once, and passes the guard in somebody else's name (S24)."""

from dataclasses import replace

import pytest

from scim_server.operate.apply import NotNow
from scim_server.operate.apply_push import push
from scim_server.operate.pushed_trial import RequestsRefused, Tried
from scim_server.store import batches, decisions, plans
from scim_server.store.cause import Cause, because
from tests.flows import client as say
from tests.flows.engine_room import Room
from tests.flows.planning_room import Planner, counted, lock, locked

DAY = 86_400.0


def cut(ids: dict[str, str], *names: str) -> list[dict[str, object]]:
    return [{"method": "DELETE", "path": f"/Users/{ids[name]}"} for name in names]


def coming(name: str) -> dict[str, object]:
    return {"method": "POST", "path": "/Users", "body": say.user(name)}


def test_a_file_is_pushed_and_what_was_shown_passes(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    file = planner.file(*cut(ids, *"abcd"), coming("n"))
    seen = planner.look(file)
    with pytest.raises(NotNow, match="--with"):
        planner.apply(seen.digest)
    done = planner.apply(seen.digest, file=file)
    assert (done.refused, done.let_pass) == (None, 5)
    assert done.pushed is not None
    assert (done.pushed.line, done.pushed.accepted, done.pushed.whole) == (5, 5, True)
    room.work()
    assert sorted(room.accounts()) == ["E-e", "E-f", "E-g", "E-h", "E-n"]
    assert counted(room) == 0
    assert room.rows("SELECT DISTINCT permit FROM links") == [(None,)]
    ((actor,),) = room.rows("SELECT DISTINCT actor FROM changes WHERE action = 'delete'")
    assert "王主任" in actor


def test_who_pushes_a_file_cannot_let_it_pass_alone(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    """Without an approver the guard decides; and nobody approves what they have pushed themselves (S24)."""
    file = planner.file(*cut(ids, *"abcd"), coming("n"))
    digest = planner.look(file).digest
    with pytest.raises(NotNow, match="不能由本人放行"):
        planner.apply(digest, file=file, approver=" 王主任")
    done = planner.apply(digest, file=file, approver=None)
    assert (done.refused, done.let_pass) == (None, 5)
    room.work()
    assert sorted(room.accounts()) == ["E-a", "E-b", "E-c", "E-d", "E-e", "E-f", "E-g", "E-h", "E-n"]
    assert room.rows("SELECT count(*) FROM links WHERE state = 'held'") == [(4,)]


def test_the_same_file_applied_again_does_nothing_twice(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    file = planner.file(*cut(ids, *"abc"), coming("n"))
    seen = planner.look(file)
    planner.apply(seen.digest, file=file)
    room.work(5)
    changes = room.rows("SELECT count(*) FROM changes")
    done = planner.apply(seen.digest, file=file)
    assert (done.refused, done.let_pass, done.comparison.moved, done.comparison.done) == (None, 0, [], 4)
    assert done.pushed is not None
    assert (done.pushed.line, done.pushed.accepted) == (4, 0)
    assert room.rows("SELECT count(*) FROM changes") == changes


def test_a_push_stops_at_what_is_refused_and_goes_on_from_there(
    room: Room, planner: Planner, ids: dict[str, str]
) -> None:
    file = planner.file(*cut(ids, "a"), coming("n"), *cut(ids, "b"))
    trial = Tried("", file)
    rival = room.post("User", say.user("n", "E-other")).id  # since the trial somebody else has that name
    came = push(planner.desk, trial, "王主任")
    assert (came.line, came.whole, [(each.line, each.status) for each in came.refused]) == (1, False, [(2, 409)])
    room.delete("User", rival)
    with planner.desk.reader() as connection:
        since = plans.pushed(connection, file.digest)
    assert since is not None
    assert (since.line, since.by) == (1, "王主任")
    came = push(planner.desk, replace(trial, after=since.line, resumed=True), "王主任")
    assert (came.line, came.accepted, came.whole) == (3, 2, True)


def test_what_was_not_pushed_finds_no_permit_some_day(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    room.writer.write(lambda connection: plans.let_pass(connection, [["memory", ids["a"], "0" * 32]], None))
    room.writer.write(lambda connection: plans.take_back(connection, [["memory", ids["a"], "0" * 32]]))
    assert room.rows("SELECT DISTINCT permit FROM links") == [(None,)]


def test_who_is_held_stays_held_until_everything_was_pushed(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    """An apply that ends between its permits and the last request loses nobody who waits for an approval."""
    lock(room, ids, *"abcdef")
    room.work()
    held = room.rows("SELECT subject, hold, held_as FROM links WHERE hold IS NOT NULL ORDER BY subject")
    assert held
    rows = [["memory", subject, digest] for subject, _, digest in held]
    room.writer.write(lambda connection: plans.let_pass(connection, rows, None))
    room.writer.write(lambda connection: plans.take_back(connection, rows))
    room.work(1)
    assert room.rows("SELECT subject, hold, held_as FROM links WHERE state = 'held' ORDER BY subject") == held
    room.writer.write(lambda connection: plans.let_pass(connection, rows, room.time))
    room.work(1)
    assert locked(room) == [f"E-{name}" for name in "abcdef"]


def test_a_refused_request_may_be_passed_over(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    file = planner.file(*cut(ids, "a"), {"method": "DELETE", "path": "/Users/nobody"}, *cut(ids, "b"))
    with pytest.raises(RequestsRefused):
        planner.look(file)
    seen = planner.look(file, skip_refused=True)
    done = planner.apply(seen.digest, file=file, skip_refused=True)
    assert done.pushed is not None
    assert (done.pushed.line, len(done.pushed.skipped), done.pushed.whole) == (3, 1, True)
    room.work()
    assert not {"E-a", "E-b"} & room.accounts().keys()


def test_whoever_has_applied_a_file_has_caused_what_it_brings(
    room: Room, planner: Planner, ids: dict[str, str]
) -> None:
    file = planner.file(*cut(ids, *"abcdef"))
    assert planner.apply(planner.look(file).digest, file=file).refused is None
    for account in room.directory.accounts.values():
        account.attributes["title"] = ("by hand",)  # what was shown is not what would be done any more
    room.work()
    ((approval,),) = room.rows("SELECT id FROM approvals WHERE state = 'open'")

    def approve(by: str) -> None:
        room.writer.write(lambda connection: decisions.approve(connection, approval, by, room.time))

    with pytest.raises(decisions.IsCause):
        approve("王主任")
    approve("李科长")


def bulk(*operations: dict[str, object]) -> dict[str, object]:
    data = [{name: value for name, value in each.items() if name != "body"} for each in operations]
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": data}
    return {"method": "POST", "path": "/Bulk", "body": body}


def held(room: Room) -> list[str]:
    rows = room.rows("SELECT s.key FROM links l JOIN subjects s USING (subject) WHERE l.state = 'held' ORDER BY 1")
    return [key for (key,) in rows]


def test_the_lines_of_a_file_count_as_a_whole(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    """An import (S23): what fitted into the hour had gone, though the plan said that all of it would wait."""
    file = planner.file(*cut(ids, *"ab"), bulk(*cut(ids, *"cd")), coming("n"), *cut(ids, "e"))
    planner.apply(planner.look(file).digest, file=file, approver=None)
    assert room.rows("SELECT * FROM guard_open") == []
    room.work()
    assert held(room) == ["E-a", "E-b", "E-c", "E-d", "E-e"]
    assert sorted(room.accounts()) == sorted([*(f"E-{name}" for name in "abcdefgh"), "E-n"])
    assert len(room.rows("SELECT 1 FROM approvals")) == 1


def test_a_file_that_fits_into_the_hour_goes(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    file = planner.file(bulk(*cut(ids, *"ab")))
    planner.apply(planner.look(file).digest, file=file, approver=None)
    room.work()
    assert (held(room), counted(room)) == ([], 2)
    assert not {"E-a", "E-b"} & room.accounts().keys()


def test_a_push_that_died_is_judged_without_its_end(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    room.writer.write(lambda connection: batches.begin_push(connection, "apply", room.time))
    with because(Cause(request="r", batch=batches.push_of("apply"))):
        for name in "ab":
            room.delete("User", ids[name])
    room.work()
    assert (len(room.accounts()), held(room), counted(room)) == (8, [], 0)
    room.work(batches.PUSHING + 1)
    assert (sorted(room.accounts()), counted(room)) == ([f"E-{name}" for name in "cdefgh"], 2)
    room.writer.write(lambda connection: batches.begin_push(connection, "next", room.time + batches.STALE))
    assert room.rows("SELECT batch FROM guard_open") == [("push next",)]
