"""Persons made and changed. No phone, certificate or face ever passes."""

from collections.abc import Mapping
from typing import Any

from connectors.attendance import api
from connectors.attendance.codes import Refusal, Sort
from connectors.attendance.entry import GRANTED, PERSON, RIGHTS, Row
from connectors.attendance.place import Place
from connectors.attendance.rights import Rights
from connectors.attendance.together import Errand
from mappings.model import AlreadySo, Conflict, Done, Operation, Outcome, Presence, Ref, Refused, Retry

WORDS = ("重复", "已存在", "被使用", "exist", "duplicate", "repeat")  # how the platform says that a value is taken
HIDDEN = "「已删除人员」中的同工号人员"


def create(place: Place, operation: Operation) -> Errand[Outcome]:
    """Adds a person, without any right at a door: those are the next pass's."""
    wanted, ref = operation.after, operation.ref
    assert wanted is not None, "a create says what to create"
    if wanted.presence is not Presence.ACTIVE:
        return Refused("unsupported", "考勤平台没有锁定状态：锁定的人员不建账号")
    if operation.group is None:
        return Refused("no-department", "没有主要部门，不能建立考勤人员")
    if (yield from place.find_person(Ref(ref.subject, ref.kind, ref.key))) is not None:
        return AlreadySo()
    person_id = personid(ref)
    holder = yield from place.person(person_id)
    if holder is not None:
        return Conflict(holder.name or person_id, f"personId {person_id} 已被另一工号的人员使用")
    org = yield from _home(place, operation.group)
    if org is None:
        return Retry("主要部门在考勤平台上还没有，稍后再建")
    body = {"personId": person_id, "orgIndexCode": org, **_fields(wanted.attributes)}
    return (yield from _added(place, body))


def personid(ref: Ref) -> str:
    """The personId of the account to be made: one that was ever used is refused for ever, so each gets its own."""
    return f"{ref.key}-{max(ref.incarnation, 1)}"


def _added(place: Place, body: Mapping[str, Any]) -> Errand[Outcome]:
    try:
        yield from place.write(api.PERSON_ADD, body)
    except Refusal as refusal:
        if _speaks_of("personid", refusal):
            return Retry(f"personId {body['personId']} 曾属于已删除的人员，不能再用，换用下一个序号", after=0)
        if _speaks_of("jobno", refusal):
            return Conflict(HIDDEN, f"工号 {body['jobNo']} 仍为已删除的人员占用，请在「已删除人员」中再次删除后重试")
        if refusal.sort is Sort.ABSENT:
            return Retry(f"{refusal}：主要部门可能已被删除，请重新读取")
        raise
    return Done()


def _speaks_of(name: str, refusal: Refusal) -> bool:
    """Whether a refusal says that such a value is taken: the platform has no code of its own for it."""
    words = refusal.own.lower()
    return name in words and any(each in words for each in WORDS)


def update(place: Place, rights: Rights, row: Row, operation: Operation) -> Errand[Outcome]:
    """Writes what differs, moves, then drives the rights on."""
    wanted = operation.after
    assert wanted is not None, "an update says what to write"
    if any(not wanted.attributes.get(name, ("?",)) for name in PERSON):
        return Refused("empty", "考勤人员的姓名和工号不能为空")
    org = row.org
    if wanted.memberships is not None and operation.group is not None:
        home = yield from _home(place, operation.group)
        if home is None:
            return Retry("主要部门在考勤平台上还没有，稍后再移动")
        org = home
    now = {"personName": row.name, "jobNo": row.job_no}
    after = {"personId": row.person_id, "orgIndexCode": org, **now, **_fields(wanted.attributes)}
    written = after != {"personId": row.person_id, "orgIndexCode": row.org, **now}
    if written:
        yield from place.write(api.PERSON_UPDATE, after)
    if wanted.attributes.get(RIGHTS) == GRANTED and rights.managed:
        moved = Row(row.person_id, after["personName"], after["jobNo"], org, row.faces)
        return (yield from rights.pursue(moved, "grant", operation.ref.private)) or Done()
    return Done() if written else AlreadySo()


def _home(place: Place, group: Ref) -> Errand[str | None]:
    """The code of a department that is surely there."""
    if group.root:
        return (yield from place.rooted())
    found = yield from place.find_organisation(group)
    return found.code if found else None


def _fields(attributes: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: attributes[name][0] for name in sorted(PERSON & attributes.keys()) if attributes[name]}
