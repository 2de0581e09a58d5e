"""Rights are configured: api/acps/v1/auth_config. Asynchronous: the answer is a taskId, and rate/search tells more."""

from typing import Any

from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, MISSING, Refusal
from connectors.attendance.simulator.fields import PAGED, Many, Number, Row, Shape, Text, page
from connectors.attendance.simulator.rights import FOR_EVER, Held, Subject, Validity
from connectors.attendance.simulator.tasks import Config
from connectors.attendance.simulator.times import show, stretch
from connectors.attendance.simulator.world import Channel

RESOURCE: Shape = {
    "resourceIndexCode": Text(required=True),
    "resourceType": Text(required=True, among=frozenset({"door", "acsDevice"})),
    "channelNos": Many(Number(low=1, high=999, quoted=True)),
}
RESOURCES = Many(Row(RESOURCE))
KINDS = frozenset({"person", "org"})
PERSONS = Many(
    Row({"indexCodes": Many(Text(), required=True), "personDataType": Text(required=True, among=KINDS)}),
)
TO_DOWNLOAD, TO_DELETE, DOWNLOADED = 0, 2, 3  # of an item: what still has to happen on the device


def channels(call: Call, resources: list[dict[str, Any]]) -> list[Channel]:
    """The channels that are meant; a resource without channelNos means all of its."""
    found: list[Channel] = []
    for each in resources:
        code = each["resourceIndexCode"]
        if code not in call.world.doors:
            raise Refusal(ABSENT, code)
        numbers = each.get("channelNos") or call.world.doors[code]
        if not set(numbers) <= set(call.world.doors[code]):
            raise Refusal(ABSENT, f"{code}: channelNos")
        found += [(code, number) for number in numbers]
    return list(dict.fromkeys(found))


def resource(channel: Channel) -> dict[str, Any]:
    """A channel as it is shown."""
    return {"resourceIndexCode": channel[0], "resourceType": "door", "channelNos": [channel[1]]}


def _subjects(call: Call) -> list[Subject]:
    rows = call.body.get("personDatas", [])
    found = [(row["personDataType"], code) for row in rows for code in row["indexCodes"]]
    return list(dict.fromkeys(found))


def add(call: Call) -> dict[str, str]:
    """auth_config/add; without startTime and endTime for ever. What is configured already is passed over."""
    validity: Validity = stretch(call.body, ("startTime", "endTime"), call.switches.zulu_refused) or FOR_EVER
    return _configure(call, validity, adding=True)


def delete(call: Call) -> dict[str, str]:
    """auth_config/delete: settings of the same tagId; persons or resources must be named."""
    if not call.body.get("personDatas") and not call.body.get("resourceInfos"):
        raise Refusal(MISSING, "personDatas or resourceInfos")
    return _configure(call, FOR_EVER, adding=False)


def _configure(call: Call, validity: Validity, *, adding: bool) -> dict[str, str]:
    where = channels(call, call.body.get("resourceInfos", []))
    due = call.now + call.switches.config_seconds
    task = Config(call.tag, adding, _subjects(call), where, validity, call.now, due)
    return {"taskId": call.tasks.configure(task)}


def rate(call: Call) -> dict[str, Any]:
    """auth_config/rate/search: how far a change has come; when it is finished, how much of it failed."""
    task = call.tasks.config(call.tag, call.body["taskId"])
    whole = task.due - task.made
    return {
        "taskId": task.id,
        "percent": 100 if task.finished else min(99, int(100 * (call.now - task.made) / whole)) if whole > 0 else 99,
        "leftTime": 0 if task.finished else max(1, round(task.due - call.now)),
        "isFinished": task.finished,
        "isConfigFinished": task.finished and not task.failed,
        "totalNum": task.succeeded + task.failed,
        "successedNum": task.succeeded,
        "failedNum": task.failed,
    }


def configured(call: Call) -> dict[str, Any]:
    """auth_config/search: the settings of the named persons or organisations, not what they inherit."""
    kind, codes = call.body["personDataType"], set(call.body["personDataIds"])
    where = set(channels(call, call.body.get("resourceInfos", [])))
    rows = [
        {"personDataId": code, "personDataType": kind, "resourceInfo": resource(channel), **_validity(validity)}
        for channel, settings in call.rights.grants.items()
        for (tag, (its_kind, code)), validity in settings.items()
        if tag == call.tag and its_kind == kind and code in codes and (not where or channel in where)
    ]
    return page(rows, call.body)


def items(call: Call) -> dict[str, Any]:
    """auth_item/list/search: person by channel, inherited rights too, and whether the device has got it yet."""
    persons = set(call.body.get("personIds", []))
    orgs = set(call.body.get("orgIds", []))
    where = set(channels(call, call.body.get("resourceInfos", [])))
    rows: list[dict[str, Any]] = []
    for channel in call.rights.channels():
        wanted, held = call.rights.wanted(channel), call.rights.held.get(channel, {})
        for person in dict.fromkeys([*wanted, *held]):
            org = call.world.persons[person].org if person in call.world.persons else ""
            if (persons and person not in persons) or (orgs and org not in orgs) or (where and channel not in where):
                continue
            rows.append(_item(call, channel, person, wanted.get(person), held.get(person)))
    return page(rows, call.body)


def _item(call: Call, channel: Channel, person: str, wanted: Validity | None, held: Held | None) -> dict[str, Any]:
    if wanted is None:
        states = [TO_DELETE] * 3
    elif held is None:
        states = [TO_DOWNLOAD] * 3
    else:
        due = call.rights.content(person, wanted, 5, held)
        fresh = (held.validity == due.validity, held.cards == due.cards, held.faces == due.faces)
        states = [DOWNLOADED if each else TO_DOWNLOAD for each in fresh]
    names = ("personStatus", "cardStatus", "faceStatus")
    validity = wanted if wanted is not None else held.validity if held else FOR_EVER
    return {
        "personId": person,
        "resourceInfo": resource(channel),
        **dict(zip(names, states, strict=True)),
        **_validity(validity),
    }


def _validity(validity: Validity) -> dict[str, str | None]:
    start, end = validity
    return {"startTime": None if start is None else show(start), "endTime": None if end is None else show(end)}


_TIMES: Shape = {"startTime": Text(), "endTime": Text()}
_NEEDED = Many(PERSONS.each, required=True), Many(RESOURCES.each, required=True)
ROUTES: Routes = {
    "/api/acps/v1/auth_config/add": Route(add, {"personDatas": _NEEDED[0], "resourceInfos": _NEEDED[1], **_TIMES}),
    "/api/acps/v1/auth_config/delete": Route(delete, {"personDatas": PERSONS, "resourceInfos": RESOURCES}),
    "/api/acps/v1/auth_config/rate/search": Route(rate, {"taskId": Text(required=True)}),
    "/api/acps/v1/auth_config/search": Route(
        configured,
        {
            "personDataIds": Many(Text(), required=True),
            "personDataType": Text(required=True, among=KINDS),
            "resourceInfos": RESOURCES,
            "resourceDataType": Text(among=frozenset({"resource"})),
            **PAGED,
        },
    ),
    "/api/acps/v1/auth_item/list/search": Route(
        items,
        {
            "personIds": Many(Text()),
            "orgIds": Many(Text()),
            "resourceInfos": RESOURCES,
            "queryType": Text(required=True, among=frozenset({"door", "acsDevice"})),
            **PAGED,
        },
    ),
}
