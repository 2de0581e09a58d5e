"""What a service says of itself: ServiceProviderConfig and Schemas (RFC 7644, 4), read once by each connector.

A service that does not have these addresses is taken for one that does what most do: PATCH, filters, the core schema.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.scim.attributes import COMMON, ENTERPRISE, USER_SCHEMA, Place
from connectors.scim.codes import Declined
from connectors.scim.resource import TABLES, at, rows, text_of
from connectors.scim.wire import Forbidden, Json, Wire
from mappings.model import Kind

READABLE = ("default", "always", "")
Schemas = Mapping[str, Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Features:
    """`most`: how many resources it puts on a page; None: not said. `schemas`: attributes by schema, in lower case."""

    patch: bool = True
    filter: bool = True
    etag: bool = False
    most: int | None = None
    schemas: Schemas = field(default_factory=dict)

    def known(self, kind: Kind) -> frozenset[str]:
        """The attributes that can be written there, and read back."""
        return frozenset(name for name, place in TABLES[kind].items() if self._knows(place))

    @property
    def locks(self) -> bool:
        """Whether it knows `active`."""
        return self._knows(Place(USER_SCHEMA, ("active",)))

    def _knows(self, place: Place) -> bool:
        schema = self.schemas.get(place.schema.casefold())
        if not schema:  # of the core it may be silent; an extension that it does not name it does not have
            return place.schema != ENTERPRISE
        definition = schema.get(place.names[0].casefold())
        if definition is None:
            return place.names[0] == COMMON
        return all(_usable(each) for each in (definition, *_below(definition, place)))


def read(wire: Wire) -> Features:
    """Asks. Raises ConnectorError where it is only that there is no answer now."""
    told = _asked(wire, "/ServiceProviderConfig")
    most = at(told, "filter", "maxResults")
    return Features(
        patch=_supported(told, "patch", default=True),
        filter=_supported(told, "filter", default=True),
        etag=_supported(told, "etag", default=False),
        most=most if type(most) is int and most > 0 else None,
        schemas=dict(_schemas(_asked(wire, "/Schemas"))),
    )


def _asked(wire: Wire, path: str) -> Json:
    try:
        return wire.read(path)[0]
    except (Declined, Forbidden):
        return {}


def _supported(told: Json, name: str, default: bool) -> bool:
    said = at(told, name, "supported")
    return said if isinstance(said, bool) else default


def _schemas(listed: Json) -> Iterator[tuple[str, Mapping[str, Json]]]:
    for each in rows(at(listed, "Resources")):
        yield text_of(each, "id").casefold(), _attributes(at(each, "attributes"))


def _attributes(listed: Any) -> Mapping[str, Json]:
    return {text_of(each, "name").casefold(): each for each in rows(listed)}


def _below(definition: Json, place: Place) -> list[Json | None]:
    """The definition of a sub-attribute, where the place is one and the service defines any."""
    below = _attributes(at(definition, "subAttributes"))
    return [below.get(name.casefold()) for name in place.names[1:]] if below else []


def _usable(definition: Json | None) -> bool:
    if definition is None:
        return False
    writable = text_of(definition, "mutability").casefold() not in ("readonly", "writeonly")
    return writable and text_of(definition, "returned").casefold() in READABLE
