"""A filter as SQL with bound values: indexed columns where there are some, else the JSON documents.

caseExact=false strings are compared in `folded`, whose lists have the same places as
those of `document`; everything else in `document`. The JSON functions are constructs
of our own with a spelling for SQLite and one for PostgreSQL; the paths in them are
names of our schemas, never a client's.

Operators so far: eq and `and`, with value paths; the others are 400 invalidFilter.
"""

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, exists, literal, select, true
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from scim_server.scim.errors import InvalidFilter
from scim_server.scim.expression import And, Compare, Elements, Literal, Node
from scim_server.scim.schemas import Chain, ResourceType, spell
from scim_server.scim.urns import ROSTER_GROUP
from scim_server.store.tables import members, resources

Condition = ColumnElement[bool]


def where(node: Node, resource_type: ResourceType) -> Condition:
    """The condition on `resources` that a filter means. Raises InvalidFilter for what cannot be asked yet."""
    match node:
        case And(terms):
            return and_(*(where(term, resource_type) for term in terms))
        case Compare(op="eq"):
            return _equal(node, resource_type)
        case Elements(path, term):
            return _some_element(path, term)
        case _:
            raise _unsupported(node)


def _unsupported(node: Node) -> InvalidFilter:
    name = node.op if isinstance(node, Compare) else type(node).__name__.replace("Present", "pr").lower()
    return InvalidFilter(f"The operator {name} is not supported yet: filter by eq, joined by and.")


def _equal(node: Compare, resource_type: ResourceType) -> Condition:
    where_it_is = spell(node.path)
    indexed = _COLUMNS.get(where_it_is, _NAMES[resource_type.name].get(where_it_is))
    if indexed is not None:
        return indexed.is_(None) if node.value is None else indexed == node.value
    if node.path[0].name == "meta":
        raise InvalidFilter(f"{where_it_is} cannot be filtered by.")
    split = next((place for place, link in enumerate(node.path) if link.multi), None)
    if split is None:
        return _scalar(resources.c.document, resources.c.folded, node.path, node.value)
    head, rest = node.path[: split + 1], node.path[split + 1 :]
    if node.value is None:
        raise InvalidFilter(f"{where_it_is} has many values: it is not compared with null.")
    if not rest:
        return _some_value(head, node.value)
    return _some_element(head, Compare(rest, "eq", node.value, node.raw))


_COLUMNS: dict[str, ColumnElement[Any]] = {
    "id": resources.c.id,
    "externalId": resources.c.external_id,
    "active": resources.c.active,
    "meta.resourceType": resources.c.type,
    "meta.created": resources.c.created,
    "meta.lastModified": resources.c.modified,
    f"{ROSTER_GROUP}:parent": resources.c.parent,
}
_NAMES: dict[str, dict[str, ColumnElement[Any]]] = {
    "User": {"userName": resources.c.name},
    "Group": {"displayName": resources.c.name},
}


def _scalar(document: Any, folded: Any, path: Chain, value: Literal) -> Condition:
    """Equality of a single-valued attribute inside a JSON object."""
    names = tuple(link.name for link in path)
    if value is None:
        return JsonText(document, names).is_(None)
    if isinstance(value, bool):
        return JsonRaw(document, names) == ("true" if value else "false")
    if isinstance(value, int | float):
        return (
            JsonRaw(document, names) == f"{value:g}"
            if value != int(value)
            else JsonRaw(document, names) == str(int(value))
        )
    return JsonText(document if path[-1].case_exact else folded, names) == value


def _some_value(path: Chain, value: Literal) -> Condition:
    each = JsonElements(resources.c.document, tuple(link.name for link in path)).table_valued("key", "value")
    return exists(select(literal(1)).select_from(each).where(JsonText(each.c.value, ()) == value).correlate(resources))


def _some_element(path: Chain, term: Node) -> Condition:
    if path[0].name in ("groups", "members"):
        return _some_membership(path[0].name, term)
    names = tuple(link.name for link in path)
    each = JsonElements(resources.c.document, names).table_valued("key", "value")
    same = JsonElements(resources.c.folded, names).table_valued("key", "value")
    found = select(literal(1)).select_from(each.join(same, each.c.key == same.c.key))
    return exists(found.where(_element(term, each.c.value, same.c.value)).correlate(resources))


