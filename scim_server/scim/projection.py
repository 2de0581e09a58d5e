"""`attributes` and `excludedAttributes` (RFC 7644 section 3.9) and `returned` (RFC 7643 section 7), in one place.

always: in every answer. default: unless excluded, or others are named. request: only
where named itself. never: never. Names that no schema knows are ignored.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from scim_server.scim.kept import KEPT
from scim_server.scim.schemas import Attribute, ResourceType
from scim_server.scim.urns import ROSTER_USER

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
    kept: tuple[str, ...] = ()
    """Attributes of the roster's extension that are returned on request, and are named here."""

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


def projection(
    resource_type: ResourceType, attributes: str | None, excluded: str | None, restricted: bool = False
) -> Projection:
    """From the two parameters: lists of attribute names, joined by commas. Both may be given.

    `restricted`: whether who asks may see what is for some roles only; else it is as if there were none (S18).
    """
    only = _tree(resource_type, attributes, restricted) if attributes else None
    return Projection(only, _tree(resource_type, excluded, True) if excluded else _Named(), _kept(only))


def _kept(only: _Named | None) -> tuple[str, ...]:
    inside = None if only is None else only.subs.get(ROSTER_USER)
    return () if inside is None else tuple(name for name in KEPT if name in inside.subs)


def _tree(resource_type: ResourceType, names: str, restricted: bool) -> _Named:
    root = _Named()
    for name in names.split(","):
        chain = resource_type.resolve(name.strip())
        if chain is None or (not restricted and any(link.restricted for link in chain)):
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
            part = _part(attribute, value, _inside(attribute, named, only), out)
            if part not in ({}, []):
                found[name] = part
    return found


def _inside(attribute: Attribute, named: _Named | None, above: _Named | None) -> _Named | None:
    """What is named of the parts: who names the whole as well has all that it returns by default, and those."""
    if named is None or above is None or not above.whole or attribute.returned == "request":
        return named
    return _Named(True, named.subs)


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
        return [part for each in value if (part := _project(attribute.subs.get, each, named, out))]
    return _project(attribute.subs.get, value, named, out)
