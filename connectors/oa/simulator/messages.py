"""Messages: a line in the message box of people."""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.oa.simulator.answers import Refusal, plain
from connectors.oa.simulator.call import Call, page_of
from connectors.oa.simulator.ids import is_id
from connectors.oa.simulator.office import Office, by_login
from connectors.oa.simulator.shapes import Check, Entity, anything, text
from connectors.simulation.vendor import Told


def words(value: Any) -> bool:
    """A list of strings."""
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def idents(value: Any) -> bool:
    """A list of ids."""
    return isinstance(value, list) and all(is_id(each) for each in value)


BY_LOGIN: Mapping[str, Check] = {"senderLoginName": text, "loginNames": words, "content": text, "url": anything}
BY_ID: Mapping[str, Check] = {"sendUserId": is_id, "userIds": idents, "content": text, "url": anything}


def by_logins(office: Office, call: Call) -> Told:
    """POST message/loginName."""
    body = _body(call, BY_LOGIN)
    if body is None:
        return _failed("参数错误")
    to = (by_login(office, each) for each in body["loginNames"])
    return _sent(office, by_login(office, body["senderLoginName"]), to, body["content"])


def by_ids(office: Office, call: Call) -> Told:
    """POST message/userId."""
    body = _body(call, BY_ID)
    if body is None:
        return _failed("参数错误")
    to = (office.members.get(int(each)) for each in body["userIds"])
    return _sent(office, office.members.get(int(body["sendUserId"])), to, body["content"])


def received(office: Office, call: Call) -> Told:
    """GET message/all/{userId}: the newest first."""
    rows = [each for each in reversed(office.messages) if each["receiverId"] == call.ident()]
    return plain(page_of(office.switches, call.asked, rows))


def _body(call: Call, shape: Mapping[str, Check]) -> Entity | None:
    try:
        body = call.body()
    except Refusal:
        return None
    if not isinstance(body, dict) or not body.keys() <= shape.keys():
        return None
    whole = all(name in body and shape[name](body[name]) for name in shape if name != "url")
    return body if whole and body["content"].strip() else None


def _sent(office: Office, sender: Entity | None, to: Iterable[Entity | None], content: str) -> Told:
    """Puts it into the boxes of those who are there and enabled; nobody at all is a failure."""
    receivers = [each for each in to if each and each["enabled"] and not each["isDeleted"]]
    if sender is None or not sender["enabled"]:
        return _failed("发送人不存在")
    if not receivers:
        return _failed("接收人不存在")
    office.messages += [_message(office, sender, each, content) for each in receivers]
    return plain({"result": 1, "errorMessage": None, "errorNumber": 0})


def _message(office: Office, sender: Entity, receiver: Entity, content: str) -> Entity:
    return {
        "id": office.ids.next(),
        "creationDate": office.now_ms,
        "referenceId": -1,
        "messageCategory": 0,
        "messageContent": content,
        "messageType": 0,
        "senderId": sender["id"],
        "receiverId": receiver["id"],
        "userId": receiver["id"],
        "senderName": sender["name"],
        "linkType": None,
        "openType": 0,
        **{f"linkParam{number}": None for number in range(10)},
        "isRead": False,
    }


def _failed(text: str) -> Told:
    return plain({"result": 0, "errorMessage": text, "errorNumber": 1})
