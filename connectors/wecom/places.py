"""In which departments a member is afterwards: read, merged by ownership, written whole (S12).

An update replaces the whole list, so what somebody added by hand has to be in it again, with the order and the
leadership that belong to it (`order`, `is_leader_in_dept`: arrays of the same length, else 60132).
"""

from collections.abc import Sequence
from typing import Any

from connectors.wecom.config import WecomConfig
from connectors.wecom.members import Member, Place


def moved(member: Member, to: int, keeps_former: bool) -> tuple[Place, ...]:
    """The new primary department first; the former one is dropped unless it is none of ours."""
    gone = {to} if keeps_former or member.main is None else {to, member.main}
    return (_place(member, to), *(each for each in member.places if each.department not in gone))


def joined(member: Member, department: int) -> tuple[Place, ...]:
    """One more department."""
    return (*_main_first(member), _place(member, department))


def left(member: Member, department: int) -> tuple[Place, ...]:
    """One less."""
    return tuple(each for each in _main_first(member) if each.department != department)


def fields(places: Sequence[Place], config: WecomConfig) -> dict[str, Any]:
    """As fields of an update: the primary department is the first."""
    told: dict[str, Any] = {"department": [each.department for each in places]}
    if all(each.order is not None for each in places):
        told["order"] = [each.order for each in places]
    if all(each.leader is not None for each in places):
        told["is_leader_in_dept"] = [each.leader for each in places]
    return told | ({"main_department": places[0].department} if config.main_department else {})


def _place(member: Member, department: int) -> Place:
    """Its place there, or a new one: an ordinary member's, where the others show such things at all."""
    had = next((each for each in member.places if each.department == department), None)
    shows_order = all(each.order is not None for each in member.places)
    shows_leader = all(each.leader is not None for each in member.places)
    return had or Place(department, 0 if shows_order else None, 0 if shows_leader else None)


def _main_first(member: Member) -> list[Place]:
    return sorted(member.places, key=lambda each: each.department != member.main)
