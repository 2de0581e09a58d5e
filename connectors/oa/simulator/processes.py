"""Processes (协同): a form that is started from a template in the name of a member.

A start is not idempotent: the same body twice is two processes. Who lost the answer looks among those sent.
"""

import json
from collections.abc import Mapping
from typing import Any

from connectors.oa.simulator.answers import Refusal, absent, plain, process_answer
from connectors.oa.simulator.call import Call, page_of
from connectors.oa.simulator.ids import is_id
from connectors.oa.simulator.office import Office, by_login
from connectors.oa.simulator.shapes import Check, Entity, anything, flag, text
from connectors.simulation.vendor import Told

FINISHED, UNSENT, WAITING, HANDLED, REPEALED, STOPPED = 0, 1, 3, 4, 5, 15
DRAFT = ("0", "1")  # 0 sends, 1 keeps it among the unsent

DATA: Mapping[str, Check] = {
    "templateCode": text,
    "draft": lambda value: value in DRAFT,
    "subject": text,
    "attachments": lambda value: isinstance(value, list) and all(is_id(each) for each in value),
    "relateDoc": anything,
    "data": lambda value: isinstance(value, dict),
    "senderLoginName": text,
    "useNewDataStructure": flag,
    "doTrigger": flag,
    "thirdAttachments": anything,
    "changedFields": anything,
}
OLDER: Mapping[str, Check] = {
    "senderLoginName": text,
    "subject": text,
    "data": anything,
    "attachments": DATA["attachments"],
    "param": lambda value: value in DRAFT,
    "transfertype": text,
    "token": text,
}


def start(office: Office, call: Call) -> Told:
    """POST bpm/process/start, with a token that is bound to the sender."""
    sender = by_login(office, call.login or "")
    if sender is None:
        return process_answer(None, 1, "当前用户不存在，请使用绑定用户的token")
    body = _body(call)
    data: Any = body.get("data")
    if body.keys() - {"appName", "data"} or body.get("appName") != "collaboration" or not _fits(data, DATA):
        return process_answer(None, 1, "参数错误")
    fault = _fault(office, data)
    if fault:
        return process_answer(None, 1, fault)
    return process_answer(_started(_begun(office, sender, data), sender))


def older(office: Office, call: Call) -> Told:
    """POST flow/FromTemplate/{templateCode}, or flow/{templateCode}: the sender is in the body; the id comes bare."""
    body = _body(call)
    sender = by_login(office, str(body.get("senderLoginName")))
    wanted = body | {"templateCode": call.text()}
    if sender is None or not sender["enabled"] or not _fits(body, OLDER) or _fault(office, wanted):
        return plain({"code": 1, "message": "参数错误"})
    return plain(_begun(office, sender, wanted | {"draft": body.get("param", "0")})["summaryId"])


def sent(office: Office, call: Call) -> Told:
    """POST coll/sentAffairs: what the bound member sent, the newest first; `subject` is looked for within it."""
    body = _body(call)
    member = by_login(office, call.login or "")
    rows = [
        {"id": each["affairId"], "affairId": each["affairId"], "objectId": each["summaryId"], "state": each["state"]}
        | {"subject": each["subject"], "processId": each["processId"], "createDate": each["createDate"]}
        for each in reversed(office.processes)
        if member and each["senderId"] == member["id"] and each["state"] not in (UNSENT, REPEALED)
        if str(body.get("subject") or "") in each["subject"]
        if str(body.get("templateName") or "") in each["templateName"]
    ]
    query: dict[str, str] = {name: str(body[name]) for name in ("pageNo", "pageSize") if name in body}
    shown = page_of(office.switches, call.asked, rows, query)
    return plain({"data": shown, "total": len(rows), "size": len(shown), "page": body.get("pageNo", 1)})


def state(office: Office, call: Call) -> Told:
    """GET flow/state/{flowId}: a bare number."""
    process = _of(office, call.ident())
    return absent(office.switches) if process is None else plain(process["state"])


