"""The path of a PATCH operation (RFC 7644 section 3.5.2, figure 7): attrPath / valuePath [subAttr]."""

from dataclasses import dataclass
from functools import lru_cache

from scim_server.scim.errors import InvalidPath, Mutability
from scim_server.scim.expression import Node
from scim_server.scim.filter import CACHED, LENGTH, parse_value_filter
from scim_server.scim.schemas import Attribute, Chain, ResourceType, spell


@dataclass(frozen=True, slots=True)
class Path:
    """Where an operation applies: a chain, the elements of its end that `term` chooses, one `sub` of them."""

    chain: Chain
    term: Node | None = None
    sub: Attribute | None = None

    @property
    def dropped(self) -> bool:
        """Whether what is written there is accepted and dropped (password)."""
        return self.chain[-1].returned == "never"

    def demand_writable(self) -> None:
        """Raises Mutability where the path names a readOnly attribute."""
        if any(link.read_only for link in self.chain) or (self.sub is not None and self.sub.read_only):
            raise Mutability(f"{spell(self.chain)} is readOnly.")


def parse_path(resource_type: ResourceType, text: str) -> Path:
    """Reads a path. Raises InvalidPath, and InvalidFilter for what stands between the brackets."""
    return _parse_once(resource_type, text) if len(text) <= CACHED else _parse(resource_type, text)


@lru_cache(maxsize=512)
def _parse_once(resource_type: ResourceType, text: str) -> Path:
    return _parse(resource_type, text)


def _parse(resource_type: ResourceType, text: str) -> Path:
    if len(text) > LENGTH:
        raise InvalidPath("A path has 8 KB at most.")
    head, bracket, rest = text.partition("[")
    chain = _resolve(resource_type, head)
    if not bracket:
        return Path(chain)
    inner, closing, tail = rest.rpartition("]")
    attribute = chain[-1]
    if not closing or not attribute.multi or not attribute.subs:
        raise InvalidPath(f"{head[:200]}[...] is no value path.")  # what it compares with may be confidential
    return Path(chain, parse_value_filter(attribute, inner), _sub(attribute, tail))


def _resolve(resource_type: ResourceType, text: str) -> Chain:
    chain = resource_type.resolve(text.strip())
    if chain is None:
        raise InvalidPath(f"{resource_type.name} has no attribute {text[:200]}.")
    return chain


def _sub(attribute: Attribute, tail: str) -> Attribute | None:
    if not tail:
        return None
    sub = attribute.sub(tail[1:]) if tail.startswith(".") else None
    if sub is None:
        raise InvalidPath(f"{attribute.name}[...] is followed by no sub-attribute of its own.")
    return sub
