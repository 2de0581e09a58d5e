"""The compared form of a document: the same shape, holding the caseExact=false strings alone, folded (S10).

Elements of lists keep their places, so that a filter can look at both forms of one element.
"""

from collections.abc import Callable, Mapping
from typing import Any

from scim_server.scim.fold import fold
from scim_server.scim.schemas import Attribute, ResourceType


def folded(resource_type: ResourceType, document: Mapping[str, Any]) -> dict[str, Any]:
    """What `Draft.folded` holds, before it becomes JSON."""
    return _object(resource_type.attributes.get, document)


def _object(find: Callable[[str], Attribute | None], holder: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in holder.items():
        attribute = find(name)
        if attribute is None:
            continue
        if attribute.type == "complex":
            inner = attribute.subs.get
            part: Any = [_object(inner, each) for each in value] if attribute.multi else _object(inner, value)
            if part:
                found[name] = part
        elif not attribute.case_exact and attribute.type == "string":
            found[name] = [fold(each) for each in value] if attribute.multi else fold(value)
    return found
