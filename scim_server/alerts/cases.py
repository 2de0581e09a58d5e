"""Replies that are overdue, and planned ends that passed (S29): counts by the day, of nobody in particular."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection

from scim_server.alerts.condition import Condition
from scim_server.store import overdue, register_reads, returns

RECENT = 31  # days; what was due before is told together
REPLY = "reply "  # what `about` begins with, of a reply: not one of the letters of the daily walk


def conditions(connection: Connection, today: str, now: float) -> Iterator[Condition]:
    """On an ISO day; `now`: seconds since the epoch."""
    for due, number in _by_day(overdue.dues(connection, today), today).items():
        said = f"{_when(due, '期限')}核查函有 {number} 件逾期未复函；请查 huaming review overdue。"
        yield Condition("deadline", f"{REPLY}{due or 'earlier'}", said, now)
    for end, number in _by_day(returns.past(connection, today), today).items():
        said = f"{_when(end, '计划结束日')}到期事项有 {number} 件未决定或名册未反映；请查 huaming return list。"
        yield Condition("return", end or "earlier", said, now)
    if stuck := register_reads.stuck(connection):
        said = f"有 {stuck} 件函未能送达，须由人处理；请查 huaming letter register。"
        yield Condition("letters", "stuck", said, now)


def _by_day(found: Mapping[str, int], today: str) -> dict[str, int]:
    old = (date.fromisoformat(today) - timedelta(days=RECENT)).isoformat()
    by_day: Counter[str] = Counter()
    for day, number in found.items():
        by_day[day if day >= old else ""] += number
    return dict(by_day)


def _when(day: str, word: str) -> str:
    return f"{word}为 {day} 的" if day else f"{word}早于 {RECENT} 天前的"
