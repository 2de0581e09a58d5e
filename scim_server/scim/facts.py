"""The roster's extension of a User read as Facts. The document is canonical, as for `resource`."""

from collections.abc import Mapping
from typing import Any

from mappings.facts import AccessNeeds, Assignment, Facts, StatusEvent
from scim_server.scim.urns import ROSTER_USER

Element = Mapping[str, Any]


def facts(document: Mapping[str, Any]) -> Facts | None:
    """None for a plain user (S1)."""
    extension = document.get(ROSTER_USER)
    if extension is None:
        return None
    needs = extension.get("accessNeeds") or {}
    return Facts(
        category=extension.get("employmentCategory", ""),
        leader_level=extension.get("leaderLevel", "none"),
        needs=AccessNeeds(needs.get("oa"), needs.get("wecom"), needs.get("attendance")),
        assignments=tuple(_assignment(each) for each in extension.get("assignments") or ()),
        events=tuple(_event(each) for each in extension.get("statusEvents") or ()),
    )


def _assignment(element: Element) -> Assignment:
    return Assignment(
        value=element["value"],
        kind=element["kind"],
        scope=element["scope"],
        start=element["startDate"],
        end=element.get("endDate"),
        planned_end=element.get("plannedEndDate"),
        department=element.get("department"),
        sending_department=element.get("sendingDepartment"),
        receiving_department=element.get("receivingDepartment"),
        external_organization=element.get("externalOrganization", ""),
        position=element.get("position", ""),
        relation_transferred=bool(element.get("relationTransferred")),
        letter_ref=element.get("letterRef", ""),
    )


def _event(element: Element) -> StatusEvent:
    return StatusEvent(
        value=element["value"],
        type=element["type"],
        effective=element["effectiveDate"],
        end=element.get("endDate"),
        entry_route=element.get("entryRoute"),
        work_suspended=bool(element.get("workSuspended")),
        outcome=element.get("outcome"),
        reason=element.get("reason", ""),
        letter_ref=element.get("letterRef", ""),
    )
