"""How far a plan reaches: operations by system, action, department and article, and the share of accounts touched."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.cells import cell_len

from mappings.model import Action
from scim_server.operate.planning_rows import Planned
from scim_server.reports.words import action_word, article_words

MOST_DEPARTMENTS = 20  # on the terminal; JSON has all
MODES = {"observe": "只读", "enforce": "写入"}


@dataclass(slots=True)
class Tally:
    """Of one system, or of one department in it. `linked`: people who have an account there now."""

    linked: int = 0
    people: int = 0  # of whom something would be done
    dangerous: int = 0  # people of whom something dangerous would be done, that is not held already
    urgent: int = 0  # of them, whose lock must not wait
    held: int = 0  # people who wait for an approval
    operations: int = 0
    actions: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)

    def take(self, planned: Planned) -> None:
        """One row of the roster."""
        self.linked += planned.linked and planned.is_person
        for step in planned.steps:
            reason = step.operation.reason
            self.operations += 1
            self.actions[step.operation.action.value] += 1
            self.articles[reason.article if reason else ""] += 1
        if planned.steps and planned.is_person:
            self.people += 1
            self.dangerous += any(step.row.dangerous and not step.held for step in planned.steps)
            self.urgent += planned.urgent
            self.held += any(step.held for step in planned.steps)

    def shown(self) -> dict[str, Any]:
        """As JSON. `share`: of those who have an account, None where nobody has."""
        return {
            "operations": self.operations,
            "people": self.people,
            "linked": self.linked,
            "share": round(self.people / self.linked, 4) if self.linked else None,
            "dangerous": self.dangerous,
            "held": self.held,
            "actions": dict(sorted(self.actions.items())),
            "articles": dict(sorted(self.articles.items())),
        }


@dataclass(slots=True)
class Overview:
    """Gathers while the plan is made. Departments are the top ones, by key."""

    systems: dict[str, Tally] = field(default_factory=dict)
    departments: dict[tuple[str, str], Tally] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)  # people, whatever the system

    def take(self, planned: Planned) -> None:
        """One row of the roster, whether anything is to be done for it or not."""
        system = planned.task.claim.system
        self.systems.setdefault(system, Tally()).take(planned)
        if planned.department is not None:
            self.departments.setdefault((system, planned.department), Tally()).take(planned)
        if planned.steps and planned.is_person:
            self.touched.add(planned.task.claim.subject)

    def shown(self, modes: Mapping[str, str | None], names: Mapping[str, str], verdicts: "Verdicts") -> dict[str, Any]:
        """As JSON. `names`: of departments by key; `modes` and `verdicts` by system, and by system and department."""
        actions: Counter[str] = sum((each.actions for each in self.systems.values()), Counter())
        articles: Counter[str] = sum((each.articles for each in self.systems.values()), Counter())
        return {
            "operations": sum(each.operations for each in self.systems.values()),
            "people": len(self.touched),
            "actions": dict(sorted(actions.items())),
            "articles": dict(sorted(articles.items())),
            "systems": {
                name: {"mode": modes.get(name)} | tally.shown() | {"guard": verdicts.get((name, None))}
                for name, tally in sorted(self.systems.items())
            },
            "departments": [
                {"system": system, "department": key, "name": names.get(key, key)}
                | tally.shown()
                | {"guard": verdicts.get((system, key))}
                for (system, key), tally in sorted(self.departments.items())
                if tally.operations
            ],
        }


Verdicts = Mapping[tuple[str, str | None], Mapping[str, Any]]
"""What the guard would say, by system and department, None for the system as a whole: see `planning_guard`."""


def lines(overview: Mapping[str, Any]) -> list[str]:
    """The same as tables for people."""
    if not overview["operations"]:
        return []
    return [*_systems(overview), *_departments(overview), *_articles(overview["articles"])]


def _systems(overview: Mapping[str, Any]) -> list[str]:
    actions = [each.value for each in Action if overview["actions"].get(each.value)]
    head = ["系统", "方式", "操作", "涉及人数", "有账号", "占比", *map(action_word, actions), "影响在用", "待批"]
    rows = [
        [name, MODES.get(said["mode"], "未定"), said["operations"], *_reach(said)]
        + [said["actions"].get(action, 0) for action in actions]
        + [said["dangerous"], said["held"]]
        for name, said in overview["systems"].items()
        if said["operations"]
    ]
    return ["", *table(head, rows)]


def _departments(overview: Mapping[str, Any]) -> list[str]:
    found = sorted(overview["departments"], key=lambda each: (-(each["share"] or 0), -each["people"]))
    if not found:
        return []
    head = ["部门", "系统", "操作", "涉及人数", "有账号", "占比", "影响在用", "待批"]
    rows = [
        [each["name"], each["system"], each["operations"], *_reach(each), each["dangerous"], each["held"]]
        for each in found[:MOST_DEPARTMENTS]
    ]
    more = [f"……另有 {len(found) - MOST_DEPARTMENTS} 行，用 --json 看全部"] if len(found) > MOST_DEPARTMENTS else []
    return ["", *table(head, rows), *more]


def _articles(articles: Mapping[str, int]) -> list[str]:
    return ["", *table(["依据", "操作"], [[article_words(each), number] for each, number in articles.items()])]


def _reach(said: Mapping[str, Any]) -> list[Any]:
    share = "—" if said["share"] is None else f"{said['share']:.1%}"
    return [said["people"], said["linked"], share]


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Columns in line, a Chinese character being two wide; figures to the right."""
    cells = [list(head), *([str(each) for each in row] for row in rows)]
    widths = [max(cell_len(row[place]) for row in cells) for place in range(len(head))]
    return ["  ".join(_padded(*each) for each in zip(row, widths, strict=True)).rstrip() for row in cells]


def _padded(text: str, width: int) -> str:
    room = " " * (width - cell_len(text))
    return room + text if text[:1].isdigit() else text + room
