"""orgPartTimeJob: 兼职, a job of a member in another unit.

Source: the vendor's page ch17s09. An update deletes the job and inserts another: its id changes.
"""

from collections.abc import Mapping
from typing import Any

from connectors.oa.simulator.ids import is_id
from connectors.oa.simulator.office import Office
from connectors.oa.simulator.shapes import Check, Entity, anything, text

BODY: Mapping[str, Check] = {
    **dict.fromkeys(("id", "cMemberId", "cAccountId", "cDeptId", "cPostId", "cLevelId"), is_id),
    "code": text,
    "cRoleIds": anything,
    "sortId": lambda value: value == "" or is_id(value),
    **dict.fromkeys(("cMember", "primaryPost", "cAccount", "cDept", "cPost", "cLevel", "cRoles"), anything),
}
REQUIRED = ("cMemberId", "cAccountId", "cDeptId", "cPostId")


class Failed(Exception):
    """The vendor does not say why."""


def shown(office: Office, job: Entity) -> Entity:
    """A job as it is read: with the names of what its ids point to."""
    member = office.members[job["cMemberId"]]
    level = office.levels.get(job["cLevelId"] or 0)
    return job | {
        "cMember": f"{member['name']}({office.units[member['orgAccountId']]['shortName']})",
        "primaryPost": office.posts[member["orgPostId"]]["name"],
        "cAccount": office.units[job["cAccountId"]]["name"],
        "cDept": office.departments[job["cDeptId"]]["name"],
        "cPost": office.posts[job["cPostId"]]["name"],
        "cLevel": level["name"] if level else "",
        "cRoles": "",
    }


def rows(office: Office, *, into: int | None = None, of: int | None = None) -> list[Entity]:
    """The jobs in a unit, or those that members of a unit have elsewhere, or all."""
    found = office.jobs.values()
    return [
        each
        for each in found
        if into in (None, each["cAccountId"]) and of in (None, office.members[each["cMemberId"]]["orgAccountId"])
    ]


def create(office: Office, body: Any) -> Entity:
    """A new job. Raises Failed."""
    wanted = _checked(body)
    _fits(office, wanted, None)
    wanted["id"] = office.ids.next()
    office.jobs[wanted["id"]] = wanted
    return wanted


def update(office: Office, body: Any) -> Entity:
    """Deletes the job and makes another of the body, under a new id. Raises Failed."""
    wanted = _checked(body)
    kept = office.jobs.get(wanted["id"] or 0)
    if kept is None:
        raise Failed
    _fits(office, wanted, kept)
    del office.jobs[kept["id"]]
    wanted["id"] = office.ids.next()
    office.jobs[wanted["id"]] = wanted
    return wanted


def delete(office: Office, ident: int) -> None:
    """Deletes a job. Raises Failed."""
    if office.jobs.pop(ident, None) is None:
        raise Failed


def _checked(body: Any) -> Entity:
    if not isinstance(body, dict) or not body.keys() <= BODY.keys():
        raise Failed
    held = {name: value for name, value in body.items() if value not in (None, "")}
    if not all(BODY[name](value) for name, value in held.items()) or any(name not in held for name in REQUIRED):
        raise Failed
    numbers = {name: int(held[name]) if name in held else None for name in (*REQUIRED, "cLevelId", "id")}
    return numbers | {
        "sortId": int(held.get("sortId", 1)),
        "code": held.get("code", ""),
        "cRoleIds": held.get("cRoleIds", ""),
    }


def _fits(office: Office, wanted: Entity, kept: Entity | None) -> None:
    member = office.members.get(wanted["cMemberId"])
    if member is None or member["isDeleted"] or member["isAdmin"] or member["orgAccountId"] == wanted["cAccountId"]:
        raise Failed
    places = [(office.departments, wanted["cDeptId"]), (office.posts, wanted["cPostId"])]
    places += [(office.levels, wanted["cLevelId"])] if wanted["cLevelId"] else []
    for held, ident in places:
        place = held.get(ident)
        if place is None or not place["enabled"] or place["orgAccountId"] != wanted["cAccountId"]:
            raise Failed
    same = ("cMemberId", "cDeptId", "cPostId")
    if any(all(each[name] == wanted[name] for name in same) for each in office.jobs.values() if each is not kept):
        raise Failed
