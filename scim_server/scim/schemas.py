"""The schema table: compiled once from the JSON schemas beside this file.

An attribute is found by its name in any case; an extension is an attribute too, of
type complex, whose name is its URN, so that every walk treats it like any other.
Everything that the standard says of an attribute (RFC 7643 section 2.2) stands
here and nowhere else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

import orjson

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, ROSTER_GROUP, ROSTER_USER, USER

VALUES = 1_000
"""How many values one attribute may have; members are rows and have no such limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Attribute:
    """One attribute or sub-attribute. `subs` is by name, in the schema's spelling and in lower case."""

    name: str
    type: str
    multi: bool
    required: bool
    case_exact: bool
    mutability: str
    returned: str
    uniqueness: str
    allowed: frozenset[str]  # canonicalValues where nothing else is accepted: the roster's own attributes
    subs: Mapping[str, "Attribute"]
    rank: int  # its place in the schema, hence in every document
    needs: Sequence["Attribute"]  # sub-attributes that are required
    nested: Sequence["Attribute"]  # sub-attributes that are complex themselves
    extension: bool = False
    restricted: bool = False  # for some roles only, and for the others as if there were none (S18)

    @property
    def read_only(self) -> bool:
        """Ignored where a body brings it, an error where a PATCH path names it."""
        return self.mutability == "readOnly"

    @property
    def keyed(self) -> bool:
        """Whether its elements are known by an immutable `value`, so that one that comes again is the same one."""
        key = self.subs.get("value")
        return self.multi and key is not None and key.mutability == "immutable"

    def sub(self, name: str) -> "Attribute | None":
        """The sub-attribute of that name, in any case."""
        return self.subs.get(name) or self.subs.get(name.lower())


Chain = tuple[Attribute, ...]
"""An attribute with what leads to it: (extension?, attribute, sub-attribute?)."""


def spell(chain: Chain) -> str:
    """The standard's notation of a chain (RFC 7644 section 3.10)."""
    head, rest = chain[0], ".".join(link.name for link in chain[1:])
    return f"{head.name}{':' if head.extension else '.'}{rest}" if rest else head.name


_RESTRICTED = frozenset({"statusEvents"})

KEYS = frozenset({"id", "externalId", "userName", "departmentCode"})


@dataclass(frozen=True, slots=True, eq=False)
class ResourceType:
    """User or Group with its extensions. `attributes` is keyed like `Attribute.subs`."""

    name: str
    endpoint: str
    urn: str
    description: str
    attributes: Mapping[str, Attribute]
    extensions: Sequence[Attribute]
    required: Sequence[Attribute] = field(default=())
    uniques: Sequence[Chain] = field(default=())
    """What the server keeps unique beside the attributes of `KEYS`, which have a column each."""

    def find(self, name: str) -> Attribute | None:
        """The attribute or extension of that name, in any case."""
        return self.attributes.get(name) or self.attributes.get(name.lower())

    def resolve(self, path: str) -> Chain | None:
        """The chain that an attribute path names, or None.

        A path is split at the last colon of a KNOWN urn: the URNs themselves hold
        dots and colons. The core URN may stand before a core attribute.
        """
        low = path.lower()
        if low.startswith(core := self.urn.lower() + ":"):
            return _walk(self.attributes, path[len(core) :].split("."))
        for extension in self.extensions:
            urn = extension.name.lower()
            if low == urn:
                return (extension,)
            if low.startswith(urn + ":"):
                rest = _walk(extension.subs, path[len(urn) + 1 :].split("."))
                return rest and (extension, *rest)
        return _walk(self.attributes, path.split("."))


def _walk(known: Mapping[str, Attribute], names: Sequence[str]) -> Chain | None:
    chain: list[Attribute] = []
    for name in names:
        found = known.get(name) or known.get(name.lower())
        if found is None:
            return None
        chain.append(found)
        known = found.subs
    return tuple(chain)


