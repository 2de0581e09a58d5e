"""JSON inside a statement: constructs of our own, each with a spelling for SQLite and one for PostgreSQL.

A holder is a stored document (bytes) or an element of a list in one. The names of a
path are those of our schemas, never a client's.
"""

from typing import Any

from sqlalchemy import Double, LargeBinary, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

Names = tuple[str, ...]


class _At(FunctionElement[Any]):
    """Something at a path in a holder.

    The path is no bound value, so a compiled statement is not kept: what stays in memory
    must not grow with what clients ask.
    """

    inherit_cache = False

    def __init__(self, holder: Any, names: Names, *more: Any) -> None:
        super().__init__(holder, *more)
        self.names = names


class JsonText(_At):
    """The text at a path, the element itself where the path is empty; NULL where there is nothing."""

    inherit_cache = False
    type = Text()


class JsonRaw(_At):
    """The JSON at a path, as text: true, 5, "x", {}."""

    inherit_cache = False
    type = Text()


class JsonNumber(_At):
    """The number at a path."""

    inherit_cache = False
    type = Double()


class JsonElements(_At):
    """The elements of the list at a path, as rows of (key, value); keys count from 0."""

    inherit_cache = False


class JsonElement(_At):
    """The element with a key in the list at a path: `JsonElement(holder, names, key)`."""

    inherit_cache = False
    type = Text()


# -- SQLite


def _path(names: Names) -> str:
    return "'$" + "".join(f'."{name}"' for name in names) + "'"


def _holder(element: Any, compiler: Any, **kw: Any) -> str:
    holder = element.clauses.clauses[0]
    text: str = compiler.process(holder, **kw)
    return f"CAST({text} AS TEXT)" if _stored(holder) else text


def _stored(holder: Any) -> bool:
    return isinstance(holder.type, LargeBinary)


@compiles(JsonText)
@compiles(JsonNumber)
def _value(element: Any, compiler: Any, **kw: Any) -> str:
    holder = _holder(element, compiler, **kw)
    return f"({holder} ->> {_path(element.names)})" if element.names else holder


@compiles(JsonRaw)
def _raw(element: JsonRaw, compiler: Any, **kw: Any) -> str:
    return f"({_holder(element, compiler, **kw)} -> {_path(element.names)})"


@compiles(JsonElements)
def _elements(element: JsonElements, compiler: Any, **kw: Any) -> str:
    return f"json_each({_holder(element, compiler, **kw)}, {_path(element.names)})"


@compiles(JsonElement)
def _element(element: JsonElement, compiler: Any, **kw: Any) -> str:
    key = compiler.process(element.clauses.clauses[1], **kw)
    return f"({_holder(element, compiler, **kw)} -> ({_path(element.names)} || '[' || {key} || ']'))"


# -- PostgreSQL


def _postgres_path(names: Names) -> str:
    return "'{" + ",".join(f'"{name}"' for name in names) + "}'"


def _postgres_holder(element: Any, compiler: Any, **kw: Any) -> str:
    holder = element.clauses.clauses[0]
    text: str = compiler.process(holder, **kw)
    return f"convert_from({text}, 'UTF8')::jsonb" if _stored(holder) else text


@compiles(JsonText, "postgresql")
def _postgres_text(element: JsonText, compiler: Any, **kw: Any) -> str:
    return f"({_postgres_holder(element, compiler, **kw)} #>> {_postgres_path(element.names)})"


@compiles(JsonRaw, "postgresql")
def _postgres_raw(element: JsonRaw, compiler: Any, **kw: Any) -> str:
    return f"({_postgres_holder(element, compiler, **kw)} #> {_postgres_path(element.names)})::text"


@compiles(JsonNumber, "postgresql")
def _postgres_number(element: JsonNumber, compiler: Any, **kw: Any) -> str:
    return f"({_postgres_holder(element, compiler, **kw)} #>> {_postgres_path(element.names)})::numeric"


@compiles(JsonElements, "postgresql")
def _postgres_elements(element: JsonElements, compiler: Any, **kw: Any) -> str:
    found = f"{_postgres_holder(element, compiler, **kw)} #> {_postgres_path(element.names)}"
    rows = f"jsonb_array_elements({found}) WITH ORDINALITY AS e(value, place)"
    return f"(SELECT place - 1 AS key, value FROM {rows})"  # noqa: S608 - names of our schemas


@compiles(JsonElement, "postgresql")
def _postgres_element(element: JsonElement, compiler: Any, **kw: Any) -> str:
    key = compiler.process(element.clauses.clauses[1], **kw)
    found = f"{_postgres_holder(element, compiler, **kw)} #> {_postgres_path(element.names)}"
    return f"(({found}) -> ({key})::int)"
