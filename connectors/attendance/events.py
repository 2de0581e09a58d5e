"""Who was at a door: the last event of each person, folded page by page, so that memory is one line a person.

The platform takes windows of three months at most and times with an offset; it has no filter by person. Pages come
in the order of the events: what a device uploads late moves rows to later pages, never past us.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.attendance import api
from connectors.attendance.entry import living, text
from connectors.attendance.place import Place
from connectors.attendance.wire import listed, total
from connectors.base import Activity, ActivityReport
from connectors.errors import Unreadable

WINDOW = timedelta(days=89)
CHINA = timezone(timedelta(hours=8))
SOURCE = "door"
LOT = 100  # personIds in one question


def last_seen(place: Place, since: datetime, until: datetime) -> ActivityReport:
    """The last evidence for everybody who has a jobNo; nobody is surely never active (S30)."""
    last: dict[str, datetime] = {}  # by jobNo
    unnamed: dict[str, datetime] = {}  # by personId, where the event names no jobNo
    for event in _events(place, since, until):
        at = _instant(event)
        if not since <= at <= until:
            continue
        book, name = (last, text(event, "jobNo")) if text(event, "jobNo") else (unnamed, text(event, "personId"))
        if name and at > book.get(name, datetime.min.replace(tzinfo=UTC)):
            book[name] = at
    for person_id, key in _keys(place, list(unnamed)):
        last[key] = max(unnamed[person_id], last.get(key, unnamed[person_id]))
    return ActivityReport({key: Activity(key, at.astimezone(UTC), SOURCE) for key, at in last.items()})


def _events(place: Place, since: datetime, until: datetime) -> Iterator[Mapping[str, Any]]:
    start = since
    while start < until:
        end = min(start + WINDOW, until)
        yield from _window(place, start, end)
        start = end


def _window(place: Place, start: datetime, end: datetime) -> Iterator[Mapping[str, Any]]:
    body = {"startTime": spelled(start), "endTime": spelled(end), "sort": "eventTime", "order": "asc"}
    page, seen, known = 1, 0, 0
    while True:
        told = place.wire.ask(api.DOOR_EVENTS, {**body, "pageNo": page, "pageSize": place.config.page_size})
        rows, now = listed(told), total(told)
        if now < known:
            raise Unreadable("翻页途中门禁事件减少，请从头读取")
        yield from rows
        page, seen, known = page + 1, seen + len(rows), now
        if seen >= now:
            return
        if not rows:
            raise Unreadable("门禁事件的一页是空的，总数却未读完")


def _keys(place: Place, person_ids: list[str]) -> Iterator[tuple[str, str]]:
    """The jobNo of each person that lives."""
    for start in range(0, len(person_ids), LOT):
        lot = person_ids[start : start + LOT]
        told = place.wire.ask(api.PERSON_INFO, {"paramName": "personId", "paramValue": lot}, {"list": []})
        yield from ((each.person_id, each.job_no) for each in living(listed(told)) if each.job_no)


def spelled(at: datetime) -> str:
    """An instant as the platform takes it: seconds, with +08:00; a Z is refused in places."""
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def _instant(event: Mapping[str, Any]) -> datetime:
    told = text(event, "eventTime")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise Unreadable("门禁事件的时间读不懂") from None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)
