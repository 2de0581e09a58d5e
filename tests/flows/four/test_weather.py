"""Bad weather at WeCom and the OA at once: lost answers, revoked tokens, too many calls. It converges by itself."""

import os
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from tests.flows.four.afterwards import Afterwards
from tests.flows.four.town import FourTown
from tests.flows.test_facts_flow import event, post

Rule = dict[str, Any]
CODES = ("EDU", "EDU-1", "HEA", "FIN")
PEOPLE = 24
SEEDS = int(os.environ.get("HUAMING_SEEDS", "1"))  # HUAMING_SEEDS=20 make test ARGS="-k leave_no_double"
LOST = 0.3  # of all answers


def weather(seed: int, path: str) -> Iterator[Rule]:
    """Rules that are used up call by call: every third answer is lost, now and then all tokens are worthless."""
    random = Random(seed)
    for _ in range(20_000):
        if random.random() < LOST:
            yield {"match": path, "lost": True, "times": 1}
        elif random.random() < 0.03:
            yield {"match": path, "revoke_tokens": True, "times": 1}
        else:
            yield {"match": path, "delay_s": 0, "times": 1}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_lost_answers_revoked_tokens_and_limits_leave_no_double_and_nothing_parked(seed: int, town: FourTown) -> None:
    for number in range(PEOPLE):
        town.person(f"p{number}", department=CODES[number % len(CODES)])
        if number % 3 == 0:
            town.tell(f"p{number}", "assignments", post("c1", "concurrent", "2026-02-01", "FIN"))
    oa, wecom = town.systems.running["oa"], town.systems.running["wecom"]
    oa.faults(list(weather(seed, "/seeyon/")))
    too_often = [{"match": "/user/", "code": 45009, "times": 15}]
    wecom.faults([*too_often, *weather(seed + 100, "/cgi-bin/")])
    town.judge()
    for number in range(PEOPLE):
        _turn(town, number)
    town.bureau.on("2026-03-10")
    town.judge()
    assert town.bureau.parked == set()
    losses = [call for system in ("oa", "wecom") for call in town.systems.calls(system) if call["status"] == 0]
    assert len(losses) > PEOPLE
    oa.faults([])
    wecom.faults([])
    then = Afterwards(town.bureau, town.systems)
    assert then.second_pass() == []
    assert then.numbers() == []
    assert then.settled("retry", "lost", "not-sent") == []


def _turn(town: FourTown, number: int) -> None:
    """Everybody's life takes one turn, on the same day."""
    name, day = f"p{number}", "2026-03-10"
    match number % 4:
        case 0:
            town.tell(name, "assignments", post("s1", "secondment", day, sendingDepartment="EDU"))
        case 1:
            town.tell(name, "assignments", post("a2", "primary", day, "HEA"))
            town.correct(name, "assignments", "a1", endDate="2026-03-09")
        case 2:
            town.tell(name, "statusEvents", event("e1", "resignation", day))
        case _:
            town.tell(name, "statusEvents", event("e1", "resignation", "2026-03-02"), event("h2", "hire", day))
            town.tell(name, "assignments", post("a2", "primary", day, "FIN"))
