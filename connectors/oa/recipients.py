"""Who gets a letter: the people named, or those in charge of a department, else its members; never somebody locked."""

import re
from collections.abc import Iterator
from typing import Any

from connectors.base import Notice
from connectors.oa import departments, find
from connectors.oa.codes import Ended
from connectors.oa.departments import Place
from connectors.oa.entities import Entity, entities, id_of
from connectors.oa.room import Room
from mappings.model import Ref, Refused, Retry

MOST = 50  # people in charge of one department
NOBODY = Refused("no-recipient", "没有可以收函的人：所列人员不在OA中或已停用，部门也没有负责人和在用人员")


def recipients(room: Room, notice: Notice) -> list[Entity]:
    """The members, each once. Ends with Refused where nobody is left, in one of the departments or at all."""
    found = [find.member(room, each) for each in notice.to]
    for ref in notice.departments:
        found += _reached(room, ref)
    there = {id_of(each["id"]): each for each in found if each is not None and _usable(each)}
    if not there:
        raise Ended(NOBODY)
    return list(there.values())


def _reached(room: Room, ref: Ref) -> list[Entity | None]:
    """Whoever gets it there: a letter to several goes to each of them, or not at all."""
    place = departments.find(room, ref)
    if place is None:
        raise Ended(Retry("收函的部门还不在OA中"))
    found = _of_department(room, place)
    if not any(each is not None and _usable(each) for each in found):
        raise Ended(NOBODY)
    return found


def _of_department(room: Room, place: Place) -> list[Entity | None]:
    told = room.wire.read(f"orgDepartment/departmentmanagerinfo/{place.id}/{place.unit}")
    charge = [find.by_id(room, id) for id in list(dict.fromkeys(_ids(told)))[:MOST]]
    if any(each is not None and _usable(each) for each in charge):
        return charge
    return list(entities(room.wire.read(f"orgMembers/department/{place.id}")))


def _usable(member: Entity) -> bool:
    return member.get("enabled") is not False and bool(member.get("loginName"))


def _ids(told: Any) -> Iterator[str]:
    """Whatever may be the id of a member, however the build tells the roles: Member|-12|…,Member|13|…, or numbers."""
    if isinstance(told, dict):
        for each in told.values():
            yield from _ids(each)
    elif isinstance(told, list):
        for each in told:
            yield from _ids(each)
    elif isinstance(told, int) and not isinstance(told, bool):
        yield str(told)
    elif isinstance(told, str):
        yield from re.findall(r"(?:^|,)(?:Member\|)?(-?\d+)(?=\||,|$)", told)
