"""The BulkRequest message (RFC 7644 section 3.7) as operations.

What is wrong with the message as a whole refuses it; what is wrong with one operation is that operation's fault, and
the others are done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

import orjson
from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

from scim_server.scim.errors import InvalidSyntax, InvalidValue, MethodNotAllowed, NotFound, ScimError, TooLarge
from scim_server.scim.operations import demand_once
from scim_server.scim.urns import BULK_REQUEST

OPERATIONS = 1_000
BULK_ID = "bulkId:"
_METHODS = ("POST", "PUT", "PATCH", "DELETE")
_WORDS = {word.lower(): word for word in ("schemas", "failOnErrors", "Operations", "method", "bulkId", "version")}


@dataclass(slots=True)
class BulkOperation:
    """One operation. `place` counts from 0; `bulk_id` names the resource of a POST."""

    place: int
    method: str
    bulk_id: str | None = None
    version: str | None = None
    endpoint: str = ""
    id: str = ""
    """In the path: of the resource, or bulkId:x until `references` has put the id in its place."""
    data: Any = None
    needs: set[str] = field(default_factory=set)
    """The bulkIds that it names."""
    below: set[str] = field(default_factory=set)
    """The codes of the departments under which it stands: its parent, or those of a person's posts."""
    packed: bytes = b""
    """The data as JSON again, once they are read: values take many times the room of their text."""
    fault: ScimError | None = None
    """Why it cannot be done."""

    def pack(self) -> None:
        """Keeps the data as text until their turn comes."""
        self.packed = b"" if self.data is None else orjson.dumps(self.data)
        self.data = None

    def unpacked(self) -> Any:
        """The data."""
        return orjson.loads(self.packed) if self.packed else None

    @property
    def spelled(self) -> str:
        """What a sentence calls it."""
        return f"bulkId:{self.bulk_id}" if self.bulk_id else f"operation {self.place + 1}"


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """`fail_on_errors`: so many errors end the job; None: none do."""

    fail_on_errors: int | None
    operations: Sequence[BulkOperation]


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore")

    schemas: list[StrictStr]
    failOnErrors: Annotated[StrictInt, Field(ge=1)] | None = None
    Operations: Annotated[list[dict[str, Any]], Field(min_length=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    method: StrictStr
    path: StrictStr
    bulkId: StrictStr | None = None
    version: StrictStr | None = None
    data: Any = None


def read_bulk(body: Any, endpoints: Sequence[str], base_url: str) -> BulkRequest:
    """The message. Raises InvalidSyntax, InvalidValue (a bulkId twice), and TooLarge over 1,000 operations."""
    if not isinstance(body, dict):
        raise InvalidSyntax("A Bulk is a JSON object with Operations.")
    demand_once(body)
    words = _spelled(body)
    if isinstance(entries := words.get("Operations"), list) and len(entries) > OPERATIONS:
        raise TooLarge(f"The Bulk has {len(entries)} operations, which exceeds maxOperations ({OPERATIONS}).")
    try:
        message = _Message.model_validate(words)
    except ValidationError as error:
        raise InvalidSyntax(_sentence(error)) from None
    if BULK_REQUEST not in message.schemas:
        raise InvalidSyntax(f"schemas does not name {BULK_REQUEST}.")
    operations = [_operation(place, entry, endpoints, base_url) for place, entry in enumerate(message.Operations)]
    _demand_distinct(operations)
    return BulkRequest(message.failOnErrors, operations)


def _spelled(words: Mapping[str, Any]) -> dict[str, Any]:
    """Structural words compare without case (RFC 7643 section 2.1)."""
    return {_WORDS.get(word.lower(), word.lower()): value for word, value in words.items()}


def _demand_distinct(operations: Sequence[BulkOperation]) -> None:
    seen: set[str] = set()
    for operation in operations:
        if operation.bulk_id in seen:
            raise InvalidValue(f"bulkId {operation.bulk_id} stands at two operations; it must be unique in the Bulk.")
        if operation.bulk_id is not None:
            seen.add(operation.bulk_id)


def _operation(place: int, given: Mapping[str, Any], endpoints: Sequence[str], base_url: str) -> BulkOperation:
    words = _spelled(given)
    method, bulk_id = words.get("method"), words.get("bulkId")
    read = BulkOperation(
        place,
        method.upper() if isinstance(method, str) else "",
        bulk_id if isinstance(bulk_id, str) else None,
    )
    try:
        demand_once(given)
        _fill(read, _Entry.model_validate(words), endpoints, base_url)
    except ValidationError as error:
        read.fault = InvalidSyntax(_sentence(error))
    except ScimError as error:
        read.fault = error
    return read


def _fill(read: BulkOperation, entry: _Entry, endpoints: Sequence[str], base_url: str) -> None:
    if read.method not in _METHODS:
        raise InvalidSyntax(f"method is one of: {', '.join(_METHODS)}.")
    read.endpoint, read.id = _target(read.method, entry.path.removeprefix(base_url), endpoints)
    read.version, read.data = entry.version, entry.data
    if read.method == "POST" and not entry.bulkId:
        raise InvalidSyntax("bulkId is required where the method is POST.")
    if read.method != "DELETE" and entry.data is None:
        raise InvalidSyntax(f"data is required where the method is {read.method}.")
    if read.method == "PATCH" and isinstance(entry.data, list):
        read.data = {"Operations": entry.data}  # as in the example of RFC 7644 section 3.7.3


def _target(method: str, path: str, endpoints: Sequence[str]) -> tuple[str, str]:
    name, _, id = path.partition("?")[0].strip("/").partition("/")
    if f"/{name}" not in endpoints or "/" in id:
        raise NotFound(f"path: a Bulk has no endpoint {path[:200]}; it has {', '.join(endpoints)}.")
    if (method == "POST") == bool(id):
        raise MethodNotAllowed(f"{method} is not possible at {path[:200]}.")
    return f"/{name}", id


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}."


def posts(operations: Sequence[BulkOperation]) -> Iterator[BulkOperation]:
    """Those that make a resource."""
    return (each for each in operations if each.method == "POST" and each.bulk_id)
