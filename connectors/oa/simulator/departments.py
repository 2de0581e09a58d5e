"""Departments: a tree below each unit, with a `path` of four digits a depth."""

from collections.abc import Iterator

from connectors.oa.simulator.answers import Refusal
from connectors.oa.simulator.office import Office, found, in_order, people, there
from connectors.oa.simulator.shapes import Entity, checked

NOWHERE = "DEPARTMENT_NOT_EXIST"
BLANK: Entity = {
    "code": "",
    "sortId": 1,
    "enabled": True,
    "description": "",
    "shortName": None,
    "secondName": None,
    "isInternal": True,
    "levelScope": -1,
    "properties": {},
}


def shown(office: Office, department: Entity) -> Entity:
    """A department as it is read."""
    valid = department["enabled"] and not department["isDeleted"]
    return department | {"isGroup": False, "type": "Department", "status": 1, "valid": valid}


def of_unit(office: Office, unit: int, *, enabled: bool = False) -> list[Entity]:
    """The departments of a unit, parents before children among equals."""
    rows = there(office.departments.values(), enabled=enabled)
    return in_order(each for each in rows if each["orgAccountId"] == unit)


def children(office: Office, above: int) -> Iterator[Entity]:
    """The departments right below a department or unit."""
    return (each for each in there(office.departments.values()) if each["superior"] == above)


def create(office: Office, body: object) -> Entity:
    """A new department. Raises Refusal."""
    wanted = BLANK | checked("DEPARTMENT", body)
    _require(office, wanted)
    _fits(office, wanted, None)
    ident = office.ids.next()
    made = wanted | {"id": ident, "isDeleted": False, "createTime": office.now_ms, "updateTime": office.now_ms}
    office.departments[ident] = made | {"path": _next_path(office, wanted["superior"])}
    return office.departments[ident]


def update(office: Office, body: object) -> Entity:
    """PUT: replaces or merges, as switched; another superior moves it. Raises Refusal, Absent."""
    given = checked("DEPARTMENT", body)
    kept = found(office.departments, given.get("id", 0), NOWHERE)
    wanted = (kept if office.switches.put_merges else BLANK) | given
    _require(office, wanted)
    if wanted["orgAccountId"] != kept["orgAccountId"]:
        raise Refusal("DEPARTMENT_ACCOUNT_NOT_EXIST")
    _fits(office, wanted, kept)
    if not wanted["enabled"] and kept["enabled"]:
        _may_rest(office, kept)
    moved = wanted["superior"] != kept["superior"]
    if moved:
        wanted["path"] = _next_path(office, wanted["superior"])
    kept.update(wanted, updateTime=office.now_ms)
    if moved:
        _renumber(office, kept)
    return kept


def move(office: Office, ident: int, above: int) -> Entity:
    """Hangs a department below another, or below the unit. Raises Refusal, Absent."""
    kept = found(office.departments, ident, NOWHERE)
    return update(office, {name: value for name, value in kept.items() if name in BLANK} | _named(kept, above))


def enable(office: Office, ident: int, enabled: bool) -> Entity:
    """Enables or disables. Raises Refusal: it has enabled members or departments; Absent."""
    kept = found(office.departments, ident, NOWHERE)
    if enabled:
        _above(office, kept)
    elif kept["enabled"]:
        _may_rest(office, kept)
    kept.update(enabled=enabled, updateTime=office.now_ms)
    return kept


def delete(office: Office, ident: int) -> Entity:
    """Deletes it logically. Raises Refusal while somebody or some department is in it; Absent."""
    kept = found(office.departments, ident, NOWHERE)
    if next(children(office, ident), None):
        raise Refusal("DEPARTMENT_EXIST_DEPARTMENT_ENABLE")
    if next(occupants(office, ident, enabled=not office.switches.disabled_members_occupy), None):
        raise Refusal("DEPARTMENT_EXIST_MEMBER")
    kept.update(isDeleted=True, enabled=False, updateTime=office.now_ms)
    return kept


def occupants(office: Office, department: int, *, enabled: bool = False) -> Iterator[Entity]:
    """Who is in the department: by the main post, by a second post, or by a job from another unit."""
    jobs = {job["cMemberId"] for job in office.jobs.values() if job["cDeptId"] == department}
    for member in people(office, enabled=enabled):
        second = (each["deptId"] for each in member["second_post"])
        if member["orgDepartmentId"] == department or department in second or member["id"] in jobs:
            yield member


def below(office: Office, department: Entity) -> list[int]:
    """The ids of a department and of all that hang below it, by their paths."""
    rows = there(office.departments.values())
    return [each["id"] for each in rows if each["path"].startswith(department["path"])]


def _named(kept: Entity, above: int) -> Entity:
    return {"id": kept["id"], "name": kept["name"], "orgAccountId": kept["orgAccountId"], "superior": above}


def _require(office: Office, wanted: Entity) -> None:
    if not wanted.get("name", "").strip():
        raise Refusal("DEPARTMENT_NAME_NULL", body=True)
    if wanted.get("orgAccountId") not in office.units:
        raise Refusal("DEPARTMENT_ACCOUNT_NOT_EXIST", body=True)
    if "superior" not in wanted:
        raise Refusal("DEPARTMENT_PARENTID_NULL", body=True)


def _above(office: Office, wanted: Entity) -> None:
    """The place above must be there, enabled, and in the same unit."""
    if wanted["superior"] == wanted["orgAccountId"]:
        return
    above = office.departments.get(wanted["superior"])
    if above is None or above["isDeleted"] or above["orgAccountId"] != wanted["orgAccountId"]:
        raise Refusal("DEPARTMENT_PARENTDEPT_NOT_EXIST")
    if not above["enabled"]:
        raise Refusal("DEPARTMENT_PARENTDEPT_DISABLED")


def _fits(office: Office, wanted: Entity, kept: Entity | None) -> None:
    if kept is None or wanted["superior"] != kept["superior"]:
        _above(office, wanted)
    if kept is not None:
        if wanted["superior"] == kept["id"]:
            raise Refusal("DEPARTMENT_PARENTDEPT_SAME")
        if wanted["superior"] in below(office, kept):
            raise Refusal("DEPARTMENT_PARENTDEPT_ISCHILD")
    others = [each for each in of_unit(office, wanted["orgAccountId"]) if each is not kept]
    if any(each["superior"] == wanted["superior"] and each["name"] == wanted["name"] for each in others):
        raise Refusal("DEPARTMENT_REPEAT_NAME")
    if wanted["code"] and any(each["code"] == wanted["code"] for each in others):
        raise Refusal("DEPARTMENT_REPEAT_CODE")


def _may_rest(office: Office, kept: Entity) -> None:
    if any(each["enabled"] for each in children(office, kept["id"])):
        raise Refusal("DEPARTMENT_EXIST_DEPARTMENT_ENABLE")
    if next(occupants(office, kept["id"], enabled=True), None):
        raise Refusal("DEPARTMENT_EXIST_MEMBER")


def _next_path(office: Office, above: int) -> str:
    head = (office.units.get(above) or office.departments.get(above) or {})["path"]
    taken = {each["path"] for each in office.departments.values()}
    return next(path for number in range(1, 10_000) if (path := f"{head}{number:04d}") not in taken)


def _renumber(office: Office, moved: Entity) -> None:
    for child in list(children(office, moved["id"])):
        child["path"] = ""
        child["path"] = _next_path(office, moved["id"])
        _renumber(office, child)
