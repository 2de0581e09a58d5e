"""What comes in small batches into a held system is one question to a person; who cannot be looked at is waited for a
quarter of an hour; what one acceptance links counts as a whole (S23, S24)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scim_server.store import adoptions, batches
from tests.flows.engine_room import SYSTEM
from tests.flows.ward import Ward

MINUTE = 60.0


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    """Ninety people, worked eight at a time: 20 an hour, 9 of a department."""
    made = Ward(tmp_path, {"A": 30, "B": 30, "C": 30}, batch=8)
    yield made
    made.close()


def open_ones(ward: Ward) -> list[int]:
    """The people of each approval that waits for a decision."""
    return sorted(each["people"] for each in ward.approvals if each["state"] == "open")


def test_small_requests_into_a_held_system_join_one_approval(ward: Ward) -> None:
    ward.all_leave(ward.of("A")[:12], "whole")
    ward.work()
    assert open_ones(ward) == [12]
    for number in range(6):
        ward.all_leave(ward.of("B")[2 * number : 2 * number + 2], f"request-{number}")
        ward.work(10 * MINUTE)
    assert open_ones(ward) == [12, 12]
    assert ward.gone(ward.ids) == 0
    for each in [one for one in ward.approvals if one["state"] == "open"]:
        ward.approve(each["id"])
    ward.work()
    assert (ward.gone(ward.ids), ward.code) == (24, 0)


def test_what_is_too_much_by_itself_is_a_question_of_its_own(ward: Ward) -> None:
    ward.all_leave(ward.of("A")[:12], "whole")
    ward.all_leave(ward.of("B")[:12], "another")
    ward.work()
    assert open_ones(ward) == [12, 12]
    ward.all_leave(ward.of("C")[:1], "small")
    ward.work()
    assert open_ones(ward) == [1, 12, 12]


def test_after_a_small_request_has_joined_its_rejection_holds(ward: Ward) -> None:
    ward.all_leave(ward.of("A")[:12], "whole")
    ward.work()
    ward.all_leave(ward.of("B")[:2], "small")
    ward.work()
    (joined,) = [one for one in ward.approvals if one["state"] == "open" and one["people"] == 2]
    ward.reject(joined["id"])
    ward.sweep()
    ward.work(MINUTE)
    assert ward.gone(ward.of("B")) == 0
    assert ward.link(ward.ids[ward.of("B")[0]]).state == "held"


@pytest.mark.parametrize(("number", "gone"), [(9, 8), (10, 0)])
def test_whoever_is_not_looked_at_is_waited_for_a_quarter_of_an_hour_then_counts(
    ward: Ward, number: int, gone: int
) -> None:
    """As where the vendor's windows allow no call for him. Nine of a department may go, seen or not; ten may not."""
    names = ward.of("A")[:number]
    ward.all_leave(names)
    later = f"UPDATE links SET due = {ward.time + 3600} WHERE subject = '{ward.ids[names[0]]}'"
    ward.writer.write(lambda connection: connection.exec_driver_sql(later))
    began = ward.time
    while ward.time < began + batches.PATIENCE - MINUTE:
        ward.work(MINUTE)
        assert ward.gone(names) == 0
    assert ward.states["waiting"] == number - 1
    ward.work(2 * MINUTE)
    ward.work()
    assert ward.gone(names) == gone
    assert open_ones(ward) == ([] if gone else [number - 1])


def _accepted(ward: Ward, names: list[str], last: bool) -> dict[str, Any]:
    links = {name: ward.link(ward.ids[name]) for name in names}
    rows = [
        {
            "subject": ward.ids[name],
            "key": f"E-{name}",
            "kind": "person",
            "remote_id": link.remote_id,
            "name": link.name,
            "was": link.remote_id,
            "spell": None,
            "login": None,
            "why": "工号相同",
        }
        for name, link in links.items()
    ]
    return {"system": SYSTEM, "by": "周主任", "rows": rows, "batch": "adopt 1", "last": last}


def test_what_one_acceptance_links_counts_as_a_whole(ward: Ward) -> None:
    names = ward.of("A")[:12]
    for name in names:
        ward.lock(name)
    for lot, last in ((names[:6], False), (names[6:], True)):
        given = _accepted(ward, lot, last)
        ward.writer.write(lambda connection, given=given: adoptions.adopt(connection, ward.clock, given))
        if not last:
            waiting = ward.gone(names)
    ward.work()
    assert (waiting, ward.gone(names)) == (0, 0)
    assert open_ones(ward) == [12]
