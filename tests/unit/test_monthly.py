"""The check of the month is begun on its first working day, once by one node, and again until it is whole."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scim_server.clock import Clock, day_start
from scim_server.reconcile.monthly import Monthly
from scim_server.workdays import published
from tests.unit.test_nightly import Night

NINE = 9 * 3600.0


class Bureau(Night):
    """`done`: the months whose check is whole."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.done: set[str] = set()

    def office(self) -> Monthly:
        clock = Clock(now=lambda: self.time)
        return Monthly(NINE, self.writer, clock, self._start, published, self.done.__contains__)

    def on(self, moment: str, office: Monthly) -> int:
        """How many were begun, once it has looked at that moment."""
        for each in self.begun:
            each.wait(60)
        day, hour = moment.split()
        self.time = day_start(day) + float(hour) * 3600
        office.look()
        return len(self.begun)


@pytest.fixture
def bureau(tmp_path: Path) -> Iterator[Bureau]:
    one = Bureau(tmp_path)
    yield one
    for each in one.begun:
        each.kill()
        each.wait()
    one.writer.close()


def test_on_the_first_working_day_at_its_time_by_one_of_two_nodes(bureau: Bureau) -> None:
    """2026-10-01 to 07 are off, the 8th is a Thursday; a Saturday that is worked counts (2026-02-14)."""
    one, other = bureau.office(), bureau.office()
    moments = ("2026-10-01 9.5", "2026-10-04 10", "2026-10-07 23", "2026-10-08 8.9", "2026-10-08 9.1", "2026-10-08 9.5")
    assert [bureau.on(moment, each) for moment in moments for each in (one, other)] == [0] * 8 + [1] * 4
    bureau.done |= {"2026-10"}
    assert bureau.on("2026-10-09 9.5", one) == 1
    assert bureau.on("2026-11-02 9.0", one) == 2, "November 1 is a Sunday"


def test_what_is_not_whole_is_begun_again_in_an_hour_and_on_the_next_working_days(bureau: Bureau) -> None:
    node = bureau.office()
    moments = ("2026-07-01 9", "2026-07-01 9.9", "2026-07-01 10", "2026-07-02 8", "2026-07-02 9.2", "2026-07-04 12")
    assert [bureau.on(moment, node) for moment in moments] == [1, 1, 2, 2, 3, 3]
    assert bureau.on("2026-07-06 9.2", bureau.office()) == 4, "a new node after the weekend"


def test_a_day_that_was_missed_is_made_up_and_a_clock_set_back_begins_none(bureau: Bureau) -> None:
    node = bureau.office()
    assert bureau.on("2026-07-15 16.5", node) == 1
    assert bureau.on("2026-07-15 14.5", node) == 1
    assert bureau.on("2026-07-06 9.5", node) == 1, "a later moment has been taken"
