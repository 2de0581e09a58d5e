"""What is due together counts as a whole before its first dangerous row (S23): a Bulk, a Group's members, a backlog."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.memory import MemoryConnector
from mappings import ldap
from mappings.model import Action, Kind, Operation, Outcome
from mappings.terms import Terms
from scim_server.store import batches
from scim_server.store.cause import Cause, because, together
from tests.flows import client as say
from tests.flows.engine_room import SYSTEM
from tests.flows.ward import Ward

MINUTE = 60.0


class Died(BaseException):
    """The process is gone: nothing after this is done, and nothing is caught."""


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Ninety people, worked eight at a time: 20 an hour, 9 of a department."""
    made = Ward(tmp_path, {"A": 30, "B": 30, "C": 30}, batch=8)
    yield made
    made.close()


def some(ward: Ward, number: int) -> list[str]:
    """From all departments alike."""
    return [name for each in zip(ward.of("A"), ward.of("B"), ward.of("C"), strict=True) for name in each][:number]


def dangerous(ward: Ward) -> int:
    """How many operations that take away were ever about to be sent."""
    return len(ward.rows("SELECT 1 FROM attempts WHERE action IN ('lock', 'remove', 'leave')"))


def test_of_a_roster_that_misses_thirty_percent_in_one_bulk_nobody_goes(ward: Ward) -> None:
    names = some(ward, 27)
    ward.all_leave(names)
    ward.work()
    assert (dangerous(ward), ward.gone(ward.ids), ward.code) == (0, 0, 3)
    assert (ward.states["held"], ward.open["removals"]) == (27, 27)
    ward.work(3 * 3600)
    assert dangerous(ward) == 0


def test_once_rejected_nobody_goes_for_ever(ward: Ward) -> None:
    names = some(ward, 27)
    ward.all_leave(names)
    ward.work()
    ward.reject(ward.open["id"])
    for _ in range(3):
        ward.sweep()
        ward.hire()
        ward.work(86_400)
    assert (dangerous(ward), ward.gone(ward.ids), ward.code) == (0, 0, 3)
    assert [each["state"] for each in ward.approvals] == ["rejected"]


def test_who_comes_late_to_a_rejected_batch_is_asked_for(ward: Ward) -> None:
    """Nobody has said no to them: they were not in the question."""
    names = some(ward, 28)
    ward.all_leave(names[:27])
    ward.work()
    ward.reject(ward.open["id"])
    ward.all_leave(names[27:])
    with because(Cause(request="request-1", batch="request-1")):
        ward.lock(next(name for name in ward.ids if name not in names))
    ward.work()
    assert (dangerous(ward), ward.gone(ward.ids)) == (0, 0)
    assert sorted(each["state"] for each in ward.approvals) == ["open", "rejected"]


def test_once_approved_all_go(ward: Ward) -> None:
    names = some(ward, 27)
    ward.all_leave(names)
    ward.work()
    ward.approve(ward.open["id"])
    ward.work()
    assert (ward.gone(names), ward.gone(ward.ids), ward.code) == (27, 27, 0)
    assert not ward.rows("SELECT 1 FROM links WHERE permit IS NOT NULL OR hold IS NOT NULL")


def test_what_was_approved_is_not_counted(ward: Ward) -> None:
    names = some(ward, 27)
    ward.all_leave(names)
    ward.work()
    ward.approve(ward.open["id"])
    ward.work()
    ward.leaves(ward.of("A")[-1])
    ward.work()
    assert (ward.gone(ward.ids), ward.code) == (28, 0)


def test_a_bulk_that_fits_goes_whole(ward: Ward) -> None:
    names = some(ward, 20)
    ward.all_leave(names)
    ward.work()
    assert (ward.gone(names), ward.code) == (20, 0)
    ward.leaves(ward.of("C")[-1])
    ward.work()
    assert ward.code == 3


def test_small_slices_count_together(ward: Ward) -> None:
    names = some(ward, 24)
    for each in range(0, 24, 6):
        ward.all_leave(names[each : each + 6], f"request-{each}")
        ward.work(10 * MINUTE)
    assert (ward.gone(names), ward.code, ward.states["held"]) == (18, 3, 6)


def test_a_bureau_that_loses_most_is_held_by_its_own_limit(tmp_path: Path) -> None:
    ward = Ward(tmp_path, {"A": 19, "B": 40})
    ward.all_leave(ward.of("A")[:12])
    ward.work()
    assert (ward.gone(ward.ids), ward.states["held"], ward.code) == (0, 12, 3)
    ward.close()


def test_nothing_is_judged_while_the_bulk_is_still_being_written(ward: Ward) -> None:
    first, second = some(ward, 27)[:10], some(ward, 27)[10:]
    with because(Cause(request="r")), together("r"):
        ward.writer.write(lambda connection: batches.begin(connection, "r", ward.time + 100))
        for name in first:
            ward.leaves(name)
        ward.work()
        assert (dangerous(ward), ward.states["waiting"]) == (0, 10)
        for name in second:
            ward.leaves(name)
        ward.writer.write(lambda connection: batches.end(connection, "r"))
    ward.work()
    assert (dangerous(ward), ward.states["held"]) == (0, 27)


