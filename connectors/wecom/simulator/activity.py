"""What WeCom tells of members' doings: their log, and one number a day (document/path/100178)."""

import datetime
from typing import Any

from connectors.wecom.simulator.answers import Failure, ok
from connectors.wecom.simulator.call import Call
from connectors.wecom.simulator.fields import is_int
from connectors.wecom.simulator.lists import cursor, place
from connectors.wecom.simulator.state import World

DAY = 86_400
SPAN = 7 * DAY
BACK = 180 * DAY
MOST_ROWS = 400
CHINA = datetime.timezone(datetime.timedelta(hours=8))


def member_log(world: World, call: Call) -> dict[str, Any]:
    """A page of the log: a span of at most 7 days, at most 180 days back, in the order of time."""
    start, end = call.body.get("start_time"), call.body.get("end_time")
    limit = call.body.get("limit", MOST_ROWS)
    if not is_int(start) or not is_int(end) or not is_int(limit, 1, MOST_ROWS):
        raise Failure(40058)
    if not 0 < end - start <= SPAN or start < call.at - BACK:
        raise Failure(40058)
    rows = [
        {"time": act.time, "userid": act.userid, "oper_type": act.oper_type, "detail_info": "", "ip": ""}
        for act in sorted(world.acts, key=lambda act: act.time)
        if start <= act.time <= end and _wanted(call, act.userid, act.oper_type)
    ]
    first, _ = place(call.body.get("cursor", ""))
    more = len(rows) > first + limit
    page = rows[first : first + limit]
    return ok(has_more=more, next_cursor=cursor(first + limit) if more else "", record_list=page)


def _wanted(call: Call, userid: str, oper_type: int) -> bool:
    kind, who = call.body.get("oper_type", 0), call.body.get("userid", "")
    return (not kind or oper_type == kind) and (not who or userid.casefold() == str(who).casefold())


def active_count(world: World, call: Call) -> dict[str, Any]:
    """How many members did anything in the 30 days up to a day (China's)."""
    try:
        day = datetime.date.fromisoformat(call.text("date"))
    except ValueError as strange:
        raise Failure(40058) from strange
    end = datetime.datetime.combine(day, datetime.time(), CHINA).timestamp() + DAY
    return ok(active_cnt=len({act.userid for act in world.acts if end - 30 * DAY <= act.time < end}))