def _element(term: Node, document: Any, folded: Any) -> Condition:
    match term:
        case And(terms):
            return and_(*(_element(each, document, folded) for each in terms))
        case Compare(op="eq"):
            return _scalar(document, folded, term.path, term.value)
        case _:
            raise _unsupported(term)


def _some_membership(attribute: str, term: Node) -> Condition:
    mine, other = members.c.user_id, members.c.group_id
    if attribute == "members":
        mine, other = other, mine
    holds = _membership(term, other, "direct" if attribute == "groups" else "user")
    return exists(select(literal(1)).select_from(members).where(mine == resources.c.id, holds).correlate(resources))


def _membership(term: Node, other: Any, kind: str) -> Condition:
    match term:
        case And(terms):
            return and_(*(_membership(each, other, kind) for each in terms))
        case Compare(path=(attribute,), op="eq") if attribute.name == "value":
            return other == term.value  # type: ignore[no-any-return]
        case Compare(path=(attribute,), op="eq") if attribute.name == "type":
            return true() if term.value == kind else ~true()
        case Compare(op="eq"):
            raise InvalidFilter("A membership is filtered by its value or type.")
        case _:
            raise _unsupported(term)


# -- JSON, in both engines' words


class JsonText(FunctionElement[str]):
    """The text at a path; NULL where there is nothing."""

    inherit_cache = False
    type = Text()

    def __init__(self, holder: Any, names: tuple[str, ...]) -> None:
        super().__init__(holder)
        self.names = names


class JsonRaw(JsonText):
    """The JSON at a path, as text: true, 5, "x"."""

    inherit_cache = False


class JsonElements(FunctionElement[Any]):
    """The elements of the list at a path, as rows of (key, value)."""

    inherit_cache = False

    def __init__(self, holder: Any, names: tuple[str, ...]) -> None:
        super().__init__(holder)
        self.names = names


def _sqlite_path(names: tuple[str, ...]) -> str:
    return "'$" + "".join(f'."{name}"' for name in names) + "'"


def _postgres_path(names: tuple[str, ...]) -> str:
    return "'{" + ",".join(f'"{name}"' for name in names) + "}'"


def _holder(element: Any, compiler: Any, **kw: Any) -> tuple[str, bool]:
    holder = element.clauses.clauses[0]
    return compiler.process(holder, **kw), getattr(holder, "table", None) is resources


@compiles(JsonText)
def _text(element: JsonText, compiler: Any, **kw: Any) -> str:
    holder, stored = _holder(element, compiler, **kw)
    if not element.names:
        return holder
    arrow = "->" if isinstance(element, JsonRaw) else "->>"
    return f"({f'CAST({holder} AS TEXT)' if stored else holder} {arrow} {_sqlite_path(element.names)})"


@compiles(JsonText, "postgresql")
def _text_postgres(element: JsonText, compiler: Any, **kw: Any) -> str:
    holder, stored = _holder(element, compiler, **kw)
    json = f"convert_from({holder}, 'UTF8')::jsonb" if stored else holder
    path = _postgres_path(element.names)
    return f"({json} #> {path})::text" if isinstance(element, JsonRaw) else f"({json} #>> {path})"


@compiles(JsonElements)
def _elements(element: JsonElements, compiler: Any, **kw: Any) -> str:
    holder, _ = _holder(element, compiler, **kw)
    return f"json_each(CAST({holder} AS TEXT), {_sqlite_path(element.names)})"


@compiles(JsonElements, "postgresql")
def _elements_postgres(element: JsonElements, compiler: Any, **kw: Any) -> str:
    holder, _ = _holder(element, compiler, **kw)
    list_ = f"convert_from({holder}, 'UTF8')::jsonb #> {_postgres_path(element.names)}"
    return f"(SELECT place AS key, value FROM jsonb_array_elements({list_}) WITH ORDINALITY AS e(value, place))"  # noqa: S608
