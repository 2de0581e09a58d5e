"""The PatchOp message (RFC 7644 section 3.5.2) as operations; structural words compare without case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scim_server.scim.errors import InvalidSyntax, TooLarge
from scim_server.scim.urns import PATCH_OP

OPERATIONS = 500
"""A run of operations that all add members, or all remove some, counts as one: Entra and authentik send one each."""

PATHS = 128 * 1024
"""Characters of all paths of a PATCH together: a value path is read at half a megabyte a second."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`op` is add, replace or remove; a `value` of None and one that is missing say the same (RFC 7643 section 2.5)."""

    op: str
    path: str | None
    value: Any = None


def read_operations(body: Any) -> list[Operation]:
    """The operations of a PATCH body. Raises InvalidSyntax, and TooLarge where they or their paths are too many."""
    if not isinstance(body, dict):
        raise InvalidSyntax("A PATCH body is a JSON object with Operations.")
    words = _lower(body)
    if (schemas := words.get("schemas")) is not None and (not isinstance(schemas, list) or PATCH_OP not in schemas):
        raise InvalidSyntax(f"schemas does not name {PATCH_OP}.")
    operations = words.get("operations")
    if not isinstance(operations, list) or not operations:
        raise InvalidSyntax("Operations is a list with one operation at least.")
    found = [_operation(entry) for entry in operations]
    if len(found) > OPERATIONS and _runs(found) > OPERATIONS:
        raise TooLarge(f"A PATCH has {OPERATIONS} operations at most.")
    if sum(len(each.path or "") for each in found) > PATHS:
        raise TooLarge(f"The paths of a PATCH have {PATHS // 1024} KB at most.")
    return found


def _runs(operations: Sequence[Operation]) -> int:
    return 1 + sum(not _goes_on(before, each) for before, each in pairwise(operations))


def _goes_on(before: Operation, each: Operation) -> bool:
    return before.op == each.op != "replace" and _names_members(before) and _names_members(each)


def _names_members(operation: Operation) -> bool:
    path = (operation.path or "").lower()
    return path.startswith("members[") or (path == "members" and isinstance(operation.value, list))


def _operation(entry: Any) -> Operation:
    if not isinstance(entry, dict):
        raise InvalidSyntax("An operation is a JSON object.")
    words = _lower(entry)
    op, path = words.get("op"), words.get("path")
    if not isinstance(op, str) or op.lower() not in ("add", "replace", "remove"):
        raise InvalidSyntax("op is one of: add, replace, remove.")
    if path is not None and not isinstance(path, str):
        raise InvalidSyntax("path is a string.")
    return Operation(op.lower(), path or None, words.get("value"))


def _lower(words: dict[str, Any]) -> dict[str, Any]:
    demand_once(words)
    return {key.lower(): value for key, value in words.items()}


def demand_once(words: Mapping[str, Any]) -> None:
    """Names compare without case: which of two that differ by case counts, two readers may see differently."""
    if len({word.lower() for word in words}) != len(words):
        raise InvalidSyntax("A name is given twice.")
