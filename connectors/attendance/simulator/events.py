"""Door events: api/acs/v2/door/events, and the subscription to them. receiveTime tells of a late upload."""

from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import MALFORMED, MISSING, OUT_OF_RANGE, Refusal
from connectors.attendance.simulator.fields import PAGED, Many, Number, Shape, Text, page
from connectors.attendance.simulator.person_lists import PICTURE_SERVER
from connectors.attendance.simulator.times import months_later, show, stretch
from connectors.attendance.simulator.world import Event

FACE_PASSED = 196893
NAMES = {FACE_PASSED: "acs.acs.eventType.successFace"}
WINDOW = 3  # months
TIMES, RECEIVED = ("startTime", "endTime"), ("receiveStartTime", "receiveEndTime")
SORTS = {"eventTime": lambda event: (event.at, event.id), "personName": lambda event: (event.person_name, event.id)}


def row(event: Event) -> dict[str, Any]:
    """An event as the list shows it. inAndOutType: 1 in, 0 out, -1 unknown."""
    return {
        "eventId": event.id,
        "eventName": NAMES.get(event.type, f"acs.acs.eventType.{event.type}"),
        "eventType": event.type,
        "eventTime": show(event.at),
        "receiveTime": show(event.received),
        "personId": event.person or None,
        "personName": event.person_name or None,
        "cardNo": event.card or None,
        "orgIndexCode": event.org or None,
        "orgName": event.org_name or None,
        "jobNo": event.job_no or None,
        "studentId": None,
        "certNo": None,
        "doorIndexCode": event.door,
        "doorName": event.door,
        "doorRegionIndexCode": "root000000",
        "inAndOutType": event.direction,
        "picUri": event.picture or None,
        "svrIndexCode": PICTURE_SERVER if event.picture else None,
        "readerDevIndexCode": f"{event.door}-reader",
        "readerDevName": f"{event.door}-reader",
        "devIndexCode": event.door,
        "devName": event.door,
        "identityCardUri": None,
    }


def search(call: Call) -> dict[str, Any]:
    """door/events: a stretch of event times of at most 3 months; there is no condition on the person's id."""
    body = call.body
    times, received = _window(call, TIMES), _window(call, RECEIVED)
    assert times is not None
    found = [event for event in call.world.events if event.received <= call.now and _within(event.at, times)]
    if received:
        found = [event for event in found if _within(event.received, received)]
    for name, value in _values(body).items():
        found = [event for event in found if getattr(event, name) in value]
    if "personName" in body:
        found = [event for event in found if body["personName"] in event.person_name]
    found.sort(key=SORTS[body.get("sort", "eventTime")], reverse=body.get("order", "desc") == "desc")
    paged = page(found, body)
    return {**paged, "list": [row(event) for event in paged["list"]]}


def _window(call: Call, names: tuple[str, str]) -> tuple[float, float] | None:
    found = stretch(call.body, names, call.switches.zulu_refused)
    if found and found[1] > months_later(found[0], WINDOW):
        raise Refusal(OUT_OF_RANGE, f"{names[1]}: more than {WINDOW} months")
    return found


def _within(at: float, times: tuple[float, float]) -> bool:
    return times[0] <= at <= times[1]


def _values(body: dict[str, Any]) -> dict[str, list[Any]]:
    """Conditions of which one of several values must hold; an empty array is no condition."""
    named = {"type": body.get("eventTypes"), "door": body.get("doorIndexCodes")}
    return {name: values for name, values in named.items() if values}


def subscribe(call: Call) -> None:
    """eventSubscriptionByEventTypes: accepted and kept; the simulator pushes nothing."""
    if not call.body["eventDest"].startswith(("http://", "https://")):
        raise Refusal(MALFORMED, "eventDest")
    call.world.subscriptions.update(dict.fromkeys(call.body["eventTypes"], call.body["eventDest"]))


def unsubscribe(call: Call) -> None:
    """eventUnSubscriptionByEventTypes."""
    if not call.body["eventTypes"]:
        raise Refusal(MISSING, "eventTypes")
    for kind in call.body["eventTypes"]:
        call.world.subscriptions.pop(kind, None)


_TYPES = Many(Number(low=1), required=True)
EVENTS: Shape = {
    "startTime": Text(required=True, longest=32),
    "endTime": Text(required=True, longest=32),
    "receiveStartTime": Text(longest=32),
    "receiveEndTime": Text(longest=32),
    "personName": Text(longest=32, barred="'/\\:*?\""),
    "doorIndexCodes": Many(Text(), most=10),
    "eventTypes": Many(Number(low=1)),
    "sort": Text(among=frozenset(SORTS)),
    "order": Text(among=frozenset({"asc", "desc"})),
    **PAGED,
}
ROUTES: Routes = {
    "/api/acs/v2/door/events": Route(search, EVENTS),
    "/api/eventService/v1/eventSubscriptionByEventTypes": Route(
        subscribe,
        {
            "eventTypes": _TYPES,
            "eventDest": Text(required=True, longest=1024),
            "subType": Number(high=2),
            "eventLvl": Many(Number(high=31), most=32),
        },
    ),
    "/api/eventService/v1/eventUnSubscriptionByEventTypes": Route(unsubscribe, {"eventTypes": _TYPES}),
}
