"""Who is in charge of a department: 主管, 分管领导, 管理员, 公文收发员.

Source: the vendor's page ch14s02s22. A role is a string, `Member|id|name|unit|true`, joined by commas; the order of
deptrole0 to deptrole3 is the order above, and what a write leaves out is emptied.
"""

from typing import Any

from connectors.oa.simulator.ids import is_id
from connectors.oa.simulator.office import ROLES, Office
from connectors.oa.simulator.shapes import Entity


def shown(office: Office, department: Entity) -> Entity:
    """The roles of a department as they are read."""
    roles = office.managers.get(department["id"], {})
    held = {role: ",".join(_written(office, each) for each in roles.get(role, ())) for role in ROLES}
    return {"id": department["id"], "orgAccountId": department["orgAccountId"], **held}


def update(office: Office, body: Any) -> Entity | None:
    """Sets all four roles. None: something in it points nowhere, and nothing was done."""
    if not isinstance(body, dict) or not body.keys() <= {"id", "orgAccountId", *ROLES}:
        return None
    department = office.departments.get(int(body["id"])) if is_id(body.get("id")) else None
    if department is None or department["isDeleted"] or str(body.get("orgAccountId")) != str(_unit(department)):
        return None
    read = {role: _read(office, body.get(role) or "") for role in ROLES}
    holders = {role: held for role, held in read.items() if held is not None}
    if len(holders) < len(ROLES):
        return None
    office.managers[department["id"]] = holders
    return shown(office, department)


def _unit(department: Entity) -> int:
    return int(department["orgAccountId"])


def _written(office: Office, ident: int) -> str:
    member = office.members[ident]
    return f"Member|{ident}|{member['name']}|{member['orgAccountId']}|true"


def _read(office: Office, role: Any) -> list[int] | None:
    if not isinstance(role, str):
        return None
    rows = [each.split("|") for each in role.split(",") if each]
    if not all(row[0] == "Member" and len(row) > 1 and is_id(row[1]) for row in rows):
        return None
    idents = [int(row[1]) for row in rows]
    held = [office.members.get(each) for each in idents]
    return idents if all(each and each["enabled"] and not each["isDeleted"] for each in held) else None
