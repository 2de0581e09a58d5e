"""Departments of the OA, and the units in which they live: a unit is found, never made (REST cannot)."""

from dataclasses import dataclass, field

from connectors.errors import Ambiguous
from connectors.oa.catalogue import Named
from connectors.oa.codes import CODE_TAKEN, NAME_TAKEN, OCCUPIED, Declined, Ended
from connectors.oa.entities import Entity, entities, entries, id_of, is_id, number, one, second_department, text_of
from connectors.oa.room import Room
from connectors.oa.wire import segment
from mappings.model import (
    AccountState,
    AlreadySo,
    Conflict,
    Done,
    Operation,
    Outcome,
    Pending,
    Presence,
    Ref,
    Refused,
    Retry,
    Unknown,
)

UNIT, DEPARTMENT = "unit", "department"
LOOK_AGAIN = 60.0  # seconds until a department may have been left by its people


@dataclass(frozen=True, slots=True)
class Place:
    """A department, or a unit. `unit`: the id of the unit in which it lies; of a unit, its own."""

    id: str
    unit: str
    name: str
    code: str
    is_unit: bool
    entity: Entity = field(default_factory=dict)


def find(room: Room, ref: Ref) -> Place | None:
    """Where a Group is, by its id, else by its code; a unit by id, or as it was asked for. Raises ConnectorError."""
    if ref.root:
        return of_unit(room.catalogue.root())
    if is_id(ref.remote_id):
        found = by_id(room, str(ref.remote_id))
        if found is not None:
            return found
    return _sought_unit(room, ref) or by_code(room, ref.key)


def by_id(room: Room, id: str) -> Place | None:
    """The unit or department of that id."""
    unit = room.catalogue.unit(id)
    if unit is not None:
        return of_unit(unit)
    entity = one(room.wire.read(f"orgDepartment/{id}"), id)
    return of_entity(entity) if entity else None


def by_code(room: Room, code: str) -> Place | None:
    """The department of that code in the units in use. Raises Ambiguous."""
    units = {each.id for each in room.catalogue.in_use()}
    shown = (of_entity(each) for each in entities(room.wire.read(f"orgDepartment/code/{segment(code)}")))
    ours = [each for each in shown if each.code == code and each.unit in units]
    if len(ours) > 1:
        raise Ambiguous(f"OA中有 {len(ours)} 个部门带着同一个编码")
    return ours[0] if ours else None


def state(place: Place, key: str | None = None) -> AccountState:
    """As it is observed. Of a unit nothing is compared but that it is one."""
    if place.is_unit:
        attributes: dict[str, tuple[str, ...]] = {"kind": (UNIT,)}
    else:
        texts = {"name": place.name, "code": place.code, "superior": id_of(place.entity.get("superior"))}
        attributes = {"kind": (DEPARTMENT,)} | {name: (text,) if text else () for name, text in texts.items()}
    presence = Presence.LOCKED if place.entity.get("enabled") is False else Presence.ACTIVE
    return AccountState(
        place.code if key is None else key, presence, attributes, remote_id=place.id, name=place.name or place.code
    )


def create(room: Room, operation: Operation) -> Outcome:
    """Makes a department; finds a unit."""
    _refuse_root(room, operation.ref)
    wanted = _attributes(operation)
    if wanted.get("kind") == UNIT:
        return _adopt_unit(room, operation.ref.key, wanted.get("name", ""))
    if by_code(room, operation.ref.key) is not None:
        return AlreadySo()
    superior, unit = _superior(room, wanted)
    body = {
        "orgAccountId": number(unit),
        "superior": number(superior),
        "name": wanted.get("name", ""),
        "code": operation.ref.key,
        "enabled": True,
    }
    try:
        room.wire.write("POST", "orgDepartment", body)
    except Declined as no:
        return _taken(room, operation.ref.key, wanted.get("name", ""), no)
    return Done()


def update(room: Room, operation: Operation) -> Outcome:
    """Renames, moves, gives a code."""
    place = _existing(room, operation.ref)
    wanted = _attributes(operation)
    if wanted.get("kind", DEPARTMENT) != (UNIT if place.is_unit else DEPARTMENT):
        return _wrong_kind(place, wanted["kind"])
    if place.is_unit:
        return AlreadySo()
    texts = {
        name: wanted[name]
        for name in ("name", "code")
        if wanted.get(name, place.entity.get(name)) != place.entity.get(name)
    }
    moves = "superior" in wanted and wanted["superior"] != id_of(place.entity.get("superior"))
    if texts:
        try:
            room.wire.write("PUT", "orgDepartment", place.entity | texts)
        except Declined as no:
            return _taken(room, wanted.get("code", ""), wanted.get("name", place.name), no)
    if moves:
        superior, _ = _superior(room, wanted)
        room.wire.write("POST", f"orgDepartment/move/{place.id}/{superior}")
    return Done() if texts or moves else AlreadySo()


