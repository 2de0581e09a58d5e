"""Users without facts on a day in the past or the present, by the marks beside the document (A28, S1). Pure.

The system at hand asks `mappings.plain`, which knows the present alone; this answers for the four named
systems and any day.
"""

from collections.abc import Mapping

from mappings.facts import Marks
from mappings.model import Org, Person, Presence, Reason
from mappings.policy.decision import NOT_YET
from mappings.policy.departures import REPLY
from mappings.policy.readings import LOCKLESS, NAMED, Readings
from mappings.policy.standing import GONE, NOT_YET_JOINED, PLAIN, Standing, nothing

OPENED = Reason(PLAIN, "名册已登记，账号应当启用")
LOCKED = Reason(PLAIN, "名册标记为停用或已裁定锁定，账号应当锁定")
REMOVED = Reason(PLAIN, "名册已删除或复函称已离职，账号应当注销")
CLOSED = Reason(PLAIN, "该系统不向无名册事实的用户开放")


def standing(person: Person, day: str, org: Org, readings: Readings) -> Standing:
    """What must be of a user who has no facts on that day."""
    if day < person.created:
        return nothing(NOT_YET_JOINED, NOT_YET)
    marks = person.marks
    replied = any(each.kind == REPLY and each.holds(day) for each in marks.rulings)
    listed = (REPLY,) if replied else ()
    if replied or any(each.holds(day) for each in marks.deleted):
        gone = [each.start for each in marks.deleted if each.holds(day)]
        gone += [each.start for each in marks.rulings if each.kind == REPLY and each.holds(day)]
        reasons = dict.fromkeys(NAMED, REMOVED)
        return Standing(GONE, reasons, (PLAIN,), (PLAIN,), None, (), listed, listed, left_on=min(gone))
    systems = {system: _presence(system, marks, day, readings) for system in NAMED}
    joined = _joined(marks, day, org)
    return Standing(
        systems,
        {system: _reason(system, presence, readings) for system, presence in systems.items()},
        (PLAIN,),
        (PLAIN,),
        joined[0] if joined else None,
        tuple(sorted(joined[1:])),
    )


def _presence(system: str, marks: Marks, day: str, readings: Readings) -> Presence:
    if system not in readings.plain:
        return Presence.REMOVED
    blocked = any(each.kind == "block" and system in each.systems and each.holds(day) for each in marks.rulings)
    if blocked or any(each.holds(day) for each in marks.bare_locks):
        return Presence.REMOVED if system in LOCKLESS else Presence.LOCKED
    return Presence.ACTIVE


def _reason(system: str, presence: Presence, readings: Readings) -> Reason:
    if system not in readings.plain:
        return CLOSED
    by: Mapping[Presence, Reason] = {Presence.ACTIVE: OPENED, Presence.LOCKED: LOCKED, Presence.REMOVED: LOCKED}
    return by[presence]


def _joined(marks: Marks, day: str, org: Org) -> list[str]:
    """Department Groups in the order of joining, each once; a plain Group is none."""
    members = sorted((each for each in marks.added_members if each.holds(day)), key=lambda each: each.start)
    keys = dict.fromkeys(each.department for each in members)
    return [key for key in keys if (found := org.departments.get(key)) is not None and found.code]
