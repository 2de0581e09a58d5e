"""The compared form of a document: the same shape, holding what is compared otherwise than it is written.

Those are the caseExact=false strings, folded (S10), and dateTimes, as stamps in UTC.

Elements of lists keep their places, so that a filter can look at both forms of one element.
"""

from collections.abc import Callable, Mapping
from typing import Any

from scim_server.scim.fold import fold
from scim_server.scim.schemas import Attribute, ResourceType
from scim_server.scim.values import instant


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
        elif folds(attribute):
            form = instant if attribute.type == "dateTime" else fold
            found[name] = [form(each) for each in value] if attribute.multi else form(value)
    return found


def folds(attribute: Attribute) -> bool:
    """Whether values of the attribute have a compared form of their own."""
    return attribute.type == "dateTime" or (attribute.type == "string" and not attribute.case_exact)
