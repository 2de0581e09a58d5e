"""What the guard would say of a plan (S23): what is dangerous in it, what is held, and which limits it would meet."""

from collections.abc import Iterator, Mapping
from typing import Any

from mappings import guard
from mappings.guard import Limits, People
from scim_server.operate.planning_overview import Overview, Tally
from scim_server.operate.planning_rows import Planned, Step, row_of
from scim_server.reconcile.task import Task


def planned_row(task: Task, names: Mapping[str, str]) -> Planned:
    """What was planned for a row, with what is dangerous in it and what waits for an approval; `names`: see `Scope`."""
    operations = task.planned.operations if task.under_way else ()
    claim = task.claim
    held = frozenset((claim.held_as or "").split()) if claim.hold is not None else frozenset()
    dangerous = [task.guarded.digests(task.guarded.dangerous([each])) for each in operations]
    steps = [
        Step(operation, row_of(operation, bool(digests), names), " ".join(digests), bool(digests & held))
        for operation, digests in zip(operations, dangerous, strict=True)
    ]
    home = claim.department or task.desired.department  # where it was counted last goes before where it belongs now
    linked = task.observed is not None and task.known.ours
    return Planned(task, steps, home, linked, claim.hold if any(step.held for step in steps) else None)


def verdicts(
    limits: Mapping[str, Limits], hour: Mapping[str, People], linked: Mapping[str, People], overview: Overview
) -> dict[tuple[str, str | None], Any]:
    """By system, and by system and department: `{"held", "dangerous", "used", "limit"}`, in people an hour.

    By system, `hour`: who had something dangerous sent within the hour; `linked`: who has an account there.
    """
    said: dict[tuple[str, str | None], Any] = {}
    for system, tally in overview.systems.items():
        limit = limits[system].of_system(linked[system].number)
        said[system, None] = _verdict(tally, hour[system].number, limit)
    for (system, key), tally in overview.departments.items():
        limit = limits[system].of_department(linked[system].departments.get(key, 0))
        said[system, key] = _verdict(tally, hour[system].departments.get(key, 0), limit)
    return said


def _verdict(tally: Tally, used: int, limit: int) -> dict[str, Any]:
    """Locks that rest on a suspension pass by themselves, so many an hour."""
    counting = tally.dangerous - min(tally.urgent, guard.URGENT)
    return {
        "held": counting > 0 and counting + used > limit,
        "dangerous": tally.dangerous,
        "used": used,
        "limit": limit,
    }


def sentences(overview: Mapping[str, Any]) -> Iterator[str]:
    """Which limits the plan would meet, for people."""
    for name, said in overview["systems"].items():
        if said["guard"]["held"]:
            yield _sentence(name, "", said["guard"])
    for each in overview["departments"]:
        if each["guard"]["held"]:
            yield _sentence(each["system"], f"「{each['name']}」", each["guard"])


def _sentence(system: str, department: str, said: Mapping[str, Any]) -> str:
    used = f"（一小时内已有 {said['used']} 人）" if said["used"] else ""
    return (
        f"保护：{system}{department} 有 {said['dangerous']} 人的账号将被锁定、注销、退出部门或改登录名，"
        f"超过每小时 {said['limit']} 人的上限{used}，届时待批"
    )
