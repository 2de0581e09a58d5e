"""A validated document becomes what the store keeps: the document, its compared form, its indexed columns.

Of a User with facts what is returned on request only is kept apart, and `active` is the store's to compute: the draft
says what the client said of it (S3).
"""

from dataclasses import replace
from typing import Any

import orjson

from scim_server.scim.fold import fold
from scim_server.scim.folded import folded
from scim_server.scim.kept import split
from scim_server.scim.schemas import ResourceType
from scim_server.scim.unique import unique_values
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP, ROSTER_USER
from scim_server.scim.values import in_order
from scim_server.store.resources import Draft

_NAMES = {"User": "userName", "Group": "displayName"}


def draft(
    resource_type: ResourceType,
    document: dict[str, Any],
    active: bool | None = True,
    said: bool | None = None,
    named: bool = False,
) -> Draft:
    """The draft of a document that has no members in it; `active` is what a User is whose document does not say.

    `said`: what the request said of `active`; `named`: by an operation of a PATCH. Both count with facts only.
    """
    if ROSTER_USER in document:
        return _with_facts(resource_type, document, active, said, named)
    return _drafted(resource_type, document, active)


def _with_facts(
    resource_type: ResourceType, document: dict[str, Any], active: bool | None, said: bool | None, named: bool
) -> Draft:
    shown, kept = split(document)
    ordered = in_order(resource_type.attributes.get, shown | {"active": active is not False})
    found = _drafted(resource_type, ordered, active)
    return replace(found, kept=orjson.dumps(kept), facts=True, said=said, named=named)


def _drafted(resource_type: ResourceType, document: dict[str, Any], active: bool | None) -> Draft:
    name = document[_NAMES[resource_type.name]]
    manager = document.get(ENTERPRISE_USER, {}).get("manager", {})
    return Draft(
        type=resource_type.name,
        name=fold(name),
        title=document.get("displayName") or document.get("name", {}).get("formatted") or name,
        external_id=document.get("externalId"),
        active=document.get("active", active) if resource_type.name == "User" else None,
        manager=manager.get("value"),
        parent=document.get(ROSTER_GROUP, {}).get("parent"),
        document=orjson.dumps(document),
        folded=orjson.dumps(folded(resource_type, document)),
        uniques=unique_values(resource_type, document),
    )
