"""Letters by the OA: a process with a form where a template is configured, else a message. None of them twice.

Neither can be repeated harmlessly: what was sent is looked up by the letter's own number before anything is sent.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

from connectors.base import Notice
from connectors.errors import Unreadable
from connectors.http.answer import Lost, dump
from connectors.oa.entities import Entity, id_of, text_of
from connectors.oa.recipients import recipients
from connectors.oa.room import Room
from connectors.oa.wire import JSON_TYPE, Body, segment
from mappings.model import AlreadySo, Done, Outcome, Refused, Retry, Unknown

LOOKED_AT = 100  # rows a page, where letters sent before are looked up
PAGES = 100  # of what was sent
RECENT = 5  # pages of somebody's messages
LOCAL = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?")
CHINA = timezone(timedelta(hours=8))
FAR = 10**14  # milliseconds: a time of day of any year to come is less
NOT_OURS = Retry("此函已不由本进程发送")


def send(room: Room, notice: Notice) -> Outcome:
    """Sends it once. A lost answer is Unknown; the next call looks it up."""
    if not room.config.login_name:
        return Refused("no-sender", "没有设置 login_name，不能用OA送函")
    return _process(room, notice) if room.config.letter_template else _message(room, notice)


def _subject(notice: Notice) -> str:
    return notice.subject if _mentions(notice.subject, notice.number) else f"{notice.subject}（{notice.number}）"


# a message


def _message(room: Room, notice: Notice) -> Outcome:
    if notice.attachments:
        return Refused("attachments", "OA的消息不能带附件：请设置 letter_template，以表单流程送函")
    people = [each for each in recipients(room, notice) if not _has_it(room, each, notice.number)]
    if not people:
        return AlreadySo()
    body = {
        "senderLoginName": room.config.login_name,
        "loginNames": [text_of(each, "loginName") for each in people],
        "content": f"{_subject(notice)}\n{notice.text}",
        "url": [],
    }
    if not notice.leaves():
        return NOT_OURS
    said = room.wire.post("message/loginName", Body(dump(body), JSON_TYPE))
    if not isinstance(said, dict) or "result" not in said:
        return Unknown("OA没有说消息发出了没有")
    if said["result"] in (1, "1", True):
        return Done()
    return Refused(str(said.get("errorNumber") or "message"), "OA没有发出消息")


def _has_it(room: Room, member: Entity, number: str) -> bool:
    """Whether somebody was sent that number already: the latest messages tell."""
    for page in _pages(room, RECENT):
        said = room.wire.read(f"message/all/{id_of(member['id'])}", pageNo=page, pageSize=LOOKED_AT)
        if _mentions(said, number):
            return True
        if page > 0 and len(_rows(said)) < LOOKED_AT:
            return False
    return False


def _pages(room: Room, most: int) -> range:
    """Numbers of pages; where nobody knows whether the first is 0 or 1, both."""
    first = 0 if room.config.first_page == "probe" else room.config.first_page
    return range(first, first + most)


# a process


def _process(room: Room, notice: Notice) -> Outcome:
    login = room.config.login_name
    started = _started(room, notice.number)
    if started is not None:
        return AlreadySo(_moment(started))
    people = recipients(room, notice)
    try:
        attached = [_upload(room, name, content) for name, content in notice.attachments]
    except Lost as error:
        return Retry(str(error), outage=True)  # the letter itself has not been sent
    content = {
        "templateCode": room.config.letter_template,
        "draft": "0",
        "subject": _subject(notice),
        "attachments": attached,
        "relateDoc": "",
        "data": {room.config.letter_form: _form(room, notice, people)},
        "useNewDataStructure": True,
        "doTrigger": True,
    }
    body = {"appName": "collaboration", "data": content}
    if not notice.leaves():
        return NOT_OURS
    said = room.wire.post("bpm/process/start", Body(dump(body), JSON_TYPE), login)
    if not isinstance(said, dict) or "code" not in said:
        return Unknown("OA没有说流程发起了没有")
    return Done() if str(said["code"]) == "0" else Refused(str(said["code"]), "OA没有发起流程：请核对模板和字段")


def _started(room: Room, number: str) -> Any:
    """The row of a process with that number in its subject, among those sent; None where there is none."""
    for page in _pages(room, PAGES):
        asked = {"openFrom": "listSent", "subject": number, "pageNo": page, "pageSize": LOOKED_AT}
        rows = _rows(room.wire.ask("coll/sentAffairs", asked, room.config.login_name))
        for each in rows:
            if _mentions(each.get("subject") if isinstance(each, dict) else each, number):
                return each
        if page > 0 and len(rows) < LOOKED_AT:
            return None
    raise Unreadable("OA的已发事项太多，查不到此函是否发过")


def _moment(row: Any) -> datetime | None:
    """When it was started, where the row tells it: milliseconds, or the OA's own local time."""
    told = row.get("createDate") if isinstance(row, dict) else None
    with suppress(ValueError):
        if isinstance(told, str) and LOCAL.fullmatch(told):
            return datetime.fromisoformat(told).replace(tzinfo=CHINA)
        milliseconds = int(told) if isinstance(told, str) else told
        if isinstance(milliseconds, int) and 0 < milliseconds < FAR:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
    return None


def _form(room: Room, notice: Notice, people: list[Entity]) -> Mapping[str, str]:
    """The fields of the form, by their display names."""
    known = {
        "number": notice.number,
        "subject": notice.subject,
        "text": notice.text,
        "to": "、".join(text_of(each, "name") for each in people),
        "department": "、".join(each.name for each in notice.departments if each.name),
    }
    fields = room.config.letter_fields
    filled = {fields[word]: text for word, text in known.items() if word in fields}
    return filled | {fields.get(name, name): text for name, text in notice.form.items()}


def _upload(room: Room, name: str, content: bytes) -> Any:
    """Uploads a file; what the process calls it."""
    edge = uuid4().hex
    head = (
        f"--{edge}\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''{segment(name)}\r\n"
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{edge}--\r\n".encode()
    said = room.wire.post("attachment", Body(body, f"multipart/form-data; boundary={edge}"), room.config.login_name)
    files = said.get("atts") if isinstance(said, dict) else None
    if not isinstance(files, list) or not files or not isinstance(files[0], dict) or not files[0].get("fileUrl"):
        raise Unreadable("OA没有收下附件")
    return files[0]["fileUrl"]


def _rows(said: Any) -> list[Any]:
    """The rows of a list, whether it comes bare or wrapped."""
    if isinstance(said, dict):
        said = next((each for each in said.values() if isinstance(each, list)), [])
    return said if isinstance(said, list) else []


def _mentions(said: Any, number: str) -> bool:
    """Whether a letter's number stands in it, as a word of its own."""
    if isinstance(said, dict):
        return any(_mentions(each, number) for each in said.values())
    if isinstance(said, list):
        return any(_mentions(each, number) for each in said)
    return isinstance(said, str) and re.search(rf"(?<![\w-]){re.escape(number)}(?![\w-])", said) is not None
