"""Who was at a door: the last event of each person, folded page by page, so that memory is one line a person.

The platform takes windows of three months at most and times with an offset; it has no filter by person. Pages come
in the order of the events: what a device uploads late moves rows to later pages, never past us.

A face that was recognised proves that its owner was there; other events at a door that name somebody are evidence. The
platform forgets events after a time that it does not tell: the doors were watched from `since` on where it still shows
any event from before, else from the first one on. No event of anybody for longer than QUIET is a dead upload, and no
district on holiday: such a stretch was not watched.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from connectors.attendance import api, pace
from connectors.attendance.entry import text
from connectors.attendance.place import Place
from connectors.attendance.wire import listed, total
from connectors.base import Activity, ActivityReport, Asking, Strength, Watched
from connectors.errors import Unreadable

WINDOW = timedelta(days=89)
QUIET = timedelta(days=10)  # the longest holiday of all has nine days
CHINA = timezone(timedelta(hours=8))
SOURCE = "door"
FACE_PASSED = 196893  # 人脸认证通过


def last_seen(place: Place, since: datetime, until: datetime, ask: Asking) -> ActivityReport:
    """The last evidence for everybody whom an event names; nobody is surely never active (S30)."""
    last: dict[str, Activity] = {}
    doors = _Doors()
    for event in _events(place, since, until, ask):
        seen = _evidence(event)
        if not since <= seen.at <= until:
            continue
        doors.saw(seen.at)
        name = seen.remote_id or seen.key
        if name and (name not in last or _rank(seen) > _rank(last[name])):
            last[name] = seen
    return ActivityReport(last, watched=_watched(place, doors, since, until, ask))


@dataclass(slots=True)
class _Doors:
    """Stretches, first and last event, in which no two events were further apart than QUIET; by time as they come."""

    alive: list[tuple[datetime, datetime]] = field(default_factory=list)

    def saw(self, at: datetime) -> None:
        if self.alive and at - self.alive[-1][1] <= QUIET:
            self.alive[-1] = self.alive[-1][0], max(at, self.alive[-1][1])
        else:
            self.alive.append((at, at))


def _watched(place: Place, doors: _Doors, since: datetime, until: datetime, ask: Asking) -> tuple[Watched, ...]:
    lag = place.config.event_lag
    known = min(until, place.now() - timedelta(seconds=lag))
    spans = list(doors.alive)
    before = _any_before(place, since, ask)
    if spans and before and spans[0][0] - since <= QUIET:
        spans[0] = since, spans[0][1]
    if spans and known - spans[-1][1] <= QUIET:
        spans[-1] = spans[-1][0], known
    return tuple(Watched("device", SOURCE, start, end, lag) for start, end in spans if start < min(end, known))


def _any_before(place: Place, since: datetime, ask: Asking) -> bool:
    ask(pace.ACTIVITY, 1)
    body = {"startTime": spelled(since - WINDOW), "endTime": spelled(since), "sort": "eventTime", "order": "asc"}
    return total(place.wire.ask(api.DOOR_EVENTS, {**body, "pageNo": 1, "pageSize": 1})) > 0


def _evidence(event: Mapping[str, Any]) -> Activity:
    strength: Strength = "proof" if event.get("eventType") == FACE_PASSED else "evidence"
    who = text(event, "jobNo"), text(event, "personId") or None
    return Activity(who[0], _instant(event), SOURCE, "device", strength, who[1])


def _rank(seen: Activity) -> tuple[datetime, bool]:
    return seen.at, seen.strength == "proof"


def _events(place: Place, since: datetime, until: datetime, ask: Asking) -> Iterator[Mapping[str, Any]]:
    start = since
    while start < until:
        end = min(start + WINDOW, until)
        yield from _window(place, start, end, ask)
        start = end


def _window(place: Place, start: datetime, end: datetime, ask: Asking) -> Iterator[Mapping[str, Any]]:
    body = {"startTime": spelled(start), "endTime": spelled(end), "sort": "eventTime", "order": "asc"}
    page, seen, known = 1, 0, 0
    while True:
        ask(pace.ACTIVITY, 1)
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


def spelled(at: datetime) -> str:
    """An instant as the platform takes it: seconds, with +08:00; a Z is refused in places."""
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def _instant(event: Mapping[str, Any]) -> datetime:
    told = text(event, "eventTime")
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        raise Unreadable("门禁事件的时间读不懂") from None
    return (at if at.tzinfo else at.replace(tzinfo=CHINA)).astimezone(UTC)
