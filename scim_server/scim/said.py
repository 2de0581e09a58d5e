"""What a request says of `active` (S3). Of a User with facts the server computes it; what is said may be a lock."""

from collections.abc import Mapping, Sequence
from typing import Any

from scim_server.scim.operations import Operation
from scim_server.scim.schemas import ResourceType


def said_in(body: Mapping[str, Any]) -> bool | None:
    """By the body of a POST or a PUT, whose values have been checked; None: nothing."""
    return next((value for key, value in body.items() if key.lower() == "active"), None)


def said_by(resource_type: ResourceType, operations: Sequence[Operation]) -> bool | None:
    """By the operations of a PATCH that have been applied: the last word counts. To take it away says nothing."""
    active = resource_type.find("active")
    for each in reversed(operations):
        if each.op != "remove" and isinstance(each.value, bool) and resource_type.resolve(each.path or "") == (active,):
            return each.value
    return None
