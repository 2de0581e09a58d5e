"""A validated document becomes what the store keeps: the document, its compared form, its indexed columns."""

from typing import Any

import orjson

from scim_server.scim.fold import fold
from scim_server.scim.folded import folded
from scim_server.scim.schemas import ResourceType
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP
from scim_server.store.resources import Draft

_NAMES = {"User": "userName", "Group": "displayName"}


def draft(resource_type: ResourceType, document: dict[str, Any]) -> Draft:
    """The draft of a document that has no members in it."""
    name = document[_NAMES[resource_type.name]]
    manager = document.get(ENTERPRISE_USER, {}).get("manager", {})
    return Draft(
        type=resource_type.name,
        name=fold(name),
        title=document.get("displayName") or document.get("name", {}).get("formatted") or name,
        external_id=document.get("externalId"),
        active=document.get("active", True) if resource_type.name == "User" else None,
        manager=manager.get("value"),
        parent=document.get(ROSTER_GROUP, {}).get("parent"),
        document=orjson.dumps(document),
        folded=orjson.dumps(folded(resource_type, document)),
    )
