"""A filter in normal form as a condition, wherever the values that it asks for stand."""

from dataclasses import replace
from typing import Protocol

from sqlalchemy import and_, false, func, not_, or_, true

from scim_server.scim.expression import And, Compare, Elements, Node, Not, Or, Present
from scim_server.scim.schemas import Attribute, Chain
from scim_server.store.comparisons import Condition, Value, holds


class Fields(Protocol):
    """What a filter can ask for: the attributes of a resource, or of one element of an attribute."""

    def value(self, path: Chain) -> Value:
        """The value at a path without multi-valued attributes. Raises InvalidFilter where nobody can tell."""
        ...

    def some(self, path: Chain, term: Node) -> Condition:
        """Whether an element of the multi-valued attribute at the end of `path` satisfies the term; never NULL."""
        ...


def condition(node: Node, fields: Fields) -> Condition:
    """NULL counts as false: no comparison of what is absent holds, and its negation does (S10)."""
    match node:
        case And(terms):
            return and_(true(), *(condition(term, fields) for term in terms))
        case Or(terms):
            return or_(false(), *(condition(term, fields) for term in terms))
        case Not(term):
            return not_(func.coalesce(condition(term, fields), false()))
        case Elements(path, term):
            return fields.some(path, term)
        case _:
            return _leaf(node, fields)


def _leaf(node: Compare | Present, fields: Fields) -> Condition:
    split = next((place for place, link in enumerate(node.path) if link.multi), None)
    if split is None:
        return holds(fields.value(node.path), node)
    head, rest = node.path[: split + 1], node.path[split + 1 :]
    each = replace(node, path=rest or (itself(head[-1]),))
    if isinstance(each, Compare) and each.value is None:
        return not_(fields.some(head, Not(each)))  # no element has a value
    return fields.some(head, each)


def itself(attribute: Attribute) -> Attribute:
    """An element as a whole, as an attribute without a name in it."""
    return replace(attribute, name="", multi=False)
