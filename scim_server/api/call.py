"""What a handler is asked: by a request that has been let in, or by another handler, as Bulk and Me do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from starlette.requests import Request

from scim_server.api.aside import Burden
from scim_server.api.auth import Caller
from scim_server.api.body import read_json
from scim_server.api.limits import BODY
from scim_server.api.parameters import read_query

_NOTHING: Mapping[str, str] = {}


class Call(Protocol):
    """One thing to do for one caller; nothing in it need have come by HTTP."""

    @property
    def caller(self) -> Caller:
        """Who asks, already authorised."""
        ...

    @property
    def id(self) -> str:
        """The id in the path."""
        ...

    @property
    def query(self) -> Mapping[str, str]:
        """The query parameters. Raises InvalidSyntax, where it is a request's: see `read_query`."""
        ...

    @property
    def if_match(self) -> str | None:
        """The whole If-Match field."""
        ...

    @property
    def if_none_match(self) -> str | None:
        """The whole If-None-Match field."""
        ...

    @property
    def size(self) -> int:
        """How many bytes the body had, once it has been read: what it costs to work on it."""
        ...

    async def json(self, most: int = BODY) -> Any:
        """The body, of so many bytes at most. Raises what `read_json` raises."""
        ...

    def leave(self) -> None:
        """The handler has let go of the body, and may yet be long: other large bodies may be read."""
        ...


class RequestCall:
    """A request that has been let in; what the handler does not ask for is never read."""

    def __init__(self, request: Request, caller: Caller) -> None:
        self.request = request
        self.caller = caller
        self._burden: Burden | None = None

    @cached_property
    def id(self) -> str:
        """See Call."""
        return str(self.request.path_params["id"])

    @cached_property
    def query(self) -> Mapping[str, str]:
        """See Call."""
        raw = self.request.scope["query_string"]
        return read_query(raw) if raw else _NOTHING

    @cached_property
    def if_match(self) -> str | None:
        """See Call."""
        return self._field("if-match")

    @cached_property
    def if_none_match(self) -> str | None:
        """See Call."""
        return self._field("if-none-match")

    def _field(self, name: str) -> str | None:
        lines = self.request.headers.getlist(name)
        return ", ".join(lines) if lines else None

    async def json(self, most: int = BODY) -> Any:
        """See Call."""
        self._burden = self._burden or Burden()
        return await read_json(self.request, self._burden, most)

    @property
    def size(self) -> int:
        """See Call."""
        return self._burden.bytes if self._burden else 0

    def leave(self) -> None:
        """See Call."""
        if self._burden:
            self._burden.leave()

    def end(self) -> None:
        """The call is answered: what it kept in memory is gone."""
        if self._burden:
            self._burden.drop()


@dataclass(frozen=True, slots=True)
class InnerCall:
    """What one handler asks of another."""

    caller: Caller
    id: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    if_match: str | None = None
    if_none_match: str | None = None
    body: Any = None
    size: int = 0

    async def json(self, most: int = BODY) -> Any:
        """See Call."""
        return self.body

    def leave(self) -> None:
        """See Call."""
