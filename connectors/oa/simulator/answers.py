"""How the vendor answers: bare entities, the envelope of writes, pages of HTML."""

import json
from collections.abc import Sequence
from typing import Any

from connectors.oa.simulator.switches import Switches
from connectors.simulation.vendor import Told

PAGE = "<!DOCTYPE html><html><head><title>致远互联</title></head><body><h1>您访问的页面不存在</h1></body></html>"


class Refusal(Exception):
    """A write that the organisation model does not take.

    `code`: the vendor's name for it. `body`: whether the body itself was wrong (a field, a type).
    """

    def __init__(self, code: str, *, body: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.body = body


class Absent(Exception):
    """There is nothing under that id, code or login."""

    def __init__(self, code: str = "MEMBER_NOT_EXIST") -> None:
        super().__init__(code)
        self.code = code


class NoPage(Exception):
    """The vendor has nothing at that address: it answers a page for people."""


def plain(value: Any, status: int = 200) -> Told:
    """A bare JSON value."""
    return Told(status, json.dumps(value, ensure_ascii=False).encode())


def empty() -> Told:
    """No body at all."""
    return Told()


def absent(switches: Switches) -> Told:
    """What a read answers when there is no such thing."""
    return {"null": plain(None), "list": plain([]), "empty": empty()}[switches.absent]


def page(switches: Switches) -> Told:
    """The page for people that stands where an answer was expected."""
    return Told(switches.html_status, PAGE.encode(), "text/html;charset=UTF-8")


def envelope(done: Sequence[Any], failed: Sequence[tuple[str, Any]], sentences: Sequence[str] = ()) -> Told:
    """The answer to a write of the organisation: HTTP 200, whatever came of it."""
    return plain(
        {
            "successMsgs": [{"code": "SUCCESS", "ent": each} for each in done],
            "errorMsgs": [{"code": code, "ent": ent} for code, ent in failed],
            "success": not failed and not sentences,
        }
        | ({"errorMsgInfos": [{"code": None, "ent": None, "msgInfo": each} for each in sentences]} if sentences else {})
    )


def bad_token(switches: Switches) -> Told:
    """The token is missing, unknown, or was idle for too long."""
    status = 401 if switches.expired == "401" else 200
    return plain({"code": 1010, "message": "token无效或已过期"}, status)


def forbidden(text: str) -> Told:
    """The REST user, or the member that the token is bound to, may not do that."""
    return plain({"code": 403, "message": text}, 403)


def process_answer(data: Any, code: int = 0, message: str = "") -> Told:
    """The answer of the process calls; 1 is the vendor's code for any error."""
    return plain({"code": code, "message": message, "data": data})