def test_a_bulk_whose_writer_has_died_is_judged_in_the_end(ward: Ward) -> None:
    with because(Cause(request="r")), together("r"):
        ward.writer.write(lambda connection: batches.begin(connection, "r", ward.time + 100))
        for name in some(ward, 10):
            ward.leaves(name)
    ward.work()
    assert dangerous(ward) == 0
    ward.work(101)
    assert (ward.gone(ward.ids), ward.code) == (10, 0)


def test_whom_the_batch_wakes_without_danger_does_not_wait(ward: Ward) -> None:
    with because(Cause(request="r")), together("r"):
        ward.writer.write(lambda connection: batches.begin(connection, "r", ward.time + 100))
        ward.leaves(ward.of("A")[0])
        other = ward.of("B")[0]
        ward.put("User", ward.ids[other], say.user(other, title="科长"))
    ward.work()
    assert ward.accounts()[f"E-{other}"]["attributes"]["title"] == ("科长",)
    assert ward.link(ward.ids[other]).state == "done"
    assert ward.gone(ward.ids) == 0


def test_a_group_that_loses_its_members_in_one_request_counts_as_a_whole(ward: Ward) -> None:
    with because(Cause(request="r")), together("r"):
        ward.members(ward.groups["A"], remove=tuple(ward.ids[name] for name in ward.of("A")))
    ward.work()
    assert dangerous(ward) == 0
    assert (ward.open["leaves"], ward.code) == (30, 3)
    assert all("A" in ward.accounts()[f"E-{name}"]["groups"] for name in ward.of("A"))


def test_the_backlog_of_a_start_counts_as_a_whole(ward: Ward) -> None:
    for name in some(ward, 24):
        ward.leaves(name)
    ward.hire()
    ward.work()
    assert (dangerous(ward), ward.states["held"], ward.code) == (0, 24, 3)


def test_people_whose_day_has_come_count_as_a_whole(tmp_path: Path) -> None:
    ward = Ward(tmp_path, {"A": 30, "B": 30, "C": 30}, batch=8)
    month = Terms(keep_days=30)
    ward.target = replace(ward.target, person=lambda person, day, org: ldap.desired(person, day, org, month))
    ward.hire()
    names = some(ward, 24)
    for name in names:
        ward.leaves(name)
        ward.work(3601 / 10)
    assert ward.gone(names) == 24
    assert all(f"E-{name}" in ward.accounts() for name in names)
    before = dangerous(ward)
    ward.work(31 * 86_400)
    assert (dangerous(ward), ward.states["held"]) == (before, 24)
    ward.close()


def test_a_death_between_the_verdict_and_the_sending_loses_no_count_and_no_permit(ward: Ward) -> None:
    names = some(ward, 18)
    ward.all_leave(names)

    class Deadly(MemoryConnector):
        def apply(self, operation: Operation) -> Outcome:
            if operation.action is Action.REMOVE:
                raise Died
            return super().apply(operation)

    ward.hire(lambda: Deadly(SYSTEM, ward.directory))
    with pytest.raises(Died):
        ward.work()
    assert ward.gone(names) == 0
    ward.time += 2 * 3600  # it is away for longer than the guard's hour
    ward.hire()
    ward.work()
    assert (ward.gone(names), ward.code) == (18, 0)


def test_a_death_in_the_middle_of_an_approved_batch(ward: Ward) -> None:
    names = some(ward, 27)
    ward.all_leave(names)
    ward.work()
    ward.approve(ward.open["id"])

    class Deadly(MemoryConnector):
        def apply(self, operation: Operation) -> Outcome:
            if len(ward.directory.accounts) < 90:
                raise Died
            return super().apply(operation)

    ward.hire(lambda: Deadly(SYSTEM, ward.directory))
    with pytest.raises(Died):
        ward.work()
    assert 0 < ward.gone(names) < 27
    ward.hire()
    ward.work(3 * 3600)
    assert (ward.gone(names), ward.code) == (27, 0)


def test_several_lanes_give_one_verdict(tmp_path: Path) -> None:
    ward = Ward(tmp_path, {"A": 30, "B": 30, "C": 30}, lanes=3, batch=4)
    ward.all_leave(some(ward, 27))
    ward.work()
    assert (dangerous(ward), ward.states["held"], len(ward.approvals)) == (0, 27, 1)
    ward.close()


def test_whoever_cannot_be_read_holds_the_verdict_up_for_nobody(ward: Ward) -> None:
    names = some(ward, 12)
    twin = names[0]
    ward.directory.put(Kind.PERSON, f"E-{twin}", "double")
    forgotten = f"UPDATE links SET remote_id = NULL WHERE subject = '{ward.ids[twin]}'"
    ward.writer.write(lambda connection: connection.exec_driver_sql(forgotten))
    ward.all_leave(names)
    ward.work()
    assert ward.link(ward.ids[twin]).state == "parked"
    assert ward.gone(names[1:]) == 11


def test_asking_costs_nothing_where_nothing_is_dangerous(ward: Ward) -> None:
    for name in some(ward, 5):
        ward.put("User", ward.ids[name], say.user(name, title="科长"))
    ward.work()
    assert not ward.rows("SELECT 1 FROM guard_counted")
    assert not ward.rows("SELECT 1 FROM guard_locks")
