"""All paths of the JSON API, relative to the address at which they are mounted."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response
from starlette.routing import Route

from scim_server.api.auth import Tokens
from scim_server.api.call import Call
from scim_server.api.console.activity import Activity
from scim_server.api.console.cases import Cases
from scim_server.api.console.children import Children
from scim_server.api.console.door import ConsoleDoor
from scim_server.api.console.faults import Problem
from scim_server.api.console.letters import Draw, Letters
from scim_server.api.console.openapi import written
from scim_server.api.console.operation import JSON, Operation, Question
from scim_server.api.console.reports import Reports
from scim_server.api.console.returns import Returns
from scim_server.api.console.reviews import Reviews
from scim_server.api.console.room import Room
from scim_server.api.limits import SECONDS

PREFIX = "/api/v1"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Console:
    """The API of one house: its routes, and what is to be closed with it."""

    routes: list[Route]
    operations: Sequence[Operation]
    letters: Letters
    children: Children

    def end(self) -> None:
        """Whoever waits for a report is told that there will be none."""
        self.children.end()

    def close(self) -> None:
        """Ends its threads."""
        self.letters.close()


def console(tokens: Tokens, room: Room, draw: Draw, children: Children) -> Console:
    """`draw`: a document from the content of a letter. The last route answers 404 to every path that is none."""
    letters = Letters(room, draw)
    rooms = (Reviews(room, letters), Cases(room), letters, Returns(room), Activity(room), Reports(room, children))
    operations = [operation for each in rooms for operation in each.operations()]
    operations.append(_described(operations))
    by_path: dict[str, list[Operation]] = {}
    for each in operations:
        by_path.setdefault(each.path, []).append(each)
    routes = [Route(path, _door(tokens, path, same)) for path, same in by_path.items()]
    nowhere = ConsoleDoor(tokens, "/{path}", dict.fromkeys(_METHODS, _not_found))
    return Console([*routes, Route("/{path:path}", nowhere)], operations, letters, children)


def _door(tokens: Tokens, path: str, operations: Sequence[Operation]) -> ConsoleDoor:
    seconds = max((each.seconds for each in operations), default=SECONDS)
    return ConsoleDoor(tokens, PREFIX + path, {each.method: each for each in operations}, seconds)


def _described(operations: Sequence[Operation]) -> Operation:
    """The description, itself included; it is written once."""
    known: list[bytes] = []

    async def answer(_: Question) -> Response:
        if not known:
            known.append(written([*operations, one], PREFIX))
        return Response(known[0], media_type=JSON)

    one = Operation("GET", "/openapi.json", "describe", "接口", "本接口的说明（OpenAPI 3.1）", answer)
    return one


async def _not_found(call: Call) -> Response:
    raise Problem(404)
