"""A filter as SQL with bound values: indexed columns where they are exact, else the JSON documents.

`active` is asked of its column: a User from whom the attribute was taken is as active as
before (decision 0005), and is found as that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, literal

from scim_server.scim.expression import And, Compare, Node
from scim_server.scim.kept import KEPT
from scim_server.scim.normal import normal
from scim_server.scim.schemas import Chain, ResourceType, spell
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP
from scim_server.store.comparisons import Condition, Value
from scim_server.store.conditions import condition
from scim_server.store.documents import Documents
from scim_server.store.memberships import address, some_membership
from scim_server.store.tables import resources


def where(node: Node, resource_type: ResourceType, base_url: str | None = None) -> Condition:
    """The condition on the `resources` of one type that a filter means.

    NULL, where it comes out, means that the resource does not match: the condition is not to be negated.
    `base_url`: the API's address, for filters on meta.location and $ref; without it those raise InvalidFilter.
    """
    plain = normal(node)
    return condition(plain, _Resource(resource_type, base_url, _is_pinned(plain, resource_type)))


_NAMES: Mapping[str, str] = {"User": "userName", "Group": "displayName"}
_COLUMNS: Mapping[str, ColumnElement[Any]] = {
    "id": resources.c.id,
    "externalId": resources.c.external_id,
    "active": resources.c.active,
    "meta": resources.c.id,  # every resource has one
    "meta.resourceType": resources.c.type,
    "meta.created": resources.c.created,
    "meta.lastModified": resources.c.modified,
    "meta.version": literal('W/"', Text).concat(cast(resources.c.version, Text)).concat(literal('"', Text)),
    f"{ENTERPRISE_USER}:manager.value": resources.c.manager,
    f"{ROSTER_GROUP}:parent": resources.c.parent,
}
_DOCUMENTS = Documents(resources.c.document, resources.c.folded)
_KEPT = Documents(resources.c.kept, resources.c.kept)  # every string in it is caseExact: it has no folded form


@dataclass(frozen=True, slots=True)
class _Resource:
    """The attributes of one resource."""

    type: ResourceType
    base_url: str | None
    pinned: bool

    def value(self, path: Chain) -> Value:
        name = spell(path)
        if name == "meta.location":
            return address(self.base_url, f"{self.type.endpoint}/", resources.c.id, path)
        if name == _NAMES[self.type.name]:
            return resources.c.name
        return _COLUMNS[name] if name in _COLUMNS else _holder(path).value(path)

    def some(self, path: Chain, term: Node) -> Condition:
        if path[0].name in ("groups", "members"):
            return some_membership(path[0].name, term, self.base_url, self.pinned)
        return _holder(path).some(path, term)


def _holder(path: Chain) -> Documents:
    """Where the value stands: what is returned on request only is kept apart."""
    return _KEPT if len(path) > 1 and path[0].extension and path[1].name in KEPT else _DOCUMENTS


def _is_pinned(node: Node, resource_type: ResourceType) -> bool:
    """Whether the filter names the one resource that it is about, or the few of that name."""
    names = ("id", "externalId", _NAMES[resource_type.name])
    return any(
        isinstance(term, Compare) and term.op == "eq" and term.value is not None and spell(term.path) in names
        for term in (node.terms if isinstance(node, And) else (node,))
    )
