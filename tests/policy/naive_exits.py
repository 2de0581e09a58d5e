"""A second evaluator, written from section 2 of the decision table, sharing no code with the policy.

It reads the SCIM documents themselves, walks forward through the calendar one day after the other, keeps
what yesterday was, and asks each rule of each fact again every day. Slow, and plain to read beside the text.
Where the text leaves a choice, both evaluators follow docs/decisions/0011.

This part: spells of service and the ways out of them (Precedence 3 to 5).
"""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

USER = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:Group"
DAY = timedelta(days=1)
SYSTEMS = ("ldap", "oa", "wecom", "attendance")
LEAVING = {
    "retirement": "三(一)",
    "resignation": "三(二)",
    "death": "三(三)",
    "expulsion": "三(四)",
    "dismissal": "三(五)",
    "transfer-out": "三(六)",
    "other-departure": "三(七)",
}
CAN_BE_BARRED = ("retirement", "resignation", "transfer-out", "other-departure")


@cache
def on(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def running(fact: Mapping[str, Any], day: date, first: str = "startDate", last: str = "endDate") -> bool:
    start, end = on(fact[first]), on(fact.get(last))
    assert start is not None
    return start <= day and not (end is not None and end < day)


def marked(mark: Mapping[str, Any], day: date) -> bool:
    return running(mark, day, "start", "end")


class Exits:
    """One person: when a spell begins, and when it ends."""

    def __init__(self, user: Mapping[str, Any], marks: Mapping[str, Any], groups: Any, settings: Mapping[str, Any]):
        self.facts = user.get(USER)
        self.marks = marks
        self.groups = {group["externalId"]: group.get(GROUP, {}) for group in groups}
        self.settings = settings
        self.posts = list((self.facts or {}).get("assignments", ()))
        self.events = list((self.facts or {}).get("statusEvents", ()))
        self.hire: dict[str, Any] | None = None
        self.first_spell = True
        self.came_from_outside_the_gap: date | None = None  # first day of the gap before the running spell
        self.gap: date | None = None  # first day of the gap that lasts now
        self.idle = 0
        self.effective: dict[Any, date] = {}
        self.seen: dict[Any, date] = {}
        self.attendance_was_open = False

    # spells (3)

    def hired(self, hire: dict[str, Any], day: date) -> None:
        if self.hire is None:
            self.hire, self.first_spell = hire, True
            return
        started_today = on(self.hire["effectiveDate"]) == day
        follows = not started_today and (self.gap is not None or self.ways_out(day) != [])
        if not follows:
            self.idle += 1
            return
        self.hire, self.first_spell, self.idle = hire, False, 0
        self.came_from_outside_the_gap = self.gap or day
        self.gap = None
        self.effective, self.seen = {}, {}
        self.attendance_was_open = False

    @property
    def start(self) -> date:
        assert self.hire is not None
        return on(self.hire["effectiveDate"]) or date.max

    def post_lives(self, post: Mapping[str, Any]) -> bool:
        if self.first_spell:
            return on(post.get("endDate")) is None or (on(post["endDate"]) or date.max) >= self.start
        return (on(post["startDate"]) or date.min) >= self.start

    def case_lives(self, case: Mapping[str, Any]) -> bool:
        begins, ends = on(case["effectiveDate"]) or date.min, on(case.get("endDate"))
        return begins >= self.start or ends is None or ends >= self.start

    def mark_lives(self, start: str) -> bool:
        return self.first_spell or (on(start) or date.min) >= (self.came_from_outside_the_gap or date.min)

    def belongs(self, day: date) -> bool:
        """A departure on the report day ends the spell before, if that one ran until the eve."""
        if day == self.start:
            return self.first_spell or (self.came_from_outside_the_gap or date.min) < self.start
        return day > self.start

    # departures (4, 5)

    def cases(self, day: date) -> list[dict[str, Any]]:
        """Investigations that have begun."""
        return [
            each
            for each in self.events
            if each["type"] == "investigation" and self.case_lives(each) and on(each["effectiveDate"]) <= day  # type: ignore[operator]
        ]

    def a_case_is_open(self, day: date) -> bool:
        for case in self.cases(day):
            end = on(case.get("endDate"))
            if end is None or day <= end or not case.get("outcome"):
                return True
        return False

    def recorded_exits(self, day: date) -> Iterator[tuple[Any, str, date, int, str]]:
        """(key, type, day it names, rank among exits of one day, name) of exits that may be held."""
        for each in self.events:
            names = on(each["effectiveDate"]) or date.max
            if each["type"] in LEAVING and names <= day and self.belongs(names):
                yield ("event", each["value"]), each["type"], names, 0, each["value"]
        for number, mark in enumerate(self.marks.get("deleted", ())):
            if marked(mark, day):
                names = max(on(mark["start"]) or day, self.start)
                yield ("deleted", number), "other-departure", names, 3, f"deleted {mark['start']}"
        for number, ruling in enumerate(self.marks.get("rulings", ())):
            begins = on(ruling["start"]) or date.min
            if ruling["kind"] == "reply-says-left" and marked(ruling, day) and begins > self.start:
                kind = ruling.get("departure") or "other-departure"
                yield ("reply", number), kind, begins, 2, f"reply {ruling['start']}"

    def can_be_held(self, kind: str) -> bool:
        assert self.facts is not None
        categories = self.settings.get("barred_categories", ["administrative", "institutional"])
        hold = self.settings.get("barred_departure", "hold") == "hold"
        return hold and kind in CAN_BE_BARRED and self.facts["employmentCategory"] in categories

    def ways_out(self, day: date) -> list[tuple[bool, date, date, int, int, str, str]]:
        """Those in effect on the day; the first of the sorted list is the one that tells the article."""
        found = []
        for key, kind, names, rank, name in self.recorded_exits(day):
            if key not in self.effective and not (self.can_be_held(kind) and self.a_case_is_open(day)):
                self.effective[key] = day
            if key in self.effective:
                order = list(LEAVING).index(kind)
                found.append((False, self.effective[key], names, rank, order, name, LEAVING[kind]))
        for post in self.posts:
            begins = max(on(post["startDate"]) or date.max, self.start)
            away = post["scope"] == "outbound" and post.get("relationTransferred")
            if away and self.post_lives(post) and begins <= day and self.belongs(begins):
                found.append((False, begins, begins, 1, 5, post["value"], "三(六)"))
        if self.gone_home(day):
            found.append((True, day, day, 4, 5, "", "三(六)"))
        return sorted(found)

    def held(self, day: date) -> bool:
        self.ways_out(day)
        return any(key not in self.effective for key, *_ in self.recorded_exits(day))

    def was_barred(self, day: date) -> bool:
        """Some exit on record did not take effect on the day that it names."""
        self.ways_out(day)
        return any(self.effective.get(key) != names for key, _, names, _, _ in self.recorded_exits(day))

    def gone_home(self, day: date) -> bool:
        assert self.hire is not None
        if self.hire.get("entryRoute") not in ("secondment-in", "attachment-in"):
            return False
        here = [each for each in self.posts if each["scope"] != "outbound" and self.post_lives(each)]
        ended = [each for each in here if each.get("endDate") and (on(each["endDate"]) or date.max) < day]
        return bool(ended) and not any(running(each, day) for each in here)
