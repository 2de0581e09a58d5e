"""The two halves of a person with facts: what every reader sees by default, and what is kept back (S18)."""

from collections.abc import Mapping
from typing import Any

import orjson

from scim_server.scim.schemas import load
from scim_server.scim.urns import ROSTER_USER
from scim_server.scim.values import in_order

REQUIRED = "requiredStates"


def whole(document: bytes, kept: bytes | None) -> dict[str, Any]:
    """The document with what is kept back merged in."""
    found: dict[str, Any] = orjson.loads(document)
    if kept is not None:
        found[ROSTER_USER] = found.get(ROSTER_USER, {}) | extension(kept)
    return found


def extension(kept: bytes) -> dict[str, Any]:
    """The roster's extension in the kept half."""
    found: dict[str, Any] = orjson.loads(kept).get(ROSTER_USER, {})
    return found


def with_required(kept: bytes | None, required: Mapping[str, str] | None) -> bytes:
    """The kept half with these required states (S8), whatever it said of them; without any while none are known."""
    said = {} if kept is None else {name: value for name, value in extension(kept).items() if name != REQUIRED}
    return orjson.dumps({ROSTER_USER: said | ({} if required is None else {REQUIRED: dict(required)})})


def with_active(document: bytes, active: bool | None) -> bytes:
    """The document with that `active`, in the schema's order: equal resources are equal bytes."""
    found = orjson.loads(document)
    if found.get("active") == active:
        return document
    return orjson.dumps(in_order(load(roster_extension=True).user.find, found | {"active": active}))
