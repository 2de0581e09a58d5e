"""department/create, update, delete, list, simplelist, get (document/path/90204)."""

import re
from collections.abc import Iterator
from typing import Any

from connectors.wecom.simulator.answers import Failure, ok
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.fields import is_int
from connectors.wecom.simulator.state import FIRST_ORDER, Department, World

LEVELS = 15
MOST = 30_000
_FORBIDDEN = re.compile(r'[\\:*?"<>|]')


def create(world: World, call: Call) -> dict[str, Any]:
    """Creates a department; its id is chosen by the caller or comes out of here."""
    name = _name(call.body.get("name"))
    parent = _parent(world, call.body.get("parentid"))
    number = call.body.get("id", world.next_id())
    if not is_int(number, 2):
        raise Failure(40058)
    if number in world.departments or name in world.children[parent.id]:
        raise Failure(60008)
    _check_room(world, parent, 1)
    made = Department(number, name, parent.id, _order(call, FIRST_ORDER), call.at)
    world.add_department(made)
    return ok("created", id=made.id)


def update(world: World, call: Call) -> dict[str, Any]:
    """Renames a department, moves it, or both."""
    number = call.body.get("id")
    department = world.department(number if is_int(number) else 0)
    name = _name(call.body["name"]) if "name" in call.body else department.name
    parent = department.parent
    if "parentid" in call.body and call.body["parentid"] != parent:
        parent = _move(world, department, call.body["parentid"])
    same = world.children[parent].get(name) if parent else None
    if same not in (None, department):
        raise Failure(60008)
    department.order = _order(call, department.order)
    world.place_department(department, name, parent)
    return ok("updated")


def _move(world: World, department: Department, parentid: Any) -> int:
    parent = _parent(world, parentid)
    if any(above is department for above in world.upward(parent.id)):
        raise Failure(60010)
    _check_room(world, parent, world.height(department.id))
    return parent.id


def delete(world: World, call: Call) -> dict[str, Any]:
    """Deletes a department that is empty and not the root."""
    department = world.department(call.number("id", 60003))
    if not department.parent:
        raise Failure(60007)
    if world.children[department.id]:
        raise Failure(60006)
    if world.within[department.id]:
        raise Failure(60005)
    world.drop_department(department)
    return ok("deleted")


def full_list(world: World, call: Call) -> dict[str, Any]:
    """A department and all below it; without an id, all."""
    return ok(department=[_shown(world, department) for department in _asked(world, call)])


def simple_list(world: World, call: Call) -> dict[str, Any]:
    """The same, without names."""
    rows = ({"id": each.id, "parentid": each.parent, "order": each.order} for each in _asked(world, call))
    return ok(department_id=list(rows))


def get(world: World, call: Call) -> dict[str, Any]:
    """One department."""
    return ok(department=_shown(world, world.department(call.number("id", 60003))))


def _asked(world: World, call: Call) -> Iterator[Department]:
    if not call.query.get("id"):
        return iter(world.departments.values())
    return world.downward(world.department(call.number("id", 60003)).id)


def _shown(world: World, department: Department) -> dict[str, Any]:
    leaders = [
        member.userid
        for member in world.within[department.id].values()
        if member.leader[member.department.index(department.id)]
    ]
    return {
        "id": department.id,
        "name": department.name,
        "name_en": "",
        "department_leader": leaders,
        "parentid": department.parent,
        "order": department.order,
    }


def _name(name: Any) -> str:
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise Failure(60001)
    if _FORBIDDEN.search(name):
        raise Failure(60009)
    return name


def _parent(world: World, parentid: Any) -> Department:
    return world.department(parentid if is_int(parentid) else 0, 60004)


def _order(call: Call, before: int) -> int:
    order = call.body.get("order", before)
    if not is_int(order):
        raise Failure(40058)
    return int(order)


def _check_room(world: World, parent: Department, height: int) -> None:
    """Levels, the root being the first; departments in all; nodes, that is departments and members, right below one."""
    if sum(1 for _ in world.upward(parent.id)) + height > LEVELS:
        raise Failure(81002)
    if len(world.departments) >= MOST or len(world.children[parent.id]) + len(world.within[parent.id]) >= MOST:
        raise Failure(81001)
