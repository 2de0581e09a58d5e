"""People of the OA: read, made, changed, locked and removed. A PUT carries the whole member as it was read."""

import secrets
from collections.abc import Sequence

from connectors.oa import departments, roles
from connectors.oa.catalogue import LEVELS, POSTS, Sort
from connectors.oa.codes import LOGIN_TAKEN, Declined, Ended
from connectors.oa.departments import Place
from connectors.oa.entities import Entity, entries, id_of, number, properties, text_of
from connectors.oa.find import by_code, by_id, by_login, existing, located
from connectors.oa.move import moved
from connectors.oa.room import Room
from mappings.model import (
    AccountState,
    AlreadySo,
    Conflict,
    Done,
    Memberships,
    Operation,
    Outcome,
    Presence,
    Refused,
    Retry,
    Unknown,
)

FIELDS = ("loginName", "name", "code")
PROPERTIES = ("telnumber", "emailaddress")
PLACES = {"post": "orgPostId", "level": "orgLevelId"}


def state(room: Room, member: Entity, jobs: Sequence[roles.Job]) -> AccountState:
    """A member as it is observed. `jobs`: part-time jobs, of this member among others."""
    id, unit, home = (id_of(member.get(name)) for name in ("id", "orgAccountId", "orgDepartmentId"))
    beside = properties(member)
    if member.get("isAdmin") is True:
        room.administrators.add(id)
    texts = {name: text_of(member, name) for name in FIELDS} | {name: text_of(beside, name) for name in PROPERTIES}
    texts["post"] = room.catalogue.spell(POSTS, unit, id_of(member.get("orgPostId")))
    texts["level"] = room.catalogue.spell(LEVELS, unit, id_of(member.get("orgLevelId")))
    further = {*roles.second_departments(member), *(each.department for each in jobs if each.member == id)}
    return AccountState(
        key=texts["code"],
        presence=Presence.LOCKED if member.get("enabled") is False else Presence.ACTIVE,
        attributes={name: (text,) if text else () for name, text in texts.items()},
        memberships=Memberships(home or None, frozenset(further - {home, ""})),
        remote_id=id,
        name=texts["loginName"] or texts["name"],
    )


def create(room: Room, operation: Operation) -> Outcome:
    """Makes a member in its department; a locked one is made locked."""
    assert operation.after is not None, "a create says what to create"
    ref, wanted = operation.ref, operation.after.attributes
    login = "".join(wanted.get("loginName", ()))
    room.refuse_protected(ref.key, login)
    if by_code(room, ref.key, sure=ref.sought is not None) is not None:
        return AlreadySo()
    place = home_of(room, operation)
    locked = operation.after.presence is Presence.LOCKED
    try:
        made = room.wire.write("POST", "orgMember", _new(room, operation, place, locked))
    except Declined as no:
        return _taken(room, no, ref.key, login)
    return _locked_from_birth(room, id_of(made.get("id")), ref.key) if locked else Done()


def update(room: Room, operation: Operation) -> Outcome:
    """Changes attributes, the primary department, or both; with neither it is only a look."""
    found = existing(room, operation.ref)
    if operation.after is None:
        return AlreadySo()
    wanted = {name: "".join(values) for name, values in operation.after.attributes.items()}
    moves = operation.after.memberships is not None and operation.after.memberships.primary is not None
    place = home_of(room, operation) if moves else None
    keeps = operation.before is None or operation.before.memberships is None or not operation.before.memberships.primary
    step = moved(room, found, place, keeps, wanted) if place else None
    changed = _changed(room, found, step.member if step else found, wanted)
    try:
        if changed != found:
            roles.put(room, changed)
    except Declined as no:
        return _taken(room, no, "", text_of(changed, "loginName"), id_of(found["id"]))
    except Ended:  # it was written but for a second post
        if step:
            step.finish()
        raise
    after = step.finish() if step else False
    _note(room, changed)
    return Done() if changed != found or after else AlreadySo()


def set_enabled(room: Room, operation: Operation, enabled: bool) -> Outcome:
    """启用 or 停用."""
    found = existing(room, operation.ref)
    if (found.get("enabled") is not False) is enabled:
        _note(room, found)
        return AlreadySo()
    _enable(room, found, enabled)
    return Done()


def remove(room: Room, operation: Operation) -> Outcome:
    """Deletes (logically, which is for good by REST), and has read back that nobody is there."""
    found = located(room, operation.ref)
    if found is None:
        return AlreadySo()
    id = id_of(found["id"])
    for job in roles.jobs_of(room, found):
        roles.delete_job(room, job)
    room.wire.write("DELETE", f"orgMember/{id}")
    if by_id(room, id) is not None:
        return Unknown("OA说已删除此人，但仍读得到")
    room.hidden.strike(id)
    return Done()


def join(room: Room, operation: Operation) -> Outcome:
    """A concurrent role in a further department."""
    found = existing(room, operation.ref)
    place = _group(room, operation)
    if place is None:
        return Retry("部门已不在OA中，请重新读取")
    _refuse_unit(place)
    if place.id == id_of(found.get("orgDepartmentId")):
        return AlreadySo()
    if place.unit == id_of(found.get("orgAccountId")):
        if place.id in roles.second_departments(found):
            return AlreadySo()
        roles.put(room, found | {"second_post": [*entries(found, "second_post"), roles.entry(room, place)]})
        return Done()
    if any(each.department == place.id for each in roles.jobs_of(room, found)):
        return AlreadySo()
    roles.add_job(room, found, place)
    return Done()


