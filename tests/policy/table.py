"""The decision table as the tests read it: `decision_table.yaml`, the six examples, the calendar. None is retyped."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mappings.calendar import Calendar
from mappings.facts import AddedMember, Letter, Marks, Ruling, Span
from mappings.model import Org, Person
from mappings.policy.days import day_after
from mappings.policy.readings import Readings
from mappings.policy.standing import Standing
from scim_server.scim.resource import department, person
from scim_server.scim.urns import GROUP, ROSTER_GROUP

HERE = Path(__file__).parent
TABLE: dict[str, Any] = yaml.safe_load((HERE / "decision_table.yaml").read_text(encoding="utf-8"))
ROWS: list[dict[str, Any]] = TABLE["rows"] + TABLE["combinations"]
GROUPS = {group["externalId"]: group for group in TABLE["groups"]}


@dataclass(frozen=True)
class Acceptance:
    """One row or combination: a person as the pure policy sees it, the departments, the settings, what is expected."""

    id: str
    row: Mapping[str, Any]
    person: Person
    org: Org
    readings: Readings

    def __str__(self) -> str:
        return self.id

    @property
    def checks(self) -> list[dict[str, Any]]:
        checks: list[dict[str, Any]] = self.row["acceptance"]["checks"]
        return checks

    @property
    def letter(self) -> Mapping[str, Any] | None:
        return self.row["acceptance"].get("letter")


def acceptances() -> list[Acceptance]:
    return [_acceptance(row) for row in ROWS]


def _acceptance(row: Mapping[str, Any]) -> Acceptance:
    given = row["acceptance"]
    org = tree(GROUPS[key] for key in given["groups"])
    return Acceptance(row["id"], row, subject(given["user"], given.get("marks") or {}), org, readings(given))


def tree(groups: Any) -> Org:
    found = (department(f"s-{each['externalId']}", each["externalId"], each, False) for each in groups)
    return Org({each.key: each for each in found})


def subject(user: Mapping[str, Any], marks: Mapping[str, Any]) -> Person:
    """The document as the server will read it, with the marks beside it."""
    key = user["externalId"]
    return person(f"s-{key}", key, user, True, (), None, marks.get("created", ""), None, read_marks(marks))


def readings(given: Mapping[str, Any]) -> Readings:
    said = dict(given.get("settings") or {})
    said.pop("default_department", None)  # of one system's mapping, not of the policy
    if "plain" in said:
        said["plain"] = Readings().plain | {name for name, plain in said["plain"].items() if plain}
    if "barred_categories" in said:
        said["barred_categories"] = frozenset(said["barred_categories"])
    return Readings(**said)


def read_marks(marks: Mapping[str, Any]) -> Marks:
    return Marks(
        bare_locks=tuple(Span(each["start"], each.get("end")) for each in marks.get("bareLocks", ())),
        deleted=tuple(Span(each["start"], each.get("end")) for each in marks.get("deleted", ())),
        added_members=tuple(_member(each) for each in marks.get("addedMembers", ())),
        rulings=tuple(_ruling(each) for each in marks.get("rulings", ())),
        letters=tuple(
            Letter(each["covers"], each["kind"], each["recorded"], each["phase"]) for each in marks.get("letters", ())
        ),
        facts_from=marks.get("factsFrom"),
    )


def _member(mark: Mapping[str, Any]) -> AddedMember:
    days = (mark["start"], mark.get("end"))
    return AddedMember(*days, mark["department"], mark.get("letterRef", ""), mark.get("letterOn"))


def _ruling(mark: Mapping[str, Any]) -> Ruling:
    known = {"kind", "start", "end", "by", "endedBy", "systems", "departure"}
    assert set(mark) <= known, mark
    days, systems = (mark["start"], mark.get("end")), tuple(mark.get("systems") or ("ldap", "oa", "wecom"))
    return Ruling(*days, mark["kind"], mark["by"], mark.get("endedBy", ""), systems, mark.get("departure"))


def answer(standing: Standing) -> dict[str, Any]:
    """A standing in the words of a check."""
    return {
        "systems": {system: presence.value for system, presence in standing.systems.items()},
        "primary": standing.primary,
        "concurrent": list(standing.concurrent),
        "anomalies": list(standing.anomalies),
        "public_anomalies": list(standing.public_anomalies),
        "articles": list(standing.articles),
        "public_articles": list(standing.public_articles),
        "spell": standing.spell,
    }


def examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((HERE / "examples").glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def example_tree(departments: list[dict[str, Any]]) -> Org:
    return tree(
        {
            "schemas": [GROUP, ROSTER_GROUP],
            "externalId": each["externalId"],
            "displayName": each["displayName"],
            ROSTER_GROUP: {"departmentCode": each["externalId"], "kind": each["kind"], "parent": each.get("parent")},
        }
        for each in departments
    )


def calendar() -> Calendar:
    plan = json.loads((HERE / "calendar.json").read_text(encoding="utf-8"))
    holidays = {day for first, last in plan["off"] for day in days(first, last)}
    return Calendar(frozenset(holidays), frozenset(plan["makeup"]), plan["first_year"], plan["last_year"])


def days(first: str, last: str) -> Iterator[str]:
    day = first
    while day <= last:
        yield day
        day = day_after(day)
