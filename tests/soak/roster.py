"""The roster of a soak as it was acknowledged: departments, people with crowded lives, what must be said of them."""

import threading
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from scim_server.scim.urns import ROSTER_GROUP, ROSTER_USER
from tests.flows.four.clusters import HOME, District, Official, official
from tests.flows.four.systems import FourSystems
from tests.flows.four.wanted import Wanted
from tests.policy.naive import Life

Json = dict[str, Any]
MIDDLE = date(2026, 7, 1)  # of the year in which people are invented: becomes today
DATES = ("startDate", "endDate", "plannedEndDate", "effectiveDate")
AHEAD = timedelta(days=45)
DAYS = timedelta(days=1)


def today() -> date:
    """In Asia/Shanghai."""
    return datetime.now(ZoneInfo("Asia/Shanghai")).date()


class Roster:
    """`bodies`: of all Groups by code, parents first; `ids` of those that exist. `gate`: of the departments."""

    def __init__(self, people: int, clusters: int, seed: int) -> None:
        random = Random(seed)
        self.district = District(clusters)
        self.bodies: dict[str, Json] = dict(self.district.bodies)
        self.ids: dict[str, str] = {}
        self.gate = threading.RLock()
        shift = today() - MIDDLE
        self.people = [_moved(official(number, random, self.district), shift) for number in range(people)]

    def path(self, code: str) -> str:
        """The names from below the root down."""
        parent = self.bodies[code][ROSTER_GROUP].get("parent")
        return "/".join(filter(None, (self.path(parent), self.bodies[code]["displayName"]))) if parent else ""

    def around(self, one: Official) -> list[Json]:
        """The Groups of somebody's cluster as they are now."""
        prefix = f"C{one.cluster:02}-"
        return [body for code, body in self.bodies.items() if code.startswith(prefix) or code == "DT-D0"]

    def lived(self, one: Official, marks: Json | None = None) -> dict[date, Json]:
        """What must be said of somebody, today and on some days to come, by the second evaluator."""
        day = today()
        walked = Life(one.user, one.marks if marks is None else marks, self.around(one), {}).walk(day + AHEAD, day)
        return {each: answer for each, answer in walked if each >= day}

    def answer(self, one: Official) -> Json:
        """Today's."""
        return self.lived(one)[today()]

    def known(self) -> Iterator[Official]:
        """Whoever was ever hired."""
        return (one for one in self.people if one.id is not None)

    def wanted(self) -> Wanted:
        """What must stand in all four systems."""
        model = Wanted(self.bodies, {code: self.path(code) for code in self.bodies}, HOME)
        for one in self.known():
            model.person(one.user, self.answer(one))
        return model

    def differences(self, systems: FourSystems, foreign: Json) -> list[str]:
        """What is missing, too much or different, value by value. `foreign`: entries that nobody of ours made."""
        model = self.wanted()
        model.foreign |= foreign
        return model.differences(systems)


def deleted(one: Official) -> bool:
    return bool(running(one.marks["deleted"]))


def running(marks: list[Json]) -> list[Json]:
    return [each for each in marks if "end" not in each]


def end(marks: list[Json]) -> None:
    """The last day is yesterday."""
    for mark in marks:
        mark["end"] = (today() - DAYS).isoformat()


def mark(one: Official, name: str, **more: str) -> None:
    one.marks[name].append({"start": today().isoformat(), **more})


def _moved(one: Official, by: timedelta) -> Official:
    """The same life at another time."""
    for _, _, piece in one.to_tell:
        piece |= {name: (date.fromisoformat(piece[name]) + by).isoformat() for name in DATES if piece.get(name)}
    assert one.facts.keys() >= {"employmentCategory"}, ROSTER_USER
    return one
