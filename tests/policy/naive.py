"""The second evaluator, the whole of it: a life walked through day by day. See `naive_exits` for how and why."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from tests.policy.naive_exits import DAY, LEAVING, SYSTEMS, marked, on, running
from tests.policy.naive_locks import Locks

KEPT_FROM_THE_PUBLIC = ("exit-barred-during-investigation", "investigation-ended-without-outcome")


class Life(Locks):
    """One person, every day."""

    def walk(self, until: date, since: date = date.max) -> Iterator[tuple[date, dict[str, Any]]]:
        """Every day from the first hire, or an earlier `since`, on; before the hire nothing can have happened."""
        hires = [on(each["effectiveDate"]) or until for each in self.events if each["type"] == "hire"]
        day = min([*hires, until, since, on(self.marks.get("created")) or until])
        while day <= until:
            yield day, self.live(day)
            day += DAY

    def live(self, day: date) -> dict[str, Any]:
        hired_today = [each for each in self.events if each["type"] == "hire" and on(each["effectiveDate"]) == day]
        for hire in sorted(hired_today, key=lambda each: each["value"]):
            self.hired(hire, day)
        facts_from = on(self.marks.get("factsFrom"))
        known = self.facts is not None and not (facts_from is not None and day < facts_from)
        answer = self.with_facts(day) if known else self.without_facts(day)
        if self.hire is not None:
            gone = self.ways_out(day) != []
            self.gap = (self.gap or day) if gone else None
        return answer

    # the answer

    def with_facts(self, day: date) -> dict[str, Any]:
        if self.hire is None:
            return self.say(dict.fromkeys(SYSTEMS, "removed"), ["not-yet-joined"])
        out = self.ways_out(day)
        opened = not self.gate(self.start, "open", "all") or self.letter(self.hire["value"], "open", "start", day)
        attendance = self.attendance(day, opened)
        listed = self.always_listed(day)
        nothing = dict.fromkeys(SYSTEMS, "removed")
        if out:
            return self.say(nothing, [out[0][-1]], anomalies=listed)
        articles = self.locks(day) or ["一"]
        spell = self.hire["value"]
        if not opened:
            return self.say(nothing, articles, anomalies=[*listed, "opening-waits-for-letter"], spell=spell)
        listed += self.listed_in_service(day)
        systems = self.systems(day, attendance)
        primary, concurrent = self.departments(day)
        if systems["ldap"] == "removed":
            primary, concurrent = None, []
        return self.say(systems, articles, primary, concurrent, listed, spell)

    def locks(self, day: date) -> list[str]:
        found = []
        if self.posted_outside(day)[0]:
            found.append("二(四)")
        if self.suspended(day)[0] or self.held(day):
            found.append("二(五)")
        if self.other_lock(day) or self.bare_lock(day) or self.blocks(day):
            found.append("二(六)")
        return found

    # anomalies (section 6)

    def shows_departure(self, day: date) -> bool:
        return any(
            each["type"] in LEAVING
            and self.belongs(on(each["effectiveDate"]) or date.max)
            and on(each["effectiveDate"]) <= day  # type: ignore[operator]
            for each in self.events
        )

    def always_listed(self, day: date) -> list[str]:
        found = ["hire-without-departure"] if self.idle else []
        if self.was_barred(day):
            found.append("exit-barred-during-investigation")
        kinds = {key[0] for key, *_ in self.recorded_exits(day)}
        if "deleted" in kinds and not self.shows_departure(day):
            found.append("no-reason")
        if "reply" in kinds and not self.shows_departure(day):
            found.append("reply-says-left")
        return found

    def listed_in_service(self, day: date) -> list[str]:
        assert self.facts is not None
        main, category = self.main_posts(day), self.facts["employmentCategory"]
        home, concurrent = self.departments(day)
        unjoined = {key for key, waits in self.roles(day) if waits} - {home, *concurrent}
        raised = {
            "secondment-overdue": any(self.overdue(each, day) for each in self.lent(day)),
            "secondment-orphaned": any(self.orphaned(each, day) for each in self.lent(day)),
            "several-primary": len(main) > 1,
            "no-primary": not main and not self.hosts(day) and not self.held(day),
            "needs-missing": category in ("outsourced", "other") and not self.facts.get("accessNeeds"),
            "bare-lock": self.bare_lock(day),
            "investigation-ended-without-outcome": any(self.unsettled(each, day) for each in self.cases(day)),
            "change-waits-for-letter": unjoined or self.posted_outside(day)[1] or self.suspended(day)[1],
            "concurrent-without-letter": any(self.unlettered(each, day) for each in self.marks.get("addedMembers", ())),
        }
        return [name for name, is_so in raised.items() if is_so]

    def lent(self, day: date) -> list[dict[str, Any]]:
        begun = [each for each in self.posts if self.post_lives(each) and on(each["startDate"]) <= day]  # type: ignore[operator]
        return [each for each in begun if each["kind"] in ("secondment", "attachment")]

    def overdue(self, post: Mapping[str, Any], day: date) -> bool:
        planned = on(post.get("plannedEndDate"))
        return planned is not None and planned < day and not post.get("endDate")

    def unsettled(self, case: Mapping[str, Any], day: date) -> bool:
        end = on(case.get("endDate"))
        return end is not None and end < day and not case.get("outcome")

    def unlettered(self, mark: Mapping[str, Any], day: date) -> bool:
        covered = {each.get("department") for each in self.here() if running(each, day)}
        letter = on(mark.get("letterOn"))
        lettered = letter is not None and letter <= day
        in_force = marked(mark, day) and self.mark_lives(mark["start"])
        return in_force and not lettered and mark["department"] not in covered

    def orphaned(self, post: Mapping[str, Any], day: date) -> bool:
        primary = self.primary(day)
        if post["scope"] != "internal" or primary is None or not running(post, day):
            return False
        home = self.top(primary["department"])
        return self.top(post["sendingDepartment"]) != home and self.top(post["department"]) != home

    def top(self, key: str) -> str:
        """A25."""
        here: str | None = key
        while here is not None and self.groups[here].get("kind") == "office":
            here = self.groups[here].get("parent")
        return here if here is not None and self.groups[here].get("kind") != "root" else key

    # plain users (A28)

    def without_facts(self, day: date) -> dict[str, Any]:
        if day < (on(self.marks.get("created")) or date.min):
            return self.say(dict.fromkeys(SYSTEMS, "removed"), ["not-yet-joined"])
        rulings = [each for each in self.marks.get("rulings", ()) if marked(each, day)]
        replied = ["reply-says-left"] if any(each["kind"] == "reply-says-left" for each in rulings) else []
        if replied or any(marked(each, day) for each in self.marks.get("deleted", ())):
            return self.say(dict.fromkeys(SYSTEMS, "removed"), ["plain"], anomalies=replied)
        locked = any(marked(each, day) for each in self.marks.get("bareLocks", ()))
        systems = {}
        for system in SYSTEMS:
            state = "locked" if locked or system in self.blocks(day) else "active"
            shut = not self.settings.get("plain", {}).get(system, system == "ldap")
            systems[system] = "removed" if shut or (system == "attendance" and state == "locked") else state
        members = [each for each in self.marks.get("addedMembers", ()) if marked(each, day)]
        joined = list(dict.fromkeys(each["department"] for each in sorted(members, key=lambda each: each["start"])))
        return self.say(systems, ["plain"], joined[0] if joined else None, sorted(joined[1:]))

    def say(
        self,
        systems: dict[str, str],
        articles: list[str],
        primary: str | None = None,
        concurrent: list[str] | None = None,
        anomalies: list[str] | None = None,
        spell: str | None = None,
    ) -> dict[str, Any]:
        listed = sorted(set(anomalies or ()))
        return {
            "systems": systems,
            "primary": primary,
            "concurrent": concurrent or [],
            "anomalies": listed,
            "public_anomalies": [each for each in listed if each not in KEPT_FROM_THE_PUBLIC],
            "articles": sorted(articles),
            "public_articles": sorted({each[0] if each[0] in "二三" else each for each in articles}),
            "spell": spell,
        }
