"""Organisations: api/resource/v1/org and v2 (fact: the code can be chosen; children and persons forbid deletion)."""

from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, MALFORMED, OUT_OF_RANGE, Refusal
from connectors.attendance.simulator.fields import PAGE_SIZE, PAGED, Many, Number, Shape, Text, Truth, page, read
from connectors.attendance.simulator.times import show, stretch
from connectors.attendance.simulator.world import Org, World, new_id

NAME = Text(required=True, longest=32, barred="'/\\:*?\"")
NEW: Shape = {
    "clientId": Number(high=9_999_999_999, quoted=True),
    "orgIndexCode": Text(),
    "orgName": NAME,
    "parentIndexCode": Text(required=True),
    "orgCode": Text(blank=True),
}
CODES = Text(longest=65 * PAGE_SIZE)
RANGE: Shape = {"startTime": Text(required=True), "endTime": Text(required=True), **PAGED}


def row(world: World, org: Org) -> dict[str, Any]:
    """An organisation as the lists of v1 show it."""
    parent = world.orgs.get(org.parent)
    return {
        "orgIndexCode": org.code,
        "orgNo": org.code,
        "orgName": org.name,
        "orgPath": "/".join(each.name for each in world.line(org.code)),
        "parentOrgIndexCode": org.parent or "-1",
        "parentOrgName": parent.name if parent else "",
        "updateTime": show(org.updated),
    }


def row_v2(world: World, org: Org) -> dict[str, Any]:
    """An organisation as the lists of v2 show it; a status below 0 is a deleted one."""
    parents = {each.parent for each in world.orgs.values() if not each.deleted}
    return _row_v2(world, org, leaf=org.code not in parents)


def _row_v2(world: World, org: Org, *, leaf: bool) -> dict[str, Any]:
    return {
        "orgIndexCode": org.code,
        "organizationCode": org.code,
        "orgName": org.name,
        "orgPath": "/".join(each.name for each in world.line(org.code)),
        "parentOrgIndexCode": org.parent or "-1",
        "available": True,
        "leaf": leaf,
        "sort": 1,
        "createTime": show(org.created),
        "updateTime": show(org.updated),
        "status": -1 if org.deleted else 0,
    }


def _rows_v2(call: Call, orgs: list[Org]) -> dict[str, Any]:
    parents = {each.parent for each in call.world.orgs.values() if not each.deleted}
    paged = page(list(orgs), call.body)
    return {**paged, "list": [_row_v2(call.world, org, leaf=org.code not in parents) for org in paged["list"]]}


def _rows(call: Call, orgs: list[Org]) -> dict[str, Any]:
    paged = page(list(orgs), call.body)
    return {**paged, "list": [row(call.world, org) for org in paged["list"]]}


def _living(world: World) -> list[Org]:
    return [org for org in world.orgs.values() if not org.deleted]


def root(call: Call) -> dict[str, Any]:
    """rootOrg."""
    return row(call.world, next(org for org in call.world.orgs.values() if not org.parent))


def every(call: Call) -> dict[str, Any]:
    """orgList: all of them, not filtered by permission."""
    return _rows(call, _living(call.world))


def below(call: Call) -> dict[str, Any]:
    """parentOrgIndexCode/subOrgList: the children, not those below them."""
    code = call.body["parentOrgIndexCode"]
    if call.world.org(code) is None:
        raise Refusal(ABSENT, code)
    return _rows(call, [org for org in _living(call.world) if org.parent == code])


def sought_v1(call: Call) -> dict[str, Any]:
    """v1/org/advance/orgList."""
    return _rows(call, _sought(call))


def sought(call: Call) -> dict[str, Any]:
    """v2/org/advance/orgList: the conditions hold together, the name is part of the organisation's."""
    return _rows_v2(call, _sought(call))


def _sought(call: Call) -> list[Org]:
    body, found = call.body, _living(call.world)
    if "orgName" in body:
        found = [org for org in found if body["orgName"] in org.name]
    if "orgIndexCodes" in body:
        codes = set(split("orgIndexCodes", body["orgIndexCodes"]))
        found = [org for org in found if org.code in codes]
    if "parentOrgIndexCodes" in body:
        above = set(split("parentOrgIndexCodes", body["parentOrgIndexCodes"]))
        deep = body.get("isSubOrg", False)
        found = [org for org in found if above & _above(call.world, org, deep=deep)]
    return found


def _above(world: World, org: Org, *, deep: bool) -> set[str]:
    return {each.code for each in world.line(org.parent)} if deep else {org.parent}


def split(name: str, joined: str) -> list[str]:
    """Values joined by commas, at most a thousand."""
    values = [value for value in joined.split(",") if value]
    if len(values) > PAGE_SIZE:
        raise Refusal(OUT_OF_RANGE, f"{name}: at most {PAGE_SIZE}")
    return values


def info(call: Call) -> dict[str, Any]:
    """orgIndexCodes/orgInfo: those of the codes that exist."""
    found = [org for code in dict.fromkeys(call.body["orgIndexCodes"]) if (org := call.world.org(code))]
    return {"total": len(found), "list": [row_v2(call.world, org) for org in found]}


