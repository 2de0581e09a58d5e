"""One value in a statement against one literal of a filter; NULL where there is no value.

All by bytes, or as numbers; the literal is always bound.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, ColumnElement, Text, and_, false, func, literal, true

from scim_server.scim.expression import Compare, Present
from scim_server.store.text_functions import InBytes, Position, Tail

Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Address:
    """A resource's address: what stands before its id, and the id, so that `eq` finds it by its index."""

    before: str
    id: ColumnElement[Any]


Value = ColumnElement[Any] | Address


def holds(value: Value, node: Compare | Present) -> Condition:
    """Whether the value satisfies the leaf of a filter; its `op` is not ne."""
    if isinstance(value, Address):
        return _address(value, node)
    if isinstance(node, Present):
        return _present(value, node.path[-1].type)
    if node.value is None:
        return value.is_(None)
    if isinstance(node.value, bool):
        return (
            value.is_(node.value) if isinstance(value.type, Boolean) else value == ("true" if node.value else "false")
        )
    return _compare(value, node.op, node.value)


def _address(value: Address, node: Compare | Present) -> Condition:
    if isinstance(node, Present):
        return true()
    if node.value is None:
        return false()
    if node.op != "eq":
        return _compare(literal(value.before, Text).concat(value.id), node.op, node.value)
    address = str(node.value)
    return value.id == address.removeprefix(value.before) if address.startswith(value.before) else false()


def _present(value: ColumnElement[Any], type: str) -> Condition:
    if type == "complex":
        return value != "{}"
    return value.is_not(None) if type in ("boolean", "integer", "decimal") else value != ""


_ORDERED: Mapping[str, Callable[[ColumnElement[Any], Any], Condition]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def _compare(value: ColumnElement[Any], op: str, literal: Any) -> Condition:
    if op == "eq":
        equal: Condition = value == literal
        return equal
    if op in _ORDERED:
        return _ORDERED[op](InBytes(value) if isinstance(literal, str) else value, literal)
    return _part(value, op, literal)


def _part(value: ColumnElement[Any], op: str, part: str) -> Condition:
    if not part:
        return value.is_not(None)
    if op == "co":
        return Position(value, literal(part, Text)) > 0
    if op == "ew":
        return Tail(value, literal(len(part))) == part
    if isinstance(value, Column):
        return _range(value, part)
    return func.substr(value, 1, len(part)) == part


def _range(column: Column[Any], prefix: str) -> Condition:
    """What begins with the prefix, so that an index finds it."""
    above, ordered = after(prefix), InBytes(column)
    least = ordered >= prefix
    return least if above is None else and_(least, ordered < above)


def after(prefix: str) -> str | None:
    """The first string behind all that begin with the prefix, in the order of code points; None where there is none."""
    kept = prefix.rstrip("\U0010ffff")
    if not kept:
        return None
    following = ord(kept[-1]) + 1
    return kept[:-1] + chr(0xE000 if following == 0xD800 else following)  # surrogates are no characters
