"""A move to another primary department, inside the unit or to another one; other roles stay, as they must be there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connectors.oa import departments, roles
from connectors.oa.catalogue import LEVELS, POSTS, Sort
from connectors.oa.departments import Place
from connectors.oa.entities import DEPARTMENT_NAMES, Entity, id_of, number
from connectors.oa.room import Room


@dataclass(frozen=True, slots=True)
class Step:
    """`member`: as it must be written; `later`: what is to be done once it was written."""

    member: Entity
    later: list[Callable[[], None]] = field(default_factory=list)

    def finish(self) -> bool:
        """Does the rest; False where there was none."""
        for each in self.later:
            each()
        return bool(self.later)


def moved(room: Room, member: Entity, place: Place, keeps: bool, wanted: Mapping[str, str]) -> Step:
    """The member with that primary department. `keeps`: the old one is none of ours, and stays as a further one.

    `wanted`: attributes that change besides; the post and the level must be among those of the new unit.
    """
    old, unit = id_of(member.get("orgDepartmentId")), id_of(member.get("orgAccountId"))
    if old == place.id:
        doubled = [each for each in roles.jobs_of(room, member) if each.department == place.id]
        return Step(member, [_ending(room, each) for each in doubled])
    if place.unit == unit:
        second = roles.without(member, place.id)
        kept = [_old_home(member)] if keeps and old else []
        return Step(member | {"orgDepartmentId": number(place.id), "second_post": [*second, *kept]})
    behind = [*roles.second_departments(member), *([old] if keeps and old else [])]
    return _to_another_unit(room, member, place, behind, wanted)


def _to_another_unit(room: Room, member: Entity, place: Place, behind: list[str], wanted: Mapping[str, str]) -> Step:
    """Roles in the unit that is left become part-time jobs; jobs in the new unit become second posts.

    `behind`: departments of the old unit in which a role stays.
    """
    held = roles.jobs_of(room, member)
    here = [each for each in held if each.unit == place.unit]
    inside = [departments.by_id(room, each.department) for each in here if each.department != place.id]
    changed = member | {
        "orgAccountId": number(place.unit),
        "orgDepartmentId": number(place.id),
        "orgPostId": _same(room, POSTS, member.get("orgPostId"), member, place, wanted.get("post", "")),
        "orgLevelId": _same(room, LEVELS, member.get("orgLevelId"), member, place, wanted.get("level", "")),
        "second_post": [roles.entry(room, each) for each in inside if each],
    }
    there = {each.department for each in held}
    kept = [departments.by_id(room, id) for id in dict.fromkeys(behind) if id not in there]
    later = [_adding(room, changed, each) for each in kept if each] + [_ending(room, each) for each in here]
    return Step(changed, later)


def _same(room: Room, sort: Sort, id: object, member: Entity, place: Place, wanted: str) -> int:
    """A post or level of the new unit: the one wanted, else the one that is called like the old one."""
    text = wanted or room.catalogue.spell(sort, id_of(member.get("orgAccountId")), id_of(id))
    default = room.config.default_post if sort == POSTS else room.config.default_level
    return number(room.catalogue.resolve(sort, place.unit, text or default))


def _old_home(member: Entity) -> Entity:
    return {DEPARTMENT_NAMES[0]: member["orgDepartmentId"], "postId": member.get("orgPostId")}


def _adding(room: Room, member: Entity, place: Place) -> Callable[[], None]:
    return lambda: roles.add_job(room, member, place)


def _ending(room: Room, job: roles.Job) -> Callable[[], None]:
    return lambda: roles.delete_job(room, job)
