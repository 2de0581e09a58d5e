"""Commands about cases before a planned end: the look that opens and settles them, and what a named person decides."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from mappings.policy.departures import EVENTS
from scim_server.clock import Clock
from scim_server.store import returns, trace
from scim_server.store.settle import Rules

Given = Mapping[str, Any]
Command = Callable[[Connection, Clock, Rules, Given], Any]
KIND = "return"
_DECIDED = ("choice", "until", "departure", "note")


def _look(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, int]:
    """Brings the cases of a lot of people up to date. `given`: people (subjects), days ([review] return_days)."""
    today = clock.today()
    until = returns.horizon(today, given["days"])
    found = returns.differences(connection, given["people"], today, until, rules.readings)
    returns.write(connection, found, clock.stamp())
    return {"opened": len(found.new) + len(found.again), "settled": len(found.moot)}


def _decide(connection: Connection, clock: Clock, rules: Rules, given: Given) -> dict[str, Any]:
    """`given`: id, choice, by; until (of an extension), departure (its type), note.

    Returns `{"id", "kind", "fact", "planned_end", "choice", "until", "departure"}`.
    Raises NoSuchCase, NotNow, BadChoice.
    """
    row = returns.find(connection, given["id"])
    if row.state == returns.MOOT:
        raise returns.NotNow(f"{row.id} 名册已有结论，不再需要决定")
    said = {name: given.get(name) or None for name in _DECIDED}
    _demand(row, said, str(given.get("by") or ""), clock.today())
    returns.decide(connection, row, {**said, "decided": clock.stamp(), "by": given["by"]})
    trace.note(connection, KIND, given["by"], _words(row, said), row.subject, at=clock.stamp())
    same = {name: getattr(row, name) for name in ("id", "kind", "fact", "planned_end")}
    return same | {name: said[name] for name in ("choice", "until", "departure")}


def _demand(row: Any, said: Mapping[str, Any], by: str, today: str) -> None:
    choice, until, departure = said["choice"], said["until"], said["departure"]
    if choice not in returns.CHOICES:
        raise returns.BadChoice(f"没有「{choice}」这种处理；有：{'、'.join(returns.CHOICES)}")
    if not by.strip():
        raise returns.BadChoice("须写明决定人")
    if (until is not None) != (choice == returns.EXTENDED):
        raise returns.BadChoice("延期须写明新的计划结束日，其他处理不写")
    if until is not None and until <= max(row.planned_end, today):
        raise returns.BadChoice(f"新的计划结束日 {until} 须晚于原计划结束日 {row.planned_end} 和今日")
    if (departure is not None) != (choice == returns.DEPARTED):
        raise returns.BadChoice("离职须写明类型，其他处理不写")
    if departure is not None and departure not in EVENTS:
        raise returns.BadChoice(f"没有「{departure}」这种离职类型；有：{'、'.join(EVENTS)}")


def _words(row: Any, said: Mapping[str, Any]) -> str:
    what = " ".join(str(each) for each in (said["choice"], said["until"], said["departure"], said["note"]) if each)
    before = f"，此前 {row.choice}" if row.choice else ""
    return f"到期事项 {row.id}（{row.fact}，计划至 {row.planned_end}）：{what}{before}"


COMMANDS: Mapping[str, Command] = {"return-look": _look, "return-decide": _decide}
