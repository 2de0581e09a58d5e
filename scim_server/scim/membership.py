"""Members of a Group: rows in the store, so here only ids that come and go.

Nothing in this file ever needs the members that are there.
"""

from dataclasses import dataclass, field
from typing import Any

from scim_server.scim.errors import InvalidFilter, InvalidValue, Mutability
from scim_server.scim.expression import Compare, Node, Or
from scim_server.scim.operations import Operation
from scim_server.scim.path import Path
from scim_server.scim.schemas import Attribute
from scim_server.scim.values import one


def member_ids(attribute: Attribute, value: Any) -> list[str]:
    """The ids that a value of `members` names, each once. Raises InvalidValue for a Group, or without value."""
    given = value if isinstance(value, list) else [value]
    return list(dict.fromkeys(_id(one(attribute, member) or {}) for member in given if member is not None))


def _id(member: dict[str, str]) -> str:
    if member.get("type", "User").lower() != "user" or "/Groups/" in member.get("$ref", ""):
        raise InvalidValue("members are Users: a Group cannot be a member.")
    if not member.get("value"):
        raise InvalidValue("members: each one needs the id of a User as its value.")
    return member["value"]


@dataclass(slots=True)
class MemberChange:
    """What a PATCH does to the members: exactly these, or some added and some removed, in the order of joining."""

    exact: dict[str, None] | None = None
    added: dict[str, None] = field(default_factory=dict)
    removed: dict[str, None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return self.exact is not None or bool(self.added or self.removed)

    def apply(self, operation: Operation, path: Path) -> None:
        """One operation whose path begins at `members`."""
        if len(path.chain) > 1 or path.sub is not None or (path.term is not None and operation.op != "remove"):
            raise Mutability("members: an element is immutable; remove it and add another.")
        attribute = path.chain[-1]
        if operation.op == "add":
            self._add([] if operation.value is None else member_ids(attribute, operation.value))
        elif operation.op == "replace":
            self._set([] if operation.value is None else member_ids(attribute, operation.value))
        elif path.term is not None:
            self._remove(_named(path.term))
        elif operation.value is None or operation.value == []:
            self._set([])
        else:
            self._remove(member_ids(attribute, operation.value))

    def _set(self, ids: list[str]) -> None:
        self.exact = dict.fromkeys(ids)
        self.added, self.removed = {}, {}

    def _add(self, ids: list[str]) -> None:
        for id in ids:
            self.removed.pop(id, None)
        (self.added if self.exact is None else self.exact).update(dict.fromkeys(ids))

    def _remove(self, ids: list[str]) -> None:
        for id in ids:
            if self.exact is not None:
                self.exact.pop(id, None)
            else:
                self.added.pop(id, None)
                self.removed[id] = None


def _named(term: Node) -> list[str]:
    """The ids in `members[value eq "..."]`, or several of them joined by `or`."""
    terms = term.terms if isinstance(term, Or) else (term,)
    ids = [
        each.value
        for each in terms
        if isinstance(each, Compare)
        and each.op == "eq"
        and each.path[-1].name == "value"
        and isinstance(each.value, str)
    ]
    if len(ids) != len(terms):
        raise InvalidFilter('members are chosen by value eq "id", several joined by or.')
    return ids
