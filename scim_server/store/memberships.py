"""`groups` of a User and `members` of a Group, which no document holds: rows, and the resource at their other end."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, exists, func, literal, literal_column, select

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import And, Compare, Node, leaves
from scim_server.scim.schemas import Chain, spell
from scim_server.store.comparisons import Address, Condition, Value
from scim_server.store.conditions import condition
from scim_server.store.json_functions import JsonText
from scim_server.store.tables import members, resources

_THERE = resources.alias("there")


def some_membership(attribute: str, term: Node, base_url: str | None, pinned: bool) -> Condition:
    """A membership satisfies the term.

    `pinned`: other terms of the filter leave few resources, and each is looked at; else a membership whose
    other end is named is looked up from there, and no other row is read.
    """
    mine, other = members.c.user_id, members.c.group_id
    if attribute == "members":
        mine, other = other, mine
    end = _End(attribute, other, base_url)
    rows = members.join(_THERE, _THERE.c.id == other) if _asks_for_display(term) else members
    holds = condition(term, end)
    if _names_its_end(term) and not pinned:
        return resources.c.id.in_(select(mine).select_from(rows).where(holds))
    found: Select[Any] = select(literal_column("1")).select_from(rows).where(mine == resources.c.id, holds)
    return exists(found.correlate(resources))


@dataclass(frozen=True, slots=True)
class _End:
    """The sub-attributes of one membership."""

    attribute: str
    other: ColumnElement[str]
    base_url: str | None

    def value(self, path: Chain) -> Value:
        match path[-1].name:
            case "display":
                return self._group_name() if self.attribute == "groups" else self._person_name()
            case "type":
                return literal("direct" if self.attribute == "groups" else "user", Text)
            case "$ref":
                endpoint = "/Groups/" if self.attribute == "groups" else "/Users/"
                return address(self.base_url, endpoint, self.other, path)
            case _:
                return self.other

    def _group_name(self) -> ColumnElement[Any]:
        return _THERE.c.name

    def _person_name(self) -> ColumnElement[Any]:
        """What an answer displays of a member, folded: displayName, else name.formatted, else nothing."""
        said = (JsonText(_THERE.c.folded, names) for names in (("displayName",), ("name", "formatted")))
        return func.coalesce(*(func.nullif(each, "") for each in said), type_=Text)

    def some(self, path: Chain, term: Node) -> Condition:
        raise InvalidFilter(f"{spell(path)} has no elements to choose from.")


def address(base_url: str | None, endpoint: str, id: ColumnElement[str], path: Chain) -> Address:
    """The address of a resource (`endpoint` with a slash at both ends). Raises InvalidFilter where none are known."""
    if base_url is None:
        raise InvalidFilter(f"{spell(path)} cannot be filtered by.")
    return Address(base_url + endpoint, id)


def _asks_for_display(term: Node) -> bool:
    return any(leaf.path[-1].name == "display" for leaf in leaves(term))


def _names_its_end(term: Node) -> bool:
    return any(
        isinstance(each, Compare)
        and each.op == "eq"
        and each.value is not None
        and each.path[-1].name in ("value", "$ref")
        for each in (term.terms if isinstance(term, And) else (term,))
    )
