"""The rows of /_sim/accounts: who has an account here, in the words that all simulators share."""

from typing import Any

from connectors.oa.simulator.office import Office, people
from connectors.oa.simulator.shapes import Entity


def rows(office: Office) -> list[dict[str, Any]]:
    """Every person, by id, key (the code), login, name, state, primary and concurrent departments."""
    jobs: dict[int, list[int]] = {}
    for job in office.jobs.values():
        jobs.setdefault(job["cMemberId"], []).append(job["cDeptId"])
    return [_row(office, each, jobs.get(each["id"], [])) for each in people(office)]


def _row(office: Office, member: Entity, elsewhere: list[int]) -> dict[str, Any]:
    second = [each["deptId"] for each in member["second_post"]]
    return {
        "id": str(member["id"]),
        "key": member["code"],
        "login": member["loginName"],
        "name": member["name"],
        "state": "active" if member["enabled"] else "locked",
        "primary": path_of(office, member["orgDepartmentId"]),
        "concurrent": sorted(path_of(office, each) for each in (*second, *elsewhere)),
        "face": False,
    }


def path_of(office: Office, department: int) -> str:
    """The names from below the unit, joined by /; a unit that was not there from the start is named first."""
    home, names, at = office.home()["id"], [], department
    while at in office.departments:
        names.append(office.departments[at]["name"])
        at = office.departments[at]["superior"]
    names += [] if at == home else [office.units[at]["name"]]
    return "/".join(reversed(names))
