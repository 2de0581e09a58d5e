"""What is done to a department. 政务微信 gives the id; we keep it, and find by nothing else once we have it."""

from typing import Any

from connectors.wecom import codes
from connectors.wecom.config import WecomConfig
from connectors.wecom.lookup import Department, department_ids, find_department, named, parent_of
from connectors.wecom.roll import userids_in
from connectors.wecom.wire import Wire
from mappings.model import AccountState, Action, AlreadySo, Conflict, Done, Operation, Outcome, Pending, Refused, Retry

LOOK_AGAIN = 60.0  # seconds until a department that is not empty is tried again
GONE = Retry("部门已不存在，请重新读取")


def apply(wire: Wire, config: WecomConfig, operation: Operation) -> Outcome:
    """Does one operation on a department. Raises ConnectorError."""
    ref = operation.ref
    if ref.root or ref.remote_id == str(config.root_id):
        return Refused("protected", "根部门就是本单位，不创建、不改名、不删除")
    if config.protects(ref.remote_id):
        return Refused("protected", "受保护的部门，不写")
    if operation.action is Action.CREATE:
        return _create(wire, config, operation)
    seen = find_department(wire, config, ref)
    if operation.action is Action.REMOVE:
        return _remove(wire, seen) if seen is not None else AlreadySo()
    if operation.action is Action.UPDATE:
        return _update(wire, config, operation, seen) if seen is not None else GONE
    return Refused("unsupported", "部门没有这种操作")


def _create(wire: Wire, config: WecomConfig, operation: Operation) -> Outcome:
    assert operation.after is not None, "a create says what to create"
    wanted = operation.after
    body = {"name": _name(wanted), "parentid": parent_of(config, wanted)}
    reply = wire.tell("department/create", body=body)
    if reply.code != codes.NAME_TAKEN:
        return Done() if reply.code == codes.OK else codes.outcome(reply.code)
    holder = named(wire, config, wanted)
    if operation.ref.sought is not None and holder is not None:
        return AlreadySo()  # our own attempt is on record: its answer was lost
    return _taken(holder)


def _update(wire: Wire, config: WecomConfig, operation: Operation, seen: Department) -> Outcome:
    assert operation.after is not None, "an update says what to write"
    shown = seen.state().attributes
    differs = {name: each for name, each in operation.after.attributes.items() if shown.get(name) != each and each}
    body: dict[str, Any] = {"name": differs["name"][0]} if "name" in differs else {}
    body |= {"parentid": int(differs["parentid"][0])} if "parentid" in differs else {}
    if not body:
        return AlreadySo()
    reply = wire.tell("department/update", body={"id": seen.id, **body})
    if reply.code == codes.NAME_TAKEN:
        there = {"name": body.get("name", seen.name), "parentid": str(body.get("parentid", seen.parent))}
        wanted = AccountState("", operation.after.presence, {name: (value,) for name, value in there.items()})
        return _taken(named(wire, config, wanted))
    if reply.code in codes.NO_DEPARTMENT:
        return GONE
    return Done() if reply.code == codes.OK else codes.outcome(reply.code)


def _remove(wire: Wire, seen: Department) -> Outcome:
    """The vendor deletes only what is empty; what is not waits, and says what is still in it."""
    reply = wire.tell("department/delete", {"id": seen.id})
    if reply.code in codes.NO_DEPARTMENT:
        return AlreadySo()
    if reply.code == codes.HAS_MEMBERS:
        inside = sorted(userids_in(wire, seen.id))
        return Pending(LOOK_AGAIN, f"部门内仍有 {len(inside)} 名成员（{'、'.join(inside[:5])}）")
    if reply.code == codes.HAS_CHILDREN:
        below = sum(parent == seen.id for parent in department_ids(wire, seen.id).values())
        return Pending(LOOK_AGAIN, f"部门下仍有 {below} 个下级部门")
    return Done() if reply.code == codes.OK else codes.outcome(reply.code)


def _taken(holder: Department | None) -> Outcome:
    return Conflict(f"部门 {holder.id}" if holder else "", codes.sentence(codes.NAME_TAKEN))


def _name(wanted: AccountState) -> str:
    return next(iter(wanted.attributes.get("name", ())), "")
