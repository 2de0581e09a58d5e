"""Invented people with crowded lives: their dates fall on few days, so that everything meets everything else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.policy.table import GROUPS

USER = "urn:ietf:params:scim:schemas:extension:cnroster:2.0:User"
DEPARTMENTS = ("DT-EDU", "DT-EDU-1", "DT-EDU-2", "DT-HEA", "DT-HEA-1", "DT-FIN", "DT-KX", "DT-SCH")
CATEGORIES = ("administrative", "administrative", "institutional", "gov-employee", "outsourced", "other")
ROUTES = ("recruited", "recruited", "recruited", "transfer-in", "secondment-in", "attachment-in", "other")
EXITS = (
    "retirement",
    "resignation",
    "resignation",
    "death",
    "dismissal",
    "expulsion",
    "transfer-out",
    "other-departure",
)
# what meets what: how many (assignments beside the first, hires beside the first, exits, cases, other locks)
THEMES: dict[str, tuple[tuple[int, ...], ...]] = {
    "ordinary": ((0, 0, 1, 2, 3), (0, 0, 1, 2), (0, 1, 1, 2), (0, 0, 1, 2), (0, 0, 0, 1)),
    "abroad": ((1, 2), (0, 0, 1), (0, 0, 1), (1, 2), (0,)),
    "guest": ((1, 2), (0, 1), (0, 0, 1), (0, 1), (0,)),
    "lent": ((1, 2, 3), (0,), (0, 0, 1), (0,), (0,)),
    "gated": ((1, 2, 3), (0, 0, 1), (0, 0, 1), (0, 1), (0,)),
    "barred": ((0, 1), (0, 1), (1, 2), (1, 2, 3), (0,)),
    "returner": ((1, 2), (1, 2), (1, 2), (0, 1), (0, 1)),
}
KINDS = {
    "abroad": (("secondment", "outbound"), ("attachment", "outbound"), ("secondment", "internal")),
    "gated": (
        ("secondment", "outbound"),
        ("attachment", "outbound"),
        ("secondment", "internal"),
        ("concurrent", "internal"),
    ),
    "guest": (("secondment", "inbound"), ("attachment", "inbound"), ("attachment", "inbound"), ("primary", "internal")),
    "lent": (
        ("secondment", "internal"),
        ("attachment", "internal"),
        ("concurrent", "internal"),
        ("primary", "internal"),
    ),
}
ANY_KIND = (
    *(("primary", "internal"),) * 3,
    ("concurrent", "internal"),
    *((kind, scope) for kind in ("secondment", "attachment") for scope in ("internal", "outbound", "inbound")),
)
OUTCOMES = (None, "cleared", "cleared", "disciplined-in-post", "expulsion", "judicial-referral")


@dataclass
class Invented:
    """A SCIM document, the marks beside it, and the settings under which it is judged."""

    user: dict[str, Any]
    marks: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)


def invented(number: int, first: date, last: date) -> Invented:
    """The person of that number: the same whenever asked."""
    return _Inventor(Random(f"huaming {number}"), number, first, last).person()


def shuffled(person: Invented, seed: int) -> Invented:
    """The same facts and marks, in another order."""
    random = Random(seed)
    facts = dict(person.user.get(USER, {}))
    for name in ("assignments", "statusEvents"):
        facts[name] = random.sample(facts.get(name, []), len(facts.get(name, [])))
    user = person.user | ({USER: facts} if USER in person.user else {})
    marks = {
        name: random.sample(each, len(each)) if isinstance(each, list) else each for name, each in person.marks.items()
    }
    return Invented(user, marks, person.settings)


class _Inventor:
    def __init__(self, random: Random, number: int, first: date, last: date) -> None:
        self.random, self.number = random, number
        span = (last - first).days
        around = [first + timedelta(days=random.randrange(span)) for _ in range(random.randint(3, 7))]
        self.days = sorted({each + timedelta(days=step) for each in around for step in (-1, 0, 1)})
        self.values = 0
        self.theme = random.choice(list(THEMES))

    def person(self) -> Invented:
        random, key = self.random, f"N{self.number}"
        user: dict[str, Any] = {"externalId": key, "userName": key.lower()}
        if random.random() < 0.95:
            user[USER] = self.facts()
        return Invented(user, self.marks(user), self.settings())

    def facts(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"employmentCategory": self.random.choice(CATEGORIES)}
        if self.theme == "barred":
            facts["employmentCategory"] = self.random.choice(("administrative", "institutional", "outsourced"))
        if self.random.random() < 0.5:
            needs = {system: self.random.random() < 0.8 for system in ("oa", "wecom", "attendance")}
            facts["accessNeeds"] = {system: said for system, said in needs.items() if self.random.random() < 0.8}
        facts["accessNeeds"] = facts.get("accessNeeds") or None
        posts, hires, exits, cases, locks = (self.random.choice(numbers) for numbers in THEMES[self.theme])
        first = [] if self.theme == "guest" else [self.assignment(("primary", "internal"), first=True)]
        facts["assignments"] = [*first, *(self.assignment(self.kind()) for _ in range(posts))]
        events = [self.hire(self.days[0]), *(self.hire(self.day()) for _ in range(hires))]
        events += [self.exit() for _ in range(exits)] + [self.case() for _ in range(cases)]
        events += [self.lock() for _ in range(locks)]
        return {name: each for name, each in (facts | {"statusEvents": events}).items() if each is not None}

    def kind(self) -> tuple[str, str]:
        return self.random.choice(KINDS.get(self.theme, ANY_KIND))

    def value(self, kind: str) -> str:
        self.values += 1
        return f"{kind}{self.random.randrange(10)}{self.values}"

    def day(self) -> date:
        return self.random.choice(self.days)

    def later(self, day: date, share: float) -> str | None:
        """A day on or after that one, or none."""
        following = [each for each in self.days if each >= day] or [day]
        return self.random.choice(following).isoformat() if self.random.random() < share else None

    def said(self, **values: Any) -> dict[str, Any]:
        return {name: value for name, value in values.items() if value is not None}

    def assignment(self, of: tuple[str, str], first: bool = False) -> dict[str, Any]:
        kind, scope = of
        start = self.day() if self.random.random() < 0.7 and not first else self.days[0]
        return self.said(
            value=self.value("a"),
            kind=kind,
            scope=scope,
            department=None if scope == "outbound" else self.random.choice(DEPARTMENTS),
            externalOrganization=None if scope == "internal" else "省教育厅",
            sendingDepartment=self.random.choice(DEPARTMENTS) if scope != "inbound" and kind != "primary" else None,
            relationTransferred=self.random.random() < 0.15 if scope == "outbound" else None,
            startDate=(start - timedelta(days=self.random.choice((0, 0, 0, 1, 400)))).isoformat(),
            plannedEndDate=self.later(start, 0.4),
            endDate=self.later(start, 0.2 if first else 0.6),
        )

    def hire(self, day: date) -> dict[str, Any]:
        route = self.random.choice(("secondment-in", "attachment-in") if self.theme == "guest" else ROUTES)
        return self.event("hire", day, entryRoute=route)

    def exit(self) -> dict[str, Any]:
        return self.event(self.random.choice(EXITS), self.day())

    def case(self) -> dict[str, Any]:
        day = self.day()
        end = self.later(day, 0.7)
        outcome = self.random.choice(OUTCOMES) if end else None
        return self.event("investigation", day, workSuspended=self.random.random() < 0.6, endDate=end, outcome=outcome)

    def lock(self) -> dict[str, Any]:
        day = self.day()
        return self.event("other-lock", day, endDate=self.later(day, 0.8))

    def event(self, type: str, day: date, **more: Any) -> dict[str, Any]:
        return self.said(value=self.value("e"), type=type, effectiveDate=day.isoformat(), **more)

    def marks(self, user: Mapping[str, Any]) -> dict[str, Any]:
        marks: dict[str, Any] = {"created": (self.days[0] - timedelta(days=self.random.randrange(5))).isoformat()}
        if USER in user and self.random.random() < 0.1:
            hires = [each["effectiveDate"] for each in user[USER]["statusEvents"] if each["type"] == "hire"]
            marks["factsFrom"] = self.random.choice((marks["created"], min(hires)))
        marks["bareLocks"] = list(self.spans(0.1))
        marks["deleted"] = list(self.spans(0.12))
        marks["addedMembers"] = [self.member(span) for span in self.spans(0.25)]
        marks["rulings"] = [self.ruling(span) for span in self.spans(0.15)]
        facts = user.get(USER, {"assignments": (), "statusEvents": ()})
        covered = [*facts["assignments"], *facts["statusEvents"]]
        marks["letters"] = [letter for each in covered for letter in self.letters(each)]
        return marks

    def spans(self, share: float) -> Iterator[dict[str, str]]:
        while self.random.random() < share:
            start = self.day()
            yield self.said(start=start.isoformat(), end=self.later(start - timedelta(days=1), 0.6))

    def member(self, span: dict[str, str]) -> dict[str, str]:
        letter = self.later(date.fromisoformat(span["start"]), 0.4)
        return self.said(**span, department=self.random.choice(DEPARTMENTS), letterOn=letter)

    def ruling(self, span: dict[str, str]) -> dict[str, Any]:
        kind = self.random.choice(("block", "reply-says-left"))
        systems = self.random.choice((None, ("oa",), ("ldap", "attendance"))) if kind == "block" else None
        departure = self.random.choice((None, "resignation", "death")) if kind != "block" else None
        return self.said(**span, kind=kind, by="符主任", systems=systems, departure=departure)

    def letters(self, fact: Mapping[str, Any]) -> Iterator[dict[str, str]]:
        """For the start of a fact, for its end, or none."""
        start, end = fact.get("startDate") or fact["effectiveDate"], fact.get("endDate")
        kind = "open" if fact.get("type") == "hire" else "change"
        for phase, day in (("start", start), ("end", end)):
            if day is not None and self.random.random() < 0.6:
                recorded = self.later(date.fromisoformat(day) - timedelta(days=2), 1)
                yield {"covers": fact["value"], "kind": kind, "phase": phase, "recorded": recorded or day}

    def settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if self.theme == "gated" or self.random.random() < 0.3:
            settings["letter_gate"] = self.random.choice(("open", "all", "all"))
            settings["letter_gate_from"] = self.random.choice((self.days[0], *self.days[:6])).isoformat()
        if self.random.random() < 0.1:
            settings["barred_departure"] = "remove"
        if self.random.random() < 0.2:
            settings["barred_categories"] = ["administrative", "outsourced"]
        if self.random.random() < 0.2:
            settings["plain"] = {"oa": True, "attendance": True}
        return settings


ORG_GROUPS = list(GROUPS.values())
