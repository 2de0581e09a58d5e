"""PATCH (RFC 7644 section 3.5.2) on a canonical document.

The operations come from `dialects.normal_operations`: each has a path. Readings where
the RFC leaves one: `remove` of what is not there is no change; `replace` of an
attribute that is not there is an `add`, of a value path without a match `noTarget`;
`add` to a value path without a match makes the element that the filter describes
(erratum 8097); `remove` with values takes away those elements only (Entra); a new
primary value ends the old one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from scim_server.scim.errors import InvalidPath, InvalidValue, Mutability, NoTarget, TooLarge
from scim_server.scim.expression import And, Compare, Node, comparable, satisfies
from scim_server.scim.membership import MemberChange
from scim_server.scim.operations import Operation, demand_once
from scim_server.scim.path import Path, parse_path
from scim_server.scim.schemas import IMMUTABLE_FACTS, Attribute, Chain, ResourceType
from scim_server.scim.tidy import tidy
from scim_server.scim.unsaid import demand_locks_stay, keep_in_list, locks_stay, names_elements
from scim_server.scim.validate import Document, demand_unchanged, finish
from scim_server.scim.values import canonical, demand_size, many, one

CHOICE = 25
EFFORT = 2_000_000
"""How many elements times characters of value paths one PATCH may cost: a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Patched:
    """The document after the operations, and what they do to the members of a Group."""

    document: Document
    members: MemberChange


def patch(resource_type: ResourceType, stored: bytes, operations: Sequence[Operation]) -> Patched:
    """Applies all operations, or raises and has changed nothing: `stored` is the document's JSON."""
    document: Document = orjson.loads(stored)
    steps = [(operation, parse_path(resource_type, operation.path or "")) for operation in operations]
    _demand_bounded(document, steps)
    members, written = MemberChange(), set()
    for operation, path in steps:
        path.demand_writable()
        if path.chain[0].name == "members":
            members.apply(operation, path)
        elif path.dropped:
            one(path.chain[-1], operation.value)  # of its type, all the same
        else:
            _apply(document, operation, path)
            written.add(path.chain[0])
    tidy(document, written)
    return Patched(finish(resource_type, document, orjson.loads(stored)), members)


def _demand_bounded(document: Document, steps: Sequence[tuple[Operation, Path]]) -> None:
    """Members are chosen by their ids, which costs nothing."""
    written = sum(_choice(operation, path) for operation, path in steps if path.chain[0].name != "members")
    if not written:
        return
    inside = [value for part in document.values() if isinstance(part, dict) for value in part.values()]
    lists = [*document.values(), *inside, *(operation.value for operation, _ in steps)]
    elements = sum(len(value) for value in lists if isinstance(value, list))
    if written * (elements + len(steps)) > EFFORT:
        raise TooLarge("The operations choose among too many values: send fewer at once.")


def _choice(operation: Operation, path: Path) -> int:
    """What it costs to look at one element: the length of the value path that chooses, or as much as a short one."""
    if path.term is not None:
        return len(operation.path or "")
    return CHOICE if operation.op == "remove" and operation.value is not None else 0


def _apply(document: Document, operation: Operation, path: Path) -> None:
    nothing = operation.value is None or operation.value == []
    if operation.op == "remove":
        _remove(document, path, operation.value)
    elif nothing and operation.op == "replace":
        _remove(document, path, None)
    elif not nothing:
        holders = _holders(document, path.chain[:-1])
        with locks_stay(path.chain[-2:][0], holders):
            for holder in holders:
                if path.term is None:
                    _assign(holder, path.chain[-1], operation.value, operation.op)
                else:
                    _assign_chosen(holder, path, operation)


def _holders(document: Document, chain: Chain, create: bool = True) -> list[Document]:
    """The objects that a chain leads to; what is missing on the way is made."""
    found = [document]
    for link in chain:
        if create:
            for holder in found:
                if not holder.get(link.name):  # an operation before this one may have emptied it
                    holder[link.name] = [{}] if link.multi else {}
        there = [holder[link.name] for holder in found if link.name in holder]
        found = [element for value in there for element in value] if link.multi else there
    return found


def _assign(holder: Document, attribute: Attribute, value: Any, op: str) -> None:
    if attribute.multi:
        _assign_many(holder, attribute, value, op)
    elif attribute.type == "complex":
        if not isinstance(value, dict):
            raise InvalidValue(f"{attribute.name} is complex: an object is expected.")
        _merge(holder.setdefault(attribute.name, {}), attribute, value, op)
    elif (new := one(attribute, value)) is not None:
        if attribute.mutability == "immutable":
            demand_unchanged(attribute.name, holder.get(attribute.name), new)
        holder[attribute.name] = new


def _assign_many(holder: Document, attribute: Attribute, value: Any, op: str) -> None:
    new = many(attribute, value if isinstance(value, list) else [value]) or []
    if op == "replace":
        holder[attribute.name] = (
            keep_in_list(attribute, new, holder.get(attribute.name, ())) if attribute.keyed else new
        )
        return
    elements = holder.setdefault(attribute.name, [])
    if attribute.keyed:
        new = _met(elements, new)
    there = {orjson.dumps(element, option=orjson.OPT_SORT_KEYS) for element in elements}
    added = [element for element in new if orjson.dumps(element, option=orjson.OPT_SORT_KEYS) not in there]
    elements.extend(added)
    demand_size(attribute, elements)
    _one_primary(elements, added)


