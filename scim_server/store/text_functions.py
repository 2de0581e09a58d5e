"""Text compared by its bytes, case exact, on both engines (S10).

LIKE is none of these: SQLite's knows no case in ASCII, and both read wildcards in what a client wrote.
"""

from typing import Any

from sqlalchemy import Boolean, Integer, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class InBytes(FunctionElement[str]):
    """A text in the order of its bytes, which for UTF-8 is that of its code points."""

    inherit_cache = True
    type = Text()


class Position(FunctionElement[int]):
    """Where a text first holds another, from 1; 0 where it does not: `Position(text, part)`."""

    inherit_cache = True
    type = Integer()


class Tail(FunctionElement[str]):
    """The last n characters: `Tail(text, n)`, n above 0."""

    inherit_cache = True
    type = Text()


class Contains(FunctionElement[bool]):
    """Whether bytes hold other bytes: `Contains(bytes, part)`."""

    inherit_cache = True
    type = Boolean()


def _parts(element: FunctionElement[Any], compiler: Any, **kw: Any) -> list[str]:
    return [compiler.process(each, **kw) for each in element.clauses.clauses]


@compiles(InBytes)
def _in_bytes(element: InBytes, compiler: Any, **kw: Any) -> str:
    (text,) = _parts(element, compiler, **kw)
    return text


@compiles(InBytes, "postgresql")
def _in_bytes_postgres(element: InBytes, compiler: Any, **kw: Any) -> str:
    (text,) = _parts(element, compiler, **kw)
    return f'{text} COLLATE "C"'


@compiles(Position)
def _position(element: Position, compiler: Any, **kw: Any) -> str:
    text, part = _parts(element, compiler, **kw)
    return f"instr({text}, {part})"


@compiles(Position, "postgresql")
def _position_postgres(element: Position, compiler: Any, **kw: Any) -> str:
    text, part = _parts(element, compiler, **kw)
    return f"strpos({text}, {part})"


@compiles(Tail)
def _tail(element: Tail, compiler: Any, **kw: Any) -> str:
    text, count = _parts(element, compiler, **kw)
    return f"substr({text}, -({count}))"


@compiles(Tail, "postgresql")
def _tail_postgres(element: Tail, compiler: Any, **kw: Any) -> str:
    text, count = _parts(element, compiler, **kw)
    return f"right({text}, {count})"


@compiles(Contains)
def _contains(element: Contains, compiler: Any, **kw: Any) -> str:
    whole, part = _parts(element, compiler, **kw)
    return f"(instr({whole}, {part}) > 0)"


@compiles(Contains, "postgresql")
def _contains_postgres(element: Contains, compiler: Any, **kw: Any) -> str:
    whole, part = _parts(element, compiler, **kw)
    return f"(position({part} in {whole}) > 0)"
