"""A document after a PATCH: nothing empty and nothing twice where it was written, everything in the schema's order.

What was not written is canonical already; `validate.finish` orders the document itself.
"""

from collections.abc import Iterable
from typing import Any

from scim_server.scim.schemas import Attribute
from scim_server.scim.values import distinct


def tidy(document: dict[str, Any], written: Iterable[Attribute]) -> None:
    """In place: the attributes of the document that were written."""
    for attribute in written:
        if attribute.name in document:
            value = _tidied(attribute, document[attribute.name])
            if value in ({}, []):
                del document[attribute.name]
            else:
                document[attribute.name] = value


def _tidied(attribute: Attribute, value: Any) -> Any:
    if attribute.type != "complex":
        return value
    if attribute.multi:
        return distinct([element for each in value if (element := _object(attribute, each))])
    return _object(attribute, value)


def _object(attribute: Attribute, holder: dict[str, Any]) -> dict[str, Any]:
    known = sorted((sub for name in holder if (sub := attribute.subs.get(name))), key=lambda sub: sub.rank)
    found = {sub.name: _tidied(sub, holder[sub.name]) for sub in known}
    return {name: value for name, value in found.items() if value not in ({}, [])}
