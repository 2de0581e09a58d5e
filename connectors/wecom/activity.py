"""Who has used 政务微信: what its log of devices tells, and who has never come in (S30).

No call gives a last login. The log of members' operations (doc 100178) notes new devices and the like: a line there
proves use, and no line proves nothing. Of one thing the vendor is sure: who was never activated (status 4).
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.base import Activity, ActivityReport
from connectors.wecom.lookup import rows
from connectors.wecom.members import NEVER_USED
from connectors.wecom.roll import Roll
from connectors.wecom.wire import Wire

SPAN = timedelta(days=7)  # of one call, at most
REACH = timedelta(days=179)  # how far back one asks: the log goes 180 days, by a clock that is not ours
LINES = 400  # of one call, at most

SOURCES: Mapping[int, str] = {
    4: "login",  # on a new device
    13: "login",  # on a further device
    6: "wechat",  # bound to WeChat
    7: "wechat",  # unbound
}  # other lines are not the member's own doing, or may not be


def last_seen(
    log: Wire | None, roll: Roll, since: datetime, until: datetime, now: Callable[[], datetime]
) -> ActivityReport:
    """The evidence of that stretch, and who has never come in. `log`: None where no secret may read it."""
    never = {each.userid for each in roll.everybody() if each.status == NEVER_USED}
    last: dict[str, Activity] = {}
    for line in _lines(log, max(since, now() - REACH), until) if log is not None else ():
        seen = _evidence(line)
        if seen is not None and (seen.key not in last or last[seen.key].at < seen.at):
            last[seen.key] = seen
    return ActivityReport(last, frozenset(never - last.keys()))


def _lines(log: Wire, since: datetime, until: datetime) -> Iterator[Mapping[str, Any]]:
    start = since
    while start < until:
        end = min(start + SPAN, until)
        yield from _stretch(log, start, end)
        start = end


def _stretch(log: Wire, start: datetime, end: datetime) -> Iterator[Mapping[str, Any]]:
    asked = {"start_time": int(start.timestamp()), "end_time": int(end.timestamp()), "limit": LINES}
    cursor = ""
    while True:
        reply = log.ask("security/member_oper_log/list", body=asked | ({"cursor": cursor} if cursor else {}))
        yield from rows(reply.fields, "record_list")
        cursor = str(reply.fields.get("next_cursor") or "")
        if not reply.fields.get("has_more") or not cursor:
            return


def _evidence(line: Mapping[str, Any]) -> Activity | None:
    userid, at, kind = line.get("userid"), line.get("time"), line.get("oper_type")
    if not isinstance(userid, str) or type(at) is not int or type(kind) is not int or kind not in SOURCES:
        return None
    return Activity(userid, datetime.fromtimestamp(at, UTC), SOURCES[kind])
