"""How a resource is made and changed: POST, PATCH of single values or PUT of the whole (RFC 7644, 3.3 and 3.5)."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from connectors.scim.attributes import ENTERPRISE, GROUP_SCHEMA, MAILS, USER_SCHEMA
from connectors.scim.resource import ENDPOINTS, TABLES, Json, Resource, at, key_of, put, text_of, with_mail
from connectors.scim.room import NO_MEMBERS, Room
from connectors.scim.wire import segment
from mappings.model import Kind

PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SCHEMAS: Mapping[Kind, str] = {Kind.PERSON: USER_SCHEMA, Kind.GROUP: GROUP_SCHEMA}
THEIRS = ("meta", "groups", "password")  # never sent back: the service's own, and what is nobody's business

Texts = Mapping[str, str]


def body(kind: Kind, texts: Texts, active: bool = True) -> dict[str, Any]:
    """A new resource; an account that is to be locked is born so."""
    fields: dict[str, Any] = {"schemas": [SCHEMAS[kind]]}
    for name, text in texts.items():
        _set(fields, kind, name, text)
    if kind is Kind.PERSON:
        fields["active"] = active
    return _with_schemas(fields)


def write(room: Room, found: Resource, texts: Texts, active: bool | None = None) -> None:
    """Changes these values, where empty takes one away, and the lock. Raises ConnectorError and Declined."""
    path = f"{ENDPOINTS[found.kind]}/{segment(found.id)}"
    if room.patches:
        operations = [_operation(found, name, text) for name, text in texts.items()]
        operations += [] if active is None else [{"op": "replace", "path": "active", "value": active}]
        room.wire.write("PATCH", path, patch(operations))
        return
    fields = deepcopy(dict(found.fields))
    for name, text in texts.items():
        _set(fields, found.kind, name, text)
    if active is not None:
        put(fields, active, "active")
    room.wire.write("PUT", path, whole(fields), _version(room, found))


def add_member(room: Room, group: Resource, id: str) -> None:
    """Puts somebody into a Group. `group`: with its members, where they are not patched."""
    if room.patches_members:
        _patch_members(room, group.id, {"op": "add", "path": "members", "value": [{"value": id}]})
    else:
        _put_members(room, group, [*_members(group), {"value": id}])


def remove_member(room: Room, group: Resource, id: str) -> None:
    """Takes somebody out of a Group."""
    if room.patches_members:
        _patch_members(room, group.id, {"op": "remove", "path": f"members[value eq {json.dumps(id)}]"})
    else:
        _put_members(room, group, [each for each in _members(group) if text_of(each, "value") != id])


def patch(operations: list[dict[str, Any]]) -> Json:
    """A PATCH body (RFC 7644, 3.5.2)."""
    return {"schemas": [PATCH_OP], "Operations": operations}


def whole(fields: Json) -> Json:
    """A resource as it goes back by PUT: all that was read, but what is the service's own to say."""
    theirs = {key_of(fields, name) for name in THEIRS}
    return _with_schemas({name: value for name, value in fields.items() if name not in theirs and value is not None})


def _operation(found: Resource, name: str, text: str) -> dict[str, Any]:
    path = TABLES[found.kind][name].path
    value: Any = text
    if name == MAILS:
        value = with_mail(found.fields, text)
    if not value:
        return {"op": "remove", "path": path}
    return {"op": "replace" if found.text(name) else "add", "path": path, "value": value}


def _set(fields: dict[str, Any], kind: Kind, name: str, text: str) -> None:
    value: Any = with_mail(fields, text) if name == MAILS else text
    put(fields, value or None, *TABLES[kind][name].keys)


def _with_schemas(fields: dict[str, Any]) -> dict[str, Any]:
    """`schemas` names the enterprise extension where it is used, and only there (RFC 7643, 3)."""
    key = key_of(fields, "schemas") or "schemas"
    told = [each for each in fields.get(key) or [] if str(each).casefold() != ENTERPRISE.casefold()]
    return fields | {key: [*told, ENTERPRISE] if at(fields, ENTERPRISE) else told}


def _version(room: Room, found: Resource) -> str | None:
    return found.version if room.features.etag else None


def _patch_members(room: Room, id: str, operation: dict[str, Any]) -> None:
    """Without the members in the answer (RFC 7644, 3.9): one who joins is no reason to be sent the other 20,000."""
    room.wire.write("PATCH", f"/Groups/{segment(id)}", patch([operation]), query=NO_MEMBERS)


def _members(group: Resource) -> list[Any]:
    return list(at(group.fields, "members") or [])


def _put_members(room: Room, group: Resource, members: list[Any]) -> None:
    fields = deepcopy(dict(group.fields))
    put(fields, members, "members")
    room.wire.write("PUT", f"/Groups/{segment(group.id)}", whole(fields), _version(room, group))
