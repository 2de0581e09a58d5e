"""A year of an invented roster, told over HTTP in any order, worked into all four systems every day."""

from collections import Counter
from datetime import date, timedelta
from random import Random

from tests.flows.client import join, leave
from tests.flows.four.clusters import HOME, District, Official, code, official, plain
from tests.flows.four.moving_bureau import MovingBureau
from tests.flows.four.systems import FourSystems
from tests.flows.four.wanted import Lives, Wanted
from tests.policy.naive import Life
from tests.policy.people import DEPARTMENTS
from tests.policy.wire.told import FIRST, LAST, Told
from tests.policy.wire.year import Year

PLAIN = 6
ENROL = 0.1  # so many of those without a face enrol one at a look


class FourYear(Year):
    """The house, its people and the four systems. `every`: days between two looks at everything."""

    def __init__(self, bureau: MovingBureau, systems: FourSystems, people: int, clusters: int, every: int) -> None:
        self.bureau: MovingBureau = bureau
        self.systems = systems
        self.random = Random(people)
        self.district = District(clusters)
        self.every = every
        self.people = [official(number, self.random, self.district) for number in range(people)]
        self.without_facts: list[Official] = []
        self.differences = []
        self.seen = Counter()
        self.acts = True
        self.lives = Lives()
        self.faces: dict[str, str] = {}  # of each face that was enrolled, the personId
        self.ids = {each: bureau.ok("POST", "/Groups", body)["id"] for each, body in self.district.bodies.items()}
        self._plain()

    def _plain(self) -> None:
        for number in range(PLAIN):
            one = plain(number, self.district)
            one.id = self.bureau.ok("POST", "/Users", one.user)["id"]
            one.marks["created"] = self.bureau.day  # type: ignore[assignment]
            key = code(one.cluster, DEPARTMENTS[number % len(DEPARTMENTS)])
            self.bureau.ok("PATCH", f"/Groups/{self.ids[key]}", join(str(one.id)))
            one.marks["addedMembers"].append({"start": self.bureau.day, "department": key})
            one.live(FIRST)
            self.without_facts.append(one)

    def run(self) -> "FourYear":
        day = FIRST - timedelta(days=30)
        while day <= LAST:
            self.bureau.on(day.isoformat(), 9)
            for one in self.people:
                self._tell(one, day)
                if one.id is not None and day >= FIRST:
                    self._act(one, day)
            for one in self.without_facts:
                if day >= FIRST and self.random.random() < 0.01:
                    self._activate(one, day)
            self.bureau.work()
            if day >= FIRST and (day - FIRST).days % self.every == 0:
                self.look(day)
            day += timedelta(days=1)
        self.look(LAST)
        return self

    # -- what is done beside the facts

    def _member(self, one: Told, day: date) -> None:
        """As in any year, among the departments of the person's own cluster."""
        assert isinstance(one, Official)
        key = code(one.cluster, self.random.choice(DEPARTMENTS))
        added = [each for each in one.marks["addedMembers"] if "end" not in each and each["department"] == key]
        one.live_until(LAST)
        answer = one.today(day)
        there = key in (answer["primary"], *answer["concurrent"])
        serves = any(later["spell"] for then, later in one.lived.items() if then >= day)
        if there and added and not self._assigned(one, key, day):
            self.bureau.ok("PATCH", f"/Groups/{self.ids[key]}", leave(str(one.id)))
            self._end(one, added, day)
        elif not there and not added and serves and answer["systems"]["ldap"] != "removed":
            self.bureau.ok("PATCH", f"/Groups/{self.ids[key]}", join(str(one.id)))
            self._mark(one, "addedMembers", day, department=key)

    def _assigned(self, one: Told, key: str, day: date) -> bool:
        assert isinstance(one, Official)
        alone = Life(one.user, one.marks | {"addedMembers": []}, one.groups, {})
        answer = dict(alone.walk(day, day))[day]
        return key in (answer["primary"], *answer["concurrent"])

    # -- judging

    def look(self, day: date) -> None:
        """The store and all four systems are what the second evaluator says; then some people enrol their faces."""
        self._compare_stored(day)
        known = [one for one in (*self.people, *self.without_facts) if one.id is not None]
        answers = {one.key: one.today(day) for one in known}
        persons = self.systems.ids("attendance")
        wanted = Wanted(self.district.bodies, self.district.paths, HOME)
        for one in known:
            wanted.person(one.user, answers[one.key], face=persons.get(one.key) in self.faces)
        spells = {key: answer["spell"] for key, answer in answers.items()}
        lines = wanted.differences(self.systems)
        lines += self.lives.see(self.systems, spells, daily=self.every == 1)
        self.differences += [(day.isoformat(), line) for line in lines]
        self.seen["looks"] += 1
        self._enrol(persons)

    def _enrol(self, persons: dict[str, str]) -> None:
        """At the terminal, past every interface."""
        for person in persons.values():
            if person not in self.faces and self.random.random() < ENROL:
                self.faces[person] = self.systems.attendance.put_face(person)
                self.seen["faces"] += 1
