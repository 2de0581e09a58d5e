"""Concurrent roles: inside the unit an entry of the member (副岗, second_post), across units a part-time job (兼职).

The id of a part-time job changes with every update: it is found by member, unit and department, never kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.oa.catalogue import LEVELS, POSTS
from connectors.oa.codes import Ended
from connectors.oa.departments import Place
from connectors.oa.entities import DEPARTMENT_NAMES, Entity, entities, entries, id_of, number, one, second_department
from connectors.oa.room import Room
from mappings.model import Refused

NONE_LEFT = {"second_post": [], "del_second_post": "true"}


@dataclass(frozen=True, slots=True)
class Job:
    """A part-time job, as it stands in the list. Ids as decimal strings."""

    id: str
    member: str
    unit: str
    department: str
    post: str
    level: str


def jobs(room: Room) -> list[Job]:
    """All part-time jobs; none where people have no roles across units."""
    return [_job(each) for each in entities(room.wire.read("orgPartTimeJob/list"))] if room.several_units() else []


def jobs_of(room: Room, member: Entity) -> list[Job]:
    """Those of one member."""
    id = id_of(member["id"])
    return [each for each in jobs(room) if each.member == id]


def second_departments(member: Mapping[str, Any]) -> list[str]:
    """Ids of the departments of the second posts."""
    return [second_department(each) for each in entries(member, "second_post")]


def without(member: Entity, department: str) -> list[Entity]:
    """The second posts that are not in that department."""
    return [each for each in entries(member, "second_post") if second_department(each) != department]


def entry(room: Room, place: Place, post: str = "") -> Entity:
    """A second post in a department: in that post, else in the one that everybody has."""
    held = post or room.catalogue.resolve(POSTS, place.unit, room.config.default_post)
    return {DEPARTMENT_NAMES[0]: number(place.id), "postId": number(held)}


def put(room: Room, member: Entity) -> None:
    """Writes a whole member, and makes sure that its second posts were taken. Raises Declined, Ended, ConnectorError.

    Builds call the department of a second post differently, and pass over what they do not know without a word: what
    was not taken is written again in another spelling, and the one that was taken is kept to. Some keep the last
    second post of an empty list, unless they are told to delete.
    """
    second = entries(member, "second_post")
    if not second:
        if not (_taken(room, member) or _taken(room, member | NONE_LEFT)):
            raise Ended(Refused("second_post", "OA不清除最后一个副岗，请单位管理员在OA中删除"))
        return
    for name in _spellings(room, second):
        if _taken(room, member | {"second_post": [_spelled(each, name) for each in second]}):
            room.spelling[:] = [name]
            return
    raise Ended(Refused("second_post", "OA没有收下副岗：请核对OA的接口说明，设置 second_post_name，并检查此人的副岗"))


def _taken(room: Room, member: Entity) -> bool:
    """Writes it; whether its second posts are what was written."""
    told = room.wire.write("PUT", "orgMember", member)
    id = id_of(member["id"])
    now = told if "second_post" in told else one(room.wire.read(f"orgMember/{id}"), id)
    return sorted(second_departments(now or {})) == sorted(second_departments(member))


def add_job(room: Room, member: Entity, place: Place) -> None:
    """A part-time job in a department of another unit. Raises Declined, ConnectorError."""
    body = {
        "cMemberId": number(id_of(member["id"])),
        "cAccountId": number(place.unit),
        "cDeptId": number(place.id),
        "cPostId": number(room.catalogue.resolve(POSTS, place.unit, room.config.default_post)),
        "cLevelId": number(room.catalogue.resolve(LEVELS, place.unit, room.config.default_level)),
    }
    room.wire.write_job("POST", "orgPartTimeJob", body)


def delete_job(room: Room, job: Job) -> None:
    """Ends a part-time job."""
    room.wire.write_job("DELETE", f"orgPartTimeJob/delete/{job.id}")


def _spellings(room: Room, second: Sequence[Entity]) -> list[str]:
    """The names to try for the department: the one set, or found out, or shown; else all."""
    settled = [room.config.second_post_name] if room.config.second_post_name else room.spelling
    if settled:
        return settled[:1]
    shown = [name for name in DEPARTMENT_NAMES if any(name in each for each in second)]
    return list(dict.fromkeys([*shown, *DEPARTMENT_NAMES]))


def _spelled(found: Entity, name: str) -> Entity:
    """A second post with its department under that name."""
    rest = {each: value for each, value in found.items() if each not in DEPARTMENT_NAMES}
    return rest | {name: number(second_department(found))}


def _job(entity: Entity) -> Job:
    names = ("id", "cMemberId", "cAccountId", "cDeptId", "cPostId", "cLevelId")
    return Job(*(id_of(entity.get(name)) for name in names))
