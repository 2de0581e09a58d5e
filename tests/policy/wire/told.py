"""What the house has been told of an invented person so far, and what must be said of him by that."""

import copy
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from scim_server.scim.urns import ROSTER_USER, USER
from tests.policy.naive import Life
from tests.policy.people import invented
from tests.policy.table import GROUPS

Json = dict[str, Any]
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
BEGIN = date(2025, 11, 1)
LISTS = ("assignments", "statusEvents")


@dataclass
class Told:
    """One person as the house has heard of him so far, the marks as they were made, and what must be said of him."""

    key: str
    user: Json
    to_tell: list[tuple[date, str, Json]]
    marks: dict[str, list[Json]] = field(default_factory=lambda: defaultdict(list))
    id: str | None = None
    ruling: str | None = None
    lived: dict[date, Json] = field(default_factory=dict)

    @property
    def facts(self) -> Json:
        facts: Json = self.user[ROSTER_USER]
        return facts

    def live(self, today: date) -> None:
        """What must be on every day until the end, by the facts and marks known today."""
        self.lived = dict(Life(self.user, self.marks, GROUPS.values(), {}).walk(LAST, min(today, FIRST)))

    def today(self, day: date) -> Json:
        return self.lived[day]


def told(number: int, random: Random) -> Told:
    """The invented person of that number, cut into what is told and when."""
    full = invented(number, BEGIN, LAST).user
    key = full["externalId"]
    facts = copy.deepcopy(full.get(ROSTER_USER) or invented(number + 100_000, BEGIN, LAST).user.get(ROSTER_USER) or {})
    facts.setdefault("employmentCategory", "institutional")
    pieces = [(name, each) for name in LISTS for each in facts.pop(name, [])]
    user = {"schemas": [USER, ROSTER_USER], "externalId": key, "userName": key.lower(), "displayName": key}
    to_tell: list[tuple[date, str, Json]] = []
    for name, full_piece in random.sample(pieces, len(pieces)):
        day = FIRST + timedelta(days=random.randrange(-30, 330))
        piece = {sub: value for sub, value in full_piece.items() if value is not None}
        end = {"endDate", "outcome"} & piece.keys()
        if end and random.random() < 0.5:
            later = day + timedelta(days=random.randrange(30))
            to_tell.append((min(later, LAST), name, {sub: piece.pop(sub) for sub in end} | {"value": piece["value"]}))
        to_tell.append((day, name, piece))
    to_tell.sort(key=lambda each: (each[0], "startDate" not in each[2] and "type" not in each[2]))
    return Told(key, user | {ROSTER_USER: facts | {name: [] for name in LISTS}}, to_tell)
