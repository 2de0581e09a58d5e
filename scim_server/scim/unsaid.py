"""What a write keeps because its client never saw it: values whose `returned` is request (S2).

Who reads a User and writes it back says nothing about them. And a lock that an investigation or another event brings
never ends because that event is missing from a list: it ends by its endDate; a wrong one is taken out by its name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from scim_server.scim.errors import Mutability
from scim_server.scim.expression import And, Compare, Node, Or
from scim_server.scim.schemas import Attribute
from scim_server.scim.values import in_order

Element = dict[str, Any]

_STATUS, _LOCKS = "statusEvents", ("investigation", "other-lock")


def keep_unsaid(extension: Attribute, new: Element, old: Mapping[str, Any]) -> Element:
    """The facts of a PUT over those that are stored. Raises Mutability."""
    for name in list(dict.fromkeys((*new, *old))):
        attribute = extension.subs[name]
        if name not in new and attribute.returned == "request":
            new[name] = old[name]
        elif name in new and attribute.keyed:
            new[name] = keep_in_list(attribute, new[name], old.get(name, ()))
    return in_order(extension.subs.get, new)


def keep_in_list(attribute: Attribute, new: Sequence[Element], old: Sequence[Element]) -> list[Element]:
    """A whole list in the place of another: an element keeps what is returned on request only. Raises Mutability."""
    demand_locks_stay(attribute, old, new)
    before = {each.get("value"): each for each in old}
    return [_kept(attribute, each, before.get(each.get("value"), {})) for each in new]


def _kept(attribute: Attribute, new: Element, old: Element) -> Element:
    unsaid = {name: value for name, value in old.items() if name not in new and is_unsaid(attribute, name)}
    return in_order(attribute.subs.get, new | unsaid) if unsaid else new


def is_unsaid(attribute: Attribute, name: str) -> bool:
    """Whether a sub-attribute is one that no answer shows by itself."""
    return attribute.subs[name].returned == "request"


def demand_locks_stay(attribute: Attribute, old: Sequence[Element], new: Iterable[Element] = ()) -> None:
    """Every event that locks is still there, as what it was. Raises Mutability."""
    if attribute.name != _STATUS:
        return
    there = {(each.get("value"), each.get("type")) for each in new}
    if any(each.get("type") in _LOCKS and (each.get("value"), each["type"]) not in there for each in old):
        raise Mutability(
            "statusEvents: an investigation or other-lock ends by its endDate, never by being left out; "
            'a wrong one is removed by its name: statusEvents[value eq "..."].'
        )


@contextmanager
def locks_stay(attribute: Attribute, elements: Sequence[Element]) -> Iterator[None]:
    """What is written to these elements meanwhile leaves every lock as what it was. Raises Mutability."""
    before = [dict(each) for each in elements] if attribute.name == _STATUS else ()
    yield
    demand_locks_stay(attribute, before, elements)


def names_elements(term: Node) -> bool:
    """Whether a filter of a value path says by `value` which elements it means."""
    match term:
        case Compare(path, "eq", value):
            return path[-1].name == "value" and value is not None
        case And(terms):
            return any(map(names_elements, terms))
        case Or(terms):
            return bool(terms) and all(map(names_elements, terms))
        case _:
            return False
