"""The shape of a request's body, and how a body is held against it: unknown fields and wrong types are refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.attendance.simulator.codes import MALFORMED, MISSING, OUT_OF_RANGE, TOO_LONG, Refusal

PAGE_SIZE = 1000


@dataclass(frozen=True, slots=True)
class Text:
    """A string of 1 to `longest` characters, none of `barred`; an empty one counts as a value only where `blank`."""

    required: bool = False
    longest: int = 64
    barred: str = ""
    among: frozenset[str] = frozenset()
    blank: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number. `quoted`: it may be written as a string, too."""

    required: bool = False
    low: int = 0
    high: int = 2**31 - 1
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """true or false."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """An object with a shape of its own."""

    shape: "Shape"
    required: bool = False


@dataclass(frozen=True, slots=True)
class Many:
    """An array of at most `most` values of one kind. An empty one is as good as none."""

    each: "Text | Number | Row"
    most: int = PAGE_SIZE
    required: bool = False


Field = Text | Number | Truth | Row | Many
Shape = Mapping[str, Field]

PAGED: Shape = {"pageNo": Number(required=True, low=1), "pageSize": Number(required=True, low=1, high=PAGE_SIZE)}


def read(body: object, shape: Shape, further: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The fields that are there. `further`: names of strings that this site has added. null counts as not sent."""
    if not isinstance(body, dict):
        raise Refusal(MALFORMED, "body")
    known: dict[str, Field] = {**{name: Text(blank=True, longest=128) for name in further}, **shape}
    for name in body:
        if name not in known:
            raise Refusal(MALFORMED, f"unknown parameter {name}")
    values = {name: value(name, body[name], known[name]) for name in known if body.get(name) is not None}
    for name, field in known.items():
        if field.required and values.get(name, "") in ("", []):
            raise Refusal(MISSING, name)
    return values


def value(name: str, given: object, field: Field) -> Any:
    """One field's value, as it was given; numbers in quotes become numbers."""
    match field:
        case Text():
            return _text(name, given, field)
        case Number():
            return _number(name, given, field)
        case Truth():
            if not isinstance(given, bool):
                raise Refusal(MALFORMED, name)
            return given
        case Row(shape):
            return read(given, shape)
        case Many(each, most):
            if not isinstance(given, list):
                raise Refusal(MALFORMED, name)
            if len(given) > most:
                raise Refusal(OUT_OF_RANGE, f"{name}: at most {most}")
            return [value(name, one, each) for one in given]


def _text(name: str, given: object, field: Text) -> str:
    if not isinstance(given, str):
        raise Refusal(MALFORMED, name)
    if len(given) > field.longest:
        raise Refusal(TOO_LONG, name)
    if any(sign in field.barred for sign in given):
        raise Refusal(MALFORMED, name)
    if field.among and given not in field.among and not (field.blank and not given):
        raise Refusal(OUT_OF_RANGE, name)
    return given


def _number(name: str, given: object, field: Number) -> int:
    if field.quoted and isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int):
        raise Refusal(MALFORMED, name)
    if not field.low <= given <= field.high:
        raise Refusal(OUT_OF_RANGE, name)
    return given


def page(rows: list[Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The envelope of a list: {total, pageNo, pageSize, list}. A page past the end is empty."""
    number, size = body["pageNo"], body["pageSize"]
    return {"total": len(rows), "pageNo": number, "pageSize": size, "list": rows[(number - 1) * size : number * size]}
