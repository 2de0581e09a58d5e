"""What a filter finds in the stored JSON.

caseExact=false strings and dateTimes are compared as `folded` has them, whose lists
have the same places as those of `document`; everything else as `document` has it.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, LargeBinary, Select, and_, exists, literal, literal_column, select, true

from scim_server.scim.expression import And, Compare, Node, leaves
from scim_server.scim.folded import folds
from scim_server.scim.schemas import Chain
from scim_server.store.comparisons import Condition
from scim_server.store.conditions import condition
from scim_server.store.json_functions import JsonElement, JsonElements, JsonNumber, JsonRaw, JsonText, Names
from scim_server.store.tables import resources
from scim_server.store.text_functions import Contains


@dataclass(frozen=True, slots=True)
class Documents:
    """Both forms of a resource, or of one element."""

    document: Any
    folded: Any

    def value(self, path: Chain) -> ColumnElement[Any]:
        """The value at a path, in the form in which literals are."""
        names = _names(path)
        if folds(path[-1]):
            return JsonText(self.folded, names)
        match path[-1].type:
            case "complex" | "boolean":
                return JsonRaw(self.document, names)
            case "integer" | "decimal":
                return JsonNumber(self.document, names)
            case _:
                return JsonText(self.document, names)

    def some(self, path: Chain, term: Node) -> Condition:
        """An element of the list at a path satisfies the term. Only the form that it asks for is read."""
        names = _names(path)
        asked = {folds(leaf.path[-1]) for leaf in leaves(term)}
        rows = _rows(self.folded if asked == {True} else self.document, names)
        both = len(asked) > 1
        folded = JsonElement(self.folded, names, rows.c.key) if both else rows.c.value
        found: Select[Any] = (
            select(literal_column("1")).select_from(rows).where(condition(term, Documents(rows.c.value, folded)))
        )
        return and_(self._may_hold(term), exists(found.correlate(resources)))

    def _may_hold(self, term: Node) -> Condition:
        """Whether the bytes of a resource hold the text that the term demands: JSON is read only where they do."""
        text = demanded(term)
        if not text or self.folded is not resources.c.folded:
            return true()
        return Contains(self.folded, literal(orjson.dumps(text)[1:-1], LargeBinary))


def demanded(term: Node) -> str:
    """The longest text without which nothing satisfies the term, as `folded` has it; empty where there is none."""
    if isinstance(term, And):
        return max(map(demanded, term.terms), key=len)
    if isinstance(term, Compare) and term.op in _TEXTUAL and isinstance(term.value, str) and folds(term.path[-1]):
        return term.value
    return ""


_TEXTUAL = ("eq", "co", "sw", "ew")


@cache
def _rows(holder: Any, names: Names) -> Any:
    """A list as a table: one for each attribute, whatever number of statements reads it."""
    return JsonElements(holder, names).table_valued("key", "value")


def _names(path: Chain) -> Names:
    return tuple(link.name for link in path if link.name)