def leave(room: Room, operation: Operation) -> Outcome:
    """The end of every concurrent role in a department."""
    found = located(room, operation.ref)
    place = _group(room, operation)
    if found is None or place is None:
        return AlreadySo()
    left = [each for each in roles.jobs_of(room, found) if each.department == place.id]
    second = roles.without(found, place.id)
    for job in left:
        roles.delete_job(room, job)
    fewer = len(second) != len(entries(found, "second_post"))
    if fewer:
        roles.put(room, found | {"second_post": second})
    return Done() if left or fewer else AlreadySo()


def home_of(room: Room, operation: Operation) -> Place:
    """The primary department that an operation names. Ends with Refused or Retry where nobody can live there."""
    if operation.group is None:
        raise Ended(Refused("no-department", "OA的人员必须属于一个部门，此人没有部门"))
    place = _group(room, operation)
    if place is None:
        raise Ended(Retry("部门还不在OA中，请稍后再试"))
    _refuse_unit(place)
    return place


def _group(room: Room, operation: Operation) -> Place | None:
    assert operation.group is not None, "it names its department"
    return departments.find(room, operation.group)


def _refuse_unit(place: Place) -> None:
    if place.is_unit:
        raise Ended(Refused("unit", f"「{place.name}」在OA中是单位，人员只能属于单位之下的部门"))


def _new(room: Room, operation: Operation, place: Place, locked: bool) -> Entity:
    """The body of a create. The password is known to nobody: without one the OA would give a well-known one."""
    assert operation.after is not None
    wanted = {name: "".join(values) for name, values in operation.after.attributes.items()}
    config, catalogue = room.config, room.catalogue
    return {
        "orgAccountId": number(place.unit),
        "orgDepartmentId": number(place.id),
        "orgPostId": number(catalogue.resolve(POSTS, place.unit, wanted.get("post") or config.default_post)),
        "orgLevelId": number(catalogue.resolve(LEVELS, place.unit, wanted.get("level") or config.default_level)),
        "name": wanted.get("name", ""),
        "loginName": wanted.get("loginName", ""),
        "password": secrets.token_urlsafe(18),
        "code": operation.ref.key,
        "enabled": not locked,
        "properties": {name: wanted[name] for name in PROPERTIES if wanted.get(name)},
    }


def _locked_from_birth(room: Room, id: str, key: str) -> Outcome:
    """Whether the OA has made it locked; a build that takes no notice of `enabled` is made to."""
    made = by_id(room, id) if id else by_code(room, key, sure=True)
    if made is None:
        return Unknown("OA说已建立人员，但读不到")
    if made.get("enabled") is not False:
        _enable(room, made, False)
    else:
        _note(room, made)
    return Done()


def _changed(room: Room, found: Entity, base: Entity, wanted: dict[str, str]) -> Entity:
    """The whole member, as it must be. `base`: as it is, or as it is after a move; `found`: as it was read."""
    changed = base | {name: wanted[name] for name in FIELDS if name in wanted}
    own = {name: wanted[name] for name in PROPERTIES if name in wanted}
    if own and any(text_of(properties(found), name) != text for name, text in own.items()):
        changed["properties"] = {**properties(found), **own}
    unit = id_of(changed.get("orgAccountId"))
    for name, sort, default in _sorts(room):
        if name in wanted:
            resolved = room.catalogue.resolve(sort, unit, wanted[name] or default)
            if resolved != id_of(changed.get(PLACES[name])):
                changed[PLACES[name]] = number(resolved)
    return changed


def _sorts(room: Room) -> tuple[tuple[str, Sort, str], tuple[str, Sort, str]]:
    return ("post", POSTS, room.config.default_post), ("level", LEVELS, room.config.default_level)


def _enable(room: Room, member: Entity, enabled: bool) -> None:
    room.wire.write("PUT", f"orgMember/{id_of(member['id'])}/enabled/{str(enabled).lower()}")
    _note(room, member | {"enabled": enabled})


def _note(room: Room, member: Entity) -> None:
    if member.get("enabled") is False:
        room.hidden.enter(member)
    else:
        room.hidden.strike(id_of(member["id"]))


def _taken(room: Room, no: Declined, key: str, login: str, own: str = "") -> Outcome:
    """What stands in the way of a create, or of a change of `own`: somebody, named, whatever the build calls it."""
    if not own and by_code(room, key, sure=True) is not None:
        return AlreadySo()
    holder = by_login(room, login)
    if holder is not None and id_of(holder["id"]) != own:
        text = f"登录名「{login}」属于OA中的另一人员（编码 {text_of(holder, 'code') or '无'}）"
        return Conflict(login, text)
    if no.code == LOGIN_TAKEN:
        return Conflict(login, f"登录名「{login}」在OA中已被占用，但看不到是谁：可能属于已删除的人员，请在OA中处理")
    return no.outcome()
