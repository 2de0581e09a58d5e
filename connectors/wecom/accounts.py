"""What is done to a member. Each action looks first where a repeat would not be harmless, and writes once."""

from collections.abc import Callable, Mapping
from typing import Any

from connectors.wecom import codes, members, places
from connectors.wecom.config import WecomConfig
from connectors.wecom.lookup import find_member, get_member, holder_of
from connectors.wecom.members import LEFT, STATUSES, Member
from connectors.wecom.wire import Wire
from mappings.model import (
    AccountState,
    Action,
    AlreadySo,
    Conflict,
    Done,
    Operation,
    Outcome,
    Presence,
    Ref,
    Refused,
    Retry,
    Unknown,
)

GONE = Retry("成员已不存在，请重新读取")
NO_DEPARTMENT = Refused("no-department", "没有部门，政务微信不能开户")


def apply(wire: Wire, config: WecomConfig, operation: Operation) -> Outcome:
    """Does one operation on a member. Raises ConnectorError."""
    ref = operation.ref
    if config.protects(ref.remote_id, ref.key):
        return Refused("protected", "受保护的成员，不写")
    if operation.action is Action.CREATE:
        return _create(wire, config, operation)
    member = find_member(wire, ref)
    if member is None:
        return AlreadySo() if operation.action in (Action.REMOVE, Action.LEAVE) else GONE
    if ref.remote_id is not None and ref.remote_id.casefold() != member.userid.casefold():
        return Conflict(member.userid, "原来的成员已不存在，另有成员使用这个编号")
    if config.protects(member.userid):
        return Refused("protected", "受保护的成员，不写")
    return CHANGES[operation.action](wire, config, operation, member)


def _create(wire: Wire, config: WecomConfig, operation: Operation) -> Outcome:
    assert operation.after is not None, "a create says what to create"
    department = department_id(operation.group)
    if department is None:
        return NO_DEPARTMENT
    wanted, userid = operation.after, operation.ref.key
    active = wanted.presence is Presence.ACTIVE
    body = {
        "userid": userid,
        **members.body(wanted.attributes, config),
        "department": [department],
        **({"main_department": department} if config.main_department else {}),
        "enable": int(active),
        "to_invite": config.to_invite and active,
    }
    reply = wire.tell("user/create", body=body)
    if reply.code == codes.USER_EXISTS:
        return AlreadySo() if get_member(wire, userid) else Refused("60102", codes.sentence(codes.USER_EXISTS))
    if reply.code != codes.OK:
        return _declined(wire, reply.code, wanted)
    return _proved(wire, config, userid, wanted, reply.warned)


def _update(wire: Wire, config: WecomConfig, operation: Operation, member: Member) -> Outcome:
    assert operation.after is not None, "an update says what to write"
    wanted = operation.after
    if "name" in wanted.attributes and not wanted.attributes["name"]:
        return Refused("60112", codes.sentence(60112))
    shown = members.attributes(member.fields, config)
    differs = {name: values for name, values in wanted.attributes.items() if shown.get(name) != values}
    if members.USERID in differs:
        return Refused("userid", "userid 一经创建不能更改")
    body = members.body(differs, config, member)
    body |= _move(config, operation, member)
    if not body:
        return AlreadySo()
    return _written(wire, config, member, body, wanted)


def _move(config: WecomConfig, operation: Operation, member: Member) -> dict[str, Any]:
    """The fields of another primary department; none where it is no move, or done."""
    to = department_id(operation.group)
    if operation.after is None or operation.after.memberships is None or to is None or to == member.main:
        return {}
    before = operation.before.memberships if operation.before else None
    foreign = before is not None and before.primary is None
    return places.fields(places.moved(member, to, foreign), config)


def _lock(wire: Wire, config: WecomConfig, operation: Operation, member: Member) -> Outcome:
    if STATUSES[member.status] is Presence.LOCKED:
        return AlreadySo()
    return _written(wire, config, member, {"enable": 0})


def _unlock(wire: Wire, config: WecomConfig, operation: Operation, member: Member) -> Outcome:
    if member.status == LEFT:
        return Refused("left", "成员本人已退出企业，启用无效；请在管理后台重新邀请")
    if STATUSES[member.status] is Presence.ACTIVE:
        return AlreadySo()
    return _written(wire, config, member, {"enable": 1})


def _remove(wire: Wire, config: WecomConfig, operation: Operation, member: Member) -> Outcome:
    reply = wire.tell("user/delete", {"userid": member.userid})
    if reply.code == codes.NO_USER:
        return AlreadySo()
    return Done() if reply.code == codes.OK else codes.outcome(reply.code)


def _join(wire: Wire, config: WecomConfig, operation: Operation, member: Member) -> Outcome:
    department = department_id(operation.group)
    if department is None:
        return Retry("部门尚未创建，请重新读取")
    if department in member.departments:
        return AlreadySo()
    return _written(wire, config, member, places.fields(places.joined(member, department), config))


def _leave(wire: Wire, config: WecomConfig, operation: Operation, member: Member) -> Outcome:
    department = department_id(operation.group)
    if department is None or department == member.main or department not in member.departments:
        return AlreadySo()
    return _written(wire, config, member, places.fields(places.left(member, department), config))


CHANGES: Mapping[Action, Callable[[Wire, WecomConfig, Operation, Member], Outcome]] = {
    Action.UPDATE: _update,
    Action.LOCK: _lock,
    Action.UNLOCK: _unlock,
    Action.REMOVE: _remove,
    Action.JOIN: _join,
    Action.LEAVE: _leave,
}


def department_id(group: Ref | None) -> int | None:
    """The id of a department that is there."""
    return int(group.remote_id) if group is not None and group.remote_id and group.remote_id.isdecimal() else None


def _written(
    wire: Wire, config: WecomConfig, member: Member, body: Mapping[str, Any], wanted: AccountState | None = None
) -> Outcome:
    reply = wire.tell("user/update", body={"userid": member.userid, **body})
    if reply.code == codes.NO_USER:
        return GONE
    if reply.code != codes.OK:
        return _declined(wire, reply.code, wanted)
    return _proved(wire, config, member.userid, wanted, reply.warned)


def _declined(wire: Wire, code: int, wanted: AccountState | None) -> Outcome:
    """A phone or a mail that somebody else has is for people to settle: they are told who."""
    if code in (codes.MOBILE_TAKEN, codes.EMAIL_TAKEN) and wanted is not None:
        return Conflict(holder_of(wire, code, wanted.attributes), codes.sentence(code))
    return codes.outcome(code)


def _proved(wire: Wire, config: WecomConfig, userid: str, wanted: AccountState | None, warned: bool) -> Outcome:
    """Done, once it is sure: extended attributes that nobody has defined are dropped without a word."""
    wants_extattr = wanted is not None and bool(config.extattr) and "extattr" in wanted.attributes
    if not (warned or wants_extattr):
        return Done()
    member = get_member(wire, userid)
    if wanted is None or member is None:
        return Unknown("政务微信称已办理，但附有警告，须重新读取")
    shown = members.attributes(member.fields, config)
    missing = [name for name, values in wanted.attributes.items() if name in shown and shown[name] != values]
    if "extattr" in missing:
        lost = sorted(value.partition("=")[0] for value in set(wanted.attributes["extattr"]) - set(shown["extattr"]))
        return Refused("extattr", f"政务微信没有保存扩展属性「{'、'.join(lost)}」：请先在管理后台的通讯录管理中添加")
    if missing:
        return Refused("warning", f"政务微信称已办理，但没有保存：{'、'.join(sorted(missing))}")
    return Done()
