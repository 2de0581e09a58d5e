"""What real clients send beside the standard, brought to the standard's form before the strict engine sees it.

Entra:     booleans as strings ("True", "False"); pathless values with flat keys (`name.givenName`,
           `urn:...:User:employeeNumber`, `emails[type eq "work"].value`); manager as a plain string, and an
           empty one where there is none any more; `Remove` of `members` with a value array, as authentik sends
           it too (the engine takes it: `patch`).
Okta:      `{"id": ..., "displayName": ...}` in a pathless replace: what is readOnly there is no statement.
Keycloak:  whatever is built with the SCIM-SDK puts one object into a list of one.
Others:    beside the manager's id a `$ref` into the client's own house, with every PUT: the id counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from scim_server.scim.errors import InvalidValue, NoTarget
from scim_server.scim.manager import named
from scim_server.scim.operations import Operation, demand_once
from scim_server.scim.path import parse_path
from scim_server.scim.schemas import Attribute, ResourceType

_TRUTHS = {"true": True, "false": False}


def normal_operations(resource_type: ResourceType, operations: list[Operation]) -> list[Operation]:
    """Every operation with a path, its value in the standard's form; pathless ones become one per attribute."""
    return [each for operation in operations for each in _with_path(resource_type, operation)]


def _with_path(resource_type: ResourceType, operation: Operation) -> Iterator[Operation]:
    if operation.path is None:
        yield from _each_attribute(resource_type, operation)
    elif operation.path.strip().lower() != "schemas":  # which schemas a resource has follows from its attributes
        path = parse_path(resource_type, operation.path)
        target = path.sub or path.chain[-1]
        value = operation.value if target.multi and path.term is None else _single(operation.value)
        if target.extension and isinstance(value, dict) and operation.op != "remove":
            yield from _each_sub(target, operation.op, value)
        else:
            yield Operation(operation.op, operation.path, normal_value(target, value))


def _each_attribute(resource_type: ResourceType, operation: Operation) -> Iterator[Operation]:
    if operation.op == "remove":
        raise NoTarget("remove needs a path.")
    attributes = _single(operation.value)
    if not isinstance(attributes, dict):
        raise InvalidValue("Without a path the value is an object of attributes.")
    demand_once(attributes)
    for key, value in attributes.items():
        chain = resource_type.resolve(key.partition("[")[0])
        if chain is not None and not any(link.read_only for link in chain):
            yield from _with_path(resource_type, Operation(operation.op, key, value))


def _each_sub(extension: Attribute, op: str, value: Mapping[str, Any]) -> Iterator[Operation]:
    demand_once(value)
    for key, item in value.items():
        sub = extension.sub(key)
        if sub is not None and not sub.read_only:
            yield Operation(op, f"{extension.name}:{sub.name}", normal_value(sub, item))


def _single(value: Any) -> Any:
    """The object in a list of one object, where one object is expected."""
    return value[0] if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict) else value


def normal_value(attribute: Attribute, value: Any) -> Any:
    """A value whose booleans are booleans, and whose references are objects."""
    if isinstance(value, str):
        if attribute.type == "boolean":
            return _TRUTHS.get(value.lower(), value)
        return _reference({"value": value}) if _is_reference(attribute) else value
    if isinstance(value, list):
        return [normal_value(attribute, item) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict):
        normal = {
            key: normal_value(sub, item) if (sub := attribute.sub(key)) is not None else item
            for key, item in value.items()
        }
        return _reference(normal) if _is_reference(attribute) else normal
    return value


def _is_reference(attribute: Attribute) -> bool:
    return attribute.type == "complex" and not attribute.multi and attribute.sub("value") is not None


def _reference(value: dict[str, Any]) -> dict[str, Any] | None:
    """One that names nobody is none. An address of another, or of the client's own, says nothing beside an id."""
    words = {key.lower(): item for key, item in value.items()}
    id, address = words.get("value"), words.get("$ref")
    if id == "":
        return None
    if isinstance(id, str) and isinstance(address, str) and named(address) != id:
        return {key: item for key, item in value.items() if key.lower() != "$ref"}
    return value


def normal_body(resource_type: ResourceType, body: Any) -> Any:
    """The resource of a POST or a PUT in the standard's form."""
    if not isinstance(body, dict):
        return body
    return {
        key: normal_value(attribute, value) if (attribute := resource_type.find(key)) is not None else value
        for key, value in body.items()
    }
