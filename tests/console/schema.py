"""Whether a value is what a JSON Schema says (2020-12): the keywords that our description uses, and no other."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
SAID = frozenset({"title", "description", "default", "format"})
KNOWN = SAID | {"type", "properties", "required", "additionalProperties", "items", "anyOf", "$ref", "enum", "const"}
KNOWN |= {"pattern", "minLength", "maxLength", "minimum", "maximum"}


def faults(value: Any, schema: Mapping[str, Any], all: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """What differs, a sentence each. `all`: the schemas that a $ref names. Raises KeyError for an unknown keyword."""
    for keyword in schema:
        if keyword not in KNOWN:
            raise KeyError(f"{place}: {keyword}")
    if "$ref" in schema:
        yield from faults(value, all[schema["$ref"].removeprefix("#/components/schemas/")], all, place)
    elif "anyOf" in schema:
        if all_of := [list(faults(value, each, all, place)) for each in schema["anyOf"]]:
            yield from min(all_of, key=len)
    else:
        yield from _plain(value, schema, all, place)


def _plain(value: Any, schema: Mapping[str, Any], all: Mapping[str, Any], place: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{place}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{place}: {value!r} is not {schema['const']!r}"
    kind = schema.get("type")
    if kind is not None and not (isinstance(value, TYPES[kind]) and (kind == "boolean") is isinstance(value, bool)):
        yield f"{place}: {value!r} is no {kind}"
        return
    if isinstance(value, dict):
        yield from _object(value, schema, all, place)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from faults(each, schema.get("items", {}), all, f"{place}/{number}")
    elif isinstance(value, str) and "pattern" in schema and not re.search(schema["pattern"], value):
        yield f"{place}: {value!r} does not match"


def _object(value: Mapping[str, Any], schema: Mapping[str, Any], all: Mapping[str, Any], place: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (f"{place}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    more = schema.get("additionalProperties", {} if not properties else False)
    for name, each in value.items():
        if name in properties:
            yield from faults(each, properties[name], all, f"{place}/{name}")
        elif more is False:
            yield f"{place}: {name} is not described"
        elif isinstance(more, dict):
            yield from faults(each, more, all, f"{place}/{name}")
