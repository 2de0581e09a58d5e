"""The second evaluator, continued: locks, departments, and the letters they may wait for (Precedence 6 to 11)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from tests.policy.naive_exits import DAY, Exits, marked, on, running

KEEPS_THE_POST = ("cleared", "disciplined-in-post", "demoted", "removed-from-post")


class Locks(Exits):
    """One person: what holds the accounts down, and where they belong."""

    # locks (7)

    def letter(self, covers: str, kind: str, phase: str, day: date) -> bool:
        return any(
            (each["covers"], each["kind"], each["phase"]) == (covers, kind, phase) and on(each["recorded"]) <= day  # type: ignore[operator]
            for each in self.marks.get("letters", ())
        )

    def gate(self, event: date, *gates: str) -> bool:
        """Whether something of that day has to wait for a letter at all."""
        chosen = self.settings.get("letter_gate", "none")
        return chosen in gates and event >= (on(self.settings.get("letter_gate_from")) or date.min)

    def locked_until(self, value: str, end: date | None, day: date) -> tuple[bool, bool]:
        """(still locked, only because the letter is missing)."""
        if end is None or day <= end:
            return True, False
        waits = self.gate(end + DAY, "all") and not self.letter(value, "change", "end", day)
        return waits, waits

    def posted_outside(self, day: date) -> tuple[bool, bool]:
        locked = waits = False
        for post in self.posts:
            away = post["scope"] == "outbound" and not post.get("relationTransferred") and self.post_lives(post)
            if away and (on(post["startDate"]) or date.max) <= day:
                still, waiting = self.locked_until(post["value"], on(post.get("endDate")), day)
                locked, waits = locked or still, waits or waiting
        return locked, waits

    def suspended(self, day: date) -> tuple[bool, bool]:
        locked = waits = False
        for case in self.cases(day):
            if case.get("workSuspended"):
                end = on(case.get("endDate")) if case.get("outcome") in KEEPS_THE_POST else None
                still, waiting = self.locked_until(case["value"], end, day)
                locked, waits = locked or still, waits or waiting
        return locked, waits

    def other_lock(self, day: date) -> bool:
        return any(
            each["type"] == "other-lock"
            and self.mark_lives(each["effectiveDate"])
            and running(each, day, "effectiveDate")
            for each in self.events
        )

    def bare_lock(self, day: date) -> bool:
        return any(marked(each, day) and self.mark_lives(each["start"]) for each in self.marks.get("bareLocks", ()))

    def blocks(self, day: date) -> set[str]:
        blocks = [each for each in self.marks.get("rulings", ()) if each["kind"] == "block" and marked(each, day)]
        return {system for each in blocks for system in each.get("systems", ("ldap", "oa", "wecom"))}

    def needs(self) -> dict[str, bool]:
        assert self.facts is not None
        usual = self.facts["employmentCategory"] in ("administrative", "institutional", "gov-employee")
        said = self.facts.get("accessNeeds", {})
        return {system: said.get(system, usual) for system in ("oa", "wecom", "attendance")}

    def attendance(self, day: date, opened: bool) -> bool:
        """Open today but for blocks, deletions and replies? While frozen, only what was open yesterday stays open."""
        frozen = self.suspended(day)[0] or self.held(day)
        may = opened and self.needs()["attendance"] and not self.posted_outside(day)[0] and not self.gone_home(day)
        self.attendance_was_open = may and (self.attendance_was_open or not frozen)
        return self.attendance_was_open

    def systems(self, day: date, attendance: bool) -> dict[str, str]:
        needs = self.needs()
        for_all = bool({"二(四)", "二(五)"} & set(self.locks(day))) or self.other_lock(day) or self.bare_lock(day)
        blocked = self.blocks(day)
        states = {}
        for system in ("ldap", "oa", "wecom"):
            needed = any(needs.values()) if system == "ldap" else needs[system]
            locked = for_all or system in blocked
            states[system] = "removed" if not needed else "locked" if locked else "active"
        states["attendance"] = "active" if attendance and "attendance" not in blocked else "removed"
        return states

    def main_posts(self, day: date) -> list[dict[str, Any]]:
        return [each for each in self.here() if each["kind"] == "primary" and running(each, day)]

    def here(self) -> list[dict[str, Any]]:
        return [each for each in self.posts if each["scope"] != "outbound" and self.post_lives(each)]

    def hosts(self, day: date) -> list[dict[str, Any]]:
        return [
            each
            for each in self.here()
            if each["scope"] == "inbound" and each["kind"] != "primary" and running(each, day)
        ]

    def primary(self, day: date) -> dict[str, Any] | None:
        def last(posts: list[dict[str, Any]]) -> dict[str, Any] | None:
            by_name = sorted(posts, key=lambda each: each["value"])
            return max(by_name, key=lambda each: each["startDate"], default=None)

        begun = [each for each in self.here() if each["kind"] == "primary" and on(each["startDate"]) <= day]  # type: ignore[operator]
        return last(self.main_posts(day)) or last(self.hosts(day)) or last(begun)

    def departments(self, day: date) -> tuple[str | None, list[str]]:
        primary = self.primary(day)
        home = primary["department"] if primary else None
        others = {key for key, waits in self.roles(day) if not waits}
        return home, sorted(others - {home})

    def roles(self, day: date) -> Iterator[tuple[str, bool]]:
        """(department, whether it waits for its letter) of everything but the primary post."""
        primary = self.primary(day)
        for post in self.here():
            if running(post, day) and post is not primary:
                concurrent = post["scope"] == "internal" and post["kind"] != "primary"
                waits = concurrent and self.gate(on(post["startDate"]) or date.max, "all")
                yield post["department"], waits and not self.letter(post["value"], "change", "start", day)
        for mark in self.marks.get("addedMembers", ()):
            if marked(mark, day) and self.mark_lives(mark["start"]):
                letter = on(mark.get("letterOn"))
                waits = self.gate(on(mark["start"]) or date.max, "all")
                yield mark["department"], waits and not (letter is not None and letter <= day)