def changed(call: Call) -> dict[str, Any]:
    """org/timeRange: changed within 1 to 48 hours, deleted ones included."""
    start, end = span(call, shortest=3600.0)
    return _rows_v2(call, [org for org in call.world.orgs.values() if start <= org.updated <= end])


def span(call: Call, shortest: float = 0.0) -> tuple[float, float]:
    """startTime and endTime, of a length that timeRange allows."""
    found = stretch(call.body, ("startTime", "endTime"), call.switches.zulu_refused)
    assert found is not None
    if not shortest <= found[1] - found[0] <= call.switches.longest_range:
        raise Refusal(OUT_OF_RANGE, "endTime")
    return found


def add(call: Call) -> dict[str, Any]:
    """batch/add: each row by itself; what fails is listed and hinders no other."""
    successes: list[dict[str, Any]] = []
    failures: list[dict[str, Any]] = []
    for given in call.body:
        client = given.get("clientId") if isinstance(given, dict) else None
        try:
            code = _add(call, read(given, NEW, call.switches.properties))
            successes.append({"clientId": client, "orgIndexCode": code})
        except Refusal as no:
            failures.append({"clientId": client, "code": no.code, "message": no.msg})
    return {"successes": successes, "failures": failures}


def _add(call: Call, given: dict[str, Any]) -> str:
    code: str = given.get("orgIndexCode") or new_id()
    former = call.world.orgs.get(code)
    if former and (not former.deleted or call.switches.org_code_burnt):
        raise Refusal(OUT_OF_RANGE, f"orgIndexCode {code} already exists")
    if call.world.org(given["parentIndexCode"]) is None:
        raise Refusal(ABSENT, given["parentIndexCode"])
    call.world.orgs[code] = Org(code, given["orgName"], given["parentIndexCode"], call.now, call.now)
    return code


def update(call: Call) -> None:
    """single/update: the name; another parent only where the site's release takes one."""
    code, parent = call.body["orgIndexCode"], call.body.get("parentIndexCode")
    org = call.world.org(code)
    if org is None:
        raise Refusal(ABSENT, code)
    if parent is not None and not call.switches.orgs_move:
        raise Refusal(MALFORMED, "unknown parameter parentIndexCode")
    if parent is not None:
        _check_parent(call.world, org, parent)
    org.name, org.parent, org.updated = call.body["orgName"], parent or org.parent, call.now


def _check_parent(world: World, org: Org, parent: str) -> None:
    if world.org(parent) is None:
        raise Refusal(ABSENT, parent)
    if not org.parent or any(each.code == org.code for each in world.line(parent)):
        raise Refusal(OUT_OF_RANGE, "parentIndexCode: the organisation itself, or one below it")


def delete(call: Call) -> list[dict[str, Any]]:
    """batch/delete: lists what could not be deleted."""
    failed = []
    for code in call.body["indexCodes"]:
        try:
            _delete(call, code)
        except Refusal as no:
            failed.append({"orgIndexCode": code, **no.row()})
    return failed


def _delete(call: Call, code: str) -> None:
    org = call.world.org(code)
    if org is None:
        raise Refusal(ABSENT, code)
    if not org.parent:
        raise Refusal(OUT_OF_RANGE, "the root cannot be deleted")
    if any(each.parent == code for each in _living(call.world)):
        raise Refusal(OUT_OF_RANGE, f"{code} has organisations below it")
    if any(person.org == code and not person.deleted for person in call.world.persons.values()):
        raise Refusal(OUT_OF_RANGE, f"{code} has persons")
    org.deleted, org.updated = True, call.now


_ADVANCE: Shape = {"orgName": Text(longest=32), "orgIndexCodes": CODES, **PAGED}
ROUTES: Routes = {
    "/api/resource/v1/org/rootOrg": Route(root, {}, empty=True),
    "/api/resource/v1/org/orgList": Route(every, PAGED),
    "/api/resource/v1/org/advance/orgList": Route(sought_v1, _ADVANCE),
    "/api/resource/v2/org/advance/orgList": Route(
        sought, {**_ADVANCE, "parentOrgIndexCodes": CODES, "isSubOrg": Truth()}
    ),
    "/api/resource/v1/org/orgIndexCodes/orgInfo": Route(info, {"orgIndexCodes": Many(Text(), required=True)}),
    "/api/resource/v1/org/parentOrgIndexCode/subOrgList": Route(
        below, {"parentOrgIndexCode": Text(required=True), **PAGED}
    ),
    "/api/resource/v1/org/timeRange": Route(changed, RANGE),
    "/api/resource/v1/org/batch/add": Route(add, {}, rows=True),
    "/api/resource/v1/org/single/update": Route(
        update,
        {"orgIndexCode": Text(required=True), "orgName": NAME, "parentIndexCode": Text()},
        extensible=True,
    ),
    "/api/resource/v1/org/batch/delete": Route(delete, {"indexCodes": Many(Text(), required=True)}),
}
