"""Rights go to the devices: api/acps/v1/authDownload. Asynchronous, but for the simple one."""

from typing import Any

from connectors.attendance.simulator.auth import RESOURCE, channels, resource
from connectors.attendance.simulator.call import Call, Route, Routes
from connectors.attendance.simulator.codes import ABSENT, DEVICE_OFFLINE, OUT_OF_RANGE, TASK_STARTED, Refusal
from connectors.attendance.simulator.fields import PAGED, Many, Number, Row, Shape, Text, page
from connectors.attendance.simulator.rights import BOTH, CARD, FACE, FOR_EVER, Validity, lacking
from connectors.attendance.simulator.tasks import Download, Result
from connectors.attendance.simulator.times import show, stretch
from connectors.attendance.simulator.world import Channel

KIND = Number(required=True, low=CARD, high=BOTH)
WHERE = Many(Row(RESOURCE), most=100, required=True)
PUT, TAKE = 1, 2
SUCCESS, FAILURE, PARTLY = 0, 1, 2


def _kind(call: Call) -> int:
    kind: int = call.body["taskType"]
    if kind not in (CARD, FACE, BOTH):
        raise Refusal(OUT_OF_RANGE, "taskType")
    return kind


def shortcut(call: Call) -> dict[str, str]:
    """configuration/shortcut: task, data and start in one."""
    task = Download(call.tag, _kind(call), call.now, channels(call, call.body["resourceInfos"]))
    call.tasks.create(task, call.switches.open_downloads)
    call.tasks.start(task, call.now, call.switches)
    return {"taskId": task.id}


def create(call: Call) -> dict[str, str]:
    """download/configuration/task/add."""
    task = Download(call.tag, _kind(call), call.now)
    return {"taskId": call.tasks.create(task, call.switches.open_downloads)}


def extend(call: Call) -> None:
    """download/configuration/data/add: more channels for a task that is not started; without any it goes to all."""
    task = call.tasks.download(call.tag, call.body["taskId"])
    if task.due is not None:
        raise Refusal(TASK_STARTED, task.id)
    task.channels = list(dict.fromkeys([*task.channels, *channels(call, call.body["resourceInfos"])]))


def start(call: Call) -> None:
    """authDownload/task/start."""
    task = call.tasks.download(call.tag, call.body["taskId"])
    call.tasks.start(task, call.now, call.switches)


def progress(call: Call) -> dict[str, Any]:
    """authDownload/task/progress: of the whole and of each channel. downloadResult: 0 all, 1 nothing, 2 a part."""
    task = call.tasks.download(call.tag, call.body["taskId"])
    percent = 100 if task.finished else _percent(call, task)
    return {
        "tagId": task.tag,
        "taskId": task.id,
        "taskType": task.kind,
        "startTime": show(task.started) if task.due is not None else None,
        "totalPercent": percent,
        "leftTime": 0 if task.finished or task.due is None else max(1, round(task.due - call.now)),
        "consumeTime": round(min(call.now, task.due) - task.started) if task.due is not None else 0,
        "isDownloadFinished": task.finished,
        "resourceDownloadProgress": [_channel(task, channel, percent) for channel in task.channels],
    }


def _percent(call: Call, task: Download) -> int:
    if task.due is None or task.due <= task.started:
        return 0
    return min(99, int(100 * (call.now - task.started) / (task.due - task.started)))


def _channel(task: Download, channel: Channel, percent: int) -> dict[str, Any]:
    failed = [result.error for result in task.results.get(channel, ()) if result.error]
    error = task.errors.get(channel) or (failed[0] if failed else "")
    return {
        "resourceInfo": resource(channel),
        "downloadPercent": percent,
        "isDownloadFinished": task.finished,
        "downloadResult": _result(task, channel, len(failed)) if task.finished else None,
        "errorCode": error or None,
    }


def _result(task: Download, channel: Channel, failed: int) -> int:
    if channel in task.errors:
        return FAILURE
    if not failed:
        return SUCCESS
    return PARTLY if failed < len(task.results[channel]) else FAILURE


def details(call: Call) -> dict[str, Any]:
    """v2 download_record/person/detail/search: person by person what became of one channel of a task."""
    task = call.tasks.download(call.tag, call.body["taskId"])
    where = channels(call, [call.body["resourceInfo"]])
    persons, outcome = set(call.body.get("personIds", [])), call.body.get("downloadResult")
    rows = [
        _row(task, result)
        for channel in where
        for result in task.results.get(channel, ())
        if (not persons or result.person in persons) and (outcome is None or outcome == bool(result.error))
    ]
    return page(rows, call.body)


def _row(task: Download, result: Result) -> dict[str, Any]:
    return {
        "downloadResultId": result.id,
        "personId": result.person,
        "persondownloadResult": "1" if result.error else "0",  # the vendor's spelling
        "errorCode": result.error or None,
        "downloadTime": show(task.due or task.started),
    }


def simple(call: Call) -> dict[str, Any]:
    """task/simpleDownload: one person to one channel, at once, whatever is configured."""
    kind, given = _kind(call), call.body["personInfo"]
    where = channels(call, [call.body["resourceInfo"]])
    if len(where) != 1:
        raise Refusal(OUT_OF_RANGE, "resourceInfo: exactly one channel")
    channel, person = where[0], given["personId"]
    if channel[0] in call.world.offline:
        raise Refusal(DEVICE_OFFLINE, channel[0])
    if given["operatorType"] == TAKE:
        call.rights.put(channel, person, None)
        return {"downloadResult": SUCCESS, "errorCode": None}
    if call.world.living(person) is None:
        raise Refusal(ABSENT, f"personId {person}")
    validity: Validity = stretch(given, ("startTime", "endTime"), call.switches.zulu_refused) or FOR_EVER
    content = call.rights.content(person, validity, kind, call.rights.held.get(channel, {}).get(person))
    if not call.switches.faceless_downloads and (error := lacking(content, kind)):
        return {"downloadResult": FAILURE, "errorCode": error}
    call.rights.put(channel, person, content)
    return {"downloadResult": SUCCESS, "errorCode": None}


_TASK: Shape = {"taskId": Text(required=True)}
_PERSON: Shape = {
    "personId": Text(required=True),
    "operatorType": Number(required=True, low=PUT, high=TAKE),
    "startTime": Text(),
    "endTime": Text(),
}
ROUTES: Routes = {
    "/api/acps/v1/authDownload/configuration/shortcut": Route(shortcut, {"taskType": KIND, "resourceInfos": WHERE}),
    "/api/acps/v1/download/configuration/task/add": Route(create, {"taskType": KIND}),
    "/api/acps/v1/download/configuration/data/add": Route(extend, {**_TASK, "resourceInfos": WHERE}),
    "/api/acps/v1/authDownload/task/start": Route(start, _TASK),
    "/api/acps/v1/authDownload/task/progress": Route(progress, _TASK),
    "/api/acps/v1/authDownload/task/simpleDownload": Route(
        simple,
        {
            "resourceInfo": Row(RESOURCE, required=True),
            "personInfo": Row(_PERSON, required=True),
            "taskType": KIND,
        },
    ),
    "/api/acps/v2/download_record/person/detail/search": Route(
        details,
        {
            **_TASK,
            "resourceInfo": Row(RESOURCE, required=True),
            "personIds": Many(Text()),
            "downloadResult": Number(high=1),
            **PAGED,
        },
    ),
}