def content(office: Office, call: Call) -> Told:
    """GET flow/data/{summaryId}: what was filled in."""
    process = _of(office, call.ident())
    return absent(office.switches) if process is None else plain(process["data"])


def finish(office: Office, call: Call) -> Told:
    """POST bpm/workitem/finish: somebody has dealt with it; the last one ends the process."""
    process, body = _item(office, call)
    if process is None or process["state"] not in (WAITING, HANDLED):
        return process_answer(None, 1, "事项不存在或已处理")
    process["open"].remove(str(body["workitemId"]))
    process["state"] = HANDLED if process["open"] else FINISHED
    return process_answer("")


def repeal(office: Office, call: Call) -> Told:
    """POST bpm/process/repeal: the sender takes it back."""
    return _ended(office, call, REPEALED)


def stop(office: Office, call: Call) -> Told:
    """POST bpm/process/stop: it ends here."""
    return _ended(office, call, STOPPED)


def _ended(office: Office, call: Call, how: int) -> Told:
    process, _ = _item(office, call)
    if process is None or process["state"] not in (WAITING, HANDLED):
        return process_answer(None, 1, "事项不存在或已处理")
    process.update(state=how, open=[])
    return process_answer("")


def _item(office: Office, call: Call) -> tuple[Entity | None, Entity]:
    """The process of an open work item."""
    body = _body(call)
    item = str(body.get("workitemId"))
    return next((each for each in office.processes if item in each["open"]), None), body


def _body(call: Call) -> Entity:
    try:
        body = call.body()
    except Refusal:
        return {}
    return body if isinstance(body, dict) else {}


def _fits(body: Any, shape: Mapping[str, Check]) -> bool:
    if not isinstance(body, dict) or not body.keys() <= shape.keys():
        return False
    return all(shape[name](value) for name, value in body.items() if value is not None)


def _fault(office: Office, data: Entity) -> str:
    """Why the template cannot be filled so, or nothing."""
    template = office.templates.get(data.get("templateCode", ""))
    if template is None:
        return "模板不存在"
    tables = data.get("data") or {}
    if not isinstance(tables, dict):
        return "表单数据错误"
    filled = {name for table, row in tables.items() if table == template["table"] for name in row}
    if set(tables) - {template["table"], *template["lists"]} or (template["fields"] and filled - template["fields"]):
        return "表单字段不存在"
    if any(int(each) not in office.attachments for each in data.get("attachments") or ()):
        return "附件不存在"
    return ""


def _begun(office: Office, sender: Entity, data: Entity) -> Entity:
    template = office.templates[data["templateCode"]]
    item = str(office.ids.next())
    draft = data.get("draft") == "1"
    process = {
        "summaryId": office.ids.next(),
        "affairId": office.ids.next(),
        "processId": str(office.ids.next()),
        "senderId": sender["id"],
        "subject": data.get("subject") or template["name"],
        "templateCode": data["templateCode"],
        "templateName": template["name"],
        "data": data.get("data") or {},
        "attachments": [int(each) for each in data.get("attachments") or ()],
        "createDate": office.now_ms,
        "state": UNSENT if draft else WAITING,
        "items": [item],
        "open": [] if draft else [item],
    }
    office.processes.append(process)
    return process


def _started(process: Entity, sender: Entity) -> Entity:
    """The data of the answer; `app_bussiness_data` is the vendor's spelling, and JSON in a string."""
    ids = {"affairId": str(process["affairId"]), "summaryId": str(process["summaryId"])}
    item = {"id": process["items"][0], "nodeName": "发起人", "nodeId": "start", "userId": str(sender["id"])}
    return {
        "workitems": [item | {"userLoginName": sender["loginName"], "userName": sender["name"]}],
        "app_bussiness_data": json.dumps(ids),
        "processId": process["processId"],
        "subject": process["subject"],
        "errorMsg": "",
    }


def _of(office: Office, summary: int) -> Entity | None:
    return next((each for each in office.processes if each["summaryId"] == summary), None)
