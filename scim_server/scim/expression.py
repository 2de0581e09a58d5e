"""A filter as a small tree of ours, and its evaluation on values.

Literals carry the type of their attribute; those of caseExact=false strings are folded
already, dateTimes are stamps (UTC, milliseconds). `emails[type eq "work"].value eq "x"`
is Elements(emails, And(type eq work, value eq x)): one element must satisfy it all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scim_server.scim.fold import fold
from scim_server.scim.schemas import Chain
from scim_server.scim.values import instant

Literal = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Compare:
    """attrPath op value; `op` is one of eq ne co sw ew gt ge lt le. `raw` is the value as it was written."""

    path: Chain
    op: str
    value: Literal
    raw: Literal


@dataclass(frozen=True, slots=True)
class Present:
    """attrPath pr."""

    path: Chain


@dataclass(frozen=True, slots=True)
class And:
    """All of the terms."""

    terms: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Or:
    """One of the terms at least."""

    terms: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """not (term)."""

    term: "Node"


@dataclass(frozen=True, slots=True)
class Elements:
    """attrPath[filter]: one element of the multi-valued attribute satisfies the filter, whose paths begin in it."""

    path: Chain
    term: "Node"


Node = Compare | Present | And | Or | Not | Elements

ALWAYS, NEVER = And(()), Or(())
"""What everything satisfies, and nothing: trees of several terms hold neither."""


def all_of(terms: Iterable[Node]) -> Node:
    """The terms joined by `and`."""
    left = tuple(term for term in terms if term != ALWAYS)
    if NEVER in left:
        return NEVER
    return left[0] if len(left) == 1 else And(left)


def any_of(terms: Iterable[Node]) -> Node:
    """The terms joined by `or`."""
    left = tuple(term for term in terms if term != NEVER)
    if ALWAYS in left:
        return ALWAYS
    return left[0] if len(left) == 1 else Or(left)


def negated(term: Node) -> Node:
    """not (term)."""
    if isinstance(term, Not):
        return term.term
    return NEVER if term == ALWAYS else ALWAYS if term == NEVER else Not(term)


def leaves(node: Node) -> Iterator[Compare | Present | Elements]:
    """What a filter joins: its comparisons, and its value paths as wholes."""
    match node:
        case And(terms) | Or(terms):
            for term in terms:
                yield from leaves(term)
        case Not(term):
            yield from leaves(term)
        case _:
            yield node


def satisfies(node: Node, holder: Mapping[str, Any]) -> bool:
    """Whether a document, or one element of a multi-valued attribute, satisfies the filter."""
    match node:
        case And(terms):
            return all(satisfies(term, holder) for term in terms)
        case Or(terms):
            return any(satisfies(term, holder) for term in terms)
        case Not(term):
            return not satisfies(term, holder)
        case Elements(path, term):
            return any(satisfies(term, element) for element in values(holder, path))
        case Present(path):
            return any(value not in ("", {}) for value in values(holder, path))
        case Compare():
            return _compare(node, holder)


def values(holder: Mapping[str, Any], path: Chain) -> Iterator[Any]:
    """Every value that a chain reaches in a document; of a multi-valued attribute each element."""
    head, rest = path[0], path[1:]
    found = holder.get(head.name)
    if found is None:
        return
    for value in found if head.multi else (found,):
        if rest:
            yield from values(value, rest)
        else:
            yield value


def _compare(node: Compare, holder: Mapping[str, Any]) -> bool:
    found = list(values(holder, node.path))
    if node.op == "ne":
        return not _compare(Compare(node.path, "eq", node.value, node.raw), holder)
    if node.value is None:
        return not found
    return any(_holds(node.op, comparable(node.path, value), node.value) for value in found)


def comparable(path: Chain, value: Any) -> Any:
    """A stored value in the form in which literals are."""
    attribute = path[-1]
    if attribute.type == "dateTime":
        return instant(value)
    return value if attribute.case_exact or not isinstance(value, str) else fold(value)


def _holds(op: str, value: Any, literal: Any) -> bool:
    match op:
        case "eq":
            return bool(value == literal)
        case "co":
            return literal in value
        case "sw":
            return bool(value.startswith(literal))
        case "ew":
            return bool(value.endswith(literal))
        case "gt" | "lt":
            return bool(value > literal) if op == "gt" else bool(value < literal)
        case _:
            return bool(value >= literal) if op == "ge" else bool(value <= literal)
