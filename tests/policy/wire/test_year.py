"""An invented roster over HTTP through a year, judged by the second evaluator: 0 differences on every day."""

import os

import pytest

from tests.policy.wire.conftest import Bureaus
from tests.policy.wire.year import Year, every

PEOPLE = 24
SEEDS = int(os.environ.get("HUAMING_SEEDS", "1"))  # HUAMING_SEEDS=20 make test ARGS="-k in_any_order"


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_year_of_facts_in_any_order(seed: int, bureaus: Bureaus) -> None:
    year = Year(bureaus(), PEOPLE, seed).run()
    year.compare_as_of(every(11))
    assert year.differences == [], year.differences[:3]
    assert year.seen["told"] > 5 * PEOPLE
    assert min(year.seen[kind] for kind in ("bareLocks", "addedMembers", "rulings", "put back", "deleted")) > 2


def test_two_orders_of_arrival_have_the_same_end(bureaus: Bureaus) -> None:
    """The same facts, told on other days in another order: `states` as of any day tells the same."""
    ends = []
    for seed in (11, 12):
        bureau = bureaus()
        year = Year(bureau, PEOPLE // 2, seed)
        year.acts = False
        year.run()
        assert year.differences == []
        ends.append([bureau.states(day.isoformat()) for day in every(30)])
    assert [{key: line for key, line in each.items()} for each in ends[0]] == ends[1]
