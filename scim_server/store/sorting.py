"""An order of resources as SQL: a total one, by value and then by id, so that it is the same for every page size.

Ascending is the order; descending is the same read backwards, so that resources
without a value are last or first as RFC 7644 section 3.4.2.3 has it. Strings compare by
bytes (S10), folded where the attribute is caseExact=false. Of a multi-valued attribute
the primary element counts, else the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
)

from scim_server.scim.errors import InvalidValue
from scim_server.scim.kept import KEPT
from scim_server.scim.schemas import Chain, ResourceType, spell
from scim_server.scim.sort import Sort
from scim_server.scim.urns import ENTERPRISE_USER, ROSTER_GROUP
from scim_server.store.json_functions import JsonElement, JsonElements, JsonNumber, JsonRaw, JsonText
from scim_server.store.tables import members, resources
from scim_server.store.text_functions import InBytes

Value = str | int | float | None
Key = ColumnElement[Any]

LONGEST = 256
"""Characters of a value inside a document that count: a place in the order must fit into a cursor."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an order: at the resource with this value and id, be it there or not."""

    value: Value
    id: str
    included: bool = False  # whether a page that begins here has that resource too


@dataclass(frozen=True, slots=True)
class Ordering:
    """`key` is None where the id alone orders; `always`: every resource has a value."""

    key: Key | None = None
    always: bool = True
    descending: bool = False

    def by(self, backward: bool = False) -> list[Any]:
        """ORDER BY, read from the other end where `backward`."""
        down = backward != self.descending
        id = InBytes(resources.c.id)
        tie = id.desc() if down else id.asc()
        if self.key is None:
            return [tie]
        key = self.key.desc() if down else self.key.asc()
        if not self.always:
            key = key.nulls_first() if down else key.nulls_last()
        return [key, tie]

    def beyond(self, place: Place, backward: bool = False) -> ColumnElement[bool]:
        """What lies after a place, or before it where `backward`."""
        return self._below(place) if backward != self.descending else self._above(place)

    def _above(self, place: Place) -> ColumnElement[bool]:
        id = InBytes(resources.c.id)
        same = id >= place.id if place.included else id > place.id
        if self.key is None:
            return same
        if place.value is None:
            return and_(self.key.is_(None), same)
        above = or_(self.key > place.value, and_(self.key == place.value, same))
        return and_(self.key >= place.value, above) if self.always else or_(above, self.key.is_(None))

    def _below(self, place: Place) -> ColumnElement[bool]:
        id = InBytes(resources.c.id)
        same = id <= place.id if place.included else id < place.id
        if self.key is None:
            return same
        if place.value is None:
            return or_(self.key.is_not(None), same)
        return and_(self.key <= place.value, or_(self.key < place.value, same))


BY_ID = Ordering()


def ordering(sort: Sort | None, types: Sequence[ResourceType]) -> Ordering:
    """The order of a query over these types. Raises InvalidValue for what cannot be sorted by."""
    if sort is None:
        return BY_ID
    keys = {each.name: _key(each, chain) for each in types if (chain := sort.chains[each.name]) is not None}
    always = len(keys) == len(types) and all(
        chain is not None and spell(chain) in _ALWAYS[name] for name, chain in sort.chains.items()
    )
    if len(types) == 1:
        (key,) = keys.values()
    elif len({id(key) for key in keys.values()}) == 1 and len(keys) == len(types):
        key = next(iter(keys.values()))
    else:
        key = case(*((resources.c.type == name, key) for name, key in keys.items()), else_=null())
    return Ordering(InBytes(key) if _is_text(sort) else key, always, sort.descending)


def _is_text(sort: Sort) -> bool:
    kinds = {chain[-1].type for chain in sort.chains.values() if chain is not None}
    return not kinds & {"boolean", "integer", "decimal"}


_ID: Key = resources.c.id
_COLUMNS: dict[str, Key] = {
    "id": _ID,
    "externalId": resources.c.external_id,
    "active": cast(resources.c.active, Integer),
    "meta.resourceType": resources.c.type,
    "meta.created": resources.c.created,
    "meta.lastModified": resources.c.modified,
    "meta.version": cast(resources.c.version, Text),  # W/"10" is less than W/"9": it is a string
    f"{ENTERPRISE_USER}:manager.value": resources.c.manager,
    f"{ROSTER_GROUP}:parent": resources.c.parent,
}
_NAMES: dict[str, dict[str, Key]] = {
    "User": {"userName": resources.c.name},
    "Group": {"displayName": resources.c.name},
}
_EVERYWHERE = {"id", "meta.resourceType", "meta.created", "meta.lastModified", "meta.location", "meta.version"}
_ALWAYS = {"User": _EVERYWHERE | {"userName"}, "Group": _EVERYWHERE | {"displayName"}}


def _key(resource_type: ResourceType, chain: Chain) -> Key:
    name = spell(chain)
    found = _COLUMNS.get(name, _NAMES[resource_type.name].get(name))
    if found is not None:
        return found
    if name == "meta.location":
        return literal(f"{resource_type.endpoint}/", Text).concat(resources.c.id)
    if chain[0].name in ("groups", "members"):
        return _membership(chain)
    split = next((place for place, link in enumerate(chain) if link.multi), None)
    names = tuple(link.name for link in chain)
    if split is None:
        return _value(chain, _document(chain), resources.c.folded, names)
    return _first(chain, names[: split + 1], names[split + 1 :])


def _document(chain: Chain) -> Any:
    """What is returned on request only is kept apart."""
    apart = len(chain) > 1 and chain[0].extension and chain[1].name in KEPT
    return resources.c.kept if apart else resources.c.document


def _value(chain: Chain, document: Any, folded: Any, names: tuple[str, ...]) -> Key:
    attribute = chain[-1]
    if attribute.type == "boolean":
        return cast(case((JsonRaw(document, names) == "true", 1), (JsonRaw(document, names) == "false", 0)), Integer)
    if attribute.type in ("integer", "decimal"):
        return JsonNumber(document, names)
    folds = attribute.type == "string" and not attribute.case_exact
    return func.substr(JsonText(folded if folds else document, names), 1, LONGEST)


def _first(chain: Chain, names: tuple[str, ...], rest: tuple[str, ...]) -> Key:
    """The value in the primary element, else in the first."""
    each = JsonElements(_document(chain), names).table_valued("key", "value")
    same = JsonElement(resources.c.folded, names, each.c.key)
    holder = chain[len(names) - 1]
    order: list[Any] = [each.c.key]
    if holder.sub("primary") is not None:
        order.insert(0, case((JsonRaw(each.c.value, ("primary",)) == "true", 0), else_=1))
    found = select(_value(chain, each.c.value, same, rest)).select_from(each)
    return found.order_by(*order).limit(1).correlate(resources).scalar_subquery()


def _membership(chain: Chain) -> Key:
    """Of the first Group that a User joined, or of a Group's first member."""
    mine, other = members.c.user_id, members.c.group_id
    if chain[0].name == "members":
        mine, other = other, mine
    there = resources.alias("there")
    what: dict[str, Key] = {"value": other, "$ref": other}
    if chain[0].name == "groups":
        what["display"] = there.c.name
        what["type"] = literal("direct", Text)
    else:
        what["type"] = literal("user", Text)
    if chain[-1].name not in what:
        raise InvalidValue(f"{spell(chain)} cannot be sorted by.")
    found = select(what[chain[-1].name]).select_from(members.join(there, there.c.id == other))
    return (
        found.where(mine == resources.c.id).order_by(members.c.joined).limit(1).correlate(resources).scalar_subquery()
    )
