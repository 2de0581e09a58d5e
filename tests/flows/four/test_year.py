"""A year through all four systems, judged by the second evaluator. `PEOPLE=2000` in the environment: so many people."""

import os

import pytest

from tests.flows.four.afterwards import Afterwards
from tests.flows.four.clusters import HOME
from tests.flows.four.conftest import Quarters
from tests.flows.four.year import FourYear

PEOPLE = int(os.environ.get("PEOPLE", "36"))
HOMES = {"default_department": HOME}


@pytest.mark.parametrize(("people", "clusters", "every"), [(12, 1, 1), (PEOPLE, 13, 30)])
@pytest.mark.timeout(14_400)
def test_a_year_of_facts_in_four_systems(people: int, clusters: int, every: int, quarters: Quarters) -> None:
    """Everything that stands anywhere, on every look; then what was asked of the systems on the way there."""
    bureau, systems = quarters(oa=HOMES, wecom=HOMES, attendance=HOMES)
    year = FourYear(bureau, systems, people, clusters, every).run()
    assert year.differences == [], year.differences[:5]
    then = Afterwards(bureau, systems)
    print(people, len(year.district.bodies), dict(year.seen), then.figures())
    assert then.second_pass() == []
    assert bureau.parked == set()
    assert then.windows() == []
    assert then.settled() == []
    assert then.forbidden() == []
    assert then.numbers() == []
    assert then.phones(one.user for one in year.people) == []
    assert then.faces_first(year.faces) == []
    assert then.deregistered(year.faces) > 2, "with faces in the way"
    assert year.lives.renewed > 2, "some were hired again"
    assert min(year.seen[kind] for kind in ("bareLocks", "addedMembers", "rulings", "put back", "deleted")) > 2
