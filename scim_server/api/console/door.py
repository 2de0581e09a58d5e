"""The way into the JSON API: the same limits, tokens and roles as for SCIM, and problems instead of SCIM errors."""

from collections.abc import Mapping

from starlette.responses import Response

from scim_server.api.auth import Tokens
from scim_server.api.console.faults import translated
from scim_server.api.door import Door, Handler
from scim_server.api.limits import SECONDS


class ConsoleDoor(Door):
    """An ASGI application for one path. A POST writes, and is for roles hr and admin; the others read."""

    def __init__(self, tokens: Tokens, path: str, handlers: Mapping[str, Handler], seconds: float = SECONDS) -> None:
        """`path`: the template under which figures and logs know it."""
        super().__init__(tokens, handlers, seconds=seconds)
        self.path = path

    def refused(self, error: Exception) -> Response:
        """A problem document."""
        return translated(error).response()
