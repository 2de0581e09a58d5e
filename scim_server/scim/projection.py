"""`attributes` and `excludedAttributes` (RFC 7644 section 3.9) and `returned` (RFC 7643 section 7), in one place.

always: in every answer. default: unless excluded, or others are named. request: only
where named itself. never: never. Names that no schema knows are ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from scim_server.scim.schemas import Attribute, ResourceType

Find = Callable[[str], Attribute | None]


@dataclass(slots=True)
class _Named:
    """Names as a tree: `whole` says that the attribute itself is named, `subs` which of its parts are."""

    whole: bool = False
    subs: "dict[str, _Named]" = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Projection:
    """Which attributes an answer holds. The default one passes everything that is returned by default."""

    only: _Named | None = None
    without: _Named = field(default_factory=_Named)

    @property
    def everything(self) -> bool:
        """Whether answers can be spliced together without being parsed."""
        return self.only is None and not self.without.subs

    def wants(self, name: str) -> bool:
        """Whether a top-level attribute can be in the answer at all: members need not be read where it cannot."""
        out = self.without.subs.get(name)
        return (self.only is None or name in self.only.subs) and not (out is not None and out.whole)

    def apply(self, resource_type: ResourceType, resource: bytes) -> bytes:
        """The answer's bytes for one resource, from the bytes of the whole."""
        found = orjson.loads(resource)
        return orjson.dumps(_project(resource_type.attributes.get, found, self.only, self.without))


def projection(resource_type: ResourceType, attributes: str | None, excluded: str | None) -> Projection:
    """From the two parameters: lists of attribute names, joined by commas. Both may be given."""
    only = _tree(resource_type, attributes) if attributes else None
    return Projection(only, _tree(resource_type, excluded) if excluded else _Named())


def _tree(resource_type: ResourceType, names: str) -> _Named:
    root = _Named()
    for name in names.split(","):
        chain = resource_type.resolve(name.strip())
        if chain is None:
            continue
        node = root
        for link in chain:
            node = node.subs.setdefault(link.name, _Named())
        node.whole = True
    return root


def _project(find: Find, holder: Mapping[str, Any], only: _Named | None, without: _Named) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in holder.items():
        attribute = find(name)
        if attribute is None:
            continue
        named = only.subs.get(name) if only is not None else None
        out = without.subs.get(name, _Named())
        if _shown(attribute, named, only is None or only.whole, out):
            inner = None if only is None or only.whole or (named is not None and named.whole) else named
            part = _part(attribute, value, inner, out)
            if part not in ({}, []):
                found[name] = part
    return found


def _shown(attribute: Attribute, named: _Named | None, all_named: bool, out: _Named) -> bool:
    if attribute.returned == "always":
        return True
    if attribute.returned == "never" or out.whole:
        return False
    if attribute.returned == "request":
        return named is not None
    return all_named or named is not None


def _part(attribute: Attribute, value: Any, named: _Named | None, out: _Named) -> Any:
    if not attribute.subs:
        return value
    if attribute.multi:
        return [_project(attribute.subs.get, each, named, out) for each in value]
    return _project(attribute.subs.get, value, named, out)
