"""sortBy and sortOrder (RFC 7644 section 3.4.2.3), resolved for each resource type.

What cannot be sorted by is 400 invalidValue: of the keywords in table 9 it is the one
that applies to queries; invalidPath is of PATCH alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scim_server.scim.errors import InvalidValue
from scim_server.scim.schemas import Chain, ResourceType, spell

_ORDERS = {"ascending": False, "descending": True}
_SHOWN = 64  # characters of a name that a sentence repeats


@dataclass(frozen=True, slots=True)
class Sort:
    """The attribute to sort by: a chain to a simple attribute, or None for a type that has no such attribute."""

    chains: Mapping[str, Chain | None]  # by the name of the resource type
    descending: bool

    @property
    def spelled(self) -> str:
        """What it sorts by, in one spelling."""
        names = {spell(chain) for chain in self.chains.values() if chain is not None}
        return ("-" if self.descending else "+") + "|".join(sorted(names))


def sort(types: Sequence[ResourceType], by: str | None, order: str | None) -> Sort | None:
    """What the two parameters mean; None without sortBy. Raises InvalidValue."""
    descending = _ORDERS.get((order or "ascending").lower())
    if descending is None:
        raise InvalidValue("sortOrder is ascending or descending.")
    if not by:
        return None
    chains = {each.name: _known(each, by) for each in types}
    if not any(chains.values()):
        raise InvalidValue(f"There is no attribute {by[:_SHOWN]} to sort by.")
    return Sort({name: chain and _simple(chain) for name, chain in chains.items()}, descending)


def _known(resource_type: ResourceType, path: str) -> Chain | None:
    """What is never returned is never sorted by either: the order would tell the values."""
    chain = resource_type.resolve(path)
    if chain is None or any(link.returned == "never" for link in chain):
        return None
    return chain


def _simple(chain: Chain) -> Chain:
    """A multi-valued attribute stands for its `value`."""
    last = chain[-1]
    if last.type == "complex":
        value = last.sub("value") if last.multi else None
        if value is None:
            raise InvalidValue(f"{spell(chain)} is complex: sort by one of its sub-attributes.")
        return _simple((*chain, value))
    if last.type == "binary":
        raise InvalidValue(f"{spell(chain)} is binary, which has no order.")
    return chain
