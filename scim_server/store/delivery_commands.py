"""Commands of whoever delivers letters: each is one short transaction, and no system is talked to in it."""

from collections.abc import Callable, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection

from mappings.calendar import civil_day
from scim_server.clock import Clock, stamp
from scim_server.store import register, register_clock, trace
from scim_server.store import register_delivery as delivery
from scim_server.store.register import NotNow
from scim_server.store.settle import Rules

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]
SHOWN = ("id", "doc_number", "kind", "title", "restricted", "state", "attempts")
AHEAD = 60.0  # seconds by which another clock may be ahead of ours


def _claim(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any] | None:
    """`given`: owner, lease, patience, channel, by, passed. What was left behind is given up first."""
    now = clock.now()
    for number in delivery.give_up(connection, now, given["patience"]):
        _note(connection, clock, given, f"{number} 送达结果不明：{delivery.CUT_OFF}")
    row = delivery.claim(connection, now, given["owner"], given["lease"], given["channel"], given["passed"])
    if row is None:
        return None
    told = {"content": orjson.loads(row.content), "addressees": orjson.loads(row.addressees)}
    return {name: getattr(row, name) for name in SHOWN} | told


def _leave(connection: Connection, clock: Clock, rules: Rules, given: Given) -> bool:
    """`given`: id, owner, lease, channel, by, printed (the day that it bears, or None)."""
    row = register.find(connection, given["id"])
    asked = (row.id, given["owner"], clock.now(), given["lease"], given["channel"])
    if not delivery.leave(connection, *asked, register_clock.with_due(row.content, given["printed"])):
        return False
    _note(connection, clock, given, f"{row.doc_number} 经 {given['channel']} 发送")
    return True


def _sent(connection: Connection, clock: Clock, rules: Rules, given: Given) -> bool:
    """The system has it. `given`: id, by, channel, at (seconds, or None: now), printed (the date it bears, or None).

    One that has left by that channel says what it said then.
    """
    row, now = register.find(connection, given["id"]), clock.now()
    made = register_clock.instant(row.created)
    at = now if given["at"] is None else min(max(given["at"], made), now)  # its clock is not ours
    printed = None if row.channel == given["channel"] else given["printed"]
    if _arrived(connection, clock, rules, row, {**given, "at": at, "printed": printed}):
        return True
    if row.state == register.VOID:
        delivery.note_void_arrived(connection, row.id, f"作废后仍于 {stamp(at)} 经 {given['channel']} 送达")
        _note(connection, clock, given, f"{row.doc_number} 作废后仍经 {given['channel']} 送达")
    return False


def _delivered(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any]:
    """Somebody says that it has come. `given`: id, at (ISO 8601), by. Raises NoSuchLetter, NotNow, ValueError."""
    row, at = register.find(connection, given["id"]), register_clock.instant(given["at"])
    if at > clock.now() + AHEAD:
        raise NotNow(f"送达时间 {given['at']} 尚未到")
    if civil_day(stamp(at)) < civil_day(row.created):
        raise NotNow(f"送达时间 {given['at']} 早于 {row.doc_number} 拟稿之日")
    if row.state == register.SENDING and (row.lease_until or 0) > clock.now():
        raise NotNow(f"{row.doc_number} 正在发送，请稍后再试")
    said = {**given, "at": at, "printed": None, "channel": row.channel or register.HAND}
    if not _arrived(connection, clock, rules, row, said):
        raise NotNow(f"{row.doc_number} 的状态为「{register.WORDS[row.state]}」，不能登记送达")
    now = register.find(connection, row.id)
    return {name: getattr(now, name) for name in ("id", "doc_number", "delivered", "due", "provisional")}


def _arrived(connection: Connection, clock: Clock, rules: Rules, row: Any, given: Given) -> bool:
    at, printed = given["at"], given["printed"] or orjson.loads(row.content).get("due")
    values = {"delivered": stamp(at), "delivered_by": given["by"], "channel": given["channel"]}
    values |= register_clock.due_values(row, at, rules, printed)
    values["content"] = register_clock.with_due(row.content, given["printed"])
    if not delivery.arrived(connection, row, values):
        return False
    until = (
        f"，复函期限 {values['due'] or '未定'}{'（暂定）' if values['provisional'] else ''}" if "due" in values else ""
    )
    _note(connection, clock, given, f"{row.doc_number} 已送达：{stamp(at)}（{given['channel']}）{until}")
    return True


def _put_off(connection: Connection, clock: Clock, rules: Rules, given: Given) -> bool:
    """`given`: id, owner, by, error, until (seconds since the epoch, or None: a person has to see to it), state."""
    until = register.FOREVER if given["until"] is None else given["until"]
    if not delivery.put_off(connection, given["id"], given["owner"], given["error"], until, given["state"]):
        return False
    if given["until"] is None or given["state"] is not None:
        number = register.find(connection, given["id"]).doc_number
        word = "送达结果不明" if given["state"] == register.UNKNOWN else "未能发送，待人工处理"
        _note(connection, clock, given, f"{number} {word}")
    return True


def _rest(connection: Connection, clock: Clock, rules: Rules, given: Given) -> None:
    """`given`: channel, until."""
    delivery.rest(connection, given["channel"], clock.now(), given["until"])


def _saved(connection: Connection, clock: Clock, rules: Rules, given: Given) -> bool:
    """`given`: id, owner, by, printed."""
    row = register.find(connection, given["id"])
    content = register_clock.with_due(row.content, given["printed"])
    if not delivery.saved(connection, row.id, given["owner"], content):
        return False
    _note(connection, clock, given, f"{row.doc_number} 文件已存入文件夹，待人工送达")
    return True


def _again(connection: Connection, clock: Clock, rules: Rules, given: Given) -> str:
    """`given`: id, by. Returns the 文号. Raises NoSuchLetter, NotNow."""
    row = register.find(connection, given["id"])
    if not delivery.again(connection, row.id):
        raise NotNow(f"{row.doc_number} 的状态为「{register.WORDS[row.state]}」，不能重新发送")
    _note(connection, clock, given, f"{row.doc_number} 准予再次发送")
    return str(row.doc_number)


def _note(connection: Connection, clock: Clock, given: Given, what: str) -> None:
    trace.note(connection, "letter", given["by"], what, at=clock.stamp())


COMMANDS: Mapping[str, Command] = {
    "letter-claim": _claim,
    "letter-leave": _leave,
    "letter-sent": _sent,
    "letter-delivered": _delivered,
    "letter-put-off": _put_off,
    "letter-rest": _rest,
    "letter-saved": _saved,
    "letter-again": _again,
}
