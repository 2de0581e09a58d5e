"""Pushing a file of SCIM requests through a door: what was accepted, what was refused and why.

What is there already is not done again: a POST whose externalId and name are somebody's is seen as done, and so is,
where a push goes on that was cut short, a DELETE of what is gone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

import orjson

from scim_server.clock import pause
from scim_server.operate.pushed_door import Answer, Door
from scim_server.operate.pushed_file import Request
from scim_server.scim.fold import fold

TRIES = 5
REST = 2.0  # seconds, where the server is busy
BUSY = 503
_NAMES = ("userName", "displayName")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A request that SCIM has not accepted. `operation` counts from 1 within a Bulk."""

    line: int
    method: str
    path: str
    status: int
    detail: str
    operation: int | None = None

    def shown(self) -> dict[str, Any]:
        """As JSON."""
        told = {"line": self.line, "method": self.method, "path": self.path, "status": self.status}
        return told | {"detail": self.detail} | ({"operation": self.operation} if self.operation else {})

    @property
    def sentence(self) -> str:
        """As people read it."""
        place = f"第 {self.line} 行" + (f"第 {self.operation} 项" if self.operation else "")
        return f"{place} {self.method} {self.path}：{self.status} {self.detail}"


@dataclass(slots=True)
class Pushing:
    """How far a push has come. `names`: what each new id is called, the same for the same file on any store."""

    door: Door
    resumed: bool = False
    done: int = 0  # the last line that was accepted
    accepted: int = 0  # requests, those of a Bulk counted one by one
    already: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)

    def push(
        self,
        requests: Iterable[Request],
        after_line: Callable[[int], None] = lambda _: None,
        passing_over: frozenset[tuple[int, int | None]] | None = frozenset(),
    ) -> None:
        """One after the other, until one is refused that is not among those to pass over; None: whatever is refused.

        Raises OSError where nobody answers.
        """
        for request in requests:
            refused = list(self._one(request))
            self.refusals += refused
            unexpected = [each for each in refused if passing_over is not None and _place(each) not in passing_over]
            if unexpected:
                return
            self.done = request.line
            after_line(request.line)

    def _one(self, request: Request) -> Iterator[Refusal]:
        found = self._addressed(request)
        if isinstance(found, Refusal):
            yield found
            return
        answer = self._patiently(found)
        if request.is_bulk and answer.status == 200:
            yield from self._bulk(request, answer)
        elif answer.status < 300:
            self._accepted(answer.location, f"#{request.line}", request.method)
        elif self._is_done(request.method, request.path, request.body, answer.status):
            self.already += 1
        else:
            yield _refusal(request, answer.status, answer.body)

    def _patiently(self, request: Request) -> Answer:
        answer = self.door.ask(request)
        for _ in range(TRIES):
            if answer.status != BUSY:
                break
            pause(REST)
            answer = self.door.ask(request)
        return answer

    def _bulk(self, request: Request, answer: Answer) -> Iterator[Refusal]:
        asked = _operations(request.body)
        for number, said in enumerate(answer.body["Operations"], 1):
            method, status = said["method"], int(said["status"])
            given = asked[number - 1] if number <= len(asked) else {}
            path = str(given.get("path", ""))
            if status < 300:
                self._accepted(said.get("location"), f"#{request.line}/{said.get('bulkId') or number}", method)
            elif self._is_done(method, path, given.get("data"), status):
                self.already += 1
            else:
                yield Refusal(request.line, method, path, status, _detail(said.get("response")), number)

    def _accepted(self, location: str | None, name: str, method: str) -> None:
        self.accepted += 1
        if method == "POST" and location:
            self.names[location.rpartition("/")[2]] = name

    def _is_done(self, method: str, path: str, body: Any, status: int) -> bool:
        if method == "DELETE":
            return self.resumed and status == 404
        if method != "POST" or status != 409 or not isinstance(body, Mapping) or not body.get("externalId"):
            return False
        found = self._find("/" + path.strip("/").partition("/")[0], str(body["externalId"]))
        return len(found) == 1 and any(
            name in body and fold(str(body[name])) == fold(str(found[0].get(name))) for name in _NAMES
        )

    def _find(self, endpoint: str, key: str) -> list[Any]:
        asked = f"externalId eq {orjson.dumps(key).decode()}"  # a filter's strings are JSON's
        answer = self._patiently(Request(0, "GET", f"{endpoint}?filter={quote(asked)}"))
        resources = answer.body.get("Resources", []) if answer.status == 200 else []
        return list(resources)

    def _addressed(self, request: Request) -> Request | Refusal:
        """A path that ends in a filter is that of the only resource that it finds."""
        endpoint, _, query = request.path.partition("?filter=")
        if not query:
            return request
        answer = self._patiently(Request(0, "GET", f"{endpoint}?filter={quote(unquote(query))}"))
        if answer.status != 200:
            return _refusal(request, answer.status, answer.body)
        found = answer.body.get("Resources", [])
        if len(found) != 1:
            return Refusal(request.line, request.method, request.path, 404, f"按此条件找到 {len(found)} 个，应恰有一个")
        path = f"{endpoint}/{found[0]['id']}"
        return Request(request.line, request.method, path, request.body, request.version)


def _place(refusal: Refusal) -> tuple[int, int | None]:
    return refusal.line, refusal.operation


def places(refusals: Iterable[Refusal]) -> frozenset[tuple[int, int | None]]:
    """Where they stand in the file."""
    return frozenset(map(_place, refusals))


def _operations(body: Any) -> list[Any]:
    """The operations of a BulkRequest, in their order; the word compares without case."""
    return next((list(value) for name, value in body.items() if name.lower() == "operations"), [])


def _refusal(request: Request, status: int, body: Any) -> Refusal:
    return Refusal(request.line, request.method, request.path, status, _detail(body))


def _detail(body: Any) -> str:
    if not isinstance(body, Mapping):
        return ""
    kind = f"（{body['scimType']}）" if body.get("scimType") else ""
    return f"{body.get('detail', '')}{kind}"
