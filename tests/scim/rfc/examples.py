"""The examples of RFC 7643 and RFC 7644: files beside this one, named by section, as the RFCs print them.

Three things only differ from the print: line breaks within a string are joined, the closing brace that the last
example of 3.5.2.3 lacks is there, and what the figures leave out as "..." between whole resources is left out.
"""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
BABS, JAMES = "2819c223-7f76-453a-919d-413861904646", "08e1d05d-121c-4561-8b96-473d93df9210"
SHORTENED = {  # how the examples spell the ids where they save room
    "2819c223-7f76-...413861904646": BABS,
    "2819c223...919d-413861904646": BABS,
    "2819c223...413861904646": BABS,
    "08e1d05d...473d93df9210": JAMES,
}


def example(name: str, ids: dict[str, str] | None = None) -> Any:
    """What a file holds; `ids` puts this server's ids in the place of the RFC's."""
    text = (HERE / f"{name}.json").read_text(encoding="utf-8")
    for short, whole in SHORTENED.items() if ids else ():
        text = text.replace(short, whole)
    for old, new in (ids or {}).items():
        text = text.replace(old, new)
    return json.loads(text)


def without(resource: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in resource.items() if name not in names}


def alike(answer: dict[str, Any], shown: dict[str, Any]) -> None:
    """An answer is the RFC's, but for the values that are the server's own; those are there where the RFC has them."""
    assert answer["meta"].keys() >= shown["meta"].keys()
    assert answer["meta"]["resourceType"] == shown["meta"]["resourceType"]
    assert answer["meta"]["location"].endswith(f"/{answer['id']}")
    if "active" not in shown and shown["meta"]["resourceType"] == "User":
        answer = without(answer, "active")  # the default, which this server tells
    assert without(answer, "id", "meta") == without(shown, "id", "meta")
