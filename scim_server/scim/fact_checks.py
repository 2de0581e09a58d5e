"""What must hold of the roster's facts about a User, by themselves (roster_model: checks on write).

What contradicts the regulation is accepted and reported as an anomaly: the roster is the source of truth. Whether a
department exists only the roster can say. A sentence names the attribute and the post, never a value of a status
event, which is for some roles only (S18).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from scim_server.scim.errors import InvalidValue, Mutability
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_USER

Element = Mapping[str, Any]

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_LENT = ("secondment", "attachment")
_ONLY: Mapping[str, str] = {
    "entryRoute": "hire",
    "outcome": "investigation",
    "workSuspended": "investigation",
    "authority": "investigation",
}
"""Sub-attributes of a status event that one type alone has."""


def check_facts(document: Mapping[str, Any], stored: Mapping[str, Any] | None) -> None:
    """Raises InvalidValue, and Mutability where facts are taken back or their key changes (S1, S5).

    `document` has its required sub-attributes; `stored`: what was there before, None for a POST.
    """
    facts = document.get(ROSTER_USER)
    before = None if stored is None or ROSTER_USER not in stored else stored
    if facts is None:
        if before is not None:
            raise Mutability("The facts of a User stay: the roster's extension cannot be removed.")
        return
    _check_key(document, before)
    posts, events = facts.get("assignments", ()), facts.get("statusEvents", ())
    _demand_distinct("assignments", posts)
    _demand_distinct("statusEvents", events)
    for post in posts:
        _check_post(post)
    for event in events:
        _check_event(event)


def departments_named(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(attribute, code) of every department that must be one."""
    for post in facts.get("assignments", ()):
        names = ("sendingDepartment", "receivingDepartment")
        for name in names if post["scope"] == "outbound" else ("department", *names):
            if name in post:
                yield name, post[name]


def _check_key(document: Mapping[str, Any], before: Mapping[str, Any] | None) -> None:
    key = document.get("externalId")
    if before is not None and key != before.get("externalId"):
        raise Mutability("externalId of a User with facts is immutable.")
    if key is None:
        raise InvalidValue("externalId is required of a User with facts: it is the roster's number of the person.")
    number = document.get(ENTERPRISE_USER, {}).get("employeeNumber")
    if number is not None and number != key:
        raise InvalidValue("employeeNumber of a User with facts is the externalId.")


def _demand_distinct(name: str, elements: Sequence[Element]) -> None:
    if len({each["value"] for each in elements}) != len(elements):
        raise InvalidValue(f"{name}: value is unique in the list; two elements have the same one.")


def _check_post(post: Element) -> None:
    where = f"assignments {post['value'][:64]}"
    for name in ("startDate", "plannedEndDate", "endDate"):
        _demand_date(where, post, name)
    _demand_order(where, post, "startDate")
    if post["scope"] != "outbound" and "department" not in post:
        raise InvalidValue(f"{where}: department is required, unless the scope is outbound.")
    if post["scope"] != "internal" and not post.get("externalOrganization"):
        raise InvalidValue(f"{where}: externalOrganization is required where the scope is {post['scope']}.")
    if post["kind"] in _LENT and post["scope"] != "inbound" and not post.get("sendingDepartment"):
        raise InvalidValue(f"{where}: sendingDepartment is required of a {post['kind']} that is not inbound.")


def _check_event(event: Element) -> None:
    for name in ("effectiveDate", "endDate"):
        _demand_date("statusEvents", event, name)
    _demand_order("statusEvents", event, "effectiveDate")
    for name, type in _ONLY.items():
        if name in event and event["type"] != type:
            raise InvalidValue(f"statusEvents: {name} is for an event of type {type} only.")


def _demand_date(where: str, element: Element, name: str) -> None:
    if name in element and not is_date(element[name]):
        raise InvalidValue(f"{where}: {name} is a date such as 2026-03-09.")


def _demand_order(where: str, element: Element, start: str) -> None:
    if "endDate" in element and element["endDate"] < element[start]:
        raise InvalidValue(f"{where}: endDate lies before {start}.")


def is_date(text: str) -> bool:
    """Whether it is a day of the calendar, written YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
