"""Every attribute and sub-attribute of the schema table, and a resource that has a value in each."""

from collections.abc import Iterator, Sequence
from typing import Any

from scim_server.scim.schemas import Attribute, Chain, ResourceType, load, spell

TABLE = load(False)
TYPES = {"User": TABLE.user, "Group": TABLE.group}
VALUES: dict[str, Any] = {
    "string": "Aa",
    "reference": "https://Example.org/Aa",
    "boolean": True,
    "binary": "QWE=",
    "dateTime": "2026-11-23T08:00:00Z",
    "integer": 5,
    "decimal": 5.5,
}
WRONG: dict[str, Sequence[Any]] = {
    "string": (5, True, {"value": "x"}, ["x"]),
    "reference": (5, True, {"value": "x"}, "not a URI"),
    "boolean": ("maybe", 1, [True]),
    "binary": (5, "%%%"),
    "dateTime": (5, "yesterday"),
    "integer": ("5", 1.5, True),
    "decimal": ("5", True),
    "complex": (5, True, [{}, {}]),
}


def chains(resource_type: ResourceType) -> list[Chain]:
    """All of them, extensions left out, but not what is in them."""
    tops = _each(resource_type.attributes.values())
    return [chain for top in tops for chain in _below((top,)) if not chain[-1].extension]


def _below(chain: Chain) -> Iterator[Chain]:
    yield chain
    for sub in _each(chain[-1].subs.values()):
        yield from _below((*chain, sub))


def _each(attributes: Any) -> list[Attribute]:
    return list({id(attribute): attribute for attribute in attributes}.values())


def named(*kinds: str) -> list[tuple[str, str]]:
    """(resource type, path) of every attribute; `kinds` keeps those whose mutability is one of them."""
    return [
        (name, spell(chain))
        for name, resource_type in TYPES.items()
        for chain in chains(resource_type)
        if not kinds or mutability(chain) in kinds
    ]


def chain_of(type: str, path: str) -> Chain:
    chain = TYPES[type].resolve(path)
    assert chain is not None
    return chain


def mutability(chain: Chain) -> str:
    """readOnly where anything on the way is."""
    return "readOnly" if any(link.read_only for link in chain) else chain[-1].mutability


def value(attribute: Attribute) -> Any:
    """Something that may stand there."""
    if attribute.type == "complex":
        one: Any = {sub.name: value(sub) for sub in _each(attribute.subs.values()) if not sub.read_only}
    else:
        one = VALUES[attribute.type]
    return [one] if attribute.multi else one


def body(type: str, member: str | None = None) -> dict[str, Any]:
    """A resource with a value in everything that a client may write; a Group with one member."""
    resource_type = TYPES[type]
    whole = {
        attribute.name: value(attribute)
        for attribute in _each(resource_type.attributes.values())
        if not attribute.read_only
    }
    whole["schemas"] = [resource_type.urn, *(extension.name for extension in resource_type.extensions)]
    if "members" in whole:
        whole["members"] = [{"value": member}]
    return whole


def with_value(type: str, path: str, value: Any) -> dict[str, Any]:
    """The least resource that has `value` there."""
    chain = chain_of(type, path)
    resource: dict[str, Any] = {"schemas": [TYPES[type].urn], "userName": "least", "displayName": "least"}
    holder = resource
    for link in chain[:-1]:
        inner: dict[str, Any] = {}
        holder[link.name] = [inner] if link.multi else inner
        holder = inner
    holder[chain[-1].name] = value
    return resource


def only(resource: dict[str, Any], chain: Chain) -> dict[str, Any]:
    """What `attributes` with this path leaves."""
    head, rest = chain[0], chain[1:]
    if head.name not in resource:
        return {}
    found = resource[head.name]
    if rest:
        found = [only(each, rest) for each in found] if head.multi else only(found, rest)
    return {head.name: found} if found and found != [{}] else {}


def without(resource: dict[str, Any], chain: Chain) -> dict[str, Any]:
    """What `excludedAttributes` with this path leaves."""
    head, rest = chain[0], chain[1:]
    if head.name not in resource:
        return resource
    left = {name: item for name, item in resource.items() if name != head.name}
    if rest:
        inner = resource[head.name]
        inner = [without(each, rest) for each in inner] if head.multi else without(inner, rest)
        if inner and inner != [{}]:
            left = {name: inner if name == head.name else item for name, item in resource.items()}
    return left
