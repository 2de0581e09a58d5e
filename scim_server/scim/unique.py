"""What a document says that no other resource may say (RFC 7643 section 7, uniqueness), in its compared form."""

from collections.abc import Iterator, Mapping
from typing import Any

from scim_server.scim.fold import fold
from scim_server.scim.schemas import Chain, ResourceType, spell


def unique_values(resource_type: ResourceType, document: Mapping[str, Any]) -> list[tuple[str, str]] | None:
    """(attribute, value) of each; None where the type has no such attribute beside those with a column."""
    if not resource_type.uniques:
        return None
    return [
        (spell(chain), value if chain[-1].case_exact else fold(value))
        for chain in resource_type.uniques
        for value in dict.fromkeys(_values(document, chain))
    ]


def _values(holder: Mapping[str, Any], chain: Chain) -> Iterator[str]:
    link, rest = chain[0], chain[1:]
    if link.name in holder:
        value = holder[link.name]
        for each in value if link.multi else (value,):
            if rest:
                yield from _values(each, rest)
            else:
                yield str(each)
