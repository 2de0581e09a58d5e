"""The words of a filter or a path, as scim2-filter-parser's grammar expects them.

Its own lexer cannot read JSON strings with escapes, numbers with sign or fraction, or
names that begin like keywords; this one reads the tokens of RFC 7644 section 3.4.2.2
and yields the same kinds. String and number values are read already.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from scim_server.scim.errors import InvalidFilter

OPERATORS = frozenset({"eq", "ne", "co", "sw", "ew", "pr", "gt", "ge", "lt", "le"})
_WORDS = {word: word.upper() for word in (*OPERATORS, "and", "or", "not")}
_LITERALS = {"true": ("TRUE", True), "false": ("FALSE", False), "null": ("NULL", None)}
_BRACKETS = {"(": "LPAREN", ")": "RPAREN", "[": "LBRACKET", "]": "RBRACKET"}

_TOKEN = re.compile(
    r"""[ \t]*(?:
      (?P<string>"(?:[^"\\\x00-\x1f]|\\.)*")
    | (?P<number>-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.$-]))
    | (?P<bracket>[()\[\]])
    | \.(?P<sub>[A-Za-z$][A-Za-z0-9_$-]*)
    | (?P<urn>[A-Za-z][A-Za-z0-9-]*:[A-Za-z0-9:._-]*(?=:)):(?P<name>[A-Za-z$][A-Za-z0-9_$-]*)
    | (?P<word>[A-Za-z$][A-Za-z0-9_$-]*)
    )""",
    re.VERBOSE | re.ASCII,
)


@dataclass(slots=True)
class Token:
    """The shape of sly's own tokens."""

    type: str
    value: Any
    index: int
    end: int
    lineno: int = 1


def tokens(text: str) -> list[Token]:
    """All tokens; raises InvalidFilter at the first character that begins none."""
    return list(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    at, end = 0, len(text.rstrip(" \t"))
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            raise InvalidFilter(f"The filter cannot be read from character {at + 1} on.")
        yield from _read(found)
        at = found.end()


def _read(found: re.Match[str]) -> Iterator[Token]:
    kind, start, end = found.lastgroup or "", found.start(found.lastgroup or 0), found.end()
    text = found[kind]
    if kind == "word":
        yield Token(*_word(text), start, end)
    elif kind == "string":
        yield Token("COMP_VALUE", _json(text), start, end)
    elif kind == "bracket":
        yield Token(_BRACKETS[text], text, start, end)
    elif kind == "number":
        yield Token("NUMBER", _json(text), start, end)
    elif kind == "sub":
        yield Token("SUBATTR", text, start, end)
    else:
        yield Token("SCHEMA_URI", found["urn"], start, end)
        yield Token("ATTRNAME", text, start, end)


def _word(text: str) -> tuple[str, Any]:
    if text in _LITERALS:
        return _LITERALS[text]
    low = text.lower()
    return (_WORDS[low], low) if low in _WORDS else ("ATTRNAME", text)


def _json(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise InvalidFilter("A value of the filter is no JSON value.") from None