def remove(room: Room, operation: Operation) -> Outcome:
    """Deletes an empty department, and has read back that it is gone."""
    _refuse_root(room, operation.ref)
    place = _located(room, operation.ref)
    if place is None:
        return AlreadySo()
    if place.is_unit:
        return Refused("unit", f"单位「{place.name}」不能由接口撤销，请管理员在OA中处理")
    people, below = _people(room, place), _below(room, place)
    if people or below:
        return _occupied(people, below)
    try:
        room.wire.write("DELETE", f"orgDepartment/{place.id}")
    except Declined as no:
        return _occupied(0, 0, no.outcome().text) if no.code in OCCUPIED else no.outcome()
    gone = one(room.wire.read(f"orgDepartment/{place.id}"), place.id) is None
    return Done() if gone else Unknown("OA说已删除部门，但仍读得到它")


def set_enabled(room: Room, operation: Operation, enabled: bool) -> Outcome:
    """启用 or 停用 of a department."""
    place = _existing(room, operation.ref)
    if place.is_unit or place.entity.get("enabled", True) is enabled:
        return AlreadySo()
    room.wire.write("PUT", f"orgDepartment/{place.id}/enabled/{str(enabled).lower()}")
    return Done()


def _occupied(people: int, below: int, said: str = "") -> Pending:
    return Pending(LOOK_AGAIN, said or f"部门内仍有 {people} 人、{below} 个下级部门")


def _people(room: Room, place: Place) -> int:
    """Who lives or has a role there, locked or not."""
    inside = {
        id_of(each["id"])
        for each in room.whole(place.unit, sure=True)
        if id_of(each.get("orgDepartmentId")) == place.id
        or any(second_department(entry) == place.id for entry in entries(each, "second_post"))
    }
    if room.several_units():
        jobs = entities(room.wire.read("orgPartTimeJob/list"))
        inside |= {id_of(each.get("cMemberId")) for each in jobs if id_of(each.get("cDeptId")) == place.id}
    return len(inside)


def _below(room: Room, place: Place) -> int:
    listed = room.departments(place.unit).everything()
    return sum(id_of(each.get("superior")) == place.id for each in listed)


def _attributes(operation: Operation) -> dict[str, str]:
    assert operation.after is not None, "it says what to write"
    return {name: values[0] if values else "" for name, values in operation.after.attributes.items()}


def _superior(room: Room, wanted: dict[str, str]) -> tuple[str, str]:
    """(superior, unit) of a department: below the root where nothing is said. Ends with Retry where it is not there."""
    if "superior" not in wanted:
        root = room.catalogue.root()
        return root.id, root.id
    above = by_id(room, wanted["superior"]) if is_id(wanted["superior"]) else None
    if above is None:
        raise Ended(Retry("上级部门还不在OA中"))
    return above.id, above.unit


def _taken(room: Room, key: str, name: str, no: Declined) -> Outcome:
    if no.code in CODE_TAKEN and key and by_code(room, key) is not None:
        return AlreadySo()
    if no.code == NAME_TAKEN:
        return Conflict(name, f"{no.outcome().text}：「{name}」")
    return no.outcome()


def _adopt_unit(room: Room, code: str, name: str) -> Outcome:
    if by_code(room, code) is not None:
        return _wrong_kind(Place("", "", name, code, False), UNIT)
    if room.catalogue.find_unit(code, name) is None:
        text = f"请先在OA中建立单位「{name}」（编码 {code}），并在其中建立岗位和职务级别：单位不能由接口建立"
        return Refused("unit-missing", text)
    return AlreadySo()


def _wrong_kind(place: Place, wanted: str) -> Outcome:
    if wanted == UNIT:
        text = f"「{place.name}」在OA中是部门，应当是单位：请先在OA中建立单位，把部门移入后删除原部门"
    else:
        text = f"「{place.name}」在OA中是单位，不能由接口改为部门：请检查 unit_kinds 或在OA中处理"
    return Refused("kind", text)


def _sought_unit(room: Room, ref: Ref) -> Place | None:
    """A unit that was found when it should have been made: by the code and name that were asked for."""
    if ref.sought is None or ref.sought.attributes.get("kind") != (UNIT,):
        return None
    name = "".join(ref.sought.attributes.get("name", ()))
    unit = room.catalogue.find_unit(ref.key, name)
    return of_unit(unit) if unit else None


def _located(room: Room, ref: Ref) -> Place | None:
    """The place that `ref` means, and not protected. Ends with Conflict where another one carries the key now."""
    place = find(room, ref)
    if place is not None and ref.remote_id not in (None, place.id):
        raise Ended(Conflict(place.name, "关联的部门已不在OA中，另有部门带着同一个编码"))
    if place is not None:
        room.refuse_protected(place.code, place.id)
    return place


def _existing(room: Room, ref: Ref) -> Place:
    _refuse_root(room, ref)
    place = _located(room, ref)
    if place is None:
        raise Ended(Retry("部门已不在OA中，请重新读取"))
    return place


def _refuse_root(room: Room, ref: Ref) -> None:
    if ref.root or ref.remote_id == room.catalogue.root().id:
        raise Ended(Refused("root", "根单位由OA管理员建立，不由名册增删改"))


def of_unit(unit: Named) -> Place:
    """A unit as a place."""
    return Place(unit.id, unit.id, unit.name, unit.code, True)


def of_entity(entity: Entity) -> Place:
    """A department as a place."""
    unit = id_of(entity.get("orgAccountId"))
    return Place(id_of(entity["id"]), unit, text_of(entity, "name"), text_of(entity, "code"), False, entity)
