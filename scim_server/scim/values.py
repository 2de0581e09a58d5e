"""One value against one attribute: its type, its spelling, its characters.

`canonical` returns the value as it is stored: sub-attributes in the schema's spelling
and order, without nulls, empty lists, unknown and readOnly sub-attributes; None where
nothing is left. It raises InvalidValue with a sentence that names the attribute.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import orjson

from scim_server.scim.characters import refused
from scim_server.scim.errors import InvalidSyntax, InvalidValue
from scim_server.scim.schemas import VALUES, Attribute

LENGTH = 16 * 1024
"""Characters of a string. A photo or a certificate is no string, and may fill the body."""

_LINES = {"formatted", "streetAddress"}
_DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)


def canonical(attribute: Attribute, value: Any) -> Any:
    """The value of an attribute as it is stored; a list for a multi-valued one."""
    if value is None:
        return None
    if attribute.multi:
        return many(attribute, value)
    return one(attribute, value)


def many(attribute: Attribute, value: Any) -> list[Any] | None:
    """All values of a multi-valued attribute; equal ones collapse (RFC 7643 section 2.4)."""
    if not isinstance(value, list):
        raise InvalidValue(f"{attribute.name} has many values: a list is expected.")
    demand_size(attribute, value)  # before each of them is looked at
    return distinct([found for item in value if (found := one(attribute, item)) is not None]) or None


def distinct(values: list[Any]) -> list[Any]:
    """Of equal values one, where the first of them stood."""
    return values if len(values) < 2 else list({orjson.dumps(value): value for value in values}.values())


def demand_size(attribute: Attribute, values: list[Any]) -> None:
    """Members are rows; every other list is part of a document and stays readable."""
    if len(values) > VALUES and attribute.name != "members":
        raise InvalidValue(f"{attribute.name} may have {VALUES} values at most.")


def one(attribute: Attribute, value: Any) -> Any:
    """One value: of a multi-valued attribute one element."""
    if value is None:
        return None
    if attribute.returned != "never":
        return _CHECKS[attribute.type](attribute, value)
    if not isinstance(value, str):
        raise InvalidValue(f"{attribute.name} is a string.")
    return None  # accepted and dropped: never stored (S10)


def _complex(attribute: Attribute, value: Any) -> dict[str, Any] | None:
    if not isinstance(value, dict):
        raise InvalidValue(f"{attribute.name} is complex: an object is expected.")
    try:
        found = members_of(attribute.subs.get, value.items())
    except InvalidValue as error:  # many attributes have a `value`
        raise InvalidValue(f"{attribute.name}{':' if attribute.extension else '.'}{error.detail}") from None
    if not found and attribute.needs:
        raise InvalidValue(f"{attribute.name}: {attribute.needs[0].name} is required.")
    return found or None


def members_of(find: Callable[[str], Attribute | None], items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """What a JSON object says, attribute by attribute, in the schema's spelling and order."""
    out: dict[str, Any] = {}
    last, sorted_already = -1, True
    for key, value in items:
        attribute = find(key) or find(key.lower())
        if attribute is None or attribute.mutability == "readOnly":
            continue
        found = canonical(attribute, value)
        if found is None:
            continue
        if attribute.name in out:
            raise InvalidSyntax(f"{attribute.name} is given twice.")
        out[attribute.name] = found
        sorted_already = sorted_already and attribute.rank > last
        last = attribute.rank
    return out if sorted_already else in_order(find, out)


def in_order(find: Callable[[str], Attribute | None], found: dict[str, Any]) -> dict[str, Any]:
    """The same members in the order of the schema, so that equal resources are equal bytes."""
    return dict(sorted(found.items(), key=lambda item: attribute.rank if (attribute := find(item[0])) else -1))


def _string(attribute: Attribute, value: Any) -> str:
    if not isinstance(value, str):
        raise InvalidValue(f"{attribute.name} is a string.")
    if (character := refused(value, lines=attribute.name in _LINES)) is not None:
        raise InvalidValue(f"{attribute.name} holds {character}: control and invisible characters are not accepted.")
    if len(value) > LENGTH and attribute.type == "string":
        raise InvalidValue(f"{attribute.name} has {LENGTH} characters at most.")
    if attribute.allowed and value not in attribute.allowed:
        raise InvalidValue(f"{attribute.name} is one of: {', '.join(sorted(attribute.allowed))}.")
    return value


def _boolean(attribute: Attribute, value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidValue(f"{attribute.name} is true or false.")
    return value


def _integer(attribute: Attribute, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**53) < value < 2**53:
        raise InvalidValue(f"{attribute.name} is a whole number.")
    return value


def _decimal(attribute: Attribute, value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not -1e300 < value < 1e300:
        raise InvalidValue(f"{attribute.name} is a number.")
    return value


def _reference(attribute: Attribute, value: Any) -> str:
    text = _string(attribute, value)
    if any(character.isspace() for character in text):
        raise InvalidValue(f"{attribute.name} is a URI: blanks are not part of one.")
    return text


def _binary(attribute: Attribute, value: Any) -> str:
    text = _string(attribute, value)
    try:
        base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise InvalidValue(f"{attribute.name} is base64.") from None
    return text


def _date_time(attribute: Attribute, value: Any) -> str:
    text = _string(attribute, value)
    if instant(text) is None:
        raise InvalidValue(f"{attribute.name} is a dateTime such as 2026-11-23T08:00:00Z.")
    return text


def instant(text: str) -> str | None:
    """An xsd:dateTime as the stamp that the store keeps (UTC, milliseconds, Z); None where it is none."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        read = datetime.fromisoformat(text)
        there = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return there.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


_CHECKS: dict[str, Callable[[Attribute, Any], Any]] = {
    "complex": _complex,
    "string": _string,
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "reference": _reference,
    "binary": _binary,
    "dateTime": _date_time,
}
