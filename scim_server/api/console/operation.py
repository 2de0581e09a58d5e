"""One operation of the JSON API, as a value: from it come its route, the checks of what is asked, its description."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from scim_server.api.auth import Caller
from scim_server.api.call import Call, RequestCall
from scim_server.api.console.asked import Asked, Face, Nothing
from scim_server.api.console.faults import Problem, unfit
from scim_server.api.console.models import Answer
from scim_server.api.limits import SECONDS

BODY = 64 * 1024
"""Bytes of a body: a reason and a few words."""
JSON = "application/json"
_PLACE = re.compile(r"[^\x00-\x1f\x7f-\x9f]{1,128}")
PATTERNS = {"month": re.compile(r"\d{4}-(0[1-9]|1[0-2])")}
"""What a part of a path must look like, else there is no such thing."""


@dataclass(frozen=True, slots=True)
class Question:
    """What one operation is asked, checked: by whom, about what (parts of the path), with which query and body."""

    caller: Caller
    places: Mapping[str, str]
    query: Any
    body: Any = None

    @property
    def restricted(self) -> bool:
        """Whether the restricted face is asked for, by whoever may see it."""
        return isinstance(self.query, Face) and self.query.restricted


Handle = Callable[[Question], Awaitable[Answer | Response]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`name`: its operationId. `media`: of an answer that is no model. `statuses`: what it may refuse with, besides
    what every operation may. `seconds`: what a request may last.
    """

    method: str
    path: str
    name: str
    tag: str
    summary: str
    handle: Handle
    answer: type[Answer] | None = None
    query: type[Asked] = Nothing
    body: type[Asked] | None = None
    media: str = JSON
    statuses: tuple[int, ...] = ()
    seconds: float = SECONDS

    @property
    def places(self) -> list[str]:
        """The names of the parts of its path."""
        return re.findall(r"{(\w+)}", self.path)

    async def __call__(self, call: Call) -> Response:
        """Checks what is asked and answers it. Raises Problem and what the handler raises."""
        assert isinstance(call, RequestCall)
        places = _places(call.request.path_params)
        query = _checked(self.query, dict(call.query))
        if isinstance(query, Face) and query.restricted and not call.caller.sees_restricted:
            raise Problem(403, "该内容限有权人员查阅。")
        body = _checked(self.body, await call.json(BODY)) if self.body else None
        found = await self.handle(Question(call.caller, places, query, body))
        return found if isinstance(found, Response) else Response(found.model_dump_json(by_alias=True), media_type=JSON)


def _checked(model: type[Asked], given: Any) -> Asked:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise unfit(error) from error


def _places(given: Mapping[str, str]) -> Mapping[str, str]:
    for name, said in given.items():
        if not PATTERNS.get(name, _PLACE).fullmatch(said):
            raise Problem(404, "查无此项。")
    return given
