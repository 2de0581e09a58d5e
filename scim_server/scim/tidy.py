"""A document after a PATCH: nothing empty left in it, everything in the schema's order."""

from collections.abc import Callable
from typing import Any

from scim_server.scim.schemas import Attribute

Find = Callable[[str], Attribute | None]


def tidy(find: Find, holder: dict[str, Any]) -> dict[str, Any]:
    """The same members in order, without empty objects and lists, at every depth."""
    found = {}
    for name, attribute in sorted(
        ((name, attribute) for name in holder if (attribute := find(name))), key=lambda pair: pair[1].rank
    ):
        value = _tidied(attribute, holder[name]) if attribute.type == "complex" else holder[name]
        if value not in ({}, []):
            found[name] = value
    return found


def _tidied(attribute: Attribute, value: Any) -> Any:
    if attribute.multi:
        return [element for each in value if (element := tidy(attribute.subs.get, each))]
    return tidy(attribute.subs.get, value)
