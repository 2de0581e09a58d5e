"""PATCH operations and what they make of a user, without HTTP."""

from typing import Any

import orjson

from scim_server.scim.dialects import normal_operations
from scim_server.scim.operations import read_operations
from scim_server.scim.patch import Patched, patch
from scim_server.scim.schemas import ResourceType, load
from scim_server.scim.urns import ENTERPRISE_USER, USER

TABLE = load(True)


def manager(id: str) -> dict[str, str]:
    """A manager as it is stored, with its address."""
    return {"value": id, "$ref": f"../Users/{id}"}


BOSS = manager("boss")
WORK = {"value": "z@gov.example", "type": "work", "primary": True}
HOME = {"value": "z@home.example", "type": "home"}
START: dict[str, Any] = {
    "schemas": [USER, ENTERPRISE_USER],
    "externalId": "YZ1",
    "userName": "zhangsan",
    "name": {"familyName": "张", "givenName": "三"},
    "title": "科员",
    "active": True,
    "emails": [WORK, HOME],
    ENTERPRISE_USER: {"employeeNumber": "7", "manager": BOSS},
}


def patched(start: dict[str, Any], *operations: Any, resource_type: ResourceType = TABLE.user) -> Patched:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
    return patch(resource_type, orjson.dumps(start), normal_operations(resource_type, read_operations(body)))


def after(*operations: Any) -> dict[str, Any]:
    return patched(START, *operations).document


def add(path: str | None, value: Any) -> dict[str, Any]:
    return {"op": "add", "value": value} | ({"path": path} if path else {})


def put(path: str | None, value: Any) -> dict[str, Any]:
    return {"op": "replace", "value": value} | ({"path": path} if path else {})


def remove(path: str, **rest: Any) -> dict[str, Any]:
    return {"op": "remove", "path": path, **rest}


def changed(**attributes: Any) -> dict[str, Any]:
    """The document of the start with some attributes in another state; None: not there."""
    return {name: value for name, value in (START | attributes).items() if value is not None}