def _met(elements: list[Document], new: list[Document]) -> list[Document]:
    """Who comes again is the same: what is said of him is written there. The others are returned."""
    there = {element.get("value"): element for element in elements}
    said = [each.get("value") for each in new]
    if len(set(said)) != len(said):
        raise InvalidValue("value is unique in the list; two elements have the same one.")
    for each in new:
        if each.get("value") in there:
            there[each.get("value")].update(each)
    return [each for each in new if each.get("value") not in there]


def _merge(target: Document, attribute: Attribute, value: dict[str, Any], op: str) -> None:
    """Sub-attributes that are given; the others stay (RFC 7644 section 3.5.2.3)."""
    demand_once(value)
    for key, item in value.items():
        sub = attribute.sub(key)
        if sub is None or sub.read_only:
            continue
        if item is not None and item != []:
            _assign(target, sub, item, op)
        elif op == "replace":
            _take(target, sub)


def _assign_chosen(holder: Document, path: Path, operation: Operation) -> None:
    attribute, term = path.chain[-1], path.term
    assert term is not None
    elements = holder.setdefault(attribute.name, [])
    chosen = [element for element in elements if satisfies(term, element)]
    if not chosen:
        if operation.op == "replace":
            raise NoTarget(f"{attribute.name} has no value that the filter of the path matches.")
        chosen = [_described(term)]
        elements.extend(chosen)
        demand_size(attribute, elements)
    with locks_stay(attribute, () if names_elements(term) else chosen):
        for element in chosen:
            if path.sub is not None:
                _assign(element, path.sub, operation.value, operation.op)
            else:
                _assign_element(element, attribute, operation)
    _one_primary(elements, chosen)


def _assign_element(element: Document, attribute: Attribute, operation: Operation) -> None:
    if not isinstance(operation.value, dict):
        raise InvalidValue(f"{attribute.name}: one element is an object.")
    if operation.op == "replace":
        kept = {
            sub.name for sub in attribute.subs.values() if sub.mutability == "immutable" or sub.returned == "request"
        }
        for name in [name for name in element if name not in kept]:
            del element[name]
    _merge(element, attribute, operation.value, operation.op)


def _described(term: Node) -> Document:
    """The element that a filter of `eq`, joined by `and`, describes."""
    element: Document = {}
    for each in term.terms if isinstance(term, And) else (term,):
        if isinstance(each, And):
            element |= _described(each)
        elif isinstance(each, Compare) and each.op == "eq" and each.raw is not None:
            last = each.path[-1]
            if last.read_only:
                raise NoTarget(f"{last.name} is readOnly: no such element can be made.")
            element[last.name] = canonical(last, each.value if last.type == "boolean" else each.raw)
        else:
            raise NoTarget("No value matches the filter of the path, and it describes none that could be made.")
    return element


def _one_primary(elements: list[Any], written: list[Any]) -> None:
    """A new primary value ends the old one (RFC 7644 section 3.5.2)."""
    if not any(isinstance(element, dict) and element.get("primary") is True for element in written):
        return
    ids = {id(element) for element in written}
    for element in elements:
        if id(element) not in ids and element.get("primary") is True:
            element["primary"] = False


def _remove(document: Document, path: Path, values: Any) -> None:
    attribute = path.chain[-1]
    for holder in _holders(document, path.chain[:-1], create=False):
        if attribute.name not in holder:
            continue
        if path.term is not None:
            _remove_chosen(holder, path, path.term)
        elif attribute.multi and values is not None and values != []:
            _remove_values(holder, attribute, values)
        else:
            _take(holder, attribute)


def _remove_chosen(holder: Document, path: Path, term: Node) -> None:
    attribute = path.chain[-1]
    if path.sub is None:
        left = [element for element in holder[attribute.name] if not satisfies(term, element)]
        if not names_elements(term):
            demand_locks_stay(attribute, holder[attribute.name], left)
        holder[attribute.name] = left
        return
    for element in holder[attribute.name]:
        if satisfies(term, element) and path.sub.name in element:
            _take(element, path.sub)
    # an element that says nothing but its kind says nothing
    holder[attribute.name] = [element for element in holder[attribute.name] if element.keys() - {"type", "primary"}]


def _remove_values(holder: Document, attribute: Attribute, values: Any) -> None:
    if not attribute.subs:
        raise InvalidPath(f"{attribute.name} has no elements to choose from.")
    given = [{"value": value} if isinstance(value, str) else value for value in _listed(values)]
    unwanted: dict[tuple[str, ...], set[bytes]] = {}
    for value in many(attribute, given) or []:
        said = _comparable(attribute, value)
        unwanted.setdefault(tuple(said), set()).add(orjson.dumps(said))
    left = [element for element in holder[attribute.name] if not _among(unwanted, _comparable(attribute, element))]
    if not all("value" in names for names in unwanted):
        demand_locks_stay(attribute, holder[attribute.name], left)
    holder[attribute.name] = left


def _among(unwanted: Mapping[tuple[str, ...], set[bytes]], element: Document) -> bool:
    """Whether one of the values says nothing that the element does not say; each kind of value is one look-up."""
    return any(
        orjson.dumps({name: element.get(name) for name in names}) in values for names, values in unwanted.items()
    )


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _comparable(attribute: Attribute, element: Document) -> Document:
    return {name: comparable((sub,), value) for name, value in element.items() if (sub := attribute.sub(name))}


def _take(holder: Document, attribute: Attribute) -> None:
    """Unassigns an attribute (RFC 7644 section 3.5.2.2)."""
    if attribute.name not in holder:
        return
    if attribute.required or attribute.mutability == "immutable" or attribute.name in IMMUTABLE_FACTS:
        raise Mutability(f"{attribute.name} cannot be removed.")
    if attribute.keyed:
        demand_locks_stay(attribute, holder[attribute.name])
    del holder[attribute.name]
