"""A hostile request with a name, and what may become of it."""

import json
from dataclasses import dataclass
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


@dataclass(frozen=True)
class Case:
    """`{id}` in the target is a user's. `raw` is sent as it is after `{token}`; else method, target, body."""

    name: str
    status: int
    scim_type: str | None = None
    method: str = "POST"
    target: str = "/scim/v2/Users"
    body: bytes | None = None
    headers: tuple[str, ...] = ()
    raw: bytes | None = None
    last: bool = False  # the connection ends with the answer


def document(**attributes: Any) -> bytes:
    """The body of a User."""
    return json.dumps({"schemas": [USER], "userName": "hostile", **attributes}).encode()


def operations(*found: dict[str, Any]) -> bytes:
    """The body of a PATCH."""
    return json.dumps({"schemas": [PATCH], "Operations": list(found)}).encode()
