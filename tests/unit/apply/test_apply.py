"""Exactly what was shown is let pass, uncounted and on record; what has moved is named and stays (S24)."""

from dataclasses import replace

import pytest

from scim_server.operate.apply import NotNow
from scim_server.store import decisions
from tests.flows import client as say
from tests.flows.engine_room import Room
from tests.flows.planning_room import Planner, counted, lock, locked

DAY = 86_400.0


def test_what_was_shown_passes_the_guard_and_is_not_counted(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, *"abcde")
    seen = planner.look()
    assert seen.overview["systems"]["memory"]["guard"]["held"]
    done = planner.apply(seen.digest[:12])
    assert (done.refused, done.let_pass, done.people) == (None, 5, 5)
    room.work()
    assert locked(room) == [f"E-{name}" for name in "abcde"]
    assert counted(room) == 0
    assert room.rows("SELECT count(*) FROM approvals") == [(0,)]
    assert room.rows("SELECT DISTINCT permit FROM links") == [(None,)]
    assert room.rows("SELECT applied_by FROM plans") == [("王主任",)]
    assert ("王主任", f"plan {seen.digest}") in room.rows("SELECT actor, what FROM looks")


def test_without_it_the_guard_holds(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, *"abcde")
    planner.look()
    room.work()
    assert len(locked(room)) < 5
    assert room.rows("SELECT count(*) FROM approvals WHERE state = 'open'") == [(1,)]


def test_where_something_dangerous_moved_nothing_goes_and_it_is_named(
    room: Room, planner: Planner, ids: dict[str, str]
) -> None:
    lock(room, ids, *"abcd")
    seen = planner.look()
    lock(room, ids, "b", active=True)
    lock(room, ids, "h")
    done = planner.apply(seen.digest)
    assert done.refused is not None
    said = {each.sentence for each in done.comparison.moved}
    assert said == {
        "memory 锁定 E-b：显示过，现已不需要",
        "memory 锁定 E-h：显示时没有，是后来出现的",
    }
    assert room.rows("SELECT DISTINCT permit FROM links") == [(None,)]
    assert room.rows("SELECT applied_by FROM plans") == [(None,)]


def test_what_has_not_moved_may_go_without_the_rest(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, *"abcde")
    seen = planner.look()
    lock(room, ids, "b", active=True)
    lock(room, ids, *"fgh")
    done = planner.apply(seen.digest, partial=True)
    assert (done.refused, done.let_pass) == (None, 4)
    room.work()
    assert set(locked(room)) >= {"E-a", "E-c", "E-d", "E-e"}
    assert "E-b" not in locked(room)
    assert not set(locked(room)) >= {"E-f", "E-g", "E-h"}  # nobody has seen those: the guard holds what is too many


def test_a_changed_value_is_told_and_hinders_nobody(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, *"abc")
    room.put("User", ids["h"], say.user("h", title="科员"))
    seen = planner.look()
    room.put("User", ids["h"], say.user("h", title="科长"))
    done = planner.apply(seen.digest)
    assert done.refused is None
    assert [each.sentence for each in done.comparison.moved] == ["memory 变更 E-h：内容与显示时不同"]
    room.work()
    assert locked(room) == ["E-a", "E-b", "E-c"]


def test_what_was_done_meanwhile_has_not_moved(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, "a", "b")
    seen = planner.look()
    room.work(5)
    assert locked(room) == ["E-a", "E-b"]
    done = planner.apply(seen.digest)
    assert (done.refused, done.comparison.done, done.let_pass) == (None, 2, 0)
    assert done.comparison.moved == []


def test_who_is_held_may_be_let_pass_by_somebody_else(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, *"abcdef")
    room.work()
    seen = planner.look()
    assert seen.lists["held"]
    assert all(each["approval"] and each["action"] == "lock" for each in seen.lists["held"])
    assert seen.said() == []
    with pytest.raises(NotNow, match="本人"):
        planner.apply(seen.digest, by="Test")  # whose changes they are
    assert planner.apply(seen.digest).refused is None
    room.work(1)
    assert locked(room) == [f"E-{name}" for name in "abcdef"]
    assert room.rows("SELECT DISTINCT state FROM approvals") == [("withdrawn",)]


def test_what_was_rejected_stays(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, *"abcdef")
    room.work()
    before = locked(room)
    ((approval,),) = room.rows("SELECT id FROM approvals")
    room.writer.write(lambda connection: decisions.reject(connection, approval, "局长", None, room.time))
    seen = planner.look()
    with pytest.raises(NotNow, match="驳回"):
        planner.apply(seen.digest)
    assert planner.apply(seen.digest, partial=True).let_pass == 0
    room.work(1)
    assert locked(room) == before


def test_a_system_that_is_only_observed_is_refused(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, "a")
    room.target = replace(room.target, mode="observe")
    seen = planner.look()
    assert seen.said() == [("lock", "E-a", None)]
    assert seen.overview["systems"]["memory"]["mode"] == "observe"
    with pytest.raises(NotNow, match="--enforce"):
        planner.apply(seen.digest)


def test_a_plan_is_named_by_enough_of_its_digest_for_a_day(room: Room, planner: Planner, ids: dict[str, str]) -> None:
    lock(room, ids, "a")
    seen = planner.look()
    with pytest.raises(NotNow, match="12"):
        planner.apply(seen.digest[:11])
    with pytest.raises(NotNow, match="没有摘要"):
        planner.apply("0" * 12)
    with pytest.raises(NotNow, match="--with"):
        planner.apply(seen.digest, file=planner.file({"method": "DELETE", "path": f"/Users/{ids['b']}"}))
    room.time += DAY + 1
    with pytest.raises(NotNow, match="24 小时"):
        planner.apply(seen.digest)


# -- with a file of requests