@dataclass(frozen=True, slots=True, eq=False)
class Schemas:
    """What this server serves: two resource types, and the schema documents to show."""

    user: ResourceType
    group: ResourceType
    documents: Sequence[Mapping[str, Any]]

    @property
    def resource_types(self) -> tuple[ResourceType, ResourceType]:
        """In the order of /ResourceTypes."""
        return self.user, self.group


@cache
def load(roster_extension: bool) -> Schemas:
    """The table; `roster_extension=False` serves plain SCIM only (S10)."""
    common = _file("common")["attributes"]
    core = {name: _file(name) for name in ("user", "group")}
    enterprise, facts, departments = _file("enterprise_user"), _file("schema_user"), _file("schema_group")
    user_extensions = [_extension(enterprise, rank=100)]
    group_extensions = []
    if roster_extension:
        user_extensions.append(_extension(facts, rank=101))
        group_extensions.append(_extension(departments, rank=100))
    shown = [core["user"], core["group"], enterprise, *([facts, departments] if roster_extension else [])]
    return Schemas(
        user=_resource_type(
            "User", "/Users", "User Account", USER, common + core["user"]["attributes"], user_extensions
        ),
        group=_resource_type(
            "Group", "/Groups", "Group", GROUP, common + core["group"]["attributes"], group_extensions
        ),
        documents=shown,
    )


def _file(name: str) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads((files("scim_server.scim") / "schemas" / f"{name}.json").read_bytes())
    return document


def _resource_type(
    name: str, endpoint: str, description: str, urn: str, attributes: list[Any], extensions: list[Attribute]
) -> ResourceType:
    own = [_attribute(entry, rank, closed=False) for rank, entry in enumerate(attributes)]
    return ResourceType(
        name=name,
        endpoint=endpoint,
        urn=urn,
        description=description,
        attributes=_by_name([*own, *extensions]),
        extensions=tuple(extensions),
        required=tuple(attribute for attribute in own if attribute.required and not attribute.read_only),
        uniques=tuple(_uniques((), [*own, *extensions])),
    )


def _uniques(above: Chain, attributes: Iterable[Attribute]) -> Iterator[Chain]:
    for attribute in attributes:
        chain = (*above, attribute)
        if attribute.uniqueness != "none" and attribute.name not in KEYS:
            yield chain
        yield from _uniques(chain, {id(sub): sub for sub in attribute.subs.values()}.values())


def _extension(document: Mapping[str, Any], rank: int) -> Attribute:
    closed = document["id"] != ENTERPRISE_USER
    entry = {"name": document["id"], "type": "complex", "multiValued": False, "required": False}
    entry |= {"mutability": "readWrite", "returned": "default", "subAttributes": document["attributes"]}
    return replace(_attribute(entry, rank, closed), extension=True)


def _attribute(entry: Mapping[str, Any], rank: int, closed: bool, restricted: bool = False) -> Attribute:
    restricted = restricted or (closed and entry["name"] in _RESTRICTED)
    subs = [_attribute(sub, place, closed, restricted) for place, sub in enumerate(entry.get("subAttributes", ()))]
    return Attribute(
        name=entry["name"],
        type=entry["type"],
        multi=entry["multiValued"],
        required=entry["required"],
        case_exact=entry.get("caseExact", entry["type"] != "string"),
        mutability=entry["mutability"],
        returned=entry["returned"],
        uniqueness=entry.get("uniqueness", "none"),
        allowed=frozenset(entry.get("canonicalValues", ()) if closed else ()),
        subs=_by_name(subs),
        rank=rank,
        needs=tuple(sub for sub in subs if sub.required and not sub.read_only),
        nested=tuple(sub for sub in subs if sub.type == "complex"),
        restricted=restricted,
    )


def _by_name(attributes: Iterable[Attribute]) -> dict[str, Attribute]:
    named: dict[str, Attribute] = {}
    for attribute in attributes:
        named[attribute.name] = named[attribute.name.lower()] = attribute
    return named


IMMUTABLE_FACTS = {ROSTER_USER, ROSTER_GROUP}
"""Extensions that, once given, stay (S1, S7)."""
