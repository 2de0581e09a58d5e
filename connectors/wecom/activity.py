"""Who has used 政务微信: what its log of devices tells, and who has never come in (S30).

No call gives a last login. The log of members' operations (doc 100178) notes new devices and the like: a line there
proves use, and no line proves nothing: no terminal is watched by it. Of one thing the vendor is sure: who was never
activated (status 4).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Activity, ActivityReport, Asking, Strength, Terminal
from connectors.wecom import pace
from connectors.wecom.lookup import rows
from connectors.wecom.members import NEVER_USED, Member
from connectors.wecom.roll import Roll
from connectors.wecom.wire import Wire

SPAN = timedelta(days=7)  # of one call, at most
REACH = timedelta(days=179)  # how far back one asks: the log goes 180 days, by a clock that is not ours
LINES = 400  # of one call, at most

SOURCES: Mapping[int, tuple[str, Terminal, Strength]] = {
    4: ("login", "any", "proof"),  # on a new device
    13: ("login", "any", "proof"),  # on a further device
    6: ("wechat", "mobile", "evidence"),  # bound to WeChat
    7: ("wechat", "mobile", "evidence"),  # unbound: the console can do that too
}  # other lines are not the member's own doing, or may not be


def last_seen(
    log: Wire | None, roll: Roll, since: datetime, until: datetime, now: Callable[[], datetime], ask: Asking
) -> ActivityReport:
    """The evidence of that stretch, and who has never come in. `log`: None where no secret may read it."""
    never = {each.userid for each in _everybody(roll, ask) if each.status == NEVER_USED}
    last: dict[str, Activity] = {}
    for line in _lines(log, max(since, now() - REACH), until, ask) if log is not None else ():
        seen = _evidence(line)
        if seen is not None and (seen.key not in last or last[seen.key].at < seen.at):
            last[seen.key] = seen
    return ActivityReport(last, frozenset(never - last.keys()))


def _everybody(roll: Roll, ask: Asking) -> Iterator[Member]:
    """As a sweep reads them, and at its pace."""
    sheet = roll.sheet(None)
    while True:
        ask("observe", len(sheet.members))
        yield from sheet.members
        if sheet.at is None:
            return
        sheet = roll.sheet(sheet.at)


def _lines(log: Wire, since: datetime, until: datetime, ask: Asking) -> Iterator[Mapping[str, Any]]:
    start = since
    while start < until:
        end = min(start + SPAN, until)
        yield from _stretch(log, start, end, ask)
        start = end


def _stretch(log: Wire, start: datetime, end: datetime, ask: Asking) -> Iterator[Mapping[str, Any]]:
    asked = {"start_time": int(start.timestamp()), "end_time": int(end.timestamp()), "limit": LINES}
    cursor = ""
    while True:
        ask(pace.ACTIVITY, 1)
        reply = log.ask(pace.LOG, body=asked | ({"cursor": cursor} if cursor else {}))
        yield from rows(reply.fields, "record_list")
        cursor = str(reply.fields.get("next_cursor") or "")
        if not reply.fields.get("has_more") or not cursor:
            return


def _evidence(line: Mapping[str, Any]) -> Activity | None:
    userid, at, kind = line.get("userid"), line.get("time"), line.get("oper_type")
    if not isinstance(userid, str) or type(at) is not int or type(kind) is not int or kind not in SOURCES:
        return None
    source, terminal, strength = SOURCES[kind]
    return Activity(userid, datetime.fromtimestamp(at, UTC), source, terminal, strength, remote_id=userid)
